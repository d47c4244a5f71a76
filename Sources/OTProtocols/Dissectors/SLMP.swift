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
      if command == Command.write { operation.values = Self.values(sub, data) }
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
    static let readRandom: UInt16 = 0x0403
    static let writeRandom: UInt16 = 0x1402
    static let write: UInt16 = 0x1401
    static let remoteUnlock: UInt16 = 0x1630
  }

  private static let unknownCommand: UInt64 = 0x1_0000

  /// Section 5.2: the first device of a command and how many there are of it (batch) or with it (random).
  private static func object(_ command: UInt16, _ sub: UInt16, _ data: SLMPData) -> Operation.Object {
    let first = data.start + 3 * data.width
    let isWide = sub & 2 != 0
    switch command {
    case Command.read, Command.write:
      guard let device = data.device(at: first, isWide: isWide), let count = data.count(at: device.end) else {
        return .none
      }
      return .numbers(device.code, device.number, count, 0)
    case Command.readRandom, Command.writeRandom:
      // Words and double words are counted, bits alone.
      let isBits = command == Command.writeRandom && sub & 1 != 0
      let short = data.width / 2
      guard let words = data.shortCount(at: first), let doubles = isBits ? 0 : data.shortCount(at: first + short),
        let device = data.device(at: first + (isBits ? 1 : 2) * short, isWide: isWide)
      else { return .none }
      return .numbers(device.code, device.number, words + doubles, 1)
    default: return .none
    }
  }

  /// Words that a batch write brings, in binary.
  private static func values(_ sub: UInt16, _ data: SLMPData) -> Operation.Values? {
    guard !data.isASCII, sub & 1 == 0, let device = data.device(at: data.start + 6, isWide: sub & 2 != 0),
      let count = data.bytes.le16(device.end).map(Int.init), count > 0
    else { return nil }
    var (low, high) = (UInt16.max, UInt16.min)
    for index in 0..<Swift.min(count, Limits.itemsPerPDU) {
      guard let word = data.bytes.le16(device.end + 2 + 2 * index) else { return nil }
      low = Swift.min(low, word)
      high = Swift.max(high, word)
    }
    return Operation.Values(low: Double(low), high: Double(high))
  }

  public static func describe(
    object code: UInt32, _ number: UInt32, _ count: UInt32, _ isRandom: UInt32, operation: UInt64, layer: Int
  ) -> String? {
    let device = SLMPDevice.all.first { $0.code == code }
    let name = device?.name ?? "device " + hexadecimal(code, digits: 2) + " "
    let place = name + (device?.isHexadecimal == true ? String(number, radix: 16, uppercase: true) : "\(number)")
    guard count > 1 else { return place }
    return isRandom == 1 ? "\(place) and \(count - 1) more" : "\(place) x \(count)"
  }
}
