import OTCore

/// Control protocol of RTP, RFC 3550 section 6: who sends media. Read where SIP or RTSP announced it, or inside RTSP.
public struct RTCP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "rtcp", name: "RTCP", specification: "RFC 3550 section 6, RFC 4585", isIndustrial: false,
      depth: [.identity, .operations], reads: "packet types, source, name and tool of the source; no statistics",
      displayFilter: "rtcp")
  ]
  public static let claims: [Claim] = [.announced(.rtcp), .inner(.media)]

  private var told = RecentValues()

  public init() {}

  /// RFC 5761 section 4: second octets of 192 to 223 are RTCP's.
  static func isControl(_ bytes: Span<UInt8>) -> Bool { bytes.byte(1).map { $0 >= 192 && $0 <= 223 } ?? false }

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, hint.isClaimed, bytes.count >= 8, bytes[0] >> 6 == 2, isControl(bytes),
      let words = bytes.be16(2), 4 * (Int(words) + 1) <= bytes.count
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  /// A compound packet, section 6.1.
  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    told.listen(to: context)
    for _ in 0..<Limits.nesting where pdu.remaining >= 8 {
      let count = try pdu.u8("version") & 31
      let type = try pdu.u8("packet type")
      // What follows may be encrypted (RFC 3711).
      guard type >= 192, type <= 223 else { return }
      let length = 4 * Int(try pdu.u16("length"))
      var body = try pdu.slice(length, "packet")
      let source = body.bytes.be32(0) ?? 0
      out.operation(Operation(UInt64(type), .publish, object: .numbers(source, 0, 0, 0)))
      if type == 202 { try describe(Int(count), &body, into: &out) }
    }
  }

  /// Source description, section 6.5: canonical name (1) and tool (6) of the first source, which is the sender.
  private mutating func describe(
    _ count: Int, _ body: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard count > 0 else { return }
    try body.skip(4, "source")
    for _ in 0..<Limits.nesting {
      let item = try body.u8("item")
      guard item != 0 else { return }
      let text = try body.take(Int(try body.u8("item length")), "item")
      guard item == 1 || item == 6, told.isNew(text, salt: UInt64(item)) else { continue }
      out.identity(.sender, item == 1 ? .name : .application, out.text(text))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "\(code)", name: packets[code] ?? "control packet \(code)", kind: .diagnose)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { "source \(hexadecimal(a, digits: 8))" }

  /// IANA, RTCP control packet types.
  private static let packets: [UInt64: String] = [
    200: "sender report", 201: "receiver report", 202: "source description", 203: "goodbye",
    204: "application-defined", 205: "transport feedback", 206: "payload feedback", 207: "extended report",
  ]
}
