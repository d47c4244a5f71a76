import OTCore

/// Redis serialization protocol, version 2 and 3: redis.io, "RESP protocol specification". A server that asks for no
/// password runs what it is told.
public struct Redis: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "resp", name: "Redis", specification: "redis.io, RESP protocol specification", isIndustrial: false,
      depth: [.identity, .operations], reads: "commands and their key, logins (account only), server's version",
      displayFilter: "resp")
  ]
  public static let claims: [Claim] = [.tcp(6379), .tcp(6380)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var pending: UInt64?
  private var login = PendingLogin()

  private static let unknown = UInt64(commands.count)
  private static let lineBytes = 65_536

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let first = bytes.byte(0) else { return .notThisProtocol }
    if first == UInt8(ascii: "*"), hint.senderIsClient || !hint.isEstablished { return command(bytes, hint) }
    guard hint.isEstablished || hint.isClaimed, "+-:$*_#,(!=%~>".utf8.contains(first) || hint.isEstablished else {
      return .notThisProtocol
    }
    guard let end = bytes.lineEnd(limit: lineBytes) else {
      return bytes.count < lineBytes ? .needMore : .pdu(byteCount: lineBytes)
    }
    if !hint.isEstablished, hint.senderIsClient || !isReply(bytes.extracting(0..<end)) { return .notThisProtocol }
    return .pdu(byteCount: end)
  }

  /// Whether a line that nobody asked for is a reply: a word in capitals, a number or a length.
  private static func isReply(_ line: Span<UInt8>) -> Bool {
    guard line.count >= 4, line[line.count - 2] == 13 else { return false }
    switch line[0] {
    case UInt8(ascii: "+"), UInt8(ascii: "-"): return (65...90).contains(line[1]) && (65...90).contains(line[2])
    case UInt8(ascii: ":"), UInt8(ascii: "$"), UInt8(ascii: "*"):
      for index in 1..<(line.count - 2) where !(48...57).contains(line[index]) && (index > 1 || line[1] != 45) {
        return false
      }
      return true
    default: return false
    }
  }

  /// `*n CRLF` and n times `$length CRLF text CRLF`; of a long text only the head.
  private static func command(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard var index = bytes.lineEnd(limit: 32) else {
      return bytes.count < 32 && (hint.isClaimed || hint.isEstablished) ? .needMore : .notThisProtocol
    }
    guard let count = bytes.clamped(from: 1, count: 12).decimal, count > 0, count < 100_000,
      bytes.byte(index - 2) == 13
    else { return .notThisProtocol }
    for argument in 0..<min(count, Limits.itemsPerPDU) {
      guard let next = bytes.byte(index) else { return .needMore }
      guard next == UInt8(ascii: "$") else { return .notThisProtocol }
      guard let line = bytes.lineEnd(from: index, limit: 32) else {
        return bytes.count - index < 32 ? .needMore : .notThisProtocol
      }
      guard let length = bytes.clamped(from: index + 1, count: 12).decimal, length < 1 << 30 else {
        return .notThisProtocol
      }
      if argument == 0, length == 0 || length > 64 { return .notThisProtocol }
      // What is stored under a key may be large.
      guard length <= 16_384 else { return .pdu(byteCount: line) }
      index = line + length + 2
      if index > bytes.count { return .needMore }
    }
    return .pdu(byteCount: index)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let bytes = pdu.bytes
    if context.senderIsClient {
      guard bytes.byte(0) == UInt8(ascii: "*") else { return }
      ask(bytes, into: &out)
      return
    }
    if bytes.hasASCII("redis_version:") {
      let word = out.text("Redis ")
      out.identity(.sender, .softwareVersion, word.through(out.text(bytes.extracting(14..<bytes.count).trimmed())))
    } else if bytes.hasASCII("os:") {
      out.identity(.sender, .operatingSystem, out.text(bytes.extracting(3..<bytes.count).trimmed()))
    }
    guard let code = pending, let first = bytes.byte(0), "+-:$*_#,(!=%~".utf8.contains(first) else { return }
    pending = nil
    let failed = first == UInt8(ascii: "-")
    let needsLogin = bytes.hasASCII("-NOAUTH") || bytes.hasASCII("-WRONGPASS")
    out.operation(Operation(code, .response, outcome: failed ? .failure(needsLogin ? 1 : 0) : .success))
    if needsLogin { out.property(.authentication, out.text("required")) }
    login.answered(!failed, into: &out)
  }

  private mutating func ask(_ bytes: Span<UInt8>, into out: inout ObservationBuffer) {
    var index = bytes.lineEnd(limit: 32) ?? bytes.count
    let name = Self.argument(bytes, &index)
    let count = bytes.clamped(from: 1, count: 12).decimal ?? 1
    var code = Self.unknown
    for place in Self.commands.indices where bytes.extracting(name).equals(ignoringCase: Self.commands[place].0) {
      code = UInt64(place)
    }
    let first = Self.argument(bytes, &index)
    pending = code
    if code == 0 {
      // AUTH [user] password
      let account = count > 2 ? first : 0..<0
      let secret = count > 2 ? Self.argument(bytes, &index) : first
      login.name(bytes.extracting(account))
      out.operation(Operation(code, .request))
      login.sent(.clearText, login.judge(password: bytes.extracting(secret)), into: &out)
      return
    }
    let object = code == Self.unknown ? name : first
    let text = bytes.extracting(object)
    out.operation(
      Operation(
        code, .request,
        object: text.isEmpty || !text.isPlainText ? .none : .text(out.text(text.clamped(from: 0, count: 128)))))
  }

  private static func argument(_ bytes: Span<UInt8>, _ index: inout Int) -> Range<Int> {
    guard bytes.byte(index) == UInt8(ascii: "$"), let line = bytes.lineEnd(from: index, limit: 32),
      let length = bytes.clamped(from: index + 1, count: 12).decimal
    else { return 0..<0 }
    let end = min(line + min(length, 1 << 24), bytes.count)
    index = min(end + 2, bytes.count)
    return line..<max(line, end)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code < UInt64(commands.count) else {
      return OperationDescription(code: "?", name: "other command", kind: .other)
    }
    let (name, kind) = commands[Int(code)]
    return OperationDescription(code: "\(name)".uppercased(), name: "\(name)", kind: kind)
  }

  /// redis.io, "Commands".
  private static let commands: [(StaticString, OperationKind)] = [
    ("auth", .authenticate), ("get", .read), ("set", .write), ("del", .write), ("hget", .read), ("hgetall", .read),
    ("hset", .write), ("lpush", .write), ("rpush", .write), ("lrange", .read), ("keys", .discover), ("scan", .discover),
    ("info", .discover), ("ping", .diagnose), ("publish", .write), ("subscribe", .session), ("psubscribe", .session),
    ("config", .configure), ("slaveof", .configure), ("replicaof", .configure), ("module", .program),
    ("eval", .program),
    ("evalsha", .program), ("flushall", .write), ("flushdb", .write), ("save", .write), ("bgsave", .write),
    ("shutdown", .control), ("debug", .diagnose), ("client", .session), ("command", .discover), ("select", .session),
    ("hello", .session), ("exists", .read), ("expire", .write), ("incr", .write), ("mget", .read), ("mset", .write),
    ("setex", .write), ("script", .program), ("acl", .configure), ("monitor", .read), ("quit", .session),
  ]
}
