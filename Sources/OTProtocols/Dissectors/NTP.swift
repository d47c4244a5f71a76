import OTCore

/// Network Time Protocol, versions 1...4: RFC 5905, section 7.3; control messages: RFC 9327, section 2.
public struct NTP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ntp", name: "Network Time Protocol", specification: "RFC 5905", isIndustrial: false, depth: .operations,
      reads: "mode, version, stratum, reference; control and private mode", displayFilter: "ntp")
  ]
  public static let claims: [Claim] = [.udp(123)]

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, let first = bytes.byte(0), let stratum = bytes.byte(1) else { return .notThisProtocol }
    let (version, mode) = (first >> 3 & 7, first & 7)
    guard (1...4).contains(version), mode != 0 else { return .notThisProtocol }
    switch mode {
    case 6: guard bytes.count >= 12 else { return .notThisProtocol }
    case 7: guard bytes.count >= 8 else { return .notThisProtocol }
    default: guard bytes.count >= 48, stratum <= 16 else { return .notThisProtocol }
    }
    return .pdu(byteCount: bytes.count)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let first = try pdu.u8("leap, version, mode")
    let stratum = try pdu.u8("stratum")
    let mode = first & 7
    // Control messages have their response bit in the second octet, private ones in the first.
    let isResponse = mode == 4 || mode == 2 || (mode == 6 && stratum & 0x80 != 0) || (mode == 7 && first & 0x80 != 0)
    out.operation(Operation(UInt64(mode), mode == 5 ? .publish : isResponse ? .response : .request))
    guard mode == 4 || mode == 5, told.isNew(pdu.bytes.clamped(from: 0, count: 2)) else { return }
    out.property(.protocolVersion, out.text(UInt64(first >> 3 & 7)))
    out.property(.stratum, out.text(UInt64(stratum)))
    if stratum <= 1 {
      // Four letters that name the clock (GPS, DCFa) or, at stratum 0, the reason for a refusal.
      out.property(.other, out.text(pdu.bytes.clamped(from: 12, count: 4)))
    }
    if first >> 6 == 3 { out.property(.mode, out.text("not synchronised")) }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code {
      case 1: ("symmetric active", .report)
      case 2: ("symmetric passive", .report)
      case 3: ("ask for time", .read)
      case 4: ("time", .read)
      case 5: ("broadcast time", .report)
      case 6: ("control message", .diagnose)
      default: ("private mode", .diagnose)
      }
    return OperationDescription(code: "\(code)", name: name, kind: kind)
  }
}
