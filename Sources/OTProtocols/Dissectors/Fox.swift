import OTCore

/// Niagara Fox: Tridium's building controllers and workbenches. No public specification; a text frame as any greeting
/// shows it: `fox a 1 -1 fox hello`, fields in braces, `;;`. Kinds of frames and the order of a login as published by those
/// who read the classes of Niagara 4.14 (`com.tridium.fox.session`).
public struct Fox: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "fox", name: "Niagara Fox", specification: "none public; Niagara 3 and 4 greetings", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "channel and command of each message; host, station, application, system and licence of a greeting; user, "
        + "method and outcome of a login",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.tcp(1911)]
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()
  private var login = PendingLogin()

  public init() {}

  /// `fox `, a letter (asynchronous, synchronous…), and so on up to a line `};;`: texts and octets of fields may have two
  /// semicolons, too.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let first = bytes.byte(0) else { return .notThisProtocol }
    guard first == UInt8(ascii: "f") else { return .notThisProtocol }
    guard bytes.count >= 6 else { return hint.isClaimed || hint.isEstablished ? .needMore : .notThisProtocol }
    guard bytes.hasASCII("fox "), bytes[4] >= 0x61, bytes[4] <= 0x7a, bytes[5] == 0x20 else { return .notThisProtocol }
    var index = 6
    while let next = bytes.first(UInt8(ascii: "}"), from: index) {
      if bytes[next - 1] == 10, bytes.be16(next + 1) == 0x3b3b, bytes.byte(next + 3) ?? 10 == 10 {
        return .pdu(byteCount: bytes.count > next + 3 ? next + 4 : next + 3)
      }
      index = next + 1
    }
    return bytes.count < 1 << 16 ? .needMore : .notThisProtocol
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let bytes = pdu.bytes
    guard let end = bytes.lineEnd() else { throw DecodeError("header line", at: 0, .truncated) }
    // fox, kind, sequence, answered sequence, channel, command.
    var words = Words(bytes.extracting(0..<(end - 1)).trimmed())
    _ = words.next()
    let kind = words.next().byte(0) ?? 0
    for _ in 0..<2 { _ = words.next() }
    let channel = words.next()
    let command = words.next()
    out.operation(Self.operation(Self.code(channel, command), kind, context))
    if channel.equals(ignoringCase: "fox") { authenticate(command, bytes, from: end, into: &out) }
    guard told.isNew(bytes.extracting(end..<bytes.count)) else { return }
    fields(bytes, from: end, into: &out)
  }

  /// A login: the client names its user, the server the method, then both exchange proofs until the server welcomes the
  /// client or not.
  private mutating func authenticate(
    _ command: Span<UInt8>, _ bytes: Span<UInt8>, from start: Int, into out: inout ObservationBuffer
  ) {
    if command.equals(ignoringCase: "username") || command.equals(ignoringCase: "login") {
      guard let name = Self.field("username", bytes, from: start) else { return }
      login.name(name)
      let text = out.text(name)
      out.identity(.sender, .userName, text)
      login.sent(.challengeResponse, .unknown, into: &out)
    } else if command.equals(ignoringCase: "challenge") {
      guard let method = Self.field("method", bytes, from: start), told.isNew(method, salt: 1) else { return }
      out.property(.authentication, out.text(method))
    } else if command.equals(ignoringCase: "welcome") {
      login.answered(true, into: &out)
    } else if command.equals(ignoringCase: "rejected") {
      login.answered(false, into: &out)
    }
  }

  /// Value of the field of this name, which is given in lower case.
  @_lifetime(copy bytes)
  private static func field(_ name: StaticString, _ bytes: Span<UInt8>, from start: Int) -> Span<UInt8>? {
    var index = start
    for _ in 0..<Limits.itemsPerPDU {
      guard let end = bytes.lineEnd(from: index) else { return nil }
      let line = bytes.extracting(index..<end).trimmed()
      index = end
      guard let equals = line.first(UInt8(ascii: "=")), line.byte(equals + 2) == UInt8(ascii: ":"),
        line.extracting(0..<equals).equals(ignoringCase: name)
      else { continue }
      let value = line.extracting((equals + 3)..<line.count)
      return value.isEmpty || !value.isPrintable ? nil : value
    }
    return nil
  }

  /// Either side asks (`s`) and is answered (`r`, `n` where there is nothing to say, `e` where something failed); other
  /// messages (`a`, `k`, `c`) are of who sends them.
  private static func operation(_ code: UInt64, _ kind: UInt8, _ context: PDUContext) -> Operation {
    switch kind {
    case UInt8(ascii: "s"):
      var operation = Operation(code, .request)
      operation.isCallback = context.directionIsCertain && !context.senderIsClient
      return operation
    case UInt8(ascii: "r"), UInt8(ascii: "n"), UInt8(ascii: "e"):
      var operation = Operation(
        code, .response, outcome: kind == UInt8(ascii: "e") ? .failure(0) : .success)
      operation.isCallback = context.directionIsCertain && context.senderIsClient
      return operation
    default: return Operation(code, context.senderIsClient ? .request : .response)
    }
  }

  /// Words between blanks.
  private struct Words: ~Escapable {
    private let text: Span<UInt8>
    private var index = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) { self.text = text }

    @_lifetime(copy self)
    mutating func next() -> Span<UInt8> {
      while text.byte(index) == 0x20 { index += 1 }
      let start = index
      while index < text.count, text[index] != 0x20 { index += 1 }
      return text.extracting(start..<index)
    }
  }

  // MARK: greeting

  /// `name=type:value`, a line each.
  private func fields(_ bytes: Span<UInt8>, from start: Int, into out: inout ObservationBuffer) {
    var index = start
    for _ in 0..<Limits.itemsPerPDU {
      guard let end = bytes.lineEnd(from: index) else { return }
      let line = bytes.extracting(index..<end).trimmed()
      index = end
      guard let equals = line.first(UInt8(ascii: "=")), line.byte(equals + 2) == UInt8(ascii: ":") else { continue }
      guard let attribute = Self.attribute(line.extracting(0..<equals)) else { continue }
      out.identity(.sender, attribute, out.text(line.extracting((equals + 3)..<line.count)))
    }
  }

  private static func attribute(_ name: Span<UInt8>) -> IdentityAttribute? {
    if name.equals(ignoringCase: "hostname") { return .hostname }
    if name.equals(ignoringCase: "hostaddress") { return .address }
    if name.equals(ignoringCase: "app.name") { return .application }
    if name.equals(ignoringCase: "app.version") { return .softwareVersion }
    if name.equals(ignoringCase: "vm.name") || name.equals(ignoringCase: "vm.version") { return .other }
    if name.equals(ignoringCase: "os.name") || name.equals(ignoringCase: "os.version") { return .operatingSystem }
    if name.equals(ignoringCase: "station.name") { return .stationName }
    if name.equals(ignoringCase: "hostid") { return .deviceID }
    if name.equals(ignoringCase: "vmuuid") { return .clientID }
    if name.equals(ignoringCase: "brandid") { return .vendor }
    return nil
  }

  // MARK: names

  private static let channels: [StaticString] = [
    "fox", "station", "file", "history", "alarm", "sys", "broker", "nav", "user", "transaction", "license", "backup",
    "prov", "platform", "px", "circuit", "spy", "data",
  ]
  private static let commands: [StaticString] = [
    "hello", "challenge", "login", "welcome", "rejected", "close", "keepalive", "opened", "open", "unlogin", "auth",
    "authenticate", "sync", "read", "write", "invoke", "get", "set", "subscribe", "unsubscribe", "list", "save", "ping",
    "kerberos", "username", "clientkeyexchangemethod", "authmessage1", "authmessage2", "srp6clienta", "srp6serverb",
    "srp6m1", "srp6m2", "retry", "redirect", "busy", "stream",
  ]

  /// Places in the lists of channels and commands, from 1; 0 for what is not in them.
  private static func code(_ channel: Span<UInt8>, _ command: Span<UInt8>) -> UInt64 {
    place(channel, channels) << 16 | place(command, commands)
  }

  private static func place(_ word: Span<UInt8>, _ list: [StaticString]) -> UInt64 {
    for index in list.indices where word.equals(ignoringCase: list[index]) {
      return UInt64(truncatingIfNeeded: index + 1)
    }
    return 0
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    func word(_ place: UInt64, _ list: [StaticString]) -> String {
      place >= 1 && place <= UInt64(list.count) ? list[Int(place - 1)].description : "other"
    }
    let command = word(code & 0xffff, commands)
    let kind: OperationKind =
      switch command {
      case "hello": .discover
      case "challenge", "login", "rejected", "auth", "authenticate", "username", "kerberos", "retry",
        "clientkeyexchangemethod", "authmessage1", "authmessage2", "srp6clienta", "srp6serverb", "srp6m1", "srp6m2":
        .authenticate
      case "read", "get", "list", "subscribe": .read
      case "write", "set": .write
      case "invoke": .control
      case "save": .program
      case "other": .other
      default: .session
      }
    let text = "\(word(code >> 16, channels)) \(command)"
    return OperationDescription(code: text, name: text, kind: kind)
  }
}
