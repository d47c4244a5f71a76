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
  public static let probe = ProbeStrength.strong

  public init() {}

  /// Identification 0x000e, number of messages, function, sequence and acknowledged number.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, bytes.count >= 14, bytes.le16(0) == 0x000e, let count = bytes.le16(2), count <= 16,
      let function = bytes.le16(4), isKnown(function)
    else { return .notThisProtocol }
    // Without messages the header stands alone.
    guard (count == 0) == (bytes.count == 14) else { return .notThisProtocol }
    guard hint.isClaimed || isUnmistakable(bytes) else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  private static func isKnown(_ function: UInt16) -> Bool { function <= 16 || function == 0x84 || function == 0x86 }

  /// Whether no port has to speak for a datagram: one request to the database that is as long as it says, under the number
  /// of the datagram itself.
  private static func isUnmistakable(_ bytes: Span<UInt8>) -> Bool {
    bytes.le16(2) == 1 && bytes.le16(4) == 6 && bytes.le32(14) == UInt32(truncatingIfNeeded: bytes.count - 14)
      && bytes.byte(18) == 0x0c && bytes.le32(19) == bytes.le32(6)
      && bytes.byte(destinationIndex) == BSAPTask.database
  }

  /// Place of the destination function of a message, behind its size, type and numbers.
  private static let destinationIndex = 23

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(2, "identification")
    let count = try pdu.u16le("number of messages")
    let type = try pdu.u16le("function")
    var operation = Operation(UInt64(count), .request)
    if type == 5 || type == 1 {
      operation.code |= Self.answerFlag
    } else if let task = pdu.bytes.byte(Self.destinationIndex),
      task == BSAPTask.database || task == BSAPTask.databaseExtension
    {
      let message = pdu.bytes.rest(from: Self.destinationIndex + 2)
      operation.code |= BSAPTask.code(task, message)
      operation.object = BSAPTask.signal(message, into: &out)
    }
    out.operation(operation)
  }

  /// Beside the number of messages, in the low 8 bits, and what the first one asks.
  private static let answerFlag: UInt64 = 1 << 48

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let text = "type\(code & 0xff)"
    let task = UInt8(truncatingIfNeeded: code >> 8)
    guard task != 0 else {
      let isEmpty = code & 0xff == 0
      let name = isEmpty ? "acknowledge" : code & answerFlag != 0 ? "answer" : "message"
      return OperationDescription(code: text, name: name, kind: isEmpty ? .session : .other)
    }
    let (name, kind) = BSAPTask.describe(task, UInt16(truncatingIfNeeded: code >> 16))
    return OperationDescription(code: text, name: name, kind: kind)
  }
}
