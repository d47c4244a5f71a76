import OTCore

/// What PROFINET IO sends with EtherType 0x8892: cyclic data and alarms (RT), the Discovery and basic Configuration
/// Protocol (DCP) and the Precision Transparent Clock Protocol (PTCP), told apart by the frame id.
/// IEC 61158-6-10, sections 4.3 (DCP), 4.4 (PTCP), 4.7 (RT).
public struct ProfinetRealTime: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "pn_rt", name: "PROFINET real time", specification: "IEC 61158-6-10, section 4.7", isIndustrial: true,
      depth: .operations, reads: "publisher and frame id of cyclic data and alarms; not the process data",
      displayFilter: "pn_rt"),
    ProtocolInfo(
      id: "pn_dcp", name: "PROFINET DCP", specification: "IEC 61158-6-10, section 4.3", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "identify, get, set, hello; station name, vendor, device, role, IP settings, factory reset",
      displayFilter: "pn_dcp"),
    ProtocolInfo(
      id: "pn_ptcp", name: "PROFINET PTCP", specification: "IEC 61158-6-10, section 4.4", isIndustrial: true,
      depth: .operations, reads: "recognised by frame id", displayFilter: "pn_ptcp"),
  ]
  public static let claims: [Claim] = [.etherType(0x8892)]

  static let rtLayer: UInt8 = 0
  static let dcpLayer: UInt8 = 1
  static let ptcpLayer: UInt8 = 2

  var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, let frameID = bytes.be16(0), bytes.count >= 4 else { return .notThisProtocol }
    if isDCP(frameID) {
      // Services get, set, identify, hello; a block area that fits.
      guard let service = bytes.byte(2), (3...6).contains(service), let length = bytes.be16(10),
        Int(length) <= bytes.count - 12
      else { return .notThisProtocol }
    }
    return .pdu(byteCount: bytes.count)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let frameID = try pdu.u16("frame id")
    if Self.isDCP(frameID) {
      try dissectDCP(&pdu, context, into: &out)
      return
    }
    out.operation(Operation(UInt64(frameID), .publish, layer: Self.rtLayer))
    if Self.isPTCP(frameID) { out.operation(Operation(UInt64(frameID), .publish, layer: Self.ptcpLayer)) }
  }

  static func isDCP(_ frameID: UInt16) -> Bool { frameID >= 0xfefc && frameID <= 0xfeff }

  /// Synchronisation, announcement, follow-up and delay measurement frames.
  static func isPTCP(_ frameID: UInt16) -> Bool {
    switch frameID {
    case 0x0020, 0x0021, 0x0080, 0x0081, 0xff00, 0xff01, 0xff20, 0xff21, 0xff40...0xff43: true
    default: false
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    if layer == Int(dcpLayer) { return describeDCP(code) }
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
