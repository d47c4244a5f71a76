import OTCore

/// Message Queuing Telemetry Transport: OASIS MQTT 3.1.1 (section 2.2, 3) and 5.0 (section 2.1, 3).
public struct MQTT: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "mqtt", name: "MQTT", specification: "OASIS MQTT 3.1.1 and 5.0", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "client id, user name, strength of the password, topics, return codes; not the payload",
      displayFilter: "mqtt"),
    ProtocolInfo(
      id: "sparkplug", name: "Sparkplug B", specification: "Eclipse Sparkplug 3.0, section 4", isIndustrial: true,
      depth: .operations, reads: "births, deaths, data and commands by group, edge node and device; not the payload",
      displayFilter: "mqtt.topic contains \"spBv1.0/\""),
  ]
  public static let claims: [Claim] = [.tcp(1883)]
  public static let probe = ProbeStrength.strong

  /// Protocol level of the CONNECT packet: 3, 4 or 5; 0 before one was seen.
  private var level: UInt8 = 0
  /// Whether the CONNECT packet held neither user name nor password.
  private var isAnonymous = false

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let first = bytes.byte(0) else { return hint.isStream ? .needMore : .notThisProtocol }
    let type = first >> 4
    // Flags are reserved but for PUBLISH (section 2.2.2); QoS 3 does not exist.
    let isRegular =
      switch type {
      case 1, 2, 4, 5, 7, 9, 11...15: first & 15 == 0
      case 3: first & 6 != 6
      case 6, 8, 10: first & 15 == 2
      default: false
      }
    guard isRegular || hint.isEstablished else { return .notThisProtocol }
    var length = 0
    var header = 1
    while true {
      guard header <= 4 else { return .notThisProtocol }
      guard let octet = bytes.byte(header) else { return .needMore }
      length |= Int(octet & 0x7f) << (7 * (header - 1))
      header += 1
      if octet & 0x80 == 0 { break }
    }
    let isPossible: Bool
    switch type {
    case 1: isPossible = length >= 10
    case 3: isPossible = length >= 2
    case 2, 4...7, 9, 11: isPossible = length >= 2
    case 8, 10: isPossible = length >= 5
    case 12, 13: isPossible = length == 0
    default: isPossible = true
    }
    // In a known conversation a malformed packet (section 4.8) is told as what it is if it stands alone.
    if hint.isEstablished, bytes.count == header + length { return .pdu(byteCount: bytes.count) }
    guard isRegular, isPossible else { return .notThisProtocol }
    if type == 1 {
      guard bytes.count >= header + 6 else { return .needMore }
      guard bytes.hasASCII("\u{0}\u{4}MQTT", at: header) || bytes.hasASCII("\u{0}\u{6}MQIs", at: header) else {
        return .notThisProtocol
      }
    } else if !hint.isEstablished {
      guard hint.isClaimed else { return .notThisProtocol }
      if let answer = met(type, first, length, bytes.extracting(header..<bytes.count)) { return answer }
    }
    return .pdu(byteCount: header + length)
  }

  public init() {}

  /// What of a packet met in the middle of a connection must fit besides its length: sections 3.2 to 3.14 of version 3.1.1,
  /// of version 5 with its properties. Nil where it does.
  private static func met(_ type: UInt8, _ first: UInt8, _ length: Int, _ body: Span<UInt8>) -> Framing? {
    // What is short comes whole.
    if type != 3, type != 8, type != 10, body.count < length { return length <= 256 ? .needMore : .notThisProtocol }
    switch type {
    case 2:
      guard let flags = body.byte(0), let code = body.byte(1) else { return .needMore }
      return flags <= 1 && (length == 2 ? code <= 5 : code == 0 || code >= 0x80) ? nil : .notThisProtocol
    case 3, 8, 10:
      // A topic as text, which is behind the packet's number in a subscription (and perhaps behind properties).
      let at = type == 3 ? 0 : 2
      guard let count = body.be16(at).map(Int.init) else { return .needMore }
      if type != 3, count == 0 || count >> 8 != 0 { return nil }
      guard count > 0 || type == 3, at + 2 + count <= length else { return .notThisProtocol }
      guard body.count >= at + 2 + count else { return body.count >= length ? .notThisProtocol : .needMore }
      let topic = body.extracting((at + 2)..<(at + 2 + count))
      for index in topic.indices where topic[index] < 32 || topic[index] == 127 { return .notThisProtocol }
      return nil
    case 4...7: return length == 2 || length <= 64 && (body.byte(2) ?? 0) & 0x60 == 0 ? nil : .notThisProtocol
    case 9, 11: return length <= 256 ? nil : .notThisProtocol
    case 14: return length == 0 || (body.byte(0) ?? 0) & 0x60 == 0 ? nil : .notThisProtocol
    default: return nil
    }
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let first = try pdu.u8("packet type")
    while try pdu.u8("remaining length") & 0x80 != 0, pdu.offset < 5 {}
    let type = first >> 4
    let role: Operation.Role =
      switch type {
      case 1, 8, 10, 12: .request
      case 2, 9, 11, 13: .response
      default: context.senderIsClient ? .request : .response
      }
    var operation = Operation(UInt64(type), role)
    defer { out.operation(operation) }
    switch type {
    case 1: try connect(&pdu, into: &out)
    case 2:
      try pdu.skip(1, "acknowledge flags")
      let code = try pdu.u8("return code")
      operation.outcome = code == 0 ? .success : .failure(UInt32(code))
      if code == 0, isAnonymous {
        out.record(
          .credential(
            CredentialExposure(.none, account: .none, strength: .empty, accepted: true, senderAuthenticates: false)))
      }
    case 3:
      let topic = try Self.string(&pdu, "topic name")
      operation.object = .text(out.text(topic))
      if let command = Sparkplug.operation(topic, role, into: &out) { out.operation(command) }
    case 8:
      try pdu.skip(2, "packet identifier")
      if level == 5 { try Self.skipProperties(&pdu) }
      operation.object = .text(out.text(try Self.string(&pdu, "topic filter")))
      try otherFilters(&pdu, into: &out)
    default: break
    }
  }

  /// Variable header and payload of CONNECT (section 3.1).
  private mutating func connect(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    _ = try Self.string(&pdu, "protocol name")
    level = try pdu.u8("protocol level")
    let flags = try pdu.u8("connect flags")
    let keepAlive = try pdu.u16("keep alive")
    out.property(.protocolVersion, out.text(level == 5 ? "5.0" : level == 4 ? "3.1.1" : "3.1"))
    out.property(.keepAlive, out.text(UInt64(keepAlive)))
    if level == 5 { try Self.skipProperties(&pdu) }
    out.identity(.sender, .clientID, out.text(try Self.string(&pdu, "client identifier")))
    if flags & 0x04 != 0 {
      if level == 5 { try Self.skipProperties(&pdu) }
      out.property(.topic, out.text(try Self.string(&pdu, "will topic")))
      _ = try Self.string(&pdu, "will payload")
    }
    isAnonymous = flags & 0xc0 == 0
    let user = flags & 0x80 != 0 ? try Self.string(&pdu, "user name") : pdu.bytes.extracting(0..<0)
    let account = out.text(user)
    out.identity(.sender, .userName, account)
    guard flags & 0x40 != 0 else { return }
    let password = try Self.string(&pdu, "password")
    out.record(
      .credential(
        CredentialExposure(
          .mqttPassword, account: account, strength: .init(account: user, password: password))))
  }

  /// Filters behind the first one, as topics asked for.
  private func otherFilters(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    try pdu.skip(1, "subscription options")
    var items = 0
    while !pdu.isAtEnd, items < Limits.itemsPerPDU {
      items += 1
      out.property(.topic, out.text(try Self.string(&pdu, "topic filter")))
      try pdu.skip(1, "subscription options")
    }
  }

  /// Two octets of length, then the string.
  @_lifetime(copy pdu)
  private static func string(_ pdu: inout ByteCursor, _ field: StaticString) throws(DecodeError) -> Span<UInt8> {
    let length = Int(try pdu.u16(field))
    return try pdu.take(length, field)
  }

  /// Properties of version 5: a variable byte integer of length, then that many octets (section 2.2.2).
  private static func skipProperties(_ pdu: inout ByteCursor) throws(DecodeError) {
    var length = 0
    var shift = 0
    while true {
      let octet = try pdu.u8("property length")
      length |= Int(octet & 0x7f) << shift
      shift += 7
      if octet & 0x80 == 0 { break }
      guard shift < 28 else { throw DecodeError("property length", at: pdu.offset, .invalid) }
    }
    try pdu.skip(length, "properties")
  }

  private static let names: [(String, OperationKind)] = [
    ("reserved", .other), ("connect", .session), ("connection acknowledgement", .session), ("publish", .report),
    ("publish acknowledgement", .report), ("publish received", .report), ("publish release", .report),
    ("publish complete", .report), ("subscribe", .read), ("subscribe acknowledgement", .read), ("unsubscribe", .other),
    ("unsubscribe acknowledgement", .other), ("ping", .session), ("ping response", .session), ("disconnect", .session),
    ("authenticate", .authenticate),
  ]

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    if layer == 1 { return Sparkplug.describe(code) }
    let (name, kind) = names[Int(code & 15)]
    return OperationDescription(code: "\(code)", name: name, kind: kind)
  }
}

