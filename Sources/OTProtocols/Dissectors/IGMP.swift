import OTCore

/// Internet Group Management Protocol, versions 1–3: RFC 1112, RFC 2236, RFC 3376. Who listens to which group of
/// multicast traffic, and which router asks.
public struct IGMP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "igmp", name: "IGMP", specification: "RFC 2236, RFC 3376", isIndustrial: false, depth: .operations,
      reads: "queries, groups joined and left", displayFilter: "igmp")
  ]
  public static let claims: [Claim] = [.ipProtocol(2)]

  public init() {}

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, !hint.isStream, bytes.count >= 8, let type = bytes.byte(0), known[UInt64(type)] != nil else {
      return .notThisProtocol
    }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u8("type")
    try pdu.skip(3, "response time and checksum")
    let group = try pdu.u32("group address")
    guard type == 0x22 else {
      out.operation(
        Operation(UInt64(type), .publish, object: group == 0 ? .none : .text(out.text(ipv4: group))))
      return
    }
    // Version 3: the low half of that word counts group records.
    var left = min(Int(group & 0xffff), 64)
    while left > 0, pdu.remaining >= 8 {
      left -= 1
      try pdu.skip(1, "record type")
      let auxiliary = Int(try pdu.u8("auxiliary length"))
      let sources = Int(try pdu.u16("number of sources"))
      let address = try pdu.u32("multicast address")
      try pdu.skip(4 * (auxiliary + sources), "sources")
      out.operation(Operation(UInt64(type), .publish, object: .text(out.text(ipv4: address))))
    }
  }

  private static let known: [UInt64: (String, OperationKind)] = [
    0x11: ("query", .discover), 0x12: ("report version 1", .session), 0x16: ("report version 2", .session),
    0x17: ("leave", .session), 0x22: ("report version 3", .session),
  ]

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind) = known[code] ?? ("type \(code)", .other)
    return OperationDescription(code: hexadecimal(UInt32(truncatingIfNeeded: code), digits: 2), name: name, kind: kind)
  }
}
