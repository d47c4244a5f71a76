import OTCore

/// Domain Name System: RFC 1035.
public struct DNS: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "dns", name: "Domain Name System", specification: "RFC 1035", isIndustrial: false,
      depth: [.identity, .operations], reads: "names asked for, addresses and names answered", displayFilter: "dns")
  ]
  public static let claims: [Claim] = [.udp(53), .tcp(53)]
  public static let probe = ProbeStrength.strong

  private var messages = DNSMessages()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    DNSMessages.frameOnAnyPort(bytes, hint)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try messages.read(&pdu, context, .unicast, into: &out)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    DNSMessages.describe(operation: code)
  }
}
