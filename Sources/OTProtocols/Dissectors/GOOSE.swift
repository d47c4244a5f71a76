import OTCore

/// Generic Object Oriented Substation Event: IEC 61850-8-1:2011, annex A (goosePdu) and C (header).
public struct GOOSE: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "goose", name: "GOOSE", specification: "IEC 61850-8-1:2011, annexes A and C", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "APPID, control block, data set, GOOSE id, state number, simulation bit; not the data",
      displayFilter: "goose")
  ]
  public static let claims: [Claim] = [.etherType(0x88b8)]

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    // APPID, length (with these eight octets), two reserved words, then goosePdu [APPLICATION 1] or GSE management.
    guard hint.isClaimed, let length = bytes.be16(2), length >= 8, let tag = bytes.byte(8), tag == 0x61 || tag == 0x60
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let appID = try pdu.u16("APPID")
    let length = Int(try pdu.u16("length"))
    try pdu.skip(4, "reserved")
    var operation = Operation(UInt64(appID), .publish)
    var outer = BERReader(pdu.bytes.clamped(from: 8, count: length - 8))
    defer { out.operation(operation) }
    let element = try outer.required("goosePdu")
    guard element.identifier == 0x61 else { return }
    try Self.controlBlock(element, &told, &operation, &out)
    if element.isCut, context.missingBytes == 0 { throw DecodeError("goosePdu", at: 8, .truncated) }
  }

  /// The fields before allData, in any order and with any missing.
  private static func controlBlock(
    _ element: borrowing BERElement, _ told: inout RecentValues, _ operation: inout Operation,
    _ out: inout ObservationBuffer
  ) throws(DecodeError) {
    var fields = BERReader(element.content)
    while !fields.isAtEnd {
      let field = try fields.required("goosePdu field")
      switch field.identifier {
      case 0x80: if told.isNew(field.content, salt: 0) { out.identity(.sender, .objectName, out.text(field.content)) }
      case 0x82: if told.isNew(field.content, salt: 2) { out.identity(.sender, .moduleName, out.text(field.content)) }
      case 0x83: if told.isNew(field.content, salt: 3) { out.identity(.sender, .name, out.text(field.content)) }
      case 0x85: if let number = field.integer { operation.values = .init(Double(number)) }
      case 0x87:
        if let simulated = field.content.byte(0), simulated != 0, told.isNew(field.content, salt: 7) {
          out.property(.mode, out.text("simulation"))
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
