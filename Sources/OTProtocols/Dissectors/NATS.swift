import OTCore

/// NATS client protocol (its documentation, "Client Protocol"): lines of text between a client and a message server.
public struct NATS: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "nats", name: "NATS", specification: "NATS client protocol documentation", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "server's version and name, client's name and language, login (account only), subjects",
      displayFilter: "nats")
  ]
  public static let claims: [Claim] = [.tcp(4222)]
  public static let probe = ProbeStrength.strong

  private static let lineBytes = 8192
  private static let verbs: [(verb: StaticString, name: StaticString, kind: OperationKind)] = [
    ("info", "info", .discover), ("connect", "connect", .session), ("pub", "publish", .report),
    ("hpub", "publish with headers", .report), ("sub", "subscribe", .read), ("unsub", "unsubscribe", .other),
    ("msg", "message", .report), ("hmsg", "message with headers", .report), ("ping", "ping", .session),
    ("pong", "pong", .session), ("+ok", "acknowledgement", .session), ("-err", "error", .session),
  ]

  private var login = PendingLogin()

  public init() {}

  private static func verb(_ line: Span<UInt8>) -> Int? {
    for index in verbs.indices where line.hasASCII(ignoringCase: verbs[index].verb) {
      let next = line.byte(verbs[index].verb.utf8CodeUnitCount)
      if next == 32 || next == 9 || next == 13 { return index }
    }
    return nil
  }

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    guard hint.isEstablished else {
      // A server speaks first, and names itself.
      guard bytes.hasASCII("INFO {") else {
        return hint.isClaimed && bytes.isStart(of: "INFO {") ? .needMore : .notThisProtocol
      }
      guard let end = bytes.lineEnd(limit: lineBytes) else {
        return bytes.count < lineBytes ? .needMore : .notThisProtocol
      }
      return bytes.extracting(0..<end).first(ignoringCase: "\"server_id\"") != nil
        ? .pdu(byteCount: end) : .notThisProtocol
    }
    if bytes.byte(0) == 13 { return bytes.count < 2 ? .needMore : .pdu(byteCount: 2) }
    guard let end = bytes.lineEnd(limit: lineBytes) else {
      return bytes.count < lineBytes ? .needMore : .notThisProtocol
    }
    return verb(bytes.extracting(0..<end)) != nil ? .pdu(byteCount: end) : .notThisProtocol
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let line = pdu.rest().trimmed()
    // The line end behind a payload.
    guard !line.isEmpty else { return }
    guard let verb = Self.verb(pdu.bytes) else { throw DecodeError("verb", at: 0, .invalid) }
    var operation = Operation(UInt64(verb), context.senderIsClient ? .request : .response)
    defer { out.operation(operation) }
    let rest = line.rest(from: Self.verbs[verb].verb.utf8CodeUnitCount).trimmed()
    switch verb {
    case 0:
      tell("\"version\"", of: rest, .sender, .softwareVersion, into: &out)
      tell("\"server_name\"", of: rest, .sender, .name, into: &out)
      if let at = rest.first(ignoringCase: "\"auth_required\"") {
        let value = rest.clamped(from: at + 15, count: 8)
        if value.first(ignoringCase: "true") != nil { out.property(.authentication, out.text("required")) }
      }
    case 1:
      tell("\"name\"", of: rest, .sender, .clientID, into: &out)
      tell("\"lang\"", of: rest, .sender, .application, into: &out)
      readLogin(rest, into: &out)
    case 2, 3, 6, 7:
      operation.object = .text(out.text(rest.extracting(0..<(rest.first(32) ?? rest.count))))
      // The last number of the line is the size of the payload.
      var start = rest.count
      while start > 0, rest[start - 1] >= 48, rest[start - 1] <= 57 { start -= 1 }
      out.skip(rest.extracting(start..<rest.count).decimal ?? 0)
    case 4: operation.object = .text(out.text(rest.extracting(0..<(rest.first(32) ?? rest.count))))
    case 9, 10: if login.isPending { login.answered(true, into: &out) }
    case 11:
      operation.outcome = .failure(0)
      if login.isPending, rest.first(ignoringCase: "authorization") != nil { login.answered(false, into: &out) }
    default: break
    }
  }

  private mutating func readLogin(_ options: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let password = Self.member("\"pass\"", of: options) ?? Self.member("\"auth_token\"", of: options) else {
      return
    }
    let account = Self.member("\"user\"", of: options) ?? 0..<0
    login.name(options.extracting(account))
    if !account.isEmpty { out.identity(.sender, .userName, out.text(options.extracting(account))) }
    login.sent(.protocolPassword, login.judge(password: options.extracting(password)), into: &out)
  }

  private func tell(
    _ name: StaticString, of object: Span<UInt8>, _ subject: Subject, _ attribute: IdentityAttribute,
    into out: inout ObservationBuffer
  ) {
    if let value = Self.member(name, of: object) {
      out.identity(subject, attribute, out.text(object.extracting(value)))
    }
  }

  /// Where the text of a member of a flat JSON object stands (RFC 8259); escapes end it.
  private static func member(_ name: StaticString, of object: Span<UInt8>) -> Range<Int>? {
    guard let at = object.first(ignoringCase: name) else { return nil }
    var start = at + name.utf8CodeUnitCount
    while let byte = object.byte(start), byte == 32 || byte == UInt8(ascii: ":") { start += 1 }
    guard object.byte(start) == UInt8(ascii: "\"") else { return nil }
    var end = start + 1
    while let byte = object.byte(end), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { end += 1 }
    return end <= object.count ? (start + 1)..<end : nil
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code < UInt64(verbs.count) else { return OperationDescription(code: "?", name: "unknown", kind: .other) }
    let entry = verbs[Int(code)]
    return OperationDescription(code: "\(entry.verb)".uppercased(), name: "\(entry.name)", kind: entry.kind)
  }
}
