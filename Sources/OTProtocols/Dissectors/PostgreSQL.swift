import OTCore

/// PostgreSQL frontend/backend protocol 3.0: PostgreSQL 17 documentation, chapter 53.
public struct PostgreSQL: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "pgsql", name: "PostgreSQL", specification: "PostgreSQL 17 documentation, chapter 53", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "user, database, application, server's version, login and its method, TLS, kind of statements, errors; no "
        + "statements, no rows",
      displayFilter: "pgsql")
  ]
  public static let claims: [Claim] = [.tcp(5432), .tcp(5433), .tcp(6432)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var login = PendingLogin()
  private var pending: UInt64?
  /// What the server asks for, section 53.7 "AuthenticationXXX".
  private var method: UInt32 = 0

  private static let wholeBytes = 65_536
  private static let headBytes = 256

  private static let version3: UInt32 = 0x0003_0000
  private static let cancelRequest: UInt32 = 80_877_102
  private static let encryptionRequest: UInt32 = 80_877_103
  private static let gssRequest: UInt32 = 80_877_104
  private static let startup: UInt64 = 0x100
  private static let encryption: UInt64 = 0x101
  private static let cancel: UInt64 = 0x102
  private static let loginCode: UInt64 = 0x103

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let type = bytes.byte(0) else { return .notThisProtocol }
    if type == 0 {
      // Messages of the start have no type: a length, then a version or one of three numbers.
      guard let length = bytes.be32(0), let code = bytes.be32(4) else {
        return hint.isClaimed || hint.isEstablished ? .needMore : .notThisProtocol
      }
      guard length >= 8, length <= 10_000 else { return .notThisProtocol }
      if code >= cancelRequest, code <= gssRequest {
        return length <= 16 ? .pdu(byteCount: Int(length)) : .notThisProtocol
      }
      guard code >> 16 == 3, code & 0xffff <= 2, length >= 13 else { return .notThisProtocol }
      // Elsewhere than expected the name of the user must stand there.
      if !hint.isClaimed, !hint.isEstablished, bytes.clamped(from: 8, count: 256).first(ignoringCase: "user\0") == nil {
        return .notThisProtocol
      }
      return bytes.byte(8).map { $0 >= 32 && $0 < 127 } ?? true ? .pdu(byteCount: Int(length)) : .notThisProtocol
    }
    guard hint.isEstablished || hint.isClaimed else { return .notThisProtocol }
    // The answer to a request for encryption is one letter.
    if bytes.count == 1, !hint.senderIsClient, type == UInt8(ascii: "S") || type == UInt8(ascii: "N") {
      return .pdu(byteCount: 1)
    }
    guard isType(type) else { return .notThisProtocol }
    guard let length = bytes.be32(1) else { return .needMore }
    guard length >= 4, length <= 1 << 30 else { return .notThisProtocol }
    if !hint.isEstablished {
      // In the middle of a conversation: what both sides send often, with their lengths.
      guard
        type == UInt8(ascii: "Q") || (type == UInt8(ascii: "Z") && length == 5)
          || (type == UInt8(ascii: "R") && length <= 256),
        length <= 10_000
      else { return .notThisProtocol }
    }
    let whole = 1 + Int(length)
    return .pdu(byteCount: whole <= wholeBytes ? whole : headBytes)
  }

  private static func isType(_ type: UInt8) -> Bool {
    (type >= 65 && type <= 90) || (type >= 97 && type <= 122) || (type >= 49 && type <= 51)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u8("message type")
    if type == 0 {
      try pdu.skip(3, "length")
      try start(&pdu, into: &out)
      return
    }
    guard !pdu.isAtEnd else {
      out.operation(Operation(Self.encryption, .response, outcome: .success))
      out.property(.encryption, out.text(type == UInt8(ascii: "S") ? "TLS" : "refused"))
      return
    }
    let whole = 1 + Int(try pdu.u32("length"))
    if whole > Self.wholeBytes { out.skip(whole - pdu.bytes.count) }
    if context.senderIsClient {
      ask(type, pdu.rest(), into: &out)
    } else {
      answer(type, pdu.rest(), into: &out)
    }
  }

  // MARK: start

  private mutating func start(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    let code = try pdu.u32("protocol version")
    switch code {
    case Self.encryptionRequest, Self.gssRequest: out.operation(Operation(Self.encryption, .request))
    case Self.cancelRequest: out.operation(Operation(Self.cancel, .request))
    default:
      out.property(.protocolVersion, out.text(joined: UInt64(code >> 16), UInt64(code & 0xffff)))
      let parameters = pdu.rest()
      var account = TextRef.none
      var index = 0
      for _ in 0..<64 {
        let name = parameters.rest(from: index).untilNUL()
        guard !name.isEmpty else { break }
        let value = parameters.rest(from: index + name.count + 1).untilNUL()
        index += name.count + value.count + 2
        if name.equals(ignoringCase: "user") {
          account = out.text(value)
          login.name(value)
          out.identity(.sender, .userName, account)
        } else if name.equals(ignoringCase: "database") {
          let word = out.text("database ")
          out.property(.path, word.through(out.text(value)))
        } else if name.equals(ignoringCase: "application_name") {
          out.identity(.sender, .application, out.text(value))
        }
      }
      pending = Self.startup
      out.operation(Operation(Self.startup, .request, object: account.isEmpty ? .none : .text(account)))
    }
  }

  // MARK: messages of the client

  private mutating func ask(_ type: UInt8, _ body: Span<UInt8>, into out: inout ObservationBuffer) {
    switch type {
    case UInt8(ascii: "p"):
      pending = Self.loginCode
      out.operation(Operation(Self.loginCode, .request))
      if method == 3 {
        login.sent(.clearText, login.judge(password: body.untilNUL()), into: &out)
      } else if let message = NTLMSSP.read(body, into: &out) {
        guard message.kind == .authenticate, !message.isAnonymous else { break }
        login.sent(.ntlm, .unknown, into: &out)
      } else if !login.isPending {
        login.sent(.challengeResponse, .unknown, into: &out)
      }
    case UInt8(ascii: "Q"), UInt8(ascii: "P"):
      // Parse names its statement first.
      let start = type == UInt8(ascii: "P") ? body.firstIndex(of: 0) + 1 : 0
      let code = UInt64(type) | SQLStatement(body.rest(from: start).untilNUL()).verb << 16
      pending = code
      out.operation(Operation(code, .request))
    case UInt8(ascii: "F"), UInt8(ascii: "X"): out.operation(Operation(UInt64(type), .request))
    default: break
    }
  }

  // MARK: messages of the server

  private mutating func answer(_ type: UInt8, _ body: Span<UInt8>, into out: inout ObservationBuffer) {
    switch type {
    case UInt8(ascii: "R"): authentication(body, into: &out)
    case UInt8(ascii: "S"):
      let name = body.untilNUL()
      if name.equals(ignoringCase: "server_version") {
        let word = out.text("PostgreSQL ")
        let value = body.rest(from: name.count + 1).untilNUL()
        out.identity(.sender, .softwareVersion, word.through(out.text(value)))
      }
    case UInt8(ascii: "C"), UInt8(ascii: "1"): finish(.success, into: &out)
    case UInt8(ascii: "Z"): pending = nil
    case UInt8(ascii: "E"):
      login.answered(false, into: &out)
      finish(.failure(Self.errorNumber(body)), into: &out)
    default: break
    }
  }

  private mutating func finish(_ outcome: Operation.Outcome, into out: inout ObservationBuffer) {
    guard let code = pending else { return }
    pending = nil
    out.operation(Operation(code, .response, outcome: outcome))
  }

  private mutating func authentication(_ body: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let asked = body.be32(0) else { return }
    if asked == 0 {
      // Without any question in between everybody is let in ("trust").
      if method == 0 {
        out.property(.authentication, out.text("none asked for"))
        if !login.isPending { login.sent(.none, .empty, into: &out) }
      }
      login.answered(true, into: &out)
      finish(.success, into: &out)
      return
    }
    if asked == 8 { _ = NTLMSSP.read(body, into: &out) }
    guard asked != 11, asked != 12, asked != 8 else { return }
    method = asked
    finish(.success, into: &out)
    let name: StaticString =
      switch asked {
      case 2: "Kerberos 5"
      case 3: "clear-text password"
      case 5: "MD5 password"
      case 7: "GSSAPI"
      case 9: "SSPI"
      case 10: "SASL"
      default: "other"
      }
    out.property(.authentication, out.text(name))
  }

  /// The SQLSTATE's leading digits (field `C`), appendix A.
  private static func errorNumber(_ body: Span<UInt8>) -> UInt32 {
    var index = 0
    for _ in 0..<16 {
      guard let field = body.byte(index), field != 0 else { return 0 }
      let value = body.rest(from: index + 1).untilNUL()
      if field == UInt8(ascii: "C") { return UInt32(truncatingIfNeeded: value.decimal ?? 0) }
      index += value.count + 2
    }
    return 0
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    switch code {
    case startup: return OperationDescription(code: "startup", name: "start of a session", kind: .authenticate)
    case encryption: return OperationDescription(code: "encryption", name: "ask for encryption", kind: .session)
    case cancel: return OperationDescription(code: "cancel", name: "cancel", kind: .session)
    case loginCode: return OperationDescription(code: "p", name: "login", kind: .authenticate)
    case UInt64(UInt8(ascii: "X")): return OperationDescription(code: "X", name: "terminate", kind: .session)
    case UInt64(UInt8(ascii: "F")): return OperationDescription(code: "F", name: "function call", kind: .other)
    default:
      let verb = SQLStatement.verb(code >> 16)
      let isParse = code & 0xff == UInt64(UInt8(ascii: "P"))
      return OperationDescription(
        code: (isParse ? "P/" : "Q/") + verb.word, name: (isParse ? "parse: " : "query: ") + verb.word, kind: verb.kind)
    }
  }
}
