import OTCore

/// Real-Time Streaming Protocol, RFC 2326 (1.0) and RFC 7826 (2.0): what cameras and video servers agree on before
/// pictures flow.
///
/// A data unit is a message with its body (a session description), or one packet of RTP interleaved with them, which is
/// handed on. Where media will flow over UDP, ``RTP`` is announced.
public struct RTSP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "rtsp", name: "RTSP", specification: "RFC 2326, RFC 7826, RFC 8866 (session description)",
      isIndustrial: false, depth: [.identity, .operations],
      reads: "method, stream, status, server, user agent, realm, name and tool of the description, logins (account "
        + "only), where media will flow",
      displayFilter: "rtsp")
  ]
  public static let claims: [Claim] = [.tcp(554), .tcp(8554), .tcp(7070), .tcp(10554)]
  public static let probe = ProbeStrength.strong

  public init() {}

  /// Methods of requests that wait for their answer, by sequence number.
  private var pending = RequestTable<UInt64>()
  private var login = PendingLogin()
  private var told = RecentValues()

  private static let headBytes = 16_384
  private static let descriptionBytes = 16_384
  /// As much of a media packet as is looked at.
  private static let mediaBytes = 2048

  // MARK: framing

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let first = bytes.byte(0) else { return .notThisProtocol }
    if hint.isEstablished {
      if first == UInt8(ascii: "$") { return bytes.be16(2).map { .pdu(byteCount: 4 + Int($0)) } ?? .needMore }
      // Some devices keep a connection alive with blank lines.
      if first == 13 || first == 10 { return .pdu(byteCount: 1) }
    }
    switch startLine(bytes) {
    case .no: return .notThisProtocol
    case .needMore: return .needMore
    case .yes(let lineEnd):
      guard let end = HTTPHead.end(bytes, from: lineEnd) else {
        return bytes.count < headBytes ? .needMore : .notThisProtocol
      }
      let body = HTTPHead(bytes.extracting(0..<end), from: lineEnd).contentLength ?? 0
      return .pdu(byteCount: body <= descriptionBytes ? end + body : end)
    }
  }

  /// `METHOD uri RTSP/1.0` or `RTSP/1.0 status reason`, RFC 2326 sections 6.1 and 7.1.
  private static func startLine(_ bytes: Span<UInt8>) -> HTTPHead.StartLine {
    if bytes.hasASCII("RTSP/") {
      guard let end = bytes.lineEnd(limit: 512) else { return bytes.count < 512 ? .needMore : .no }
      return bytes.clamped(from: 9, count: 3).decimal != nil ? .yes(lineEnd: end) : .no
    }
    var index = 0
    while index < bytes.count, isMethodByte(bytes[index]) { index += 1 }
    guard index <= 16 else { return .no }
    guard index < bytes.count else { return .needMore }
    guard index >= 4, bytes[index] == 32 else { return .no }
    guard let end = bytes.lineEnd(limit: 2048) else {
      return bytes.count < 2048 && mayBeTarget(bytes.clamped(from: index + 1, count: 8)) ? .needMore : .no
    }
    let line = bytes.extracting(0..<end).trimmed()
    return line.hasASCII("RTSP/", at: line.count - 8) ? .yes(lineEnd: end) : .no
  }

  private static func isMethodByte(_ byte: UInt8) -> Bool { byte >= 65 && byte <= 90 || byte == 95 }

  /// `rtsp://…`, `rtsps://…`, `rtspu://…` or `*`, as far as it is there.
  private static func mayBeTarget(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= 4 else { return true }
    return bytes.hasASCII(ignoringCase: "rtsp") || bytes[0] == UInt8(ascii: "*")
  }

  // MARK: messages

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let bytes = pdu.bytes
    switch bytes.byte(0) {
    case 13, 10: return
    // `$`, channel, length, RTP or RTCP (section 10.12).
    case UInt8(ascii: "$"): return out.handOff(.media, bytes.clamped(from: 4, count: Self.mediaBytes))
    default: break
    }
    guard let lineEnd = bytes.lineEnd() else { throw DecodeError("start line", at: 0, .truncated) }
    let head = HTTPHead(bytes, from: lineEnd)
    let line = bytes.extracting(0..<lineEnd).trimmed()
    let sequence = Self.field("cseq", bytes, from: lineEnd).decimal ?? 0
    let transport = Self.field("transport", bytes, from: lineEnd)
    if line.hasASCII("RTSP/") {
      response(line, head, bytes, sequence, into: &out)
      out.announceMedia("client_port=", in: transport, isSenders: false)
      out.announceMedia("server_port=", in: transport, isSenders: true)
    } else {
      request(line, head, bytes, sequence, context, into: &out)
      out.announceMedia("client_port=", in: transport, isSenders: true)
    }
    if head.end < bytes.count { describeSession(bytes.extracting(head.end..<bytes.count), into: &out) }
    let body = head.contentLength ?? 0
    if body > Self.descriptionBytes { out.skip(body) }
  }

  private mutating func request(
    _ line: Span<UInt8>, _ head: HTTPHead, _ bytes: Span<UInt8>, _ sequence: Int, _ context: PDUContext,
    into out: inout ObservationBuffer
  ) {
    let methodEnd = line.first(32) ?? line.count
    let method = RTSPMethod.code(of: line.extracting(0..<methodEnd))
    let target = line.clamped(from: methodEnd + 1, count: line.count - methodEnd - 10)
    pending.remember(method, for: UInt64(sequence))
    var operation = Operation(method, .request, object: .text(stream(target, into: &out)))
    operation.isCallback = context.directionIsCertain && !context.senderIsClient
    out.operation(operation)
    tell(.application, head.text(head.agent, in: bytes), into: &out)
    authorization(head.text(head.authorization, in: bytes), into: &out)
  }

  private mutating func response(
    _ line: Span<UInt8>, _ head: HTTPHead, _ bytes: Span<UInt8>, _ sequence: Int, into out: inout ObservationBuffer
  ) {
    let status = line.clamped(from: 9, count: 3).decimal ?? 0
    let outcome: Operation.Outcome =
      status >= 100 && status < 400 ? .success : .failure(UInt32(truncatingIfNeeded: status))
    out.operation(
      Operation(pending.request(UInt64(sequence)) ?? RTSPMethod.unknown, .response, outcome: outcome))
    tell(.softwareVersion, head.text(head.server, in: bytes), into: &out)
    let challenge = Self.untilRealm(head.text(head.challenge, in: bytes))
    if told.isNew(challenge) { out.property(.authentication, out.text(challenge)) }
    if login.isPending, status >= 200 { login.answered(status != 401 && status != 403, into: &out) }
  }

  private mutating func tell(_ attribute: IdentityAttribute, _ value: Span<UInt8>, into out: inout ObservationBuffer) {
    guard !value.isEmpty, told.isNew(value, salt: UInt64(attribute.rawValue)) else { return }
    out.identity(.sender, attribute, out.text(value))
  }

  /// A challenge up to its realm, which often names the camera; what follows (a nonce) changes each time.
  @_lifetime(copy value)
  private static func untilRealm(_ value: Span<UInt8>) -> Span<UInt8> {
    guard let realm = value.first(ignoringCase: "realm=\""),
      let end = value.first(UInt8(ascii: "\""), from: realm + 7)
    else { return value.extracting(0..<(value.first(32) ?? value.count)) }
    return value.extracting(0..<(end + 1))
  }

  /// Value of the first field of this name (lower case).
  @_lifetime(copy bytes)
  private static func field(_ name: StaticString, _ bytes: Span<UInt8>, from start: Int) -> Span<UInt8> {
    var index = start
    for _ in 0..<64 {
      guard let next = bytes.lineEnd(from: index), next - index > 2 else { break }
      let colon = index + name.utf8CodeUnitCount
      if bytes.hasASCII(ignoringCase: name, at: index), bytes.byte(colon) == UInt8(ascii: ":") {
        return bytes.clamped(from: colon + 1, count: next - colon - 1).trimmed()
      }
      index = next
    }
    return bytes.extracting(0..<0)
  }

  // MARK: session description

  /// RFC 8866: the name (`s=`) and tool (`a=tool:`) of what is streamed.
  private mutating func describeSession(_ body: Span<UInt8>, into out: inout ObservationBuffer) {
    guard body.hasASCII("v=0") else { return }
    var index = 0
    for _ in 0..<128 where index < body.count {
      let end = body.lineEnd(from: index) ?? body.count
      let line = body.extracting(index..<end).trimmed()
      index = end
      // `s=-` and `s= ` stand for no name.
      if line.hasASCII("s="), line.count > 3 {
        tell(.description, line.extracting(2..<line.count), into: &out)
      } else if line.hasASCII("a=tool:") {
        tell(.softwareVersion, line.extracting(7..<line.count), into: &out)
      }
    }
  }

  // MARK: logins

  /// The stream's path without the authority and without anything that may hold an account or a password.
  private mutating func stream(_ target: Span<UInt8>, into out: inout ObservationBuffer) -> TextRef {
    guard let scheme = target.first(ignoringCase: "://") else { return out.text(target) }
    let authority = scheme + 3
    let path = target.first(UInt8(ascii: "/"), from: authority) ?? target.count
    userInfo(target.extracting(authority..<path), into: &out)
    let rest = target.extracting(path..<target.count)
    guard let secret = rest.first(ignoringCase: "pass") ?? rest.first(ignoringCase: "pwd") else {
      return out.text(rest)
    }
    login.name(Self.parameter("user", in: rest))
    login.sent(.clearText, login.judge(password: Self.parameter("pass", in: rest)), into: &out)
    // The account stands in front of the secret, and nothing of a login belongs into the name of a stream.
    let account = rest.first(ignoringCase: "user") ?? secret
    return out.text(rest.extracting(0..<Swift.min(account, secret)))
  }

  /// `user=x&password=y` or `user=x_password=y`, in the query or the path.
  @_lifetime(copy text)
  private static func parameter(_ name: StaticString, in text: Span<UInt8>) -> Span<UInt8> {
    guard let at = text.first(ignoringCase: name), let equals = text.first(UInt8(ascii: "="), from: at) else {
      return text.extracting(0..<0)
    }
    var end = equals + 1
    while let byte = text.byte(end), byte != UInt8(ascii: "&"), byte != UInt8(ascii: "_"), byte != UInt8(ascii: "/") {
      end += 1
    }
    return text.extracting((equals + 1)..<end)
  }

  /// `user:password@` of a URI (RFC 3986 section 3.2.1).
  private mutating func userInfo(_ authority: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let at = authority.first(UInt8(ascii: "@")) else { return }
    let colon = authority.first(UInt8(ascii: ":")) ?? at
    login.name(authority.extracting(0..<Swift.min(colon, at)))
    let password = authority.clamped(from: colon + 1, count: at - colon - 1)
    login.sent(.clearText, login.judge(password: password), into: &out)
  }

  private mutating func authorization(_ value: Span<UInt8>, into out: inout ObservationBuffer) {
    if value.hasASCII(ignoringCase: "basic ") {
      let decoded = Base64.decode(value.rest(from: 6))
      let pair = decoded.span
      let colon = pair.first(UInt8(ascii: ":")) ?? pair.count
      login.name(pair.extracting(0..<colon))
      let strength = login.judge(password: pair.rest(from: colon + 1))
      login.sent(.httpBasic, strength, into: &out)
      tell(.userName, pair.extracting(0..<colon), into: &out)
    } else if value.hasASCII(ignoringCase: "digest ") {
      let account = value.attribute("username")
      login.name(account)
      login.sent(.httpDigest, .unknown, into: &out)
      tell(.userName, account, into: &out)
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code < UInt64(RTSPMethod.all.count) else {
      return OperationDescription(code: "?", name: "unregistered or unseen method", kind: .other)
    }
    let method = RTSPMethod.all[Int(code)]
    return OperationDescription(code: "\(method.name)", name: "\(method.name)".lowercased(), kind: method.kind)
  }
}

/// Methods of RFC 2326 section 10 and RFC 7826 section 13 as operation codes.
enum RTSPMethod {
  static let unknown: UInt64 = 0xff

  static let all: [(name: StaticString, kind: OperationKind)] = [
    ("OPTIONS", .discover), ("DESCRIBE", .read), ("ANNOUNCE", .write), ("SETUP", .session), ("PLAY", .read),
    ("PAUSE", .session), ("TEARDOWN", .session), ("GET_PARAMETER", .read), ("SET_PARAMETER", .configure),
    ("REDIRECT", .session), ("RECORD", .write), ("PLAY_NOTIFY", .report), ("PING", .diagnose),
  ]

  static func code(of name: Span<UInt8>) -> UInt64 {
    for index in all.indices where name.count == all[index].name.utf8CodeUnitCount && name.hasASCII(all[index].name) {
      return UInt64(index)
    }
    return unknown
  }
}
