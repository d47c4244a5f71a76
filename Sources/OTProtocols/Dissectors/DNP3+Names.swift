import OTCore

extension DNP3Dissector {
  /// Function in the low octet, above it group and variation of the first object, which may decide the kind, then the
  /// control code of a relay output.
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let function = UInt8(truncatingIfNeeded: code)
    let group = UInt8(truncatingIfNeeded: code >> 16)
    let (name, kind) = describe(function, group)
    let control = relay(UInt8(truncatingIfNeeded: code >> 24))
    return OperationDescription(code: "\(function)", name: control.isEmpty ? name : "\(name): \(control)", kind: kind)
  }

  /// Annex A.8.1: operation type in the low four bits, trip or close in the highest two.
  private static func relay(_ code: UInt8) -> String {
    let operation =
      switch code & 15 {
      case 1: "pulse on"
      case 2: "pulse off"
      case 3: "latch on"
      case 4: "latch off"
      default: ""
      }
    let side = code >> 6 == 1 ? "close" : code >> 6 == 2 ? "trip" : ""
    return operation.isEmpty || side.isEmpty ? operation + side : "\(side), \(operation)"
  }

  /// IEEE 1815-2012 clause 4.4, table 4-2.
  private static func describe(_ function: UInt8, _ group: UInt8) -> (String, OperationKind) {
    switch function {
    case 0: ("confirm", .session)
    case 1: ("read", group == 0 ? .discover : .read)
    case 2:
      switch group {
      case 0: ("write device attribute", .configure)
      case 50: ("write time", .time)
      case 34: ("write deadbands", .configure)
      case 70: ("write file", .program)
      case 80: ("write internal indications", .write)
      case 110, 112: ("write string", .write)
      default: ("write", .write)
      }
    case 3: ("select", .other)
    case 4: ("operate", group == 41 ? .write : .control)
    case 5: ("direct operate", group == 41 ? .write : .control)
    case 6: ("direct operate without acknowledgement", group == 41 ? .write : .control)
    case 7: ("immediate freeze", .write)
    case 8: ("immediate freeze without acknowledgement", .write)
    case 9: ("freeze and clear", .write)
    case 10: ("freeze and clear without acknowledgement", .write)
    case 11: ("freeze at time", .write)
    case 12: ("freeze at time without acknowledgement", .write)
    case 13: ("cold restart", .control)
    case 14: ("warm restart", .control)
    case 15: ("initialize data", .control)
    case 16: ("initialize application", .control)
    case 17: ("start application", .control)
    case 18: ("stop application", .control)
    case 19: ("save configuration", .configure)
    case 20: ("enable unsolicited responses", .configure)
    case 21: ("disable unsolicited responses", .configure)
    case 22: ("assign class", .configure)
    case 23: ("delay measurement", .diagnose)
    case 24: ("record current time", .time)
    case 25: ("open file", .session)
    case 26: ("close file", .session)
    case 27: ("delete file", .write)
    case 28: ("get file information", .read)
    case 29: ("authenticate file", .authenticate)
    case 30: ("abort file transfer", .session)
    case 31: ("activate configuration", .configure)
    case 32: ("authentication request", .authenticate)
    case 33: ("authentication request without acknowledgement", .authenticate)
    case 129: ("response", .report)
    case 130: ("unsolicited response", .report)
    case 131: ("authentication response", .authenticate)
    default: ("function \(function)", .other)
    }
  }

  public static func describe(
    object a: UInt32, _ start: UInt32, _ stop: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    func kind(_ number: UInt32) -> String {
      let text = "g\(number >> 8 & 0xff)v\(number & 0xff)"
      return number >> 8 & 0xff == 120 ? text + " (secure authentication)" : text
    }
    var text = "station \(a & 0xffff)"
    guard a >> 16 != 0 || code >> 8 != 0 else { return text }
    text += " \(kind(a >> 16))"
    if stop > start { text += " \(start)-\(stop)" } else if start == stop, start > 0 { text += " \(start)" }
    let (second, third) = (d >> 16, d & 0xffff)
    if second != 0 { text += ", \(kind(second))" }
    if third != 0 { text += third == 0xffff ? ", …" : ", \(kind(third))" }
    return text
  }
}
