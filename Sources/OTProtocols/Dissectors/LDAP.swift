import OTCore

/// Lightweight Directory Access Protocol version 3, RFC 4511: binds with their account, and which operations are used.
public struct LDAP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ldap", name: "LDAP", specification: "RFC 4511 section 4", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "binds (account only), operations, base and filter of searches, what is changed, STARTTLS",
      displayFilter: "ldap")
  ]
  public static let claims: [Claim] = [.tcp(389), .udp(389), .tcp(3268)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var login = PendingLogin()
  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard bytes.byte(0) == 0x30 else { return bytes.isEmpty ? .needMore : .notThisProtocol }
    guard hint.isClaimed || hint.isEstablished else {
      guard let length = BERReader.elementLength(bytes), length <= bytes.count, isOpening(bytes) else {
        return .notThisProtocol
      }
      return .pdu(byteCount: length)
    }
    // Longest form that matters: 30 84 xxxxxxxx 02 04 xxxxxxxx 60.
    guard let length = BERReader.elementLength(bytes), bytes.count >= 7 else {
      return hint.isStream && bytes.count < 7 ? .needMore : .notThisProtocol
    }
    guard length <= Limits.pduBytes else { return .notThisProtocol }
    var outer = BERReader(bytes)
    guard let sequence = outer.next() else { return .notThisProtocol }
    var members = BERReader(sequence.content)
    guard let id = members.next() else { return hint.isStream && sequence.isCut ? .needMore : .notThisProtocol }
    guard id.identifier == 2, id.content.count <= 4 || id.isCut else { return .notThisProtocol }
    guard let operation = members.next() else {
      return hint.isStream && sequence.isCut ? .needMore : .notThisProtocol
    }
    return operation.identifier & 0xc0 == 0x40 ? .pdu(byteCount: length) : .notThisProtocol
  }

  /// Whether the bytes begin with a request to bind, as version 2 or 3 and by a method there is (section 4.2), or its
  /// answer with the result of section 4.1.9.
  private static func isOpening(_ bytes: Span<UInt8>) -> Bool {
    var outer = BERReader(bytes)
    guard let sequence = outer.content(of: 0x30) else { return false }
    var members = BERReader(sequence)
    guard let id = members.content(of: 2), (1...4).contains(id.count), let operation = members.next() else {
      return false
    }
    var fields = operation.reader
    switch operation.identifier {
    case 0x60:
      guard let version = fields.next(), version.identifier == 2, version.content.count == 1,
        (2...3).contains(version.content[0]), fields.content(of: 4) != nil, let method = fields.next()
      else { return false }
      return method.identifier == 0x80 || method.identifier == 0xa3 || method.identifier == 0x8a
    case 0x61:
      guard let result = fields.content(of: 10), result.count == 1 else { return false }
      return fields.content(of: 4) != nil && fields.content(of: 4) != nil
    default: return false
    }
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
      if tag == 3 { filter(operation.content, into: &out) }
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
    guard let message = NTLMSSP.read(token, into: &out) else { return KerberosTicket.read(token, into: &out) }
    guard message.kind == .authenticate, !message.isAnonymous else { return }
    login.name(message.account, in: out)
    login.sent(.ntlm, .unknown, into: &out)
  }

  /// The entry that a request is about: base of a search, name of what is changed.
  private static func target(_ tag: UInt64, _ fields: Span<UInt8>, into out: inout ObservationBuffer) -> TextRef {
    if tag == 10 { return out.text(fields) }
    var members = BERReader(fields)
    // ExtendedRequest, section 4.12: requestName [0].
    if tag == 23, let name = members.content(of: 0x80) {
      // RFC 4511 section 4.14, RFC 3062, RFC 4532.
      if name.equals(ignoringCase: "1.3.6.1.4.1.1466.20037") { return out.text("STARTTLS") }
      if name.equals(ignoringCase: "1.3.6.1.4.1.4203.1.11.1") { return out.text("modify password") }
      if name.equals(ignoringCase: "1.3.6.1.4.1.4203.1.11.3") { return out.text("who am I") }
      return out.text(name)
    }
    guard let name = members.content(of: 4) else { return .none }
    return out.text(name)
  }

  /// SearchRequest, section 4.5.1: behind base, scope, aliases, limits and types-only flag stands the filter.
  private mutating func filter(_ fields: Span<UInt8>, into out: inout ObservationBuffer) {
    var members = BERReader(fields)
    for _ in 0..<6 where members.next() == nil { return }
    guard let filter = members.next(), told.isNew(filter.content, salt: UInt64(filter.identifier)) else { return }
    var text: [UInt8] = []
    LDAPFilter.append(filter.identifier, filter.content, depth: 0, to: &text)
    out.property(.queryName, out.text(text.span))
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

/// Filters of searches as people write them, RFC 4515: `(&(objectClass=user)(servicePrincipalName=*))`.
enum LDAPFilter {
  private static let textBytes = 400

  static func append(_ identifier: UInt8, _ content: Span<UInt8>, depth: Int, to text: inout [UInt8]) {
    guard depth < Limits.nesting, text.count < textBytes else { return }
    text.append(UInt8(ascii: "("))
    switch identifier {
    case 0xa0, 0xa1, 0xa2:
      text.append(identifier == 0xa0 ? UInt8(ascii: "&") : identifier == 0xa1 ? UInt8(ascii: "|") : UInt8(ascii: "!"))
      var parts = BERReader(content)
      for _ in 0..<64 {
        guard let part = parts.next(), text.count < textBytes else { break }
        append(part.identifier, part.content, depth: depth + 1, to: &text)
      }
    case 0xa3, 0xa5, 0xa6, 0xa8: comparison(identifier, content, to: &text)
    case 0xa4: substrings(content, to: &text)
    case 0x87:
      value(content, to: &text)
      text.append(contentsOf: [UInt8(ascii: "="), UInt8(ascii: "*")])
    case 0xa9: extensible(content, to: &text)
    default: text.append(UInt8(ascii: "?"))
    }
    text.append(UInt8(ascii: ")"))
  }

  private static func comparison(_ identifier: UInt8, _ content: Span<UInt8>, to text: inout [UInt8]) {
    var parts = BERReader(content)
    if let name = parts.next() { value(name.content, to: &text) }
    switch identifier {
    case 0xa5: text.append(UInt8(ascii: ">"))
    case 0xa6: text.append(UInt8(ascii: "<"))
    case 0xa8: text.append(UInt8(ascii: "~"))
    default: break
    }
    text.append(UInt8(ascii: "="))
    if let wanted = parts.next() { value(wanted.content, to: &text) }
  }

  private static func substrings(_ content: Span<UInt8>, to text: inout [UInt8]) {
    var parts = BERReader(content)
    guard let name = parts.next(), let list = parts.next() else { return }
    value(name.content, to: &text)
    text.append(UInt8(ascii: "="))
    var pieces = BERReader(list.content)
    var endsOpen = false
    for _ in 0..<16 {
      guard let piece = pieces.next() else { break }
      // initial [0], any [1], final [2]
      if piece.identifier != 0x80, !endsOpen { text.append(UInt8(ascii: "*")) }
      value(piece.content, to: &text)
      endsOpen = piece.identifier != 0x82
      if endsOpen { text.append(UInt8(ascii: "*")) }
    }
  }

  /// MatchingRuleAssertion: rule [1], attribute [2], value [3].
  private static func extensible(_ content: Span<UInt8>, to text: inout [UInt8]) {
    var parts = BERReader(content)
    var rule = Span<UInt8>()
    for _ in 0..<4 {
      guard let part = parts.next() else { break }
      switch part.identifier {
      case 0x81: rule = part.content
      case 0x82: value(part.content, to: &text)
      case 0x83:
        if !rule.isEmpty {
          text.append(UInt8(ascii: ":"))
          value(rule, to: &text)
          text.append(UInt8(ascii: ":"))
        }
        text.append(UInt8(ascii: "="))
        value(part.content, to: &text)
      default: break
      }
    }
  }

  private static func value(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
    text.append(bytes.clamped(from: 0, count: 128))
  }
}
