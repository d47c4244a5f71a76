import OTCore

/// What is sent to printers on their raw port: job control (PJL) of office printers and label printers' ZPL II.
public struct PrintJob: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "print_job", name: "Raw print job",
      specification: "HP Printer Job Language Technical Reference (5021-0380); Zebra ZPL II Programming Guide",
      isIndustrial: false, depth: [.identity, .operations],
      reads: "job control commands, files and settings they touch, model and state answered, account of a job; ZPL "
        + "commands that ask or change the printer; nothing of what is printed",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.tcp(9100), .tcp(9101), .tcp(9102), .tcp(6101)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var told = RecentValues()
  /// Whether the answer to `INFO ID` is awaited.
  private var asksIdentity = false

  private static let lineBytes = 1024

  // MARK: framing

  /// The Universal Exit Language in front of a job, or the start of a label; then line by line.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let first = bytes.byte(0) else { return .notThisProtocol }
    if hint.isEstablished {
      if let end = bytes.lineEnd(limit: lineBytes) { return .pdu(byteCount: end) }
      return bytes.count < lineBytes && bytes.hasASCII("@PJL") ? .needMore : .pdu(byteCount: bytes.count)
    }
    if first == 0x1b {
      guard bytes.count >= 13 else { return isPrefix(bytes, of: exit) ? .needMore : .notThisProtocol }
      return bytes.hasASCII("@PJL", at: 9) && bytes.hasASCII(exit) ? .pdu(byteCount: 9) : .notThisProtocol
    }
    if hint.isClaimed, bytes.hasASCII("~HI") || bytes.hasASCII("~HS") || bytes.hasASCII("~HQ") {
      return .pdu(byteCount: bytes.count)
    }
    guard bytes.count >= 4 else { return first == UInt8(ascii: "^") || first == 0x40 ? .needMore : .notThisProtocol }
    if bytes.hasASCII("@PJL") || bytes.hasASCII("^XA") && bytes.first(ignoringCase: "^x", from: 3) != nil {
      return .pdu(byteCount: bytes.lineEnd(limit: lineBytes) ?? bytes.count)
    }
    return .notThisProtocol
  }

  private static let exit: StaticString = "\u{1b}%-12345X"

  private static func isPrefix(_ bytes: Span<UInt8>, of text: StaticString) -> Bool {
    text.withUTF8Buffer { expected in
      for index in 0..<Swift.min(bytes.count, expected.count) where unsafe bytes[index] != expected[index] {
        return false
      }
      return true
    }
  }

  // MARK: lines

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var line = pdu.rest().trimmed()
    if line.hasASCII(Self.exit) { line = line.extracting(9..<line.count) }
    guard context.senderIsClient else {
      answer(line, into: &out)
      return
    }
    if line.hasASCII("@PJL") {
      jobLine(line.extracting(4..<line.count).trimmed(), into: &out)
    } else if line.byte(0) == UInt8(ascii: "^") || line.byte(0) == UInt8(ascii: "~") {
      labels(line, into: &out)
    }
  }

  private mutating func jobLine(_ text: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let code = PrinterCommand.pjl(text) else { return }
    let argument = text.clamped(from: PrinterCommand.all[Int(code)].name.utf8CodeUnitCount, count: 96).trimmed()
    if text.hasASCII(ignoringCase: "info id") { asksIdentity = true }
    // Files and settings are objects; a password among them is none.
    let isSecret = argument.first(ignoringCase: "password") != nil
    out.operation(
      Operation(code, .request, object: argument.isEmpty || isSecret ? .none : .text(out.text(argument))))
    if isSecret {
      out.record(.credential(CredentialExposure(.clearText, account: .none, strength: .unknown)))
    }
    let user = text.attribute("username")
    if !user.isEmpty, told.isNew(user) { out.identity(.sender, .userName, out.text(user)) }
  }

  private mutating func labels(_ text: Span<UInt8>, into out: inout ObservationBuffer) {
    var index = 0
    for _ in 0..<64 {
      while let byte = text.byte(index), byte != UInt8(ascii: "^"), byte != UInt8(ascii: "~") { index += 1 }
      guard index < text.count else { return }
      if let code = PrinterCommand.zpl(text, at: index) {
        if text.hasASCII("~HI", at: index) { asksIdentity = true }
        out.operation(Operation(code, .request))
      }
      index += 3
    }
  }

  /// `@PJL INFO ID` is answered by a line of its own and the model in quotes; `~HI` by STX, model, version, ….
  private mutating func answer(_ line: Span<UInt8>, into out: inout ObservationBuffer) {
    guard asksIdentity, line.count > 2 else { return }
    if line[0] == UInt8(ascii: "\"") {
      asksIdentity = false
      out.identity(.sender, .productName, out.text(line.extracting(1..<(line.first(0x22, from: 1) ?? line.count))))
    } else if line[0] == 2, let comma = line.first(UInt8(ascii: ",")), comma > 1 {
      asksIdentity = false
      out.identity(.sender, .vendor, out.text("Zebra Technologies"))
      out.identity(.sender, .productName, out.text(line.extracting(1..<comma)))
      let end = line.first(UInt8(ascii: ","), from: comma + 1) ?? line.count
      out.identity(.sender, .firmwareVersion, out.text(line.extracting((comma + 1)..<end)))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code < UInt64(PrinterCommand.all.count) else {
      return OperationDescription(code: "?", name: "unknown command", kind: .other)
    }
    let command = PrinterCommand.all[Int(code)]
    return OperationDescription(code: "\(command.name)", name: command.title, kind: command.kind)
  }
}

