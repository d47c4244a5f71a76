import OTCore

/// PC Worx: Phoenix Contact's engineering protocol of ILC and AXC controllers (TCP 1962). No public specification; fields
/// as in the packets of PC Worx, nmap's `pcworx-info` and T. Deneut's scripts (2015).
public struct PCWorx: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "pcworx", name: "PC Worx", specification: "none public; as captured from PC Worx 6", isIndustrial: true,
      depth: [.identity, .operations], reads: "messages by type; controller type, firmware and order number",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.tcp(1962)]

  private var told = RecentValues()

  public init() {}

  /// Type (the highest bit answers), length of everything.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, hint.isClaimed || hint.isEstablished else { return .notThisProtocol }
    guard let type = bytes.byte(0) else { return .needMore }
    guard type & 0x7f == 1 else { return .notThisProtocol }
    guard let length = bytes.be16(2) else { return .needMore }
    guard length >= 8, length <= 4096 else { return .notThisProtocol }
    guard !hint.isEstablished else { return .pdu(byteCount: Int(length)) }
    // Types of one octet below 16, and a length that is that of all bytes or leads to the next message.
    guard (1...15).contains(bytes[1]) else { return .notThisProtocol }
    guard bytes.count >= Int(length) else { return .needMore }
    guard bytes.byte(Int(length)) ?? type == type else { return .notThisProtocol }
    return .pdu(byteCount: Int(length))
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u16("type")
    let isAnswer = type & 0x8000 != 0
    out.operation(Operation(UInt64(type), isAnswer ? .response : .request))
    let bytes = pdu.bytes
    guard type == 0x8106, bytes.count >= 160, told.isNew(bytes.extracting(30..<bytes.count)) else { return }
    // Texts that end in NUL, at fixed places of the answer.
    out.identity(.sender, .productName, Self.text(bytes, at: 30, into: &out))
    out.identity(.sender, .firmwareVersion, Self.text(bytes, at: 66, into: &out))
    out.identity(.sender, .other, Self.text(bytes, at: 79, into: &out))
    out.identity(.sender, .other, Self.text(bytes, at: 91, into: &out))
    out.identity(.sender, .orderNumber, Self.text(bytes, at: 152, into: &out))
  }

  private static func text(_ bytes: Span<UInt8>, at index: Int, into out: inout ObservationBuffer) -> TextRef {
    let text = bytes.clamped(from: index, count: 32).untilNUL()
    return text.isPlainText ? out.text(text) : .none
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code & 0x7fff {
      case 0x0101: ("open session", .session)
      case 0x0102: ("close session", .session)
      case 0x0105: ("keep session", .session)
      case 0x0106: ("read controller information", .discover)
      default: ("message \(code & 0x7fff)", .other)
      }
    return OperationDescription(code: hexadecimal(code, digits: 4), name: name, kind: kind)
  }
}
