import OTCore

/// Ethernet Global Data: cyclic exchange between General Electric controllers.
/// GE Fanuc GFK-1541 (TCP/IP Ethernet Communications), chapter 4.
public struct EGD: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "egd", name: "Ethernet Global Data", specification: "GE Fanuc GFK-1541, chapter 4", isIndustrial: true,
      depth: .operations, reads: "producer and exchange of cyclic data, its status; not the data", displayFilter: "egd")
  ]
  public static let claims: [Claim] = [.udp(18246)]

  public init() {}

  /// Type 13 (data) of version 1, request, producer, exchange, time, status, signature, reserved: 32 octets.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, bytes.count >= 32, bytes[0] == 13, bytes[1] == 1 else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u8("type")
    try pdu.skip(3, "version and request identifier")
    let producer = try pdu.u32("producer identifier")
    let exchange = try pdu.u32le("exchange identifier")
    out.operation(Operation(UInt64(type), .publish, object: .numbers(producer, exchange, 0, 0)))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "type\(code)", name: "produce data", kind: .report)
  }

  public static func describe(
    object producer: UInt32, _ exchange: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    "producer \(HostAddress.ipv4(producer)) exchange \(exchange)"
  }
}
