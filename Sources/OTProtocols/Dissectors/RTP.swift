import OTCore

/// Real-time Transport Protocol, RFC 3550: sound and pictures of telephones, intercoms and cameras. Two bits and a
/// plausible length prove nothing, so it is read only where SIP or RTSP announced it, or inside RTSP.
public struct RTP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "rtp", name: "RTP", specification: "RFC 3550 section 5.1, RFC 3551 section 6", isIndustrial: false,
      depth: .operations, reads: "payload type and source of media packets that were announced; no media",
      displayFilter: "rtp")
  ]
  public static let claims: [Claim] = [.announced(.rtp), .inner(.media)]

  public init() {}

  /// Behind the fixed header the contributing sources, and an extension where the bit says so.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, hint.isClaimed, let first = bytes.byte(0), first >> 6 == 2, !RTCP.isControl(bytes) else {
      return .notThisProtocol
    }
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
    try pdu.skip(1, "version")
    let type = try pdu.u8("payload type")
    try pdu.skip(6, "sequence number and timestamp")
    let source = try pdu.u32("synchronisation source")
    out.operation(Operation(UInt64(type & 0x7f), .publish, object: .numbers(source, 0, 0, 0)))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(
      code: "\(code)", name: "media packet, \(media[code] ?? "payload type \(code)")", kind: .report)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { "source \(hexadecimal(a, digits: 8))" }

  /// RFC 3551 section 6: those met in telephones and cameras. Numbers from 96 on mean what the announcement says.
  private static let media: [UInt64: String] = [
    0: "PCMU sound", 3: "GSM sound", 4: "G.723 sound", 8: "PCMA sound", 9: "G.722 sound", 13: "comfort noise",
    14: "MPEG sound", 18: "G.729 sound", 26: "JPEG pictures", 32: "MPEG pictures", 33: "MPEG transport stream",
    34: "H.263 pictures",
  ]
}
