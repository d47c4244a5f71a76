import OTCore

/// Spanning Tree and Rapid Spanning Tree, also per VLAN: IEEE 802.1D-2004, section 9; IEEE 802.1Q-2018, section 14.
public struct SpanningTree: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "stp", name: "Spanning Tree Protocol (STP, RSTP, MSTP)", specification: "IEEE 802.1D-2004, section 9",
      isIndustrial: false, depth: .operations, reads: "root, bridge and port ids, topology changes",
      displayFilter: "stp")
  ]
  public static let claims: [Claim] = [.llc(0x42), .snap(0x00000c, 0x010b)]

  /// Configuration BPDU with the topology change flag set.
  private static let topologyChange: UInt64 = 0x100
  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    // Protocol identifier 0; version 0, 2, 3 or 4; type configuration, rapid or topology change notification.
    guard hint.isClaimed, bytes.be16(0) == 0, let version = bytes.byte(2), version <= 4, version != 1,
      let type = bytes.byte(3), type == 0x80 || ((type == 0 || type == 2) && bytes.count >= 35)
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(3, "protocol identifier and version")
    let type = try pdu.u8("BPDU type")
    guard type != 0x80 else {
      out.operation(Operation(0x80, .publish))
      return
    }
    let flags = try pdu.u8("flags")
    out.operation(Operation(UInt64(type) | (flags & 1 != 0 ? Self.topologyChange : 0), .publish))
    let root = try pdu.take(8, "root identifier")
    try pdu.skip(4, "root path cost")
    let bridge = try pdu.take(8, "bridge identifier")
    let port = try pdu.u16("port identifier")
    guard told.isNew(pdu.bytes.clamped(from: 5, count: 22)) else { return }
    let chassis = out.text(mac: bridge.extracting(2..<8))
    out.record(.neighbour(Neighbour(chassis: chassis, port: out.text(UInt64(port)), systemName: .none)))
    let own = out.text("bridge ")
    out.property(.bridge, own.through(Self.identifier(bridge, &out)))
    let top = out.text("root ")
    out.property(.bridge, top.through(Self.identifier(root, &out)))
  }

  /// Priority (with the system id extension) and address: `32769/00:1b:1b:00:00:01`.
  private static func identifier(_ bytes: Span<UInt8>, _ out: inout ObservationBuffer) -> TextRef {
    let priority = out.text(UInt64(bytes.be16(0) ?? 0))
    _ = out.text("/")
    return priority.through(out.text(mac: bytes.clamped(from: 2, count: 6)))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let type = code & 0xff
    let name =
      type == 0x80
      ? "topology change notification"
      : (type == 2 ? "rapid BPDU" : "configuration BPDU") + (code & topologyChange != 0 ? " with topology change" : "")
    return OperationDescription(code: "\(type)", name: name, kind: .report)
  }
}
