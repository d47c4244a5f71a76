import OTCore

/// MySQL client/server protocol, also of MariaDB: MySQL 8.0 Source Code Documentation, "Client/Server Protocol".
public struct MySQL: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "mysql", name: "MySQL, MariaDB", specification: "MySQL 8.0 Source Code Documentation, Client/Server Protocol",
      isIndustrial: false, depth: [.identity, .operations],
      reads: "server's version, login (account only) and its method, TLS, database, kind of statements; no statements, "
        + "no rows",
      displayFilter: "mysql")
  ]
  public static let claims: [Claim] = [.tcp(3306), .tcp(3307)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private enum Phase { case greeting, login, commands }
  private var phase = Phase.greeting
  private var login = PendingLogin()
  /// Whether the server asked for the password itself.
  private var asksForClearText = false
  /// The command that waits for the first packet of its answer.
  private var pending: UInt64?
  private var compresses = false

  /// Longest packet that is looked at whole; of a longer one the rest is skipped.
  private static let wholeBytes = 65_536
  private static let headBytes = 256

  private static let loginCode: UInt64 = 0x100
  private static let greetingCode: UInt64 = 0x101
  private static let query: UInt8 = 3
  private static let prepare: UInt8 = 22
  private static let changeUser: UInt8 = 17

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    guard let header = bytes.be32(0), let first = bytes.byte(4) else {
      return hint.isClaimed || hint.isEstablished ? .needMore : .notThisProtocol
    }
    let length = Int(header.byteSwapped & 0xff_ffff)
    let whole = 4 + length
    // TLS goes on where both sides want it: a handshake record with a hello.
    if header >> 8 >= 0x16_0300, header >> 8 <= 0x16_0304, bytes.byte(5) == 1 || bytes.byte(5) == 2 {
      return .notThisProtocol
    }
    if hint.isEstablished { return .pdu(byteCount: whole <= wholeBytes ? whole : headBytes) }
    // Handshake version 10: number 0, a printable version that ends with NUL; or the refusal of a host.
    guard header & 0xff == 0, length > 8, length <= 1024 else { return .notThisProtocol }
    if first == 10 {
      let version = bytes.clamped(from: 5, count: 64)
      let end = version.firstIndex(of: 0)
      if end == version.count, end < 64, hint.isClaimed, version.isPrintable { return .needMore }
      guard end > 2, version.extracting(0..<end).isPrintable, let digit = version.byte(0), digit >= 48, digit <= 57
      else { return .notThisProtocol }
      return end < 64 && length > end + 13 ? .pdu(byteCount: whole) : .notThisProtocol
    }
    return hint.isClaimed && first == 0xff && !hint.senderIsClient ? .pdu(byteCount: whole) : .notThisProtocol
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let length = Int(try pdu.u24le("payload length"))
    let sequence = try pdu.u8("sequence")
    if 4 + length > Self.wholeBytes { out.skip(4 + length - pdu.bytes.count) }
    let body = pdu.rest()
    guard !body.isEmpty else { return }
    if compresses, phase == .commands {
      out.skip(Int.max)
    } else if phase == .greeting, body[0] == 10 || body[0] == 0xff {
      greeting(body, into: &out)
    } else if context.senderIsClient {
      // Behind a login that was lost an answer may be the password itself.
      if phase == .login, sequence == 1 {
        readLogin(body, into: &out)
      } else if sequence == 0 {
        phase = .commands
        command(body, into: &out)
      } else if asksForClearText {
        asksForClearText = false
        login.sent(.clearText, login.judge(password: body.untilNUL()), into: &out)
      }
    } else {
      answer(body, sequence, into: &out)
    }
  }

  // MARK: login

  /// Protocol::HandshakeV10.
  private mutating func greeting(_ body: Span<UInt8>, into out: inout ObservationBuffer) {
    if body[0] == 0xff {
      out.operation(
        Operation(Self.greetingCode, .response, outcome: .failure(UInt32(body.le16(1) ?? 0))))
      return
    }
    phase = .login
    out.operation(Operation(Self.greetingCode, .response, outcome: .success))
    let version = body.clamped(from: 1, count: 128).untilNUL()
    // MariaDB puts a version of MySQL before its own, for old replicas.
    let own = version.hasASCII("5.5.5-") ? version.extracting(6..<version.count) : version
    out.identity(.sender, .softwareVersion, out.text(own))
    let isMaria = version.first(ignoringCase: "mariadb") != nil
    out.identity(.sender, .productName, out.text(isMaria ? "MariaDB" : "MySQL"))
    // Behind thread number, first part of the challenge and a filler: capabilities, of which bit 11 is TLS.
    if let capabilities = body.le16(1 + version.count + 1 + 13) {
      out.property(.encryption, out.text(capabilities & 0x800 != 0 ? "offered" : "not offered"))
    }
  }

  /// Capability flags.
  private static let withDatabase: UInt32 = 0x8
  private static let compress: UInt32 = 0x20
  private static let protocol41: UInt32 = 0x200
  private static let encrypt: UInt32 = 0x800
  private static let secureConnection: UInt32 = 0x8000
  private static let pluginAuthentication: UInt32 = 0x8_0000
  private static let lengthEncoded: UInt32 = 0x20_0000

  /// Protocol::HandshakeResponse41; an SSLRequest is its first 32 bytes alone.
  private mutating func readLogin(_ body: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let flags = body.le32(0), flags & Self.protocol41 != 0 else { return readOldLogin(body, into: &out) }
    compresses = flags & Self.compress != 0
    if flags & Self.encrypt != 0, body.count == 32 {
      out.property(.encryption, out.text("TLS"))
      return
    }
    phase = .commands
    pending = Self.loginCode
    let rest = body.rest(from: 32)
    let user = rest.untilNUL()
    let account = out.text(user)
    out.operation(Operation(Self.loginCode, .request, object: account.isEmpty ? .none : .text(account)))
    out.identity(.sender, .userName, account)
    var index = user.count + 1
    let secret: Span<UInt8>
    if flags & (Self.lengthEncoded | Self.secureConnection) != 0 {
      let length = Int(rest.byte(index) ?? 0)
      secret = rest.clamped(from: index + 1, count: length)
      index += 1 + length
    } else {
      secret = rest.rest(from: index).untilNUL()
      index += secret.count + 1
    }
    if flags & Self.withDatabase != 0 {
      let database = rest.rest(from: index).untilNUL()
      index += database.count + 1
      let word = out.text("database ")
      if !database.isEmpty { out.property(.path, word.through(out.text(database))) }
    }
    var isClear = false
    if flags & Self.pluginAuthentication != 0 {
      let plugin = rest.clamped(from: index, count: 64).untilNUL()
      isClear = plugin.equals(ignoringCase: "mysql_clear_password")
      out.property(.authentication, out.text(plugin))
    }
    login.name(user)
    if isClear {
      login.sent(.clearText, login.judge(password: secret.untilNUL()), into: &out)
    } else {
      login.sent(.challengeResponse, secret.isEmpty ? .empty : .unknown, into: &out)
    }
  }

  /// Protocol::HandshakeResponse320, before MySQL 4.1: flags of 16 bits, longest packet of 24, account, scrambled password.
  private mutating func readOldLogin(_ body: Span<UInt8>, into out: inout ObservationBuffer) {
    phase = .commands
    guard let flags = body.le16(0), body.count > 5 else { return }
    compresses = UInt32(flags) & Self.compress != 0
    if UInt32(flags) & Self.encrypt != 0 { return out.property(.encryption, out.text("TLS")) }
    pending = Self.loginCode
    let user = body.clamped(from: 5, count: 128).untilNUL()
    let account = out.text(user)
    out.operation(Operation(Self.loginCode, .request, object: account.isEmpty ? .none : .text(account)))
    out.identity(.sender, .userName, account)
    login.name(user)
    let secret = body.rest(from: 6 + user.count).untilNUL()
    login.sent(.challengeResponse, secret.isEmpty ? .empty : .unknown, into: &out)
  }

  // MARK: commands

  private mutating func command(_ body: Span<UInt8>, into out: inout ObservationBuffer) {
    let number = body[0]
    var code = UInt64(number)
    if number == Self.query || number == Self.prepare {
      // Attributes of a query (8.0.23) may stand before it: none of them, one set.
      let text = body.extracting(1..<body.count)
      let start = number == Self.query && text.byte(0) == 0 && text.byte(1) == 1 ? 2 : 0
      code |= SQLStatement(text.extracting(start..<text.count)).verb << 16
    }
    var object = TextRef.none
    if number == Self.changeUser {
      let user = body.clamped(from: 1, count: 128).untilNUL()
      object = out.text(user)
      out.identity(.sender, .userName, object)
      login.name(user)
      login.sent(.challengeResponse, .unknown, into: &out)
    } else if number == 2 || number == 5 || number == 6 {
      object = out.text(body.extracting(1..<body.count))
    }
    // Quit, close and long data are not answered.
    pending = number == 1 || number == 24 || number == 25 ? nil : code
    out.operation(Operation(code, .request, object: object.isEmpty ? .none : .text(object)))
  }

  private mutating func answer(_ body: Span<UInt8>, _ sequence: UInt8, into out: inout ObservationBuffer) {
    guard let code = pending else { return }
    let isLogin = code == Self.loginCode || code == UInt64(Self.changeUser)
    guard isLogin || sequence == 1 else { return }
    switch body[0] {
    case 0xff:
      out.operation(Operation(code, .response, outcome: .failure(UInt32(body.le16(1) ?? 0))))
      login.answered(false, into: &out)
    case 0xfe where isLogin:
      // Another method is asked for.
      let method = body.clamped(from: 1, count: 64).untilNUL()
      out.property(.authentication, out.text(method), subject: .receiver)
      asksForClearText = method.equals(ignoringCase: "mysql_clear_password")
      return
    case 1 where isLogin: return
    default:
      out.operation(Operation(code, .response, outcome: .success))
      login.answered(true, into: &out)
    }
    pending = nil
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    if code == greetingCode { return OperationDescription(code: "greeting", name: "greeting", kind: .session) }
    if code == loginCode { return OperationDescription(code: "login", name: "login", kind: .authenticate) }
    let number = UInt8(truncatingIfNeeded: code)
    if number == query || number == prepare {
      let verb = SQLStatement.verb(code >> 16)
      let what = number == query ? "query" : "prepare"
      return OperationDescription(code: "\(number)/\(verb.word)", name: "\(what): \(verb.word)", kind: verb.kind)
    }
    let known = commands[number] ?? ("command \(number)", .other)
    return OperationDescription(code: "\(number)", name: known.0, kind: known.1)
  }

  private static let commands: [UInt8: (String, OperationKind)] = [
    1: ("quit", .session), 2: ("choose database", .session), 4: ("list fields", .read),
    5: ("create database", .configure),
    6: ("drop database", .configure), 8: ("shut down", .control), 9: ("statistics", .diagnose),
    10: ("process list", .diagnose), 12: ("kill process", .control), 13: ("debug", .diagnose), 14: ("ping", .session),
    17: ("change user", .authenticate), 18: ("dump binary log", .read), 21: ("register replica", .configure),
    23: ("execute statement", .other), 24: ("send long data", .write), 25: ("close statement", .session),
    26: ("reset statement", .session), 27: ("set option", .session), 28: ("fetch", .read),
    30: ("dump binary log by GTID", .read), 31: ("reset connection", .session),
  ]
}
