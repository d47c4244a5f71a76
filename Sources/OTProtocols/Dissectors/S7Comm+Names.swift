import OTCore

extension S7CommDissector {
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let low = UInt8(truncatingIfNeeded: code)
    let high = UInt8(truncatingIfNeeded: code >> 8)
    if code & OperationCode.nameless != 0 {
      let name =
        switch Kind(rawValue: low) {
        case .job: "job without function"
        case .acknowledgement: "acknowledgement without data"
        case .acknowledgementWithData: "answer without function"
        default: "user data without function"
        }
      return OperationDescription(code: "rosctr\(low)", name: name, kind: .other)
    }
    if code & OperationCode.userDataFlag != 0 {
      let (name, kind) = describe(group: high, subfunction: low)
      return OperationDescription(code: "ud.\(high).\(low)", name: name, kind: kind)
    }
    let (name, kind) = describe(function: low, service: Service(rawValue: high) ?? .other)
    return OperationDescription(code: "\(low)", name: name, kind: kind)
  }

  private static func describe(function: UInt8, service: Service) -> (String, OperationKind) {
    switch function {
    case 0x00: ("cpu services", .other)
    case 0x04: ("read variable", .read)
    case 0x05: ("write variable", .write)
    case 0x1a: ("request download", .program)
    case 0x1b: ("download block", .program)
    case 0x1c: ("download ended", .program)
    case 0x1d: ("start upload", .program)
    case 0x1e: ("upload", .program)
    case 0x1f: ("end upload", .program)
    case 0x28:
      switch service {
      case .start: ("program invocation: start", .control)
      case .insertBlocks: ("program invocation: activate blocks", .program)
      case .deleteBlocks: ("program invocation: delete blocks", .program)
      case .copyToLoadMemory: ("program invocation: copy ram to rom", .program)
      case .compress: ("program invocation: compress memory", .configure)
      case .coldStart: ("program invocation: cold restart", .control)
      case .session: ("program invocation: session of a numerical control", .session)
      case .file: ("program invocation: file of a numerical control", .program)
      case .other: ("program invocation", .control)
      }
    case 0x29: ("plc stop", .control)
    case 0xf0: ("setup communication", .session)
    default: ("function \(function)", .other)
    }
  }

  private static func describe(group: UInt8, subfunction: UInt8) -> (String, OperationKind) {
    switch (group, subfunction) {
    case (Group.modeTransition, _): ("mode transition", .report)
    case (Group.programmer, 0x01), (Group.programmer, 0x13): ("block status", .diagnose)
    case (Group.programmer, 0x02): ("variable status", .diagnose)
    case (Group.programmer, 0x03): ("output interrupt stack", .diagnose)
    case (Group.programmer, 0x04): ("output block stack", .diagnose)
    case (Group.programmer, 0x05): ("output local stack", .diagnose)
    case (Group.programmer, 0x06): ("measure cycle time", .diagnose)
    case (Group.programmer, 0x07): ("force selection", .control)
    case (Group.programmer, 0x08): ("modify variable", .write)
    case (Group.programmer, 0x09): ("force", .control)
    case (Group.programmer, 0x0a): ("breakpoint", .control)
    case (Group.programmer, 0x0b): ("exit hold", .control)
    case (Group.programmer, 0x0c): ("memory reset", .control)
    case (Group.programmer, 0x0d): ("disable job", .diagnose)
    case (Group.programmer, 0x0e): ("enable job", .diagnose)
    case (Group.programmer, 0x0f): ("delete job", .diagnose)
    case (Group.programmer, 0x10): ("read job list", .diagnose)
    case (Group.programmer, 0x11): ("read job", .diagnose)
    case (Group.programmer, 0x12): ("replace job", .diagnose)
    case (Group.programmer, 0x16): ("flash led", .diagnose)
    case (Group.programmer, _): ("programmer command \(subfunction)", .diagnose)
    case (Group.cyclic, 0x01): ("cyclic read", .read)
    case (Group.cyclic, 0x04): ("unsubscribe cyclic data", .read)
    case (Group.cyclic, 0x05): ("change-driven read", .read)
    case (Group.cyclic, _): ("cyclic service \(subfunction)", .read)
    case (Group.blocks, 1): ("list blocks", .discover)
    case (Group.blocks, 2): ("list blocks of type", .discover)
    case (Group.blocks, 3): ("get block info", .discover)
    case (Group.blocks, _): ("block function \(subfunction)", .discover)
    case (Group.cpu, 1): ("read system status list", .discover)
    case (Group.cpu, 2): ("subscribe to messages", .diagnose)
    case (Group.cpu, 3): ("diagnostic message", .report)
    case (Group.cpu, 0x05): ("alarm_8 indication", .report)
    case (Group.cpu, 0x06): ("notify indication", .report)
    case (Group.cpu, 0x07): ("lock alarm_8", .configure)
    case (Group.cpu, 0x08): ("unlock alarm_8", .configure)
    case (Group.cpu, 0x09): ("scan indication", .report)
    case (Group.cpu, 0x0b): ("acknowledge alarm", .write)
    case (Group.cpu, 0x0c): ("alarm acknowledged", .report)
    case (Group.cpu, 0x0d): ("alarm_8 locked", .report)
    case (Group.cpu, 0x0e): ("alarm_8 unlocked", .report)
    case (Group.cpu, 0x11): ("alarm_sq indication", .report)
    case (Group.cpu, 0x12): ("alarm_s indication", .report)
    case (Group.cpu, 0x13): ("alarm query", .diagnose)
    case (Group.cpu, 0x16): ("notify_8 indication", .report)
    case (Group.cpu, _): ("cpu function \(subfunction)", .diagnose)
    case (Group.security, 1): ("plc password", .authenticate)
    case (Group.security, 2): ("clear plc password", .authenticate)
    case (Group.security, _): ("security function \(subfunction)", .authenticate)
    case (Group.blockSend, _): ("block send", .write)
    case (Group.time, 1), (Group.time, 3): ("read clock", .read)
    case (Group.time, 2), (Group.time, 4): ("set clock", .time)
    case (Group.time, _): ("time function \(subfunction)", .time)
    case (Group.numericalControl, 1...4): ("download to numerical control", .program)
    case (Group.numericalControl, 6...8): ("upload from numerical control", .program)
    default: ("user data \(group).\(subfunction)", .other)
    }
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    switch ObjectTag(rawValue: a) {
    case .statusList: return "SZL \(hexadecimal(b, digits: 4)) index \(hexadecimal(c, digits: 4))"
    case .block:
      let type =
        switch UInt8(truncatingIfNeeded: b) {
        case UInt8(ascii: "8"): "OB"
        case UInt8(ascii: "A"): "DB"
        case UInt8(ascii: "B"): "SDB"
        case UInt8(ascii: "C"): "FC"
        case UInt8(ascii: "D"): "SFC"
        case UInt8(ascii: "E"): "FB"
        case UInt8(ascii: "F"): "SFB"
        default: "block type \(b) "
        }
      return c == .max ? "blocks \(type)" : "\(type)\(c)"
    case nil:
      var out = ObservationBuffer()
      append(Item(a, b, c, d), to: &out)
      return out.string(out.text(since: 0))
    }
  }
}
