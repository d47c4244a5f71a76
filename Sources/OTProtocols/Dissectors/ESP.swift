import OTCore

/// Encapsulating Security Payload, RFC 4303, by its IP protocol or within UDP (RFC 3948): that an IPsec tunnel carries
/// traffic. What it carries is encrypted.
public struct ESP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "esp", name: "Encapsulating Security Payload", specification: "RFC 4303, RFC 3948", isIndustrial: false,
      depth: [], reads: "that it is used", displayFilter: "esp")
  ]
  public static let claims: [Claim] = [.ipProtocol(50), .udp(4500)]

  public init() {}

  /// Security parameters index, of which 1 to 255 are reserved, and a sequence number that starts at 1; then an
  /// initialisation vector, at least one block, and a check value.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, hint.isClaimed, let index = bytes.be32(0), let sequence = bytes.be32(4) else {
      // The keep-alive of RFC 3948 section 2.3.
      return hint.isEstablished && bytes.count == 1 && bytes[0] == 0xff ? .pdu(byteCount: 1) : .notThisProtocol
    }
    guard index > 255, sequence > 0, bytes.count >= 32 || hint.isEstablished else { return .notThisProtocol }
    // WireGuard's messages start with a type and three zero bytes; who counts to 2²⁴ is believed once established.
    guard index & 0x00ff_ffff != 0, sequence >> 24 == 0 || hint.isEstablished else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    _ = pdu.rest()
  }

  /// No operations are reported.
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "\(code)", name: "encapsulated payload", kind: .session)
  }
}
