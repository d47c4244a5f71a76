import OTCore

/// MQTT for Sensor Networks, specification version 1.2 (2013): MQTT over datagrams, between sensors and their gateway.
public struct MQTTSN: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "mqtt_sn", name: "MQTT-SN", specification: "MQTT-SN 1.2, section 5", isIndustrial: true,
      depth: [.identity, .operations], reads: "client id, topics, return codes; not the payload",
      displayFilter: "mqttsn")
  ]
  public static let claims: [Claim] = [.udp(1883), .udp(1884), .udp(10000), .udp(2442)]

  public init() {}

  /// Length (one byte, or 1 and two bytes), which is that of the datagram, and a type whose message can have it.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, hint.isClaimed || hint.isEstablished, let header = headerBytes(bytes),
      let type = bytes.byte(header - 1)
    else { return .notThisProtocol }
    let body = bytes.count - header
    let fits: Bool
    switch type {
    case 0x00: fits = body == 3
    case 0x01: fits = body == 1
    case 0x02: fits = body >= 1 && body <= 17
    // Flags, protocol 1, duration, and a client id of at most 23 characters.
    case 0x04: fits = body >= 5 && body <= 4 + 64 && bytes.byte(header + 1) == 1
    case 0x05, 0x1b, 0x1d: fits = body == 1
    case 0x06, 0x08: fits = body != 1
    case 0x0a: fits = body >= 5
    case 0x0b, 0x0d: fits = body == 5
    case 0x0c: fits = body >= 5
    case 0x0e...0x10, 0x15: fits = body == 2
    case 0x12, 0x14: fits = body >= 4
    case 0x13: fits = body == 6
    case 0x16: fits = body <= 64
    case 0x17: fits = body == 0
    case 0x18: fits = body == 0 || body == 2
    default: fits = false
    }
    // What has little form does not begin a conversation.
    let begins = type <= 0x04 || type == 0x0a || type == 0x12 || (type == 0x0c && body >= 6)
    return fits && (begins || hint.isEstablished) ? .pdu(byteCount: bytes.count) : .notThisProtocol
  }

  private static func headerBytes(_ bytes: Span<UInt8>) -> Int? {
    guard let first = bytes.byte(0) else { return nil }
    if first == 1 { return bytes.be16(1).map(Int.init) == bytes.count && bytes.count >= 4 ? 4 : nil }
    return Int(first) == bytes.count && bytes.count >= 2 ? 2 : nil
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let length = try pdu.u8("length")
    if length == 1 { try pdu.skip(2, "length") }
    let type = try pdu.u8("message type")
    var operation = Operation(UInt64(type), Self.role(type, context))
    defer { out.operation(operation) }
    switch type {
    case 0x04:
      try pdu.skip(4, "flags, protocol and duration")
      out.identity(.sender, .clientID, out.text(pdu.rest()))
    case 0x05: Self.judge(&operation, try pdu.u8("return code"))
    case 0x0a:
      try pdu.skip(4, "topic and message id")
      operation.object = .text(out.text(pdu.rest()))
    case 0x0b, 0x0d:
      try pdu.skip(4, "topic and message id")
      Self.judge(&operation, try pdu.u8("return code"))
    case 0x0c:
      try pdu.skip(1, "flags")
      operation.object = .numbers(UInt32(try pdu.u16("topic id")), 0, 0, 0)
    case 0x12, 0x14:
      let flags = try pdu.u8("flags")
      try pdu.skip(2, "message id")
      // Type of the topic: 0 is a name.
      if flags & 3 == 0 { operation.object = .text(out.text(pdu.rest())) }
    case 0x13:
      try pdu.skip(5, "flags, topic and message id")
      Self.judge(&operation, try pdu.u8("return code"))
    default: break
    }
  }

  private static func judge(_ operation: inout Operation, _ code: UInt8) {
    operation.outcome = code == 0 ? .success : .failure(UInt32(code))
  }

  private static func role(_ type: UInt8, _ context: PDUContext) -> Operation.Role {
    switch type {
    case 0x00, 0x02, 0x05, 0x13, 0x15, 0x17: .response
    case 0x01, 0x04, 0x12, 0x14, 0x16: .request
    default: context.senderIsClient ? .request : .response
    }
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { "topic \(a)" }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code {
      case 0x00: ("advertise", .discover)
      case 0x01: ("search gateway", .discover)
      case 0x02: ("gateway info", .discover)
      case 0x04: ("connect", .session)
      case 0x05: ("connection acknowledgement", .session)
      case 0x0a: ("register", .session)
      case 0x0b: ("register acknowledgement", .session)
      case 0x0c: ("publish", .report)
      case 0x0d: ("publish acknowledgement", .report)
      case 0x12: ("subscribe", .read)
      case 0x13: ("subscribe acknowledgement", .read)
      case 0x14: ("unsubscribe", .other)
      case 0x16: ("ping", .session)
      case 0x17: ("ping response", .session)
      case 0x18: ("disconnect", .session)
      default: ("message \(code)", .other)
      }
    return OperationDescription(code: "\(code)", name: name, kind: kind)
  }
}
