import OTCore

/// Low Level Reader Protocol: what gates and yards tell readers of radio tags to do, EPCglobal LLRP 1.1.
public struct LLRP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "llrp", name: "LLRP", specification: "EPCglobal Low Level Reader Protocol 1.1 sections 8 to 17",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "message, reader and access specification ids, status, reader's maker, model, firmware and id, number of "
        + "tags; no tag contents",
      displayFilter: "llrp")
  ]
  public static let claims: [Claim] = [.tcp(5084), .tcp(5085)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var told = RecentValues()

  private static let headerBytes = 10

  // MARK: framing

  /// Section 17.1: three reserved bits, version, type of ten bits, length with this header, id.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let first = bytes.byte(0) else { return .notThisProtocol }
    guard first & 0xe0 == 0, first >> 2 == 1 || first >> 2 == 2 else { return .notThisProtocol }
    guard let word = bytes.be16(0) else { return .needMore }
    let type = word & 0x3ff
    guard LLRPMessage.names(type) != nil else { return .notThisProtocol }
    guard let length = bytes.be32(2), bytes.count >= headerBytes else { return .needMore }
    guard length >= UInt32(headerBytes), length <= 1 << 20 else { return .notThisProtocol }
    if hint.isClaimed || hint.isEstablished { return .pdu(byteCount: Int(length)) }
    // Elsewhere the parameters must fill the message exactly.
    guard length > UInt32(headerBytes) + 4, length <= 4096 else { return .notThisProtocol }
    guard bytes.count >= Int(length) else { return .needMore }
    let body = bytes.extracting(headerBytes..<Int(length))
    return isChain(body, from: LLRPMessage.fixedBytes(type)) ? .pdu(byteCount: Int(length)) : .notThisProtocol
  }

  private static func isChain(_ body: Span<UInt8>, from start: Int) -> Bool {
    var index = start
    while index < body.count {
      guard let parameter = LLRPParameter(body, at: index) else { return false }
      index = parameter.end
    }
    return index == body.count && body.count > start
  }

  // MARK: messages

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u16("type") & 0x3ff
    try pdu.skip(8, "length and id")
    let body = pdu.rest()
    if let request = LLRPMessage.request(answeredBy: type) {
      out.operation(Operation(UInt64(request), .response, outcome: Self.status(body)))
      identify(body, depth: 0, into: &out)
      return
    }
    // What a maker defined goes both ways.
    let isFromReader = type == LLRPMessage.custom ? !context.senderIsClient : LLRPMessage.isFromReader(type)
    var operation = Operation(UInt64(type), isFromReader ? .response : .request)
    if type == LLRPMessage.error { operation.outcome = Self.status(body) }
    if let specification = Self.specification(type, body) { operation.object = .numbers(specification, 0, 0, 0) }
    if type == LLRPMessage.tagReport { operation.count = Self.tags(body) }
    out.operation(operation)
    if isFromReader { identify(body, depth: 0, into: &out) }
  }

  /// Section 13.2.1, LLRPStatus (287).
  private static func status(_ body: Span<UInt8>) -> Operation.Outcome {
    guard let first = LLRPParameter(body, at: 0), first.type == 287, let code = body.be16(4) else { return .success }
    return code == 0 ? .success : .failure(UInt32(code))
  }

  /// The id of the reader or access specification that is added, deleted, started…; 0 means all.
  private static func specification(_ type: UInt16, _ body: Span<UInt8>) -> UInt32? {
    switch type {
    case 20, 40: body.be32(4)
    case 21...25, 41...43: body.be32(0)
    default: nil
    }
  }

  private static func tags(_ body: Span<UInt8>) -> UInt32 {
    var count: UInt32 = 0
    var index = 0
    for _ in 0..<Limits.itemsPerPDU {
      guard let parameter = LLRPParameter(body, at: index) else { break }
      if parameter.type == 240 { count += 1 }
      index = parameter.end
    }
    return Swift.max(1, count)
  }

  /// GeneralDeviceCapabilities (137) and Identification (218), wherever in the message they are.
  private mutating func identify(_ body: Span<UInt8>, depth: Int, into out: inout ObservationBuffer) {
    var index = 0
    for _ in 0..<64 {
      guard let parameter = LLRPParameter(body, at: index) else { return }
      let value = body.clamped(from: parameter.start, count: parameter.end - parameter.start)
      index = parameter.end
      switch parameter.type {
      case 137 where told.isNew(value): describeReader(value, into: &out)
      case 218 where told.isNew(value): tellID(value, into: &out)
      default: break
      }
    }
  }

  /// Section 10.2.1: antennas, flags, maker (a private enterprise number), model, firmware.
  private func describeReader(_ value: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let maker = value.be32(4), let model = value.be32(8), let length = value.be16(12) else { return }
    out.identity(.sender, .vendorID, out.text(UInt64(maker)))
    switch maker {
    case 161: out.identity(.sender, .vendor, out.text("Motorola"))
    case 10642: out.identity(.sender, .vendor, out.text("Zebra Technologies"))
    case 25882: out.identity(.sender, .vendor, out.text("Impinj"))
    default: break
    }
    out.identity(.sender, .productCode, out.text(UInt64(model)))
    out.identity(.sender, .firmwareVersion, out.text(value.clamped(from: 14, count: Int(length))))
  }

  /// Section 13.2.2: 0 a hardware address (EUI-64), 1 an electronic product code.
  private func tellID(_ value: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let length = value.be16(1) else { return }
    let id = value.clamped(from: 3, count: Int(length))
    out.identity(.sender, .deviceID, value.byte(0) == 0 ? out.text(mac: id) : out.text(hex: id))
  }

  // MARK: words

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let known = LLRPMessage.names(UInt16(truncatingIfNeeded: code))
    return OperationDescription(
      code: "\(code)", name: known?.name ?? "unknown message", kind: known?.kind ?? .other)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    let what = code >= 40 && code <= 43 ? "access specification" : "reader specification"
    return a == 0 ? "every \(what)" : "\(what) \(a)"
  }
}

