import OTCore

/// Bristol Standard Asynchronous Protocol over UDP: Emerson's ControlWave controllers.
/// No public specification; fields as in CISA's ICSNPP-BSAP and Emerson D4052 (BSAP messages).
public struct BSAPIP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "bsap_ip", name: "BSAP over IP", specification: "Emerson D4052; ICSNPP-BSAP", isIndustrial: true,
      depth: .operations, reads: "messages and acknowledgements; reads and writes of signals in the database",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.udp(1234), .udp(1235)]

  public init() {}

  /// Identification 0x000e, number of messages, function, sequence and acknowledged number.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, hint.isClaimed, bytes.count >= 14, bytes.le16(0) == 0x000e, let count = bytes.le16(2),
      count <= 16, let function = bytes.le16(4), function <= 16
    else { return .notThisProtocol }
    // Without messages the header stands alone.
    guard (count == 0) == (bytes.count == 14) else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  /// Remote database access: the destination function of a message, and its place behind size, type and numbers.
  private static let databaseFunction: UInt8 = 0xa0
  private static let destinationIndex = 23

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(2, "identification")
    let count = try pdu.u16le("number of messages")
    try pdu.skip(10, "function and sequence numbers")
    var operation = Operation(UInt64(count), .request)
    if pdu.bytes.byte(Self.destinationIndex) == Self.databaseFunction,
      let function = pdu.bytes.byte(Self.destinationIndex + 2)
    {
      operation.code |= UInt64(function) << 16 | 1 << 24
    }
    out.operation(operation)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let text = "type\(code & 0xffff)"
    guard code & 1 << 24 != 0 else {
      let isEmpty = code & 0xffff == 0
      return OperationDescription(
        code: text, name: isEmpty ? "acknowledge" : "message", kind: isEmpty ? .session : .other)
    }
    let (name, kind): (String, OperationKind) =
      switch code >> 16 & 0xff {
      case 0x00: ("read signal by address", .read)
      case 0x04: ("read signal by name", .read)
      case 0x0c: ("read signal by list", .read)
      case 0x80: ("write signal by address", .write)
      case 0x84: ("write signal by name", .write)
      case 0x8c: ("write signal by list", .write)
      case let function: ("database function \(function)", function & 0x80 != 0 ? .write : .read)
      }
    return OperationDescription(code: text, name: name, kind: kind)
  }
}
