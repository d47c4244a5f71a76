import OTCore

/// ProConOS: KW-Software's runtime in controllers of many makers, as its engineering tool MULTIPROG speaks to it
/// (TCP 20547). No public specification; the answer that describes the controller as in Digital Bond's `proconos-info`.
public struct ProConOS: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "proconos", name: "ProConOS", specification: "none public; Digital Bond Redpoint proconos-info",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "messages; runtime, controller type, project and boot project", displayFilter: "")
  ]
  public static let claims: [Claim] = [.tcp(20547)]

  private var told = RecentValues()

  public init() {}

  private static let start: UInt8 = 0xcc
  /// Where the texts of the description begin: runtime, type of controller, project; others follow the last.
  private static let runtimePlace = 12
  private static let typePlace = 44
  private static let projectPlace = 77

  /// All messages begin with 0xcc 0x01 and are short; no length is known, so that a segment is a message.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, hint.isClaimed else { return .notThisProtocol }
    guard let first = bytes.byte(0) else { return .needMore }
    guard first == start, bytes.byte(1) ?? 1 == 1 else { return .notThisProtocol }
    guard bytes.count >= 10 else { return .needMore }
    return bytes.count <= 4096 ? .pdu(byteCount: bytes.count) : .notThisProtocol
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(4, "start and length")
    let function = try pdu.u16("function")
    out.operation(Operation(UInt64(function), context.senderIsClient ? .request : .response))
    guard !context.senderIsClient, let runtime = Self.text(pdu.bytes, Self.runtimePlace),
      let type = Self.text(pdu.bytes, Self.typePlace), told.isNew(pdu.bytes.clamped(from: 12, count: 160))
    else { return }
    out.identity(.sender, .softwareVersion, out.text(runtime))
    out.identity(.sender, .productName, out.text(type))
    guard let project = Self.text(pdu.bytes, Self.projectPlace) else { return }
    out.identity(.sender, .application, out.text(project))
    if let boot = Self.text(pdu.bytes, Self.projectPlace + project.count + 1), boot.count >= 2 {
      out.identity(.sender, .name, out.text(boot))
    }
  }

  /// A printable text that ends in NUL, or nil.
  @_lifetime(copy bytes)
  private static func text(_ bytes: Span<UInt8>, _ place: Int) -> Span<UInt8>? {
    let text = bytes.clamped(from: place, count: 64).untilNUL()
    return !text.isEmpty && text.isPlainText ? text : nil
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    code == 0x4002
      ? OperationDescription(code: hexadecimal(code, digits: 4), name: "read controller information", kind: .discover)
      : OperationDescription(
        code: hexadecimal(code, digits: 4), name: "message \(hexadecimal(code, digits: 4))", kind: .other)
  }
}
