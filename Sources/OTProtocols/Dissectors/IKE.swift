import OTCore

/// Internet Key Exchange, RFC 2408 and RFC 2409 (version 1), RFC 7296 (version 2): who builds IPsec tunnels, with which
/// product and which ciphers.
public struct IKE: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ike", name: "Internet Key Exchange", specification: "RFC 2408, RFC 2409, RFC 7296, RFC 3947",
      isIndustrial: false, depth: [.identity, .operations],
      reads: "exchanges, vendor ids, proposals and their weakness, names sent in clear text; nothing encrypted",
      displayFilter: "isakmp")
  ]
  public static let claims: [Claim] = [.udp(500), .udp(4500), .udp(848)]

  private var told = RecentValues()

  public init() {}

  static let headerBytes = 28
  private static let response: UInt8 = 0x20
  private static let encrypted: UInt8 = 1

  /// Where the header starts: behind four zero bytes where ESP shares the port (RFC 3948 section 2.2).
  private static func start(_ bytes: Span<UInt8>) -> Int { bytes.be32(0) == 0 ? 4 : 0 }

  /// Cookies, next payload, version, exchange, flags, message id, length (RFC 2408 section 3.1).
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, hint.isClaimed else { return .notThisProtocol }
    let start = start(bytes)
    guard let initiator = bytes.be32(start), let version = bytes.byte(start + 17),
      let exchange = bytes.byte(start + 18), let flags = bytes.byte(start + 19),
      let length = bytes.be32(start + 24).map(Int.init)
    else { return .notThisProtocol }
    guard initiator != 0 || bytes.be32(start + 4) != 0, length >= headerBytes, length <= Limits.pduBytes else {
      return .notThisProtocol
    }
    let isKnown =
      version >> 4 == 1
      ? (1...6).contains(exchange) || exchange == 32 || exchange == 33
      : version >> 4 == 2 && (34...44).contains(exchange)
    // Reserved bits of the flags are zero in both versions.
    guard isKnown, flags & (version >> 4 == 1 ? 0xf8 : 0xc7) == 0 else { return .notThisProtocol }
    return .pdu(byteCount: Swift.max(start + length, bytes.count))
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    told.listen(to: nil)
    try pdu.skip(Self.start(pdu.bytes) + 8, "initiator cookie")
    let responder = try pdu.u64("responder cookie")
    let next = try pdu.u8("next payload")
    let version = try pdu.u8("version")
    let exchange = try pdu.u8("exchange type")
    let flags = try pdu.u8("flags")
    let number = try pdu.u32("message id")
    let length = Int(try pdu.u32("length"))
    let isSecond = version >> 4 == 2
    if told.isNew(hash: 1 << 40 | UInt64(version)) {
      out.property(.protocolVersion, out.text(joined: UInt64(version >> 4), UInt64(version & 15)))
    }
    // Version 1 does not mark answers: the first message has no responder yet.
    let isResponse =
      isSecond
      ? flags & Self.response != 0 : responder != 0 && (context.directionIsCertain ? !context.senderIsClient : true)
    var operation = Operation(UInt64(version >> 4) << 8 | UInt64(exchange), isResponse ? .response : .request)
    defer { out.operation(operation) }
    guard length - Self.headerBytes <= pdu.remaining else { throw DecodeError("length", at: 24, .truncated) }
    var body = try pdu.slice(Swift.max(0, length - Self.headerBytes), "payloads")
    guard isSecond || flags & Self.encrypted == 0 else { return }
    let message = Message(
      isSecond: isSecond, isAggressive: !isSecond && exchange == 4, isResponse: isResponse, number: number)
    told.listen(to: context)
    try payloads(&body, next, message, &operation, into: &out)
  }

  /// What the header says that payloads are read by.
  private struct Message {
    var isSecond: Bool
    var isAggressive: Bool
    var isResponse: Bool
    var number: UInt32
  }

  /// The chain of payloads: each says which follows (RFC 2408 section 3.2, RFC 7296 section 3.2).
  private mutating func payloads(
    _ body: inout ByteCursor, _ first: UInt8, _ message: Message, _ operation: inout Operation,
    into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var type = first
    for _ in 0..<64 where type != 0 && body.remaining >= 4 {
      let next = try body.u8("next payload")
      try body.skip(1, "reserved")
      let length = Int(try body.u16("payload length"))
      guard length >= 4 else { throw DecodeError("payload length", at: body.offset, .invalid) }
      var payload = try body.slice(length - 4, "payload")
      switch type {
      case 1 where !message.isSecond: try offers(&payload, message, into: &out)
      case 33: try proposals(&payload, message, into: &out)
      case 13, 43: vendor(payload.rest(), into: &out)
      case 5 where !message.isSecond: try identification(&payload, into: &out)
      case 11 where !message.isSecond:
        try payload.skip(6, "domain, protocol and size")
        fail(&operation, with: try payload.u16("notify message type"))
      case 41:
        try payload.skip(2, "protocol and size")
        fail(&operation, with: try payload.u16("notify message type"))
      // Encrypted (fragment): nothing behind it can be read.
      case 46, 53: return
      default: break
      }
      type = next
    }
  }

  /// Notifications below 16384 are errors (RFC 7296 section 3.10.1; version 1 has its own below 8192).
  private func fail(_ operation: inout Operation, with type: UInt16) {
    if type > 0, type < 8192 { operation.outcome = .failure(UInt32(type)) }
  }

  // MARK: proposals

  /// Proposals and transforms of version 1, RFC 2408 sections 3.4 to 3.6.
  private mutating func offers(
    _ payload: inout ByteCursor, _ message: Message, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try payload.skip(8, "domain and situation")
    for _ in 0..<16 where payload.remaining >= 8 {
      var proposal = try block(&payload, "proposal")
      try proposal.skip(2, "number and protocol")
      let size = Int(try proposal.u8("size of SPI"))
      try proposal.skip(1 + size, "transforms and SPI")
      for _ in 0..<64 where proposal.remaining >= 8 {
        var transform = try block(&proposal, "transform")
        try transform.skip(4, "number, id and reserved")
        var chosen = IKEProposal()
        while transform.remaining >= 4 {
          let type = try transform.u16("attribute type")
          let value = try transform.u16("attribute value")
          // Of a long attribute the value is a length.
          if type & 0x8000 == 0 { try transform.skip(Int(value), "attribute") }
          if type & 0x8000 != 0 { chosen.add(version1: type & 0x7fff, value) }
        }
        tell(chosen, message, into: &out)
      }
    }
  }

  /// Proposals and transforms of version 2, RFC 7296 section 3.3.
  private mutating func proposals(
    _ payload: inout ByteCursor, _ message: Message, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    for _ in 0..<16 where payload.remaining >= 8 {
      var proposal = try block(&payload, "proposal")
      try proposal.skip(2, "number and protocol")
      let size = Int(try proposal.u8("SPI size"))
      try proposal.skip(1 + size, "transforms and SPI")
      var chosen = IKEProposal()
      for _ in 0..<64 where proposal.remaining >= 8 {
        var transform = try block(&proposal, "transform")
        let type = try transform.u8("transform type")
        try transform.skip(1, "reserved")
        let id = try transform.u16("transform id")
        let attribute = transform.remaining >= 4 ? try transform.u16("attribute") : 0
        chosen.add(version2: type, id, keyBits: attribute == 0x800e ? try transform.u16("key length") : 0)
      }
      tell(chosen, message, into: &out)
    }
  }

  /// Whether another follows, a reserved byte, length: what proposals and transforms start with.
  @_lifetime(copy cursor)
  private func block(_ cursor: inout ByteCursor, _ field: StaticString) throws(DecodeError) -> ByteCursor {
    try cursor.skip(2, field)
    let length = Int(try cursor.u16(field))
    guard length >= 4 else { throw DecodeError(field, at: cursor.offset, .invalid) }
    return try cursor.slice(length - 4, field)
  }

  /// A request offers, an answer has chosen: only what was chosen is weak.
  private mutating func tell(_ proposal: IKEProposal, _ message: Message, into out: inout ObservationBuffer) {
    guard !proposal.words.isEmpty else { return }
    let text = out.text(string: proposal.words.joined(separator: " "))
    out.property(.cipherSuite, text)
    if message.isAggressive, proposal.isPreShared {
      out.property(.weakness, out.text("aggressive mode with a pre-shared key"))
    }
    guard message.isResponse else { return }
    for weakness in proposal.weaknesses { out.property(.weakness, out.text(string: weakness)) }
  }

  // MARK: who it is

  private mutating func vendor(_ value: Span<UInt8>, into out: inout ObservationBuffer) {
    guard value.count >= 4, told.isNew(value, salt: 2) else { return }
    if let known = IKEVendor.known(value) {
      if !known.maker.isEmpty { out.identity(.sender, known.attribute, out.text(string: known.maker)) }
    } else if value.isPlainText {
      out.identity(.sender, .vendorID, out.text(value))
    } else {
      out.identity(.sender, .vendorID, out.text(hex: value.clamped(from: 0, count: 32)))
    }
  }

  /// RFC 2407 section 4.6.2: names of version 1 that travel before encryption, as in aggressive mode.
  private func identification(_ payload: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    let type = try payload.u8("id type")
    try payload.skip(3, "protocol and port")
    let value = payload.rest()
    switch type {
    case 2: out.identity(.sender, .hostname, out.text(value))
    case 3: out.identity(.sender, .userName, out.text(value))
    case 11 where value.isPlainText: out.identity(.sender, .other, out.text(value))
    default: break
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name: String
    switch code & 0xff {
    case 1: name = "base exchange"
    case 2: name = "main mode"
    case 3: name = "authentication only"
    case 4: name = "aggressive mode"
    case 5: name = "informational"
    case 6: name = "transaction"
    case 32: name = "quick mode"
    case 33: name = "new group mode"
    case 34: name = "ike_sa_init"
    case 35: name = "ike_auth"
    case 36: name = "create_child_sa"
    case 37: name = "informational"
    case 38: name = "ike_session_resume"
    case 43: name = "ike_intermediate"
    default: name = "exchange \(code & 0xff)"
    }
    return OperationDescription(code: "v\(code >> 8).\(code & 0xff)", name: name, kind: .session)
  }
}
