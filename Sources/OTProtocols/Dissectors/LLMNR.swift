import OTCore

/// Link-Local Multicast Name Resolution: RFC 4795.
public struct LLMNR: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "llmnr", name: "Link-Local Multicast Name Resolution", specification: "RFC 4795", isIndustrial: false,
      depth: [.identity, .operations], reads: "names asked for and answered", displayFilter: "llmnr")
  ]
  public static let claims: [Claim] = [.udp(5355)]
  public static let probe = ProbeStrength.strong

  private var messages = DNSMessages()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    DNSMessages.frameOnAnyPort(bytes, hint)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try messages.read(&pdu, context, .linkLocal, into: &out)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    DNSMessages.describe(operation: code)
  }
}
