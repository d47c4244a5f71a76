import OTCore

/// TeamViewer's own protocol on port 5938, as nDPI and libprotoident recognise it: that a machine can be controlled from
/// outside. Nothing behind the head of its messages is public.
public struct TeamViewer: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "teamviewer", name: "TeamViewer", specification: "not published; head of its messages by observation",
      isIndustrial: false, depth: .operations, reads: "that it is used", displayFilter: "")
  ]
  public static let claims: [Claim] = [.tcp(5938), .udp(5938)]

  public init() {}

  /// TCP: 0x1724 with a command and a length of two bytes, or 0x1130 with a command and one of four, least significant
  /// byte first. UDP: a sequence number that starts at 0, and 0x1724 behind eleven bytes.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed || hint.isEstablished else { return .notThisProtocol }
    guard hint.isStream else {
      return bytes.be16(11) == 0x1724 && bytes.count > 13 ? .pdu(byteCount: bytes.count) : .notThisProtocol
    }
    guard let magic = bytes.be16(0) else { return .needMore }
    guard magic == 0x1724 || magic == 0x1130 else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if context.isStream {
      try pdu.skip(2, "magic")
      out.operation(Operation(UInt64(try pdu.u8("command")), context.senderIsClient ? .request : .response))
      // Lengths of what follows are not documented well enough to go on by.
      out.skip(Int.max)
    } else {
      try pdu.skip(13, "magic")
      out.operation(Operation(0x100, context.senderIsClient ? .request : .response))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    code == 0x100
      ? OperationDescription(code: "datagram", name: "datagram", kind: .session)
      : OperationDescription(code: "\(code)", name: "command \(code)", kind: .session)
  }
}
