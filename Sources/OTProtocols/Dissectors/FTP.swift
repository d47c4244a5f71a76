import OTCore

/// File Transfer Protocol, control connection, RFC 959 (and RFC 2228, RFC 2389, RFC 3659).
///
/// It announces data connections (``FTPData``); names and directions of files are on this one.
public struct FTP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ftp", name: "File Transfer Protocol", specification: "RFC 959, RFC 2228, RFC 3659", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "banner, system, logins (account only), files, where data connections will be",
      displayFilter: "ftp")
  ]
  public static let claims: [Claim] = [.tcp(21), .tcp(2121)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private static let lineBytes = 4096
  private static let banner = UInt64(FTPVerb.all.count)
  static let unknown = banner + 1

  /// The verb that waits for its reply.
  private var pending: UInt64?
  /// Code of a reply whose last line is still to come.
  private var multiline = 0
  private var sawBanner = false
  private var login = PendingLogin()
  /// Where a data connection may begin of which is not said yet what it is for.
  private var dataPort: DataPort?

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    guard let end = bytes.lineEnd(limit: lineBytes) else {
      guard bytes.count < lineBytes, bytes.isPlainText else { return .notThisProtocol }
      return hint.isEstablished || couldStart(bytes, hint) ? .needMore : .notThisProtocol
    }
    let line = bytes.extracting(0..<end)
    guard line.isPlainText else { return .notThisProtocol }
    if hint.isEstablished { return .pdu(byteCount: end) }
    return isStart(line, hint) ? .pdu(byteCount: end) : .notThisProtocol
  }

  /// A reply code or a verb; where the port is not FTP's, only a greeting that says what it is.
  private static func isStart(_ line: Span<UInt8>, _ hint: FramingHint) -> Bool {
    if let code = line.decimal, code >= 100, code < 600, line.byte(3) == 32 || line.byte(3) == 45 {
      // Mail servers greet with 220 too.
      let isMail = line.first(ignoringCase: "smtp") != nil
      return hint.isClaimed ? !isMail : code == 220 && line.first(ignoringCase: "ftp") != nil
    }
    return hint.isClaimed && FTPVerb.index(of: line) != nil
  }

  private static func couldStart(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Bool {
    hint.isClaimed || bytes.hasASCII("220") || (bytes.count < 3 && bytes.byte(0) == UInt8(ascii: "2"))
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if context.afterGap { (pending, multiline) = (nil, 0) }
    let line = pdu.bytes.trimmed()
    guard !line.isEmpty else { return }
    if context.senderIsClient {
      command(line, into: &out)
    } else {
      reply(line, into: &out)
    }
  }

  private mutating func command(_ line: Span<UInt8>, into out: inout ObservationBuffer) {
    let verb = FTPVerb.index(of: line)
    let code = verb.map { UInt64($0) } ?? Self.unknown
    pending = code
    let argument = line.rest(from: (line.first(32) ?? line.count) + 1)
    let detail = verb.map { FTPVerb.all[$0].argument } ?? .none
    let object: Operation.Object =
      detail == .none || detail == .secret || argument.isEmpty ? .none : .text(out.text(argument))
    out.operation(Operation(code, .request, object: object))
    switch detail {
    case .account:
      login.name(argument)
      out.identity(.sender, .userName, out.text(argument))
    case .secret:
      login.sent(.clearText, login.judge(password: argument), into: &out)
    case .fileToServer: out.record(.file(FileSeen(out.text(argument), .toServer)))
    case .fileToClient: out.record(.file(FileSeen(out.text(argument), .toClient)))
    case .other, .none: break
    }
    if let verb { follow(FTPVerb.all[verb], code, argument, into: &out) }
  }

  /// Learns where a data connection will be, or says what it is for.
  private mutating func follow(
    _ verb: FTPVerb, _ code: UInt64, _ argument: Span<UInt8>, into out: inout ObservationBuffer
  ) {
    switch verb.data {
    case .none: break
    case .port:
      expect(Self.port(sixNumbers: argument) ?? Self.port(extended: argument), isServers: false, into: &out)
    case .transfer:
      guard let place = dataPort else { break }
      dataPort = nil
      out.announce(
        Announcement(
          .ftpData, isStream: true, isSenders: !place.isServers, port: place.port, code: code,
          name: argument.isEmpty ? .none : out.text(argument)))
    }
  }

  /// Whose port it is says so.
  private mutating func expect(_ port: UInt16?, isServers: Bool, into out: inout ObservationBuffer) {
    guard let port else { return }
    dataPort = DataPort(isServers: isServers, port: port)
    out.announce(Announcement(.ftpData, isStream: true, isSenders: true, port: port, code: Self.unknown))
  }

  private mutating func reply(_ line: Span<UInt8>, into out: inout ObservationBuffer) {
    let code = line.count >= 3 ? line.decimal ?? 0 : 0
    let isFirst = multiline == 0
    let continues = line.byte(3) == UInt8(ascii: "-")
    if !isFirst, code != multiline || continues { return }
    guard code >= 100, code < 600 else { return }
    let text = line.rest(from: 4)
    multiline = continues ? code : 0
    if isFirst, code == 220, !sawBanner {
      sawBanner = true
      out.identity(.sender, .banner, out.text(text))
    } else if isFirst, code == 215 {
      out.identity(.sender, .operatingSystem, out.text(text))
    } else if isFirst, code == 227 {
      expect(Self.port(sixNumbers: text), isServers: true, into: &out)
    } else if isFirst, code == 229 {
      expect(Self.port(extended: text), isServers: true, into: &out)
    }
    guard !continues, code >= 200 else { return }
    let outcome: Operation.Outcome = code < 400 ? .success : .failure(UInt32(truncatingIfNeeded: code))
    out.operation(Operation(pending ?? Self.banner, .response, outcome: outcome))
    pending = nil
    // 331 and 332 ask for more; 230 and 232 let in; 530 and its kin do not.
    if code == 230 || code == 232 {
      login.answered(true, into: &out)
    } else if code >= 400 {
      login.answered(false, into: &out)
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    if code == banner { return OperationDescription(code: "greeting", name: "greeting", kind: .session) }
    guard code < UInt64(FTPVerb.all.count) else {
      return OperationDescription(code: "?", name: "unknown command", kind: .other)
    }
    let verb = FTPVerb.all[Int(code)]
    return OperationDescription(code: "\(verb.name)", name: verb.title, kind: verb.kind)
  }
}

/// Commands of the control connection.
struct FTPVerb: Sendable {
  /// What stands behind the verb.
  enum Argument { case none, account, secret, fileToServer, fileToClient, other }
  /// What it has to do with a data connection: says where the next one will be, or what it is for.
  enum Data { case none, port, transfer }

  var name: StaticString
  var title: String
  var kind: OperationKind
  var argument: Argument
  var data: Data

  private init(
    _ name: StaticString, _ title: String, _ kind: OperationKind, _ argument: Argument = .none, data: Data = .none
  ) {
    self.name = name
    self.title = title
    self.kind = kind
    self.argument = argument
    self.data = data
  }

  /// Index of the verb a line starts with, in any case.
  static func index(of line: Span<UInt8>) -> Int? {
    for index in all.indices {
      let name = all[index].name
      let length = name.utf8CodeUnitCount
      guard line.hasUpperASCII(name) else { continue }
      if let next = line.byte(length), next > 32 { continue }
      return index
    }
    return nil
  }

  static let all = [
    FTPVerb("USER", "user name", .authenticate, .account), FTPVerb("PASS", "password", .authenticate, .secret),
    FTPVerb("ACCT", "account", .authenticate), FTPVerb("AUTH", "security mechanism", .session, .other),
    FTPVerb("RETR", "retrieve", .read, .fileToClient, data: .transfer),
    FTPVerb("STOR", "store", .write, .fileToServer, data: .transfer),
    FTPVerb("STOU", "store unique", .write, .fileToServer, data: .transfer),
    FTPVerb("APPE", "append", .write, .fileToServer, data: .transfer),
    FTPVerb("LIST", "list", .read, .other, data: .transfer),
    FTPVerb("NLST", "name list", .read, .other, data: .transfer),
    FTPVerb("MLSD", "machine list directory", .read, .other, data: .transfer),
    FTPVerb("MLST", "machine list", .read, .other),
    FTPVerb("SIZE", "size", .read, .other), FTPVerb("MDTM", "modification time", .read, .other),
    FTPVerb("CWD", "change directory", .other, .other), FTPVerb("CDUP", "change to parent directory", .other),
    FTPVerb("PWD", "print directory", .read), FTPVerb("DELE", "delete", .write, .other),
    FTPVerb("RMD", "remove directory", .write, .other), FTPVerb("MKD", "make directory", .write, .other),
    FTPVerb("RNFR", "rename from", .write, .other), FTPVerb("RNTO", "rename to", .write, .other),
    FTPVerb("SITE", "site command", .configure, .other), FTPVerb("SYST", "system", .discover),
    FTPVerb("STAT", "status", .diagnose), FTPVerb("FEAT", "features", .discover), FTPVerb("HELP", "help", .discover),
    FTPVerb("TYPE", "type", .session), FTPVerb("MODE", "mode", .session), FTPVerb("STRU", "structure", .session),
    FTPVerb("PASV", "passive", .session), FTPVerb("EPSV", "extended passive", .session),
    FTPVerb("PORT", "port", .session, .other, data: .port),
    FTPVerb("EPRT", "extended port", .session, .other, data: .port),
    FTPVerb("REST", "restart", .session), FTPVerb("ABOR", "abort", .session), FTPVerb("NOOP", "no operation", .session),
    FTPVerb("OPTS", "options", .session, .other), FTPVerb("PBSZ", "protection buffer size", .session),
    FTPVerb("PROT", "protection level", .session, .other), FTPVerb("REIN", "reinitialise", .session),
    FTPVerb("QUIT", "quit", .session), FTPVerb("XPWD", "print directory", .read),
    FTPVerb("CLNT", "client", .session, .other),
  ]
}

extension Span where Element == UInt8 {
  /// Whether the bytes at the front are this ASCII text, which is given in upper case, in any case.
  func hasUpperASCII(_ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard length <= count else { return false }
    return text.withUTF8Buffer { expected in
      for position in 0..<length where unsafe lowercased(self[position]) != lowercased(expected[position]) {
        return false
      }
      return true
    }
  }
}
