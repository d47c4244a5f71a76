import OTCore

/// Session Traversal Utilities for NAT and its relays (TURN): RFC 8489, RFC 8656. What calls, remote support and
/// peer-to-peer tunnels use to get through a firewall.
public struct STUN: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "stun", name: "STUN and TURN", specification: "RFC 8489, RFC 8656, RFC 8445", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "methods, outcome, software, user name at a relay, realm; relayed data is not",
      displayFilter: "stun")
  ]
  public static let claims: [Claim] = [.udp(3478), .udp(3479), .tcp(3478), .udp(5349), .udp(19302), .tcp(5349)]
  public static let probe = ProbeStrength.strong

  private static let cookie: UInt32 = 0x2112_a442
  private static let headerBytes = 20

  private var told = RecentValues()

  public init() {}

  /// Two zero bits, method and class; length, a multiple of four; magic cookie; transaction (RFC 8489 section 5).
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let first = bytes.byte(0) else { return .needMore }
    if first >> 6 == 1, hint.isEstablished, let length = bytes.be16(2) {
      // Data on a channel of a relay (RFC 8656 section 12.4), padded to four bytes on a stream.
      let count = 4 + Int(length)
      return .pdu(byteCount: hint.isStream ? (count + 3) / 4 * 4 : Swift.max(count, bytes.count))
    }
    guard first >> 6 == 0 else { return .notThisProtocol }
    if hint.isStream, isFramed(bytes) { return .pdu(byteCount: 2 + Int(bytes.be16(0) ?? 0)) }
    guard bytes.count >= headerBytes, let type = bytes.be16(0), let length = bytes.be16(2).map(Int.init),
      let word = bytes.be32(4)
    else { return hint.isStream && (hint.isClaimed || hint.isEstablished) ? .needMore : .notThisProtocol }
    guard length % 4 == 0 || word != cookie, isKnown(method(type)) else { return .notThisProtocol }
    let isWhole = hint.isStream || length == bytes.count - headerBytes
    // RFC 3489 knew no cookie: only where it is expected, whole, and with an attribute that fits or none.
    let isOld =
      hint.isClaimed && !hint.isStream && length == bytes.count - headerBytes && type & 0xfe == 0
      && (length == 0 || Int(bytes.be16(headerBytes + 2) ?? .max) <= length - 4)
    guard (word == cookie && isWhole) || isOld else { return .notThisProtocol }
    return .pdu(byteCount: headerBytes + length)
  }

  /// Between peers on a stream, a length stands before each message (RFC 4571 section 2).
  private static func isFramed(_ bytes: Span<UInt8>) -> Bool {
    guard let length = bytes.be16(0), let inner = bytes.be16(4), bytes.be32(6) == cookie else { return false }
    return Int(length) == headerBytes + Int(inner)
  }

  /// Section 5: the two bits of the class stand within those of the method.
  private static func method(_ type: UInt16) -> UInt16 {
    type & 0x000f | (type & 0x00e0) >> 1 | (type & 0x3e00) >> 2
  }

  private static func isKnown(_ method: UInt16) -> Bool { (1...12).contains(method) || method == 0x80 }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    told.listen(to: context)
    if context.isStream, Self.isFramed(pdu.bytes) { try pdu.skip(2, "length") }
    let type = try pdu.u16("message type")
    guard type >> 14 == 0 else { return }
    let length = Int(try pdu.u16("message length"))
    try pdu.skip(16, "magic cookie and transaction")
    var operation = Operation(UInt64(Self.method(type)), .request)
    switch type & 0x0110 {
    case 0x0100: (operation.role, operation.outcome) = (.response, .success)
    case 0x0110: (operation.role, operation.outcome) = (.response, .failure(0))
    case 0x0010: operation.role = context.senderIsClient ? .request : .response
    default: break
    }
    defer { out.operation(operation) }
    var attributes = try pdu.slice(Swift.min(length, pdu.remaining), "attributes")
    var user = 0..<0
    var hasRealm = false
    for _ in 0..<64 where attributes.remaining >= 4 {
      let attribute = try attributes.u16("attribute type")
      let count = Int(try attributes.u16("attribute length"))
      let start = attributes.offset
      let value = try attributes.take(count, "attribute")
      switch attribute {
      case 0x0006: user = start..<(start + count)
      case 0x0009:
        // Class and number (section 14.8).
        if let high = value.byte(2), let low = value.byte(3) {
          operation.outcome = .failure(UInt32(high & 7) * 100 + UInt32(low))
        }
      case 0x0014:
        hasRealm = true
        if told.isNew(value, salt: 1) { out.property(.serverName, out.text(value), subject: .receiver) }
      case 0x8022: if told.isNew(value, salt: 2) { out.identity(.sender, .application, out.text(value)) }
      default: break
      }
      try attributes.skip(Swift.min((4 - count % 4) % 4, attributes.remaining), "padding")
    }
    // Without a realm it is a name of one call (RFC 8445 section 7.1.1) and tells nobody anything.
    let name = attributes.bytes.extracting(user)
    if hasRealm, !name.isEmpty, type & 0x0110 == 0, told.isNew(name, salt: 3) {
      out.identity(.sender, .userName, out.text(name))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name: String
    switch code {
    case 1: name = "binding"
    case 2: name = "shared secret"
    case 3: name = "allocate"
    case 4: name = "refresh"
    case 6: name = "send"
    case 7: name = "data"
    case 8: name = "create permission"
    case 9: name = "channel bind"
    case 10: name = "connect"
    case 11: name = "connection bind"
    case 12: name = "connection attempt"
    default: name = "method \(code)"
    }
    return OperationDescription(code: "\(code)", name: name, kind: .session)
  }
}
