import OTCore

/// Multicast DNS: RFC 6762, with service discovery: RFC 6763.
public struct MulticastDNS: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "mdns", name: "Multicast DNS", specification: "RFC 6762, RFC 6763", isIndustrial: false,
      depth: [.identity, .operations], reads: "names and services that hosts announce", displayFilter: "mdns")
  ]
  public static let claims: [Claim] = [.udp(5353)]
  public static let probe = ProbeStrength.strong

  private var messages = DNSMessages()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    DNSMessages.frameOnAnyPort(bytes, hint)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try messages.read(&pdu, context, .multicast, into: &out)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    DNSMessages.describe(operation: code)
  }
}
