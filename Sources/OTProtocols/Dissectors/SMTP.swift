import OTCore

/// Simple Mail Transfer Protocol, RFC 5321, with logins (RFC 4954) and STARTTLS (RFC 3207). Alarm servers speak it; so does
/// what steals.
public struct SMTP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "smtp", name: "Simple Mail Transfer Protocol", specification: "RFC 5321, RFC 4954, RFC 3207",
      isIndustrial: false, depth: [.identity, .operations],
      reads: "banner, names, logins (account only), senders, recipients, STARTTLS; no mail", displayFilter: "smtp")
  ]
  public static let claims: [Claim] = [.tcp(25), .tcp(587), .tcp(2525)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private static let greeting = UInt64(MailVerb.smtp.count)
  private static let unknown = greeting + 1
  private static let data: UInt64 = 5

  private var sawGreeting = false
  /// Commands that wait for their reply, oldest in the low byte: a client may send several at once (RFC 2920).
  private var pending: UInt64 = 0
  private var pendingCount: UInt64 = 0
  private var text = MailText()
  private var isData = false

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    MailText.frame(bytes, hint, greeting: "220") { line in
      if line.hasASCII("220"), line.byte(3) == 32 || line.byte(3) == 45 {
        return line.first(ignoringCase: "smtp") != nil || (hint.isClaimed && line.first(ignoringCase: "ftp") == nil)
      }
      guard hint.isClaimed else { return false }
      if let code = line.decimal, code >= 200, code < 600 { return line.byte(3) == 32 || line.byte(3) == 45 }
      return MailVerb.index(of: line, in: MailVerb.smtp) != nil
    }
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let line = pdu.bytes.trimmed()
    if !context.senderIsClient { return reply(line, into: &out) }
    if context.afterGap { text.lost() }
    if isData {
      // The mail ends with a line that is one point.
      if line.count == 1, line[0] == UInt8(ascii: ".") { isData = false }
      return
    }
    if text.readSecret(line, into: &out) { return }
    command(line, into: &out)
  }

  private mutating func command(_ line: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let index = MailVerb.index(of: line, in: MailVerb.smtp) else {
      if !line.isEmpty { out.operation(Operation(Self.unknown, .request)) }
      return
    }
    let code = UInt64(index)
    if pendingCount < 8 {
      pending |= code << (8 * pendingCount)
      pendingCount += 1
    }
    let argument = line.rest(from: (line.first(32) ?? line.count) + 1).trimmed()
    var object = TextRef.none
    switch index {
    case 0, 1:
      object = out.text(argument)
      out.identity(.sender, .hostname, object)
    case 2: text.startLogin(argument, into: &out)
    case 3, 4:
      let address = argument.rest(from: (argument.first(UInt8(ascii: ":")) ?? -1) + 1)
        .trimmed()
      object = out.text(address.extracting(0..<(address.first(32) ?? address.count)))
    case 6:
      // RFC 3030: that many bytes of mail follow.
      out.skip(argument.decimal ?? 0)
    default: break
    }
    out.operation(Operation(code, .request, object: object.isEmpty ? .none : .text(object)))
  }

  private mutating func reply(_ line: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let code = line.decimal, code >= 200, code < 600, line.count >= 3 else { return }
    if !sawGreeting, code == 220 {
      sawGreeting = true
      out.identity(.sender, .banner, out.text(line.rest(from: 4)))
      if pendingCount == 0, line.byte(3) != UInt8(ascii: "-") {
        out.operation(Operation(Self.greeting, .response, outcome: .success))
      }
    }
    if code == 354 { isData = true }
    guard line.byte(3) != UInt8(ascii: "-"), pendingCount > 0 else { return }
    // 334 asks for the next part of a login.
    if code == 334 { return text.challenge(line.rest(from: 4)) }
    let asked = pending & 0xff
    pending >>= 8
    pendingCount -= 1
    out.operation(
      Operation(asked, .response, outcome: code < 400 ? .success : .failure(UInt32(truncatingIfNeeded: code))))
    if asked == 2 { text.answered(code < 400, into: &out) }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    MailVerb.describe(code, MailVerb.smtp)
  }
}
