import OTCore

extension ModbusDissector {
  /// Function code in the low byte, above it the sub-function of function 8 or the MEI type of function 43.
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    if layer == umasLayer { return umasDescription(code) }
    let function = UInt8(truncatingIfNeeded: code)
    let sub = UInt16(truncatingIfNeeded: code >> 8)
    let (name, kind) = describe(function, sub)
    return OperationDescription(code: "\(function)", name: name, kind: kind)
  }

  /// MODBUS Application Protocol V1.1b3 section 5.1; 9 to 19 and 126 from Modicon's PI-MBUS-300.
  private static func describe(_ function: UInt8, _ sub: UInt16) -> (String, OperationKind) {
    switch function {
    case 1: ("read coils", .read)
    case 2: ("read discrete inputs", .read)
    case 3: ("read holding registers", .read)
    case 4: ("read input registers", .read)
    case 5: ("write single coil", .write)
    case 6: ("write single register", .write)
    case 7: ("read exception status", .diagnose)
    case 8: diagnostic(sub)
    case 9: ("program 484", .program)
    case 10: ("poll 484", .diagnose)
    case 11: ("get comm event counter", .diagnose)
    case 12: ("get comm event log", .diagnose)
    case 13: ("program controller", .program)
    case 14: ("poll controller", .diagnose)
    case 15: ("write multiple coils", .write)
    case 16: ("write multiple registers", .write)
    case 17: ("report server id", .discover)
    case 18: ("program 884", .program)
    case 19: ("reset communication link", .control)
    case 20: ("read file record", .read)
    case 21: ("write file record", .write)
    case 22: ("mask write register", .write)
    case 23: ("read/write multiple registers", .write)
    case 24: ("read fifo queue", .read)
    case 43:
      switch sub {
      case 13: ("canopen general reference", .other)
      case 14: ("read device identification", .discover)
      default: ("encapsulated interface transport", .other)
      }
    case 90: ("schneider umas", .other)
    case 126: ("program quantum", .program)
    default: ("function \(function)", .other)
    }
  }

  /// Section 6.8.1.
  private static func diagnostic(_ sub: UInt16) -> (String, OperationKind) {
    switch sub {
    case 0: ("diagnostics: return query data", .diagnose)
    case 1: ("diagnostics: restart communications", .control)
    case 2: ("diagnostics: return diagnostic register", .diagnose)
    case 3: ("diagnostics: change ascii input delimiter", .configure)
    case 4: ("diagnostics: force listen only mode", .control)
    case 10: ("diagnostics: clear counters", .configure)
    case 11...18: ("diagnostics: return counter", .diagnose)
    case 20: ("diagnostics: clear overrun counter", .configure)
    default: ("diagnostics", .diagnose)
    }
  }

  public static func describe(
    object unit: UInt32, _ table: UInt32, _ start: UInt32, _ count: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    let name: String
    switch Table(rawValue: UInt8(truncatingIfNeeded: table)) {
    case .coils: name = "coil"
    case .discreteInputs: name = "discrete input"
    case .holdingRegisters: name = "holding register"
    case .inputRegisters: name = "input register"
    case .fifoQueue: return "unit \(unit) fifo queue \(start)"
    case .fileRecord: return "unit \(unit) file \(start) record \(count)"
    case nil, .some(.none): return "unit \(unit)"
    }
    guard count > 1 else { return "unit \(unit) \(name) \(start)" }
    return "unit \(unit) \(name)s \(start)-\(UInt64(start) + UInt64(count) - 1)"
  }
}
