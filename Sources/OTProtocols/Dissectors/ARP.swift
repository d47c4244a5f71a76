import OTCore

/// Address Resolution Protocol: RFC 826; probes and announcements RFC 5227. Ethernet and IPv4 only.
public struct ARP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "arp", name: "Address Resolution Protocol", specification: "RFC 826, RFC 5227", isIndustrial: false,
      depth: .operations, reads: "bindings, gratuitous announcements, contradiction with the frame's source",
      displayFilter: "arp")
  ]
  public static let claims: [Claim] = [.etherType(0x0806)]

  private static let announcement: UInt64 = 0x100

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    // Hardware type Ethernet, protocol type IPv4, lengths 6 and 4.
    guard hint.isClaimed, bytes.count >= 28, bytes.be32(0) == 0x0001_0800, bytes.be16(4) == 0x0604 else {
      return .notThisProtocol
    }
    return .pdu(byteCount: bytes.count)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(6, "hardware and protocol types")
    let operation = try pdu.u16("operation")
    guard let senderMAC = pdu.bytes.mac(8), let sender = pdu.bytes.be32(14), let target = pdu.bytes.be32(24) else {
      throw DecodeError("addresses", at: pdu.offset, .truncated)
    }
    guard operation == 1 || operation == 2 else { throw DecodeError("operation", at: 6, .unsupported) }
    let isAnnouncement = sender == target && sender != 0
    let code = UInt64(operation) | (isAnnouncement ? Self.announcement : 0)
    out.operation(
      Operation(
        code, operation == 1 ? .request : .response,
        object: operation == 1 && !isAnnouncement ? .numbers(target, 0, 0, 0) : .none))
    if senderMAC.isGroup { out.anomaly("sender hardware address", .invalid, at: 8) }
    if senderMAC != context.senderMAC, context.senderMAC != .zero {
      out.anomaly("sender hardware address", .inconsistent, at: 8)
    }
    if sender != 0, !senderMAC.isGroup, senderMAC != .zero {
      out.record(.binding(AddressBinding(.ipv4(sender), senderMAC, .arp)))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let isAnnouncement = code & announcement != 0
    let operation = code & 0xff
    let name = isAnnouncement ? "announcement" : operation == 1 ? "who has" : "reply"
    return OperationDescription(code: "\(operation)", name: name, kind: isAnnouncement ? .report : .discover)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    HostAddress.ipv4(a).description
  }
}
