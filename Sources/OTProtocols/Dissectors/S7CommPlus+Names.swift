import OTCore

extension S7CommPlusDissector {
  enum Form: UInt64 { case function, notification, keepAlive, fragment, encrypted }

  /// What a function does to the object it names: the same one opens a session, loads a block or stops the controller.
  enum Variant: UInt64, Sendable { case plain, session, stop, start, mode, challenge, login, protection, subscription }

  /// Function in the low 16 bits, then version, form of the data unit and, above 32 bits, the variant.
  static func code(_ version: UInt8, _ form: Form, _ function: UInt16) -> UInt64 {
    form.rawValue << 24 | UInt64(version) << 16 | UInt64(function)
  }

  private enum Function {
    static let createObject: UInt16 = 0x04ca
    static let deleteObject: UInt16 = 0x04d4
    static let setVariable: UInt16 = 0x04f2
    static let setMultipleVariables: UInt16 = 0x0542
    static let getVariable: UInt16 = 0x0586
  }

  /// Attributes of a session by which a client proves that it knows the password (303, 304, 1846) and learns what it may
  /// do (1842), in seven bits an octet. T. Wiens' `S7CommPlusDriver`, Legitimation.
  private enum SessionAttributes {
    static let challenge: UInt16 = 0x822f
    static let response: UInt16 = 0x8230
    static let protectionLevel: UInt16 = 0x8e32
    static let legitimate: UInt16 = 0x8e36
  }

  /// Objects of fixed number: the container of sessions, and the unit that runs the program.
  private enum ObjectID {
    static let sessions: UInt32 = 0x11d
    static let executionUnit: UInt32 = 0x34
  }

  /// Class of objects that stand for values a client wants to be told, 1001 in seven bits an octet. T. Wiens'
  /// `S7CommPlusDriver`, Ids.
  private static let subscription: UInt16 = 0x8769

  /// Whether the object that is made is a subscription: behind what it is made in it begins with 0xa1, a number that the
  /// controller gives anew, and its class.
  private static func isSubscription(_ rest: Span<UInt8>) -> Bool {
    guard let start = rest.clamped(from: 13, count: 16).firstPlace(of: 0xa1) else { return false }
    return rest.be16(13 + start + 5) == subscription
  }

  /// `rest` begins behind the function: reserved, sequence number, session, flags, the object that is touched.
  static func variant(_ function: UInt16, _ rest: Span<UInt8>) -> Variant {
    guard let session = rest.be32(4), let object = rest.be32(9) else { return .plain }
    // Sessions and subscriptions are made at run time and have numbers of their own.
    let isRuntime = object == session || object == ObjectID.sessions || object >> 24 == 0x70
    switch function {
    case Function.createObject: return isRuntime ? .session : isSubscription(rest) ? .subscription : .plain
    case Function.deleteObject: return object >> 24 < 0x80 ? .session : .plain
    case Function.setMultipleVariables: return object != 0 ? .session : .plain
    case Function.setVariable:
      if object == session, let attribute = rest.be16(14),
        attribute == SessionAttributes.response || attribute == SessionAttributes.legitimate
      {
        return .login
      }
      // One attribute, 2167: the operating state that is asked for; flags, type, value.
      guard object == ObjectID.executionUnit, rest.be16(14) == 0x9077 else { return isRuntime ? .session : .plain }
      return rest.byte(18) == 1 ? .stop : rest.byte(18) == 3 ? .start : .mode
    case Function.getVariable:
      // An address of one number: 0x20, its type, how many.
      switch object == session && rest.be16(13) == 0x2004 ? rest.be16(16) : nil {
      case SessionAttributes.challenge: return .challenge
      case SessionAttributes.protectionLevel: return .protection
      default: return .plain
      }
    default: return .plain
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let version = "v\(code >> 16 & 0xff)."
    switch Form(rawValue: code >> 24 & 0xff) {
    case .notification: return OperationDescription(code: version + "ntf", name: "notification", kind: .report)
    case .keepAlive: return OperationDescription(code: version + "keepalive", name: "system event", kind: .session)
    case .fragment: return OperationDescription(code: version + "fragment", name: "continuation", kind: .other)
    case .encrypted: return OperationDescription(code: "tls", name: "encrypted data", kind: .session)
    default:
      let function = UInt16(truncatingIfNeeded: code)
      let (name, kind) = describe(function, Variant(rawValue: code >> 32) ?? .plain)
      return OperationDescription(code: version + hexadecimal(function, digits: 4), name: name, kind: kind)
    }
  }

  private static func describe(_ function: UInt16, _ variant: Variant) -> (String, OperationKind) {
    let (name, kind) = plain(function)
    switch variant {
    case .plain: return (name, kind)
    case .session: return (name + ": session", .session)
    case .subscription: return (name + ": subscription", .session)
    case .stop: return ("stop controller", .control)
    case .start: return ("start controller", .control)
    case .mode: return ("set operating state", .control)
    case .challenge: return ("ask for a challenge", .authenticate)
    case .login: return ("prove the password", .authenticate)
    case .protection: return ("read the protection level", .read)
    }
  }

  private static func plain(_ function: UInt16) -> (String, OperationKind) {
    switch function {
    case 0x04b1: ("error", .other)
    case 0x04bb: ("explore", .discover)
    case 0x04ca: ("create object", .program)
    case 0x04d4: ("delete object", .program)
    case 0x04f2: ("set variable", .write)
    case 0x04fc: ("get variable", .read)
    case 0x0506: ("add link", .configure)
    case 0x051a: ("remove link", .configure)
    case 0x0524: ("get link", .discover)
    case 0x0542: ("set multiple variables", .write)
    case 0x054c: ("get multiple variables", .read)
    case 0x0556: ("begin sequence", .session)
    case 0x0560: ("end sequence", .session)
    case 0x056b: ("invoke", .control)
    case 0x057c: ("set variable substreamed", .write)
    case 0x0586: ("get variables substreamed", .read)
    case 0x0590: ("get variables address", .discover)
    case 0x059a: ("abort", .session)
    case 0x05b3: ("start encryption", .session)
    default: ("function " + hexadecimal(function, digits: 4), .other)
    }
  }
}
