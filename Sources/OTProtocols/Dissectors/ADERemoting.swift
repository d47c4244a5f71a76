import OTCore

/// ADE remoting: how PC WORX controls the ProConOS runtime of Phoenix Contact's ILC, RFC and AXC controllers (TCP 41100).
/// No public specification; fields as PC WORX 6 sends them: version 1, type, 0, length, object, method, 0, checksum;
/// services, ways to start and states also as in T. Deneut's scripts (Metasploit `phoenix_command`, 2015).
public struct ADERemoting: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ade_remoting", name: "PC WORX ADE remoting (ProConOS control)",
      specification: "none public; as captured from PC WORX 6", isIndustrial: true, depth: .operations,
      reads: "services bound and their methods; start and stop of the controller, its state", displayFilter: "")
  ]
  public static let claims: [Claim] = [.tcp(41100)]
  public static let probe = ProbeStrength.strong

  /// Services by the number of their object; the newest binding that waits for its number.
  private var services: [(object: UInt16, service: Service)] = []
  private var asked = Service.unknown
  /// Whether the last call read the state of the controller, and the state that was told last.
  private var asksState = false
  private var startedHow: UInt64 = 0
  private var state: UInt8 = 0xff

  public init() {}

  enum Service: UInt8, Sendable {
    case unknown, control, device, file, data, security, force, breakpoint, debug
  }

  private enum Kind {
    static let bind: UInt16 = 0
    static let bound: UInt16 = 1
    static let call: UInt16 = 2
    static let answer: UInt16 = 3
  }

  private static let headerBytes = 16

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    guard bytes.byte(0) ?? 1 == 1, bytes.byte(1) ?? 0 == 0, bytes.byte(2) ?? 0 <= 3, bytes.byte(3) ?? 0 == 0 else {
      return .notThisProtocol
    }
    guard bytes.count >= headerBytes, let length = bytes.le16(6) else {
      return hint.isClaimed || hint.isEstablished ? .needMore : .notThisProtocol
    }
    guard bytes.le16(4) == 0, length <= 16384 else { return .notThisProtocol }
    // Elsewhere than on its port a connection has to begin with the name of a service.
    guard hint.isClaimed || hint.isEstablished || bytes.hasASCII("Ade.Remoting.", at: headerBytes) else {
      return .notThisProtocol
    }
    return .pdu(byteCount: headerBytes + Int(length))
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(2, "version")
    let kind = try pdu.u16le("type")
    try pdu.skip(4, "reserved and length")
    let object = try pdu.u16le("object")
    let method = try pdu.u16le("method")
    try pdu.skip(4, "reserved and checksum")
    switch kind {
    case Kind.bind:
      let name = pdu.rest().untilNUL()
      asked = Self.service(name)
      out.operation(Operation(Code.bind | UInt64(asked.rawValue), .request, object: .text(out.text(name))))
    case Kind.bound:
      out.operation(
        Operation(
          Code.bind | UInt64(asked.rawValue), .response, outcome: object == 0 ? .failure(0) : .success))
      if object != 0 { remember(object) }
    default:
      let service = services.first { $0.object == object }?.service ?? .unknown
      let isCall = kind == Kind.call
      var operation = Operation(
        UInt64(service.rawValue) | UInt64(method) << 16, isCall ? .request : .response,
        outcome: isCall ? .none : .success)
      if service == .unknown { operation.object = .numbers(UInt32(object), 0, 0, 0) }
      if service == .control, method == Method.start {
        // An answer does not repeat how.
        if isCall { startedHow = UInt64(pdu.bytes.le16(Self.headerBytes) ?? 0) & 3 }
        operation.code |= startedHow << 32
      }
      out.operation(operation)
      guard method == Method.read, service == .device || service == .data else { return }
      if isCall {
        asksState = pdu.bytes.le16(Self.headerBytes + 4) == Self.stateItem
      } else if asksState {
        tell(state: pdu.bytes.byte(Self.headerBytes + 8), into: &out)
      }
    }
  }

  /// Of more bindings than a client needs, or of a number that is given anew, the newest count.
  private mutating func remember(_ object: UInt16) {
    services.removeAll { $0.object == object }
    if services.count >= Self.mostServices { services.removeFirst() }
    services.append((object, asked))
  }

  private static let mostServices = 32

  /// Items are read by their numbers, behind how many there are; the first value stands at octet 8 of an answer.
  private static let stateItem: UInt16 = 0x4002

  private mutating func tell(state newState: UInt8?, into out: inout ObservationBuffer) {
    guard let newState, newState != state else { return }
    state = newState
    switch state {
    case 0: out.property(.mode, out.text("on"))
    case 3: out.property(.mode, out.text("run"))
    case 7: out.property(.mode, out.text("stop"))
    default: break
    }
  }

  private enum Method {
    static let read: UInt16 = 3
    static let start: UInt16 = 6
  }

  private enum Code {
    static let bind: UInt64 = 1 << 8
  }

  private static func service(_ name: Span<UInt8>) -> Service {
    if name.first(ignoringCase: "proconoscontrol") != nil { return .control }
    if name.first(ignoringCase: "deviceinfo") != nil { return .device }
    if name.first(ignoringCase: "fileaccess") != nil { return .file }
    if name.first(ignoringCase: "dataaccess") != nil { return .data }
    if name.first(ignoringCase: "forceservice") != nil { return .force }
    if name.first(ignoringCase: "breakpoint") != nil { return .breakpoint }
    if name.first(ignoringCase: "debugservice") != nil || name.first(ignoringCase: "callstack") != nil { return .debug }
    return name.first(ignoringCase: "security") != nil ? .security : .unknown
  }

  private static func name(_ service: Service) -> String {
    switch service {
    case .unknown: "service"
    case .control: "controller"
    case .device: "device information"
    case .file: "file access"
    case .data: "data access"
    case .security: "security"
    case .force: "forced values"
    case .breakpoint: "breakpoints"
    case .debug: "debugging"
    }
  }

  /// Methods 6 and 7 of the controller are told by the state that the device reports after them.
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let service = Service(rawValue: UInt8(truncatingIfNeeded: code)) ?? .unknown
    if code & Code.bind != 0 {
      return OperationDescription(
        code: "bind.\(service.rawValue)", name: "bind \(name(service))",
        kind: service == .security ? .authenticate : .session)
    }
    let method = code >> 16 & 0xffff
    let text = "\(service.rawValue).\(method)"
    switch (service, method) {
    case (.control, 6):
      let name =
        switch code >> 32 {
        case 1: "cold start controller"
        case 2: "warm start controller"
        case 3: "hot start controller"
        default: "start controller"
        }
      return OperationDescription(code: text, name: name, kind: .control)
    case (.control, 7): return OperationDescription(code: text, name: "stop controller", kind: .control)
    case (.control, _): return OperationDescription(code: text, name: "controller method \(method)", kind: .control)
    case (.force, _), (.breakpoint, _):
      return OperationDescription(code: text, name: "\(name(service)): method \(method)", kind: .control)
    case (.debug, _):
      return OperationDescription(code: text, name: "\(name(service)): method \(method)", kind: .diagnose)
    case (.data, 3): return OperationDescription(code: text, name: "read data", kind: .read)
    case (.device, _): return OperationDescription(code: text, name: "read device information", kind: .read)
    default: return OperationDescription(code: text, name: "\(name(service)) method \(method)", kind: .other)
    }
  }

  public static func describe(
    object number: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    "object \(number)"
  }
}
