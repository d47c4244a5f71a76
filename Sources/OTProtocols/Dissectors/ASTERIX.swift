import OTCore

/// Surveillance data of radars and traffic services: EUROCONTROL ASTERIX part 1 (SPEC-149) edition 3.1, with the
/// categories of parts 2a to 27 as listed in ``ASTERIXLayout``.
public struct ASTERIX: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "asterix", name: "ASTERIX", specification: "EUROCONTROL SPEC-149 part 1 edition 3.1, section 4",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "category, number of records, source (SAC and SIC); layout of categories 2, 8, 10, 11, 19, 20, 21, 34, "
        + "48, 62, 63, 65, 240 and 247 as proof; no positions",
      displayFilter: "asterix")
  ]
  public static let claims: [Claim] = [.udp(8600), .tcp(8600), .udp(8800)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var told = RecentValues()

  private static let headerBytes = 3
  private static let blocksInDatagram = 64
  /// Blocks are made to fit a datagram; a longer one is waited for only where a port speaks for it.
  private static let probedBytes = 2048

  // MARK: framing

  /// Section 4.2: category, length with this header. A datagram is one block or several that fill it. Where no port
  /// speaks for it, so must be a segment, and each record of the first block must have the layout of its category and
  /// the same source as the others.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let category = bytes.byte(0) else { return .needMore }
    let isExpected = hint.isEstablished || hint.isClaimed
    guard isExpected ? isCategory(category) : ASTERIXLayout.program(category) != nil else { return .notThisProtocol }
    guard let length = bytes.be16(1) else { return hint.isStream ? .needMore : .notThisProtocol }
    let count = Int(length)
    guard count >= headerBytes + 2, isExpected || count <= probedBytes else { return .notThisProtocol }
    guard count <= bytes.count else {
      return hint.isStream && (isExpected || startsRecord(bytes)) ? .needMore : .notThisProtocol
    }
    guard startsRecord(bytes) else { return .notThisProtocol }
    if !hint.isStream || !isExpected, !isChain(bytes) { return .notThisProtocol }
    if isExpected { return .pdu(byteCount: count) }
    let body = bytes.extracting(headerBytes..<count)
    guard count >= 10, records(body, category) != nil, isOfOneSource(body, category) else { return .notThisProtocol }
    return .pdu(byteCount: count)
  }

  /// Categories that are assigned to surveillance (part 1, section 4.5), or are in use by coastal radars.
  private static func isCategory(_ value: UInt8) -> Bool {
    switch value {
    case 1...11, 15...21, 23, 25, 30...34, 48, 62, 63, 65, 128, 129, 150, 205, 238...241, 247, 252: true
    default: false
    }
  }

  /// Each record begins with its source (data item 010), so the first bit of the first FSPEC is set.
  private static func startsRecord(_ bytes: Span<UInt8>) -> Bool { (bytes.byte(headerBytes) ?? 0x80) & 0x80 != 0 }

  private static func isChain(_ bytes: Span<UInt8>) -> Bool {
    var start = 0
    for _ in 0..<blocksInDatagram {
      guard let category = bytes.byte(start), isCategory(category), let length = bytes.be16(start + 1),
        Int(length) >= headerBytes + 2, Int(length) <= bytes.count - start
      else { return false }
      start += Int(length)
      if start == bytes.count { return true }
    }
    return false
  }

  /// How many records fill these bytes exactly, or nil where they do not.
  private static func records(_ bytes: Span<UInt8>, _ category: UInt8) -> UInt32? {
    guard let program = ASTERIXLayout.program(category) else { return nil }
    var cursor = ByteCursor(bytes)
    var count: UInt32 = 0
    while !cursor.isAtEnd {
      guard count < UInt32(Limits.itemsPerPDU) else { return nil }
      do throws(DecodeError) { try ASTERIXLayout.skipRecord(&cursor, program) } catch { return nil }
      count += 1
    }
    return count
  }

  /// Whether all records name the same source, and one at all. What a sensor sends together is its own.
  private static func isOfOneSource(_ bytes: Span<UInt8>, _ category: UInt8) -> Bool {
    guard let program = ASTERIXLayout.program(category) else { return false }
    var cursor = ByteCursor(bytes)
    var first: UInt16?
    while !cursor.isAtEnd {
      guard let source = source(bytes.extracting(cursor.offset..<bytes.count)), source != 0, source == first ?? source
      else { return false }
      first = source
      do throws(DecodeError) { try ASTERIXLayout.skipRecord(&cursor, program) } catch { return false }
    }
    return true
  }

  /// Area and identification code of the source (data item 010): behind the FSPEC, whose octets go on while their last bit
  /// is set.
  private static func source(_ record: Span<UInt8>) -> UInt16? {
    var index = 0
    while index < 8, let octet = record.byte(index), octet & 1 == 1 { index += 1 }
    return record.be16(index + 1)
  }

  // MARK: blocks

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let category = try pdu.u8("category")
    try pdu.skip(2, "length")
    let body = pdu.rest()
    var operation = Operation(UInt64(category), .publish)
    if let count = Self.records(body, category) {
      operation.count = Swift.max(1, count)
    } else if ASTERIXLayout.program(category) != nil {
      out.anomaly("record", .inconsistent, at: Self.headerBytes)
    }
    guard let source = Self.source(body) else {
      throw DecodeError("data source identifier", at: Self.headerBytes, .truncated)
    }
    let (area, code) = (source >> 8, source & 0xff)
    operation.object = .numbers(UInt32(area), UInt32(code), 0, 0)
    out.operation(operation)
    if told.isNew(hash: UInt64(source)) {
      let first = out.text("SAC ")
      _ = out.text(UInt64(area))
      _ = out.text(" SIC ")
      out.identity(.sender, .deviceID, first.through(out.text(UInt64(code))))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch code {
      case 1: "monoradar target reports"
      case 2: "monoradar service messages"
      case 8: "monoradar weather"
      case 10: "surface movement target reports"
      case 11: "surface movement tracks"
      case 15: "independent non-cooperative targets"
      case 19: "multilateration status"
      case 20: "multilateration targets"
      case 21: "ADS-B reports"
      case 23: "ground station status"
      case 25: "ground system status"
      case 30...32: "exchange of tracks"
      case 34: "monoradar service messages"
      case 48: "monoradar target reports"
      case 62: "system tracks"
      case 63: "sensor status"
      case 65: "processing system status"
      case 205: "direction finder reports"
      case 240: "radar video"
      case 247: "version numbers"
      default: "category"
      }
    return OperationDescription(code: "\(code)", name: name, kind: .report)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { "SAC \(a) SIC \(b)" }
}
