import OTCore

/// Hypertext Transfer Protocol 1.x, RFC 9110 and RFC 9112.
///
/// A data unit is a message's head (with a small form behind it); bodies are skipped by their length or chunk by chunk.
public struct HTTP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "http", name: "HTTP/1.x", specification: "RFC 9110, RFC 9112, RFC 7617 (Basic), RFC 7616 (Digest)",
      isIndustrial: false, depth: [.identity, .operations],
      reads:
        "method, path, host, status, server, user agent, upgrade, logins (account only), EDI, XML and JSON documents "
        + "to 32 KiB; other bodies are skipped",
      displayFilter: "http"),
    ProtocolInfo(
      id: "winrm", name: "Windows Remote Management", specification: "[MS-WSMV] 45.0, DSP0226 1.2", isIndustrial: false,
      depth: .operations, reads: "actions, commands that are run in clear text, authentication, encryption; no output",
      displayFilter: "http"),
  ]
  public static let claims: [Claim] = [
    .tcp(80), .tcp(8080), .tcp(8000), .tcp(8008), .tcp(8081), .tcp(8088), .tcp(8888), .tcp(3128), .tcp(5357),
    .tcp(5985),
  ]
  public static let probe = ProbeStrength.strong

  public init() {}

  private enum Body { case none, chunked, trailer }
  /// What follows the last head, per direction (client's first).
  private var clientBody = Body.none
  private var serverBody = Body.none
  /// Methods that wait for their response, oldest in the low byte of the first.
  private var pendingMethods: (UInt64, UInt64) = (0, 0)
  private var pendingCount = 0
  /// The action of remote management that waits for its response.
  private var pendingAction: UInt64?
  private var login = PendingLogin()
  /// What was recorded last of texts that repeat with every message.
  private var recorded = Recorded()

  private struct Recorded {
    var server: UInt64 = 0
    var agent: UInt64 = 0
    var host: UInt64 = 0
    var challenge: UInt64 = 0
    var authorization: UInt64 = 0
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if context.afterGap { (clientBody, serverBody, pendingMethods, pendingCount) = (.none, .none, (0, 0), 0) }
    let bytes = pdu.bytes
    let body = context.senderIsClient ? clientBody : serverBody
    if body != .none, let next = Self.readContinuation(bytes, body, into: &out) {
      setBody(next, context)
      return
    }
    guard let lineEnd = bytes.lineEnd(limit: HTTPHead.startLineBytes) else {
      throw DecodeError("start line", at: 0, .truncated)
    }
    // A field behind chunks that were not seen.
    if lineEnd == bytes.count, HTTPHead.isField(bytes) { return }
    let head = HTTPHead(bytes, from: lineEnd)
    let line = bytes.extracting(0..<lineEnd).trimmed()
    if line.hasASCII("HTTP/") {
      response(line, head, bytes, context, into: &out)
    } else {
      request(line, head, bytes, context, into: &out)
    }
  }

  // MARK: requests

  private mutating func request(
    _ line: Span<UInt8>, _ head: HTTPHead, _ bytes: Span<UInt8>, _ context: PDUContext,
    into out: inout ObservationBuffer
  ) {
    let methodEnd = line.first(32) ?? line.count
    let method = HTTPMethod.code(of: line.extracting(0..<methodEnd))
    let target = line.clamped(from: methodEnd + 1, count: (line.lastBlank ?? line.count) - methodEnd - 1)
    let path = target.extracting(0..<(target.first(UInt8(ascii: "?")) ?? target.count))
    push(method)
    out.operation(Operation(method, .request, object: .text(out.text(path))))
    if Self.changed(head.agent, in: bytes, &recorded.agent) {
      out.identity(.sender, .application, out.text(head.text(head.agent, in: bytes)))
    }
    if Self.changed(head.host, in: bytes, &recorded.host) {
      out.property(.serverName, out.text(head.text(head.host, in: bytes)), subject: .receiver)
    }
    if Self.changed(head.authorization, in: bytes, &recorded.authorization) {
      readAuthorization(head.text(head.authorization, in: bytes), into: &out)
    }
    let form = bytes.extracting(head.end..<bytes.count)
    let isManagement = Self.isManagement(bytes)
    if isManagement { pendingAction = readManagement(head, bytes, into: &out) }
    if head.isForm, !form.isEmpty { readForm(form, into: &out) }
    // Small devices take the login in the address, which logs and proxies keep.
    if path.count < target.count {
      readForm(target.extracting((path.count + 1)..<target.count), isQuery: true, into: &out)
    }
    if head.isDocument, !isManagement, !form.isEmpty { out.handOff(.httpBody, form) }
    if HTTPHead.asksThinClient(line), HTTPHead.isCompressed(form) {
      out.property(.dialect, out.text("Ultra Light Client, zlib"), subject: .receiver)
    }
    if method == HTTPMethod.put, !path.isEmpty {
      out.record(.file(FileSeen(out.text(path), .toServer, size: head.contentLength.map { UInt64($0) })))
    } else if method == HTTPMethod.get, path.namesExecutable {
      out.record(.file(FileSeen(out.text(path), .named)))
    }
    if head.isChunked {
      setBody(.chunked, context)
    } else if let length = head.contentLength, length > form.count {
      out.skip(length - form.count)
    }
  }

  // MARK: responses

  private mutating func response(
    _ line: Span<UInt8>, _ head: HTTPHead, _ bytes: Span<UInt8>, _ context: PDUContext,
    into out: inout ObservationBuffer
  ) {
    let status = line.clamped(from: (line.first(32) ?? line.count) + 1, count: 3).decimal ?? 0
    // 1xx is not the answer yet.
    let method = status < 200 && status != 101 ? pendingMethods.0 & 0xff : pop()
    let outcome: Operation.Outcome =
      status >= 100 && status < 400 ? .success : .failure(UInt32(truncatingIfNeeded: status))
    out.operation(Operation(method, .response, outcome: outcome))
    recordServer(head, bytes, into: &out)
    // 401 asks for a login first, and the action is sent again.
    if let action = pendingAction, status >= 200 {
      out.operation(Operation(action, .response, layer: Self.remoteManagementLayer, outcome: outcome))
      pendingAction = nil
    }
    let document = bytes.extracting(head.end..<bytes.count)
    if head.isDocument, !document.isEmpty { out.handOff(.httpBody, document) }
    if Self.changed(head.challenge, in: bytes, &recorded.challenge) {
      let challenge = head.text(head.challenge, in: bytes)
      out.property(.authentication, out.text(challenge.withoutToken()))
      readNTLM(challenge, into: &out)
    }
    if let name = head.fileName(in: bytes) {
      out.record(
        .file(FileSeen(out.text(name), .toClient, size: head.contentLength.map { UInt64($0) })))
    }
    if status >= 200 {
      // A rejected login may be repeated with the same words: it must be seen again.
      if status == 401 || status == 407 { recorded.authorization = 0 }
      let accepted = status != 401 && status != 403 && status != 407
      if accepted || login.isPending { login.answered(accepted, into: &out) }
    }
    if status == 101 { out.property(.dialect, out.text(head.text(head.upgrade, in: bytes))) }
    // What goes through a proxy's tunnel is found out anew.
    if method == HTTPMethod.connect, status >= 200, status < 300 { return }
    if status == 101 {
      out.skip(Int.max)
    } else if status < 200 || status == 204 || status == 304 || method == HTTPMethod.head {
      return
    } else if head.isChunked {
      setBody(.chunked, context)
    } else if let length = head.contentLength {
      if length > document.count { out.skip(length - document.count) }
    } else {
      // Without a length the body ends with the connection (RFC 9112 section 6.3).
      out.skip(Int.max)
    }
  }

  private mutating func recordServer(
    _ head: HTTPHead, _ bytes: Span<UInt8>, into out: inout ObservationBuffer
  ) {
    guard Self.changed(head.server, in: bytes, &recorded.server) else { return }
    out.identity(.sender, .softwareVersion, out.text(head.text(head.server, in: bytes)))
  }

  // MARK: state

  private static func changed(_ range: Range<Int>, in bytes: Span<UInt8>, _ last: inout UInt64) -> Bool {
    guard !range.isEmpty else { return false }
    let now = bytes.clamped(from: range.lowerBound, count: range.count).fingerprint
    guard last != now else { return false }
    last = now
    return true
  }

  private mutating func setBody(_ body: Body, _ context: PDUContext) {
    if context.senderIsClient { clientBody = body } else { serverBody = body }
  }

  private mutating func push(_ method: UInt64) {
    guard pendingCount < 16 else { return }
    if pendingCount < 8 {
      pendingMethods.0 |= method << UInt64(8 * pendingCount)
    } else {
      pendingMethods.1 |= method << UInt64(8 * (pendingCount - 8))
    }
    pendingCount += 1
  }

  private mutating func pop() -> UInt64 {
    guard pendingCount > 0 else { return HTTPMethod.unknown }
    defer {
      pendingMethods.0 = pendingMethods.0 >> 8 | pendingMethods.1 << 56
      pendingMethods.1 >>= 8
      pendingCount -= 1
    }
    return pendingMethods.0 & 0xff
  }

  /// Reads a chunk size, the blank line or the field behind the last chunk; says what follows, or nil for none of these.
  private static func readContinuation(_ bytes: Span<UInt8>, _ body: Body, into out: inout ObservationBuffer) -> Body? {
    if body == .trailer {
      if bytes.hasASCII("\r\n") || bytes.byte(0) == 10 { return Body.none }
      return HTTPHead.isField(bytes) ? .trailer : nil
    }
    guard let size = HTTPHead.chunkSize(bytes) else { return nil }
    guard size > 0 else { return .trailer }
    // The chunk and the line break behind it.
    out.skip(size < Int.max - 2 ? size + 2 : size)
    return .chunked
  }

  // MARK: logins

  /// `Authorization`: Basic shows the account and its password, Digest the account, NTLM a message of its own.
  private mutating func readAuthorization(_ value: Span<UInt8>, into out: inout ObservationBuffer) {
    if value.hasASCII(ignoringCase: "basic ") {
      let decoded = Base64.decode(value.rest(from: 6).trimmed())
      let pair = decoded.span
      let colon = pair.first(UInt8(ascii: ":")) ?? pair.count
      login.name(pair.extracting(0..<colon))
      let password = pair.rest(from: colon + 1)
      login.sent(.httpBasic, login.judge(password: password), into: &out)
      out.identity(.sender, .userName, out.text(pair.extracting(0..<colon)))
    } else if value.hasASCII(ignoringCase: "digest "), let account = value.digestAccount() {
      login.name(account)
      login.sent(.httpDigest, .unknown, into: &out)
      out.identity(.sender, .userName, out.text(account))
    } else {
      readNTLM(value, into: &out)
    }
  }

  private mutating func readNTLM(_ value: Span<UInt8>, into out: inout ObservationBuffer) {
    let skip = value.hasASCII(ignoringCase: "ntlm ") ? 5 : value.hasASCII(ignoringCase: "negotiate ") ? 10 : 0
    guard skip > 0 else { return }
    let decoded = Base64.decode(value.rest(from: skip))
    guard let message = NTLMSSP.read(decoded.span, into: &out) else {
      return KerberosTicket.read(decoded.span, into: &out)
    }
    guard message.kind == .authenticate, !message.isAnonymous else { return }
    login.name(message.account, in: out)
    login.sent(.ntlm, .unknown, into: &out)
  }

  private static func speaksOfPassword(_ name: Span<UInt8>) -> Bool {
    name.first(ignoringCase: "pass") != nil || name.first(ignoringCase: "pwd") != nil
      || name.first(ignoringCase: "psw") != nil
  }

  private static func isPassword(_ name: Span<UInt8>) -> Bool {
    for word in passwordFields where name.equals(ignoringCase: word) { return true }
    return false
  }

  private static let passwordFields: [StaticString] = [
    "password", "passwd", "passwort", "pass", "pwd", "psw", "upass", "userpass", "loginpass", "user_password",
    "j_password",
  ]

  private static func speaksOfAccount(_ name: Span<UInt8>) -> Bool {
    name.first(ignoringCase: "user") != nil || name.first(ignoringCase: "login") != nil
      || name.first(ignoringCase: "usr") != nil || name.equals(ignoringCase: "uname")
      || name.equals(ignoringCase: "account")
  }

  /// A form with a password: the account is kept where one of the usual fields names it.
  private mutating func readForm(_ form: Span<UInt8>, isQuery: Bool = false, into out: inout ObservationBuffer) {
    var account = 0..<0
    var password: Range<Int>?
    var start = 0
    for _ in 0..<64 where start < form.count {
      let end = form.first(UInt8(ascii: "&"), from: start) ?? form.count
      let equals = min(form.first(UInt8(ascii: "="), from: start) ?? end, end)
      let name = form.extracting(start..<equals)
      let value = min(equals + 1, end)..<end
      if isQuery ? Self.isPassword(name) : Self.speaksOfPassword(name) {
        password = password ?? value
      } else if account.isEmpty, !Self.speaksOfPassword(name),
        Self.speaksOfAccount(name) || name.equals(ignoringCase: "name")
      {
        account = value
      }
      start = end + 1
    }
    // A question may be about anything: it needs both.
    guard let password, !isQuery || !account.isEmpty else { return }
    login.name(form.extracting(account))
    login.sent(.httpForm, login.judge(password: form.extracting(password)), into: &out)
    out.identity(.sender, .userName, out.text(form.extracting(account)))
  }
}

extension Span where Element == UInt8 {
  /// Index of the last blank: in a request line the one before the version.
  fileprivate var lastBlank: Int? {
    var index = count - 1
    while index >= 0 {
      if self[index] == 32 { return index }
      index -= 1
    }
    return nil
  }

  /// A challenge without the token of NTLM and Negotiate, which tells people nothing.
  @_lifetime(copy self)
  fileprivate func withoutToken() -> Span<UInt8> {
    if hasASCII(ignoringCase: "ntlm") { return extracting(0..<4) }
    if hasASCII(ignoringCase: "negotiate") { return extracting(0..<9) }
    return extracting(0..<count)
  }
}
