import OTCore

/// LonTalk over IP: building automation packets tunnelled between routers. EN 14908-4 (CEA-852), section 10.
public struct LonTalkIP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "lon", name: "LonTalk over IP", specification: "EN 14908-4 (CEA-852), section 10", isIndustrial: true,
      depth: [], reads: "types of packets: data, device and channel configuration; not the network variables",
      displayFilter: "lon")
  ]
  public static let claims: [Claim] = [.udp(1628), .udp(1629)]

  private var told = RecentValues()

  public init() {}

  private static let headerBytes = 20

  /// Length of everything, version 1, type, size of an extended header in words, flags, vendor, session, sequence, time.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, hint.isClaimed, bytes.count >= headerBytes, let length = bytes.be16(0).map(Int.init),
      length >= headerBytes, bytes[2] == 1, bytes[3] != 0
    else { return .notThisProtocol }
    return .pdu(byteCount: length)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(3, "length and version")
    let type = try pdu.u8("packet type")
    guard told.isNew(hash: UInt64(type)) else { return }
    out.property(.method, out.text(Self.name(type)))
  }

  private static func name(_ type: UInt8) -> StaticString {
    switch type {
    case 0x01: "data"
    case 0x03: "device registration"
    case 0x04: "channel membership"
    case 0x06: "channel routing"
    case 0x07: "acknowledge"
    case 0x08: "send list"
    case 0x60: "configuration request"
    case 0x63: "device configuration request"
    case 0x70: "statistics response"
    case 0x71: "device configuration"
    default: "other"
    }
  }

  /// No operations are reported.
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "\(code)", name: "packet \(code)", kind: .other)
  }
}
