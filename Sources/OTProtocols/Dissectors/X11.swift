import OTCore

/// X Window System, version 11: who reaches a display without a key sees and types what its user does. X.Org, "X Window
/// System Protocol" (X11R7.7), section "Connection Setup".
public struct X11: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "x11", name: "X Window System", specification: "X Window System Protocol, X11R7.7", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "whether and how a client shows that it may, the server's vendor and release",
      displayFilter: "x11")
  ]
  public static let claims: [Claim] = [.tcp(6000), .tcp(6001), .tcp(6002), .tcp(6010)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var isLittle = true

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let first = bytes.byte(0) else { return .notThisProtocol }
    if hint.isEstablished { return .pdu(byteCount: bytes.count) }
    let isLittle = first == UInt8(ascii: "l")
    if hint.isClaimed, bytes.count < 10, isLittle || first == UInt8(ascii: "B"), bytes.byte(1) ?? 0 == 0 {
      return .needMore
    }
    guard isLittle || first == UInt8(ascii: "B"), bytes.byte(1) == 0,
      let major = isLittle ? bytes.le16(2) : bytes.be16(2), let minor = isLittle ? bytes.le16(4) : bytes.be16(4),
      let name = isLittle ? bytes.le16(6) : bytes.be16(6), let data = isLittle ? bytes.le16(8) : bytes.be16(8)
    else { return .notThisProtocol }
    guard major == 11, minor == 0, name <= 64, data <= 256 else { return .notThisProtocol }
    return .pdu(byteCount: 12 + (Int(name) + 3) / 4 * 4 + (Int(data) + 3) / 4 * 4)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let bytes = pdu.bytes
    if context.senderIsClient {
      isLittle = bytes.byte(0) == UInt8(ascii: "l")
      out.operation(Operation(0, .request))
      let length = Int((isLittle ? bytes.le16(6) : bytes.be16(6)) ?? 0)
      let name = bytes.clamped(from: 12, count: length)
      out.property(.authentication, name.isEmpty ? out.text("none") : out.text(name))
    } else {
      // 0: refused, 1: accepted, 2: more is wanted.
      let status = bytes.byte(0) ?? 0
      out.operation(Operation(0, .response, outcome: status == 1 ? .success : .failure(UInt32(status))))
      if status == 1 {
        let length = Int((isLittle ? bytes.le16(24) : bytes.be16(24)) ?? 0)
        out.identity(.sender, .vendor, out.text(bytes.clamped(from: 40, count: length)))
        if let release = isLittle ? bytes.le32(8) : bytes.be32(8) {
          let word = out.text("release ")
          out.identity(.sender, .softwareVersion, word.through(out.text(UInt64(release))))
        }
      }
    }
    // Windows and what is drawn in them.
    out.skip(Int.max)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "setup", name: "connection setup", kind: .session)
  }
}
