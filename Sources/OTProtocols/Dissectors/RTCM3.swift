import OTCore

/// Corrections of a satellite reference station to cranes and vehicles that position themselves by them: RTCM 10403.3.
public struct RTCM3: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "rtcm3", name: "RTCM 3", specification: "RTCM 10403.3 sections 3.5 and 4", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "message number, reference station, its antenna and receiver with serial numbers and firmware, text; "
        + "no observations and no coordinates",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.inner(.positionCorrections)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var told = RecentValues()

  static let headerBytes = 3
  private static let checkBytes = 3

  // MARK: framing

  /// Length of a whole message whose header stands at `start`, or nil where none does.
  static func length(_ bytes: Span<UInt8>, at start: Int = 0) -> Int? {
    guard bytes.byte(start) == 0xd3, let length = bytes.be16(start + 1), length <= 1023 else { return nil }
    return headerBytes + Int(length) + checkBytes
  }

  /// Section 4: preamble, six reserved bits, ten bits of length, message, check of 24 bits.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let first = bytes.byte(0) else { return .needMore }
    guard first == 0xd3 else {
      // A receiver may mix other lines into the stream: on to the next preamble.
      return hint.isEstablished ? .pdu(byteCount: bytes.firstIndex(of: 0xd3)) : .notThisProtocol
    }
    guard bytes.count >= 3 else { return hint.isStream ? .needMore : .notThisProtocol }
    guard let count = length(bytes), count > 8 else {
      return hint.isEstablished ? .pdu(byteCount: 1) : .notThisProtocol
    }
    guard bytes.count >= count else { return hint.isStream ? .needMore : .notThisProtocol }
    guard isChecked(bytes.extracting(0..<count)) else {
      return hint.isEstablished ? .pdu(byteCount: count) : .notThisProtocol
    }
    return .pdu(byteCount: count)
  }

  /// CRC-24Q: polynomial 0x1864CFB; over the whole message with its check it is 0.
  static func isChecked(_ message: Span<UInt8>) -> Bool {
    var crc: UInt32 = 0
    for index in message.indices {
      crc ^= UInt32(message[index]) << 16
      for _ in 0..<8 { crc = crc & 0x80_0000 != 0 ? (crc << 1) ^ 0x186_4cfb : crc << 1 }
    }
    return crc & 0xff_ffff == 0
  }

  // MARK: messages

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let bytes = pdu.bytes
    guard let count = Self.length(bytes), count <= bytes.count else { return }
    guard Self.isChecked(bytes) else { throw DecodeError("CRC", at: count - Self.checkBytes, .invalid) }
    let message = bytes.extracting(Self.headerBytes..<(count - Self.checkBytes))
    guard let first = message.be16(0) else { throw DecodeError("message number", at: 3, .truncated) }
    let number = first >> 4
    // Who listens has connected to the station or the caster that sends.
    let role: Operation.Role = context.directionIsCertain && !context.senderIsClient ? .response : .publish
    var operation = Operation(UInt64(number), role)
    if Self.namesStation(number), let second = message.be16(1) {
      operation.object = .numbers(UInt32(second & 0xfff), 0, 0, 0)
    }
    out.operation(operation)
    switch number {
    case 1007, 1008, 1033: try describeStation(number, message, into: &out)
    case 1029: try readText(message, into: &out)
    default: break
    }
  }

  /// Messages whose second field is the reference station; ephemerides and transformations have none.
  private static func namesStation(_ number: UInt16) -> Bool {
    switch number {
    case 1001...1013, 1029, 1032, 1033, 1071...1137, 1230: true
    default: false
    }
  }

  /// Antenna descriptor, set-up id, serial number; receiver, firmware, serial number: each with its length in front.
  private mutating func describeStation(
    _ number: UInt16, _ message: Span<UInt8>, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard told.isNew(message) else { return }
    var cursor = ByteCursor(message)
    try cursor.skip(3, "station")
    let antenna = try Self.string(&cursor, "antenna descriptor")
    // Blanks of the IGS name of an antenna (radome) belong to it.
    out.identity(.sender, .moduleName, out.text(antenna))
    try cursor.skip(1, "antenna set-up")
    guard number != 1007 else { return }
    let serial = try Self.string(&cursor, "antenna serial number")
    if number == 1008 || serial.count > 0 { out.identity(.sender, .other, out.text(serial)) }
    guard number == 1033 else { return }
    out.identity(.sender, .productName, out.text(try Self.string(&cursor, "receiver type")))
    out.identity(.sender, .firmwareVersion, out.text(try Self.string(&cursor, "receiver firmware")))
    out.identity(.sender, .serialNumber, out.text(try Self.string(&cursor, "receiver serial number")))
  }

  @_lifetime(copy cursor)
  private static func string(_ cursor: inout ByteCursor, _ field: StaticString) throws(DecodeError) -> Span<UInt8> {
    let length = try cursor.u8(field)
    return try cursor.take(Int(length), field)
  }

  /// Message 1029: number and station, date, time (17 bits) and count of characters (7 bits), count of octets, UTF-8.
  private mutating func readText(_ message: Span<UInt8>, into out: inout ObservationBuffer) throws(DecodeError) {
    var cursor = ByteCursor(message)
    try cursor.skip(8, "date and time")
    let text = try Self.string(&cursor, "text")
    if told.isNew(text) { out.identity(.sender, .description, out.text(text)) }
  }

  // MARK: names

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch code {
      case 1001...1004: "GPS observations"
      case 1005, 1006: "station coordinates"
      case 1007, 1008: "antenna descriptor"
      case 1009...1012: "GLONASS observations"
      case 1013: "system parameters"
      case 1014...1017, 1030...1032, 1034, 1035, 1037...1039: "network corrections"
      case 1019, 1020, 1041...1046: "ephemeris"
      case 1021...1027: "coordinate transformation"
      case 1029: "text"
      case 1033: "receiver and antenna descriptors"
      case 1057...1068: "state space corrections"
      case 1071...1077: "GPS multiple signal message"
      case 1081...1087: "GLONASS multiple signal message"
      case 1091...1097: "Galileo multiple signal message"
      case 1101...1107: "SBAS multiple signal message"
      case 1111...1117: "QZSS multiple signal message"
      case 1121...1127: "BeiDou multiple signal message"
      case 1131...1137: "NavIC multiple signal message"
      case 1230: "GLONASS code-phase biases"
      case 4001...4095: "proprietary message"
      default: "message"
      }
    return OperationDescription(code: "\(code)", name: name, kind: .report)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { "station \(a)" }
}
