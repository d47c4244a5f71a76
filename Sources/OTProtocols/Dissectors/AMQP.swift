import OTCore

/// Advanced Message Queuing Protocol: AMQP 0-9-1 (sections 2.3 and 4.2), and OASIS AMQP 1.0 (part 2 section 2.3, part 5
/// section 5.3).
public struct AMQP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "amqp", name: "AMQP", specification: "AMQP 0-9-1; OASIS AMQP 1.0", isIndustrial: false,
      depth: [.identity, .operations],
      reads:
        "version, product of both ends, login (account only), virtual host, queues and exchanges; not the messages",
      displayFilter: "amqp")
  ]
  public static let claims: [Claim] = [.tcp(5672)]
  public static let probe = ProbeStrength.strong

  private static let headerBytes = 8
  private static let frameBytes = 1 << 20
  private static let headerCode: UInt64 = 1 << 40
  private static let version1Bit: UInt64 = 1 << 41

  /// Whether 1.0 is spoken, whose frames look otherwise.
  private var isVersion1 = false
  private var login = PendingLogin()

  public init() {}

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    if bytes.hasASCII("AMQP") {
      guard let version = bytes.be32(4) else { return .needMore }
      switch version {
      // 0-9-1, 0-9, 0-8; 1.0 bare, with TLS, with SASL.
      case 0x0000_0901, 0x0101_0009, 0x0101_0800, 0x0001_0000, 0x0201_0000, 0x0301_0000:
        return .pdu(byteCount: headerBytes)
      default: return .notThisProtocol
      }
    }
    guard hint.isEstablished || hint.isClaimed else {
      return bytes.count < 4 && bytes.byte(0) == UInt8(ascii: "A") && (bytes.byte(1) ?? 77) == UInt8(ascii: "M")
        ? .needMore : .notThisProtocol
    }
    guard bytes.count >= 8, let word = bytes.be32(0) else { return .needMore }
    // 0-9-1: type, channel, size, and a byte 0xce at the end. 1.0: size, offset of the data, type, channel.
    if let size = bytes.be32(3).map(Int.init), [1, 2, 3, 8].contains(bytes[0]), size < frameBytes {
      guard let end = bytes.byte(7 + size) else {
        return bytes.count < 7 + size || bytes.count == 7 + size ? .needMore : .notThisProtocol
      }
      if end == 0xce { return .pdu(byteCount: 8 + size) }
    }
    guard word >= 8, word < UInt32(frameBytes), bytes[4] >= 2, Int(bytes[4]) * 4 <= Int(word), bytes[5] <= 1,
      hint.isEstablished
    else { return .notThisProtocol }
    return .pdu(byteCount: Int(word))
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let role: Operation.Role = context.senderIsClient ? .request : .response
    let bytes = pdu.bytes
    if bytes.hasASCII("AMQP") {
      isVersion1 = bytes.be16(5) == 0x0100
      out.operation(Operation(Self.headerCode, role))
      out.property(.protocolVersion, out.text(isVersion1 ? "1.0" : "0-9-1"))
      return
    }
    if bytes.byte(bytes.count - 1) == 0xce, bytes.be32(3).map(Int.init) == bytes.count - 8 {
      try readFrame(&pdu, role, into: &out)
    } else {
      try readPerformative(&pdu, role, into: &out)
    }
  }

  // MARK: 0-9-1

  private mutating func readFrame(
    _ pdu: inout ByteCursor, _ role: Operation.Role, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u8("type")
    try pdu.skip(6, "channel and size")
    guard type == 1 else { return }
    let method = try pdu.u32("class and method")
    var operation = Operation(UInt64(method), role)
    defer { out.operation(operation) }
    switch method {
    case Self.code(10, 10):
      try pdu.skip(2, "version")
      try product(&pdu, ofServer: true, into: &out)
      out.property(.authentication, out.text(try longText(&pdu, "mechanisms")))
    case Self.code(10, 11):
      try product(&pdu, ofServer: false, into: &out)
      let mechanism = try shortText(&pdu, "mechanism")
      try authenticate(mechanism, try longText(&pdu, "response"), into: &out)
    case Self.code(10, 30): if login.isPending { login.answered(true, into: &out) }
    case Self.code(10, 40): operation.object = .text(out.text(try shortText(&pdu, "virtual host")))
    case Self.code(10, 50), Self.code(20, 40):
      let status = try pdu.u16("reply code")
      operation.outcome = status == 200 ? .success : .failure(UInt32(status))
      // 403: access refused, the answer to a login too.
      if status == 403, login.isPending { login.answered(false, into: &out) }
    case Self.code(40, 10), Self.code(50, 10), Self.code(50, 40), Self.code(60, 20):
      try pdu.skip(2, "reserved")
      operation.object = .text(out.text(try shortText(&pdu, "name")))
    case Self.code(50, 20), Self.code(60, 40):
      try pdu.skip(2, "reserved")
      let first = out.text(try shortText(&pdu, "exchange or queue"))
      let slash = out.text("/")
      let last = out.text(try shortText(&pdu, "exchange or routing key"))
      operation.object = .text((first.isEmpty ? slash : first).through(last.isEmpty ? slash : last))
    default: break
    }
  }

  private static func code(_ kind: UInt32, _ method: UInt32) -> UInt32 { kind << 16 | method }

  @_lifetime(copy pdu)
  private func shortText(_ pdu: inout ByteCursor, _ field: StaticString) throws(DecodeError) -> Span<UInt8> {
    let count = Int(try pdu.u8(field))
    return try pdu.take(count, field)
  }

  @_lifetime(copy pdu)
  private func longText(_ pdu: inout ByteCursor, _ field: StaticString) throws(DecodeError) -> Span<UInt8> {
    let count = Int(try pdu.u32(field))
    return try pdu.take(count, field)
  }

  /// A table of properties, of which the texts on its first level that say what program this is are kept. A broker is
  /// what it says; a client says which library it was built with.
  private func product(
    _ pdu: inout ByteCursor, ofServer isServer: Bool, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let count = Int(try pdu.u32("properties"))
    var table = try pdu.slice(count, "properties")
    for _ in 0..<64 where table.remaining > 1 {
      let name = try shortText(&table, "property")
      switch try table.u8("type") {
      case UInt8(ascii: "S"):
        let value = try longText(&table, "value")
        if name.equals(ignoringCase: "product") {
          out.identity(.sender, isServer ? .productName : .application, out.text(value))
        }
        if name.equals(ignoringCase: "version"), isServer { out.identity(.sender, .softwareVersion, out.text(value)) }
        if name.equals(ignoringCase: "cluster_name") { out.identity(.sender, .name, out.text(value)) }
      case UInt8(ascii: "F"), UInt8(ascii: "A"): _ = try longText(&table, "value")
      case UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "B"): try table.skip(1, "value")
      case UInt8(ascii: "U"), UInt8(ascii: "u"), UInt8(ascii: "s"): try table.skip(2, "value")
      case UInt8(ascii: "I"), UInt8(ascii: "i"), UInt8(ascii: "f"): try table.skip(4, "value")
      case UInt8(ascii: "D"): try table.skip(5, "value")
      case UInt8(ascii: "L"), UInt8(ascii: "l"), UInt8(ascii: "d"), UInt8(ascii: "T"): try table.skip(8, "value")
      case UInt8(ascii: "V"): break
      default: return
      }
    }
  }

  /// PLAIN (RFC 4616): identity, account and password, each behind a zero.
  private mutating func authenticate(
    _ mechanism: Span<UInt8>, _ response: Span<UInt8>, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    out.property(.authentication, out.text(mechanism))
    guard mechanism.equals(ignoringCase: "plain"), let first = response.first(0),
      let second = response.first(0, from: first + 1)
    else { return }
    let account = response.extracting((first + 1)..<second)
    login.name(account)
    out.identity(.sender, .userName, out.text(account))
    login.sent(
      .protocolPassword, login.judge(password: response.extracting((second + 1)..<response.count)), into: &out)
  }

  // MARK: 1.0

  /// A frame's performative: a described type with a small code (part 1 section 1.2, part 2 section 2.7).
  private mutating func readPerformative(
    _ pdu: inout ByteCursor, _ role: Operation.Role, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(4, "size")
    let offset = Int(try pdu.u8("data offset")) * 4
    try pdu.seek(Swift.min(Swift.max(8, offset), pdu.bytes.count), "data offset")
    // Empty frames keep the connection alive.
    guard !pdu.isAtEnd else { return }
    guard try pdu.u8("descriptor") == 0, try pdu.u8("descriptor") == 0x53 else {
      throw DecodeError("descriptor", at: 8, .unsupported)
    }
    let code = try pdu.u8("performative")
    var operation = Operation(Self.version1Bit | UInt64(code), role)
    defer { out.operation(operation) }
    // A list: size and number of fields.
    switch try pdu.u8("list") {
    case 0xc0: try pdu.skip(2, "list")
    case 0xd0: try pdu.skip(8, "list")
    default: return
    }
    switch code {
    case 0x10:
      out.identity(.sender, .clientID, out.text(try value(&pdu, "container id")))
      let host = out.text(try value(&pdu, "hostname"))
      out.property(.serverName, host, subject: .receiver)
    case 0x12: operation.object = .text(out.text(try value(&pdu, "name")))
    case 0x41:
      let mechanism = try value(&pdu, "mechanism")
      try authenticate(mechanism, try value(&pdu, "initial response"), into: &out)
    case 0x44:
      guard try pdu.u8("code type") == 0x50 else { return }
      let status = try pdu.u8("code")
      operation.outcome = status == 0 ? .success : .failure(UInt32(status))
      if login.isPending { login.answered(status == 0, into: &out) }
    default: break
    }
  }

  /// A text, symbol or binary of either length, or null.
  @_lifetime(copy pdu)
  private func value(_ pdu: inout ByteCursor, _ field: StaticString) throws(DecodeError) -> Span<UInt8> {
    switch try pdu.u8(field) {
    case 0xa0, 0xa1, 0xa3:
      let count = Int(try pdu.u8(field))
      return try pdu.take(count, field)
    case 0xb0, 0xb1, 0xb3:
      let count = Int(try pdu.u32(field))
      return try pdu.take(count, field)
    case 0x40: return try pdu.take(0, field)
    default: throw DecodeError(field, at: pdu.offset, .unsupported)
    }
  }

  // MARK: words

  private static let methods: [UInt64: (String, OperationKind)] = [
    0x000a_000a: ("connection.start", .session), 0x000a_000b: ("connection.start-ok", .session),
    0x000a_0014: ("connection.secure", .session), 0x000a_0015: ("connection.secure-ok", .session),
    0x000a_001e: ("connection.tune", .session), 0x000a_001f: ("connection.tune-ok", .session),
    0x000a_0028: ("connection.open", .session), 0x000a_0029: ("connection.open-ok", .session),
    0x000a_0032: ("connection.close", .session), 0x000a_0033: ("connection.close-ok", .session),
    0x0014_000a: ("channel.open", .session), 0x0014_000b: ("channel.open-ok", .session),
    0x0014_0028: ("channel.close", .session), 0x0014_0029: ("channel.close-ok", .session),
    0x0028_000a: ("exchange.declare", .other), 0x0028_000b: ("exchange.declare-ok", .other),
    0x0032_000a: ("queue.declare", .other), 0x0032_000b: ("queue.declare-ok", .other),
    0x0032_0014: ("queue.bind", .other), 0x0032_0015: ("queue.bind-ok", .other),
    0x0032_0028: ("queue.delete", .other), 0x003c_000a: ("basic.qos", .session),
    0x003c_000b: ("basic.qos-ok", .session),
    0x003c_0014: ("basic.consume", .read), 0x003c_0015: ("basic.consume-ok", .read),
    0x003c_0028: ("basic.publish", .report), 0x003c_003c: ("basic.deliver", .report),
    0x003c_0046: ("basic.get", .read), 0x003c_0047: ("basic.get-ok", .read), 0x003c_0050: ("basic.ack", .session),
  ]

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    if code == headerCode { return OperationDescription(code: "header", name: "protocol header", kind: .session) }
    if code & version1Bit != 0 {
      let (name, kind): (String, OperationKind) =
        switch code & 0xff {
        case 0x10: ("open", .session)
        case 0x11: ("begin", .session)
        case 0x12: ("attach", .session)
        case 0x13: ("flow", .session)
        case 0x14: ("transfer", .report)
        case 0x15: ("disposition", .report)
        case 0x16: ("detach", .session)
        case 0x17: ("end", .session)
        case 0x18: ("close", .session)
        case 0x40: ("sasl mechanisms", .session)
        case 0x41: ("sasl init", .session)
        case 0x42: ("sasl challenge", .session)
        case 0x43: ("sasl response", .session)
        case 0x44: ("sasl outcome", .session)
        default: ("performative \(code & 0xff)", .other)
        }
      return OperationDescription(code: "1.\(code & 0xff)", name: name, kind: kind)
    }
    let known = methods[code] ?? ("method \(code >> 16).\(code & 0xffff)", .other)
    return OperationDescription(code: "\(code >> 16).\(code & 0xffff)", name: known.0, kind: known.1)
  }
}
