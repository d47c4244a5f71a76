import OTCore

/// What the protocols of mail share: lines of text, and logins by SASL (RFC 4422) in Base64.
struct MailText: Sendable {
  var login = PendingLogin()

  /// What the client sends next instead of a command.
  private enum Expected { case command, plain, account, accountAgain, password, other }
  private var expected = Expected.command

  private static let lineBytes = 8192

  /// A line; of a conversation's first one, which starts with `greeting` where the port says nothing, `isStart` must know
  /// the form. TLS in its place ends the protocol.
  static func frame(
    _ bytes: Span<UInt8>, _ hint: FramingHint, greeting: StaticString, isStart: (borrowing Span<UInt8>) -> Bool
  ) -> Framing {
    guard hint.isStream, let first = bytes.byte(0) else { return .notThisProtocol }
    if first == 0x16, bytes.byte(1) ?? 3 == 3 { return .notThisProtocol }
    guard let end = bytes.lineEnd(limit: lineBytes) else {
      if bytes.count >= lineBytes { return hint.isEstablished ? .pdu(byteCount: lineBytes) : .notThisProtocol }
      if hint.isEstablished { return .needMore }
      return (hint.isClaimed && bytes.isPlainText) || bytes.isStart(of: greeting) || bytes.hasASCII(greeting)
        ? .needMore : .notThisProtocol
    }
    if hint.isEstablished { return .pdu(byteCount: end) }
    let line = bytes.extracting(0..<end)
    return line.isPlainText && isStart(line) ? .pdu(byteCount: end) : .notThisProtocol
  }

  /// `AUTH mechanism [initial response]`.
  mutating func startLogin(_ argument: Span<UInt8>, into out: inout ObservationBuffer) {
    let end = argument.first(32) ?? argument.count
    let mechanism = argument.extracting(0..<end)
    guard !mechanism.isEmpty else { return }
    out.property(.authentication, out.text(mechanism))
    let initial = argument.rest(from: end + 1).trimmed()
    if mechanism.equals(ignoringCase: "plain") {
      expected = .plain
    } else if mechanism.equals(ignoringCase: "login") {
      expected = .account
    } else {
      expected = .other
    }
    if !initial.isEmpty { _ = readSecret(initial, into: &out) }
  }

  /// Bytes of the client were lost: what comes next may be the password where an account was expected, and is not told.
  mutating func lost() {
    if expected == .account || expected == .accountAgain || expected == .password { expected = .other }
  }

  /// The server asks for the next part; it may say which (`Username:`, `Password:`).
  mutating func challenge(_ text: Span<UInt8>) {
    guard expected == .account || expected == .password else { return }
    let decoded = Base64.decode(text.trimmed())
    // Asked once more, it is not told: where a line was damaged this may be the password.
    if decoded.span.hasASCII(ignoringCase: "user"), expected == .password { expected = .accountAgain }
    if decoded.span.hasASCII(ignoringCase: "pass") { expected = .password }
  }

  /// Reads a line that belongs to a login; whether it did.
  mutating func readSecret(_ line: Span<UInt8>, into out: inout ObservationBuffer) -> Bool {
    guard expected != .command else { return false }
    let decoded = Base64.decode(line)
    let value = decoded.span
    switch expected {
    case .plain:
      expected = .command
      // Identity to act as, NUL, account, NUL, password (RFC 4616).
      let first = value.firstIndex(of: 0)
      let second = value.firstIndex(of: 0, from: first + 1)
      guard second < value.count else { return true }
      named(value.extracting((first + 1)..<second), into: &out)
      login.sent(.clearText, login.judge(password: value.extracting((second + 1)..<value.count)), into: &out)
    case .account:
      expected = .password
      named(value, into: &out)
    case .accountAgain: expected = .password
    case .password:
      expected = .command
      login.sent(.clearText, login.judge(password: value), into: &out)
    case .other:
      if let message = NTLMSSP.read(value, into: &out) {
        guard message.kind == .authenticate, !message.isAnonymous else { break }
        login.name(message.account, in: out)
        login.sent(.ntlm, .unknown, into: &out)
      } else if let account = Self.accountOfProof(value) {
        named(account, into: &out)
        login.sent(.challengeResponse, .unknown, into: &out)
      }
    case .command: break
    }
    return true
  }

  /// Whom an answer to a challenge names: CRAM-MD5 (RFC 2195: account, blank, 32 digits), DIGEST-MD5
  /// (RFC 2831), SCRAM (RFC 5802: `n,,n=…,r=…`).
  @_lifetime(copy value)
  private static func accountOfProof(_ value: Span<UInt8>) -> Span<UInt8>? {
    if let account = value.digestAccount() { return account }
    if value.hasASCII("n,") || value.hasASCII("y,") || value.hasASCII("p="), let at = value.first(ignoringCase: ",n=") {
      let rest = value.extracting((at + 3)..<value.count)
      return rest.extracting(0..<(rest.first(UInt8(ascii: ",")) ?? rest.count))
    }
    let blank = value.count - 33
    guard blank > 0, value[blank] == 32 else { return nil }
    for index in (blank + 1)..<value.count where hexValue(value[index]) == nil { return nil }
    return value.extracting(0..<blank)
  }

