import OTCore

/// SICK's command language to laser scanners, bar code readers and positioning sensors: CoLa A (ASCII) and CoLa B
/// (binary), "Telegram Listing Ranging sensors" 8014631; CoLa 2 (safety scanners) 8023455.
public struct CoLa: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "sick_cola", name: "SICK CoLa A/B", specification: "SICK telegram listing 8014631 (2023), section 3",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "command and variable or method, outcome, device, firmware and serial number, user level of a login; "
        + "no scan data",
      displayFilter: ""),
    ProtocolInfo(
      id: "sick_cola2", name: "SICK CoLa 2", specification: "SICK telegram listing 8023455, section 3",
      isIndustrial: true, depth: .operations, reads: "command, index or name, session", displayFilter: ""),
  ]
  public static let claims: [Claim] = [.tcp(2111), .tcp(2112), .tcp(2122)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var login = PendingLogin()

  private static let stx: UInt8 = 2
  private static let etx: UInt8 = 3
  private static let telegramBytes = 65_536
  private static let cola2: UInt8 = 1

  // MARK: framing

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let first = bytes.byte(0) else { return .needMore }
    guard first == stx else { return .notThisProtocol }
    guard let second = bytes.byte(1) else { return hint.isStream ? .needMore : .notThisProtocol }
    return second == stx ? frameBinary(bytes, hint) : frameText(bytes, hint)
  }

  /// STX, `s`, command, blank, name, …, ETX.
  private static func frameText(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    let isTelegram = isCommand(bytes, at: 1)
    guard isTelegram != false else { return .notThisProtocol }
    guard isTelegram == true, let end = bytes.first(etx) else {
      return hint.isStream && bytes.count < telegramBytes ? .needMore : .notThisProtocol
    }
    return .pdu(byteCount: end + 1)
  }

  /// Four STX, length of 32 bits; then a telegram and its checksum (B), or the header of CoLa 2.
  private static func frameBinary(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    for index in 2..<4 {
      guard let byte = bytes.byte(index) else { return hint.isStream ? .needMore : .notThisProtocol }
      guard byte == stx else { return .notThisProtocol }
    }
    guard let length = bytes.be32(4), bytes.count >= 12 else { return hint.isStream ? .needMore : .notThisProtocol }
    guard length >= 4, length <= UInt32(telegramBytes) else { return .notThisProtocol }
    if isCommand(bytes, at: 8) == true { return .pdu(byteCount: 9 + Int(length)) }
    if bytes.count < 18, hint.isStream, length >= 10 { return .needMore }
    return isCoLa2(bytes, length) ? .pdu(byteCount: 8 + Int(length)) : .notThisProtocol
  }

  /// Whether `sRN ` and the like stands there; nil where too little is there to tell.
  private static func isCommand(_ bytes: Span<UInt8>, at start: Int) -> Bool? {
    guard let mark = bytes.byte(start) else { return nil }
    guard mark == UInt8(ascii: "s") else { return false }
    guard let verb = bytes.byte(start + 1), let way = bytes.byte(start + 2), let blank = bytes.byte(start + 3) else {
      return nil
    }
    return SICKCommand.index(verb, way) != nil && blank == 32
  }

  /// HubCntr, NoC, session, request, then a two-letter command.
  private static func isCoLa2(_ bytes: Span<UInt8>, _ length: UInt32) -> Bool {
    guard length >= 10, let verb = bytes.byte(16), let mode = bytes.byte(17) else { return false }
    return SICKCommand.isCoLa2(verb, mode)
  }

  // MARK: telegrams

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let isBinary = pdu.peek(1) == Self.stx
    try pdu.skip(isBinary ? 8 : 1, "header")
    guard Self.isCommand(pdu.bytes, at: pdu.offset) == true else { return try dissectCoLa2(&pdu, into: &out) }
    try pdu.skip(1, "command")
    let code = SICKCommand.code(try pdu.u8("command"), try pdu.u8("command"))
    try pdu.skip(1, "blank")
    let body = pdu.bytes.clamped(from: pdu.offset, count: pdu.remaining - 1)
    let name = body.extracting(0..<Self.nameEnd(body))
    let values = body.rest(from: name.count + 1)
    if isBinary, !Self.isChecked(pdu.bytes) { out.anomaly("checksum", .invalid, at: pdu.bytes.count - 1) }
    switch code & 0xff {
    case UInt64(UInt8(ascii: "N")) where SICKCommand.isRequest(code):
      out.operation(Operation(code | SICKCommand.method(code, name), .request, object: .text(out.text(name))))
      if name.equals(ignoringCase: "setaccessmode") { logIn(values, isBinary, into: &out) }
    default:
      answer(code, name, values, isBinary, into: &out)
    }
  }

  private static func nameEnd(_ body: Span<UInt8>) -> Int {
    var end = 0
    while let byte = body.byte(end), byte > 32, byte < 127 { end += 1 }
    return end
  }

  /// The exclusive or of the telegram behind the length.
  private static func isChecked(_ bytes: Span<UInt8>) -> Bool {
    var sum: UInt8 = 0
    for index in 8..<Swift.max(8, bytes.count) { sum ^= bytes[index] }
    return sum == 0
  }

  private mutating func answer(
    _ code: UInt64, _ name: Span<UInt8>, _ values: Span<UInt8>, _ isBinary: Bool, into out: inout ObservationBuffer
  ) {
    if code == SICKCommand.error {
      // `sFA` has the error's number where others have a name.
      let number = isBinary ? UInt32(values.byte(0) ?? name.byte(0) ?? 0) : Self.number(name)
      out.operation(Operation(code, .response, outcome: .failure(number)))
      if login.isPending { login.answered(false, into: &out) }
      return
    }
    if code == SICKCommand.event {
      out.operation(Operation(code, .response, object: .text(out.text(name))))
      return
    }
    let isLogin = name.equals(ignoringCase: "setaccessmode")
    let accepted = values.byte(0) == (isBinary ? 1 : UInt8(ascii: "1"))
    let failed = isLogin && code == SICKCommand.methodAnswer && !accepted
    out.operation(
      Operation(
        code | SICKCommand.method(code, name), .response, outcome: failed ? .failure(0) : .success,
        object: .text(out.text(name))))
    if isLogin, login.isPending { login.answered(accepted, into: &out) }
    if code == SICKCommand.readAnswer { identify(name, values, isBinary, into: &out) }
  }

  private static func number(_ text: Span<UInt8>) -> UInt32 {
    var value: UInt32 = 0
    var index = 0
    while index < 8, let digit = text.byte(index).flatMap(hexValue) {
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }

  // MARK: identity

  private func identify(
    _ name: Span<UInt8>, _ values: Span<UInt8>, _ isBinary: Bool, into out: inout ObservationBuffer
  ) {
    var index = 0
    if name.equals(ignoringCase: "deviceident") || name.equals(ignoringCase: "dl") {
      out.identity(.sender, .vendor, out.text("SICK"))
      out.identity(.sender, .productName, out.text(Self.string(values, &index, isBinary)))
      out.identity(.sender, .firmwareVersion, out.text(Self.string(values, &index, isBinary)))
    } else if let attribute = Self.attribute(of: name) {
      out.identity(.sender, attribute, out.text(Self.string(values, &index, isBinary)))
    }
  }

  private static func attribute(of name: Span<UInt8>) -> IdentityAttribute? {
    if name.equals(ignoringCase: "serialnumber") { return .serialNumber }
    if name.equals(ignoringCase: "firmwareversion") { return .firmwareVersion }
    if name.equals(ignoringCase: "locationname") { return .location }
    if name.equals(ignoringCase: "ordernumber") || name.equals(ignoringCase: "partnumber") { return .orderNumber }
    if name.equals(ignoringCase: "devicetype") || name.equals(ignoringCase: "typecode") { return .productName }
    return nil
  }

  /// A string with its length in front (16 bits in CoLa B; hexadecimal digits and a blank in CoLa A), or nothing.
  @_lifetime(copy values)
  private static func string(_ values: Span<UInt8>, _ index: inout Int, _ isBinary: Bool) -> Span<UInt8> {
    let none = values.extracting(0..<0)
    var length = Int(values.be16(index) ?? 0)
    var start = index + 2
    if !isBinary {
      let count = values.word(after: &index)
      guard count.count >= 1, count.count <= 4 else { return none }
      length = Int(number(count))
      start = index + 1
    }
    guard length <= values.count - start else { return none }
    index = start + length
    return values.extracting(start..<index)
  }

  // MARK: logins

  /// User level (2 maintenance, 3 authorised client, 4 service) and the digest of its password, 32 bits.
  private mutating func logIn(_ values: Span<UInt8>, _ isBinary: Bool, into out: inout ObservationBuffer) {
    var level = Int(values.byte(0) ?? 0)
    var digest = values.be32(1)
    if !isBinary {
      var index = 0
      level = Int(Self.number(values.word(after: &index)))
      let digits = values.word(after: &index)
      digest = digits.isEmpty ? nil : Self.number(digits)
    }
    guard let digest else { return }
    let account: StaticString =
      switch level {
      case 1: "operator"
      case 2: "maintenance"
      case 3: "authorised client"
      case 4: "service"
      default: "other level"
      }
    account.withUTF8Buffer { text in unsafe login.name(text.span) }
    // The digest is the password for whoever sees it: it has neither salt nor challenge.
    login.sent(.protocolPassword, Self.isDefault(digest) ? .wellKnown : .other, into: &out)
  }

  /// Digests of the passwords in the maker's own manuals.
  private static func isDefault(_ digest: UInt32) -> Bool {
    digest == 0xb21a_ce26 || digest == 0xf472_4744 || digest == 0x81be_23aa
  }

  // MARK: CoLa 2

  private func dissectCoLa2(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    try pdu.skip(2, "hub counter")
    let session = try pdu.u32("session")
    try pdu.skip(2, "request")
    let verb = try pdu.u8("command")
    let code = SICKCommand.code(verb, try pdu.u8("mode"))
    let isAnswer = SICKCommand.isCoLa2Answer(code)
    let outcome: Operation.Outcome =
      verb == UInt8(ascii: "F") ? .failure(UInt32(pdu.peek(0) ?? 0)) : isAnswer ? .success : .none
    out.operation(
      Operation(
        code, isAnswer ? .response : .request, layer: Self.cola2, outcome: outcome,
        object: .numbers(session, UInt32(pdu.bytes.le16(pdu.offset) ?? 0), 0, 0)))
  }

  // MARK: words

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let letters = [UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)]
    let text = (layer == 0 ? "s" : "") + String(decoding: letters, as: UTF8.self)
    let (name, kind) = layer == 0 ? SICKCommand.describe(code) : SICKCommand.describe2(letters[0])
    return OperationDescription(code: text, name: name, kind: kind)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { "session \(hexadecimal(a, digits: 8)) index \(b)" }
}

