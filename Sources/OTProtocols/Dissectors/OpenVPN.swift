import OTCore

/// OpenVPN over UDP and TCP, as its developers' documentation of the wire protocol describes it: how a session starts,
/// how its control channel is protected, and the TLS handshake in it where that is in clear text.
///
/// A tunnel with a static key has no opcodes and cannot be told from noise.
public struct OpenVPN: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "openvpn", name: "OpenVPN", specification: "OpenVPN protocol documentation, openvpn-rfc draft",
      isIndustrial: false, depth: [.identity, .operations],
      reads: "resets, protection of the control channel, the TLS handshake (server's certificate) where it is clear",
      displayFilter: "openvpn"),
    ProtocolInfo(
      id: "openvpn_tls", name: "TLS within OpenVPN", specification: "RFC 8446, RFC 5246", isIndustrial: false,
      depth: [.identity, .operations], reads: "as TLS: versions, cipher suites, the server's certificate",
      displayFilter: "openvpn && tls"),
  ]
  public static let claims: [Claim] = [.udp(1194), .tcp(1194)]
  public static let probe = ProbeStrength.strong

  private static let control: UInt8 = 4
  private static let acknowledgement: UInt8 = 5
  private static let data: UInt8 = 6
  private static let dataWithPeer: UInt8 = 9
  private static let helloBytes = 16_384

  /// One direction of the TLS handshake in the control channel.
  private struct Side {
    /// Message that comes next.
    var next: UInt32 = 1
    var pending: [UInt8] = []
    var isOver = false
  }
  private var client = Side()
  private var server = Side()
  private var tls = TLS()
  private var told = RecentValues()
  /// Bytes between session id and acknowledgements: check value, and packet id with time.
  private var wrap: Int?

  public init() {}

  // MARK: framing

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else {
      return isMessage(bytes, hint) ? .pdu(byteCount: bytes.count) : .notThisProtocol
    }
    // On a stream each message has its length before it.
    guard let length = bytes.be16(0).map(Int.init) else { return hint.isEstablished ? .needMore : .notThisProtocol }
    guard length > 0 else { return .notThisProtocol }
    let message = bytes.clamped(from: 2, count: length)
    if hint.isEstablished {
      guard let first = message.byte(0) else { return .needMore }
      return (1...11).contains(first >> 3) ? .pdu(byteCount: 2 + length) : .notThisProtocol
    }
    guard message.count == length, isReset(message) else { return .notThisProtocol }
    return .pdu(byteCount: 2 + length)
  }

  private static func isMessage(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Bool {
    guard let first = bytes.byte(0) else { return false }
    let opcode = first >> 3
    if hint.isEstablished { return (1...11).contains(opcode) }
    if isReset(bytes) { return true }
    // Met in its middle on its own port: data with a peer's number of 24 bits, or of the older kind.
    guard hint.isClaimed, bytes.count >= 41 else { return false }
    return opcode == dataWithPeer ? bytes[1] == 0 : opcode == data
  }

  /// The first message of either side: opcode with key 0, a session id, what protects it, the acknowledged packets, and
  /// packet number 0. Lengths are those of the protections there are.
  private static func isReset(_ bytes: Span<UInt8>) -> Bool {
    guard let first = bytes.byte(0), first & 7 == 0, bytes.be32(1) != 0 || bytes.be32(5) != 0 else { return false }
    switch first >> 3 {
    case 1, 2, 7, 8: return wrapBytes(bytes) != nil
    case 10: return isCryptVersion2(bytes)
    default: return false
    }
  }

  /// How much stands between session id and acknowledgements; nil where none of the protections fits.
  private static func wrapBytes(_ bytes: Span<UInt8>) -> Int? {
    // Nothing, or a check value of MD5, SHA-1, SHA-256, SHA-384, SHA-512 with packet id and time.
    for wrap in [0, 24, 28, 40, 56, 72] {
      let at = 9 + wrap
      guard let count = bytes.byte(at), count <= 4 else { continue }
      let length = at + 1 + Int(count) * 4 + (count > 0 ? 8 : 0) + 4
      guard bytes.count == length, bytes.be32(length - 4) == 0 else { continue }
      guard wrap > 0 else { return 0 }
      // The packet id starts at 1.
      if let id = bytes.be32(at - 8), id >= 1, id <= 64, bytes.be32(at - 4) != 0 { return wrap }
    }
    // An answer acknowledges up to four packets besides.
    return bytes.count >= cryptBytes && bytes.count <= cryptBytes + 24 && isCrypt(bytes) ? cryptWrap : nil
  }

  private static let cryptWrap = -1

  /// tls-crypt: packet id and time come first, then a check value of 32 bytes; what follows is encrypted.
  private static func isCrypt(_ bytes: Span<UInt8>) -> Bool {
    guard let id = bytes.be32(9), let time = bytes.be32(13) else { return false }
    // A time within this protocol's life.
    return id == 1 && time > 0x4000_0000
  }

  /// tls-crypt-v2: the same with a high packet id, and behind it the client's key, wrapped, which ends in its length.
  private static func isCryptVersion2(_ bytes: Span<UInt8>) -> Bool {
    guard let time = bytes.be32(13), time > 0x4000_0000, let length = bytes.be16(bytes.count - 2) else { return false }
    return length > 32 && bytes.count == cryptBytes + Int(length)
  }

  /// Opcode, session id, packet id, time, check value of 32 bytes, and encrypted five bytes of a reset.
  private static let cryptBytes = 54

  // MARK: messages

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if context.isStream { try pdu.skip(2, "length") }
    let message = pdu.peekRest()
    let opcode = try pdu.u8("opcode") >> 3
    // Data goes by in every packet and tells nothing.
    guard opcode != Self.data, opcode != Self.dataWithPeer else { return }
    out.operation(Operation(UInt64(opcode), context.senderIsClient ? .request : .response))
    if [1, 2, 7, 8, 10].contains(opcode) { tellWrap(message, opcode, into: &out) }
    guard let wrap, wrap >= 0, opcode != Self.acknowledgement else { return }
    try pdu.skip(8 + wrap, "session id and protection")
    let acknowledged = Int(try pdu.u8("acknowledged packets"))
    try pdu.skip(acknowledged * 4 + (acknowledged > 0 ? 8 : 0), "acknowledged packets")
    let number = try pdu.u32("packet id")
    guard opcode == Self.control, !pdu.isAtEnd else { return }
    try readHandshake(pdu.rest(), number, context, into: &out)
  }

  private mutating func tellWrap(_ message: Span<UInt8>, _ opcode: UInt8, into out: inout ObservationBuffer) {
    let found = opcode == 10 ? Self.cryptWrap : Self.wrapBytes(message)
    guard let found else { return }
    wrap = found
    guard told.isNew(hash: UInt64(truncatingIfNeeded: found) << 8 | 1) else { return }
    switch found {
    case 0: out.property(.authentication, out.text("TLS only"))
    case Self.cryptWrap: out.property(.authentication, out.text(opcode == 10 ? "tls-crypt-v2" : "tls-crypt"))
    default: out.property(.authentication, out.text("tls-auth"))
    }
  }

  /// Puts the pieces of the TLS stream together in the order of their numbers, and reads the records that are whole.
  private mutating func readHandshake(
    _ piece: Span<UInt8>, _ number: UInt32, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var side = context.senderIsClient ? client : server
    defer { if context.senderIsClient { client = side } else { server = side } }
    guard !side.isOver, number == side.next, side.pending.count + piece.count <= Self.helloBytes else { return }
    side.next &+= 1
    side.pending.append(piece)
    var start = 0
    var inner = context
    inner.isStream = true
    out.layerBase &+= 1
    defer { out.layerBase &-= 1 }
    let hint = FramingHint(isStream: true, isClaimed: true, senderIsClient: context.senderIsClient, isEstablished: true)
    for _ in 0..<64 {
      guard start < side.pending.count,
        case .pdu(let count) = TLS.frame(side.pending.span.extracting(start..<side.pending.count), hint),
        count <= side.pending.count - start
      else { break }
      var record = ByteCursor(side.pending.span.extracting(start..<(start + count)))
      try tls.dissect(&record, inner, into: &out)
      start += count
      if out.skipCount > 0 {
        // Application data: the handshake is done.
        out.clearSkip()
        side.isOver = true
        start = side.pending.count
      }
    }
    side.pending.removeFirst(start)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    if layer == 1 { return TLS.describe(operation: code, layer: 0) }
    let name: String
    switch code {
    case 1: name = "hard reset client v1"
    case 2: name = "hard reset server v1"
    case 3: name = "soft reset"
    case 4: name = "control"
    case 5: name = "acknowledgement"
    case 7: name = "hard reset client v2"
    case 8: name = "hard reset server v2"
    case 10: name = "hard reset client v3"
    case 11: name = "control with client key"
    default: name = "opcode \(code)"
    }
    return OperationDescription(code: "\(code)", name: name, kind: .session)
  }
}
