import OTCore

/// Border Gateway Protocol 4, RFC 4271.
public struct BGP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "bgp", name: "BGP", specification: "RFC 4271, RFC 6793", isIndustrial: false, depth: .operations,
      reads: "message types, autonomous system and identifier of either side, errors; no routes", displayFilter: "bgp")
  ]
  public static let claims: [Claim] = [.tcp(179)]
  public static let probe = ProbeStrength.strong

  public init() {}

  /// Section 4.1: sixteen bytes of ones, length, type.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    for index in 0..<min(16, bytes.count) where bytes[index] != 0xff { return .notThisProtocol }
    guard let length = bytes.be16(16), let type = bytes.byte(18) else {
      return hint.isClaimed || hint.isEstablished ? .needMore : .notThisProtocol
    }
    return length >= 19 && (1...6).contains(type) ? .pdu(byteCount: Int(length)) : .notThisProtocol
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(18, "marker and length")
    let type = try pdu.u8("type")
    switch type {
    case 1:
      out.operation(Operation(1, context.senderIsClient ? .request : .response))
      try open(&pdu, into: &out)
    case 3:
      let code = try pdu.u8("error code")
      let detail = try pdu.u8("error subcode")
      out.operation(
        Operation(3, .publish, outcome: .failure(UInt32(code) << 8 | UInt32(detail))))
    default: out.operation(Operation(UInt64(type), .publish))
    }
  }

  /// Section 4.2, and the capability 65 of RFC 6793.
  private func open(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    try pdu.skip(1, "version")
    var system = UInt32(try pdu.u16("autonomous system"))
    try pdu.skip(2, "hold time")
    let identifier = try pdu.u32("identifier")
    try pdu.skip(1, "length of the parameters")
    let parameters = pdu.rest()
    var index = 0
    // Parameter 2 holds capabilities.
    while let type = parameters.byte(index), let length = parameters.byte(index + 1) {
      let capabilities = parameters.clamped(from: index + 2, count: Int(length))
      var inner = 0
      while type == 2, let code = capabilities.byte(inner), let size = capabilities.byte(inner + 1) {
        if code == 65, let wide = capabilities.be32(inner + 2) { system = wide }
        inner += 2 + Int(size)
      }
      index += 2 + Int(length)
    }
    let words = out.text("AS ")
    _ = out.text(UInt64(system))
    _ = out.text(", identifier ")
    out.property(.bridge, words.through(out.text(ipv4: identifier)))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code {
      case 1: ("open", .session)
      case 2: ("update", .report)
      case 3: ("notification", .session)
      case 4: ("keep alive", .session)
      default: ("route refresh", .session)
      }
    return OperationDescription(code: "\(code)", name: name, kind: kind)
  }
}
