import OTCore

/// Tasks of controllers that messages of BSAP are for, and what they are asked: Emerson D4052, section 4 and appendix A.
enum BSAPTask {
  static let computer: UInt8 = 0x03
  static let database: UInt8 = 0xa0
  static let databaseExtension: UInt8 = 0xa1

  /// Task above 8 bits, its function above 16, of a message that begins with the function.
  static func code(_ task: UInt8, _ message: Span<UInt8>) -> UInt64 {
    let function =
      switch task {
      case database: UInt64(message.byte(0) ?? 0)
      case databaseExtension: UInt64(message.le16(0) ?? 0)
      default: UInt64(0)
      }
    return UInt64(task) << 8 | function << 16
  }

  /// The first name of a read by name, which ends with 0: behind what fields are asked for (a bit for each octet that
  /// follows), a security level and the number of names.
  static func signal(_ message: Span<UInt8>, into out: inout ObservationBuffer) -> Operation.Object {
    guard let function = message.byte(0), function == 0x04 || function == 0x06, let fields = message.byte(1) else {
      return .none
    }
    let start = 4 + fields.nonzeroBitCount
    guard let end = message.first(0, from: start), end > start else { return .none }
    let name = message.extracting(start..<end)
    return name.isPlainText ? .text(out.text(name)) : .none
  }

  static func describe(_ task: UInt8, _ function: UInt16) -> (String, OperationKind) {
    switch task {
    case database: database(function)
    case databaseExtension: databaseExtension(function)
    case computer, 0x40: ("message to a computer", .other)
    case 0x48: ("diagnostics", .diagnose)
    case 0x68: ("flash download", .firmware)
    case 0x6a: ("flash configuration", .configure)
    case 0x70, 0x71: ("command handler", .control)
    case 0x78: ("download", .program)
    case 0x81, 0x83, 0x86, 0x87, 0x8a, 0x8b, 0x95: ("acknowledge", .session)
    case 0x85: ("poll", .session)
    case 0x88, 0x89: ("time and routing table", .time)
    case 0xa2, 0xa3: ("report by exception", .report)
    case 0xa8...0xaa: ("alarm", .report)
    case 0xb0, 0xb1: ("peer to peer", .other)
    default: ("task \(hexadecimal(task, digits: 2))", .other)
    }
  }

  /// Remote database access, D4052 section 4.
  private static func database(_ function: UInt16) -> (String, OperationKind) {
    switch function {
    case 0x00: ("read signal by address", .read)
    case 0x02: ("read logical signal by address", .read)
    case 0x04: ("read signal by name", .read)
    case 0x06: ("read logical signal by name", .read)
    case 0x0c, 0x0d: ("read signal by list", .read)
    case 0x0e, 0x0f: ("read logical signal by list", .read)
    case 0x80: ("write signal by address", .write)
    case 0x84: ("write signal by name", .write)
    case 0x8c, 0x8d: ("write signal by list", .write)
    default: ("database function \(function)", function & 0x80 != 0 ? .write : .read)
    }
  }

  /// Of gas flow computers.
  private static func databaseExtension(_ function: UInt16) -> (String, OperationKind) {
    switch function {
    case 0x0101: ("reset system", .control)
    case 0x0102: ("reset diagnostics", .diagnose)
    case 0x0201...0x0203: ("read date and time", .read)
    case 0x0281: ("write date and time", .time)
    case 0x0400: ("change local address", .configure)
    default: ("extended database function \(hexadecimal(function, digits: 4))", .other)
    }
  }
}
