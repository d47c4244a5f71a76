import OTCore

/// Remote Desktop Protocol, connection sequence, [MS-RDPBCGR] 60.0 sections 2.2.1.1–2.2.1.4, over TPKT (RFC 1006) and
/// X.224 class 0.
///
/// Where TLS is agreed the conversation goes on as TLS; else everything behind the settings is skipped.
public struct RDP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "rdp", name: "Remote Desktop Protocol", specification: "[MS-RDPBCGR] 60.0 section 2.2.1", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "user of the cookie, security protocols asked and chosen, client's name and build, encryption level",
      displayFilter: "rdp")
  ]
  public static let claims: [Claim] = [.tcp(3389)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private static let connectionRequest: UInt64 = 0xe0
  private static let connectionConfirm: UInt64 = 0xd0
  private static let disconnect: UInt64 = 0x80
  /// MCS Connect-Initial and Connect-Response carry the settings of either side.
  private static let connect: UInt64 = 0x7f

  /// RDP_NEG_REQ, RDP_NEG_RSP, RDP_NEG_FAILURE.
  private static let negotiationRequest: UInt8 = 1
  private static let negotiationResponse: UInt8 = 2
  private static let negotiationFailure: UInt8 = 3

  /// RDP_NEG_CORRELATION_INFO, section 2.2.1.1.2, behind what is asked for.
  private static let correlationBytes = 36

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, bytes.byte(0) == 3, bytes.byte(1) ?? 0 == 0 else { return .notThisProtocol }
    guard let length = bytes.be16(2), let code = bytes.byte(5) else { return .needMore }
    guard length >= 7 else { return .notThisProtocol }
    if hint.isEstablished { return .pdu(byteCount: Int(length)) }
    switch code & 0xf0 {
    case 0xe0, 0xd0:
      // The ISO transport of controllers and substations starts the same, but goes on with TSAPs.
      guard length > 11 else { return hint.isClaimed ? .pdu(byteCount: Int(length)) : .notThisProtocol }
      guard let next = bytes.byte(11) else { return .needMore }
      if bytes.extracting(11..<bytes.count).isStart(of: "Cookie: ") { return .needMore }
      // A routing token is any line of text; in the ISO transport a parameter would stand there.
      let isCookie = bytes.hasASCII("Cookie: ", at: 11) || (hint.isClaimed && next >= 32 && next < 127)
      let type = code & 0xf0 == 0xe0 ? negotiationRequest : negotiationResponse
      let isNegotiation =
        (next == type || (next == negotiationFailure && type == negotiationResponse))
        && (length == 19 || (type == negotiationRequest && length == 19 + correlationBytes))
        && bytes.le16(13) ?? 8 == 8
      return isCookie || isNegotiation ? .pdu(byteCount: Int(length)) : .notThisProtocol
    case 0xf0:
      guard let tag = bytes.be16(7) else { return hint.isClaimed ? .needMore : .notThisProtocol }
      guard tag == 0x7f65 || tag == 0x7f66 else { return .notThisProtocol }
      // Other conferences of T.124 have other keys.
      guard hint.isClaimed || blocks(bytes, behind: tag == 0x7f65 ? "Duca" : "McDn") != nil else {
        return .notThisProtocol
      }
      return .pdu(byteCount: Int(length))
    default: return .notThisProtocol
    }
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(5, "TPKT header")
    let code = try pdu.u8("X.224 code")
    switch code & 0xf0 {
    case 0xe0:
      try pdu.skip(5, "references and class")
      out.operation(Operation(Self.connectionRequest, .request))
      readRequest(pdu.rest(), into: &out)
    case 0xd0:
      try pdu.skip(5, "references and class")
      try readConfirm(&pdu, into: &out)
    case 0x80:
      out.operation(Operation(Self.disconnect, context.senderIsClient ? .request : .response))
    case 0xf0:
      try pdu.skip(1, "end of transmission")
      let data = pdu.rest()
      guard let tag = data.be16(0), tag == 0x7f65 || tag == 0x7f66 else { return }
      out.operation(Operation(Self.connect, tag == 0x7f65 ? .request : .response))
      if tag == 0x7f65 { readClientSettings(data, into: &out) } else { readServerSettings(data, into: &out) }
      out.skip(Int.max)
    default: break
    }
  }

  // MARK: negotiation

  private func readRequest(_ variable: Span<UInt8>, into out: inout ObservationBuffer) {
    var start = 0
    if let first = variable.byte(0), first >= 32, let end = variable.lineEnd(limit: 512) {
      let line = variable.extracting(0..<end).trimmed()
      if line.hasASCII("Cookie: mstshash=") {
        let user = line.extracting(17..<line.count)
        out.identity(.sender, .userName, out.text(user))
        out.property(.authentication, out.text(line))
      } else {
        // It names the server of a farm that the session is on.
        out.identity(.sender, .other, out.text(line))
      }
      start = end
    }
    guard variable.byte(start) == Self.negotiationRequest, let asked = variable.le32(start + 4) else { return }
    out.property(.offeredVersion, out.text(Self.security(asked)))
  }

  private func readConfirm(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    guard !pdu.isAtEnd else {
      // An old server that knows no negotiation.
      out.operation(Operation(Self.connectionConfirm, .response, outcome: .success))
      out.property(.securityMode, out.text(Self.security(0)))
      return
    }
    let type = try pdu.u8("negotiation type")
    try pdu.skip(3, "flags and length")
    let value = try pdu.u32le("selectedProtocol")
    if type == Self.negotiationFailure {
      out.operation(Operation(Self.connectionConfirm, .response, outcome: .failure(value)))
      // HYBRID_REQUIRED_BY_SERVER, section 2.2.1.2.2.
      if value == 5 { out.property(.securityMode, out.text("network level authentication required")) }
    } else {
      out.operation(Operation(Self.connectionConfirm, .response, outcome: .success))
      out.property(.securityMode, out.text(Self.security(value)))
    }
  }

  /// Security protocols, sections 2.2.1.1.1 and 2.2.1.2.1; the strongest of those asked for.
  private static func security(_ flags: UInt32) -> StaticString {
    if flags & 8 != 0 { return "CredSSP with early user authorization" }
    if flags & 2 != 0 { return "CredSSP (network level authentication)" }
    if flags & 16 != 0 { return "RDS AAD" }
    if flags & 4 != 0 { return "RDSTLS" }
    if flags & 1 != 0 { return "TLS" }
    return "standard RDP security"
  }

  // MARK: settings

  /// Client data blocks behind the H.221 key `Duca`, section 2.2.1.3.
  private func readClientSettings(_ data: Span<UInt8>, into out: inout ObservationBuffer) {
    guard var index = Self.blocks(data, behind: "Duca") else { return }
    for _ in 0..<16 {
      guard let type = data.le16(index), let length = data.le16(index + 2), length >= 4 else { return }
      let block = data.clamped(from: index, count: Int(length))
      if type == 0xc001 {
        // Section 2.2.1.3.2: clientBuild, clientName of sixteen UTF-16 units.
        if let build = block.le32(20) {
          out.identity(.sender, .application, out.text(string: "RDP client build \(build)"))
        }
        out.identity(.sender, .hostname, out.text(utf16le: Self.untilZero(block.clamped(from: 24, count: 32))))
      }
      index += Int(length)
    }
  }

  /// Server data blocks behind the H.221 key `McDn`, section 2.2.1.4.
  private func readServerSettings(_ data: Span<UInt8>, into out: inout ObservationBuffer) {
    guard var index = Self.blocks(data, behind: "McDn") else { return }
    for _ in 0..<16 {
      guard let type = data.le16(index), let length = data.le16(index + 2), length >= 4 else { return }
      if type == 0x0c02, let level = data.le32(index + 8) {
        let name: StaticString =
          switch level {
          case 0: "none"
          case 1: "low"
          case 2: "client compatible"
          case 3: "high"
          case 4: "FIPS"
          default: "unknown"
          }
        out.property(.encryption, out.text(name))
      }
      index += Int(length)
    }
  }

  /// Where the blocks start: behind the key and a PER length of one or two octets.
  private static func blocks(_ data: Span<UInt8>, behind key: StaticString) -> Int? {
    var index = 0
    while index < data.count - 8 {
      if data.hasASCII(key, at: index) { return index + (data[index + 4] & 0x80 != 0 ? 6 : 5) }
      index += 1
    }
    return nil
  }

  @_lifetime(copy text)
  private static func untilZero(_ text: Span<UInt8>) -> Span<UInt8> {
    var index = 0
    while index + 1 < text.count, text[index] != 0 || text[index + 1] != 0 { index += 2 }
    return text.extracting(0..<index)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch code {
      case connectionRequest: "connection request"
      case connectionConfirm: "connection confirm"
      case disconnect: "disconnect"
      default: "connect with settings"
      }
    return OperationDescription(code: "0x" + String(code, radix: 16), name: name, kind: .session)
  }
}
