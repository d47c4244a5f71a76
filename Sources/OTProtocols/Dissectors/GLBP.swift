import OTCore

/// Gateway Load Balancing Protocol of Cisco; its layout is that of Wireshark's decoder, which the vendor never published.
public struct GLBP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "glbp", name: "GLBP", specification: "Cisco, unpublished", isIndustrial: false, depth: .operations,
      reads: "group, authentication; a password is judged, not kept", displayFilter: "glbp")
  ]
  public static let claims: [Claim] = [.udp(3222)]

  public init() {}

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    // Version 1, group, owner's address, then types with a length that counts both.
    guard hint.isClaimed, !hint.isStream, bytes.byte(0) == 1, let group = bytes.be16(2), group <= 1023,
      let type = bytes.byte(12), (1...3).contains(type), let length = bytes.byte(13), length >= 2,
      Int(length) <= bytes.count - 12
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(2, "version")
    let group = try pdu.u16("group")
    try pdu.skip(8, "owner")
    out.operation(Operation(0, .publish, object: .numbers(UInt32(group), 0, 0, 0)))
    var hasPassword = false
    for _ in 0..<16 where pdu.remaining >= 2 {
      let type = try pdu.u8("TLV type")
      let length = Int(try pdu.u8("TLV length"))
      guard length >= 2 else { throw DecodeError("TLV length", at: pdu.offset - 1, .invalid) }
      var value = try pdu.slice(length - 2, "TLV value")
      guard type == 3 else { continue }
      hasPassword = true
      let method = try value.u8("authentication type")
      let size = Int(try value.u8("authentication length"))
      let secret = try value.take(size, "authentication data")
      guard told.isNew(secret, salt: UInt64(method)) else { continue }
      out.property(.authentication, out.text(method == 1 ? "password in clear text" : "MD5"))
      if method == 1 { out.clearTextPassword(secret.untilNUL()) }
    }
    if !hasPassword, told.isNew(hash: 1) { out.property(.authentication, out.text("none")) }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "0", name: "hello", kind: .report)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { "group \(a)" }
}
