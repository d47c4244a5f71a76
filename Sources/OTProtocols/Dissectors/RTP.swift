import OTCore

/// Real-time Transport Protocol and its control protocol, RFC 3550: sound and pictures of telephones, intercoms and
/// cameras. Two bits and a plausible length prove nothing, so both are read only where SIP or RTSP announced them, or
/// inside RTSP.
public struct RTP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "rtp", name: "RTP", specification: "RFC 3550 section 5.1, RFC 3551 section 6", isIndustrial: false,
      depth: .operations, reads: "payload type and source of media packets that were announced; no media",
      displayFilter: "rtp"),
    ProtocolInfo(
      id: "rtcp", name: "RTCP", specification: "RFC 3550 section 6, RFC 4585", isIndustrial: false,
      depth: [.identity, .operations], reads: "packet types, source, name and tool of the source; no statistics",
      displayFilter: "rtcp"),
  ]
  public static let claims: [Claim] = [.announced(.rtp), .announced(.rtcp), .inner(.media)]

  private static let rtcp: UInt8 = 1

  private var told = RecentValues()

  public init() {}

  /// RFC 5761 section 4: both may share a port; the second octets 192 to 223 are RTCP's.
  private static func isControl(_ bytes: Span<UInt8>) -> Bool { bytes.byte(1).map { $0 >= 192 && $0 <= 223 } ?? false }

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, hint.isClaimed, let first = bytes.byte(0), first >> 6 == 2 else { return .notThisProtocol }
    if isControl(bytes) {
      guard let words = bytes.be16(2), bytes.count >= 8, 4 * (Int(words) + 1) <= bytes.count else {
        return .notThisProtocol
      }
      return .pdu(byteCount: bytes.count)
    }
    // Behind the fixed header the contributing sources, and an extension where the bit says so.
    let fixed = 12 + 4 * Int(first & 15)
    guard bytes.count >= fixed else { return .notThisProtocol }
    if first & 0x10 != 0 {
      guard let words = bytes.be16(fixed + 2), fixed + 4 + 4 * Int(words) <= bytes.count else {
        return .notThisProtocol
      }
    }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if Self.isControl(pdu.bytes) { return try control(&pdu, into: &out) }
    try pdu.skip(1, "version")
    let type = try pdu.u8("payload type")
    try pdu.skip(6, "sequence number and timestamp")
    let source = try pdu.u32("synchronisation source")
    out.operation(Operation(UInt64(type & 0x7f), .publish, object: .numbers(source, 0, 0, 0)))
  }

  /// A compound packet, section 6.1.
  private mutating func control(
    _ pdu: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    for _ in 0..<Limits.nesting where pdu.remaining >= 8 {
      let count = try pdu.u8("version") & 31
      let type = try pdu.u8("packet type")
      // What follows may be encrypted (RFC 3711).
      guard type >= 192, type <= 223 else { return }
      let length = 4 * Int(try pdu.u16("length"))
      var body = try pdu.slice(length, "packet")
      let source = body.bytes.be32(0) ?? 0
      out.operation(Operation(UInt64(type), .publish, layer: Self.rtcp, object: .numbers(source, 0, 0, 0)))
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
      out.identity(.sender, item == 1 ? .name : .application, out.text(text), layer: Self.rtcp)
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard layer == 0 else {
      return OperationDescription(code: "\(code)", name: packets[code] ?? "control packet \(code)", kind: .diagnose)
    }
    return OperationDescription(
      code: "\(code)", name: "media packet, \(media[code] ?? "payload type \(code)")", kind: .report)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { "source \(hexadecimal(a, digits: 8))" }

  /// IANA, RTCP control packet types.
  private static let packets: [UInt64: String] = [
    200: "sender report", 201: "receiver report", 202: "source description", 203: "goodbye",
    204: "application-defined", 205: "transport feedback", 206: "payload feedback", 207: "extended report",
  ]

  /// RFC 3551 section 6: those met in telephones and cameras. Numbers from 96 on mean what the announcement says.
  private static let media: [UInt64: String] = [
    0: "PCMU sound", 3: "GSM sound", 4: "G.723 sound", 8: "PCMA sound", 9: "G.722 sound", 13: "comfort noise",
    14: "MPEG sound", 18: "G.729 sound", 26: "JPEG pictures", 32: "MPEG pictures", 33: "MPEG transport stream",
    34: "H.263 pictures",
  ]
}
