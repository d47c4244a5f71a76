import OTCore

/// Routing Information Protocol: RFC 1058 (version 1), RFC 2453 (version 2).
public struct RIP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "rip", name: "RIP", specification: "RFC 1058, RFC 2453", isIndustrial: false, depth: .operations,
      reads: "requests, number of routes, authentication; a password in clear text is judged, not kept",
      displayFilter: "rip")
  ]
  public static let claims: [Claim] = [.udp(520)]

  public init() {}

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, !hint.isStream, let command = bytes.byte(0), command == 1 || command == 2,
      let version = bytes.byte(1), version == 1 || version == 2, bytes.count >= 24, (bytes.count - 4) % 20 == 0,
      let family = bytes.be16(4), family == 2 || family == 0 || family == 0xffff
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let command = try pdu.u8("command")
    let version = try pdu.u8("version")
    try pdu.skip(2, "zero")
    let family = try pdu.u16("address family")
    let kind = try pdu.u16("route tag")
    let isAuthenticated = family == 0xffff
    let routes = pdu.bytes.count / 20 - (isAuthenticated ? 1 : 0)
    out.operation(
      Operation(
        UInt64(command), command == 1 ? .request : .publish, count: UInt32(truncatingIfNeeded: max(1, routes))))
    guard told.isNew(hash: UInt64(version) << 32 | UInt64(isAuthenticated ? UInt32(kind) + 1 : 0)) else { return }
    out.property(.protocolVersion, out.text(UInt64(version)))
    guard command == 2 else { return }
    if !isAuthenticated {
      out.property(.authentication, out.text("none"))
    } else if kind == 2 {
      out.property(.authentication, out.text("password in clear text"))
      out.clearTextPassword(try pdu.take(16, "authentication").untilNUL())
    } else {
      out.property(.authentication, out.text("cryptographic"))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(
      code: "\(code)", name: code == 1 ? "ask for routes" : "routes", kind: code == 1 ? .discover : .report)
  }
}
