import OTCore

/// Dynamic Trunking Protocol of Cisco: a switch port that speaks it can be talked into a trunk, and then reaches every
/// VLAN.
public struct DTP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "dtp", name: "Dynamic Trunking Protocol", specification: "Cisco, unpublished", isIndustrial: false,
      depth: .operations, reads: "VTP domain, whether the port trunks or offers to", displayFilter: "dtp")
  ]
  public static let claims: [Claim] = [.snap(0x00000c, 0x2004)]

  public init() {}

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    // Version 1, then types 1…4 with lengths that count their own four bytes.
    guard hint.isClaimed, bytes.byte(0) == 1, let type = bytes.be16(1), (1...5).contains(type),
      let length = bytes.be16(3), length >= 4, Int(length) <= bytes.count - 1
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    out.operation(Operation(0, .publish))
    guard told.isNew(pdu.bytes) else { return }
    try pdu.skip(1, "version")
    for _ in 0..<16 where pdu.remaining >= 4 {
      let type = try pdu.u16("TLV type")
      let length = Int(try pdu.u16("TLV length"))
      guard length >= 4 else { return }
      let value = try pdu.take(length - 4, "TLV value")
      if type == 1 {
        let domain = value.untilNUL()
        let word = out.text("VTP domain ")
        if !domain.isEmpty { out.property(.other, word.through(out.text(domain))) }
      } else if type == 2, let status = value.byte(0) {
        // Highest bit: the port trunks. The low three: what was configured.
        let state: StaticString = status & 0x80 != 0 ? "trunk, " : "access, "
        let wanted: StaticString =
          switch status & 7 {
          case 1: "on"
          case 2: "off"
          case 3: "desirable"
          case 4: "auto"
          default: "other"
          }
        let first = out.text(state)
        out.property(.mode, first.through(out.text(wanted)))
      }
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "0", name: "trunk negotiation", kind: .report)
  }
}
