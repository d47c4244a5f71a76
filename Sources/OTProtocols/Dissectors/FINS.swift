import OTCore

/// Omron FINS over UDP and TCP.
/// Omron, Communications Commands Reference Manual W227/W342, section 5; FINS/TCP: CS1W-ETN21 manual W421, section 7-4.
public struct FINSDissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "fins", name: "Omron FINS", specification: "Omron W342 section 5; W421 section 7-4 (FINS/TCP)",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "all commands with their end codes, memory areas, mode changes, model and version of the controller",
      displayFilter: "omron")
  ]
  public static let claims: [Claim] = [.udp(9600), .tcp(9600)]
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()
  /// What requests were for, by service id and command: an answer repeats both, and no address.
  private var requests = RequestTable<Operation.Object>()

  public init() {}

  // MARK: framing

  /// FINS/TCP: magic `FINS`, length of what follows, command, error. FINS/UDP: the frame alone, known by tied fields.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    if hint.isStream {
      guard let magic = bytes.be32(0) else { return hint.isClaimed ? .needMore : .notThisProtocol }
      guard magic == tcpMagic else { return .notThisProtocol }
      guard let length = bytes.be32(4), let command = bytes.be32(8) else { return .needMore }
      guard length >= 8, length <= 4096, command <= 6 else { return .notThisProtocol }
      return .pdu(byteCount: 8 + Int(length))
    }
    if bytes.be32(0) == tcpMagic, let length = bytes.be32(4), length >= 8, length <= 4096 {
      return .pdu(byteCount: min(8 + Int(length), bytes.count))
    }
    guard hint.isClaimed, isFrame(bytes) else {
      return isUnmistakable(bytes) ? .pdu(byteCount: bytes.count) : .notThisProtocol
    }
    guard hint.isEstablished || isKnown(bytes.be16(10) ?? 0) else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  private static let tcpMagic: UInt32 = 0x4649_4e53

  private static func isKnown(_ command: UInt16) -> Bool { describe(command).1 != .other }

  /// Section 3-3: control field (bit 7 gateway, 6 response, 0 no response wanted), reserved 0, gateway count at most 7,
  /// networks 0 to 127.
  private static func isFrame(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= 12, bytes.count <= 2014, let control = bytes.byte(0), control & 0x3e == 0,
      bytes.byte(1) == 0, let gateways = bytes.byte(2), gateways <= 7, let main = bytes.byte(10), main >= 1,
      main <= 0x28, bytes[3] <= 127, bytes[6] <= 127
    else { return false }
    return control & 0x40 == 0 || bytes.count >= 14
  }

  /// Whether no port has to speak for a datagram: an everyday request that wants an answer, in which each field that can be
  /// wrong is right and whose length is that of its command. Sections 3-3, 5-2 and 5-3.
  private static func isUnmistakable(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= 12, bytes[0] == 0x80, bytes[1] == 0, bytes[2] == 2, bytes[3] <= 127, bytes[6] <= 127,
      bytes[7] != 0
    else { return false }
    switch bytes.be16(10) {
    // Model and version, operating state, clock.
    case 0x0501, 0x0601, 0x0701: return bytes.count == 12
    // Area, address of a word and a bit, number of items: words of areas from 0x80 on, else bits in an octet each.
    case 0x0101, 0x0102:
      guard let area = bytes.byte(12), let bit = bytes.byte(15), let count = bytes.be16(16).map(Int.init) else {
        return false
      }
      let isWords = area >= 0x80
      guard isWords ? bit == 0 : bit <= 15 && area < 0x50, count >= 1, count <= 999 else { return false }
      return bytes.count == (bytes[11] == 1 ? 18 : 18 + count * (isWords ? 2 : 1))
    default: return false
    }
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    told.listen(to: context)
    if pdu.bytes.be32(0) == Self.tcpMagic {
      try pdu.skip(8, "magic and length")
      let command = try pdu.u32("command")
      let error = try pdu.u32("error code")
      if error != 0 { out.anomaly("FINS/TCP error code", .invalid, at: 12) }
      // 0 and 1 hand out node addresses, 3 to 6 are errors and confirmations.
      guard command == 2 else { return }
    }
    try message(&pdu, into: &out)
  }

  private mutating func message(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    let isResponse = try pdu.u8("information control field") & 0x40 != 0
    try pdu.skip(2, "reserved and gateway count")
    let network = try pdu.u8("destination network")
    let node = try pdu.u8("destination node")
    let unit = try pdu.u8("destination unit")
    try pdu.skip(3, "source address")
    let service = try pdu.u8("service id")
    let code = try pdu.u16("command code")
    var operation = Operation(UInt64(code), isResponse ? .response : .request)
    let key = UInt64(service) | UInt64(code) << 8
    guard isResponse else {
      operation.object = Self.object(code, pdu.peekRest(), network, node, unit)
      requests.remember(operation.object, for: key)
      out.operation(operation)
      return
    }
    operation.object = requests.request(key) ?? .none
    let end = try pdu.u16("end code")
    // Bits 6 and 7 of the low octet report errors of the controller, bit 15 one of the relay: the command passed.
    let failure = end & 0x7f3f
    operation.outcome = failure == 0 ? .success : .failure(UInt32(failure))
    out.operation(operation)
    guard failure == 0, code == Command.readControllerData else { return }
    tell(.productName, pdu.bytes.clamped(from: pdu.offset, count: 20), into: &out)
    tell(.firmwareVersion, pdu.bytes.clamped(from: pdu.offset + 20, count: 20), into: &out)
  }

  /// Section 5-3-17: model and version, 20 characters each; a request for connected units has other data in the answer.
  private mutating func tell(
    _ attribute: IdentityAttribute, _ field: Span<UInt8>, into out: inout ObservationBuffer
  ) {
    let value = field.untilNUL().trimmed()
    guard field.count == 20, !value.isEmpty, value.isPlainText,
      told.isNew(value, salt: UInt64(attribute.rawValue))
    else { return }
    out.identity(.sender, attribute, out.text(value))
  }

  enum Command {
    static let readControllerData: UInt16 = 0x0501
  }

  // MARK: objects

  /// Memory area, address and count of memory commands; else network, node and unit that are asked.
  private static func object(
    _ code: UInt16, _ parameters: Span<UInt8>, _ network: UInt8, _ node: UInt8, _ unit: UInt8
  ) -> Operation.Object {
    switch code {
    case 0x0101, 0x0102, 0x0103:
      guard let area = parameters.byte(0), let address = parameters.be16(1), let bit = parameters.byte(3),
        let count = parameters.be16(4)
      else { return .none }
      return .numbers(UInt32(area), UInt32(address), UInt32(bit), UInt32(count))
    default: return .numbers(0x100, UInt32(network), UInt32(node), UInt32(unit))
    }
  }

  public static func describe(
    object area: UInt32, _ address: UInt32, _ bit: UInt32, _ count: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    guard area < 0x100 else { return "network \(address) node \(bit) unit \(count)" }
    let name =
      switch area {
      case 0x30, 0xb0: "CIO"
      case 0x31, 0xb1: "W"
      case 0x32, 0xb2: "H"
      case 0x33, 0xb3: "A"
      case 0x02, 0x82: "D"
      case 0x09, 0x89: "T/C"
      case 0x20...0x2f, 0xa0...0xaf, 0x90...0x97: "E"
      default: "area " + hexadecimal(area, digits: 2) + " "
      }
    // Areas of bits have the top bit of their code clear.
    let place = area & 0x80 == 0 ? "\(name)\(address).\(bit)" : "\(name)\(address)"
    return count > 1 ? "\(place) x \(count)" : place
  }

  // MARK: names

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind) = describe(UInt16(truncatingIfNeeded: code))
    return OperationDescription(code: hexadecimal(code, digits: 4), name: name, kind: kind)
  }

  /// W342 section 5-1; 21xx to 26xx as the manuals of the single units call them.
  private static func describe(_ code: UInt16) -> (String, OperationKind) {
    switch code {
    case 0x0101: ("memory area read", .read)
    case 0x0102: ("memory area write", .write)
    case 0x0103: ("memory area fill", .write)
    case 0x0104: ("multiple memory area read", .read)
    case 0x0105: ("memory area transfer", .write)
    case 0x0201: ("parameter area read", .read)
    case 0x0202: ("parameter area write", .configure)
    case 0x0203: ("parameter area clear", .configure)
    case 0x0220: ("data link table read", .read)
    case 0x0221: ("data link table write", .configure)
    case 0x0304: ("program area protect", .configure)
    case 0x0305: ("program area protect clear", .configure)
    case 0x0306: ("program area read", .program)
    case 0x0307: ("program area write", .program)
    case 0x0308: ("program area clear", .program)
    case 0x0401: ("run", .control)
    case 0x0402: ("stop", .control)
    case 0x0403: ("reset", .control)
    case 0x0501: ("controller data read", .discover)
    case 0x0502: ("connection data read", .discover)
    case 0x0601: ("controller status read", .diagnose)
    case 0x0602: ("network status read", .diagnose)
    case 0x0603: ("data link status read", .diagnose)
    case 0x0620: ("cycle time read", .diagnose)
    case 0x0701: ("clock read", .read)
    case 0x0702: ("clock write", .time)
    case 0x0801: ("loop-back test", .diagnose)
    case 0x0802: ("broadcast test results read", .diagnose)
    case 0x0803: ("broadcast test data send", .diagnose)
    case 0x0920: ("message read, clear, fal read", .diagnose)
    case 0x0c01: ("access right acquire", .session)
    case 0x0c02: ("access right forced acquire", .session)
    case 0x0c03: ("access right release", .session)
    case 0x2101: ("error clear", .configure)
    case 0x2102: ("error log read", .diagnose)
    case 0x2103: ("error log clear", .configure)
    case 0x2140: ("fins write access log read", .diagnose)
    case 0x2141: ("fins write access log clear", .configure)
    case 0x2201: ("file name read", .discover)
    case 0x2202: ("single file read", .read)
    case 0x2203: ("single file write", .program)
    case 0x2204: ("file memory format", .configure)
    case 0x2205: ("file delete", .program)
    case 0x2206: ("volume label write", .configure)
    case 0x2207: ("file copy", .program)
    case 0x2208: ("file name change", .configure)
    case 0x2209: ("file data check", .diagnose)
    case 0x220a: ("memory area file transfer", .program)
    case 0x220b: ("parameter area file transfer", .program)
    case 0x220c: ("program area file transfer", .program)
    case 0x220f: ("file memory index read", .discover)
    case 0x2210: ("file memory read", .read)
    case 0x2211: ("file memory write", .program)
    case 0x2215: ("directory create or delete", .configure)
    case 0x2220: ("memory cassette transfer", .program)
    case 0x2301: ("forced set or reset", .control)
    case 0x2302: ("forced set or reset cancel", .control)
    case 0x230a: ("multiple forced status read", .read)
    case 0x2601: ("name set", .configure)
    case 0x2602: ("name delete", .configure)
    case 0x2603: ("name read", .discover)
    default: ("command " + hexadecimal(code, digits: 4), .other)
    }
  }
}
