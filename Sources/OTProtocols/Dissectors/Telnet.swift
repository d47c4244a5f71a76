import OTCore

/// Telnet, RFC 854 and RFC 855: option negotiation, what the server shows first, and logins at its prompts.
///
/// Each chunk of bytes is one data unit. The account's name is kept, the password only while it is being typed.
public struct Telnet: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "telnet", name: "Telnet", specification: "RFC 854, RFC 855", isIndustrial: false,
      depth: [.identity, .operations], reads: "negotiation, banner, logins (account only); no terminal contents",
      displayFilter: "telnet")
  ]
  public static let claims: [Claim] = [.tcp(23), .tcp(2323), .tcp(992)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private static let negotiation: UInt64 = 0
  private static let data: UInt64 = 1
  private static let loginAttempt: UInt64 = 2

  private enum Phase { case idle, account, password, answer }
  private var phase = Phase.idle
  private var login = PendingLogin()
  /// What is typed at a password prompt, until the line ends; never longer than a well-known password.
  private var typed: [UInt8] = []
  private static let typedBytes = 17
  /// The server's last line, in which prompts are looked for.
  private var line: [UInt8] = []
  private static let lineBytes = 96
  private var banner: [UInt8] = []
  private var bannerIsTold = false
  private static let bannerBytes = 256

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, !bytes.isEmpty else { return .notThisProtocol }
    if hint.isEstablished { return .pdu(byteCount: bytes.count) }
    if !hint.isClaimed { return startsWithNegotiation(bytes) ? .pdu(byteCount: bytes.count) : .notThisProtocol }
    if bytes[0] == 0xff {
      guard let command = bytes.byte(1) else { return .needMore }
      return command >= 240 && command != 255 ? .pdu(byteCount: bytes.count) : .notThisProtocol
    }
    return bytes.isPlainText && isASCII(bytes) ? .pdu(byteCount: bytes.count) : .notThisProtocol
  }

  /// Two requests of RFC 854 for options that exist (RFC 1091, RFC 2217 and what IANA lists below 50), one behind the
  /// other: what is believed on any port, such as those of device servers.
  private static func startsWithNegotiation(_ bytes: Span<UInt8>) -> Bool {
    for index in [0, 3] {
      guard bytes.byte(index) == 0xff, let verb = bytes.byte(index + 1), (251...254).contains(verb),
        let option = bytes.byte(index + 2), option < 50
      else { return false }
    }
    return true
  }

  private static func isASCII(_ bytes: Span<UInt8>) -> Bool {
    for index in bytes.indices where bytes[index] > 127 { return false }
    return true
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let role: Operation.Role = context.senderIsClient ? .request : .response
    // What comes behind a loss may be the password already: it must not become a name.
    if context.afterGap, context.senderIsClient, phase == .account {
      login.clearName()
      phase = .idle
    }
    var negotiated = false
    var shown = false
    while let byte = pdu.peek() {
      if byte == 0xff {
        negotiated = Self.skipCommand(&pdu) || negotiated
      } else {
        try pdu.skip(1, "data")
        shown = true
        if context.senderIsClient { type(byte, into: &out) } else { show(byte) }
      }
    }
    if negotiated { out.operation(Operation(Self.negotiation, role)) }
    if shown { out.operation(Operation(Self.data, role)) }
    if !context.senderIsClient, shown { lookForPrompt(into: &out) }
  }

  /// IAC and what belongs to it, RFC 854 page 13; whether it was a command (and no escaped 255).
  private static func skipCommand(_ pdu: inout ByteCursor) -> Bool {
    let command = pdu.peek(1) ?? 0
    var length = 2
    if command >= 251, command <= 254 {
      length = 3
    } else if command == 250 {
      // Subnegotiation up to IAC SE.
      while let byte = pdu.peek(length), !(byte == 0xff && pdu.peek(length + 1) == 240) { length += 1 }
      length += 2
    }
    _ = try? pdu.skip(min(length, pdu.remaining), "command")
    return command != 0xff
  }

  // MARK: the server's screen

  private mutating func show(_ byte: UInt8) {
    let isBreak = byte == 10 || byte == 13
    if isBreak {
      line.removeAll(keepingCapacity: true)
    } else if byte >= 32 {
      // A long line keeps its end, where the prompt is.
      if line.count >= Self.lineBytes { line.removeFirst(Self.lineBytes / 2) }
      line.append(byte)
    }
    guard !bannerIsTold, banner.count < Self.bannerBytes else { return }
    if byte >= 32, byte != 127 {
      banner.append(byte)
    } else if isBreak, let last = banner.last, last != 32 {
      banner.append(32)
    }
  }

  private mutating func lookForPrompt(into out: inout ObservationBuffer) {
    let prompt = Self.prompt(line.span)
    if phase == .answer {
      if prompt != nil || Self.refuses(line.span) {
        login.answered(false, into: &out)
        phase = .idle
      } else if Self.isShell(line.span) {
        login.answered(true, into: &out)
        phase = .idle
      }
    }
    if prompt != nil || banner.count >= Self.bannerBytes { tellBanner(into: &out) }
    switch prompt {
    case .account:
      login.clearName()
      phase = .account
    case .password:
      typed.removeAll(keepingCapacity: true)
      phase = .password
    default: break
    }
    // The prompt is answered once; its echo must not ask again.
    if prompt != nil { line.removeAll(keepingCapacity: true) }
  }

  private mutating func tellBanner(into out: inout ObservationBuffer) {
    guard !bannerIsTold else { return }
    bannerIsTold = true
    out.identity(.sender, .banner, out.text(banner.span))
    banner = []
  }

  /// In English, German, French, Spanish, Portuguese. They are looked for first: a question may be for a user's password.
  private static let passwordWords: [StaticString] = [
    "passw", "passcode", "passphrase", "pin code", "pin:", "kennwort", "mot de passe", "contrase", "-passe",
    "senha",
  ]
  /// Also in Italian.
  private static let accountWords: [StaticString] = [
    "login", "user", "benutzer", "anmelde", "identifiant", "utilisateur", "usuario", "utente",
  ]

  private static func prompt(_ line: Span<UInt8>) -> Phase? {
    let text = line.trimmed()
    guard let last = text.byte(text.count - 1), last == UInt8(ascii: ":") || last == UInt8(ascii: ">") else {
      return nil
    }
    let tail = text.clamped(from: text.count - 24, count: 24)
    for word in passwordWords where tail.first(ignoringCase: word) != nil { return .password }
    for word in accountWords where tail.first(ignoringCase: word) != nil { return .account }
    return nil
  }

  private static func refuses(_ line: Span<UInt8>) -> Bool {
    line.first(ignoringCase: "incorrect") != nil || line.first(ignoringCase: "invalid") != nil
      || line.first(ignoringCase: "failed") != nil || line.first(ignoringCase: "denied") != nil
      || line.first(ignoringCase: "wrong") != nil
  }

  /// `$`, `#`, `>`, `%` at the end of the line: a shell or a menu waits.
  private static func isShell(_ line: Span<UInt8>) -> Bool {
    let text = line.trimmed()
    guard let last = text.byte(text.count - 1) else { return false }
    return last == 35 || last == 36 || last == 37 || last == 62
  }

  // MARK: the client's keys

  private mutating func type(_ byte: UInt8, into out: inout ObservationBuffer) {
    switch phase {
    case .account:
      switch byte {
      case 13, 10:
        if login.hasName {
          out.identity(.sender, .userName, login.text(into: &out))
          phase = .idle
        }
      case 8, 127: login.eraseLast()
      case 32...: login.append(byte)
      default: break
      }
    case .password:
      switch byte {
      case 13, 10:
        out.operation(Operation(Self.loginAttempt, .request))
        login.sent(.clearText, login.judge(password: typed.span), into: &out)
        typed.removeAll(keepingCapacity: true)
        phase = .answer
      case 8, 127: _ = typed.popLast()
      case 32...: if typed.count < Self.typedBytes { typed.append(byte) }
      default: break
      }
    case .idle, .answer: break
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    switch code {
    case negotiation: OperationDescription(code: "negotiation", name: "option negotiation", kind: .session)
    case loginAttempt: OperationDescription(code: "login", name: "login", kind: .authenticate)
    default: OperationDescription(code: "data", name: "terminal data", kind: .other)
    }
  }
}
