import OTCore

/// Tabular Data Stream, the protocol of Microsoft SQL Server (and Sybase): [MS-TDS] 39.0 sections 2.2.3–2.2.6.
///
/// Historians, recipe and manufacturing databases speak it. Where encryption is not agreed even for the login, the
/// password is only scrambled.
public struct TDS: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "tds", name: "Microsoft SQL Server (TDS)", specification: "[MS-TDS] 39.0 section 2.2", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "versions, encryption, login (account only), application, database, kind of statements, procedures, "
        + "errors; no statements, no rows",
      displayFilter: "tds")
  ]
  public static let claims: [Claim] = [.tcp(1433), .tcp(2433)]
  public static let probe = ProbeStrength.strong

  /// Packet types, section 2.2.3.1.1.
  private enum Kind {
    static let batch: UInt8 = 1
    static let oldLogin: UInt8 = 2
    static let procedure: UInt8 = 3
    static let result: UInt8 = 4
    static let attention: UInt8 = 6
    static let bulk: UInt8 = 7
    static let transaction: UInt8 = 14
    static let login: UInt8 = 16
    static let token: UInt8 = 17
    static let prelogin: UInt8 = 18
  }

  public init() {}

  /// What waits for the server's answer; only its first packet is read.
  private var pending: UInt64?
  private var login = PendingLogin()
  /// Whether the packet before this one, of the client, said that more of the message follows.
  private var isContinued = false

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let kind = bytes.byte(0) else { return .notThisProtocol }
    guard (1...4).contains(kind) || (6...8).contains(kind) || (14...18).contains(kind) else { return .notThisProtocol }
    guard let status = bytes.byte(1), let length = bytes.be16(2) else {
      return hint.isClaimed || hint.isEstablished || kind == Kind.prelogin ? .needMore : .notThisProtocol
    }
    // End of message, ignore, reset the connection: section 2.2.3.1.2.
    guard status & 0xe4 == 0, length >= 8 else { return .notThisProtocol }
    if hint.isEstablished { return .pdu(byteCount: Int(length)) }
    guard let window = bytes.byte(7) else { return hint.isClaimed ? .needMore : .notThisProtocol }
    guard window == 0 else { return .notThisProtocol }
    switch kind {
    case Kind.prelogin:
      // The first option is the version, behind the list of options.
      guard let token = bytes.byte(8), let offset = bytes.be16(9), let size = bytes.be16(11) else {
        return length >= 13 ? .needMore : .notThisProtocol
      }
      return token == 0 && offset >= 6 && offset <= 64 && size == 6 && Int(offset) + 8 < Int(length)
        ? .pdu(byteCount: Int(length)) : .notThisProtocol
    case Kind.login:
      guard let whole = bytes.le32(8), let version = bytes.byte(15) else { return .needMore }
      return Int(whole) + 8 >= Int(length) && (0x70...0x74).contains(version) && whole < 1 << 17
        ? .pdu(byteCount: Int(length)) : .notThisProtocol
    default:
      guard hint.isClaimed, status <= 1 || kind != 4 && status & 0xf6 == 0 else { return .notThisProtocol }
      return isMet(kind, Int(length), bytes) ? .pdu(byteCount: Int(length)) : .notThisProtocol
    }
  }

  /// A packet met in the middle of a session: an answer begins with a token, a statement or a call with the length of its
  /// headers, or as before version 7.2 with text of 16 bits.
  private static func isMet(_ kind: UInt8, _ length: Int, _ bytes: Span<UInt8>) -> Bool {
    if kind == 6 { return length == 8 }
    // Not the first packet of its message.
    if bytes.byte(6) ?? 0 > 1 { return true }
    guard length > 8, length <= 32768, let first = bytes.byte(8) else { return false }
    switch kind {
    case 1, 3, 14:
      guard let headers = bytes.le32(8), let second = bytes.byte(9) else { return false }
      return second == 0 && first > 0 || headers >= 4 && headers <= 512 && Int(headers) <= length || first == 0xff
    case 4:
      switch first {
      case 0x01, 0x02, 0x04, 0x79, 0x81, 0x88, 0xa4...0xff: return true
      default: return false
      }
    default: return true
    }
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let kind = try pdu.u8("type")
    let status = try pdu.u8("status")
    try pdu.skip(6, "length to window")
    let body = pdu.rest()
    if kind == Kind.result {
      answer(body, into: &out)
      return
    }
    defer { isContinued = status & 1 == 0 }
    guard !isContinued else { return }
    switch kind {
    // A TLS handshake travels in packets of this type.
    case Kind.prelogin where body.byte(0) == 0:
      ask(UInt64(kind), into: &out)
      prelogin(body, into: &out)
    case Kind.prelogin: break
    case Kind.login:
      ask(UInt64(kind), into: &out)
      try readLogin(body, into: &out)
    case Kind.token: readToken(body, into: &out)
    case Kind.batch:
      ask(UInt64(kind) | SQLStatement(Self.behindHeaders(body), isWide: true).verb << 8, into: &out)
    case Kind.procedure: procedure(Self.behindHeaders(body), into: &out)
    default: ask(UInt64(kind), into: &out)
    }
  }

  private mutating func ask(_ code: UInt64, _ object: TextRef = .none, into out: inout ObservationBuffer) {
    pending = code
    out.operation(Operation(code, .request, object: object.isEmpty ? .none : .text(object)))
  }

  // MARK: login

  /// Section 2.2.6.5: options of a token, an offset and a length each.
  private func prelogin(_ body: Span<UInt8>, into out: inout ObservationBuffer) {
    var index = 0
    for _ in 0..<16 {
      guard let token = body.byte(index), token != 0xff, let offset = body.be16(index + 1),
        let length = body.be16(index + 3)
      else { return }
      let value = body.clamped(from: Int(offset), count: Int(length))
      switch token {
      case 0:
        guard let major = value.byte(0), let minor = value.byte(1), let build = value.be16(2), major != 0 else { break }
        out.identity(
          .sender, .softwareVersion, out.text(joined: UInt64(major), UInt64(minor), UInt64(build)))
      case 1:
        let mode: StaticString =
          switch value.byte(0) {
          case 0: "login only"
          case 1: "on"
          case 2: "not supported"
          case 3: "required"
          default: "other"
          }
        out.property(.encryption, out.text(mode))
      default: break
      }
      index += 5
    }
  }

  /// LOGIN7, section 2.2.6.4: 36 fixed bytes, then offsets and lengths in characters.
  private mutating func readLogin(_ body: Span<UInt8>, into out: inout ObservationBuffer) throws(DecodeError) {
    guard body.count >= 94 else { throw DecodeError("LOGIN7", at: 8, .truncated) }
    out.identity(.sender, .hostname, out.text(utf16le: Self.field(body, 36)))
    let account = out.text(utf16le: Self.field(body, 40))
    out.identity(.sender, .userName, account)
    out.identity(.sender, .application, out.text(utf16le: Self.field(body, 48)))
    out.property(.serverName, out.text(utf16le: Self.field(body, 52)), subject: .receiver)
    let database = out.text("database ")
    let name = Self.field(body, 68)
    if !name.isEmpty { out.property(.path, database.through(out.text(utf16le: name))) }
    // OptionFlags2, fIntSecurity.
    if body[25] & 0x80 != 0 {
      out.property(.authentication, out.text("Windows"))
      readToken(body.clamped(from: Int(body.le16(78) ?? 0), count: Int(body.le16(80) ?? 0)), into: &out)
    } else {
      out.property(.authentication, out.text("SQL Server"))
      login.name(account, in: out)
      login.sent(.clearText, Self.judge(Self.field(body, 44), login), into: &out)
    }
  }

  /// SSPI, of a login or behind the server's answer to it (section 2.2.6.8).
  private mutating func readToken(_ token: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let message = NTLMSSP.read(token, into: &out), message.kind == .authenticate, !message.isAnonymous
    else { return }
    login.name(message.account, in: out)
    login.sent(.ntlm, .unknown, into: &out)
  }

  /// Nibbles of each byte are exchanged and the result is combined with 0xA5: no secret.
  private static func judge(_ scrambled: Span<UInt8>, _ login: PendingLogin) -> CredentialExposure.Strength {
    var password: [UInt8] = []
    var index = 0
    while index + 1 < scrambled.count, password.count < 32 {
      let byte = scrambled[index] ^ 0xa5
      password.append(byte << 4 | byte >> 4)
      index += 2
    }
    return login.judge(password: password.span)
  }

  @_lifetime(copy body)
  private static func field(_ body: Span<UInt8>, _ index: Int) -> Span<UInt8> {
    body.clamped(from: Int(body.le16(index) ?? 0), count: 2 * Int(body.le16(index + 2) ?? 0))
  }

  // MARK: requests and answers

  /// ALL_HEADERS, section 2.2.5.3, from TDS 7.2 on: their total length, then a length and a type each.
  @_lifetime(copy body)
  private static func behindHeaders(_ body: Span<UInt8>) -> Span<UInt8> {
    guard let total = body.le32(0), total >= 10, Int(total) <= body.count, let first = body.le32(4), first <= total,
      let type = body.le16(8), (1...3).contains(type)
    else { return body }
    return body.extracting(Int(total)..<body.count)
  }

  /// RPCRequest, section 2.2.6.6: a name, or 0xffff and the number of a well-known procedure.
  private mutating func procedure(_ body: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let length = body.le16(0) else { return ask(UInt64(Kind.procedure), into: &out) }
    if length == 0xffff {
      ask(UInt64(Kind.procedure) | UInt64(body.le16(2) ?? 0) << 16, into: &out)
    } else {
      let name = body.clamped(from: 2, count: 2 * Int(length))
      ask(
        UInt64(Kind.procedure) | SQLStatement(name, isWide: true).verb << 8, out.text(utf16le: name), into: &out)
    }
  }

  /// Tokens at the start of an answer, section 2.2.7: LOGINACK 0xad, ERROR 0xaa, SSPI 0xed, which asks on; others with a
  /// length are passed over.
  private mutating func answer(_ body: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let code = pending else { return }
    pending = nil
    if code == UInt64(Kind.prelogin) {
      out.operation(Operation(code, .response, outcome: .success))
      prelogin(body, into: &out)
      return
    }
    var outcome = Operation.Outcome.success
    var index = 0
    for _ in 0..<32 {
      guard let token = body.byte(index),
        token == 0xaa || token == 0xab || token == 0xad || token == 0xe3 || token == 0xed,
        let length = body.le16(index + 1)
      else { break }
      if token == 0xed {
        _ = NTLMSSP.read(body.clamped(from: index + 3, count: Int(length)), into: &out)
        pending = code
        return
      }
      if token == 0xaa, let number = body.le32(index + 3) {
        outcome = .failure(number)
        // 18456 and its kin: login failed.
        if number / 100 == 184 { login.answered(false, into: &out) }
      } else if token == 0xad {
        login.answered(true, into: &out)
        let name = body.clamped(from: index + 9, count: 2 * Int(body.byte(index + 8) ?? 0))
        out.identity(.sender, .productName, out.text(utf16le: name))
      }
      index += 3 + Int(length)
    }
    if login.isPending, code == UInt64(Kind.login), outcome != .success { login.answered(false, into: &out) }
    out.operation(Operation(code, .response, outcome: outcome))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let kind = UInt8(truncatingIfNeeded: code)
    let verb = SQLStatement.verb(code >> 8 & 0xff)
    switch kind {
    case Kind.batch: return OperationDescription(code: "1/\(verb.word)", name: "batch: \(verb.word)", kind: verb.kind)
    case Kind.procedure:
      let number = Int(truncatingIfNeeded: code >> 16)
      guard number > 0 else {
        return OperationDescription(code: "3", name: "procedure", kind: verb.kind == .program ? .program : .other)
      }
      return OperationDescription(
        code: "3/\(number)", name: number < procedures.count ? procedures[number] : "procedure \(number)", kind: .other)
    case Kind.login, Kind.oldLogin: return OperationDescription(code: "\(kind)", name: "login", kind: .authenticate)
    case Kind.prelogin: return OperationDescription(code: "18", name: "prelogin", kind: .session)
    case Kind.attention: return OperationDescription(code: "6", name: "attention", kind: .session)
    case Kind.bulk: return OperationDescription(code: "7", name: "bulk load", kind: .write)
    case Kind.transaction: return OperationDescription(code: "14", name: "transaction", kind: .session)
    default: return OperationDescription(code: "\(kind)", name: "packet \(kind)", kind: .other)
    }
  }

  /// Well-known procedures, section 2.2.6.6.
  private static let procedures = [
    "", "sp_cursor", "sp_cursoropen", "sp_cursorprepare", "sp_cursorexecute", "sp_cursorprepexec",
    "sp_cursorunprepare", "sp_cursorfetch", "sp_cursoroption", "sp_cursorclose", "sp_executesql", "sp_prepare",
    "sp_execute", "sp_prepexec", "sp_prepexecrpc", "sp_unprepare",
  ]
}
