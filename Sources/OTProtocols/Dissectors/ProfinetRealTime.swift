import OTCore

/// What PROFINET IO sends with EtherType 0x8892 but for ``ProfinetDCP``: cyclic data and alarms (RT) and the Precision
/// Transparent Clock Protocol (PTCP), told apart by the frame id. IEC 61158-6-10, sections 4.4 (PTCP) and 4.7 (RT).
public struct ProfinetRealTime: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "pn_rt", name: "PROFINET real time", specification: "IEC 61158-6-10, section 4.7", isIndustrial: true,
      depth: .operations, reads: "publisher and frame id of cyclic data and alarms; not the process data",
      displayFilter: "pn_rt"),
    ProtocolInfo(
      id: "pn_ptcp", name: "PROFINET PTCP", specification: "IEC 61158-6-10, section 4.4", isIndustrial: true,
      depth: .operations, reads: "recognised by frame id", displayFilter: "pn_ptcp"),
  ]
  public static let claims: [Claim] = [.etherType(0x8892)]

  private static let ptcpLayer: UInt8 = 1

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, let frameID = bytes.be16(0), bytes.count >= 4, !ProfinetDCP.frameIDs.contains(frameID) else {
      return .notThisProtocol
    }
    return .pdu(byteCount: bytes.count)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let frameID = try pdu.u16("frame id")
    out.operation(Operation(UInt64(frameID), .publish))
    if Self.isPTCP(frameID) { out.operation(Operation(UInt64(frameID), .publish, layer: Self.ptcpLayer)) }
  }

  /// Synchronisation, announcement, follow-up and delay measurement frames.
  private static func isPTCP(_ frameID: UInt16) -> Bool {
    switch frameID {
    case 0x0020, 0x0021, 0x0080, 0x0081, 0xff00, 0xff01, 0xff20, 0xff21, 0xff40...0xff43: true
    default: false
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name: String
    switch code {
    case 0x0020, 0x0021, 0x0080, 0x0081: name = "clock synchronisation"
    case 0x0100...0x7fff: name = "cyclic data (isochronous)"
    case 0x8000...0xbfff: name = "cyclic data"
    case 0xc000...0xfbff: name = "cyclic data (legacy range)"
    case 0xfc01: name = "alarm, high priority"
    case 0xfe01: name = "alarm, low priority"
    case 0xff00, 0xff01: name = "clock announcement"
    case 0xff20, 0xff21: name = "clock follow-up"
    case 0xff40: name = "delay request"
    case 0xff41...0xff43: name = "delay response"
    default: name = "real-time frame"
    }
    return OperationDescription(code: "\(code)", name: name, kind: layer == Int(ptcpLayer) ? .other : .report)
  }
}
