import OTCore

extension SLMPDissector {
  static func isKnown(_ command: UInt16) -> Bool { commands[command] != nil }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code <= 0xffff else { return OperationDescription(code: "answer", name: "answer", kind: .other) }
    let text = hexadecimal(code, digits: 4)
    let (name, kind) = commands[UInt16(truncatingIfNeeded: code)] ?? ("command \(text)", .other)
    return OperationDescription(code: text, name: name, kind: kind)
  }
}

/// Commands, SH-080956ENG section 5.1.
private let commands: [UInt16: (String, OperationKind)] = [
  0x0101: ("read type name", .discover), 0x0401: ("read", .read), 0x0403: ("read random", .read),
  0x0406: ("read block", .read), 0x0601: ("read extended unit", .read), 0x0613: ("read memory", .read),
  0x0619: ("self test", .diagnose), 0x0801: ("entry monitor device", .read), 0x0802: ("execute monitor", .read),
  0x0e30: ("node search", .discover), 0x0e31: ("ip address set", .configure),
  0x0e35: ("node connection test", .diagnose), 0x0eaa: ("device information compare", .diagnose),
  0x1001: ("remote run", .control), 0x1002: ("remote stop", .control),
  0x1003: ("remote pause", .control), 0x1005: ("remote latch clear", .control), 0x1006: ("remote reset", .control),
  0x1401: ("write", .write), 0x1402: ("write random", .write), 0x1406: ("write block", .write),
  0x1601: ("write extended unit", .write), 0x1613: ("write memory", .write), 0x1617: ("clear error", .configure),
  0x1630: ("remote password unlock", .authenticate), 0x1631: ("remote password lock", .session),
  0x1810: ("read directory or file", .discover), 0x1811: ("search directory or file", .discover),
  0x1820: ("new file", .program), 0x1822: ("delete file", .program), 0x1824: ("copy file", .program),
  0x1825: ("change file state", .configure), 0x1826: ("change file date", .configure), 0x1827: ("open file", .program),
  0x1828: ("read file", .read), 0x1829: ("write file", .program), 0x182a: ("close file", .session),
  0x2101: ("on demand", .report), 0x3070: ("read cyclic data setting", .read),
]