  private mutating func named(_ account: Span<UInt8>, into out: inout ObservationBuffer) {
    login.name(account)
    out.identity(.sender, .userName, out.text(account))
  }

  mutating func answered(_ accepted: Bool, into out: inout ObservationBuffer) {
    expected = .command
    login.answered(accepted, into: &out)
  }
}

/// Commands of the protocols of mail; the position in its list is an operation's code.
struct MailVerb: Sendable {
  var name: StaticString
  var title: String
  var kind: OperationKind

  private init(_ name: StaticString, _ title: String, _ kind: OperationKind) {
    (self.name, self.title, self.kind) = (name, title, kind)
  }

  static func index(of line: borrowing Span<UInt8>, in verbs: [MailVerb]) -> Int? {
    for index in verbs.indices where line.hasUpperASCII(verbs[index].name) {
      if let next = line.byte(verbs[index].name.utf8CodeUnitCount), next > 32 { continue }
      return index
    }
    return nil
  }

  static func describe(_ code: UInt64, _ verbs: [MailVerb]) -> OperationDescription {
    if code == UInt64(verbs.count) { return OperationDescription(code: "greeting", name: "greeting", kind: .session) }
    guard code < UInt64(verbs.count) else {
      return OperationDescription(code: "?", name: "unknown command", kind: .other)
    }
    let verb = verbs[Int(code)]
    return OperationDescription(code: "\(verb.name)", name: verb.title, kind: verb.kind)
  }

  /// RFC 5321 section 4.1, RFC 4954, RFC 3207, RFC 3030.
  static let smtp = [
    MailVerb("EHLO", "hello", .session), MailVerb("HELO", "hello", .session), MailVerb("AUTH", "login", .authenticate),
    MailVerb("MAIL", "sender", .write), MailVerb("RCPT", "recipient", .write), MailVerb("DATA", "mail", .write),
    MailVerb("BDAT", "mail in chunks", .write), MailVerb("STARTTLS", "start TLS", .session),
    MailVerb("RSET", "reset", .session), MailVerb("NOOP", "no operation", .session),
    MailVerb("QUIT", "quit", .session), MailVerb("VRFY", "verify an address", .discover),
    MailVerb("EXPN", "expand a list", .discover), MailVerb("HELP", "help", .discover),
  ]

  /// RFC 1939 sections 5–7, RFC 2449, RFC 2595, RFC 5034.
  static let pop = [
    MailVerb("USER", "user name", .authenticate), MailVerb("PASS", "password", .authenticate),
    MailVerb("AUTH", "login", .authenticate), MailVerb("APOP", "login by digest", .authenticate),
    MailVerb("STLS", "start TLS", .session), MailVerb("CAPA", "capabilities", .discover),
    MailVerb("STAT", "status", .read), MailVerb("LIST", "list", .read), MailVerb("UIDL", "list of identifiers", .read),
    MailVerb("RETR", "retrieve", .read), MailVerb("TOP", "head of a mail", .read), MailVerb("DELE", "delete", .write),
    MailVerb("NOOP", "no operation", .session), MailVerb("RSET", "reset", .session), MailVerb("QUIT", "quit", .session),
  ]

  /// RFC 3501 section 6.
  static let imap = [
    MailVerb("LOGIN", "login", .authenticate), MailVerb("AUTHENTICATE", "login", .authenticate),
    MailVerb("STARTTLS", "start TLS", .session), MailVerb("SELECT", "select a mailbox", .session),
    MailVerb("EXAMINE", "examine a mailbox", .session), MailVerb("CAPABILITY", "capabilities", .discover),
    MailVerb("LIST", "list", .read), MailVerb("LSUB", "list", .read), MailVerb("STATUS", "status", .read),
    MailVerb("FETCH", "fetch", .read), MailVerb("UID", "by identifier", .read), MailVerb("SEARCH", "search", .read),
    MailVerb("STORE", "store flags", .write), MailVerb("COPY", "copy", .write), MailVerb("APPEND", "append", .write),
    MailVerb("CREATE", "create a mailbox", .write), MailVerb("DELETE", "delete a mailbox", .write),
    MailVerb("RENAME", "rename a mailbox", .write), MailVerb("EXPUNGE", "expunge", .write),
    MailVerb("IDLE", "idle", .session), MailVerb("NOOP", "no operation", .session),
    MailVerb("LOGOUT", "log out", .session), MailVerb("CLOSE", "close", .session),
    MailVerb("ID", "identify", .discover),
    MailVerb("NAMESPACE", "name spaces", .read),
  ]
}
