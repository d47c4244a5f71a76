import OTCore

/// Secure Shell transport layer, RFC 4253: identification strings and the lists of the key exchange.
///
/// Behind NEWKEYS everything is encrypted and skipped.
public struct SSH: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ssh", name: "Secure Shell", specification: "RFC 4253 sections 4.2, 7.1", isIndustrial: false,
      depth: [.identity, .operations], reads: "identification, algorithms offered; nothing encrypted",
      displayFilter: "ssh")
  ]
  public static let claims: [Claim] = [.tcp(22), .tcp(2222)]
  public static let probe = ProbeStrength.strong

  public init() {}

  /// RFC 4253 section 4.2: at most 255 bytes with CR LF; lenient by half.
  private static let identificationBytes = 384
  /// RFC 4253 section 6.1: implementations must take 35,000 bytes.
  private static let packetBytes = 35_000

  private static let identification: UInt64 = 0
  private static let keyExchangeInit: UInt64 = 20
  private static let newKeys: UInt64 = 21

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    if bytes.count < 4 {
      return hint.isEstablished || bytes.byte(0) == UInt8(ascii: "S") ? .needMore : .notThisProtocol
    }
    if bytes.hasASCII("SSH-") {
      if let end = bytes.lineEnd(limit: identificationBytes) { return .pdu(byteCount: end) }
      return bytes.count < identificationBytes && bytes.isPlainText ? .needMore : .notThisProtocol
    }
    // A binary packet can only be told before encryption starts.
    guard let length = bytes.be32(0), length >= 2, length <= packetBytes else { return .notThisProtocol }
    guard let padding = bytes.byte(4), let type = bytes.byte(5) else {
      return hint.isEstablished || hint.isClaimed ? .needMore : .notThisProtocol
    }
    guard padding >= 4, Int(padding) < Int(length) - 1, type >= 1, type <= 49 else { return .notThisProtocol }
    guard hint.isEstablished || (hint.isClaimed && type == 20) else { return .notThisProtocol }
    return .pdu(byteCount: 4 + Int(length))
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let role: Operation.Role = context.senderIsClient ? .request : .response
    if pdu.bytes.hasASCII("SSH-") {
      out.operation(Operation(Self.identification, role))
      identify(pdu.bytes.trimmed(), into: &out)
      return
    }
    try pdu.skip(5, "packet length")
    let type = UInt64(try pdu.u8("message"))
    out.operation(Operation(type, role))
    if type == Self.keyExchangeInit {
      try pdu.skip(16, "cookie")
      // Name lists of section 7.1 in their order; of the two directions the one towards the server is told.
      out.property(.keyExchange, out.text(try nameList(&pdu, "kex_algorithms")))
      out.property(.hostKey, out.text(try nameList(&pdu, "server_host_key_algorithms")))
      out.property(.cipherSuite, out.text(try nameList(&pdu, "encryption_algorithms_client_to_server")))
    } else if type == Self.newKeys {
      out.skip(Int.max)
    }
  }

  @_lifetime(copy pdu)
  private func nameList(_ pdu: inout ByteCursor, _ field: StaticString) throws(DecodeError) -> Span<UInt8> {
    let length = try pdu.u32(field)
    return try pdu.take(Int(length), field)
  }

  /// `SSH-2.0-OpenSSH_7.4 comment`
  private func identify(_ line: Span<UInt8>, into out: inout ObservationBuffer) {
    out.identity(.sender, .banner, out.text(line))
    guard let dash = line.first(UInt8(ascii: "-"), from: 4) else { return }
    out.property(.protocolVersion, out.text(line.extracting(4..<dash)))
    let software = line.extracting((dash + 1)..<line.count)
    out.identity(.sender, .softwareVersion, out.text(software.extracting(0..<(software.first(32) ?? software.count))))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name: String
    switch code {
    case identification: name = "identification"
    case 1: name = "disconnect"
    case 2: name = "ignore"
    case 4: name = "debug"
    case 5: name = "service request"
    case 6: name = "service accept"
    case keyExchangeInit: name = "key exchange init"
    case newKeys: name = "new keys"
    case 30...49: name = "key exchange method \(code)"
    default: name = "message \(code)"
    }
    return OperationDescription(code: "\(code)", name: name, kind: .session)
  }
}
