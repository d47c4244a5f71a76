import OTCore

/// WireGuard, "WireGuard: Next Generation Kernel Network Tunnel" (Donenfeld, 2020) section 5.4: four messages of fixed
/// shapes. Everything that tells who speaks is encrypted.
public struct WireGuard: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "wireguard", name: "WireGuard", specification: "Donenfeld 2020, section 5.4", isIndustrial: false,
      depth: .operations, reads: "that a tunnel is built; data messages are not counted", displayFilter: "wg")
  ]
  public static let claims: [Claim] = [.udp(51820), .udp(51821), .udp(41641)]
  public static let probe = ProbeStrength.strong

  private static let initiation: UInt8 = 1
  private static let reply: UInt8 = 2
  private static let cookie: UInt8 = 3
  private static let transport: UInt8 = 4

  public init() {}

  /// Type, three zero bytes, an index that the sender drew; lengths are exact.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, let word = bytes.le32(0), let index = bytes.be32(4), word >= 1, word <= 4, index != 0 else {
      return .notThisProtocol
    }
    let isExpected = hint.isClaimed || hint.isEstablished
    let isPossible: Bool
    switch UInt8(truncatingIfNeeded: word) {
    // Without load the second authentication code is zero: elsewhere than on the usual port it must be.
    case initiation: isPossible = bytes.count == 148 && (isExpected || isZero(bytes, from: 132))
    case reply: isPossible = bytes.count == 92 && (isExpected || isZero(bytes, from: 76))
    case cookie: isPossible = bytes.count == 64 && isExpected
    // Counter of 64 bits, least significant first, and contents padded to sixteen bytes.
    default: isPossible = bytes.count >= 32 && bytes.count % 16 == 0 && isExpected && isZero(bytes, from: 14, to: 16)
    }
    return isPossible ? .pdu(byteCount: bytes.count) : .notThisProtocol
  }

  private static func isZero(_ bytes: Span<UInt8>, from start: Int, to end: Int? = nil) -> Bool {
    for index in start..<Swift.max(start, Swift.min(end ?? bytes.count, bytes.count)) where bytes[index] != 0 {
      return false
    }
    return true
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u8("message type")
    guard type < Self.transport else { return }
    out.operation(Operation(UInt64(type), type == Self.initiation ? .request : .response))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch UInt8(truncatingIfNeeded: code) {
      case initiation: "handshake initiation"
      case reply: "handshake response"
      case cookie: "cookie reply"
      default: "transport data"
      }
    return OperationDescription(code: "\(code)", name: name, kind: .session)
  }
}
