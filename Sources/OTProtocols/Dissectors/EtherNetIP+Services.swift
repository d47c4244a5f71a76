import OTCore

extension EtherNetIPDissector {
  /// Name and kind of a service for a class, which decides what a common service does to the process.
  /// Volume 1, appendix A and chapter 5; Rockwell's tag services from 1756-PM020; file object from section 5A-42.
  static func describe(_ service: UInt8, _ classID: UInt16?) -> (String, OperationKind) {
    switch (service, classID) {
    case (0x52, 0x06): return ("unconnected send", .other)
    case (0x54, 0x06): return ("forward open", .session)
    case (0x5b, 0x06): return ("large forward open", .session)
    case (0x4e, 0x06): return ("forward close", .session)
    case (0x56, 0x06), (0x57, 0x06), (0x5a, 0x06): return ("get connection data", .diagnose)
    case (0x4b, 0x37): return ("initiate upload", .read)
    case (0x4c, 0x37): return ("initiate download", .program)
    case (0x4d, 0x37): return ("initiate partial read", .read)
    case (0x4e, 0x37): return ("initiate partial write", .program)
    case (0x4f, 0x37): return ("upload transfer", .read)
    case (0x50, 0x37): return ("download transfer", .program)
    case (0x51, 0x37): return ("clear file", .program)
    case (0x4b, 0x67): return ("execute pccc", .other)
    case (0x55, 0x6b): return ("list symbols", .discover)
    case (0x55, _): return ("get instance attribute list", .read)
    case (0x4c, 0x6c): return ("read template", .discover)
    case (0x08, 0xb2), (0x09, 0xb2): return ("create or delete read list", .session)
    case (0x4e, 0xb2): return ("add to read list", .read)
    case (0x4c, 0xb2): return ("read list of tags", .read)
    case (0x4b, 0x8e), (0x4c, 0x8e): return ("lock or unlock controller", .control)
    case (_, 0xa1) where service >= 0x4b:
      return ("firmware update service \(hexadecimal(service, digits: 2))", .firmware)
    case (_, ObjectClass.cipSecurity) where service >= 0x4b, (_, ObjectClass.ethernetIPSecurity) where service >= 0x4b,
      (_, ObjectClass.certificates) where service >= 0x4b:
      return (security(service, classID), .configure)
    case (_, ObjectClass.safetySupervisor) where service >= 0x4b: return safetySupervisor(service)
    case (_, ObjectClass.safetyValidator) where service >= 0x4b:
      return ("safety validator service \(hexadecimal(service, digits: 2))", .configure)
    // Without a name the path leads to an object whose own services these are, or to a tag by its number.
    case (0x4b, .some(let id)) where isProgram(id): return ("open program object", .session)
    case (0x4c, _): return ("read tag", .read)
    case (0x4d, _): return ("write tag", .write)
    case (0x4e, _): return ("read modify write tag", .write)
    case (0x52, _): return ("read tag fragmented", .read)
    case (0x53, _): return ("write tag fragmented", .write)
    default: break
    }
    return common(service, classID)
  }

  /// Object-specific services of CIP Security (0x5d), EtherNet/IP Security (0x5e) and Certificate Management (0x5f).
  /// Volume 8, chapter 5.
  private static func security(_ service: UInt8, _ classID: UInt16?) -> String {
    switch (service, classID) {
    case (0x4b, ObjectClass.certificates): "create certificate signing request"
    case (0x4c, ObjectClass.certificates): "verify certificate"
    case (0x4b, _): "begin security configuration"
    case (0x4c, _): "kick timer of security configuration"
    case (0x4d, ObjectClass.cipSecurity): "end security configuration"
    case (0x4d, ObjectClass.ethernetIPSecurity): "apply security configuration"
    case (0x4e, ObjectClass.ethernetIPSecurity): "abort security configuration"
    case (0x4e, ObjectClass.cipSecurity): "clean up security objects"
    default: "security service \(hexadecimal(service, digits: 2))"
    }
  }

  /// Object-specific services of the Safety Supervisor, Volume 5, section 5-4.5.
  private static func safetySupervisor(_ service: UInt8) -> (String, OperationKind) {
    switch service {
    case 0x4b: ("safety: recover", .control)
    case 0x4c: ("safety: perform diagnostics", .diagnose)
    case 0x4d: ("safety: configuration", .program)
    case 0x4e: ("safety: validate configuration", .program)
    case 0x4f: ("safety: set password", .configure)
    case 0x50: ("safety: lock or unlock configuration", .control)
    case 0x51: ("safety: change mode", .control)
    case 0x54: ("safety: reset", .control)
    case 0x55: ("safety: reset password", .configure)
    case 0x56: ("safety: propose network identifier", .configure)
    case 0x57: ("safety: apply network identifier", .configure)
    default: ("safety service \(hexadecimal(service, digits: 2))", .configure)
    }
  }

