import OTCore

/// Foundation Fieldbus High Speed Ethernet: Field Device Access agent over UDP and TCP 1089 to 1091 and 3622.
/// FieldComm Group FF-588 (HSE Field Device Access Agent), section 6; IEC 61158 type 5.
public struct FieldbusHSE: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ff_hse", name: "Foundation Fieldbus HSE", specification: "FieldComm Group FF-588, section 6",
      isIndustrial: true, depth: [], reads: "session, system management, fieldbus message and redundancy services",
      displayFilter: "ff")
  ]
  public static let claims: [Claim] = [
    .udp(1089), .udp(1090), .udp(1091), .udp(3622), .tcp(1090),
  ]

  private var told = RecentValues()

  public init() {}

  private static let headerBytes = 12

  /// Version, options, protocol and kind of message, service, address, length of everything.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed || hint.isEstablished else { return .notThisProtocol }
    guard bytes.count >= headerBytes, let length = bytes.be32(8).map(Int.init) else {
      return hint.isStream ? .needMore : .notThisProtocol
    }
    guard bytes[0] <= 1, (1...4).contains(bytes[2] >> 2), bytes[2] & 3 <= 2, length >= headerBytes, length <= 0xffff
    else { return .notThisProtocol }
    // Clients of anything use these ports too: a datagram has to be as long as it says, or cut off.
    return hint.isStream || length >= bytes.count ? .pdu(byteCount: length) : .notThisProtocol
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(2, "version and options")
    let kind = try pdu.u8("protocol and message type")
    let service = try pdu.u8("service")
    if told.isNew(hash: UInt64(kind) << 8 | UInt64(service)) { out.property(.method, out.text(Self.name(kind >> 2))) }
  }

  private static func name(_ identifier: UInt8) -> StaticString {
    switch identifier {
    case 1: "FDA session management"
    case 2: "system management"
    case 3: "fieldbus message specification"
    default: "LAN redundancy"
    }
  }

  /// No operations are reported.
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "\(code)", name: "service \(code)", kind: .other)
  }
}
