import OTCore

/// Virtual Router Redundancy Protocol: RFC 2338 and RFC 3768 (version 2), RFC 9568 (version 3). Whoever sends a higher
/// priority becomes the gateway.
public struct VRRP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "vrrp", name: "VRRP", specification: "RFC 2338, RFC 3768, RFC 9568", isIndustrial: false, depth: .operations,
      reads: "virtual router, priority, addresses, authentication; a password in clear text is judged, not kept",
      displayFilter: "vrrp")
  ]
  public static let claims: [Claim] = [.ipProtocol(112)]

  public init() {}

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, !hint.isStream, bytes.count >= 8, let first = bytes.byte(0), first == 0x21 || first == 0x31,
      let count = bytes.byte(3), count > 0
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let version = try pdu.u8("version and type") >> 4
    let router = try pdu.u8("virtual router")
    let priority = try pdu.u8("priority")
    let count = Int(try pdu.u8("number of addresses"))
    let authentication = try pdu.u8("authentication type")
    try pdu.skip(3, "interval and checksum")
    // Priority 0: the router steps down.
    out.operation(Operation(priority == 0 ? 0 : 1, .publish, object: .numbers(UInt32(router), 0, 0, 0)))
    guard told.isNew(pdu.bytes.clamped(from: 0, count: 16)) else { return }
    out.property(.protocolVersion, out.text(UInt64(version)))
    let words = out.text("virtual router ")
    _ = out.text(UInt64(router))
    _ = out.text(", priority ")
    var last = out.text(UInt64(priority))
    for _ in 0..<min(count, 8) {
      _ = out.text(", ")
      if context.sender.family == .ipv6 {
        last = out.text(string: try pdu.take(16, "address").ipv6(0)?.description ?? "?")
      } else {
        last = out.text(ipv4: try pdu.u32("address"))
      }
    }
    out.property(.bridge, words.through(last))
    guard version == 2 else {
      out.property(.authentication, out.text("none"))
      return
    }
    switch authentication {
    case 0: out.property(.authentication, out.text("none"))
    case 1:
      out.property(.authentication, out.text("password in clear text"))
      try pdu.skip(4 * max(0, count - 8), "addresses")
      out.clearTextPassword(try pdu.take(8, "authentication data").untilNUL())
    default: out.property(.authentication, out.text("IP authentication header"))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    code == 0
      ? OperationDescription(code: "resign", name: "step down", kind: .report)
      : OperationDescription(code: "1", name: "advertisement", kind: .report)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { "virtual router \(a)" }
}

extension ObservationBuffer {
  /// A password that a protocol without accounts sends to all: judged, not kept.
  mutating func clearTextPassword(_ password: Span<UInt8>) {
    record(
      .credential(
        CredentialExposure(
          .protocolPassword, account: .none, strength: .init(account: password.extracting(0..<0), password: password))))
  }
}
