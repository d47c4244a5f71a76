import OTCore

/// Generic Object Oriented Substation Event: IEC 61850-8-1:2011, annex A (goosePdu) and C (header); routed over UDP in
/// the session protocol of IEC TR 61850-90-5:2012, section 8.
public struct GOOSE: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "goose", name: "GOOSE", specification: "IEC 61850-8-1:2011, annexes A and C; IEC TR 61850-90-5:2012",
      isIndustrial: true,
      depth: [.identity, .operations],
      reads: "APPID, control block, data set, GOOSE id, numbers that go back, simulation; not the data",
      displayFilter: "goose")
  ]
  public static let claims: [Claim] = [.etherType(0x88b8), .udp(102)]

  private var told = RecentValues()
  private var streams = StreamCounters()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    if hint.isClaimed, isRouted(bytes) { return .pdu(byteCount: bytes.count) }
    // APPID, length, two reserved words; what is wrong behind them is told when it is read.
    guard hint.isClaimed, !hint.isUDP, bytes.count >= 8 else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public init() {}

  /// A connectionless transport header (length 1, unit data), then a session of GOOSE with its common header.
  private static func isRouted(_ bytes: Span<UInt8>) -> Bool {
    bytes.be16(0) == 0x0140 && bytes.byte(2) == 0xa1 && bytes.byte(4) == 0x80
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if Self.isRouted(pdu.bytes) { return try routed(&pdu, into: &out) }
    let appID = try pdu.u16("APPID")
    let length = Int(try pdu.u16("length"))
    let reserved = try pdu.u32("reserved")
    // Annex C.2: the highest bit of the first reserved word marks simulated messages.
    if reserved >> 31 == 1, told.isNew(hash: 7) { out.property(.mode, out.text("simulation")) }
    var operation = Operation(UInt64(appID), .publish)
    var outer = BERReader(pdu.bytes.clamped(from: 8, count: length - 8))
    defer { out.operation(operation) }
    let element = try outer.required("goosePdu")
    guard element.identifier == 0x61 else {
      guard element.identifier == 0x60 else { throw DecodeError("goosePdu", at: 8, .invalid) }
      return
    }
    try controlBlock(element, &operation, &out)
    if element.isCut, context.missingBytes == 0 { throw DecodeError("goosePdu", at: 8, .truncated) }
  }

  /// Session user information behind the header: length, then payloads of tag, simulation, APPID, length and goosePdu.
  private mutating func routed(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    try pdu.skip(3, "transport header and session identifier")
    let header = Int(try pdu.u8("session header length"))
    try pdu.skip(header, "session header")
    try pdu.skip(4, "payload length")
    var items = 0
    while pdu.remaining >= 6, items < Limits.itemsPerPDU, pdu.peek() == 0x81 {
      items += 1
      try pdu.skip(1, "payload type")
      if try pdu.u8("simulation") != 0 { out.property(.mode, out.text("simulation")) }
      var operation = Operation(UInt64(try pdu.u16("APPID")), .publish)
      defer { out.operation(operation) }
      let length = Int(try pdu.u16("APDU length"))
      var outer = BERReader(pdu.peekRest().clamped(from: 0, count: length))
      let element = try outer.required("goosePdu")
      guard element.identifier == 0x61 else { return }
      try controlBlock(element, &operation, &out)
      try pdu.skip(length, "goosePdu")
    }
  }

  /// The fields before allData, in any order and with any missing.
  private mutating func controlBlock(
    _ element: borrowing BERElement, _ operation: inout Operation, _ out: inout ObservationBuffer
  ) throws(DecodeError) {
    var counters = StreamCounters.Reading()
    defer { streams.compare(counters, into: &out) }
    var fields = BERReader(element.content)
    while !fields.isAtEnd {
      let field = try fields.required("goosePdu field")
      // Half a name is another name.
      guard !field.isCut else { return }
      switch field.identifier {
      case 0x80:
        counters.name = field.content.fingerprint
        if told.isNew(hash: counters.name) { out.identity(.sender, .objectName, out.text(field.content)) }
      case 0x82: if told.isNew(field.content, salt: 2) { out.identity(.sender, .moduleName, out.text(field.content)) }
      case 0x83: if told.isNew(field.content, salt: 3) { out.identity(.sender, .name, out.text(field.content)) }
      case 0x85:
        counters.state = field.integer
        if let number = field.integer { operation.values = .init(Double(number)) }
      case 0x86: counters.sequence = field.integer
      case 0x87:
        if let simulated = field.content.byte(0), simulated != 0, told.isNew(field.content, salt: 7) {
          out.property(.mode, out.text("simulation"))
        }
      case 0x89:
        if let unready = field.content.byte(0), unready != 0, told.isNew(field.content, salt: 9) {
          out.property(.mode, out.text("needs commissioning"))
        }
      case 0xab: return
      default: break
      }
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: hexCode(code, digits: 4), name: "publish event", kind: .report)
  }
}

/// `0x` and at least `digits` lower-case hexadecimal digits.
func hexCode(_ value: UInt64, digits: Int) -> String {
  let text = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: Swift.max(0, digits - text.count)) + text
}
