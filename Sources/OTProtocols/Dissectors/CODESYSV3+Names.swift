import OTCore

extension CODESYSV3 {
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch UInt8(truncatingIfNeeded: code) {
      case Service.addressRequest: ("address notification request", .discover)
      case Service.addressResponse: ("address notification response", .discover)
      case Service.nameRequest, Service.nameResponse: ("name service", .discover)
      default:
        shell(code >> 48)
          ?? channelService(UInt16(truncatingIfNeeded: code >> 16) & 0xff7f, UInt16(truncatingIfNeeded: code >> 32))
      }
    return OperationDescription(code: "blk", name: name, kind: kind)
  }

  /// Commands of the controller's shell that do something, from 1.
  private static let shellCommands: [(word: StaticString, name: StaticString, kind: OperationKind)] = [
    ("startprg", "start program", .control), ("stopprg", "stop program", .control),
    ("resetprg", "reset program", .control), ("resetprgcold", "reset program cold", .control),
    ("resetprgorg", "reset program to origin", .control), ("reload", "reload boot project", .program),
    ("reboot", "reboot", .control), ("mem", "read memory", .read), ("memc", "read memory of code", .read),
    ("memd", "read memory of data", .read), ("reflect", "reflect", .diagnose),
    ("applist", "list applications", .discover),
    ("getprgstat", "read state of program", .diagnose), ("getprgprop", "read properties of program", .discover),
    ("pid", "read id of project", .discover), ("pinf", "read information of project", .discover),
    ("rtsinfo", "read information of runtime", .discover), ("channelinfo", "read channels", .diagnose),
    ("tsk", "read tasks", .diagnose), ("?", "help", .diagnose),
  ]

  static func shellCommand(_ text: Span<UInt8>) -> UInt64 {
    let word = word(of: text)
    for index in shellCommands.indices where word.equals(ignoringCase: shellCommands[index].word) {
      return UInt64(truncatingIfNeeded: index + 1)
    }
    return 0
  }

  /// What a command of the shell begins with.
  @_lifetime(copy text)
  static func word(of text: Span<UInt8>) -> Span<UInt8> { text.extracting(0..<(text.first(0x20) ?? text.count)) }

  private static func shell(_ place: UInt64) -> (String, OperationKind)? {
    guard place >= 1, place <= UInt64(shellCommands.count) else { return nil }
    let command = shellCommands[Int(place - 1)]
    return ("controller shell: \(command.name)", command.kind)
  }

  /// Groups of services are components of the runtime; numbers as in the dissector of fridgebuyer/codesys3-dissector.
  private static func channelService(_ group: UInt16, _ service: UInt16) -> (String, OperationKind) {
    switch group {
    case 0x00: ("channel", .session)
    case 0x01: device(service)
    case 0x02: application(service)
    case 0x03: ("monitoring: service \(service)", .read)
    case 0x04: ("visualisation: service \(service)", .read)
    case 0x05: ("log: service \(service)", .diagnose)
    case 0x06: ("settings: service \(service)", .configure)
    case 0x07: ("network interfaces: service \(service)", .configure)
    case 0x08: file(service)
    case 0x09: variables(service)
    case 0x0b: ("inputs and outputs: service \(service)", .read)
    case 0x0c: ("users: service \(service)", .authenticate)
    case 0x0f: ("trace: service \(service)", .diagnose)
    case 0x11: ("controller shell: command", .control)
    case 0x12: ("breakpoints: service \(service)", .control)
    case 0x13: ("force variables: service \(service)", .control)
    case 0x18: ("alarms: service \(service)", .read)
    case 0x1b: service == 2 ? ("monitoring: write", .write) : ("monitoring: read", .read)
    case 0x1d: ("licences: service \(service)", .configure)
    case 0x1f: ("core dump: service \(service)", .diagnose)
    case 0x22: ("certificates: service \(service)", .configure)
    default: ("group \(group) service \(service)", .other)
    }
  }

  private static func device(_ service: UInt16) -> (String, OperationKind) {
    switch service {
    case 0x01: ("device: get target identity", .discover)
    case 0x02, 0x08: ("device: login", .authenticate)
    case 0x03: ("device: logout", .session)
    case 0x04: ("device: reset origin", .control)
    case 0x05: ("device: echo", .diagnose)
    case 0x06: ("device: set operating mode", .control)
    case 0x07: ("device: get operating mode", .diagnose)
    case 0x09: ("device: rename", .configure)
    case 0x0a: ("device: create session", .session)
    case 0x0b: ("device: get what a reset keeps", .read)
    default: ("device: service \(service)", .session)
    }
  }

  private static func application(_ service: UInt16) -> (String, OperationKind) {
    switch service {
    case 0x01: ("application: login", .session)
    case 0x02: ("application: logout", .session)
    case 0x03, 0x08: ("application: create", .program)
    case 0x04: ("application: delete", .program)
    case 0x05, 0x07, 0x30, 0x34: ("application: download", .program)
    case 0x06: ("application: online change", .program)
    case 0x10: ("application: start", .control)
    case 0x11: ("application: stop", .control)
    case 0x12: ("application: reset", .control)
    case 0x13, 0x15: ("application: set or delete breakpoint", .control)
    case 0x14, 0x25: ("application: read state", .diagnose)
    case 0x16, 0x17, 0x33, 0x38: ("application: read of its run", .diagnose)
    case 0x18, 0x29, 0x31, 0x35: ("application: read information", .discover)
    case 0x19: ("application: set next statement", .control)
    case 0x20: ("application: release forced variables", .control)
    case 0x21: ("application: read forced variables", .read)
    case 0x22: ("application: single cycle", .control)
    case 0x23, 0x26, 0x27: ("application: boot project", .program)
    case 0x24: ("application: initialise", .control)
    case 0x28: ("application: check files", .diagnose)
    case 0x36: ("application: save retained variables", .read)
    case 0x37: ("application: restore retained variables", .write)
    case 0x32, 0x39, 0x40: ("application: debugging", .control)
    default: ("application: service \(service)", .diagnose)
    }
  }

  /// Files go down to the controller and up from it.
  private static func file(_ service: UInt16) -> (String, OperationKind) {
    switch service {
    case 0x01, 0x0c, 0x0d: ("files: read information", .discover)
    case 0x02...0x04: ("files: download", .program)
    case 0x05...0x07: ("files: upload", .read)
    case 0x08, 0x09: ("files: end transfer", .session)
    case 0x0e, 0x11: ("files: delete", .program)
    case 0x0f, 0x12: ("files: rename", .program)
    case 0x10: ("files: create folder", .program)
    default: ("files: service \(service)", .other)
    }
  }

  private static func variables(_ service: UInt16) -> (String, OperationKind) {
    switch service {
    case 0x01, 0x02, 0x0b: ("variables: list", .session)
    case 0x03, 0x05: ("variables: read", .read)
    case 0x04, 0x06: ("variables: write", .write)
    case 0x07...0x0a: ("variables: browse", .discover)
    default: ("variables: service \(service)", .other)
    }
  }
}
