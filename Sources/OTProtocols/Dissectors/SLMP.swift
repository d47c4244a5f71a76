import OTCore

/// SLMP, the MELSEC communication protocol (MC protocol), frames 3E and 4E in binary and ASCII.
/// CLPA BAP-C2006ENG-001; Mitsubishi, SLMP Reference Manual SH-080956ENG, chapters 3 and 5.
public struct SLMPDissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "slmp", name: "SLMP / MELSEC MC protocol", specification: "CLPA BAP-C2006; SH-080956ENG chapters 3 and 5",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "all commands with their end codes, devices and counts, remote run and stop, type name of the CPU",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [
    .tcp(5000), .udp(5000), .tcp(5001), .udp(5001), .tcp(5002), .udp(5002), .tcp(5010), .udp(5010), .tcp(5007),
    .tcp(5562), .udp(5562), .tcp(1280), .udp(1280),
  ]
  public static let probe = ProbeStrength.strong

  /// Requests by serial number of frame 4E (0 in 3E, where one at a time is outstanding).
  private var requests = RequestTable<Request>()
  private var told = RecentValues()
  private var login = PendingLogin()

  struct Request: Sendable {
    var code: UInt64
    var object: Operation.Object
  }

  public init() {}

  // MARK: framing

  /// Chapter 3: subheader, in frame 4E a serial number, then network, station, module I/O, multidrop station, length.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let header = SLMPHeader(bytes) else {
      let isStart = bytes.count < 30 && SLMPHeader.mayBegin(bytes)
      return hint.isStream && hint.isClaimed && isStart ? .needMore : .notThisProtocol
    }
    guard header.isPlausible(bytes, strictly: !hint.isEstablished) else {
      // Of a first request the command may be still to come.
      let isCut = bytes.count < header.dataStart + (header.isASCII ? 12 : 6)
      let mayBe = hint.isStream && hint.isClaimed && isCut && header.isPlausible(bytes, strictly: false)
      return mayBe ? .needMore : .notThisProtocol
    }
    let length = header.dataStart + header.dataLength
    return hint.isStream || length == bytes.count ? .pdu(byteCount: length) : .notThisProtocol
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard let header = SLMPHeader(pdu.bytes) else { throw DecodeError("subheader", at: 0, .invalid) }
    let data = SLMPData(isASCII: header.isASCII, bytes: pdu.bytes, start: header.dataStart)
    let key = UInt64(header.serial)
    guard header.isResponse else {
      guard let command = data.word(1), let sub = data.word(2) else {
        throw DecodeError("command", at: header.dataStart, .truncated)
      }
      var operation = Operation(UInt64(command), .request)
      operation.object = Self.object(command, sub, data)
      requests.remember(Request(code: operation.code, object: operation.object), for: key)
      out.operation(operation)
      if command == Command.remoteUnlock, let length = data.word(3), !header.isASCII {
        let password = pdu.bytes.clamped(from: header.dataStart + 8, count: Int(length))
        login.sent(.clearText, login.judge(password: password), into: &out)
      }
      return
    }
    guard let end = data.word(0) else { throw DecodeError("end code", at: header.dataStart, .truncated) }
    let asked = requests.request(key)
    out.operation(
      Operation(
        asked?.code ?? Self.unknownCommand, .response, outcome: end == 0 ? .success : .failure(UInt32(end)),
        object: asked?.object ?? .none))
    switch asked.map({ UInt16(truncatingIfNeeded: $0.code) }) {
    case Command.readTypeName where end == 0:
      let name = pdu.bytes.clamped(from: header.dataStart + data.width, count: 16).trimmed()
      if name.isPlainText, told.isNew(name) { out.identity(.sender, .productName, out.text(name)) }
    case Command.remoteUnlock: login.answered(end == 0, into: &out)
    default: break
    }
  }

  enum Command {
    static let readTypeName: UInt16 = 0x0101
    static let read: UInt16 = 0x0401
    static let write: UInt16 = 0x1401
    static let remoteUnlock: UInt16 = 0x1630
  }

  private static let unknownCommand: UInt64 = 0x1_0000

  /// Device, first number and count of batch reads and writes, chapter 5.2: 3 + 1 octets, with subcommand bit 1 (iQ-R)
  /// 4 + 2.
  private static func object(_ command: UInt16, _ sub: UInt16, _ data: SLMPData) -> Operation.Object {
    guard command == Command.read || command == Command.write else { return .none }
    guard let start = data.device(isWide: sub & 2 != 0) else { return .none }
    return .numbers(start.code, start.number, start.count, 0)
  }

  public static func describe(
    object device: UInt32, _ number: UInt32, _ count: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    let (name, isHexadecimal): (String, Bool) =
      switch device {
      case 0x9c: ("X", true)
      case 0x9d: ("Y", true)
      case 0x90: ("M", false)
      case 0x91: ("SM", false)
      case 0x92: ("L", false)
      case 0x93: ("F", false)
      case 0x94: ("V", false)
      case 0xa0: ("B", true)
      case 0xa1: ("SB", true)
      case 0xa8: ("D", false)
      case 0xa9: ("SD", false)
      case 0xaf: ("R", false)
      case 0xb0: ("ZR", true)
      case 0xb4: ("W", true)
      case 0xb5: ("SW", true)
      case 0xc1: ("TS", false)
      case 0xc2: ("TN", false)
      case 0xc4: ("CS", false)
      case 0xc5: ("CN", false)
      default: ("device " + hexadecimal(device, digits: 2) + " ", false)
      }
    let place = name + (isHexadecimal ? String(number, radix: 16, uppercase: true) : "\(number)")
    return count > 1 ? "\(place) x \(count)" : place
  }
}
