import OTCore

/// Weighing terminals of truck scales and weighbridges: MT-SICS, "Mettler Toledo Standard Interface Command Set"
/// reference manual 11781363, over serial servers and TCP.
public struct Weighbridge: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "mt_sics", name: "MT-SICS weighing", specification: "Mettler-Toledo MT-SICS reference manual 11781363",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "command, weight with its stability, refusal, model, software, serial number; no memory contents",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.tcp(4305), .tcp(1701)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var told = RecentValues()

  private static let lineBytes = 128

  /// A line of the command set. Where no port speaks for it, only a weight with its unit does.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let first = bytes.byte(0) else { return .notThisProtocol }
    if hint.isEstablished, first == 13 || first == 10 { return .pdu(byteCount: 1) }
    guard (first >= 65 && first <= 90) || first == UInt8(ascii: "@") else { return .notThisProtocol }
    guard let end = bytes.lineEnd(limit: lineBytes) else {
      let mayBe = hint.isClaimed || hint.isEstablished || bytes.hasASCII("S S ") || bytes.hasASCII("S D ")
      return mayBe && bytes.count < lineBytes && bytes.isPlainText ? .needMore : .notThisProtocol
    }
    let line = bytes.extracting(0..<end).trimmed()
    if isWeight(line) { return .pdu(byteCount: end) }
    let isKnown = (hint.isClaimed || hint.isEstablished) && SICSCommand.index(line) != nil
    return isKnown || (hint.isEstablished && line.isPlainText) ? .pdu(byteCount: end) : .notThisProtocol
  }

  /// `S S     100.00 kg`: stable (S) or not (D), ten characters of weight, unit.
  private static func isWeight(_ line: Span<UInt8>) -> Bool {
    guard line.hasASCII("S S ") || line.hasASCII("S D "), line.count >= 8, line.count <= 24 else { return false }
    var index = 4
    let number = line.word(after: &index)
    let unit = line.word(after: &index)
    let isUnit =
      unit.equals(ignoringCase: "kg") || unit.equals(ignoringCase: "t") || unit.equals(ignoringCase: "lb")
      || unit.equals(ignoringCase: "g")
    return weight(number) != nil && isUnit && index == line.count
  }

  /// A decimal number as it is shown, or nil for what is none.
  private static func weight(_ text: Span<UInt8>) -> Double? {
    var value = 0.0
    var scale = 1.0
    var digits = 0
    var isFraction = false
    let isNegative = text.byte(0) == UInt8(ascii: "-")
    for index in (isNegative ? 1 : 0)..<Swift.max(isNegative ? 1 : 0, text.count) {
      let byte = text[index]
      if byte == UInt8(ascii: "."), !isFraction {
        isFraction = true
        continue
      }
      guard byte >= 48, byte <= 57, digits < 12 else { return nil }
      value = value * 10 + Double(byte - 48)
      if isFraction { scale *= 10 }
      digits += 1
    }
    return digits == 0 ? nil : (isNegative ? -value : value) / scale
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let line = pdu.rest().trimmed()
    guard let command = SICSCommand.index(line) else { return }
    // An answer repeats the command and adds a state: S, D, A, B, I, L, +, -.
    let name = SICSCommand.all[command].name
    let rest = line.rest(from: name.utf8CodeUnitCount).trimmed()
    guard !context.senderIsClient else {
      out.operation(Operation(UInt64(command), .request))
      return
    }
    let state = rest.byte(0) ?? UInt8(ascii: "A")
    // I: not executable now; L: wrong parameter; + and -: outside the range.
    let isFailure = rest.count == 1 && (state == 73 || state == 76 || state == 43 || state == 45)
    var operation = Operation(UInt64(command), .response, outcome: isFailure ? .failure(UInt32(state)) : .success)
    var index = 2
    if Self.isWeight(line), let value = Self.weight(rest.word(after: &index)) {
      operation.values = Operation.Values(value)
    }
    out.operation(operation)
    guard let attribute = SICSCommand.all[command].attribute else { return }
    let value = Self.quoted(rest)
    guard !value.isEmpty, told.isNew(value, salt: UInt64(command)) else { return }
    out.identity(.sender, attribute, out.text(value))
  }

  /// The text in quotation marks.
  @_lifetime(copy text)
  private static func quoted(_ text: Span<UInt8>) -> Span<UInt8> {
    guard let open = text.first(UInt8(ascii: "\"")), let close = text.first(UInt8(ascii: "\""), from: open + 1) else {
      return text.extracting(0..<0)
    }
    return text.extracting((open + 1)..<close)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code < UInt64(SICSCommand.all.count) else {
      return OperationDescription(code: "?", name: "unknown command", kind: .other)
    }
    let command = SICSCommand.all[Int(code)]
    return OperationDescription(code: "\(command.name)", name: command.title, kind: command.kind)
  }
}

/// Commands of levels 0 to 3, longer names before their beginnings.
private enum SICSCommand {
  typealias Entry = (name: StaticString, title: String, kind: OperationKind, attribute: IdentityAttribute?)

  static let all: [Entry] = [
    ("SIRU", "weight at each change of unit", .read, nil), ("SIR", "weight repeatedly", .read, nil),
    ("SI", "weight at once", .read, nil), ("SNR", "weight at each change", .read, nil),
    ("SR", "weight at each change", .read, nil), ("SU", "weight in the shown unit", .read, nil),
    ("S", "stable weight", .read, nil), ("ZI", "zero at once", .control, nil), ("Z", "zero", .control, nil),
    ("TAC", "clear the tare", .control, nil), ("TA", "tare memory", .write, nil), ("TI", "tare at once", .control, nil),
    ("T", "tare", .control, nil), ("I0", "list of commands", .discover, nil),
    ("I1", "levels of the command set", .discover, nil), ("I2", "model and range", .discover, .productName),
    ("I3", "software version", .discover, .softwareVersion), ("I4", "serial number", .discover, .serialNumber),
    ("I5", "software number", .discover, .productCode), ("I10", "name of the scale", .discover, .name),
    ("I11", "type of the scale", .discover, .deviceType), ("DW", "show the weight", .control, nil),
    ("D", "text on the display", .write, nil), ("K", "keys", .control, nil), ("@", "reset", .control, nil),
    ("C1", "start of adjustment", .configure, nil), ("C3", "start of adjustment", .configure, nil),
    ("M", "setting", .configure, nil), ("PWR", "power", .control, nil), ("FSET", "factory settings", .configure, nil),
  ]

  /// The command a line starts with: letters and digits up to the blank.
  static func index(_ line: Span<UInt8>) -> Int? {
    for index in all.indices where line.hasASCII(all[index].name) {
      guard let next = line.byte(all[index].name.utf8CodeUnitCount), next != 32 else { return index }
      let isSetting = all[index].name.utf8CodeUnitCount == 1 && line[0] == UInt8(ascii: "M")
      if isSetting, next >= 48, next <= 57 { return index }
    }
    return nil
  }
}