/// The letters behind `s`.
private enum SICKCommand {
  static let readAnswer = code(UInt8(ascii: "R"), UInt8(ascii: "A"))
  static let methodAnswer = code(UInt8(ascii: "A"), UInt8(ascii: "N"))
  static let error = code(UInt8(ascii: "F"), UInt8(ascii: "A"))
  static let event = code(UInt8(ascii: "S"), UInt8(ascii: "N"))

  static func code(_ verb: UInt8, _ way: UInt8) -> UInt64 { UInt64(verb) << 8 | UInt64(way) }

  /// Place in the table of commands, or nil for letters that are none.
  static func index(_ verb: UInt8, _ way: UInt8) -> Int? {
    all.firstIndex { $0.code == code(verb, way) }
  }

  static func isRequest(_ code: UInt64) -> Bool {
    code != methodAnswer && code != event && code & 0xff == UInt64(UInt8(ascii: "N"))
  }

  static let all: [(code: UInt64, name: String, kind: OperationKind)] = [
    (code(0x52, 0x4e), "read by name", .read), (code(0x52, 0x49), "read by index", .read),
    (code(0x57, 0x4e), "write by name", .write), (code(0x57, 0x49), "write by index", .write),
    (code(0x4d, 0x4e), "method by name", .control), (code(0x4d, 0x49), "method by index", .control),
    (code(0x45, 0x4e), "event registration by name", .session),
    (code(0x45, 0x49), "event registration by index", .session),
    (code(0x52, 0x41), "read answer", .read), (code(0x57, 0x41), "write answer", .write),
    (code(0x41, 0x4e), "method answer", .control), (code(0x41, 0x49), "method answer by index", .control),
    (code(0x4d, 0x41), "method accepted", .control), (code(0x45, 0x41), "event answer", .session),
    (code(0x53, 0x4e), "event", .report), (code(0x53, 0x49), "event by index", .report),
    (code(0x46, 0x41), "error", .other),
  ]