/// Commands that ask or change a printer; those of PJL in lower case, those of ZPL as they are written.
private enum PrinterCommand {
  static let all: [(name: StaticString, title: String, kind: OperationKind)] = [
    ("info", "ask for information", .discover), ("inquire", "ask for a setting", .read),
    ("dinquire", "ask for a default", .read), ("set", "setting of this job", .session),
    ("default", "change of a default", .configure), ("initialize", "reset to factory settings", .configure),
    ("job", "start of a job", .write), ("eoj", "end of a job", .session), ("enter", "language", .session),
    ("fsupload", "read a file", .read), ("fsdownload", "write a file", .program),
    ("fsappend", "append to a file", .program), ("fsdelete", "delete a file", .program),
    ("fsdirlist", "list files", .read), ("fsquery", "ask for a file", .read), ("fsmkdir", "make a directory", .program),
    ("fsinit", "format the file system", .configure), ("rdymsg", "text on the display", .configure),
    ("opmsg", "text on the display, off line", .control), ("stmsg", "text on the display, off line", .control),
    ("ustatus", "unsolicited status", .session), ("echo", "echo", .diagnose), ("reset", "reset", .control),
    ("dmcmd", "device management command", .configure), ("upgrade", "firmware", .firmware),
    ("^XA", "label", .write), ("~HI", "ask for the identity", .discover), ("~HS", "ask for the status", .diagnose),
    ("~HQ", "ask for the maintenance data", .diagnose), ("~JR", "power on reset", .control),
    ("~JA", "cancel all", .control), ("^JU", "save or reset the configuration", .configure),
    ("~DY", "store an object", .program), ("~DG", "store a picture", .program), ("^ND", "network settings", .configure),
    ("^NS", "network settings", .configure), ("^KP", "password", .configure), ("^WX", "radio settings", .configure),
    ("^ID", "delete an object", .program),
  ]

  static func pjl(_ text: Span<UInt8>) -> UInt64? {
    for index in all.indices where text.hasASCII(ignoringCase: all[index].name) {
      let next = text.byte(all[index].name.utf8CodeUnitCount) ?? 32
      if next == 32 || next == 13 || next == UInt8(ascii: "=") { return UInt64(index) }
    }
    return nil
  }

  static func zpl(_ text: Span<UInt8>, at start: Int) -> UInt64? {
    for index in all.indices where text.hasASCII(all[index].name, at: start) { return UInt64(index) }
    return nil
  }
}
