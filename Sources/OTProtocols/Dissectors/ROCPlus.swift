import OTCore

/// ROC Plus: Emerson's remote operations controllers and flow computers (ROC800).
/// Emerson A6127 (ROC Plus Protocol Specification Manual), chapter 2.
public struct ROCPlus: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "roc_plus", name: "ROC Plus", specification: "Emerson A6127, chapters 2 and 3", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "opcodes, unit and group addresses, type and mode of the controller, operator of a login, files; errors "
        + "as failures",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.tcp(4000), .udp(4000)]
  public static let probe = ProbeStrength.strong

  private var login = PendingLogin()

  public init() {}

  /// Unit and group of destination and of source, opcode, length, data, CRC-16.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    let isExpected = hint.isClaimed || hint.isEstablished
    guard let opcode = bytes.byte(4), let length = bytes.byte(5).map(Int.init) else {
      return hint.isStream && isExpected ? .needMore : .notThisProtocol
    }
    // On other ports the checksum must end the bytes, behind a unit's address of either side.
    guard isExpected || (length + 8 == bytes.count && bytes[0] != 0 && bytes[2] != 0) else {
      return .notThisProtocol
    }
    guard name(of: opcode) != nil else { return .notThisProtocol }
    guard bytes.count >= length + 8 else {
      // What is not there cannot be checked: it is waited for, or was cut off by the snap length.
      if hint.isEstablished { return .pdu(byteCount: length + 8) }
      return hint.isStream ? .needMore : .notThisProtocol
    }
    let body = bytes.extracting(0..<(length + 6))
    guard bytes.le16(length + 6) == ReflectedCRC16.serial.remainder(of: body, from: 0xffff) else {
      return hint.isEstablished ? .pdu(byteCount: length + 8) : .notThisProtocol
    }
    return .pdu(byteCount: length + 8)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let destination = try pdu.u16("destination")
    let source = try pdu.u16("source")
    let opcode = try pdu.u8("opcode")
    let length = Int(try pdu.u8("data length"))
    let data = try pdu.take(length, "data")
    let isRequest = context.senderIsClient
    var operation = Operation(
      UInt64(opcode), isRequest ? .request : .response,
      object: .numbers(UInt32(isRequest ? destination : source), 0, 0, 0))
    if opcode == Opcode.error {
      operation.outcome = .failure(UInt32(data.byte(0) ?? 0))
    } else if !isRequest {
      operation.outcome = .success
    }
    switch opcode {
    case Opcode.configuration where !isRequest: configuration(data, into: &out)
    case Opcode.login where isRequest:
      switch data.count {
      case 11, 76: operation.code |= Self.logout
      case 13: operation.code |= Self.sessionKey
      default: login(data, into: &out)
      }
    case Opcode.login: login.answered(true, into: &out)
    case Opcode.error: login.answered(false, into: &out)
    case Opcode.file:
      operation.code |= UInt64(data.byte(0) ?? 0) << 16
      if isRequest { operation.object = file(data, into: &out) }
    default: break
    }
    out.operation(operation)
  }

  private enum Opcode {
    static let configuration: UInt8 = 6
    static let login: UInt8 = 17
    static let file: UInt8 = 203
    static let error: UInt8 = 255
  }

  /// Beside the number of an opcode: what it was this time. That of a file stands above 16 bits.
  private static let logout: UInt64 = 1 << 8
  private static let sessionKey: UInt64 = 1 << 9

  /// Table 2-2: mode, port, security, compatibility, revision, subtype, eleven reserved octets, type, kinds of points.
  private func configuration(_ data: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let mode = data.byte(0), let type = data.byte(18) else { return }
    if mode <= 1 { out.property(.mode, mode == 0 ? out.text("firmware update") : out.text("run")) }
    let name: StaticString? =
      switch type {
      case 1: "ROC300 with ROCPAC"
      case 2: "FloBoss 407"
      case 3: "ROC300 with FlashPAC"
      case 4: "FloBoss 503"
      case 5: "FloBoss 504"
      case 6: "ROC800"
      case 11: "DL8000"
      default: nil
      }
    if let name { out.identity(.sender, .productName, out.text(name)) }
  }

  /// Table 2-27: command; of an opening how, then folder and name, of 100 and 25 octets.
  private func file(_ data: Span<UInt8>, into out: inout ObservationBuffer) -> Operation.Object {
    let isOpening = data.byte(0) == 1
    let start = isOpening ? 2 : 1
    guard isOpening || data.byte(0) == 5, data.count >= start + 125 else { return .none }
    let folder = data.extracting(start..<(start + 100)).untilNUL().trimmed()
    let name = data.extracting((start + 100)..<(start + 125)).untilNUL().trimmed()
    guard name.isPlainText, !name.isEmpty, folder.isEmpty || folder.isPlainText else { return .none }
    let first = folder.isEmpty ? TextRef.none : out.text(folder)
    let last = out.text(name)
    let whole = first.isEmpty ? last : first.through(last)
    if isOpening { out.record(.file(FileSeen(whole, data[1] == 0 ? .toClient : .toServer))) }
    return .text(whole)
  }

  /// Table 2-7: three letters, a number and the access level, or thirty characters, forty of a password and the level.
  private mutating func login(_ data: Span<UInt8>, into out: inout ObservationBuffer) {
    let isLong = data.count == 71
    guard isLong || data.count == 6 else { return }
    let account = isLong ? data.extracting(0..<30).trimmed() : data.extracting(0..<3)
    let password = isLong ? data.extracting(30..<70).trimmed() : data.extracting(3..<5)
    guard isText(account) else { return }
    login.name(account)
    out.identity(.sender, .userName, out.text(account))
    login.sent(.protocolPassword, login.judge(password: password), into: &out)
  }

  private func isText(_ text: Span<UInt8>) -> Bool {
    for index in text.indices where text[index] < 0x20 || text[index] > 0x7e { return false }
    return !text.isEmpty
  }

  // MARK: names

  private static func name(of opcode: UInt8) -> (StaticString, OperationKind)? {
    switch opcode {
    case 6: ("system configuration", .discover)
    case 7: ("read real-time clock", .read)
    case 8: ("set real-time clock", .time)
    case 10: ("read configurable opcode point data", .read)
    case 11: ("write configurable opcode point data", .write)
    case 17: ("login request", .authenticate)
    case 24: ("store and forward", .other)
    case 50: ("request I/O point position", .read)
    case 100: ("access user-defined information", .read)
    case 103: ("request type of system", .discover)
    case 105: ("request today's and yesterday's minima and maxima", .read)
    case 107: ("request history tag", .read)
    case 108: ("request history tag and periodic index", .read)
    case 118: ("request alarm data", .read)
    case 119: ("request event data", .read)
    case 120: ("request pointers of alarm, event and history logs", .read)
    case 121, 122, 131, 132: ("request logged data", .read)
    case 126: ("request last hour's minutes", .read)
    case 128: ("request history of a day", .read)
    case 130: ("request archived data", .read)
    case 135: ("request single history point data", .read)
    case 136: ("request multiple history point data", .read)
    case 137: ("request history index for a day", .read)
    case 138: ("request daily and monthly history", .read)
    case 139: ("request history information", .read)
    case 162: ("acknowledge alarm", .control)
    case 165: ("read or write history point definition", .configure)
    case 166: ("set single point parameters", .write)
    case 167: ("read single point parameters", .read)
    case 180: ("read parameters", .read)
    case 181: ("write parameters", .write)
    case 203: ("file transfer", .program)
    case 205: ("peer-to-peer network messages", .other)
    case 206: ("read transaction history", .read)
    case 224: ("report by exception alarm", .report)
    case 225: ("acknowledge report by exception", .report)
    case 255: ("error", .other)
    default: nil
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let text = "op\(code & 0xff)"
    if code & logout != 0 { return OperationDescription(code: text, name: "logout", kind: .session) }
    if code & sessionKey != 0 {
      return OperationDescription(code: text, name: "request session key", kind: .authenticate)
    }
    if let (name, kind) = file(code >> 16) { return OperationDescription(code: text, name: name, kind: kind) }
    let known = name(of: UInt8(truncatingIfNeeded: code))
    return OperationDescription(
      code: text, name: known.map { $0.0.description } ?? "opcode \(code)", kind: known?.1 ?? .other)
  }

  private static func file(_ command: UInt64) -> (String, OperationKind)? {
    switch command {
    case 1: ("open file", .session)
    case 2: ("read file", .read)
    case 3: ("write file", .program)
    case 4: ("close file", .session)
    case 5: ("delete file", .program)
    case 6, 64: ("read directory", .discover)
    default: nil
    }
  }

  public static func describe(
    object address: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    "unit \(address >> 8) group \(address & 255)"
  }
}
