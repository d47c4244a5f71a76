import OTCore

/// Enhanced Interior Gateway Routing Protocol, RFC 7868.
public struct EIGRP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "eigrp", name: "EIGRP", specification: "RFC 7868", isIndustrial: false, depth: [.identity, .operations],
      reads: "packet types, autonomous system, software version, authentication; no routes", displayFilter: "eigrp")
  ]
  public static let claims: [Claim] = [.ipProtocol(88)]

  public init() {}

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, !hint.isStream, bytes.count >= 20, bytes.byte(0) == 2, let code = bytes.byte(1),
      code > 0, code <= 11
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(1, "version")
    let code = try pdu.u8("opcode")
    try pdu.skip(16, "checksum to virtual router")
    let system = try pdu.u16("autonomous system")
    out.operation(Operation(UInt64(code), .publish, object: .numbers(UInt32(system), 0, 0, 0)))
    // An acknowledgement is a hello without anything behind its header.
    guard code == 5, !pdu.isAtEnd else { return }
    var isAuthenticated = false
    for _ in 0..<64 where pdu.remaining >= 4 {
      let type = try pdu.u16("TLV type")
      let length = Int(try pdu.u16("TLV length"))
      guard length >= 4 else { throw DecodeError("TLV length", at: pdu.offset - 2, .invalid) }
      let value = try pdu.take(length - 4, "TLV value")
      switch type {
      case 2:
        isAuthenticated = true
        if told.isNew(hash: 2) {
          out.property(.authentication, out.text(value.be16(0) == 2 ? "MD5" : "SHA-256"))
        }
      case 4 where told.isNew(value):
        // Major and minor version of IOS.
        guard let major = value.byte(0), let minor = value.byte(1), major > 0 else { break }
        let word = out.text("IOS ")
        out.identity(.sender, .softwareVersion, word.through(out.text(joined: UInt64(major), UInt64(minor))))
      default: break
      }
    }
    if !isAuthenticated, told.isNew(hash: 1) { out.property(.authentication, out.text("none")) }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch code {
      case 1: "update"
      case 2: "request"
      case 3: "query"
      case 4: "reply"
      case 5: "hello"
      case 10: "stuck in active query"
      case 11: "stuck in active reply"
      default: "opcode \(code)"
      }
    return OperationDescription(code: "\(code)", name: name, kind: .report)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { "autonomous system \(a)" }
}
