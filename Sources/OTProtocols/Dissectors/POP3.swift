import OTCore

/// Post Office Protocol version 3, RFC 1939, with logins (RFC 5034) and STLS (RFC 2595).
public struct POP3: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "pop", name: "Post Office Protocol 3", specification: "RFC 1939, RFC 5034, RFC 2595", isIndustrial: false,
      depth: [.identity, .operations], reads: "banner, logins (account only), STLS; no mail", displayFilter: "pop")
  ]
  public static let claims: [Claim] = [.tcp(110)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private static let greeting = UInt64(MailVerb.pop.count)

  private var sawGreeting = false
  private var pending: UInt64?
  private var text = MailText()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    MailText.frame(bytes, hint, greeting: "+OK ") { line in
      // Elsewhere it must say what it is: its name, or the time and host of RFC 1939 section 7.
      guard hint.isClaimed else {
        return line.hasASCII("+OK ")
          && (line.first(ignoringCase: "pop3") != nil
            || (line.first(UInt8(ascii: "<")) != nil && line.first(UInt8(ascii: "@")) != nil
              && line.first(UInt8(ascii: ">")) != nil))
      }
      return line.hasASCII("+OK") || line.hasASCII("-ERR") || MailVerb.index(of: line, in: MailVerb.pop) != nil
    }
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let line = pdu.bytes.trimmed()
    if context.senderIsClient {
      if context.afterGap { text.lost() }
      if text.readSecret(line, into: &out) { return }
      guard let index = MailVerb.index(of: line, in: MailVerb.pop) else { return }
      command(index, line.rest(from: (line.first(32) ?? line.count) + 1).trimmed(), into: &out)
    } else if line.hasASCII("+OK") || line.hasASCII("-ERR") {
      reply(line, into: &out)
    } else if line.hasASCII("+ ") || line.equals(ignoringCase: "+") {
      text.challenge(line.rest(from: 2))
    }
  }

  private mutating func command(_ index: Int, _ argument: Span<UInt8>, into out: inout ObservationBuffer) {
    pending = UInt64(index)
    out.operation(Operation(UInt64(index), .request))
    switch index {
    case 0:
      text.login.name(argument)
      out.identity(.sender, .userName, out.text(argument))
    case 1: text.login.sent(.clearText, text.login.judge(password: argument), into: &out)
    case 2: text.startLogin(argument, into: &out)
    case 3:
      // APOP: name and a digest over the greeting's time and the password.
      let name = argument.extracting(0..<(argument.first(32) ?? argument.count))
      text.login.name(name)
      out.identity(.sender, .userName, out.text(name))
      text.login.sent(.challengeResponse, .unknown, into: &out)
    default: break
    }
  }

  private mutating func reply(_ line: Span<UInt8>, into out: inout ObservationBuffer) {
    let accepted = line[0] == UInt8(ascii: "+")
    if !sawGreeting, pending == nil {
      sawGreeting = true
      out.identity(.sender, .banner, out.text(line.rest(from: 4)))
      out.operation(Operation(Self.greeting, .response, outcome: accepted ? .success : .failure(0)))
      return
    }
    guard let asked = pending else { return }
    pending = nil
    out.operation(Operation(asked, .response, outcome: accepted ? .success : .failure(0)))
    if (1...3).contains(asked) { text.answered(accepted, into: &out) }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    MailVerb.describe(code, MailVerb.pop)
  }
}
