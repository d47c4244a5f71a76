import OTCore

/// TriStation: engineering protocol of Triconex safety controllers. No public specification; fields as published by
/// FireEye ("A Totally Tubular Treatise on TRITON and TriStation", 2018, and its Wireshark plug-in) and Nozomi Networks
/// (`tricotools`, 2018).
public struct TriStation: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "tristation", name: "TriStation", specification: "none public; FireEye 2018, Nozomi Networks 2018",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "connections, commands of downloads, run, halt and point writes, and their refusals; version and serial "
        + "number of the controller, its project, state and key switch",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.udp(1502)]
  public static let probe = ProbeStrength.strong

  /// Commands by their sequence number: a refusal does not name what it refuses.
  private var asked = RequestTable<UInt8>()
  private var told = RecentValues()

  public init() {}

  private enum Kind {
    static let connect: UInt8 = 1
    static let disconnect: UInt8 = 4
    static let command: UInt8 = 5
    static let ping: UInt8 = 6
    static let last: UInt8 = 11
  }

  private enum Function {
    static let startProgramDownload: UInt8 = 59
    static let refusal: UInt8 = 100
    static let attached: UInt8 = 106
    static let programStatus: UInt8 = 108
    static let chassisStatus: UInt8 = 119
    static let moduleVersions: UInt8 = 151
    static let firstRefusal: UInt8 = 200
  }

  /// Type, channel, length of what stands before the checksum.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, bytes.count >= 6, (1...Kind.last).contains(bytes[0]), bytes[1] <= 3,
      let length = bytes.le16(2)
    else { return .notThisProtocol }
    // More than there is was cut off, or it is none.
    guard Int(length) + 6 >= bytes.count, hint.isClaimed || isUnmistakable(bytes, Int(length)) else {
      return .notThisProtocol
    }
    return .pdu(byteCount: Int(length) + 6)
  }

  /// Whether no port has to speak for it: a command that has its length twice, a direction and a right checksum.
  private static func isUnmistakable(_ bytes: Span<UInt8>, _ length: Int) -> Bool {
    guard bytes[0] == Kind.command, length >= 10, length + 6 == bytes.count, bytes[4] <= 1,
      bytes.le16(12).map(Int.init) == length
    else { return false }
    let end = length + 4
    return bytes.le16(end) == ReflectedCRC16.serial.remainder(of: bytes.extracting(0..<end), from: 0)
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u8("message type")
    try pdu.skip(3, "channel and length")
    guard type == Kind.command else {
      let isRequest =
        type == Kind.connect || type == Kind.disconnect || (type == Kind.ping && context.senderIsClient)
      out.operation(
        Operation(
          UInt64(type), isRequest ? .request : .response,
          outcome: isRequest ? .none : type > Kind.ping ? .failure(UInt32(type)) : .success))
      return
    }
    let direction = try pdu.u8("direction")
    try pdu.skip(1, "connection")
    let function = try pdu.u8("function code")
    let sequence = UInt64(pdu.peek() ?? 0)
    // From 100 on the codes answer; from 200 on, and 100 itself, they refuse.
    var operation = Operation(UInt64(type) | UInt64(function) << 8, .request)
    guard direction == 1 || function >= Function.refusal else {
      asked.remember(function, for: sequence)
      if function == Function.startProgramDownload, let project = Self.name(pdu.bytes, at: 24) {
        let text = out.text(project)
        operation.object = .text(text)
        out.record(.file(FileSeen(text, .toServer)))
      }
      out.operation(operation)
      return
    }
    operation.role = .response
    let isRefusal = function == Function.refusal || function >= Function.firstRefusal
    operation.outcome = isRefusal ? .failure(UInt32(function)) : .success
    if isRefusal, let command = asked.request(sequence) {
      operation.code |= UInt64(command) << 16 | Self.refusalIsKnown
    }
    out.operation(operation)
    tell(function, pdu.bytes, into: &out)
  }

  // MARK: identity

  /// What answers say of the controller; data begin at octet 14.
  private mutating func tell(_ function: UInt8, _ bytes: Span<UInt8>, into out: inout ObservationBuffer) {
    switch function {
    case Function.attached: processor(bytes, into: &out)
    case Function.programStatus:
      state(run: bytes.byte(22), key: bytes.byte(21), into: &out)
      project(bytes, at: 80, into: &out)
    case Function.chassisStatus:
      state(run: bytes.byte(17), key: bytes.byte(18), into: &out)
      project(bytes, at: 46, into: &out)
    case Function.moduleVersions: board(bytes.clamped(from: 464, count: 17), into: &out)
    default: break
    }
  }

  /// Version of the main processor's firmware: 10 and its minor number, or zeros for 9.
  private mutating func processor(_ bytes: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let major = bytes.byte(17), let minor = bytes.byte(18), major == 10 || (major == 0 && minor == 0),
      told.isNew(hash: Told.processor | UInt64(major) << 8 | UInt64(minor))
    else { return }
    out.identity(.sender, .vendor, out.text("Triconex"))
    out.identity(.sender, .productName, out.text("Tricon main processor 3008"))
    out.identity(
      .sender, .firmwareVersion, major == 0 ? out.text("9") : out.text(joined: UInt64(major), UInt64(minor)))
  }

  /// State of the program, and where the key stands: in the position for programs everybody may load one.
  private mutating func state(run: UInt8?, key: UInt8?, into out: inout ObservationBuffer) {
    if let run, told.isNew(hash: Told.run | UInt64(run)) {
      switch run {
      case 0: out.property(.mode, out.text("run"))
      case 1: out.property(.mode, out.text("halted"))
      case 2: out.property(.mode, out.text("paused"))
      default: break
      }
    }
    if let key, told.isNew(hash: Told.key | UInt64(key)) {
      switch key {
      case 0: out.property(.mode, out.text("key switch: stop"))
      case 1: out.property(.mode, out.text("key switch: program"))
      case 2: out.property(.mode, out.text("key switch: run"))
      case 3: out.property(.mode, out.text("key switch: remote"))
      default: break
      }
    }
  }

  private mutating func project(_ bytes: Span<UInt8>, at index: Int, into out: inout ObservationBuffer) {
    guard let name = Self.name(bytes, at: index), told.isNew(name, salt: 1) else { return }
    out.identity(.sender, .application, out.text(name))
  }

  /// Of the board: assembly in six characters, revision in three, serial number in eight.
  private mutating func board(_ bytes: Span<UInt8>, into out: inout ObservationBuffer) {
    guard bytes.count == 17, bytes.isPrintable, told.isNew(bytes, salt: 2) else { return }
    out.identity(.sender, .orderNumber, out.text(bytes.extracting(0..<6).trimmed()))
    out.identity(.sender, .hardwareVersion, out.text(bytes.extracting(6..<9).trimmed()))
    out.identity(.sender, .serialNumber, out.text(bytes.extracting(9..<17).trimmed()))
  }

  /// Name of a project in ten octets, filled with NUL.
  @_lifetime(copy bytes)
  private static func name(_ bytes: Span<UInt8>, at index: Int) -> Span<UInt8>? {
    let text = bytes.clamped(from: index, count: 10)
    guard text.count == 10 else { return nil }
    let name = text.untilNUL()
    return !name.isEmpty && name.isPrintable ? name : nil
  }

  /// What is told once a conversation and has no text of its own.
  private enum Told {
    static let processor: UInt64 = 0x7c1c_0000
    static let run: UInt64 = 0x7c2c_0000
    static let key: UInt64 = 0x7c3c_0000
  }

  // MARK: names

  /// A refusal is told by its own code, and named by the command that it refuses, which stands above 16 bits.
  private static let refusalIsKnown: UInt64 = 1 << 24

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let type = code & 0xff
    guard type == UInt64(Kind.command) else {
      let name: String =
        switch type {
        case 1: "connection request"
        case 2: "connection reply"
        case 3: "disconnect reply"
        case 4: "disconnect request"
        case 6: "ping"
        case 7: "connection limit reached"
        case 8: "not connected"
        case 9: "main processors are dead"
        case 10: "access denied"
        default: "connection failed"
        }
      return OperationDescription(code: "type\(type)", name: name, kind: type == 6 ? .discover : .session)
    }
    let function = code >> 8 & 0xff
    let (word, kind) = Self.function(function)
    var name = word
    if code & refusalIsKnown != 0 {
      name = "\(Self.function(code >> 16 & 0xff).0): \(name)"
    }
    return OperationDescription(code: "cmd\(function)", name: name, kind: kind)
  }

  /// Commands below 100, answers from there, refusals from 200: the table of TRITON's framework, as published.
  private static func function(_ code: UInt64) -> (String, OperationKind) {
    switch code {
    case 0: ("start download of everything", .program)
    case 1: ("start download of a change", .program)
    case 2: ("update configuration", .program)
    case 3: ("upload configuration", .program)
    case 4: ("set I/O addresses", .configure)
    case 5: ("allocate network", .configure)
    case 6: ("load vector table", .program)
    case 7: ("set calendar", .time)
    case 8: ("get calendar", .read)
    case 9: ("set scan time", .configure)
    case 10: ("end download of everything", .program)
    case 11: ("end download of a change", .program)
    case 12: ("cancel download of a change", .program)
    case 13: ("attach to the controller", .session)
    case 14: ("set I/O address limits", .configure)
    case 15: ("configure module", .configure)
    case 16: ("set multiple point values", .write)
    case 17: ("enable all points", .control)
    case 18: ("upload vector table", .program)
    case 19: ("get control program status", .diagnose)
    case 20: ("run program", .control)
    case 21: ("halt program", .control)
    case 22: ("pause program", .control)
    case 23: ("do a single scan", .control)
    case 24: ("get chassis status", .diagnose)
    case 25: ("get minimum scan time", .read)
    case 26: ("set node number", .configure)
    case 27: ("set I/O point values", .write)
    case 28: ("get I/O point values", .read)
    case 29: ("get main processor status", .diagnose)
    case 30: ("set retentive values", .write)
    case 31: ("adjust clock", .time)
    case 32: ("clear module alarms", .control)
    case 33, 36: ("get event log", .read)
    case 34, 35: ("set event recording", .configure)
    case 37...40: ("enable or disable output voter diagnostics", .configure)
    case 41: ("process modbus", .other)
    case 42: ("upload network", .program)
    case 43: ("set label", .configure)
    case 44: ("configure system variables", .configure)
    case 45: ("deconfigure module", .configure)
    case 46: ("get system variables", .read)
    case 47, 54: ("get types or versions of modules", .discover)
    case 48...50: ("download conversion table", .program)
    case 51: ("get conversion table", .read)
    case 52: ("set communication module status", .configure)
    case 53: ("event data available", .report)
    case 55: ("allocate program", .program)
    case 56, 72: ("allocate function", .program)
    case 57: ("clear retentives", .control)
    case 58: ("set initial values", .write)
    case 59: ("start download of a program", .program)
    case 60, 62: ("set data", .write)
    case 61: ("get data", .read)
    case 63: ("set program information", .program)
    case 64, 71: ("get program information", .read)
    case 65: ("upload program", .program)
    case 66: ("upload function", .program)
    case 67, 69, 70: ("get points", .read)
    case 68: ("allocate symbol table", .program)
    case 73: ("get node number", .read)
    case 74: ("get symbol table", .read)
    case 80: ("go to download mode", .control)
    case 100: ("command rejected", .other)
    case 101...199: answer(code)
    case 200...255: ("refused: \(refusal(code))", .other)
    default: ("function \(code)", .other)
    }
  }

  /// What an answer is to, where only one command has it: it is of the command's kind.
  private static func answer(_ code: UInt64) -> (String, OperationKind) {
    switch code {
    case 101: ("download of everything permitted", .program)
    case 102: ("download of a change permitted", .program)
    case 103: ("modification accepted", .program)
    case 104: ("download cancelled", .program)
    case 105: ("program accepted", .program)
    case 106: ("attached to the controller", .session)
    case 107: ("I/O addresses set", .configure)
    case 108: ("control program status", .diagnose)
    case 109: ("program is running", .control)
    case 110: ("program is halted", .control)
    case 111: ("program is paused", .control)
    case 112: ("end of a single scan", .control)
    case 113, 119: ("chassis configuration or status", .diagnose)
    case 117: ("module configured", .configure)
    case 121: ("I/O point values", .read)
    case 122: ("calendar changed", .time)
    case 123: ("configuration updated", .program)
    case 127: ("main processor status", .diagnose)
    case 128: ("retentive values set", .write)
    case 130: ("module alarms cleared", .control)
    case 131, 137: ("event log", .read)
    case 140: ("calendar", .read)
    case 142, 151: ("types or versions of modules", .discover)
    case 150: ("system variables", .read)
    case 153: ("program allocated", .program)
    case 154, 168: ("function allocated", .program)
    case 155: ("retentives cleared", .control)
    case 161: ("program information", .read)
    case 162: ("program uploaded", .program)
    case 163: ("function uploaded", .program)
    default: ("answer \(code)", .other)
    }
  }

  private static func refusal(_ code: UInt64) -> String {
    switch code {
    case 200: "wrong command"
    case 201, 233: "load is in progress"
    case 203: "control program is not halted"
    case 204: "checksum of the control program is wrong"
    case 206: "control program is not valid"
    case 211: "download time does not match"
    case 212: "key setting prohibits this operation"
    case 213: "wrong version of the control program"
    case 214: "command out of sequence"
    case 223: "program name is invalid"
    case 239: "variable is write protected"
    case 240: "node number does not match"
    case 241: "command is not allowed"
    case 251, 253: "point cannot be disabled"
    default: "reason \(code)"
    }
  }
}
