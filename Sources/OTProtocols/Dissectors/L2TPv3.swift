import OTCore

/// Layer Two Tunneling Protocol version 3 directly over IP, RFC 3931 section 4.1.1: whole links of another network.
public struct L2TPv3: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "l2tpv3", name: "L2TPv3 over IP", specification: "RFC 3931 section 4.1.1", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "control messages as L2TP; not what the tunnel carries", displayFilter: "l2tpv3 || l2tp")
  ]
  public static let claims: [Claim] = [.ipProtocol(115)]

  private var messages = L2TP()

  public init() {}

  /// The IP protocol number says what it is: a session id, zero before control messages.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    hint.isClaimed && !hint.isStream && bytes.count >= 8 ? .pdu(byteCount: bytes.count) : .notThisProtocol
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard pdu.bytes.be32(0) == 0 else { return }
    try messages.dissect(&pdu, context, into: &out)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    L2TP.describe(operation: code, layer: 0)
  }
}
