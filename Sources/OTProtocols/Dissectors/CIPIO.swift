import OTCore

/// Cyclic process data of CIP connections (transport class 0 and 1) over UDP.
/// The CIP Networks Library, Volume 2, sections 2-6 and 3-5.
public struct CIPIODissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "cipio", name: "CIP I/O", specification: "CIP Networks Library Volume 2, section 3-5", isIndustrial: true,
      depth: [.operations], reads: "publisher, subscriber and connection of cyclic data", displayFilter: "cipio")
  ]
  public static let claims: [Claim] = [.udp(2222)]
  public static let probe = ProbeStrength.strong

  public init() {}

  /// Common packet format: two items, a sequenced address (connection, sequence) and connected data.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, let count = bytes.le16(0), (2...4).contains(count) else { return .notThisProtocol }
    let addressLength: Int
    switch (bytes.le16(2), bytes.le16(4)) {
    case (0x8002, 8): addressLength = 8
    case (0x00a1, 4): addressLength = 4
    default: return .notThisProtocol
    }
    guard bytes.le16(6 + addressLength) == 0x00b1, let length = bytes.le16(8 + addressLength).map(Int.init) else {
      return .notThisProtocol
    }
    // On other ports these two items and nothing else.
    let whole = 10 + addressLength + length
    guard hint.isClaimed || (count == 2 && whole == bytes.count && length >= 2) else { return .notThisProtocol }
    return .pdu(byteCount: Swift.max(bytes.count, whole))
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let connection = try pdu.take(10, "item count, address type, length and connection").le32(6) ?? 0
    out.operation(Operation(0, .publish, object: .numbers(connection, 0, 0, 0)))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "io", name: "cyclic data", kind: .report)
  }

  public static func describe(
    object connection: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    "connection \(hexadecimal(connection, digits: 8))"
  }
}
