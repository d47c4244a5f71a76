import OTCore

/// Schneider UMAS, the engineering protocol inside Modbus function 90 of Modicon M340, M580, Quantum and Premium.
/// No public specification; functions as told by L. Martin-Liras ("The unknown Modbus function 90"), Kaspersky ICS CERT
/// (2022) and Black Hat Europe 2024 ("From Pass-the-Hash to Code Execution on Schneider Electric M340 PLCs").
extension ModbusDissector {
  static let umas = ProtocolInfo(
    id: "umas", name: "Schneider UMAS", specification: "Schneider (unpublished); Kaspersky ICS CERT, 2022",
    isIndustrial: true, depth: [.identity, .operations],
    reads: "functions and results, also of signed messages; name and version of the controller, project, who reserves "
      + "it, texts of programs",
    displayFilter: "modbus.func_code == 90")
  static let umasLayer = 1
  static let umasFunction: UInt8 = 90

  private enum UMAS {
    static let readID: UInt8 = 0x02
    static let readProject: UInt8 = 0x03
    static let reserve: UInt8 = 0x10
    static let readBlock: UInt8 = 0x20
    static let beginUpload: UInt8 = 0x30
    static let beginDownload: UInt8 = 0x33
    static let downloadBlock: UInt8 = 0x34
    /// An octet, a signature of 32 and a whole message with its own function 90 and session key.
    static let signed: UInt8 = 0x38
    static let error: UInt8 = 0xfd
    static let success: UInt8 = 0xfe
  }

  /// Steps over the signature of a signed message to the function inside; nil where that is no message.
  private static func skipSignature(_ pdu: inout ByteCursor) throws(DecodeError) -> UInt8? {
    try pdu.skip(33, "signature")
    guard try pdu.u8("function code") == umasFunction else { return nil }
    try pdu.skip(1, "UMAS session key")
    return try pdu.u8("UMAS function")
  }

  /// What an answer has to know of its request.
  struct UMASRequest: Sendable {
    var function: UInt8 = 0
    var isSigned = false
  }

  /// Session key, function, parameters.
  mutating func umasRequest(
    _ pdu: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) -> UMASRequest {
    try pdu.skip(1, "UMAS session key")
    let outer = try pdu.u8("UMAS function")
    var operation = Operation(UInt64(outer), .request, layer: UInt8(Self.umasLayer))
    var function = outer
    if outer == UMAS.signed, pdu.remaining >= 36, let inner = try Self.skipSignature(&pdu) {
      function = inner
      operation.code |= UInt64(inner) << 8
      if told.isNew(hash: 0x0a11_5161) {
        out.property(.signing, out.text("signed messages"), layer: UInt8(Self.umasLayer))
      }
    }
    out.operation(operation)
    switch function {
    case UMAS.reserve:
      // Four octets, then the name of the computer that takes the reservation.
      try pdu.skip(4, "client")
      let length = Int(try pdu.u8("length of client name"))
      tell(.sender, .hostname, try pdu.take(length, "client name"), into: &out)
    case UMAS.beginUpload: out.record(.file(FileSeen(out.text("program"), .toServer, layer: UInt8(Self.umasLayer))))
    case UMAS.beginDownload: out.record(.file(FileSeen(out.text("program"), .toClient, layer: UInt8(Self.umasLayer))))
    default: break
    }
    return UMASRequest(function: function, isSigned: outer == UMAS.signed)
  }

  /// Session key, 0xfe or 0xfd, result of the function that was asked.
  mutating func umasResponse(
    _ pdu: inout ByteCursor, _ asked: UMASRequest?, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(1, "UMAS session key")
    var status = try pdu.u8("UMAS status")
    if asked?.isSigned == true, pdu.remaining >= 36, let inner = try Self.skipSignature(&pdu) { status = inner }
    var operation = Operation(UInt64(status), .response, layer: UInt8(Self.umasLayer))
    if let asked, asked.function != 0 { operation.code |= Self.answerIsKnown | UInt64(asked.function) << 16 }
    if status == UMAS.success { operation.outcome = .success }
    if status == UMAS.error { operation.outcome = .failure(UInt32(pdu.peek() ?? 0)) }
    out.operation(operation)
    guard status == UMAS.success else { return }
    switch asked?.function {
    case UMAS.readID: try controller(&pdu, into: &out)
    case UMAS.readProject, UMAS.readBlock, UMAS.downloadBlock:
      let isCut = pdu.bytes.be16(4).map { Int($0) + 6 > pdu.bytes.count } ?? false
      texts(pdu.rest(), isCut: isCut, into: &out)
    default: break
    }
  }

  /// Range, identifier, model, version of communication in binary-coded decimals …, name of the controller.
  private mutating func controller(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    try pdu.skip(8, "range, identifier and model")
    let version = try pdu.take(2, "version")
    try pdu.skip(12, "patch, hardware and crash code")
    let length = Int(try pdu.u8("length of name"))
    let name = try pdu.take(length, "name")
    guard !name.isEmpty, name.isPlainText, told.isNew(name, salt: 0) else { return }
    let layer = UInt8(Self.umasLayer)
    out.identity(.sender, .productName, out.text(name), layer: layer)
    let start = out.text(UInt64(version[1]))
    _ = out.text(".")
    out.identity(.sender, .firmwareVersion, start.through(out.text(hex: version.extracting(0..<1))), layer: layer)
  }

