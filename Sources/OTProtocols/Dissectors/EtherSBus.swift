import OTCore

/// Ether-S-Bus: Saia-Burgess PCD controllers over UDP. No public specification; fields and commands as in Wireshark's
/// `packet-sbus` (Durrer 2010).
public struct EtherSBus: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "sbus", name: "Ether-S-Bus", specification: "Saia-Burgess (unpublished); Wireshark packet-sbus",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "all commands and their station, refusals, type and firmware of the controller; not the values",
      displayFilter: "sbus")
  ]
  public static let claims: [Claim] = [.udp(5050)]
  public static let probe = ProbeStrength.strong

  /// Commands of requests by their sequence number.
  private var asked = RequestTable<UInt8>()
  private var told = RecentValues()

  public init() {}

  // MARK: framing

  private static let headerBytes = 9

  /// Length of everything, version, type, sequence number, attribute, data, CRC.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, let length = bytes.be32(0).map(Int.init), length >= 11, length <= 1500,
      let version = bytes.byte(4), version <= 1, bytes.byte(5) == 0, let attribute = bytes.byte(8), attribute <= 2
    else { return .notThisProtocol }
    guard length <= bytes.count else { return hint.isClaimed ? .pdu(byteCount: length) : .notThisProtocol }
    return bytes.be16(length - 2) == bytes.extracting(0..<(length - 2)).crc16(from: 0)
      ? .pdu(byteCount: length) : .notThisProtocol
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(6, "length and version")
    let sequence = UInt64(try pdu.u16("sequence number"))
    let attribute = try pdu.u8("attribute")
    guard attribute != 0 else {
      let station = try pdu.u8("station")
      let command = try pdu.u8("command")
      asked.remember(command, for: sequence)
      out.operation(Operation(UInt64(command), .request, object: .numbers(UInt32(station), 0, 0, 0)))
      return
    }
    let command = asked.request(sequence)
    var operation = Operation(command.map(UInt64.init) ?? Self.answer, .response, outcome: .success)
    if attribute == 2 {
      let code = try pdu.u16("acknowledgement")
      if code != 0 { operation.outcome = .failure(UInt32(code)) }
    } else if command == Self.readVersion {
      let text = pdu.peekRest()
      if text.count >= 10, text.clamped(from: 0, count: 8).isPrintable, told.isNew(text.clamped(from: 0, count: 8)) {
        out.identity(.sender, .vendor, out.text("Saia-Burgess"))
        out.identity(.sender, .productName, out.text(text.extracting(0..<5)))
        out.identity(.sender, .firmwareVersion, out.text(text.extracting(5..<8)))
      }
    }
    out.operation(operation)
  }

  // MARK: names

  private static let readVersion: UInt8 = 0x20
  /// An answer whose request was not seen.
  private static let answer: UInt64 = 0x100

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code != answer else { return OperationDescription(code: "answer", name: "answer", kind: .other) }
    let (name, kind): (String, OperationKind) =
      names[UInt8(truncatingIfNeeded: code)] ?? ranged(code) ?? ("command \(hexadecimal(code, digits: 2))", .other)
    return OperationDescription(code: hexadecimal(code, digits: 2), name: name, kind: kind)
  }

  /// Commands of which there is one for each processor.
  private static func ranged(_ code: UInt64) -> (String, OperationKind)? {
    switch code {
    case 0x14...0x1b: ("read status", .diagnose)
    case 0x28...0x30: ("run procedure", .control)
    case 0x32...0x39: ("restart cold", .control)
    case 0x3c...0x44: ("stop procedure", .control)
    case 0x5a...0x5e: ("clear media", .control)
    case 0x64...0x6b: ("restart warm", .control)
    default: nil
    }
  }

  private static let names: [UInt8: (String, OperationKind)] = [
    0x00: ("read counters", .read), 0x01: ("read display register", .read), 0x02: ("read flags", .read),
    0x03: ("read inputs", .read), 0x04: ("read clock", .read), 0x05: ("read outputs", .read),
    0x06: ("read registers", .read), 0x07: ("read timers", .read), 0x0a: ("write counters", .write),
    0x0b: ("write flags", .write), 0x0c: ("write clock", .time), 0x0d: ("write outputs", .write),
    0x0e: ("write registers", .write), 0x0f: ("write timers", .write), 0x13: ("read or write several media", .write),
    0x1d: ("read station number", .discover), 0x1e: ("read user memory", .read), 0x1f: ("read program line", .program),
    0x20: ("read firmware version", .discover), 0x21: ("read text", .read), 0x22: ("read active transition", .diagnose),
    0x23: ("write user memory", .program), 0x24: ("write program line", .program), 0x25: ("write text", .write),
    0x46: ("read arithmetic status", .diagnose), 0x47: ("read byte", .read), 0x48: ("read halt register", .diagnose),
    0x49: ("read index register", .diagnose), 0x4a: ("read instruction pointer", .diagnose),
    0x4b: ("find history", .diagnose), 0x50: ("write arithmetic status", .write), 0x51: ("write byte", .write),
    0x52: ("write index register", .write), 0x53: ("write instruction pointer", .control),
    0x6e: ("change block", .program), 0x6f: ("clear history", .configure), 0x70: ("delete program line", .program),
    0x71: ("go conditional", .control), 0x72: ("insert program line", .program), 0x73: ("local cycle", .control),
    0x74: ("all cycles", .control), 0x75: ("make text", .program), 0x76: ("execute instruction", .control),
    0x77: ("single step", .control), 0x82: ("interrupt 17", .control), 0x83: ("interrupt 18", .control),
    0x84: ("interrupt 19", .control), 0x91: ("read hang-up timeout", .read), 0x96: ("read data block", .read),
    0x97: ("write data block", .write), 0x98: ("make data block", .program), 0x99: ("clear data block", .write),
    0x9a: ("clear text", .write), 0x9b: ("read block addresses", .diagnose), 0x9c: ("read block sizes", .diagnose),
    0x9d: ("read current block", .diagnose), 0x9e: ("read call stack", .diagnose), 0x9f: ("read special block", .read),
    0xa1: ("read EEPROM register", .read), 0xa3: ("write EEPROM register", .configure),
    0xa5: ("erase flash", .program), 0xa6: ("restart cold flag", .control), 0xa7: ("write system buffer", .configure),
    0xa8: ("read system buffer", .read), 0xa9: ("read or write block", .program), 0xaa: ("get diagnostic", .diagnose),
    0xab: ("read system information", .discover), 0xac: ("change blocks in run", .program),
    0xad: ("flash card", .program), 0xae: ("download firmware", .firmware), 0xaf: ("web server", .other),
  ]

  public static func describe(
    object station: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    "station \(station)"
  }
}
