import OTCore

extension IEC104Dissector {
  /// Type in the low octet, cause above it, then whether a command only selects, and whether a file goes to the station.
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let type = UInt8(truncatingIfNeeded: code)
    let cause = UInt8(truncatingIfNeeded: code >> 8)
    var (name, kind) = describe(type)
    if code >> 16 & 1 == 1 {
      name += ", select"
      if kind == .control || kind == .write { kind = .other }
    } else if (45...64).contains(type), cause == 8 {
      name += ", deactivate"
    }
    if code >> 17 & 1 == 1 {
      name += ", download"
      kind = .program
    }
    return OperationDescription(code: "\(type)", name: name, kind: kind)
  }

  /// IEC 60870-5-101 section 7.2.1.1, tables 8 to 13.
  private static func describe(_ type: UInt8) -> (String, OperationKind) {
    switch type {
    case 1: ("single-point information", .report)
    case 2: ("single-point information with time", .report)
    case 3: ("double-point information", .report)
    case 4: ("double-point information with time", .report)
    case 5: ("step position information", .report)
    case 6: ("step position information with time", .report)
    case 7: ("bitstring of 32 bit", .report)
    case 8: ("bitstring of 32 bit with time", .report)
    case 9: ("measured value, normalized", .report)
    case 10: ("measured value, normalized, with time", .report)
    case 11: ("measured value, scaled", .report)
    case 12: ("measured value, scaled, with time", .report)
    case 13: ("measured value, short floating point", .report)
    case 14: ("measured value, short floating point, with time", .report)
    case 15: ("integrated totals", .report)
    case 16: ("integrated totals with time", .report)
    case 17, 38: ("event of protection equipment", .report)
    case 18, 39: ("packed start events of protection equipment", .report)
    case 19, 40: ("packed output circuit information of protection equipment", .report)
    case 20: ("packed single-point information with status change detection", .report)
    case 21: ("measured value, normalized, without quality", .report)
    case 30: ("single-point information with cp56 time", .report)
    case 31: ("double-point information with cp56 time", .report)
    case 32: ("step position information with cp56 time", .report)
    case 33: ("bitstring of 32 bit with cp56 time", .report)
    case 34: ("measured value, normalized, with cp56 time", .report)
    case 35: ("measured value, scaled, with cp56 time", .report)
    case 36: ("measured value, short floating point, with cp56 time", .report)
    case 37: ("integrated totals with cp56 time", .report)
    case 45, 58: ("single command", .control)
    case 46, 59: ("double command", .control)
    case 47, 60: ("regulating step command", .control)
    case 48, 61: ("set point command, normalized", .write)
    case 49, 62: ("set point command, scaled", .write)
    case 50, 63: ("set point command, short floating point", .write)
    case 51, 64: ("bitstring of 32 bit command", .write)
    case 70: ("end of initialization", .report)
    case 100: ("interrogation command", .read)
    case 101: ("counter interrogation command", .read)
    case 102: ("read command", .read)
    case 103: ("clock synchronization command", .time)
    case 104, 107: ("test command", .diagnose)
    case 105: ("reset process command", .control)
    case 106: ("delay acquisition command", .time)
    case 110: ("parameter of measured value, normalized", .configure)
    case 111: ("parameter of measured value, scaled", .configure)
    case 112: ("parameter of measured value, short floating point", .configure)
    case 113: ("parameter activation", .configure)
    case 120: ("file ready", .other)
    case 121: ("section ready", .other)
    case 122: ("call directory, select file, call file", .read)
    case 123: ("last section, last segment", .other)
    case 124: ("ack file, ack section", .other)
    case 125: ("segment", .other)
    case 126: ("directory", .other)
    case 127: ("query log", .read)
    default: ("type \(type)", .other)
    }
  }

  public static func describe(
    object station: UInt32, _ first: UInt32, _ qualifier: UInt32, _ unused: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    let count = qualifier & 0x7f
    guard count > 1 else { return "station \(station) object \(first)" }
    guard qualifier & 0x80 == 0 else {
      return "station \(station) objects \(first)-\(UInt64(first) + UInt64(count) - 1)"
    }
    return "station \(station) object \(first) and \(count - 1) more"
  }
}
