import OTCore

/// Ethernet POWERLINK: EPSG DS 301 version 1.3.0, section 4.6 (data link) and 7 (network management).
public struct Powerlink: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "epl", name: "Ethernet POWERLINK", specification: "EPSG DS 301 version 1.3.0, sections 4.6 and 7",
      isIndustrial: true, depth: .identity,
      reads: "message types and network management commands; vendor, product, serial number, host name of a node",
      displayFilter: "epl")
  ]
  /// The second EtherType is that of version 1, whose messages begin alike.
  public static let claims: [Claim] = [.etherType(0x88ab), .etherType(0x3e3f)]

  private var told = RecentValues()

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

  /// Message type, destination node, source node.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, hint.isClaimed, bytes.count >= 4, bytes[2] != 0 else { return .notThisProtocol }
    let type = bytes[0] & 0x7f
    guard (1...7).contains(type) || type == MessageType.asynchronousInvitation else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u8("message type") & 0x7f
    try pdu.skip(1, "destination node")
    let node = try pdu.u8("source node")
    if told.isNew(hash: UInt64(type) << 8 | UInt64(node) | 1 << 62) {
      out.property(.method, out.text(Self.name(type)))
      out.identity(.sender, .deviceID, out.text(UInt64(node)))
      if node == MessageType.managerNode { out.identity(.sender, .deviceType, out.text("managing node")) }
    }
    guard type == MessageType.asynchronousSend else { return }
    let service = try pdu.u8("service")
    switch service {
    case 1:
      // Version 1 has a channel of this number with 26 octets in a frame of the least length.
      guard pdu.remaining >= Self.identificationBytes || context.missingBytes > 0 else { return }
      try identification(pdu.rest(), into: &out)
    case 4:
      // Section 7.3.1: what a managing node commands a node's state machine to do.
      let command = try pdu.u8("network management command")
      if told.isNew(hash: UInt64(command) | 1 << 61) { out.property(.mode, out.text(Self.command(command))) }
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
    if let serial = data.le32(38), serial != 0 { out.identity(.sender, .serialNumber, out.text(UInt64(serial))) }
    out.identity(.sender, .hostname, out.text(data.clamped(from: 78, count: 32).untilNUL()))
  }

  private func hex(_ attribute: IdentityAttribute, _ value: UInt32?, into out: inout ObservationBuffer) {
    guard let value, value != 0 else { return }
    let bytes: InlineArray<4, UInt8> = [
      UInt8(truncatingIfNeeded: value >> 24), UInt8(truncatingIfNeeded: value >> 16),
      UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value),
    ]
    out.identity(.sender, attribute, out.text(prefixedHex: bytes.span))
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
    default: "other network management command"
    }
  }

  /// No operations are reported: cyclic messages and the management above are told as properties.
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "\(code)", name: "message \(code)", kind: .other)
  }
}
