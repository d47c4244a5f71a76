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
    case 15: ("configure module", .configure)
    case 16: ("set multiple point values", .write)
    case 17: ("enable all points", .control)
    case 19: ("get control program status", .diagnose)
    case 20: ("run program", .control)
    case 21: ("halt program", .control)
    case 22: ("pause program", .control)
    case 23: ("do a single scan", .control)
    case 24: ("get chassis status", .diagnose)
    case 27: ("set I/O point values", .write)
    case 28: ("get I/O point values", .read)
    case 29: ("get main processor status", .diagnose)
    case 31: ("adjust clock", .time)
    case 33: ("get event log", .read)
    case 37...40: ("enable or disable output voter diagnostics", .configure)
    case 55: ("allocate program", .program)
    case 56, 72: ("allocate function", .program)
    case 57: ("clear retentives", .control)
    case 65: ("upload program", .program)
    case 66: ("upload function", .program)
    case 80: ("go to download mode", .control)
    case 100: ("command rejected", .other)
    case 101...199: ("answer \(code)", .other)
    case 212: ("refused: key setting prohibits this operation", .other)
    case 200...255: ("refused: reason \(code)", .other)
    default: ("function \(code)", .other)
    }
  }
}
