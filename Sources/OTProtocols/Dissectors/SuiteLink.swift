import OTCore

/// SuiteLink: values between AVEVA's (Wonderware's) operator stations, historians and I/O servers (TCP 5413). No public
/// specification; fields as in the finngineering/suitelink-dissector.
public struct SuiteLink: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "suitelink", name: "Wonderware SuiteLink", specification: "none public; finngineering/suitelink-dissector",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "application, topic, node and user of both ends, items subscribed and written; not the values",
      displayFilter: "tcp.port == 5413")
  ]
  public static let claims: [Claim] = [.tcp(5413)]
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()

  public init() {}

  private enum Message {
    static let acknowledgeConnect: UInt16 = 0x0001
    static let acknowledgeAdvise: UInt16 = 0x0003
    static let acknowledgeUnadvise: UInt16 = 0x0004
    static let png: UInt16 = 0x0005
    static let time: UInt16 = 0x0008
    static let update: UInt16 = 0x0009
    static let acknowledgePoke: UInt16 = 0x000b
    static let poke: UInt16 = 0x080b
    static let pong: UInt16 = 0x4023
    static let ping: UInt16 = 0x4024
    static let peng: UInt16 = 0x4025
    static let pang: UInt16 = 0x4026
    static let connect: UInt16 = 0x8001
    static let unadvise: UInt16 = 0x8004
    static let advise: UInt16 = 0x8010
    /// Ours: the query before the first message, which has no type.
    static let query: UInt16 = 0xffff

    static func isKnown(_ type: UInt16) -> Bool {
      switch type {
      case 0x0001, 0x0003...0x0005, 0x0008, 0x0009, 0x000b, 0x080b, 0x4023...0x4026, 0x8001, 0x8004, 0x8010: true
      default: false
      }
    }
  }

  // MARK: framing

  /// Two identifiers that open a connection: the older stands alone in front of 48 octets, the newer behind a length.
  private static func queryLength(_ bytes: Span<UInt8>) -> Int? {
    if bytes.be32(0) == 0x605f_c3b1, bytes.be32(4) == 0x2d05_d111 { return 48 }
    guard let length = bytes.byte(0) else { return nil }
    let (high, low) = (bytes.be32(1), bytes.be32(5))
    guard high == 0xcafe_8bba && low == 0xfe8b_d311 || low == 0x0bcd_d311 && (high ?? 0) & 0xfeff_ffff == 0xd4cf_c7f8
    else { return nil }
    return Int(length) + 1
  }

  private static func mayBecomeQuery(_ bytes: Span<UInt8>) -> Bool {
    bytes.be16(0) == 0x605f || bytes.be16(1) == 0xcafe || (bytes.be16(1) ?? 0) & 0xfeff == 0xd4cf
  }

  /// Length of what follows, type; the last octet is 0xa5.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    if let length = queryLength(bytes) { return .pdu(byteCount: length) }
    guard hint.isClaimed || hint.isEstablished else { return .notThisProtocol }
    if bytes.count < 9, mayBecomeQuery(bytes) { return .needMore }
    guard let length = bytes.le16(0).map(Int.init), let type = bytes.le16(2) else { return .needMore }
    guard length >= 2, length <= 16384, hint.isEstablished || Message.isKnown(type) else { return .notThisProtocol }
    if !hint.isEstablished {
      guard let last = bytes.byte(length + 1) else { return .needMore }
      guard last == 0xa5 else { return .notThisProtocol }
    }
    return .pdu(byteCount: length + 2)
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard Self.queryLength(pdu.bytes) == nil else { return try query(&pdu, into: &out) }
    try pdu.skip(2, "length")
    let type = try pdu.u16le("type")
    var operation = Operation(UInt64(type), Self.role(type, context))
    defer { out.operation(operation) }
    switch type {
    case Message.connect: try connect(&pdu, &operation, into: &out)
    case Message.advise:
      try pdu.skip(4, "item number")
      operation.object = .text(try Self.text(&pdu, into: &out))
    case Message.poke:
      operation.object = .numbers(try pdu.u32le("item number"), 0, 0, 0)
    case Message.acknowledgeConnect, Message.acknowledgeAdvise, Message.acknowledgePoke: operation.outcome = .success
    default: break
    }
  }

  private static func role(_ type: UInt16, _ context: PDUContext) -> Operation.Role {
    switch type {
    case Message.connect, Message.advise, Message.unadvise, Message.poke: .request
    case Message.acknowledgeAdvise, Message.acknowledgeUnadvise, Message.acknowledgePoke, Message.time, Message.update:
      .response
    default: context.senderIsClient ? .request : .response
    }
  }

  /// Identifiers, then application, node and user as UTF-16 that ends in NUL; the older form has an application in ASCII.
  private func query(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    var operation = Operation(UInt64(Message.query), .request)
    defer { out.operation(operation) }
    if pdu.peek() == 0x60 {
      try pdu.skip(16, "identifier")
      operation.object = .text(out.text(pdu.rest().untilNUL()))
      return
    }
    guard pdu.peek(1) == 0xca else { return }
    try pdu.skip(37, "identifiers")
    operation.object = .text(out.text(utf16le: Self.wide(&pdu)))
    out.identity(.sender, .hostname, out.text(utf16le: Self.wide(&pdu)))
    out.identity(.sender, .userName, out.text(utf16le: Self.wide(&pdu)))
  }

  /// Application and topic that are asked for, three octets, then client, its node, its user and the server's node.
  private mutating func connect(
    _ pdu: inout ByteCursor, _ operation: inout Operation, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let isNew = told.isNew(pdu.peekRest())
    let application = try Self.text(&pdu, into: &out)
    _ = out.text("/")
    operation.object = .text(application.through(try Self.text(&pdu, into: &out)))
    try pdu.skip(3, "unknown")
    guard isNew else { return }
    out.identity(.sender, .application, try Self.text(&pdu, into: &out))
    out.identity(.sender, .hostname, try Self.text(&pdu, into: &out))
    out.identity(.sender, .userName, try Self.text(&pdu, into: &out))
    out.identity(.receiver, .hostname, try Self.text(&pdu, into: &out))
  }

  /// Number of characters, then UTF-16.
  private static func text(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) -> TextRef {
    let count = Int(try pdu.u8("text length"))
    return out.text(utf16le: try pdu.take(2 * count, "text"))
  }

  /// UTF-16 up to its NUL; moves behind it.
  @_lifetime(copy pdu)
  private static func wide(_ pdu: inout ByteCursor) -> Span<UInt8> {
    let rest = pdu.peekRest()
    var index = 0
    while let unit = rest.le16(index), unit != 0 { index += 2 }
    _ = try? pdu.skip(min(index + 2, pdu.remaining), "text")
    return rest.clamped(from: 0, count: index)
  }

  // MARK: names

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch UInt16(truncatingIfNeeded: code) {
      case Message.query: ("query application", .session)
      case Message.acknowledgeConnect: ("acknowledge", .session)
      case Message.connect: ("connect", .session)
      case Message.advise, Message.acknowledgeAdvise: ("subscribe item", .read)
      case Message.unadvise, Message.acknowledgeUnadvise: ("unsubscribe item", .session)
      case Message.poke, Message.acknowledgePoke: ("write item", .write)
      case Message.update: ("update of items", .report)
      case Message.time: ("time", .report)
      case Message.png, Message.ping, Message.pong, Message.peng, Message.pang: ("keep alive", .session)
      default: ("message \(hexadecimal(code, digits: 4))", .other)
      }
    return OperationDescription(code: hexadecimal(code, digits: 4), name: name, kind: kind)
  }

  public static func describe(
    object item: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    "item \(item)"
  }
}
