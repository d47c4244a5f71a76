import OTCore

/// Transport Layer Security, RFC 8446 (1.3), RFC 5246 (1.2) and the versions before them down to SSL 3.0: what the
/// handshake shows in clear text.
///
/// The first record of application data makes the rest of its direction opaque.
public struct TLS: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "tls", name: "Transport Layer Security", specification: "RFC 8446, RFC 5246, RFC 6066, RFC 5280",
      isIndustrial: false, depth: [.identity, .operations],
      reads: "versions, cipher suites and their weakness, server name, ALPN, JA4, the server's certificate, alerts",
      displayFilter: "tls")
  ]
  public static let claims: [Claim] = [
    .tcp(443), .tcp(8443), .tcp(636), .tcp(853), .tcp(989), .tcp(990), .tcp(993), .tcp(995), .tcp(465), .tcp(5061),
    .tcp(5986), .tcp(8883), .tcp(3269), .tcp(2221), .tcp(19999),
  ]
  public static let probe = ProbeStrength.strong

  public init() {}

  /// Content types, RFC 8446 appendix B.1.
  private static let changeCipherSpec: UInt8 = 20
  private static let alert: UInt8 = 21
  private static let handshake: UInt8 = 22
  private static let applicationData: UInt8 = 23
  /// 2^14 bytes and the expansion that TLS 1.2 permits.
  private static let recordBytes = 16_384 + 2048
  /// Longest handshake message kept while its records arrive.
  private static let messageBytes = 65_536

  private var client = Side()
  private var server = Side()
  private var sawCertificate = false

  /// One direction of a connection.
  private struct Side {
    /// The beginning of a handshake message whose end is in a later record.
    var partial: [UInt8] = []
    /// After ChangeCipherSpec, handshake messages are encrypted.
    var isEncrypted = false
  }

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let type = bytes.byte(0) else { return .notThisProtocol }
    if isVersion2Hello(bytes) || isVersion2ServerHello(bytes), let length = bytes.be16(0) {
      return .pdu(byteCount: 2 + Int(length & 0x7fff))
    }
    guard type >= changeCipherSpec, type <= 24 else { return .notThisProtocol }
    if let major = bytes.byte(1), major != 3 { return .notThisProtocol }
    guard bytes.count >= 5 else { return .needMore }
    guard bytes[2] <= 4, let length = bytes.be16(3), length > 0, Int(length) <= recordBytes else {
      return .notThisProtocol
    }
    if !hint.isEstablished, type == handshake {
      // The first message must look like one: a hello, with a length that the record can hold or continue.
      guard let message = bytes.byte(5) else { return .needMore }
      let isPlain = message <= 2 || message == 11 || message == 12 || message == 14 || message == 16
      guard isPlain || hint.isClaimed else { return .notThisProtocol }
    }
    if !hint.isEstablished, !hint.isClaimed, type != handshake, !endsWithRecord(bytes, 5 + Int(length)) {
      return .notThisProtocol
    }
    // Of application data the header is enough: the rest of the direction is opaque.
    return .pdu(byteCount: type == applicationData ? 5 : 5 + Int(length))
  }

  /// Whether the bytes end with the first record or go on with the header of another: five bytes alone, in the middle of
  /// a stream on any port, are too little to tell by.
  private static func endsWithRecord(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
    if bytes.count == start { return true }
    guard let type = bytes.byte(start), let version = bytes.be16(start + 1) else { return false }
    return type >= changeCipherSpec && type <= 24 && version >> 8 == 3 && version & 0xff <= 4
  }

  /// The hello of SSL 2.0 with which clients of the nineties still ask (RFC 5246 appendix E.2).
  private static func isVersion2Hello(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= 11, bytes[0] & 0x80 != 0, bytes[2] == 1, let length = bytes.be16(0) else { return false }
    let version = (bytes.byte(3) ?? 0, bytes.byte(4) ?? 0)
    guard version == (0, 2) || version == (2, 0) || (version.0 == 3 && version.1 <= 3) else { return false }
    guard let ciphers = bytes.be16(5), let session = bytes.be16(7), let challenge = bytes.be16(9) else { return false }
    return ciphers > 0 && ciphers % 3 == 0 && Int(ciphers) + Int(session) + Int(challenge) + 9 == Int(length & 0x7fff)
  }

  /// The answer of a server that still speaks SSL 2.0 (its draft of 1995, section SERVER-HELLO): message, session hit,
  /// certificate type, version 2, lengths of certificate, ciphers and connection id.
  private static func isVersion2ServerHello(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= 13, bytes[0] & 0x80 != 0, bytes[2] == 4, bytes[3] <= 1, bytes[4] <= 1, bytes.be16(5) == 2,
      let length = bytes.be16(0), let certificate = bytes.be16(7), let ciphers = bytes.be16(9),
      let connection = bytes.be16(11)
    else { return false }
    return ciphers % 3 == 0
      && Int(certificate) + Int(ciphers) + Int(connection) + 11 == Int(length & 0x7fff)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if Self.isVersion2ServerHello(pdu.bytes) {
      out.operation(Operation(TLSMessage.version2ServerHello, .response))
      out.property(.protocolVersion, out.text("SSL 2.0"))
      Certificate.read(pdu.bytes.clamped(from: 13, count: Int(pdu.bytes.be16(7) ?? 0)), into: &out)
      return out.skip(Int.max)
    }
    if Self.isVersion2Hello(pdu.bytes) {
      out.operation(Operation(TLSMessage.version2Hello, .request))
      out.property(.offeredVersion, out.text(TLSNames.version((pdu.bytes.be16(3) ?? 0))))
      return
    }
    let type = try pdu.u8("type")
    try pdu.skip(4, "version and length")
    var side = context.senderIsClient ? client : server
    if context.afterGap { side.partial.removeAll(keepingCapacity: true) }
    defer { if context.senderIsClient { client = side } else { server = side } }
    switch type {
    case Self.handshake where !side.isEncrypted:
      try readRecord(pdu.rest(), &side, context, into: &out)
    case Self.alert where !side.isEncrypted && pdu.remaining == 2:
      let level = try pdu.u8("level")
      let description = try pdu.u8("description")
      // close_notify is no failure; level 2 is fatal.
      let outcome: Operation.Outcome = description == 0 ? .success : .failure(UInt32(description))
      out.operation(
        Operation(
          TLSMessage.alert | UInt64(description), context.senderIsClient ? .request : .response,
          outcome: level == 2 || description != 0 ? outcome : .success))
    case Self.changeCipherSpec:
      side.isEncrypted = true
    case Self.applicationData:
      out.skip(Int.max)
    default:
      break
    }
  }

  /// Cuts a record's handshake messages out; one may span records.
  private func readRecord(
    _ record: Span<UInt8>, _ side: inout Side, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard !side.partial.isEmpty else {
      let used = try readMessages(record, context, into: &out)
      keep(record.extracting(used..<record.count), &side)
      return
    }
    var joined = side.partial
    side.partial = []
    joined.append(record)
    let used = try readMessages(joined.span, context, into: &out)
    keep(joined.span.extracting(used..<joined.count), &side)
  }

  private func keep(_ rest: Span<UInt8>, _ side: inout Side) {
    // Not even the header of a message may be whole.
    if let header = rest.be32(0), Int(header & 0xff_ffff) > Self.messageBytes { return }
    side.partial.append(rest)
  }

  /// Reads the whole messages at the front; how many bytes they have.
  private func readMessages(
    _ bytes: Span<UInt8>, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) -> Int {
    var start = 0
    while let header = bytes.be32(start) {
      let type = UInt8(truncatingIfNeeded: header >> 24)
      let length = Int(header & 0xff_ffff)
      guard length <= bytes.count - start - 4 else { return start }
      // A Finished of TLS 1.2 is encrypted: its first byte means nothing.
      guard TLSMessage.isKnown(type) else { return bytes.count }
      var message = ByteCursor(bytes.extracting((start + 4)..<(start + 4 + length)))
      start += 4 + length
      try read(type, &message, context, into: &out)
    }
    return start
  }

  private func read(
    _ type: UInt8, _ message: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let role: Operation.Role =
      type == TLSMessage.clientHello || (context.senderIsClient && type != TLSMessage.serverHello)
      ? .request : .response
    out.operation(Operation(UInt64(type), role))
    switch type {
    case TLSMessage.clientHello: try Self.readClientHello(&message, into: &out)
    case TLSMessage.serverHello: try Self.readServerHello(&message, into: &out)
    case TLSMessage.certificate: try Self.readCertificates(&message, into: &out)
    default: break
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    if code & TLSMessage.alert != 0 {
      let description = code & 0xff
      return OperationDescription(
        code: "alert.\(description)", name: "alert \(TLSNames.alert(description))", kind: .session)
    }
    let number = code & 0x100 != 0 ? "v2.\(code & 0xff)" : "\(code)"
    return OperationDescription(code: number, name: TLSMessage.name(code), kind: .session)
  }
}
