import OTCore

/// SafetyNET p: Pilz' real-time Ethernet of machine safety, IEC 61158 type 22 (IEC 61158-4-22, RTFL). Its contents have no
/// public description, so that it is only recognised by its EtherType.
public struct SafetyNETp: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "safetynet_p", name: "SafetyNET p (RTFL)", specification: "IEC 61158-4-22", isIndustrial: true, depth: [],
      reads: "recognised by EtherType 0x9c40; no contents", displayFilter: "eth.type == 0x9c40")
  ]
  public static let claims: [Claim] = [.etherType(0x9c40)]

  private var told = RecentValues()

  public init() {}

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, hint.isClaimed, bytes.count >= 4 else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard told.isNew(hash: 1) else { return }
    out.property(.method, out.text("real-time frame line"))
  }

  /// No operations are reported.
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "\(code)", name: "frame \(code)", kind: .other)
  }
}
