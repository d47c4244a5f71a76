import OTCore

/// Unidirectional Link Detection of Cisco, RFC 5171.
public struct UDLD: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "udld", name: "Unidirectional Link Detection", specification: "RFC 5171", isIndustrial: false,
      depth: [.identity, .operations], reads: "device and port names", displayFilter: "udld")
  ]
  public static let claims: [Claim] = [.snap(0x00000c, 0x0111)]

  public init() {}

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, let first = bytes.byte(0), first >> 5 == 1, let length = bytes.be16(6), length >= 4 else {
      return .notThisProtocol
    }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let code = try pdu.u8("version and opcode") & 31
    out.operation(Operation(UInt64(code), .publish))
    guard told.isNew(pdu.bytes) else { return }
    try pdu.skip(3, "flags and checksum")
    var neighbour = Neighbour(chassis: .none, port: .none, systemName: .none)
    defer { out.record(.neighbour(neighbour)) }
    for _ in 0..<16 where pdu.remaining >= 4 {
      let type = try pdu.u16("TLV type")
      let length = Int(try pdu.u16("TLV length"))
      guard length >= 4 else { return }
      let value = try pdu.take(length - 4, "TLV value")
      switch type {
      case 1:
        neighbour.chassis = out.text(value)
        out.identity(.sender, .chassisID, neighbour.chassis)
      case 2:
        neighbour.port = out.text(value)
        out.identity(.sender, .portName, neighbour.port)
      case 6:
        neighbour.systemName = out.text(value)
        out.identity(.sender, .hostname, neighbour.systemName)
      default: break
      }
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch code {
      case 1: "probe"
      case 2: "echo"
      case 3: "flush"
      default: "opcode \(code)"
      }
    return OperationDescription(code: "\(code)", name: name, kind: .report)
  }
}