/// One parameter, section 17.1.1: 16 bits of type and of length, or one octet with its highest bit set.
private struct LLRPParameter {
  let type: UInt16
  let start: Int
  let end: Int

  init?(_ body: Span<UInt8>, at index: Int) {
    guard let first = body.byte(index) else { return nil }
    if first & 0x80 != 0 {
      guard let length = Self.shortLength(first & 0x7f), length <= body.count - index else { return nil }
      (type, start, end) = (UInt16(first & 0x7f), index + 1, index + length)
      return
    }
    guard let word = body.be16(index), word & 0xfc00 == 0, let length = body.be16(index + 2), length >= 4,
      Int(length) <= body.count - index
    else { return nil }
    (type, start, end) = (word & 0x3ff, index + 4, index + Int(length))
  }

  /// Section 17.2: parameters with a type only have a length of their own each.
  private static func shortLength(_ type: UInt8) -> Int? {
    switch type {
    case 1, 7, 14, 16: 3
    case 2, 3, 4, 5: 9
    case 6: 2
    case 8, 10, 15, 17, 18: 3
    case 9: 5
    case 11, 12: 3
    case 13: 13
    default: nil
    }
  }
}

private enum LLRPMessage {
  static let error: UInt16 = 100
  static let tagReport: UInt16 = 61
  static let custom: UInt16 = 1023

  /// Messages of a reader that answer no request.
  static func isFromReader(_ type: UInt16) -> Bool { type == 61 || type == 62 || type == 63 || type == error }

  static func request(answeredBy type: UInt16) -> UInt16? {
    switch type {
    case 4: 14
    case 11, 12, 13, 30...36, 50...57: type - 10
    default: nil
    }
  }

  /// Octets in front of the parameters.
  static func fixedBytes(_ type: UInt16) -> Int {
    switch type {
    case 1, 3, 46, 56: 1
    case 2: 7
    case 21...25, 41...43: 4
    default: 0
    }
  }

  static func names(_ type: UInt16) -> (name: String, kind: OperationKind)? {
    switch type {
    case 1, 11: ("get reader capabilities", .discover)
    case 2, 12: ("get reader configuration", .read)
    case 3, 13: ("set reader configuration", .configure)
    case 4, 14: ("close connection", .session)
    case 20, 30: ("add reader specification", .configure)
    case 21, 31: ("delete reader specification", .configure)
    case 22, 32: ("start reader specification", .control)
    case 23, 33: ("stop reader specification", .control)
    case 24, 34: ("enable reader specification", .control)
    case 25, 35: ("disable reader specification", .control)
    case 26, 36: ("get reader specifications", .read)
    case 40, 50: ("add access specification", .configure)
    case 41, 51: ("delete access specification", .configure)
    case 42, 52: ("enable access specification", .control)
    case 43, 53: ("disable access specification", .control)
    case 44, 54: ("get access specifications", .read)
    case 45, 55: ("client request", .other)
    case 46, 56: ("get supported version", .discover)
    case 47, 57: ("set protocol version", .session)
    case 60: ("get report", .read)
    case 61: ("tag report", .report)
    case 62: ("keep alive", .session)
    case 63: ("reader event", .report)
    case 64: ("enable events and reports", .session)
    case 72: ("keep alive acknowledged", .session)
    case 100: ("error", .other)
    case 1023: ("custom message", .other)
    default: nil
    }
  }
}
