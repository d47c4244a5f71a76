import OTCore

/// QUIC, RFC 9000, RFC 9369 (version 2) and drafts 17 to 34: the packets of a handshake, and the TLS hellos in them.
///
/// Initial packets are encrypted with a key that anybody can derive (``QUICInitialKeys``); they are opened until the
/// client's hello is whole, and never afterwards. Everything later is opaque.
public struct QUIC: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "quic", name: "QUIC", specification: "RFC 9000, RFC 9001, RFC 9369, drafts 17 to 34", isIndustrial: false,
      depth: .operations, reads: "version, server name, ALPN, JA4, cipher suite; nothing behind the handshake",
      displayFilter: "quic")
  ]
  public static let claims: [Claim] = [.udp(443), .udp(80), .udp(8443), .udp(784), .udp(853)]
  public static let probe = ProbeStrength.strong

  /// Most Initial packets opened of one side, most bytes of its hello kept.
  private static let packetsOpened = 12
  private static let helloBytes = 16_384

  /// One side's handshake as far as it was put together.
  private struct Side {
    var keys: QUICInitialKeys?
    var opened = 0
    var isDone = false
    /// Pieces of the hello as they came; offsets may jump.
    var pieces: [(offset: Int, bytes: [UInt8])] = []
  }
  private var client = Side()
  private var server = Side()
  /// Connection id the keys follow from: what the client called the server first.
  private var connection: [UInt8] = []
  private var told = RecentValues()

  public init() {}

  // MARK: framing

  /// Where the fields of a long header stand, RFC 9000 section 17.2.
  private struct LongHeader {
    var version: UInt32
    var destination: Range<Int>
    var source: Range<Int>
    var end: Int

    init?(_ bytes: Span<UInt8>) {
      guard bytes.count >= 7, bytes[0] & 0x80 != 0, let version = bytes.be32(1) else { return nil }
      self.version = version
      let destinationCount = Int(bytes[5])
      guard destinationCount <= 20, let sourceCount = bytes.byte(6 + destinationCount).map(Int.init), sourceCount <= 20
      else { return nil }
      destination = 6..<(6 + destinationCount)
      source = (7 + destinationCount)..<(7 + destinationCount + sourceCount)
      end = source.upperBound
      guard end <= bytes.count else { return nil }
    }
  }

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, let first = bytes.byte(0) else { return .notThisProtocol }
    if first & 0x80 == 0 {
      // A short header shows nothing: it must follow a long one (or be Google's own, with its version in it).
      if isGoogleVersion(bytes, at: 9), first & 0x09 == 0x09 { return .pdu(byteCount: bytes.count) }
      return hint.isEstablished && first & 0x40 != 0 ? .pdu(byteCount: bytes.count) : .notThisProtocol
    }
    guard let header = LongHeader(bytes) else { return .notThisProtocol }
    let isKnown = isVersion(header.version) || isGoogleVersion(bytes, at: 1)
    if header.version == 0 {
      // Version negotiation lists versions, among them one that is known.
      guard (bytes.count - header.end) % 4 == 0 else { return .notThisProtocol }
      var index = header.end
      while let version = bytes.be32(index) {
        if isVersion(version) { return .pdu(byteCount: bytes.count) }
        index += 4
      }
      return .notThisProtocol
    }
    // A version made up to exercise negotiation (section 15), only where QUIC is expected.
    let isForced = header.version & 0x0f0f_0f0f == 0x0a0a_0a0a && hint.isClaimed && bytes.count >= 1200
    guard isKnown || isForced || hint.isEstablished else { return .notThisProtocol }
    guard hint.isClaimed || hint.isEstablished || isProtected(bytes, header) else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  /// Whether the octets around a known version are those of a long header (section 17.2), where no port speaks for them: the
  /// fixed bit, and a length that has room for a packet number and the tag of what is enciphered (RFC 9001 section 5.3).
  private static func isProtected(_ bytes: Span<UInt8>, _ header: LongHeader) -> Bool {
    if isGoogleVersion(bytes, at: 1) { return true }
    let shift: UInt8 = header.version == 0x6b33_43cf ? 3 : 0
    let type = UInt64((bytes[0] >> 4 &+ shift) & 3)
    guard bytes[0] & 0x40 != 0, type != retry else { return false }
    var cursor = ByteCursor(bytes)
    do throws(DecodeError) {
      try cursor.skip(header.end, "long header")
      if type == initial { try cursor.skip(variable(&cursor, "token length"), "token") }
      return try variable(&cursor, "length") >= 20
    } catch {
      return false
    }
  }

  /// Versions of the IANA registry and those that were widely used before it.
  private static func isVersion(_ version: UInt32) -> Bool {
    switch version {
    case 1, 0x6b33_43cf, 0xff00_0011...0xff00_0022, 0xface_b001, 0xface_b002, 0xface_b00e, 0xface_b010...0xface_b013:
      true
    default: false
    }
  }

  /// `Q043`, `Q046`, `Q050`, `T051`: Google's own versions before the standard.
  private static func isGoogleVersion(_ bytes: Span<UInt8>, at index: Int) -> Bool {
    guard let letter = bytes.byte(index), letter == UInt8(ascii: "Q") || letter == UInt8(ascii: "T"),
      bytes.byte(index + 1) == UInt8(ascii: "0"), let ten = bytes.byte(index + 2), let one = bytes.byte(index + 3)
    else { return false }
    return ten >= 50 && ten <= 53 && one >= 48 && one <= 57
  }

  // MARK: packets

  private static let initial: UInt64 = 0
  private static let handshake: UInt64 = 2
  private static let retry: UInt64 = 3
  private static let negotiation: UInt64 = 4
  private static let google: UInt64 = 5

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let bytes = pdu.bytes
    let role: Operation.Role = context.senderIsClient ? .request : .response
    for at in [9, 1] where Self.isGoogleVersion(bytes, at: at) {
      tellVersion(hash: UInt64(bytes.be32(at) ?? 0), into: &out) { $0.text(bytes.clamped(from: at, count: 4)) }
      return out.operation(Operation(Self.google, role))
    }
    // Several packets may share a datagram (section 12.2).
    var start = 0
    for _ in 0..<8 {
      guard let next = try packet(bytes.extracting(start..<bytes.count), context, role, into: &out) else { return }
      start += next
      guard start < bytes.count else { return }
    }
  }

  /// Reads the packet at the front; how long it is, or nil where it goes to the end.
  private mutating func packet(
    _ bytes: Span<UInt8>, _ context: PDUContext, _ role: Operation.Role, into out: inout ObservationBuffer
  ) throws(DecodeError) -> Int? {
    guard let first = bytes.byte(0), let header = LongHeader(bytes) else { return nil }
    guard header.version != 0 else {
      out.operation(Operation(Self.negotiation, .response))
      return nil
    }
    tellVersion(hash: UInt64(header.version), into: &out) { Self.versionText(header.version, into: &$0) }
    // Version 2 moved the types by one (RFC 9369 section 3.2).
    let shift: UInt8 = header.version == 0x6b33_43cf ? 3 : 0
    let type = UInt64((first >> 4 &+ shift) & 3)
    out.operation(Operation(type, role))
    if type == Self.retry {
      // The client starts anew and calls the server what it asks to be called.
      client = Side()
      server = Side()
      connection = []
      connection.append(bytes.extracting(header.source))
      return nil
    }
    var cursor = ByteCursor(bytes)
    try cursor.skip(header.end, "long header")
    if type == Self.initial {
      let tokenBytes = try Self.variable(&cursor, "token length")
      try cursor.skip(tokenBytes, "token")
    }
    let length = try Self.variable(&cursor, "length")
    let numberStart = cursor.offset
    guard length <= bytes.count - numberStart else { throw DecodeError("length", at: numberStart, .truncated) }
    let whole = bytes.extracting(0..<(numberStart + length))
    if type == Self.initial { open(whole, header, numberStart, context, into: &out) }
    return whole.count
  }

  private mutating func tellVersion(
    hash: UInt64, into out: inout ObservationBuffer, _ text: (inout ObservationBuffer) -> TextRef
  ) {
    if told.isNew(hash: hash) { out.property(.protocolVersion, text(&out)) }
  }

  /// A number of one, two, four or eight bytes, section 16.
  private static func variable(_ cursor: inout ByteCursor, _ field: StaticString) throws(DecodeError) -> Int {
    let first = try cursor.u8(field)
    var value = UInt64(first & 0x3f)
    let following = (1 << Int(first >> 6)) - 1
    for _ in 0..<following { value = value << 8 | UInt64(try cursor.u8(field)) }
    return Int(truncatingIfNeeded: value)
  }

  // MARK: the hellos

  /// Opens an Initial packet, unless what it could tell is known already.
  private mutating func open(
    _ packet: Span<UInt8>, _ header: LongHeader, _ numberStart: Int, _ context: PDUContext,
    into out: inout ObservationBuffer
  ) {
    var side = context.senderIsClient ? client : server
    guard !side.isDone, side.opened < Self.packetsOpened else { return }
    defer { if context.senderIsClient { client = side } else { server = side } }
    side.opened += 1
    if context.senderIsClient, connection.isEmpty { connection.append(packet.extracting(header.destination)) }
    if side.keys == nil {
      side.keys = QUICInitialKeys(
        version: header.version, connection: connection.span, fromClient: context.senderIsClient)
    }
    var frames = side.keys?.open(packet, numberStart: numberStart)
    if frames == nil, context.senderIsClient {
      // The first packet may be missing, or this is another connection between the same ports.
      let keys = QUICInitialKeys(
        version: header.version, connection: packet.extracting(header.destination), fromClient: true)
      frames = keys?.open(packet, numberStart: numberStart)
      if frames != nil {
        side.keys = keys
        side.pieces = []
      }
    }
    guard let frames else { return }
    var cursor = ByteCursor(frames.span)
    // What is not understood ends the packet; what was read of it is kept.
    try? Self.collect(&cursor, &side)
    guard let hello = Self.whole(side) else { return }
    side.isDone = true
    side.pieces = []
    side.keys = nil
    var message = ByteCursor(hello.span)
    try? Self.read(&message, into: &out)
  }

  /// Keeps the pieces of CRYPTO frames (RFC 9000 section 19.6).
  private static func collect(_ frames: inout ByteCursor, _ side: inout Side) throws(DecodeError) {
    for _ in 0..<Limits.itemsPerPDU {
      while frames.peek() == 0 { try frames.skip(1, "padding") }
      guard !frames.isAtEnd else { return }
      switch try frames.u8("frame type") {
      case 1: break
      case 2: try skipAcknowledgement(&frames, counts: false)
      case 3: try skipAcknowledgement(&frames, counts: true)
      case 6:
        let offset = try variable(&frames, "offset")
        let bytes = try frames.take(try variable(&frames, "length"), "crypto data")
        guard offset >= 0, offset <= helloBytes, bytes.count <= helloBytes, side.pieces.count < 256 else { return }
        var piece: [UInt8] = []
        piece.append(bytes)
        side.pieces.append((offset, piece))
      default: return
      }
    }
  }

  /// Section 19.3.
  private static func skipAcknowledgement(_ frames: inout ByteCursor, counts: Bool) throws(DecodeError) {
    _ = try variable(&frames, "largest acknowledged")
    _ = try variable(&frames, "delay")
    let ranges = try variable(&frames, "range count")
    guard ranges >= 0, ranges <= Limits.itemsPerPDU else {
      throw DecodeError("range count", at: frames.offset, .tooDeep)
    }
    for _ in 0..<(2 * ranges + 1 + (counts ? 3 : 0)) { _ = try variable(&frames, "range") }
  }

  /// The handshake message at the front of the stream once all of it is there.
  private static func whole(_ side: Side) -> [UInt8]? {
    var stream: [UInt8] = []
    for piece in side.pieces.sorted(by: { $0.offset < $1.offset }) {
      guard piece.offset <= stream.count else { return nil }
      let known = stream.count - piece.offset
      if known < piece.bytes.count { stream += piece.bytes[known...] }
    }
    guard let header = stream.span.be32(0) else { return nil }
    let length = Int(header & 0xff_ffff)
    return stream.count >= 4 + length ? Array(stream[..<(4 + length)]) : nil
  }

  private static func read(_ message: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    let type = try message.u8("handshake type")
    try message.skip(3, "length")
    if type == TLSMessage.clientHello { try TLS.readClientHello(&message, over: .quic, into: &out) }
    if type == TLSMessage.serverHello { try TLS.readServerHello(&message, over: .quic, into: &out) }
  }

  // MARK: words

  private static func versionText(_ version: UInt32, into out: inout ObservationBuffer) -> TextRef {
    switch version {
    case 1: return out.text("1")
    case 0x6b33_43cf: return out.text("2")
    case 0xff00_0011...0xff00_0022:
      let prefix = out.text("draft-")
      return prefix.through(out.text(UInt64(version & 0xff)))
    case 0xface_b000...0xface_b0ff: return out.text("mvfst")
    default: return out.text("unknown version")
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name: String
    switch code {
    case initial: name = "initial"
    case 1: name = "0-rtt"
    case handshake: name = "handshake"
    case retry: name = "retry"
    case negotiation: name = "version negotiation"
    default: name = "google quic"
    }
    return OperationDescription(code: "\(code)", name: name, kind: .session)
  }
}
