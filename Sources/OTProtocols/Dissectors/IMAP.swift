import OTCore

/// Internet Message Access Protocol 4rev1, RFC 3501, with STARTTLS.
public struct IMAP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "imap", name: "Internet Message Access Protocol", specification: "RFC 3501", isIndustrial: false,
      depth: [.identity, .operations], reads: "banner, logins (account only), mailboxes, STARTTLS; no mail",
      displayFilter: "imap")
  ]
  public static let claims: [Claim] = [.tcp(143), .tcp(220)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private static let greeting = UInt64(MailVerb.imap.count)

  private var sawGreeting = false
  private var pending: UInt64?
  private var text = MailText()
  /// The literal that the client's next line starts with: account or password of a login.
  private var literal: (count: Int, isSecret: Bool)?

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    MailText.frame(bytes, hint, greeting: "* OK ") { line in
      guard hint.isClaimed else { return line.hasASCII("* OK ") && line.first(ignoringCase: "imap") != nil }
      return line.hasASCII("* OK") || line.hasASCII("* PREAUTH") || line.hasASCII("* BYE")
        || MailVerb.index(of: Self.behindTag(line), in: MailVerb.imap) != nil
    }
  }

  /// Each command starts with a tag of the client's choice, which its answer repeats.
  @_lifetime(copy line)
  private static func behindTag(_ line: Span<UInt8>) -> Span<UInt8> {
    guard let blank = line.first(32), blank > 0, blank <= 16 else { return line.extracting(0..<0) }
    return line.extracting((blank + 1)..<line.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let line = pdu.bytes.trimmed()
    if context.senderIsClient {
      if context.afterGap {
        text.lost()
        literal = nil
      }
      let rest = Self.behindTag(line)
      let verb = MailVerb.index(of: rest, in: MailVerb.imap)
      if let part = literal {
        literal = nil
        // Behind a refusal that was not seen comes the next command, and its password with it.
        if verb == nil { return continueLogin(part, line, into: &out) }
      }
      if text.readSecret(line, into: &out) { return }
      guard let index = verb else { return }
      command(index, rest.rest(from: (rest.first(32) ?? rest.count) + 1).trimmed(), into: &out)
    } else {
      reply(line, into: &out)
    }
    // {n} at the end of a line: that many bytes follow.
    if literal == nil, let count = Self.literalCount(line) { out.skip(count) }
  }

  private mutating func command(_ index: Int, _ argument: Span<UInt8>, into out: inout ObservationBuffer) {
    pending = UInt64(index)
    var object = TextRef.none
    switch index {
    case 0: readLogin(argument, isSecret: false, into: &out)
    case 1: text.startLogin(argument, into: &out)
    case 3, 4: object = out.text(argument.unquoted())
    default: break
    }
    out.operation(Operation(UInt64(index), .request, object: object.isEmpty ? .none : .text(object)))
  }

  /// Account and password, each an atom, a quoted string or a literal: `{n}`, behind which a line starts with n bytes.
  private mutating func readLogin(_ argument: Span<UInt8>, isSecret: Bool, into out: inout ObservationBuffer) {
    if argument.byte(0) == UInt8(ascii: "{"), let count = Self.literalCount(argument) {
      literal = (count, isSecret)
      return
    }
    if isSecret { return sent(argument.unquoted(), into: &out) }
    var end = argument.first(32) ?? argument.count
    if argument.byte(0) == UInt8(ascii: "\""), let quote = argument.first(UInt8(ascii: "\""), from: 1) {
      end = quote + 1
    }
    name(argument.extracting(0..<end).unquoted(), into: &out)
    readLogin(argument.rest(from: end + 1).trimmed(), isSecret: true, into: &out)
  }

  private mutating func continueLogin(
    _ part: (count: Int, isSecret: Bool), _ line: Span<UInt8>, into out: inout ObservationBuffer
  ) {
    let value = line.clamped(from: 0, count: part.count)
    if part.isSecret { return sent(value, into: &out) }
    name(value, into: &out)
    readLogin(line.extracting(value.count..<line.count).trimmed(), isSecret: true, into: &out)
  }

  private mutating func name(_ account: Span<UInt8>, into out: inout ObservationBuffer) {
    text.login.name(account)
    out.identity(.sender, .userName, out.text(account))
  }

  private mutating func sent(_ secret: Span<UInt8>, into out: inout ObservationBuffer) {
    text.login.sent(.clearText, text.login.judge(password: secret), into: &out)
  }

  /// The count of `{n}` or `{n+}` (RFC 7888) at the end of a line.
  private static func literalCount(_ line: Span<UInt8>) -> Int? {
    guard line.byte(line.count - 1) == UInt8(ascii: "}"), let open = line.lastOpenBrace else { return nil }
    return line.extracting((open + 1)..<line.count).decimal
  }

  private mutating func reply(_ line: Span<UInt8>, into out: inout ObservationBuffer) {
    if line.hasASCII("* ") {
      guard !sawGreeting, line.hasASCII("* OK") || line.hasASCII("* PREAUTH") else { return }
      sawGreeting = true
      out.identity(.sender, .banner, out.text(line.rest(from: 2)))
      if pending == nil { out.operation(Operation(Self.greeting, .response, outcome: .success)) }
      return
    }
    if line.byte(0) == UInt8(ascii: "+") { return text.challenge(line.rest(from: 2)) }
    let result = Self.behindTag(line)
    guard let asked = pending,
      result.hasASCII(ignoringCase: "ok") || result.hasASCII(ignoringCase: "no") || result.hasASCII(ignoringCase: "bad")
    else { return }
    pending = nil
    let accepted = result.hasASCII(ignoringCase: "ok")
    if !accepted { literal = nil }
    out.operation(Operation(asked, .response, outcome: accepted ? .success : .failure(0)))
    if asked <= 1 { text.answered(accepted, into: &out) }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    MailVerb.describe(code, MailVerb.imap)
  }
}

extension Span where Element == UInt8 {
  fileprivate var lastOpenBrace: Int? {
    var index = count - 1
    while index >= 0 {
      if self[index] == UInt8(ascii: "{") { return index }
      index -= 1
    }
    return nil
  }

  @_lifetime(copy self)
  fileprivate func unquoted() -> Span<UInt8> {
    count >= 2 && self[0] == UInt8(ascii: "\"") && self[count - 1] == UInt8(ascii: "\"")
      ? extracting(1..<(count - 1)) : extracting(0..<count)
  }
}
