import OTCore

/// MELSOFT, what Mitsubishi's engineering tools speak with MELSEC Q, L and iQ-R controllers.
/// No public specification; header and functions as read from captures and from Redpoint's `melsecq-discover`.
public struct MELSOFTDissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "melsoft", name: "Mitsubishi MELSOFT", specification: "Mitsubishi (unpublished)", isIndustrial: true,
      depth: [.identity, .operations], reads: "functions by number, type name of the CPU module", displayFilter: "")
  ]
  public static let claims: [Claim] = [.udp(5006), .tcp(5007), .udp(5007), .tcp(5006)]
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()

  public init() {}

  /// 0x57 or 0xd7 and 0, number, 0, 0x1111, 7; length of what follows in octets 19 and 20.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let mark = bytes.byte(0) else { return .needMore }
    guard mark == request || mark == response, bytes.byte(1) ?? 0 == 0 else { return .notThisProtocol }
    guard let constant = bytes.be32(4) else { return hint.isStream && hint.isClaimed ? .needMore : .notThisProtocol }
    guard constant & 0xffff_ff == 0x11_1107 else { return .notThisProtocol }
    guard let length = bytes.le16(19) else { return hint.isStream ? .needMore : .notThisProtocol }
    guard length >= 2, length <= 8192 else { return .notThisProtocol }
    return .pdu(byteCount: headerLength + Int(length))
  }

  private static let request: UInt8 = 0x57
  private static let response: UInt8 = 0xd7
  private static let headerLength = 21

  /// Functions stand behind a head of 12 octets in requests and of 14 in answers.
  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let isResponse = try pdu.u8("mark") == Self.response
    try pdu.skip(Self.headerLength - 1 + (isResponse ? 14 : 12), "header")
    let function = try pdu.u16("function")
    out.operation(Operation(UInt64(function), isResponse ? .response : .request))
    guard isResponse, function == Self.readModel else { return }
    try pdu.skip(5, "head of the answer")
    let model = try pdu.take(16, "type name").trimmed()
    guard model.isPlainText, told.isNew(model) else { return }
    out.identity(.sender, .productName, out.text(model))
  }

  private static let readModel: UInt16 = 0x0101

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let text = hexadecimal(code, digits: 4)
    let isModel = code == UInt64(readModel)
    return OperationDescription(
      code: text, name: isModel ? "read cpu model name" : "function \(text)", kind: isModel ? .discover : .other)
  }
}
