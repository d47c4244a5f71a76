import OTCore

/// Pictures of GigE Vision cameras: GigE Vision 2.2 sections 22 to 25. GVCP announces the stream's port; elsewhere it is
/// known by a leader that describes a picture.
public struct GVSP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "gvsp", name: "GigE Vision stream", specification: "GigE Vision 2.2 sections 22 to 25", isIndustrial: true,
      depth: .operations, reads: "pictures with their payload type and size, packets; no picture",
      displayFilter: "gvsp")
  ]
  public static let claims: [Claim] = [.announced(.gvsp)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private static let leader: UInt8 = 1
  private static let leaderBytes = 44

  /// Status, block, format with the packet's number; for an image leader the size and pixel format that it names.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, let start = header(bytes) else { return .notThisProtocol }
    if hint.isEstablished || hint.isClaimed { return .pdu(byteCount: bytes.count) }
    guard bytes.be16(0) == 0, bytes[4] & 0x7f == leader, bytes.count >= start + leaderBytes - 8,
      bytes.be16(start + 2) == 1, let format = bytes.be32(start + 12), let width = bytes.be32(start + 16),
      let height = bytes.be32(start + 20)
    else { return .notThisProtocol }
    // Pixel formats name their kind (mono 1, colour 2) and the bits of a pixel (8 to 96).
    let bits = format >> 16 & 0xff
    let isFormat = (format >> 24 == 1 || format >> 24 == 2) && bits >= 1 && bits <= 96
    return isFormat && width > 0 && width <= 65_536 && height > 0 && height <= 65_536
      ? .pdu(byteCount: bytes.count) : .notThisProtocol
  }

  /// Length of the header: 8 octets, 20 with the extended ids of version 2.
  private static func header(_ bytes: Span<UInt8>) -> Int? {
    guard bytes.count >= 8 else { return nil }
    let isExtended = bytes[4] & 0x80 != 0
    let format = bytes[4] & 0x0f
    guard format >= 1, format <= 7, bytes[4] & 0x70 == 0, !isExtended || bytes.count >= 20 else { return nil }
    return isExtended ? 20 : 8
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let bytes = pdu.bytes
    guard let start = Self.header(bytes) else { throw DecodeError("format", at: 4, .invalid) }
    let format = bytes[4] & 0x0f
    let status = bytes.be16(0) ?? 0
    var operation = Operation(
      UInt64(format), .publish, outcome: status == 0 ? .none : .failure(UInt32(status)))
    if format == Self.leader, let type = bytes.be16(start + 2) {
      operation.object = .numbers(UInt32(type & 0x3fff), bytes.be32(start + 16) ?? 0, bytes.be32(start + 20) ?? 0, 0)
    }
    out.operation(operation)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch code {
      case 1: "leader"
      case 2: "trailer"
      case 3: "payload"
      case 4: "all in one"
      default: "packet"
      }
    return OperationDescription(code: "\(code)", name: name, kind: .report)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { a == 1 ? "image \(b) by \(c)" : "payload type \(a)" }
}
