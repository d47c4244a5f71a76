import OTCore

/// Red Lion Crimson 3: configuration of operator panels and controllers (TCP 789). No public specification; fields as in
/// nmap's `cr3-fingerprint`.
public struct Crimson: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "crimson", name: "Red Lion Crimson 3", specification: "none public; nmap cr3-fingerprint", isIndustrial: true,
      depth: [.identity, .operations], reads: "registers and operations; maker and model", displayFilter: "")
  ]
  public static let claims: [Claim] = [.tcp(789)]

  public init() {}

  /// Length of what follows, register, operation, data.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, hint.isClaimed || hint.isEstablished else { return .notThisProtocol }
    guard let length = bytes.be16(0) else { return .needMore }
    guard length >= 4, length <= 4096 else { return .notThisProtocol }
    guard let register = bytes.be16(2) else { return .needMore }
    guard register >> 8 <= 3 else { return .notThisProtocol }
    guard !hint.isEstablished else { return .pdu(byteCount: Int(length) + 2) }
    // A first message ends the bytes or is followed by one of the same registers.
    guard register >> 8 == 1 else { return .notThisProtocol }
    guard bytes.count >= Int(length) + 2 else { return .needMore }
    guard bytes.count == Int(length) + 2 || bytes.byte(Int(length) + 4) == 1 else { return .notThisProtocol }
    return .pdu(byteCount: Int(length) + 2)
  }

  private enum Register {
    static let model: UInt16 = 0x012a
    static let maker: UInt16 = 0x012b
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(2, "length")
    let register = try pdu.u16("register")
    let operation = try pdu.u16("operation")
    let isRequest = context.senderIsClient
    out.operation(Operation(UInt64(register) << 16 | UInt64(operation), isRequest ? .request : .response))
    guard !isRequest else { return }
    let text = pdu.rest().untilNUL()
    guard !text.isEmpty, text.isPlainText else { return }
    switch register {
    case Register.maker: out.identity(.sender, .vendor, out.text(text))
    case Register.model: out.identity(.sender, .productName, out.text(text))
    default: break
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch UInt16(truncatingIfNeeded: code >> 16) {
      case Register.maker: ("read maker", .discover)
      case Register.model: ("read model", .discover)
      default: ("register \(hexadecimal(code >> 16, digits: 4))", .other)
      }
    return OperationDescription(code: hexadecimal(code, digits: 8), name: name, kind: kind)
  }
}
