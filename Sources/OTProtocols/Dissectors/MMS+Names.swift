import OTCore

extension MMSDissector {
  /// Alternatives of MMSpdu, ISO 9506-2 section 7.
  struct Unit: Equatable {
    var rawValue: UInt8
    static let confirmedRequest = Unit(rawValue: 0)
    static let confirmedResponse = Unit(rawValue: 1)
    static let confirmedError = Unit(rawValue: 2)
    static let unconfirmed = Unit(rawValue: 3)
    static let reject = Unit(rawValue: 4)
    static let cancelRequest = Unit(rawValue: 5)
    static let cancelResponse = Unit(rawValue: 6)
    static let cancelError = Unit(rawValue: 7)
    static let initiateRequest = Unit(rawValue: 8)
    static let initiateResponse = Unit(rawValue: 9)
    static let initiateError = Unit(rawValue: 10)
    static let concludeRequest = Unit(rawValue: 11)
    static let concludeResponse = Unit(rawValue: 12)
    static let concludeError = Unit(rawValue: 13)

    /// The request that this unit answers.
    var request: Unit {
      switch self {
      case .initiateResponse, .initiateError: .initiateRequest
      case .concludeResponse, .concludeError: .concludeRequest
      case .cancelResponse, .cancelError: .cancelRequest
      default: self
      }
    }
  }

  /// Alternatives of ConfirmedServiceRequest, section 7.2.
  enum Service {
    static let getNameList: UInt32 = 1
    static let identify: UInt32 = 2
    static let read: UInt32 = 4
    static let write: UInt32 = 5
    static let defineNamedVariableList: UInt32 = 11
    static let getNamedVariableListAttributes: UInt32 = 12
    static let downloadSegment: UInt32 = 27
    static let initiateUploadSequence: UInt32 = 29
    static let deleteDomain: UInt32 = 36
    static let getDomainAttributes: UInt32 = 37
    static let obtainFile: UInt32 = 46
    static let fileOpen: UInt32 = 72
    static let fileDelete: UInt32 = 76
    static let fileDirectory: UInt32 = 77
  }

  enum ObjectClass { static let domain: Int64 = 9 }

  /// Unit above 16 bits of service; above 32 bits what is written.
  static func code(_ unit: Unit, _ service: UInt32) -> UInt64 {
    UInt64(unit.rawValue) << 16 | UInt64(service & 0xffff)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let service = UInt32(truncatingIfNeeded: code & 0xffff)
    switch Unit(rawValue: UInt8(truncatingIfNeeded: code >> 16)) {
    case .confirmedRequest:
      let (name, kind) = confirmed(service, variant: code & ~0xffff_ffff)
      return OperationDescription(code: "\(service)", name: name, kind: kind)
    case .confirmedError: return OperationDescription(code: "error", name: "confirmed error", kind: .other)
    case .unconfirmed:
      let names = ["information report", "unsolicited status", "event notification"]
      let name = Int(service) < names.count ? names[Int(service)] : "unconfirmed service \(service)"
      return OperationDescription(code: "unconf\(service)", name: name, kind: .report)
    case .reject: return OperationDescription(code: "reject", name: "reject", kind: .other)
    case .initiateRequest: return OperationDescription(code: "initiate", name: "initiate", kind: .session)
    // Whoever asked does not want the answer any more.
    case .cancelRequest: return OperationDescription(code: "cancel", name: "cancel", kind: .session)
    case .concludeRequest: return OperationDescription(code: "conclude", name: "conclude refused", kind: .session)
    default: return OperationDescription(code: "pdu\(code >> 16)", name: "unknown", kind: .other)
    }
  }

  private static func confirmed(_ service: UInt32, variant: UInt64) -> (String, OperationKind) {
    if service == Service.write {
      switch variant {
      case control: return ("write: operate control", .control)
      case setting: return ("write: set setting or control block", .configure)
      case reporting: return ("write: set report control block", .session)
      default: return ("write", .write)
      }
    }
    if let found = services[service] { return found }
    return ("service \(service)", .other)
  }
}

/// ConfirmedServiceRequest, ISO 9506-2 section 7.2.
private let services: [UInt32: (String, OperationKind)] = [
  0: ("status", .diagnose), 1: ("get name list", .discover), 2: ("identify", .discover), 3: ("rename", .configure),
  4: ("read", .read), 6: ("get variable access attributes", .discover), 7: ("define named variable", .configure),
  8: ("define scattered access", .configure), 9: ("get scattered access attributes", .discover),
  10: ("delete variable access", .configure), 11: ("define named variable list", .configure),
  12: ("get named variable list attributes", .discover), 13: ("delete named variable list", .configure),
  14: ("define named type", .configure), 15: ("get named type attributes", .discover),
  16: ("delete named type", .configure), 17: ("input", .other), 18: ("output", .other),
  19: ("take control", .control), 20: ("relinquish control", .control), 21: ("define semaphore", .configure),
  22: ("delete semaphore", .configure), 23: ("report semaphore status", .diagnose),
  24: ("report pool semaphore status", .diagnose), 25: ("report semaphore entry status", .diagnose),
  26: ("initiate download sequence", .program), 27: ("download segment", .program),
  28: ("terminate download sequence", .program), 29: ("initiate upload sequence", .program),
  30: ("upload segment", .program), 31: ("terminate upload sequence", .program),
  32: ("request domain download", .program), 33: ("request domain upload", .program),
  34: ("load domain content", .program), 35: ("store domain content", .program), 36: ("delete domain", .program),
  37: ("get domain attributes", .discover), 38: ("create program invocation", .program),
  39: ("delete program invocation", .program), 40: ("start", .control), 41: ("stop", .control),
  42: ("resume", .control), 43: ("reset", .control), 44: ("kill", .control),
  45: ("get program invocation attributes", .discover), 46: ("obtain file", .program),
  47: ("define event condition", .configure), 48: ("delete event condition", .configure),
  49: ("get event condition attributes", .discover), 50: ("report event condition status", .diagnose),
  51: ("alter event condition monitoring", .configure), 52: ("trigger event", .control),
  53: ("define event action", .configure), 54: ("delete event action", .configure),
  55: ("get event action attributes", .discover), 56: ("report event action status", .diagnose),
  57: ("define event enrollment", .configure), 58: ("delete event enrollment", .configure),
  59: ("alter event enrollment", .configure), 60: ("report event enrollment status", .diagnose),
  61: ("get event enrollment attributes", .discover), 62: ("acknowledge event notification", .write),
  63: ("get alarm summary", .read), 64: ("get alarm enrollment summary", .read), 65: ("read journal", .read),
  66: ("write journal", .write), 67: ("initialize journal", .configure), 68: ("report journal status", .diagnose),
  69: ("create journal", .configure), 70: ("delete journal", .configure), 71: ("get capability list", .discover),
  72: ("file open", .read), 73: ("file read", .read), 74: ("file close", .session), 75: ("file rename", .configure),
  76: ("file delete", .program), 77: ("file directory", .discover),
]
