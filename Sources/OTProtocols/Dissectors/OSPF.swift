import OTCore

/// Open Shortest Path First: RFC 2328 (version 2), RFC 5340 (version 3). Who may speak to a router without a key may tell it
/// where networks are.
public struct OSPF: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ospf", name: "OSPF", specification: "RFC 2328, RFC 5340", isIndustrial: false, depth: .operations,
      reads: "packet types, router, area, authentication; a password in clear text is judged, not kept; no routes",
      displayFilter: "ospf")
  ]
  public static let claims: [Claim] = [.ipProtocol(89)]

  public init() {}

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, !hint.isStream, let version = bytes.byte(0), version == 2 || version == 3,
      let type = bytes.byte(1), (1...5).contains(type), let length = bytes.be16(2),
      length >= (version == 2 ? 24 : 16)
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let version = try pdu.u8("version")
    let type = try pdu.u8("type")
    try pdu.skip(2, "length")
    out.operation(Operation(UInt64(type), .publish))
    guard told.isNew(pdu.bytes.clamped(from: 4, count: 8), salt: UInt64(version)) else { return }
    let router = try pdu.u32("router")
    let area = try pdu.u32("area")
    out.property(.protocolVersion, out.text(UInt64(version)))
    let words = out.text("router ")
    _ = out.text(ipv4: router)
    _ = out.text(", area ")
    out.property(.bridge, words.through(out.text(ipv4: area)))
    guard version == 2 else { return }
    try pdu.skip(2, "checksum")
    switch try pdu.u16("authentication type") {
    case 0: out.property(.authentication, out.text("none"))
    case 1:
      out.property(.authentication, out.text("password in clear text"))
      out.clearTextPassword(try pdu.take(8, "authentication").untilNUL())
    case 2: out.property(.authentication, out.text("cryptographic"))
    default: out.property(.authentication, out.text("other"))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch code {
      case 1: "hello"
      case 2: "database description"
      case 3: "link state request"
      case 4: "link state update"
      default: "link state acknowledgement"
      }
    return OperationDescription(code: "\(code)", name: name, kind: .report)
  }
}