  private static let methodRequest = code(UInt8(ascii: "M"), UInt8(ascii: "N"))

  /// What else than a command a method may be, above the two letters: 1 a login, 2 a change of settings.
  static func method(_ code: UInt64, _ name: Span<UInt8>) -> UInt64 {
    guard code == methodRequest || code == methodAnswer else { return 0 }
    if name.equals(ignoringCase: "setaccessmode") || name.equals(ignoringCase: "checkpassword") { return 1 << 16 }
    if name.equals(ignoringCase: "setpassword") || name.equals(ignoringCase: "meewriteall")
      || name.equals(ignoringCase: "mlmpsetscancfg") || name.equals(ignoringCase: "mscloadfacdef")
      || name.equals(ignoringCase: "mscloadappdef")
    {
      return 2 << 16
    }
    return 0
  }

  static func describe(_ code: UInt64) -> (String, OperationKind) {
    guard let found = all.first(where: { $0.code == code & 0xffff }) else { return ("unknown command", .other) }
    return switch code >> 16 {
    case 1: (found.name + ": login", .authenticate)
    case 2: (found.name + ": settings", .configure)
    default: (found.name, found.kind)
    }
  }

  // CoLa 2: verb R, W, M, O (open), C (close), A (answer), F (failure); mode N, I, A, X.

  static func isCoLa2(_ verb: UInt8, _ mode: UInt8) -> Bool {
    switch (verb, mode) {
    case (0x52, 0x49), (0x52, 0x4e), (0x57, 0x49), (0x57, 0x4e), (0x4d, 0x49), (0x4d, 0x4e), (0x4f, 0x58),
      (0x43, 0x58), (0x52, 0x41), (0x57, 0x41), (0x41, 0x49), (0x41, 0x4e), (0x4f, 0x41), (0x43, 0x41), (0x46, 0x41):
      true
    default: false
    }
  }

  static func isCoLa2Answer(_ code: UInt64) -> Bool {
    code & 0xff == UInt64(UInt8(ascii: "A")) || code >> 8 == UInt64(UInt8(ascii: "A"))
  }

  static func describe2(_ verb: UInt8) -> (String, OperationKind) {
    switch verb {
    case 0x52: ("read", .read)
    case 0x57: ("write", .write)
    case 0x4d, 0x41: ("method", .control)
    case 0x4f: ("open session", .session)
    case 0x43: ("close session", .session)
    default: ("error", .other)
    }
  }
}
