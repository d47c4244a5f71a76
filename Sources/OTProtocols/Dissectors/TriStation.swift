import OTCore

/// TriStation: engineering protocol of Triconex safety controllers. No public specification; fields as published by
/// FireEye ("A Totally Tubular Treatise on TRITON and TriStation", 2018) and Nozomi Networks.
public struct TriStation: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "tristation", name: "TriStation", specification: "none public; FireEye 2018, Nozomi Networks 2018",
      isIndustrial: true, depth: .operations,
      reads: "connections, commands of downloads, run, halt and point writes, and their refusals", displayFilter: "")
  ]
  public static let claims: [Claim] = [.udp(1502)]

  public init() {}

  private static let command: UInt8 = 5

  /// Type, channel, length of what stands before the checksum.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, hint.isClaimed, bytes.count >= 6, (1...11).contains(bytes[0]), bytes[1] <= 3,
      let length = bytes.le16(2)
    else { return .notThisProtocol }
    guard Int(length) + 6 == bytes.count else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u8("message type")
    try pdu.skip(3, "channel and length")
    guard type == Self.command else {
      let isRequest = type == 1 || type == 3 || (type == 6 && context.senderIsClient)
      out.operation(
        Operation(
          UInt64(type), isRequest ? .request : .response,
          outcome: isRequest ? .none : type >= 7 ? .failure(UInt32(type)) : .success))
      return
    }
    try pdu.skip(2, "direction and connection")
    let function = try pdu.u8("function code")
    // From 100 on the codes answer; from 200 on, and 100 itself, they refuse.
    var operation = Operation(UInt64(type) | UInt64(function) << 8, function >= 100 ? .response : .request)
    if function >= 100 {
      operation.outcome = function == 100 || function >= 200 ? .failure(UInt32(function)) : .success
    }
    out.operation(operation)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let type = code & 0xff
    guard type == UInt64(command) else {
      let name: String =
        switch type {
        case 1: "connection request"
        case 2: "connection reply"
        case 3: "disconnect request"
        case 4: "disconnect reply"
        case 6: "ping"
        case 7: "connection limit reached"
        case 8: "not connected"
        case 9: "main processors are dead"
        case 10: "access denied"
        default: "connection failed"
        }
      return OperationDescription(code: "type\(type)", name: name, kind: type == 6 ? .discover : .session)
    }
    let function = code >> 8
    let (name, kind) = Self.function(function)
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