/// Eclipse Sparkplug 3.0: what a topic of its name space says, `spBv1.0/group/DCMD/edge node/device` (section 4.1).
enum Sparkplug {
  private static let messages: [(type: StaticString, name: String, kind: OperationKind)] = [
    ("NBIRTH", "node birth", .session), ("NDEATH", "node death", .session), ("DBIRTH", "device birth", .session),
    ("DDEATH", "device death", .session), ("NDATA", "node data", .report), ("DDATA", "device data", .report),
    ("NCMD", "node command", .write), ("DCMD", "device command", .write), ("STATE", "host application state", .session),
  ]

  /// The message's operation on group, node and device; nil where the topic is another.
  static func operation(
    _ topic: Span<UInt8>, _ role: Operation.Role, into out: inout ObservationBuffer
  ) -> Operation? {
    guard topic.hasASCII("spBv1.0/") else { return nil }
    if topic.hasASCII("STATE/", at: 8) {
      return Operation(8, role, layer: 1, object: .text(out.text(topic.rest(from: 14))))
    }
    guard let group = topic.first(UInt8(ascii: "/"), from: 8), let end = topic.first(UInt8(ascii: "/"), from: group + 1)
    else { return nil }
    let type = topic.extracting((group + 1)..<end)
    for index in messages.indices where type.count == messages[index].type.utf8CodeUnitCount {
      guard type.hasASCII(messages[index].type) else { continue }
      let first = out.text(topic.extracting(8..<group))
      let last = out.text(topic.extracting(end..<topic.count))
      return Operation(UInt64(index), role, layer: 1, object: .text(first.through(last)))
    }
    return nil
  }

  static func describe(_ code: UInt64) -> OperationDescription {
    guard code < UInt64(messages.count) else { return OperationDescription(code: "?", name: "unknown", kind: .other) }
    let message = messages[Int(code)]
    return OperationDescription(code: "\(message.type)", name: message.name, kind: message.kind)
  }
}
