import OTCore

/// Port Aggregation Protocol of Cisco.
public struct PAgP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "pagp", name: "Port Aggregation Protocol", specification: "Cisco, unpublished", isIndustrial: false,
      depth: [.identity, .operations], reads: "device and port names", displayFilter: "pagp")
  ]
  public static let claims: [Claim] = [.snap(0x00000c, 0x0104)]

  public init() {}

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, let version = bytes.byte(0), version == 1 || version == 2, bytes.count >= 46 else {
      return .notThisProtocol
    }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let version = try pdu.u8("version")
    out.operation(Operation(UInt64(version), .publish))
    guard version == 1, told.isNew(pdu.bytes) else { return }
    try pdu.skip(1, "flags")
    let device = try pdu.take(6, "device identifier")
    try pdu.skip(36, "ports and partner")
    let count = min(Int(try pdu.u16("number of TLVs")), 16)
    var neighbour = Neighbour(chassis: out.text(mac: device), port: .none, systemName: .none)
    defer { out.record(.neighbour(neighbour)) }
    for _ in 0..<count where pdu.remaining >= 4 {
      let type = try pdu.u16("TLV type")
      let length = Int(try pdu.u16("TLV length"))
      guard length >= 4 else { return }
      let value = try pdu.take(length - 4, "TLV value")
      if type == 1 {
        neighbour.systemName = out.text(value)
        out.identity(.sender, .hostname, neighbour.systemName)
      } else if type == 2 {
        neighbour.port = out.text(value)
        out.identity(.sender, .portName, neighbour.port)
      }
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "\(code)", name: code == 1 ? "information" : "flush", kind: .report)
  }
}
