import OTCore

extension HARTIP {
  /// A command in the low byte, its extension (of command 31) from bit 24; bit 16 marks a message of HART-IP itself.
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let number = code & 0xff
    if code & 1 << 16 != 0 {
      let name: String =
        switch number {
        case 0: "session initiate"
        case 1: "session close"
        case 2: "keep alive"
        case 5: "read audit log"
        default: "message \(number)"
        }
      return OperationDescription(code: "msg\(number)", name: name, kind: .session)
    }
    let (name, kind) = command(number == 31 ? code >> 24 : number)
    // Direct messages have commands of 16 bits, pass-through has command 31 for those.
    return OperationDescription(code: "cmd\(layer == 0 ? number : code >> 24)", name: name, kind: kind)
  }

  /// Universal (0 to 30) and common practice commands; what is device-specific (128 and above) may do anything.
  private static func command(_ number: UInt64) -> (String, OperationKind) {
    switch number {
    case 0: ("read unique identifier", .discover)
    case 1: ("read primary variable", .read)
    case 2: ("read loop current and percent of range", .read)
    case 3: ("read dynamic variables and loop current", .read)
    case 6: ("write polling address", .configure)
    case 7: ("read loop configuration", .read)
    case 8: ("read dynamic variable classifications", .read)
    case 9: ("read device variables with status", .read)
    case 11: ("read unique identifier of tag", .discover)
    case 12: ("read message", .read)
    case 13: ("read tag, descriptor, date", .read)
    case 14: ("read primary variable transducer", .read)
    case 15: ("read device information", .read)
    case 16: ("read final assembly number", .read)
    case 17: ("write message", .configure)
    case 18: ("write tag, descriptor, date", .configure)
    case 19: ("write final assembly number", .configure)
    case 20: ("read long tag", .read)
    case 21: ("read unique identifier of long tag", .discover)
    case 22: ("write long tag", .configure)
    case 31: ("extended command", .other)
    case 33: ("read device variables", .read)
    case 34: ("write primary variable damping", .configure)
    case 35: ("write primary variable range", .configure)
    case 36: ("set primary variable upper range", .configure)
    case 37: ("set primary variable lower range", .configure)
    case 38: ("reset configuration changed flag", .configure)
    case 40: ("enter or exit fixed current mode", .control)
    case 41: ("perform self test", .control)
    case 42: ("perform device reset", .control)
    case 43: ("set primary variable zero", .configure)
    case 44: ("write primary variable units", .configure)
    case 45: ("trim loop current zero", .configure)
    case 46: ("trim loop current gain", .configure)
    case 48: ("read additional device status", .diagnose)
    case 53: ("write device variable units", .configure)
    case 54: ("read device variable information", .read)
    case 59: ("write number of response preambles", .configure)
    case 71: ("lock device", .control)
    case 72: ("squawk", .diagnose)
    case 74: ("read I/O system capabilities", .discover)
    case 76: ("read lock device state", .read)
    case 77: ("send command to sub-device", .other)
    case 78: ("read aggregated commands", .read)
    case 79: ("write device variable", .write)
    case 84: ("read sub-device identity summary", .discover)
    case 89: ("set real-time clock", .time)
    case 90: ("read real-time clock", .read)
    case 95: ("read device communications statistics", .diagnose)
    case 103: ("write burst period", .configure)
    case 104: ("write burst trigger", .configure)
    case 105: ("read burst mode configuration", .read)
    case 107: ("write burst device variables", .configure)
    case 108: ("write burst mode command number", .configure)
    case 109: ("burst mode control", .configure)
    default: ("command \(number)", .other)
    }
  }
}
