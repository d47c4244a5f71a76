import OTCore

/// Sampled values: IEC 61850-9-2:2011, section 8 (savPdu) and annex C (header); IEC 61869-9.
public struct SampledValues: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "sv", name: "Sampled values", specification: "IEC 61850-9-2:2011, section 8", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "APPID, svID, data set, synchronisation, simulation; not the samples",
      displayFilter: "sv")
  ]
  public static let claims: [Claim] = [.etherType(0x88ba)]

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    // APPID and length; what is wrong behind them is told when it is read.
    guard hint.isClaimed, bytes.count >= 4 else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    out.operation(Operation(UInt64(try pdu.u16("APPID")), .publish))
    let length = Int(try pdu.u16("length"))
    // Annex C.2: the highest bit of the first reserved word marks simulated messages.
    if let reserved = pdu.bytes.be16(4), reserved >> 15 == 1, told.isNew(hash: 7) {
      out.property(.mode, out.text("simulation"))
    }
    var outer = BERReader(pdu.bytes.clamped(from: 8, count: length - 8))
    let savPdu = try outer.required("savPdu")
    guard savPdu.identifier == 0x60 else { throw DecodeError("savPdu", at: 8, .invalid) }
    var fields = savPdu.reader
    while !fields.isAtEnd {
      let field = try fields.required("savPdu field")
      guard field.identifier == 0xa2 else { continue }
      var units = field.reader
      while !units.isAtEnd {
        let unit = try units.required("ASDU")
        try Self.unit(unit, &told, &out)
      }
    }
  }

  /// One application service data unit: svID, data set, sample count, revision, time, synchronisation (section 8.5.3).
  private static func unit(
    _ unit: borrowing BERElement, _ told: inout RecentValues, _ out: inout ObservationBuffer
  ) throws(DecodeError) {
    var fields = BERReader(unit.content)
    while !fields.isAtEnd {
      let field = try fields.required("ASDU field")
      guard !field.isCut else { return }
      switch field.identifier {
      case 0x80: if told.isNew(field.content, salt: 0) { out.identity(.sender, .name, out.text(field.content)) }
      case 0x81: if told.isNew(field.content, salt: 1) { out.identity(.sender, .moduleName, out.text(field.content)) }
      case 0x82, 0x83, 0x84: break
      case 0x85:
        if told.isNew(field.content, salt: 5) {
          out.property(
            .mode,
            field.content.byte(0) == 0
              ? out.text("not synchronised")
              : field.content.byte(0) == 1 ? out.text("locally synchronised") : out.text("globally synchronised"))
        }
        return
      default: return
      }
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: hexCode(code, digits: 4), name: "publish samples", kind: .report)
  }
}
