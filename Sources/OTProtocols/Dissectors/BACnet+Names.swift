import OTCore

/// Names of services, states, objects and properties: ANSI/ASHRAE 135-2016, clauses 12, 20 and 21.
extension BACnet {
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let number = code & 0xff
    switch code & CodeSpace.mask {
    case CodeSpace.confirmed:
      let (name, kind) = number < UInt64(confirmedServices.count) ? confirmedServices[Int(number)] : ("service", .other)
      return OperationDescription(code: "c\(number)", name: name, kind: kind)
    case CodeSpace.unconfirmed:
      let (name, kind) =
        number < UInt64(unconfirmedServices.count) ? unconfirmedServices[Int(number)] : ("service", .other)
      return OperationDescription(code: "u\(number)", name: name, kind: kind)
    case CodeSpace.virtualLink:
      let message = code >> CodeSpace.messageShift
      let (name, kind) =
        message > 0
        ? networkMessage(message - 1)
        : number < UInt64(linkFunctions.count) ? linkFunctions[Int(number)] : ("BVLC function", .other)
      return OperationDescription(code: "bvlc" + hexCode(number, digits: 2), name: name, kind: kind)
    case CodeSpace.virtualLink6:
      let (name, kind) =
        number < UInt64(linkFunctions6.count) ? linkFunctions6[Int(number)] : ("BVLC function", .other)
      return OperationDescription(code: "bvlc" + hexCode(number, digits: 2), name: name, kind: kind)
    case CodeSpace.network:
      let (name, kind) = networkMessage(number)
      return OperationDescription(code: "n\(number)", name: name, kind: kind)
    default:
      let name = number == 4 ? "segment acknowledgement" : number == 6 ? "reject" : "abort"
      return OperationDescription(code: "type\(number)", name: name, kind: .other)
    }
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    switch code {
    case 17: return a < 3 ? ["enable", "disable", "disable initiation"][Int(a)] : "state \(a)"
    case 20:
      let states = [
        "coldstart", "warmstart", "start backup", "end backup", "start restore", "end restore", "abort restore",
        "activate changes",
      ]
      return a < 8 ? states[Int(a)] : "state \(a)"
    default: break
    }
    let type = a >> 22
    let typeName = type < UInt32(objectTypes.count) ? objectTypes[Int(type)] : "object-type-\(type)"
    var text = "\(typeName) \(a & 0x3f_ffff)"
    if b != absent { text += " " + (propertyNames[b] ?? "property-\(b)") }
    if c != absent { text += "[\(c)]" }
    if d != absent { text += " priority \(d)" }
    return text
  }

  private static let confirmedServices: [(String, OperationKind)] = [
    ("acknowledgeAlarm", .write), ("confirmedCOVNotification", .report), ("confirmedEventNotification", .report),
    ("getAlarmSummary", .read), ("getEnrollmentSummary", .read), ("subscribeCOV", .read), ("atomicReadFile", .read),
    ("atomicWriteFile", .program), ("addListElement", .write), ("removeListElement", .write),
    ("createObject", .configure), ("deleteObject", .configure), ("readProperty", .read),
    ("readPropertyConditional", .read), ("readPropertyMultiple", .read), ("writeProperty", .write),
    ("writePropertyMultiple", .write), ("deviceCommunicationControl", .control), ("confirmedPrivateTransfer", .other),
    ("confirmedTextMessage", .report), ("reinitializeDevice", .control), ("vtOpen", .session), ("vtClose", .session),
    ("vtData", .session), ("authenticate", .authenticate), ("requestKey", .authenticate), ("readRange", .read),
    ("lifeSafetyOperation", .control), ("subscribeCOVProperty", .read), ("getEventInformation", .read),
    ("subscribeCOVPropertyMultiple", .read), ("confirmedCOVNotificationMultiple", .report),
    ("confirmedAuditNotification", .report), ("auditLogQuery", .read),
  ]

  private static let unconfirmedServices: [(String, OperationKind)] = [
    ("i-Am", .discover), ("i-Have", .discover), ("unconfirmedCOVNotification", .report),
    ("unconfirmedEventNotification", .report), ("unconfirmedPrivateTransfer", .other),
    ("unconfirmedTextMessage", .report), ("timeSynchronization", .time), ("who-Has", .discover), ("who-Is", .discover),
    ("utcTimeSynchronization", .time), ("writeGroup", .write), ("unconfirmedCOVNotificationMultiple", .report),
    ("unconfirmedAuditNotification", .report), ("who-Am-I", .discover), ("you-Are", .configure),
  ]

  private static let linkFunctions: [(String, OperationKind)] = [
    ("BVLC result", .other), ("write broadcast distribution table", .configure),
    ("read broadcast distribution table", .read), ("broadcast distribution table", .read), ("forwarded NPDU", .other),
    ("register foreign device", .session), ("read foreign device table", .read), ("foreign device table", .read),
    ("delete foreign device", .configure), ("distribute broadcast", .other), ("original unicast NPDU", .other),
    ("original broadcast NPDU", .other), ("secure BVLL", .other),
  ]

  /// Over IPv6, annex U.2; those that hold an NPDU are told by what is in it.
  private static let linkFunctions6: [(String, OperationKind)] = [
    ("BVLC result", .other), ("original unicast NPDU", .other), ("original broadcast NPDU", .other),
    ("address resolution", .discover), ("forwarded address resolution", .discover),
    ("address resolution acknowledgement", .discover), ("virtual address resolution", .discover),
    ("virtual address resolution acknowledgement", .discover), ("forwarded NPDU", .other),
    ("register foreign device", .session), ("delete foreign device", .configure), ("secure BVLL", .other),
    ("distribute broadcast", .other),
  ]

  private static func networkMessage(_ type: UInt64) -> (String, OperationKind) {
    switch type {
    case 0: ("who is router to network", .discover)
    case 1: ("I am router to network", .discover)
    case 2: ("I could be router to network", .discover)
    case 3: ("reject message to network", .other)
    case 4: ("router busy to network", .report)
    case 5: ("router available to network", .report)
    case 6: ("initialize routing table", .configure)
    case 7: ("initialize routing table acknowledgement", .configure)
    case 8: ("establish connection to network", .session)
    case 9: ("disconnect connection to network", .session)
    case 18: ("what is network number", .discover)
    case 19: ("network number is", .discover)
    default: ("network message \(type)", .other)
    }
  }

  private static let objectTypes = [
    "analog-input", "analog-output", "analog-value", "binary-input", "binary-output", "binary-value", "calendar",
    "command", "device", "event-enrollment", "file", "group", "loop", "multi-state-input", "multi-state-output",
    "notification-class", "program", "schedule", "averaging", "multi-state-value", "trend-log", "life-safety-point",
    "life-safety-zone", "accumulator", "pulse-converter", "event-log", "global-group", "trend-log-multiple",
    "load-control", "structured-view", "access-door", "timer", "access-credential", "access-point", "access-rights",
    "access-user", "access-zone", "credential-data-input", "network-security", "bitstring-value",
    "characterstring-value", "date-pattern-value", "date-value", "datetime-pattern-value", "datetime-value",
    "integer-value", "large-analog-value", "octetstring-value", "positive-integer-value", "time-pattern-value",
    "time-value", "notification-forwarder", "alert-enrollment", "channel", "lighting-output", "binary-lighting-output",
    "network-port", "elevator-group", "escalator", "lift",
  ]

  private static let propertyNames: [UInt32: String] = [
    4: "active-text", 8: "all", 11: "apdu-timeout", 12: "application-software-version", 17: "notification-class",
    22: "cov-increment", 28: "description", 30: "device-address-binding", 31: "device-type", 36: "event-state",
    38: "exception-schedule", 44: "firmware-revision", 46: "inactive-text", 54: "list-of-object-property-references",
    56: "local-date", 57: "local-time", 58: "location", 62: "max-apdu-length-accepted", 65: "max-pres-value",
    69: "min-pres-value", 70: "model-name", 75: "object-identifier", 76: "object-list", 77: "object-name",
    79: "object-type", 80: "optional", 81: "out-of-service", 84: "polarity", 85: "present-value", 87: "priority-array",
    96: "protocol-object-types-supported", 97: "protocol-services-supported", 98: "protocol-version",
    103: "reliability", 104: "relinquish-default", 105: "required", 107: "segmentation-supported", 108: "setpoint",
    111: "status-flags", 112: "system-status", 117: "units", 120: "vendor-identifier", 121: "vendor-name",
    123: "weekly-schedule", 131: "log-buffer", 139: "protocol-revision", 152: "active-cov-subscriptions",
    155: "database-revision", 168: "profile-name", 371: "property-list", 372: "serial-number",
  ]
}
