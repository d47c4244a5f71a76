import OTCore

/// Sentences of ship's and port's navigation equipment: NMEA 0183 version 4.11 (IEC 61162-1:2016), over UDP or TCP, and
/// what transponders of the automatic identification system receive inside them.
public struct NMEA0183: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "nmea0183", name: "NMEA 0183", specification: "NMEA 0183 version 4.11; IEC 61162-1:2016, section 7",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "talker and type of each sentence with a right checksum or none, quality of the position fix, version and "
        + "source of the equipment, that a password is sent; no further fields",
      displayFilter: ""),
    ProtocolInfo(
      id: "ais", name: "AIS", specification: "ITU-R M.1371-5 annex 8; IEC 61162-1:2016 section 8.3.97 (VDM, VDO)",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "message type, MMSI, speed; name, call sign and IMO number of ships and aids to navigation; no positions "
        + "and no binary contents",
      displayFilter: ""),
  ]
  public static let claims: [Claim] = [.udp(10110), .tcp(10110)]
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()
  private var ais = AISReader()

  public init() {}

  /// Longest sentence (82 by the standard, more in practice) with a tag block in front.
  private static let sentenceBytes = 512

  /// `$` or `!`, talker and type, fields, `*` and checksum, carriage return and line feed. A tag block `\…\` may lead.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let first = bytes.byte(0) else { return .needMore }
    // Between sentences of a datagram, line ends or filling octets may stand.
    if first == 0x0d || first == 0x0a {
      if hint.isEstablished { return .pdu(byteCount: 1) }
      let start = bytes.byte(1) == 0x0a ? 2 : 1
      let next = bytes.byte(start)
      if !hint.isStream, next.map(isStart) == true, case .pdu = frame(bytes.extracting(start..<bytes.count), hint) {
        return .pdu(byteCount: 1)
      }
      return hint.isClaimed && next.map { isStart($0) || $0 == 0x5c } == true ? .pdu(byteCount: 1) : .notThisProtocol
    }
    guard isStart(first) || first == 0x5c else { return .notThisProtocol }
    guard let end = bytes.lineEnd(limit: sentenceBytes) else {
      if !hint.isStream, bytes.count <= sentenceBytes, isSentence(bytes) { return .pdu(byteCount: bytes.count) }
      return hint.isStream && bytes.count < sentenceBytes && isBeginning(bytes) ? .needMore : .notThisProtocol
    }
    let line = bytes.extracting(0..<end)
    // Once it is known who speaks, a damaged sentence is a sentence still.
    return isSentence(line) || isUnchecked(line) || (hint.isEstablished && line.isPlainText)
      ? .pdu(byteCount: end) : .notThisProtocol
  }

  private static func isStart(_ byte: UInt8) -> Bool { byte == 0x24 || byte == 0x21 }

  /// Whether `bytes` may become a sentence: a start and letters, of which a maker's sentence may have only three.
  private static func isBeginning(_ bytes: Span<UInt8>) -> Bool {
    guard bytes[0] != 0x5c else { return bytes.isPlainText }
    for index in 1..<Swift.max(1, Swift.min(bytes.count, 6)) where !isAddress(bytes[index]) {
      guard index >= 4, bytes[index] == 0x2c else { return false }
      break
    }
    return bytes.isPlainText
  }

  private static func isAddress(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (48...57).contains(byte) }

  /// Where the sentence of a line starts, behind a tag block.
  static func start(_ line: Span<UInt8>) -> Int? {
    guard line.byte(0) == 0x5c else { return line.byte(0).map(isStart) == true ? 0 : nil }
    guard let close = line.first(0x5c, from: 1), let next = line.byte(close + 1), isStart(next) else { return nil }
    return close + 1
  }

  /// Section 7.3: an address of three letters or more, a comma, a checksum that is the exclusive or of what it covers.
  private static func isSentence(_ line: Span<UInt8>) -> Bool {
    guard let start = start(line), let star = line.first(0x2a, from: start), star - start >= 5,
      let high = line.byte(star + 1).flatMap(hexValue), let low = line.byte(star + 2).flatMap(hexValue)
    else { return false }
    for index in (start + 1)...(start + 3) where !isAddress(line[index]) { return false }
    var sum: UInt8 = 0
    for index in (start + 1)..<star { sum ^= line[index] }
    return sum == high << 4 | low
  }

  /// A line without a checksum, which versions before 3 left to the maker: two letters of a talker and a common
  /// formatter, then fields of plain text.
  private static func isUnchecked(_ line: Span<UInt8>) -> Bool {
    guard let start = line.byte(0), isStart(start), line.byte(6) == 0x2c, line.count >= 12, line.isPlainText else {
      return false
    }
    for index in 1...5 where !(65...90).contains(line[index]) { return false }
    return line.first(0x2a, from: 6) == nil && NMEASentence.isCommon(formatter: code(line, from: 0) & 0xff_ffff)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let line = pdu.rest()
    guard let start = Self.start(line) else { return }
    guard Self.isSentence(line) || Self.isUnchecked(line) else { throw DecodeError("checksum", at: start, .invalid) }
    if start > 0, let source = TagBlock.source(line), told.isNew(source) {
      out.identity(.sender, .deviceID, out.text(source))
    }
    let sentence = NMEASentence(line, from: start)
    out.operation(sentence.operation(line, layer: 0))
    try sentence.readDetails(line, &told, &ais, aisLayer: 1, into: &out)
  }

  /// Up to eight characters of the address behind the sentence's start.
  static func code(_ line: Span<UInt8>, from start: Int) -> UInt64 {
    var code: UInt64 = 0
    var index = start + 1
    while index < line.count, index <= start + 8, isAddress(line[index]) {
      code = code << 8 | UInt64(line[index])
      index += 1
    }
    return code
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    if layer == 1 { return AISReader.describe(operation: code) }
    var text: [UInt8] = []
    for shift: UInt64 in [56, 48, 40, 32, 24, 16, 8, 0] {
      let character = UInt8(truncatingIfNeeded: code >> shift)
      if character != 0 { text.append(character) }
    }
    let address = String(decoding: text, as: UTF8.self)
    let (name, kind) = NMEASentence.meaning(address)
    return OperationDescription(code: address, name: "\(address): \(name)", kind: kind)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { layer == 1 ? AISReader.text(mmsi: a) : nil }
}
