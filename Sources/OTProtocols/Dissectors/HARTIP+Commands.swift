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
    case 39: ("burn or restore non-volatile memory", .configure)
    case 40: ("enter or exit fixed current mode", .control)
    case 41: ("perform self test", .control)
    case 42: ("perform device reset", .control)
    case 43: ("set primary variable zero", .configure)
    case 44: ("write primary variable units", .configure)
    case 45: ("trim loop current zero", .configure)
    case 46: ("trim loop current gain", .configure)
    case 47: ("write primary variable transfer function", .configure)
    case 48: ("read additional device status", .diagnose)
    case 49: ("write primary variable transducer serial number", .configure)
    case 50: ("read dynamic variable assignments", .read)
    case 51: ("write dynamic variable assignments", .configure)
    case 52: ("set device variable zero", .configure)
    case 53: ("write device variable units", .configure)
    case 54: ("read device variable information", .read)
    case 55: ("write device variable damping", .configure)
    case 56: ("write device variable transducer serial number", .configure)
    case 57: ("read unit tag, descriptor, date", .read)
    case 58: ("write unit tag, descriptor, date", .configure)
    case 59: ("write number of response preambles", .configure)
    case 60...63, 70: ("read analog channels", .read)
    case 64, 65, 69: ("write analog channel", .configure)
    case 66: ("enter or exit fixed analog channel mode", .control)
    case 67, 68: ("trim analog channel", .configure)
    case 71: ("lock device", .control)
    case 72: ("squawk", .diagnose)
    case 73: ("find device", .discover)
    case 74: ("read I/O system capabilities", .discover)
    case 75: ("poll sub-device", .discover)
    case 76: ("read lock device state", .read)
    case 77: ("send command to sub-device", .other)
    case 78: ("read aggregated commands", .read)
    case 79: ("write device variable", .write)
    case 80, 81: ("read device variable trim", .read)
    case 82, 83: ("write device variable trim", .configure)
    case 84: ("read sub-device identity summary", .discover)
    case 85, 86: ("read I/O channel or sub-device statistics", .diagnose)
    case 87, 88: ("write I/O system settings", .configure)
    case 89: ("set real-time clock", .time)
    case 90: ("read real-time clock", .read)
    case 91, 93: ("read trend", .read)
    case 92: ("write trend configuration", .configure)
    case 94, 95: ("read device communications statistics", .diagnose)
    case 96, 98, 101: ("read action or burst map", .read)
    case 97, 99, 102: ("write action or burst map", .configure)
    case 103: ("write burst period", .configure)
    case 104: ("write burst trigger", .configure)
    case 105: ("read burst mode configuration", .read)
    case 107: ("write burst device variables", .configure)
    case 108: ("write burst mode command number", .configure)
    case 109: ("burst mode control", .configure)
    case 106: ("flush delayed responses", .control)
    case 110: ("read all dynamic variables", .read)
    case 111: ("transfer service control", .program)
    case 112: ("transfer service", .program)
    case 113: ("catch device variable", .configure)
    case 114, 115: ("read caught variable or event notification", .read)
    case 116...118: ("write event notification", .configure)
    case 119: ("acknowledge event notification", .control)
    // WirelessHART, TS20155.
    case 768: ("write join key", .configure)
    case 769: ("read join status", .diagnose)
    case 773, 775: ("write network id or tag", .configure)
    case 774, 776: ("read network id or tag", .read)
    case 961: ("write network key", .configure)
    case 963: ("write session", .configure)
    default: ("command \(number)", .other)
    }
  }
}
