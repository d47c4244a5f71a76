import OTCore

/// Remote Authentication Dial In User Service: RFC 2865, RFC 2866 (accounting), RFC 5176 (dynamic authorisation).
public struct RADIUS: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "radius", name: "RADIUS", specification: "RFC 2865, RFC 2866, RFC 5176, RFC 3579", isIndustrial: false,
      depth: [.identity, .operations],
      reads:
        "user, method, network access server and the station behind it, accepted or rejected, whether messages are "
        + "protected; no secrets",
      displayFilter: "radius")
  ]
  public static let claims: [Claim] = [.udp(1812), .udp(1813), .udp(1645), .udp(1646), .udp(3799)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var told = RecentValues()
  /// Logins by the identifier of their request: what the answer belongs to.
  private var logins = RequestTable<Login>()

  private struct Login {
    var account: [UInt8]
    var scheme: CredentialExposure.Scheme
  }

  private enum Code {
    static let accessRequest: UInt8 = 1
    static let accessAccept: UInt8 = 2
    static let accessReject: UInt8 = 3
    static let accountingRequest: UInt8 = 4
  }

  /// Section 3: code, identifier, length, authenticator, then attributes that fill the length exactly.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, let code = bytes.byte(0), known[code] != nil, let length = bytes.be16(2),
      length >= 20, length <= 4096
    else { return .notThisProtocol }
    let isExpected = hint.isClaimed || hint.isEstablished
    var index = 20
    var attributes = 0
    while index < min(Int(length), bytes.count) {
      guard let size = bytes.byte(index + 1) else { break }
      guard size >= 2, isExpected || (1...104).contains(bytes[index]) else { return .notThisProtocol }
      index += Int(size)
      attributes += 1
    }
    // On other ports three attributes and the length of the datagram speak for it.
    guard isExpected || (attributes >= 3 && index == bytes.count) else { return .notThisProtocol }
    return index == Int(length) || bytes.count < Int(length) ? .pdu(byteCount: Int(length)) : .notThisProtocol
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let code = try pdu.u8("code")
    let identifier = try pdu.u8("identifier")
    try pdu.skip(18, "length and authenticator")
    let attributes = Attributes(pdu.rest())
    switch code {
    case Code.accessRequest: access(attributes, identifier, into: &out)
    case Code.accessAccept, Code.accessReject:
      let accepted = code == Code.accessAccept
      out.operation(
        Operation(UInt64(Code.accessRequest), .response, outcome: accepted ? .success : .failure(UInt32(code))))
      if let login = logins.request(UInt64(identifier)) {
        out.record(
          .credential(
            CredentialExposure(
              login.scheme, account: out.text(login.account.span), strength: .unknown, accepted: accepted,
              senderAuthenticates: false)))
      }
      protection(attributes, isRequest: false, into: &out)
    case 11: out.operation(Operation(UInt64(Code.accessRequest), .response, outcome: .none))
    case Code.accountingRequest, 12, 40, 43:
      out.operation(Operation(UInt64(code), .request, object: object(attributes, into: &out)))
      server(attributes, into: &out)
    case 5: out.operation(Operation(UInt64(Code.accountingRequest), .response, outcome: .success))
    case 41, 44: out.operation(Operation(UInt64(code - 1), .response, outcome: .success))
    case 42, 45: out.operation(Operation(UInt64(code - 2), .response, outcome: .failure(UInt32(code))))
    default: out.operation(Operation(UInt64(code), context.senderIsClient ? .request : .response))
    }
  }

  // MARK: requests

  private mutating func access(
    _ attributes: borrowing Attributes, _ identifier: UInt8, into out: inout ObservationBuffer
  ) {
    let name = object(attributes, into: &out)
    out.operation(Operation(UInt64(Code.accessRequest), .request, object: name))
    server(attributes, into: &out)
    protection(attributes, isRequest: true, into: &out)
    let (method, scheme) = Self.method(attributes)
    out.property(.authentication, out.text(method))
    guard case .text(let account) = name else { return }
    out.record(.credential(CredentialExposure(scheme, account: account, strength: .unknown)))
    var login = PendingLogin()
    login.name(account, in: out)
    let kept = login.text(into: &out)
    logins.remember(Login(account: out.copy(kept), scheme: scheme), for: UInt64(identifier))
  }

  private func object(_ attributes: borrowing Attributes, into out: inout ObservationBuffer) -> Operation.Object {
    let name = attributes.value(1)
    return name.isEmpty ? .none : .text(out.text(name))
  }

  /// Who asks on whose behalf: NAS-IP-Address 4, NAS-Identifier 32, Called-Station-Id 30, Calling-Station-Id 31.
  private mutating func server(_ attributes: borrowing Attributes, into out: inout ObservationBuffer) {
    let identifier = attributes.value(32)
    if told.isNew(identifier, salt: 32) { out.identity(.sender, .name, out.text(identifier)) }
    let station = attributes.value(31)
    if !station.isEmpty, told.isNew(station, salt: 31) {
      let word = out.text("calling station ")
      out.property(.other, word.through(out.text(station)))
    }
  }

  /// User-Password 2, CHAP-Password 3, EAP-Message 79, MS-CHAP of vendor 311 (RFC 2548).
  private static func method(_ attributes: borrowing Attributes) -> (StaticString, CredentialExposure.Scheme) {
    if !attributes.value(79).isEmpty { return ("EAP", .challengeResponse) }
    if !attributes.value(3).isEmpty { return ("CHAP", .challengeResponse) }
    if !attributes.value(2).isEmpty { return ("PAP", .protocolPassword) }
    let vendor = attributes.value(26)
    if vendor.be32(0) == 311 { return ("MS-CHAP", .challengeResponse) }
    return ("none", .none)
  }

  /// Without Message-Authenticator 80 an answer can be forged by whoever stands between (CVE-2024-3596).
  private mutating func protection(
    _ attributes: borrowing Attributes, isRequest: Bool, into out: inout ObservationBuffer
  ) {
    let isProtected = !attributes.value(80).isEmpty
    guard told.isNew(hash: (isRequest ? 2 : 4) | (isProtected ? 1 : 0)) else { return }
    out.property(.signing, out.text(isProtected ? "Message-Authenticator" : "no Message-Authenticator"))
  }

  // MARK: codes

  private static let known: [UInt8: (String, OperationKind)] = [
    1: ("access", .authenticate), 2: ("access accept", .authenticate), 3: ("access reject", .authenticate),
    4: ("accounting", .report), 5: ("accounting response", .report), 11: ("access challenge", .authenticate),
    12: ("status of the server", .diagnose), 40: ("disconnect", .control), 41: ("disconnect ACK", .control),
    42: ("disconnect NAK", .control), 43: ("change of authorisation", .configure),
    44: ("change of authorisation ACK", .configure), 45: ("change of authorisation NAK", .configure),
  ]

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind) = known[UInt8(truncatingIfNeeded: code)] ?? ("code \(code)", .other)
    return OperationDescription(code: "\(code)", name: name, kind: kind)
  }

  /// Type, length, value: section 5.
  private struct Attributes: ~Escapable {
    private let bytes: Span<UInt8>

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    /// Value of the first attribute of a type; empty where there is none.
    @_lifetime(copy self)
    func value(_ type: UInt8) -> Span<UInt8> {
      var index = 0
      while let candidate = bytes.byte(index), let size = bytes.byte(index + 1), size >= 2 {
        if candidate == type { return bytes.clamped(from: index + 2, count: Int(size) - 2) }
        index += Int(size)
      }
      return bytes.extracting(0..<0)
    }
  }
}
