import OTCore

/// MELSOFT, what Mitsubishi's engineering tools and panels speak with MELSEC Q, L, iQ-F and iQ-R controllers.
/// No public specification; header and functions as read from captures, from Redpoint's `melsecq-discover` and as published
/// by Nozomi Networks ("Safety is not Security", 2023) and T. Deneut (2019).
public struct MELSOFTDissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "melsoft", name: "Mitsubishi MELSOFT", specification: "Mitsubishi (unpublished)", isIndustrial: true,
      depth: [.identity, .operations],
      reads:
        "functions by number and their end codes, type name of the CPU module, logins and their outcome, users that "
        + "are registered", displayFilter: "")
  ]
  /// 5006 and 5007 of an Ethernet port, 5560 of a direct connection, 5561 of the search for controllers, 5562 of iQ-R.
  public static let claims: [Claim] = [
    .udp(5006), .tcp(5007), .udp(5007), .tcp(5006), .udp(5560), .udp(5561), .tcp(5562),
  ]
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()
  private var login = PendingLogin()

  public init() {}

  // MARK: framing

  /// First octets: a message asks or answers, and before the first one a connection is opened.
  private enum Mark {
    static let request: UInt8 = 0x57
    static let response: UInt8 = 0xd7
    static let open: UInt8 = 0x5a
    static let opened: UInt8 = 0xda
  }

  private static let headerLength = 21
  private static let openLength = 4

  /// 0x57 or 0xd7 and 0 (Q) or 1 (iQ-F, iQ-R), number, 0x1111, 7 (0x7f in answers of iQ-F); length of what follows in octets
  /// 19 and 20.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let mark = bytes.byte(0) else { return .needMore }
    if mark == Mark.open || mark == Mark.opened { return opening(bytes, hint) }
    guard mark == Mark.request || mark == Mark.response, bytes.byte(1) ?? 0 <= 1 else { return .notThisProtocol }
    guard let constant = bytes.be32(4) else { return hint.isStream && hint.isClaimed ? .needMore : .notThisProtocol }
    guard constant & 0xffffff == 0x11_1107 || (mark == Mark.response && constant & 0xffffff == 0x11_117f) else {
      return .notThisProtocol
    }
    guard let length = bytes.le16(19) else { return hint.isStream ? .needMore : .notThisProtocol }
    guard length >= 2, length <= 8192 else { return .notThisProtocol }
    return .pdu(byteCount: headerLength + Int(length))
  }

  /// 0x5a, two zeros, what is asked, and nothing else. Of the answers, which begin with 0xda, no length is known: they end
  /// where another begins.
  private static func opening(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed || hint.isEstablished, bytes.byte(1) ?? 0 == 0, bytes.byte(2) ?? 0 == 0 else {
      return .notThisProtocol
    }
    guard bytes.count >= openLength else { return hint.isStream ? .needMore : .notThisProtocol }
    guard bytes[0] == Mark.open else {
      guard bytes.count > openLength else { return .pdu(byteCount: openLength) }
      let end = (openLength..<bytes.count).first { begins(bytes, at: $0) } ?? bytes.count
      return end <= Limits.textBytes ? .pdu(byteCount: end) : .notThisProtocol
    }
    let next = bytes.byte(openLength)
    guard next == nil || (hint.isStream && (next == Mark.open || next == Mark.request)) else { return .notThisProtocol }
    return .pdu(byteCount: openLength)
  }

  /// Whether an answer begins here.
  private static func begins(_ bytes: Span<UInt8>, at index: Int) -> Bool {
    switch bytes[index] {
    case Mark.opened: bytes.be16(index + 1) == 0
    case Mark.response: bytes.be16(index + 5) == 0x1111
    default: false
    }
  }

  // MARK: dissecting

  /// Behind the header stand a kind and the length of the rest of a second header (10 octets in requests of Q, 22 in those
  /// of iQ-R, two more in answers, which have a status in them), then the function.
  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let mark = try pdu.u8("mark")
    guard mark == Mark.request || mark == Mark.response else { return }
    let isResponse = mark == Mark.response
    try pdu.skip(Self.headerLength + 1, "header")
    let rest = Int(try pdu.u8("length of the second header"))
    guard rest >= 4 else { throw DecodeError("length of the second header", at: Self.headerLength + 2, .invalid) }
    let status = pdu.bytes.le16(pdu.offset + 1) ?? 0
    try pdu.skip(rest - 1, "second header")
    let function = try pdu.u16("function")
    var operation = Operation(UInt64(function), isResponse ? .response : .request)
    if isResponse { operation.outcome = status == 0 ? .success : .failure(UInt32(status)) }
    out.operation(operation)
    switch function {
    case Function.readModel where isResponse && status == 0 && rest == 12:
      try pdu.skip(5, "head of the answer")
      let model = try pdu.take(16, "type name").trimmed()
      guard model.isPlainText, told.isNew(model) else { return }
      out.identity(.sender, .productName, out.text(model))
    case Function.userName, Function.password, Function.readUsers, Function.registerUsers:
      try pdu.skip(2, "number of the function's message")
      let length = Int(try pdu.u16le("length of the function's data"))
      let data = pdu.rest()
      users(function, isResponse, status, data, isCut: length > data.count, into: &out)
    default: break
    }
  }

  private enum Function {
    static let readModel: UInt16 = 0x0101
    static let userName: UInt16 = 0x0131
    static let password: UInt16 = 0x0132
    static let readUsers: UInt16 = 0x0134
    static let registerUsers: UInt16 = 0x1133
  }

  // MARK: users

  /// A user: name in UTF-16 of 40 octets, SHA-256 of the password, level of access. Nozomi Networks, Black Hat MEA 2023.
  private static let nameBytes = 40
  private static let userBytes = 74

  /// A login names the user, then proves the password by a hash of it with a token; lists of users show hashes.
  private mutating func users(
    _ function: UInt16, _ isResponse: Bool, _ status: UInt16, _ data: Span<UInt8>, isCut: Bool,
    into out: inout ObservationBuffer
  ) {
    switch (function, isResponse) {
    case (Function.userName, false):
      // What the capture left of a name is another name.
      guard !isCut, let name = Self.name(data, at: 0, into: &out) else { return }
      login.name(name, in: out)
      out.identity(.sender, .userName, name)
    case (Function.password, false): login.sent(.challengeResponse, .unknown, into: &out)
    case (Function.password, true): login.answered(status == 0, into: &out)
    case (Function.readUsers, true) where status == 0: list(data, .sender, into: &out)
    // Two octets, and how many there are.
    case (Function.registerUsers, false): list(data.rest(from: 4), .receiver, into: &out)
    default: break
    }
  }

  private mutating func list(_ data: Span<UInt8>, _ subject: Subject, into out: inout ObservationBuffer) {
    var start = 0
    for _ in 0..<Limits.itemsPerPDU {
      guard start + Self.userBytes <= data.count else { return }
      if told.isNew(data.extracting(start..<(start + Self.nameBytes)), salt: 1),
        let name = Self.name(data, at: start, into: &out)
      {
        out.identity(subject, .knownAccount, name)
      }
      start += Self.userBytes
    }
  }

  private static func name(_ data: Span<UInt8>, at start: Int, into out: inout ObservationBuffer) -> TextRef? {
    let room = data.clamped(from: start, count: nameBytes)
    var end = 0
    while let unit = room.le16(end), unit != 0 {
      guard unit >= 0x20 else { return nil }
      end += 2
    }
    return end == 0 ? nil : out.text(utf16le: room.extracting(0..<end))
  }

  // MARK: names

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind) = function(UInt16(truncatingIfNeeded: code))
    return OperationDescription(code: hexadecimal(code, digits: 4), name: name, kind: kind)
  }

  /// Functions have the numbers of SLMP where both have them: 04 and 14 in front read and write devices.
  private static func function(_ code: UInt16) -> (String, OperationKind) {
    switch code {
    case 0x0101: ("read cpu model name", .discover)
    case 0x0121: ("open", .session)
    case 0x0131: ("log in: user name", .authenticate)
    case 0x0132: ("log in: password", .authenticate)
    case 0x0133, 0x0134: ("read users", .discover)
    case 0x0150: ("read safety operation mode", .diagnose)
    case 0x0410: ("modify value", .write)
    case 0x0400...0x04ff: ("read devices", .read)
    case 0x0b20: ("search for controllers", .discover)
    case 0x1001: ("remote run", .control)
    case 0x1002: ("remote stop", .control)
    case 0x1003: ("remote pause", .control)
    case 0x1005: ("remote latch clear", .control)
    case 0x1006: ("remote reset", .control)
    case 0x1120: ("change safety operation mode", .configure)
    case 0x1133: ("register users", .configure)
    case 0x1400...0x14ff: ("write devices", .write)
    case 0x1859: ("list files", .discover)
    case 0x1868: ("read file", .read)
    case 0x1869: ("write file", .program)
    default: ("function " + hexadecimal(code, digits: 4), .other)
    }
  }
}
