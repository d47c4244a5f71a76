import OTCore

/// Lightweight Directory Access Protocol version 3, RFC 4511: binds with their account, and which operations are used.
public struct LDAP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ldap", name: "LDAP", specification: "RFC 4511 section 4", isIndustrial: false,
      depth: [.identity, .operations], reads: "binds (account only), operations, base of searches",
      displayFilter: "ldap")
  ]
  public static let claims: [Claim] = [.tcp(389), .udp(389), .tcp(3268)]

  public init() {}

  private var login = PendingLogin()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, bytes.byte(0) == 0x30 else { return .notThisProtocol }
    // Longest form that matters: 30 84 xxxxxxxx 02 04 xxxxxxxx 60.
    guard let length = BERReader.elementLength(bytes), bytes.count >= 7 else {
      return hint.isStream && bytes.count < 7 ? .needMore : .notThisProtocol
    }
    guard length <= Limits.pduBytes else { return .notThisProtocol }
    var outer = BERReader(bytes)
    guard let sequence = outer.next() else { return .notThisProtocol }
    var members = BERReader(sequence.content)
    guard let id = members.next(), id.identifier == 2, id.content.count <= 4 || id.isCut else {
      return .notThisProtocol
    }
    guard let operation = members.next() else {
      return hint.isStream && sequence.isCut ? .needMore : .notThisProtocol
    }
    return operation.identifier & 0xc0 == 0x40 ? .pdu(byteCount: length) : .notThisProtocol
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var outer = BERReader(pdu.rest())
    guard let sequence = outer.content(of: 0x30) else { throw DecodeError("LDAPMessage", at: 0, .invalid) }
    var members = BERReader(sequence)
    guard members.content(of: 2) != nil, let operation = members.next() else {
      throw DecodeError("protocolOp", at: 2, .invalid)
    }
    let tag = UInt64(operation.identifier & 0x1f)
    if let request = Self.answered(by: tag) {
      var fields = BERReader(operation.content)
      let result = tag == 4 || tag == 19 ? 0 : fields.next()?.integer ?? 0
      // 14 is saslBindInProgress.
      let outcome: Operation.Outcome =
        result == 0 || result == 14 ? .success : .failure(UInt32(truncatingIfNeeded: result))
      out.operation(Operation(request, .response, outcome: outcome))
      if tag == 1, result != 14 { login.answered(result == 0, into: &out) }
      if tag == 1 { _ = NTLMSSP.read(operation.content, into: &out) }
    } else {
      let object = tag == 0 ? bind(operation.content, into: &out) : Self.target(tag, operation.content, into: &out)
      out.operation(Operation(tag, .request, object: object.isEmpty ? .none : .text(object)))
    }
  }

  /// BindRequest, section 4.2: version, name, simple [0] or SASL [3].
  private mutating func bind(_ fields: Span<UInt8>, into out: inout ObservationBuffer) -> TextRef {
    var members = BERReader(fields)
    guard members.next() != nil, let name = members.content(of: 4), let method = members.next() else { return .none }
    let account = out.text(name)
    switch method.identifier {
    case 0x80:
      out.property(.authentication, out.text(name.isEmpty ? "anonymous" : "simple"))
      if !method.content.isEmpty {
        out.identity(.sender, .userName, account)
        login.name(name)
        login.sent(.clearText, login.judge(password: method.content), into: &out)
      }
    case 0xa3:
      var mechanism = BERReader(method.content)
      if let text = mechanism.content(of: 4) { out.property(.authentication, out.text(text)) }
      readToken(method.content, into: &out)
    default:
      readToken(method.content, into: &out)
    }
    return account
  }

  private mutating func readToken(_ token: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let message = NTLMSSP.read(token, into: &out), message.kind == .authenticate, !message.isAnonymous
    else { return }
    login.name(message.account, in: out)
    login.sent(.ntlm, .unknown, into: &out)
  }

  /// The entry that a request is about: base of a search, name of what is changed.
  private static func target(_ tag: UInt64, _ fields: Span<UInt8>, into out: inout ObservationBuffer) -> TextRef {
    if tag == 10 { return out.text(fields) }
    var members = BERReader(fields)
    guard let name = members.content(of: 4) else { return .none }
    return out.text(name)
  }

  /// The request that a response's tag answers, or nil for a request.
  private static func answered(by tag: UInt64) -> UInt64? {
    switch tag {
    case 1: 0
    case 4, 5, 19: 3
    case 7: 6
    case 9: 8
    case 11: 10
    case 13: 12
    case 15: 14
    case 24: 23
    default: nil
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code {
      case 0: ("bind", .authenticate)
      case 2: ("unbind", .session)
      case 3: ("search", .read)
      case 6: ("modify", .write)
      case 8: ("add", .write)
      case 10: ("delete", .write)
      case 12: ("modify name", .write)
      case 14: ("compare", .read)
      case 16: ("abandon", .session)
      case 23: ("extended", .other)
      default: ("operation \(code)", .other)
      }
    return OperationDescription(code: "\(code)", name: name, kind: kind)
  }
}
