import OTCore

/// Beckhoff ADS in AMS over TCP.
/// Beckhoff Information System, "AMS/ADS specification" (TE1000).
public struct ADSDissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ads", name: "Beckhoff ADS", specification: "Beckhoff AMS/ADS specification (TE1000)", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "all commands with their results, index groups and offsets, AMS net ids, name and version of devices",
      displayFilter: "ams")
  ]
  public static let claims: [Claim] = [.tcp(48898)]
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()
  /// Requests by invocation: what is answered, with the port of the device.
  private var requests = RequestTable<Request>()

  private struct Request: Sendable {
    var code: UInt64
    var object: Operation.Object
  }

  public init() {}

  // MARK: framing

  /// AMS/TCP header: two reserved octets 0, length; AMS header of 32 octets, whose last length must fit the first.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    guard let reserved = bytes.be16(0) else { return hint.isClaimed ? .needMore : .notThisProtocol }
    guard reserved == 0 else { return .notThisProtocol }
    guard let length = bytes.le32(2).map(Int.init) else { return hint.isClaimed ? .needMore : .notThisProtocol }
    guard length >= 32, length <= Limits.pduBytes - 6 else { return .notThisProtocol }
    guard let command = bytes.le16(22), let flags = bytes.le16(24), let data = bytes.le32(26) else { return .needMore }
    guard command <= 9, flags & 0xff00 == 0, Int(data) == length - 32 else { return .notThisProtocol }
    return .pdu(byteCount: 6 + length)
  }

  /// Commands, "AMS header".
  enum Command {
    static let readDeviceInfo: UInt16 = 1
    static let read: UInt16 = 2
    static let write: UInt16 = 3
    static let writeControl: UInt16 = 5
    static let addNotification: UInt16 = 6
    static let notification: UInt16 = 8
    static let readWrite: UInt16 = 9
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(6, "AMS/TCP header")
    let target = try pdu.take(6, "target net id")
    let targetPort = try pdu.u16le("target port")
    let source = try pdu.take(6, "source net id")
    let sourcePort = try pdu.u16le("source port")
    let command = try pdu.u16le("command")
    let isResponse = try pdu.u16le("state flags") & 1 != 0
    try pdu.skip(4, "data length")
    let error = try pdu.u32le("error code")
    let invocation = try pdu.u32le("invoke id")
    tell(source, .sender, into: &out)
    tell(target, .receiver, into: &out)

    let key = UInt64(invocation) | UInt64(isResponse ? sourcePort : targetPort) << 32
    guard isResponse else {
      // A notification is sent by the device, to whoever asked for it: the device stays the server.
      let isNotification = command == Command.notification
      var operation = Operation(UInt64(command), isNotification ? .response : .request)
      operation.object = Self.object(command, isNotification ? sourcePort : targetPort, pdu.peekRest())
      operation.code |= Self.meaning(command, targetPort, pdu.bytes.le32(pdu.offset) ?? 0)
      requests.remember(Request(code: operation.code, object: operation.object), for: key)
      out.operation(operation)
      return
    }
    let asked = requests.request(key)
    var operation = Operation(asked?.code ?? UInt64(command), .response)
    operation.object = asked?.object ?? .numbers(UInt32(sourcePort), 0, 0, 0)
    let result = error != 0 ? error : pdu.bytes.le32(pdu.offset) ?? 0
    operation.outcome = result == 0 ? .success : .failure(result)
    out.operation(operation)
    if command == Command.readDeviceInfo, result == 0 { try deviceInfo(&pdu, into: &out) }
  }

  /// Port of the device, then index group and offset, or the state that is asked for.
  private static func object(_ command: UInt16, _ port: UInt16, _ data: Span<UInt8>) -> Operation.Object {
    switch command {
    case Command.read, Command.write, Command.addNotification, Command.readWrite:
      return .numbers(UInt32(port), data.le32(0) ?? 0, data.le32(4) ?? 0, 1)
    case Command.writeControl: return .numbers(UInt32(port), UInt32(data.le16(0) ?? 0), 0, 2)
    default: return .numbers(UInt32(port), 0, 0, 0)
    }
  }

  /// Six octets in decimal, an address of its own that need not be the host's.
  private mutating func tell(_ netID: Span<UInt8>, _ subject: Subject, into out: inout ObservationBuffer) {
    guard told.isNew(netID, salt: subject == .sender ? 1 : 2) else { return }
    out.identity(subject, .address, out.text(netID: netID))
  }

  /// "ADS Read Device Info": result, major and minor version, build, 16 characters of name.
  private mutating func deviceInfo(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    let all = pdu.peekRest()
    try pdu.skip(4, "result")
    guard told.isNew(all, salt: 3) else { return }
    let major = UInt64(try pdu.u8("major version"))
    let minor = UInt64(try pdu.u8("minor version"))
    let build = UInt64(try pdu.u16le("build"))
    let name = try pdu.take(16, "device name").untilNUL()
    let start = out.text(name)
    _ = out.text(" ")
    out.identity(.sender, .application, start.through(out.text(joined: major, minor, build)))
  }

  // MARK: names

  /// The port of the system service, whose index groups are services and no memory.
  private static let systemService: UInt16 = 10000
  private static let isService: UInt64 = 1 << 16

  /// What the index group makes of a command: a group from bit 32 on, for ``describe(operation:layer:)``.
  private static func meaning(_ command: UInt16, _ port: UInt16, _ group: UInt32) -> UInt64 {
    switch command {
    case Command.readWrite where group >> 8 == 0xf0: UInt64(group) << 32
    case Command.read, Command.write, Command.readWrite:
      port == systemService && service(group, isWrite: command == Command.write) != nil
        ? UInt64(group) << 32 | isService : 0
    default: 0
    }
  }

  /// Index groups of the system service, `SYSTEMSERVICE_…` of TcSystem.
  private static func service(_ group: UInt32, isWrite: Bool) -> (String, OperationKind)? {
    switch group {
    case 100: ("create file", .program)
    case 101: ("open file for reading", .read)
    case 102, 110: ("open file for writing", .program)
    case 120: ("open file", .session)
    case 111, 121: ("close file", .session)
    case 122, 126, 128: ("read file", .read)
    case 123, 127, 129: ("write file", .program)
    case 131: ("delete file", .program)
    case 132: ("rename file", .program)
    case 133: ("find file", .discover)
    case 138, 139: ("make or remove directory", .configure)
    case 200: isWrite ? ("write registry", .configure) : ("read registry", .read)
    case 400: isWrite ? ("set time", .time) : ("read time", .read)
    case 500: ("start process", .control)
    case 600: ("change net id", .configure)
    default: nil
    }
  }

  /// Index groups of symbols, "ADSIGRP_…": what a read-write does with them.
  private static func symbols(_ group: UInt64) -> (String, OperationKind) {
    switch group {
    case 0xf003: ("read write: handle of a symbol", .read)
    case 0xf007, 0xf009: ("read write: information on a symbol", .discover)
    case 0xf080, 0xf083, 0xf084: ("read write: read of several", .read)
    case 0xf081, 0xf082: ("read write: write of several", .write)
    case 0xf085, 0xf086: ("read write: notifications of several", .read)
    default: ("read write", .read)
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let group = code >> 32
    if code & isService != 0,
      let (name, kind) = service(UInt32(group), isWrite: code & 0xffff == UInt64(Command.write))
    {
      return OperationDescription(code: "\(code & 0xffff)", name: "system service: \(name)", kind: kind)
    }
    let (name, kind): (String, OperationKind) =
      switch UInt16(truncatingIfNeeded: code) {
      case 1: ("read device info", .discover)
      case 2: ("read", .read)
      case 3: ("write", .write)
      case 4: ("read state", .diagnose)
      case 5: ("write control", .control)
      case 6: ("add device notification", .read)
      case 7: ("delete device notification", .session)
      case 8: ("device notification", .report)
      case 9: symbols(group)
      default: ("command \(code & 0xffff)", .other)
      }
    return OperationDescription(code: "\(code & 0xffff)", name: name, kind: kind)
  }

  public static func describe(
    object port: UInt32, _ group: UInt32, _ offset: UInt32, _ form: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    switch form {
    case 1: "port \(port) group \(hexadecimal(group, digits: 1)) offset \(hexadecimal(offset, digits: 1))"
    case 2: "port \(port) state \(stateName(group))"
    default: "port \(port)"
    }
  }

  /// ADSSTATE.
  private static func stateName(_ state: UInt32) -> String {
    let names = [
      "invalid", "idle", "reset", "init", "start", "run", "stop", "save config", "load config", "power failure",
      "power good", "error", "shutdown", "suspend", "resume", "config", "reconfig",
    ]
    return Int(state) < names.count ? names[Int(state)] : "\(state)"
  }
}

extension ObservationBuffer {
  /// An AMS net id: six octets in decimal.
  mutating func text(netID: Span<UInt8>) -> TextRef {
    func part(_ index: Int) -> UInt64 { UInt64(netID.byte(index) ?? 0) }
    return text(joined: part(0), part(1), part(2), part(3), part(4), part(5))
  }
}
