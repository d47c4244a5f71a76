import OTCore

/// Console of an automatic tank gauge (Veeder-Root TLS-350 and what speaks like it), serial interface over TCP:
/// "Veeder-Root Serial Interface Manual for TLS-300 and TLS-350" 576013-635.
public struct TankGauge: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "veeder_root", name: "Tank gauge console", specification: "Veeder-Root 576013-635, sections 4 to 7",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "function code and tank, refusal, station header, software version, that a security code is sent; no "
        + "levels",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.tcp(10001)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var login = PendingLogin()
  private var told = RecentValues()

  private static let soh: UInt8 = 1
  private static let etx: UInt8 = 3
  private static let reportBytes = 65_536
  private static let refused: UInt64 = 9999

  // MARK: framing

  /// SOH, a security code of six characters where one is set, `I` or `S`, three digits of function and two of tank.
  /// What the console sends ends with ETX.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let first = bytes.byte(0) else { return .notThisProtocol }
    guard first == soh else {
      return hint.isEstablished && bytes.isPlainText ? .pdu(byteCount: bytes.count) : .notThisProtocol
    }
    guard bytes.count >= 7 else {
      return hint.isClaimed && bytes.extracting(1..<bytes.count).isPlainText ? .needMore : .notThisProtocol
    }
    let isExpected = hint.isClaimed || hint.isEstablished
    guard function(bytes, canHaveCode: isExpected) != nil || bytes.hasASCII("9999", at: 1) else {
      // A security code may have come without the function that follows it.
      let isCut = isExpected && bytes.count < 13 && bytes.extracting(1..<bytes.count).isPlainText
      return isCut ? .needMore : .notThisProtocol
    }
    if let end = bytes.first(etx) { return .pdu(byteCount: end + 1) }
    // A console is asked with nothing but a line's end between two questions.
    if let next = bytes.first(soh, from: 1) { return .pdu(byteCount: next) }
    let isReport = bytes[1] == 13 || bytes.count > 64
    return isReport && bytes.count < reportBytes ? .needMore : .pdu(byteCount: bytes.count)
  }

  /// Where the function code stands; behind CR LF in a printed report.
  private static func function(_ bytes: Span<UInt8>, canHaveCode: Bool) -> Int? {
    for start in [1, 3, 7] where start != 7 || canHaveCode {
      guard let mark = bytes.byte(start), mark & 0xdf == UInt8(ascii: "I") || mark & 0xdf == UInt8(ascii: "S") else {
        continue
      }
      if start == 3, bytes[1] != 13 { continue }
      var digits = 1
      while digits < 6, let byte = bytes.byte(start + digits), hexValue(byte) != nil { digits += 1 }
      if digits == 6, bytes.byte(start + 1).map({ $0 < 58 }) == true { return start }
    }
    return nil
  }

  // MARK: messages

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let bytes = pdu.bytes
    guard bytes.byte(0) == Self.soh else { return }
    if bytes.hasASCII("9999", at: 1) {
      out.operation(Operation(Self.refused, .response, outcome: .failure(9999)))
      login.answered(false, into: &out)
      return
    }
    guard let start = Self.function(bytes, canHaveCode: true) else {
      throw DecodeError("function code", at: 1, .invalid)
    }
    let isSet = bytes[start] & 0xdf == UInt8(ascii: "S")
    var number: UInt64 = 0
    for index in 1...3 { number = number << 4 | UInt64(hexValue(bytes[start + index]) ?? 0) }
    let tank = bytes.clamped(from: start + 4, count: 2)
    let code = (isSet ? 0x1000 : 0) | number
    // What the console sends ends with ETX, or is its printed report.
    if bytes.byte(1) != 13, bytes.byte(bytes.count - 1) != Self.etx {
      let object = Operation.Object.text(out.text(tank))
      out.operation(Operation(code, .request, object: object))
      guard start == 7 else { return }
      login.clearName()
      login.sent(.protocolPassword, login.judge(password: bytes.extracting(1..<7)), into: &out)
    } else {
      out.operation(Operation(code, .response, outcome: .success))
      login.answered(true, into: &out)
      if bytes.byte(1) == 13 { readReport(bytes.extracting((start + 6)..<bytes.count), number, into: &out) }
    }
  }

  /// A printed report: date, station header of up to four lines, title, lines. Function 902 prints the software.
  private mutating func readReport(_ text: Span<UInt8>, _ number: UInt64, into out: inout ObservationBuffer) {
    var index = 0
    var lines = 0
    for _ in 0..<128 where index < text.count {
      let end = text.lineEnd(from: index) ?? text.count
      let line = text.extracting(index..<end).trimmed()
      index = end
      guard line.count > 1 else { continue }
      lines += 1
      // The first line is the date, the second the name that the station's owner gave it.
      if lines == 2, number != 0x902, told.isNew(line) { out.identity(.sender, .location, out.text(line)) }
      guard number == 0x902 else { continue }
      if line.hasASCII(ignoringCase: "version ") {
        out.identity(.sender, .softwareVersion, out.text(line.extracting(8..<line.count)))
      } else if line.hasASCII(ignoringCase: "software# ") {
        out.identity(.sender, .productCode, out.text(line.extracting(10..<line.count)))
      }
    }
  }

  // MARK: words

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code != refused else { return OperationDescription(code: "9999", name: "not understood", kind: .other) }
    let isSet = code >= 0x1000
    let number = code & 0xfff
    let digits = String(number, radix: 16)
    let text = (isSet ? "S" : "I") + String(repeating: "0", count: Swift.max(0, 3 - digits.utf8.count)) + digits
    let (name, kind) = meaning(number)
    return OperationDescription(
      code: text, name: isSet ? "set \(name)" : name, kind: isSet ? kind : number < 0x900 ? .read : .discover)
  }

  /// Names of functions, sections 6 and 7; the kind is that of setting it.
  private static func meaning(_ number: UInt64) -> (String, OperationKind) {
    switch number {
    case 0x001: ("system reset", .control)
    case 0x002, 0x003: ("clear alarms or history", .control)
    case 0x051...0x05f: ("clear reports or tests", .control)
    case 0x081...0x08f: ("start or stop of a leak test", .control)
    case 0x101: ("system status", .control)
    case 0x102: ("system configuration", .configure)
    case 0x111, 0x112, 0x113: ("alarm history", .configure)
    case 0x201: ("in-tank inventory", .configure)
    case 0x202: ("deliveries", .configure)
    case 0x203: ("leak tests", .configure)
    case 0x204: ("shift inventory", .configure)
    case 0x205: ("in-tank status", .configure)
    case 0x206: ("in-tank alarm history", .configure)
    case 0x207, 0x208: ("leak test history", .configure)
    case 0x301...0x3ff: ("sensor status", .configure)
    case 0x401...0x4ff: ("relays and output", .control)
    case 0x501: ("time of day", .time)
    case 0x502...0x5ff: ("system set-up", .configure)
    case 0x601...0x6ff: ("tank set-up", .configure)
    case 0x701...0x7ff: ("sensor set-up", .configure)
    case 0x801...0x8ff: ("relay and line set-up", .configure)
    case 0x902: ("software revision", .firmware)
    default: ("function \(String(number, radix: 16))", .configure)
    }
  }
}