  /// Texts of at least six characters, mostly letters, in a project or program: its name, messages, communities.
  private mutating func texts(_ data: Span<UInt8>, isCut: Bool, into out: inout ObservationBuffer) {
    var start = 0
    while start < data.count {
      // Most is no text: one of the first six tells.
      if let sixth = data.byte(start + 5), sixth < 0x20 || sixth > 0x7e {
        start += 6
        continue
      }
      var end = start
      var letters = 0
      while end < data.count, data[end] >= 0x20, data[end] <= 0x7e {
        if Self.isLetter(data[end]) { letters += 1 }
        end += 1
      }
      // Half a text is another one.
      if isCut, end == data.count { return }
      if end - start >= 6, letters * 4 >= (end - start) * 3 {
        tell(.sender, .other, data.extracting(start..<end), into: &out)
      }
      start = end + 1
    }
  }

  private static func isLetter(_ octet: UInt8) -> Bool {
    octet == 0x20 || (octet >= 0x61 && octet <= 0x7a) || (octet >= 0x41 && octet <= 0x5a)
      || (octet >= 0x30 && octet <= 0x39)
  }

  private mutating func tell(
    _ subject: Subject, _ attribute: IdentityAttribute, _ value: Span<UInt8>, into out: inout ObservationBuffer
  ) {
    guard told.isNew(value, salt: UInt64(attribute.rawValue) + 1) else { return }
    out.identity(subject, attribute, out.text(value.trimmed()), layer: UInt8(Self.umasLayer))
  }

  /// An answer is told by its status, and named by what was asked, which stands above 16 bits.
  private static let answerIsKnown: UInt64 = 1 << 24

  /// Function in the low octet, above it the one inside a signed message.
  static func umasDescription(_ code: UInt64) -> OperationDescription {
    let function = UInt8(truncatingIfNeeded: code)
    if code & answerIsKnown != 0 {
      // The request counts; a row of its answer is no second command.
      let (name, _) = umasName(UInt8(truncatingIfNeeded: code >> 16))
      return OperationDescription(code: hexadecimal(function, digits: 2), name: "answer: " + name, kind: .other)
    }
    let inner = UInt8(truncatingIfNeeded: code >> 8)
    var (name, kind) = umasName(inner == 0 ? function : inner)
    if inner != 0 { name = "signed: " + name }
    return OperationDescription(code: hexadecimal(function, digits: 2), name: name, kind: kind)
  }

  private static func umasName(_ function: UInt8) -> (String, OperationKind) {
    switch function {
    case 0x01: ("initialise communication", .session)
    case 0x02: ("read controller id", .discover)
    case 0x03: ("read project information", .discover)
    case 0x04: ("read controller status", .diagnose)
    case 0x05: ("read loader information", .discover)
    case 0x06: ("read memory card information", .discover)
    case 0x07: ("read block information", .discover)
    case 0x0a: ("repeat", .diagnose)
    case 0x10: ("take reservation", .session)
    case 0x11: ("release reservation", .session)
    case 0x12: ("keep reservation alive", .session)
    case 0x20: ("read memory block", .read)
    case 0x21: ("write memory block", .write)
    case 0x22: ("read variables", .read)
    case 0x23: ("write variables", .write)
    case 0x24: ("read coils and registers", .read)
    case 0x25: ("write coils and registers", .write)
    case 0x26: ("read data dictionary", .read)
    case 0x27: ("preload data dictionary", .read)
    case 0x28: ("read physical address", .read)
    case 0x29: ("write physical address", .program)
    case 0x2a: ("browse events", .diagnose)
    case 0x30: ("begin program download to controller", .program)
    case 0x31: ("download program block to controller", .program)
    case 0x32: ("end program download to controller", .program)
    case 0x33: ("begin program upload from controller", .program)
    case 0x34: ("upload program block from controller", .program)
    case 0x35: ("end program upload from controller", .program)
    case 0x36: ("back up or restore program", .program)
    case 0x37: ("preload blocks", .program)
    case 0x38: ("signed message", .other)
    case 0x39: ("read ethernet master data", .read)
    case 0x40: ("start controller", .control)
    case 0x41: ("stop controller", .control)
    case 0x42: ("initialise controller", .control)
    case 0x43: ("swap blocks", .program)
    case 0x50: ("monitor controller", .read)
    case 0x51: ("get automatic modifications", .read)
    case 0x52: ("get forced bits", .read)
    case 0x53: ("get selected blocks", .read)
    case 0x58: ("check controller", .diagnose)
    case 0x60: ("set breakpoint", .control)
    case 0x61: ("delete breakpoint", .control)
    case 0x62...0x64: ("step through program", .control)
    case 0x65: ("get call stack", .diagnose)
    case 0x66: ("check whether debugging is allowed", .diagnose)
    case 0x6c: ("process message", .other)
    case 0x6d: ("private message", .other)
    case 0x6e: ("exchange reservation nonces", .authenticate)
    case 0x70: ("read i/o object", .read)
    case 0x71: ("write i/o object", .write)
    case 0x72: ("read rack", .discover)
    case 0x73: ("get status of module", .diagnose)
    case 0x74: ("read device data", .read)
    case 0xfd: ("error", .other)
    case 0xfe: ("success", .other)
    default: ("function " + hexadecimal(function, digits: 2), .other)
    }
  }
}
