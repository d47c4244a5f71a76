import OTCore

/// Internet Control Message Protocol, RFC 792, RFC 950, RFC 1256.
public struct ICMP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "icmp", name: "ICMP", specification: "RFC 792, RFC 950, RFC 1256", isIndustrial: false, depth: .operations,
      reads: "types and codes, gateways of redirects, whether the data of an echo looks like a ping's and comes back "
        + "unchanged",
      displayFilter: "icmp")
  ]
  public static let claims: [Claim] = [.ipProtocol(1)]

  public init() {}

  private var echoes = EchoData()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    hint.isClaimed && !hint.isStream && bytes.count >= 4 ? .pdu(byteCount: bytes.count) : .notThisProtocol
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u8("type")
    let code = try pdu.u8("code")
    try pdu.skip(2, "checksum")
    let operation = UInt64(type) << 8 | UInt64(code)
    switch type {
    case 8:
      out.operation(Operation(operation, .request))
      let key = UInt64(try pdu.u32("identifier and sequence number"))
      echoes.asked(pdu.rest(), key, isWhole: context.missingBytes == 0, into: &out)
    case 0:
      out.operation(Operation(8 << 8, .response, outcome: .success))
      let key = UInt64(try pdu.u32("identifier and sequence number"))
      echoes.answered(pdu.rest(), key, isWhole: context.missingBytes == 0, into: &out)
    case 10, 13, 15, 17: out.operation(Operation(operation, .request))
    case 14, 16, 18: out.operation(Operation(UInt64(type - 1) << 8, .response, outcome: .success))
    case 5:
      let gateway = out.text(ipv4: try pdu.u32("gateway"))
      out.operation(Operation(operation, .publish, object: .text(gateway)))
    default: out.operation(Operation(operation, .publish))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let detail = code & 0xff
    let text = detail == 0 ? "\(code >> 8)" : "\(code >> 8)/\(detail)"
    let (name, kind): (String, OperationKind) =
      switch code >> 8 {
      case 3: ("destination unreachable" + (unreachable[detail].map { ": " + $0 } ?? ""), .report)
      case 4: ("source quench", .report)
      case 5: ("redirect", .configure)
      case 8: ("echo", .diagnose)
      case 9: ("router advertisement", .report)
      case 10: ("router solicitation", .discover)
      case 11: ("time exceeded", .report)
      case 12: ("parameter problem", .report)
      case 13: ("timestamp", .discover)
      case 15: ("information", .discover)
      case 17: ("address mask", .discover)
      default: ("type \(code >> 8)", .other)
      }
    return OperationDescription(code: text, name: name, kind: kind)
  }

  private static let unreachable: [UInt64: String] = [
    0: "network", 1: "host", 2: "protocol", 3: "port", 4: "fragmentation needed", 5: "source route failed",
    9: "network prohibited", 10: "host prohibited", 13: "prohibited by filter",
  ]
}

/// The data of echoes, RFC 792 page 14: what is sent must come back. Who tunnels through pings answers something else.
struct EchoData: Sendable {
  /// Fingerprints of the data of the last requests, by identifier and sequence number.
  private var sent = RequestTable<UInt64>()
  private var toldUnusual = false

  mutating func asked(_ data: Span<UInt8>, _ key: UInt64, isWhole: Bool, into out: inout ObservationBuffer) {
    guard isWhole else { return }
    sent.remember(data.fingerprint, for: key)
    if !toldUnusual, !Self.isUsual(data) {
      toldUnusual = true
      let word = out.text("unusual data, bytes: ")
      out.property(.contentType, word.through(out.text(UInt64(data.count))))
    }
  }

  mutating func answered(_ data: Span<UInt8>, _ key: UInt64, isWhole: Bool, into out: inout ObservationBuffer) {
    guard isWhole, let expected = sent.request(key), expected != data.fingerprint else { return }
    out.anomaly("echo data", .inconsistent, at: 8)
  }

  /// What ping programs send: a time stamp at most, then bytes that count, repeat, or are letters in a row.
  private static func isUsual(_ data: Span<UInt8>) -> Bool {
    guard data.count >= 32 else { return true }
    var counted = 0
    var index = 16
    while index + 1 < data.count {
      let step = data[index + 1] &- data[index]
      // Windows starts its letters again after w.
      if step <= 1 || (data[index] == UInt8(ascii: "w") && data[index + 1] == UInt8(ascii: "a")) { counted += 1 }
      index += 1
    }
    return counted * 4 >= (data.count - 17) * 3
  }
}
