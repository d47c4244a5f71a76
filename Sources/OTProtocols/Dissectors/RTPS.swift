import OTCore

/// Real-Time Publish-Subscribe: the wire of the Data Distribution Service (cranes, vehicles, robots).
/// OMG DDSI-RTPS 2.5, sections 8.3 and 9.4.
public struct RTPS: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "rtps", name: "RTPS (DDS)", specification: "OMG DDSI-RTPS 2.5, sections 8.3 and 9.4", isIndustrial: true,
      depth: .identity, reads: "version and vendor of a participant, its submessages; not the data",
      displayFilter: "rtps")
  ]
  public static let claims: [Claim] = [
    .udp(7400), .udp(7401), .udp(7410), .udp(7411), .udp(7412), .udp(7413),
  ]
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()

  public init() {}

  /// `RTPS` (`RTPX` where the first maker's extensions are in use), version, vendor, prefix of the participant's
  /// identifier.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, bytes.count >= 16, bytes.hasASCII("RTPS") || bytes.hasASCII("RTPX"),
      (1...2).contains(bytes[4])
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    told.listen(to: context)
    try pdu.skip(4, "protocol")
    let major = try pdu.u8("major version")
    let minor = try pdu.u8("minor version")
    let vendor = try pdu.u16("vendor")
    if told.isNew(hash: UInt64(major) << 24 | UInt64(minor) << 16 | UInt64(vendor)) {
      out.property(.protocolVersion, out.text(joined: UInt64(major), UInt64(minor)))
      out.identity(.sender, .vendor, out.text(Self.vendor(vendor)))
    }
    // Version 1 has a host and an application identifier, version 2 a prefix of twelve octets.
    try pdu.skip(major == 1 ? 8 : Swift.min(12, pdu.remaining), "participant identifier")
    for _ in 0..<Limits.itemsPerPDU {
      guard pdu.remaining >= 4 else { return }
      let kind = try pdu.u8("submessage")
      let flags = try pdu.u8("submessage flags")
      let length = Int(flags & 1 == 1 ? try pdu.u16le("submessage length") : try pdu.u16("submessage length"))
      if told.isNew(hash: UInt64(kind) | 1 << 40) { out.property(.method, out.text(Self.name(kind))) }
      // Zero: up to the end of the message.
      guard length > 0, length <= pdu.remaining else { return }
      try pdu.skip(length, "submessage")
    }
  }

  /// OMG's list of vendor identifiers.
  private static func vendor(_ code: UInt16) -> StaticString {
    switch code {
    case 0x0101: "Real-Time Innovations"
    case 0x0102: "ADLINK OpenSplice"
    case 0x0103: "OCI OpenDDS"
    case 0x0106: "TwinOaks CoreDX"
    case 0x010f: "eProsima Fast DDS"
    case 0x0110: "Eclipse Cyclone DDS"
    case 0x0111: "GurumNetworks"
    case 0x0112: "Atostek RustDDS"
    default: ""
    }
  }

  /// Section 9.4.5.1.1.
  private static func name(_ kind: UInt8) -> StaticString {
    switch kind {
    case 0x01: "padding"
    case 0x06: "acknowledgement"
    case 0x07: "heartbeat"
    case 0x08: "gap"
    case 0x09: "timestamp"
    case 0x0c: "source"
    case 0x0e: "destination"
    case 0x12: "negative fragment acknowledgement"
    case 0x13: "fragment heartbeat"
    case 0x02, 0x15: "data"
    case 0x16: "data fragment"
    default: "other"
    }
  }

  /// No operations are reported.
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "\(code)", name: "submessage \(code)", kind: .other)
  }
}
