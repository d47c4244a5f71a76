import OTCore

/// Discovery stage of PPP over Ethernet, RFC 2516 section 5: a line to a provider, which has no place in a control network.
public struct PPPoEDiscovery: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "pppoed", name: "PPPoE discovery", specification: "RFC 2516 section 5", isIndustrial: false,
      depth: [.identity, .operations], reads: "stages, names of services and concentrators", displayFilter: "pppoed")
  ]
  public static let claims: [Claim] = [.etherType(0x8863)]

  public init() {}

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, bytes.byte(0) == 0x11, let code = bytes.byte(1), codes[code] != nil,
      let length = bytes.be16(4)
    else { return .notThisProtocol }
    return Int(length) <= bytes.count - 6 ? .pdu(byteCount: bytes.count) : .notThisProtocol
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(1, "version and type")
    let code = try pdu.u8("code")
    try pdu.skip(2, "session")
    let length = Int(try pdu.u16("length"))
    var tags = try pdu.slice(min(length, pdu.remaining), "tags")
    let role: Operation.Role = code == 0x09 || code == 0x19 ? .request : code == 0xa7 ? .publish : .response
    // An offer answers the initiation, a session the request.
    let asked: UInt8 = code == 0x07 ? 0x09 : code == 0x65 ? 0x19 : code
    out.operation(Operation(UInt64(asked), role, outcome: role == .response ? .success : .none))
    for _ in 0..<16 where tags.remaining >= 4 {
      let type = try tags.u16("tag type")
      let size = Int(try tags.u16("tag length"))
      let value = try tags.take(size, "tag value")
      if type == 0x0102 { out.identity(.sender, .name, out.text(value)) }
      if type == 0x0101, !value.isEmpty { out.property(.serverName, out.text(value)) }
    }
  }

  private static let codes: [UInt8: String] = [
    0x07: "offer", 0x09: "initiation", 0x19: "request", 0x65: "session confirmation", 0xa7: "terminate",
  ]

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(
      code: hexadecimal(code, digits: 2), name: codes[UInt8(truncatingIfNeeded: code)] ?? "code \(code)",
      kind: code == 0x09 ? .discover : .session)
  }
}