  /// Services 0x01 to 0x31. Volume 1, table.
  private static func common(_ service: UInt8, _ classID: UInt16?) -> (String, OperationKind) {
    // Who somebody is, what a program is made of.
    let asks: OperationKind =
      classID == ObjectClass.identity || classID == 0x6b || classID == 0x6c ? .discover : .read
    let changes = changeKind(classID)
    switch service {
    case 0x01: return ("get attributes all", asks)
    case 0x02: return ("set attributes all", changes)
    case 0x03: return ("get attribute list", asks)
    case 0x04: return ("set attribute list", changes)
    case 0x05: return ("reset", .control)
    case 0x06: return ("start", .control)
    case 0x07: return ("stop", .control)
    case 0x08: return ("create", isProgram(classID) ? .program : .configure)
    case 0x09: return ("delete", isProgram(classID) ? .program : .configure)
    case 0x0a: return ("multiple service packet", .other)
    case 0x0d: return ("apply attributes", changes)
    case 0x0e: return ("get attribute single", asks)
    case 0x10: return ("set attribute single", changes)
    case 0x11: return ("find next object instance", .discover)
    case 0x14: return ("error response", .other)
    case 0x15: return ("restore", .configure)
    case 0x16: return ("save", .configure)
    case 0x17: return ("no operation", .session)
    case 0x18: return ("get member", .read)
    case 0x19: return ("set member", changes)
    case 0x1a: return ("insert member", changes)
    case 0x1b: return ("remove member", changes)
    case 0x1c: return ("group sync", .session)
    default: return ("service \(hexadecimal(service, digits: 2))", .other)
    }
  }

  /// What it means to set something in a class.
  private static func changeKind(_ classID: UInt16?) -> OperationKind {
    switch classID {
    // Wall clock and time synchronisation.
    case 0x8b, 0x43: .time
    // Controller mode.
    case 0x8e: .control
    case 0xa1: .firmware
    // Identity, TCP/IP interface, Ethernet link, quality of service, port, redundancy, IP security.
    case 0x01, 0xf4, 0xf5, 0xf6, 0x47, 0x48, 0x54, 0x5d, 0x5e, 0x5f: .configure
    // Safety supervisor and validator.
    case 0x39, 0x3a: .configure
    default: isProgram(classID) ? .program : .write
    }
  }

  /// Logix classes that hold the user's program: programs, routines, symbols, templates, tasks.
  private static func isProgram(_ classID: UInt16?) -> Bool {
    switch classID {
    case 0x64, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x70: true
    default: false
    }
  }

  /// What stands for the function of an answer, which none has.
  static let noFunction: UInt8 = 0xff

  /// PCCC commands and functions. Rockwell 1770-6.5.16, chapter 7.
  static func describePCCC(_ command: UInt8, _ function: UInt8) -> (String, OperationKind) {
    switch (command, function) {
    case (0x00, _): ("pccc protected write", .write)
    case (0x01, _): ("pccc unprotected read", .read)
    case (0x02, _): ("pccc protected bit write", .write)
    case (0x05, _): ("pccc unprotected bit write", .write)
    case (0x06, noFunction): ("pccc diagnostic answer", .diagnose)
    case (0x06, 0x00): ("pccc echo", .diagnose)
    case (0x06, 0x01): ("pccc read diagnostic counters", .diagnose)
    case (0x06, 0x03): ("pccc diagnostic status", .discover)
    case (0x06, _): ("pccc diagnostic function", .diagnose)
    case (0x08, _): ("pccc unprotected write", .write)
    case (0x0f, noFunction): ("pccc answer", .other)
    case (0x0f, 0x00): ("pccc word range write", .write)
    case (0x0f, 0x01): ("pccc word range read", .read)
    case (0x0f, 0x02): ("pccc bit write", .write)
    case (0x0f, 0x11): ("pccc get edit resource", .program)
    case (0x0f, 0x12): ("pccc return edit resource", .program)
    case (0x0f, 0x17): ("pccc read bytes physical", .read)
    case (0x0f, 0x18): ("pccc write bytes physical", .program)
    case (0x0f, 0x26): ("pccc read-modify-write", .write)
    case (0x0f, 0x29): ("pccc read section size", .read)
    case (0x0f, 0x3a): ("pccc set cpu mode", .control)
    case (0x0f, 0x41): ("pccc disable forces", .control)
    case (0x0f, 0x50): ("pccc download all request", .program)
    case (0x0f, 0x52): ("pccc download completed", .program)
    case (0x0f, 0x53): ("pccc upload all request", .program)
    case (0x0f, 0x55): ("pccc upload completed", .program)
    case (0x0f, 0x57): ("pccc initialize memory", .program)
    case (0x0f, 0x67): ("pccc typed write", .write)
    case (0x0f, 0x68): ("pccc typed read", .read)
    case (0x0f, 0x80): ("pccc change mode", .control)
    case (0x0f, 0x81): ("pccc open file", .session)
    case (0x0f, 0x82): ("pccc close file", .session)
    case (0x0f, 0x8f): ("pccc apply port configuration", .configure)
    case (0x0f, 0xa1): ("pccc protected typed logical read, two address fields", .read)
    case (0x0f, 0xa2): ("pccc protected typed logical read, three address fields", .read)
    case (0x0f, 0xa7): ("pccc protected typed file read", .read)
    case (0x0f, 0xa9): ("pccc protected typed logical write, two address fields", .write)
    case (0x0f, 0xaa): ("pccc protected typed logical write, three address fields", .write)
    case (0x0f, 0xab): ("pccc protected typed logical write with mask", .write)
    case (0x0f, 0xaf): ("pccc protected typed file write", .program)
    default: ("pccc \(hexadecimal(command, digits: 2))/\(hexadecimal(function, digits: 2))", .other)
    }
  }
}
