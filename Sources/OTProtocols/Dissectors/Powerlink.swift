import OTCore

/// Ethernet POWERLINK: EPSG DS 301 version 1.3.0, section 4.6 (data link), 6.3 (objects) and 7 (network management).
public struct Powerlink: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "epl", name: "Ethernet POWERLINK", specification: "EPSG DS 301 version 1.3.0, sections 4.6, 6.3 and 7",
      isIndustrial: true, depth: [.identity],
      reads: "message types; vendor, product, versions, serial number, host name of a node; not the process data",
      displayFilter: "epl"),
    ProtocolInfo(
      id: "epl_asnd", name: "POWERLINK services", specification: "EPSG DS 301 version 1.3.0, sections 6.3 and 7.3",
      isIndustrial: true, depth: [.operations],
      reads:
        "what asynchronous frames carry: network management commands to nodes; objects read and written (SDO) with "
        + "outcome",
      displayFilter: "epl.asnd"),
  ]
  /// What asynchronous frames carry, of ``protocols``.
  static let services: UInt8 = 1
  /// The second EtherType is that of version 1, whose messages begin alike; the port is for asynchronous messages alone.
  public static let claims: [Claim] = [.etherType(0x88ab), .etherType(0x3e3f), .udp(3819)]

  var told = RecentValues()
  var requests = RequestTable<Asked>()

  public init() {}

  private enum MessageType {
    static let startOfCycle: UInt8 = 1
    /// In version 1 only.
    static let endOfCycle: UInt8 = 2
    static let pollRequest: UInt8 = 3
    static let pollResponse: UInt8 = 4
    static let startOfAsynchronous: UInt8 = 5
    static let asynchronousSend: UInt8 = 6
    static let managerIndication: UInt8 = 7
    static let asynchronousInvitation: UInt8 = 13
    static let managerNode: UInt8 = 240
  }

  private enum Service {
    static let identification: UInt8 = 1
    static let management: UInt8 = 4
    static let objects: UInt8 = 5
    static let synchronisation: UInt8 = 6
  }

  /// Message type, destination node, source node.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, hint.isClaimed, bytes.count >= 4 else { return .notThisProtocol }
    if hint.isUDP { return isDatagram(bytes) ? .pdu(byteCount: bytes.count) : .notThisProtocol }
    guard bytes[2] != 0 else { return .notThisProtocol }
    let type = bytes[0] & 0x7f
    guard (1...7).contains(type) || type == MessageType.asynchronousInvitation else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  /// Section 6.3.2.2: a datagram holds an asynchronous send. Its nodes may be left out, the addresses tell them.
  private static func isDatagram(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.byte(0) == MessageType.asynchronousSend, let service = bytes.byte(3) else { return false }
    if service == Service.objects { return areObjects(bytes.rest(from: 4)) }
    guard let target = bytes.byte(1), let source = bytes.byte(2), target != 0, source != 0, source < 255 else {
      return false
    }
    switch service {
    case Service.identification: return bytes.count >= 4 + identificationBytes
    case Service.management: return bytes.count >= 6 && source == MessageType.managerNode
    case 2, 3, Service.synchronisation: return bytes.count >= 8
    default: return false
    }
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u8("message type") & 0x7f
    let target = try pdu.u8("destination node")
    let node = try pdu.u8("source node")
    if told.isNew(hash: UInt64(type) << 8 | UInt64(node) | 1 << 62) {
      out.property(.method, out.text(Self.name(type)))
      if node != 0 { out.identity(.sender, .deviceID, out.text(UInt64(node))) }
      if node == MessageType.managerNode { out.identity(.sender, .deviceType, out.text("managing node")) }
    }
    guard type == MessageType.asynchronousSend else { return }
    let service = try pdu.u8("service")
    switch service {
    case Service.identification:
      // Version 1 has a channel of this number with 26 octets in a frame of the least length.
      guard pdu.remaining >= Self.identificationBytes || context.missingBytes > 0 else { return }
      try identification(pdu.rest(), into: &out)
    case Service.management:
      // Section 7.3.1: what a managing node commands a node's state machine to do.
      let command = try pdu.u8("network management command")
      if told.isNew(hash: UInt64(command) | 1 << 61) { out.property(.mode, out.text(Self.command(command))) }
      out.operation(
        Operation(
          ObjectCode.isManagement | UInt64(command), .request, layer: Self.services,
          object: .numbers(UInt32(target), 0, 0, 0)))
    case Service.objects: try objects(pdu.rest(), context, into: &out)
    default: break
    }
  }

  /// Octets of an IdentResponse up to the host name's end.
  private static let identificationBytes = 110

  /// Section 7.3.3.2.1, IdentResponse: numbers are little-endian, the name is text.
  private mutating func identification(_ data: Span<UInt8>, into out: inout ObservationBuffer) throws(DecodeError) {
    guard data.count >= 42 else { throw DecodeError("identity", at: 4, .truncated) }
    // State and flags in front change, the identity does not.
    guard told.isNew(data.clamped(from: 22, count: 88)) else { return }
    hex(.deviceType, data.le32(22), into: &out)
    hex(.vendorID, data.le32(26), into: &out)
    hex(.productCode, data.le32(30), into: &out)
    hex(.hardwareVersion, data.le32(34), into: &out)
    // A device without a number says 0, or sets all bits.
    if let serial = data.le32(38), serial != 0, serial != .max {
      out.identity(.sender, .serialNumber, out.text(UInt64(serial)))
    }
    // Of a frame that was cut half a name may be left.
    let name = data.clamped(from: 78, count: 32)
    if name.count == 32 { out.identity(.sender, .hostname, out.text(name.untilNUL())) }
  }

  private func hex(_ attribute: IdentityAttribute, _ value: UInt32?, into out: inout ObservationBuffer) {
    guard let value, value != 0 else { return }
    out.identity(.sender, attribute, out.text(prefixedHex: CANopenObject.octets(value).span))
  }

  private static func name(_ type: UInt8) -> StaticString {
    switch type {
    case MessageType.startOfCycle: "start of cycle"
    case MessageType.endOfCycle: "end of cycle"
    case MessageType.pollRequest: "poll request"
    case MessageType.pollResponse: "poll response"
    case MessageType.startOfAsynchronous: "start of asynchronous"
    case MessageType.asynchronousSend: "asynchronous send"
    case MessageType.managerIndication: "active managing node"
    case MessageType.asynchronousInvitation: "asynchronous invitation"
    default: "other"
    }
  }

  private static func command(_ command: UInt8) -> StaticString {
    switch command {
    case 0x21: "start node"
    case 0x22: "stop node"
    case 0x23: "enter pre-operational 2"
    case 0x24: "enable ready to operate"
    case 0x28: "reset node"
    case 0x29: "reset communication"
    case 0x2a: "reset configuration"
    case 0x2b: "software reset"
    case 0x41: "start nodes of a list"
    case 0x42: "stop nodes of a list"
    case 0x43: "enter pre-operational 2, nodes of a list"
    case 0x44: "enable ready to operate, nodes of a list"
    case 0x48: "reset nodes of a list"
    case 0x49: "reset communication of nodes of a list"
    case 0x4a: "reset configuration of nodes of a list"
    case 0x4b: "software reset of nodes of a list"
    case 0x62: "set host name"
    case 0x63: "flush address entry"
    case 0x80...0xaf: "publish nodes by state"
    case 0xb0: "publish time"
    default: "other network management command"
    }
  }

  /// Cyclic messages are told as properties; operations are what is commanded to nodes and asked of their objects.
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    if code & ObjectCode.isManagement != 0 {
      let command = UInt8(truncatingIfNeeded: code)
      return OperationDescription(
        code: "nmt" + hexadecimal(code & 0xff, digits: 2), name: "\(Self.command(command))", kind: kind(of: command))
    }
    let (name, kind) = describe(objects: code)
    return OperationDescription(code: "sdo" + hexadecimal(code & 0xff, digits: 2), name: name, kind: kind)
  }

  /// Commands to one node or, as the extended ones, to a list of them change states; then come a host's name and what the
  /// managing node publishes.
  private static func kind(of command: UInt8) -> OperationKind {
    switch command {
    case 0x20...0x5f: .control
    case 0x62: .configure
    case 0x80...0xaf: .report
    case 0xb0: .time
    default: .other
    }
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    if code & ObjectCode.isManagement != 0 { return a == 255 ? "all nodes" : "node \(a)" }
    return "object \(hexadecimal(a, digits: 4)):\(b)"
  }
}
