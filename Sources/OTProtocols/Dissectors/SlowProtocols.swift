import OTCore

/// Link Aggregation Control Protocol, IEEE 802.1AX-2020 section 6.4.2, and the other slow protocols of Ethernet.
public struct SlowProtocols: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "lacp", name: "LACP and other slow protocols", specification: "IEEE 802.1AX-2020 section 6.4.2",
      isIndustrial: false, depth: .operations, reads: "system and port of either side, whether the link is aggregated",
      displayFilter: "slow")
  ]
  public static let claims: [Claim] = [.etherType(0x8809)]

  public init() {}

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, let subtype = bytes.byte(0), (1...10).contains(subtype) else { return .notThisProtocol }
    if subtype == 1, bytes.byte(2) != 1 || bytes.byte(3) != 20 { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let subtype = try pdu.u8("subtype")
    out.operation(Operation(UInt64(subtype), .publish))
    guard subtype == 1, told.isNew(pdu.bytes) else { return }
    try pdu.skip(3, "version and actor")
    try pdu.skip(2, "system priority")
    let system = try pdu.take(6, "actor system")
    try pdu.skip(4, "key and port priority")
    let port = try pdu.u16("actor port")
    let state = try pdu.u8("actor state")
    out.record(
      .neighbour(
        Neighbour(chassis: out.text(mac: system), port: out.text(UInt64(port)), systemName: .none)))
    // Synchronisation, collecting, distributing.
    out.property(.mode, out.text(state & 0x38 == 0x38 ? "aggregated" : "not aggregated"))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch code {
      case 1: "LACP"
      case 2: "marker"
      case 3: "operation, administration and maintenance"
      case 10: "organisation specific"
      default: "subtype \(code)"
      }
    return OperationDescription(code: "\(code)", name: name, kind: .report)
  }
}
