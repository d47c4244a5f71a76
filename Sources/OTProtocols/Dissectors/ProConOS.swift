import OTCore

/// ProConOS: KW-Software's runtime in controllers of many makers, as its engineering tool MULTIPROG speaks to it
/// (TCP 20547). No public specification; messages as T. Deneut's scripts for Phoenix Contact's ILC 39x send them
/// (Metasploit `phoenix_command`, 2015), the answer that describes the controller as in Digital Bond's `proconos-info`.
public struct ProConOS: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "proconos", name: "ProConOS",
      specification: "none public; Metasploit phoenix_command; Digital Bond Redpoint proconos-info", isIndustrial: true,
      depth: [.identity, .operations],
      reads:
        "messages; start and stop of the controller, its state; runtime, controller type, project and boot project",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.tcp(20547)]
  public static let probe = ProbeStrength.strong

  /// What was asked last: an answer waits for no other.
  private var asked: UInt8?
  private var state: UInt8 = 0
  private var told = RecentValues()

  public init() {}

  private static let start: UInt8 = 0xcc
  private static let headerLength = 8
  private static let mostLength = 4096

  private enum Function {
    static let stop: UInt8 = 0x01
    static let coldStart: UInt8 = 0x04
    static let information: UInt8 = 0x0b
    static let open: UInt8 = 0x0d
    static let state: UInt8 = 0x0f
  }

  /// Where the texts of the description begin, and where the next one does; others follow the last.
  private static let runtimePlace = 12..<44
  private static let typePlace = 44..<77
  private static let projectPlace = 77..<141

  // MARK: framing

  /// 0xcc, 1, a zero, function, flags, number, length of the data, data, checksum. Some runtimes write otherwise into the
  /// header of an answer, so that a segment which has no right checksum is one message.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, bytes.byte(0) ?? start == start else { return .notThisProtocol }
    guard hint.isClaimed || hint.isEstablished else {
      return checkedLength(bytes) == bytes.count ? .pdu(byteCount: bytes.count) : .notThisProtocol
    }
    guard !bytes.isEmpty else { return .needMore }
    guard bytes.byte(1) ?? 1 <= 1 else { return .notThisProtocol }
    guard bytes.count > headerLength + 1 else { return .needMore }
    if let length = checkedLength(bytes) { return .pdu(byteCount: length) }
    if let length = length(bytes), length <= mostLength, bytes.count < length {
      // What was cut off cannot be checked.
      return hint.isEstablished ? .pdu(byteCount: length) : .needMore
    }
    return bytes.count <= mostLength ? .pdu(byteCount: bytes.count) : .notThisProtocol
  }

  /// Octets of a message as its header tells them.
  private static func length(_ bytes: Span<UInt8>) -> Int? {
    guard bytes.byte(1) == 1, bytes.byte(2) == 0, let length = bytes.le16(6) else { return nil }
    return headerLength + Int(length) + 2
  }

  /// The same where the checksum is right: CRC-16 of x¹⁶ + x¹² + x⁵ + 1, the lowest bit first.
  private static func checkedLength(_ bytes: Span<UInt8>) -> Int? {
    guard let length = length(bytes), length <= Swift.min(bytes.count, mostLength),
      bytes.le16(length - 2) == ReflectedCRC16.hdlc.remainder(of: bytes.extracting(0..<(length - 2)), from: 0)
    else { return nil }
    return length
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(3, "start")
    let function = try pdu.u8("function")
    guard !context.senderIsClient else {
      asked = function
      out.operation(Operation(UInt64(function), .request))
      return
    }
    out.operation(Operation(asked.map(UInt64.init) ?? Self.answer, .response))
    switch asked {
    case Function.state?: tell(state: pdu.bytes.byte(Self.headerLength), into: &out)
    case nil, Function.information?: describe(pdu.bytes, into: &out)
    default: break
    }
  }

  private mutating func tell(state newState: UInt8?, into out: inout ObservationBuffer) {
    guard let newState, newState != state else { return }
    state = newState
    switch state {
    case 2: out.property(.mode, out.text("run"))
    case 4: out.property(.mode, out.text("stop"))
    default: break
    }
  }

  private mutating func describe(_ bytes: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let runtime = Self.text(bytes, Self.runtimePlace), let type = Self.text(bytes, Self.typePlace),
      told.isNew(bytes.clamped(from: 12, count: 160))
    else { return }
    out.identity(.sender, .softwareVersion, out.text(runtime))
    out.identity(.sender, .productName, out.text(type))
    guard let project = Self.text(bytes, Self.projectPlace) else { return }
    out.identity(.sender, .application, out.text(project))
    let next = (bytes.first(0, from: Self.projectPlace.lowerBound) ?? bytes.count) + 1
    if let boot = Self.text(bytes, next..<(next + 64)), boot.count >= 2 {
      out.identity(.sender, .name, out.text(boot))
    }
  }

  /// A printable text that ends in NUL or with its room, or nil.
  @_lifetime(copy bytes)
  private static func text(_ bytes: Span<UInt8>, _ place: Range<Int>) -> Span<UInt8>? {
    let text = bytes.clamped(from: place.lowerBound, count: place.count).untilNUL()
    guard text.isPlainText else { return nil }
    let trimmed = text.trimmed()
    return trimmed.isEmpty ? nil : trimmed
  }

  // MARK: names

  /// An answer whose request was not seen.
  private static let answer: UInt64 = 0x100

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code != answer else { return OperationDescription(code: "answer", name: "answer", kind: .other) }
    let text = hexadecimal(code, digits: 2)
    let (name, kind): (String, OperationKind) =
      switch UInt8(truncatingIfNeeded: code) {
      case Function.stop: ("stop controller", .control)
      case Function.coldStart: ("cold start controller", .control)
      case Function.information: ("read controller information", .discover)
      case Function.open: ("open session", .session)
      case Function.state: ("read controller state", .diagnose)
      default: ("message \(text)", .other)
      }
    return OperationDescription(code: text, name: name, kind: kind)
  }
}
