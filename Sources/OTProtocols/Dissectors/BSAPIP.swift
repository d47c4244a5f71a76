import OTCore

/// Bristol Standard Asynchronous Protocol over UDP: Emerson's ControlWave controllers, in messages of its own for networks
/// and in the frames of serial lines. No public specification of the former; fields as in CISA's ICSNPP-BSAP, messages and
/// frames as in Emerson D4052 (BSAP messages).
public struct BSAPIP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "bsap_ip", name: "BSAP over IP", specification: "Emerson D4052; ICSNPP-BSAP", isIndustrial: true,
      depth: .operations, reads: "messages and acknowledgements; reads and writes of signals in the database",
      displayFilter: ""),
    ProtocolInfo(
      id: "bsap_serial", name: "BSAP, frames of serial lines", specification: "Emerson D4052; ICSNPP-BSAP",
      isIndustrial: true, depth: .operations,
      reads: "station, task that is spoken to, reads and writes of signals, refusals", displayFilter: ""),
  ]
  public static let claims: [Claim] = [.udp(1234), .udp(1235)]
  public static let probe = ProbeStrength.strong

  /// What was asked, by sequence number: answers do not repeat it.
  private var requests = RequestTable<UInt64>()

  public init() {}

  /// Identification 0x000e, number of messages, function, sequence and acknowledged number.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, bytes.count >= 9 else { return .notThisProtocol }
    if bytes.be16(0) == beginning {
      return hint.isEstablished || isFrame(bytes) ? .pdu(byteCount: bytes.count) : .notThisProtocol
    }
    guard bytes.count >= 14, bytes.le16(0) == 0x000e, let count = bytes.le16(2), count <= 16,
      let function = bytes.le16(4), isKnown(function)
    else { return .notThisProtocol }
    // Without messages the header stands alone.
    guard (count == 0) == (bytes.count == 14) else { return .notThisProtocol }
    guard hint.isClaimed || isUnmistakable(bytes) else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  private static func isKnown(_ function: UInt16) -> Bool { function <= 16 || function == 0x84 || function == 0x86 }

  /// Whether no port has to speak for a datagram: one request to the database that is as long as it says, under the number
  /// of the datagram itself.
  private static func isUnmistakable(_ bytes: Span<UInt8>) -> Bool {
    bytes.le16(2) == 1 && bytes.le16(4) == 6 && bytes.le32(14) == UInt32(truncatingIfNeeded: bytes.count - 14)
      && bytes.byte(18) == 0x0c && bytes.le32(19) == bytes.le32(6) && bytes.byte(destinationIndex) == Task.database
  }

  /// Tasks that messages are for: D4052, appendix A.
  private enum Task {
    static let computer: UInt8 = 0x03
    static let database: UInt8 = 0xa0
    static let databaseExtension: UInt8 = 0xa1
  }

  /// Place of the destination function of a message, behind its size, type and numbers.
  private static let destinationIndex = 23

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if pdu.bytes.be16(0) == Self.beginning { return try serial(pdu.bytes, into: &out) }
    try pdu.skip(2, "identification")
    let count = try pdu.u16le("number of messages")
    let type = try pdu.u16le("function")
    var operation = Operation(UInt64(count), .request)
    if type == 5 || type == 1 {
      operation.code |= Self.answerFlag
    } else if let task = pdu.bytes.byte(Self.destinationIndex) {
      let message = pdu.bytes.clamped(from: Self.destinationIndex + 2, count: pdu.bytes.count)
      if task == Task.database || task == Task.databaseExtension {
        operation.code |= Self.code(task, message)
        operation.object = Self.signal(message, into: &out)
      }
    }
    out.operation(operation)
  }

  // MARK: frames of serial lines

  /// DLE and STX.
  private static let beginning: UInt16 = 0x1002

  /// Whether the bytes are one frame: behind DLE and ETX the CRC of what stands between, with ETX, whose DLEs are doubled.
  private static func isFrame(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count <= 600, bytes[bytes.count - 4] == 0x10, bytes[bytes.count - 3] == 0x03 else { return false }
    var crc: UInt16 = 0xffff
    var index = 2
    while index < bytes.count - 4 {
      if bytes[index] == 0x10 {
        index += 1
        guard index < bytes.count - 4, bytes[index] == 0x10 else { return false }
      }
      crc = ReflectedCRC16.hdlc.remainder(of: bytes[index], from: crc)
      index += 1
    }
    return bytes.le16(bytes.count - 2) == ReflectedCRC16.hdlc.remainder(of: 0x03, from: crc)
  }

  /// Address (its highest bit: of the whole network), serial number, destination function, sequence, source function, status.
  private mutating func serial(_ bytes: Span<UInt8>, into out: inout ObservationBuffer) throws(DecodeError) {
    var frame: [UInt8] = []
    frame.reserveCapacity(bytes.count)
    var index = 2
    while index < bytes.count - 4 {
      if bytes[index] == 0x10 { index += 1 }
      frame.append(bytes[index])
      index += 1
    }
    var cursor = ByteCursor(frame.span)
    let address = try cursor.u8("address")
    try cursor.skip(1, "serial number")
    // Addresses of both ends and a control octet.
    if address & 0x80 != 0 { try cursor.skip(5, "global addresses") }
    let task = try cursor.u8("destination function")
    guard !cursor.isAtEnd else {
      // Polls and acknowledgements of the line end here.
      return out.operation(
        Operation(Self.lineFlag | UInt64(task) << 8, .request, layer: 1, object: Self.station(address)))
    }
    let sequence = UInt64(try cursor.u16le("sequence"))
    let source = try cursor.u8("source function")
    try cursor.skip(1, "node status")
    let message = cursor.rest()
    if task == Task.computer, source != Task.computer {
      let status = message.byte(0) ?? 0
      out.operation(
        Operation(
          requests.request(sequence) ?? Self.lineFlag | UInt64(source) << 8, .response, layer: 1,
          outcome: status == 0 ? .success : .failure(UInt32(status)), object: Self.station(address)))
    } else {
      let code = Self.lineFlag | Self.code(task, message)
      requests.remember(code, for: sequence)
      var object = Self.signal(message, into: &out)
      if case .none = object { object = Self.station(address) }
      out.operation(Operation(code, .request, layer: 1, object: object))
    }
  }

  private static func station(_ address: UInt8) -> Operation.Object { .numbers(UInt32(address & 0x7f), 0, 0, 0) }

  /// The first name of a read by name, which ends with 0: behind what fields are asked for (a bit for each octet that
  /// follows), a security level and the number of names.
  private static func signal(_ message: Span<UInt8>, into out: inout ObservationBuffer) -> Operation.Object {
    guard let function = message.byte(0), function == 0x04 || function == 0x06, let fields = message.byte(1) else {
      return .none
    }
    let start = 4 + fields.nonzeroBitCount
    guard let end = message.first(0, from: start), end > start else { return .none }
    let name = message.extracting(start..<end)
    return name.isPlainText ? .text(out.text(name)) : .none
  }

  // MARK: names

  private static let answerFlag: UInt64 = 1 << 48
  private static let lineFlag: UInt64 = 1 << 49

  /// Task above 8 bits, its function above 16; the low 8 bits count messages of networks.
  private static func code(_ task: UInt8, _ message: Span<UInt8>) -> UInt64 {
    let function =
      switch task {
      case Task.database: UInt64(message.byte(0) ?? 0)
      case Task.databaseExtension: UInt64(message.le16(0) ?? 0)
      default: UInt64(0)
      }
    return UInt64(task) << 8 | function << 16
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let task = UInt8(truncatingIfNeeded: code >> 8)
    let function = UInt16(truncatingIfNeeded: code >> 16)
    if code & lineFlag != 0 {
      let (name, kind) = describe(task, function)
      let number = task == Task.database || task == Task.databaseExtension ? "/" + hexadecimal(function, digits: 2) : ""
      return OperationDescription(code: hexadecimal(task, digits: 2) + number, name: name, kind: kind)
    }
    let text = "type\(code & 0xff)"
    guard task != 0 else {
      let isEmpty = code & 0xff == 0
      let name = isEmpty ? "acknowledge" : code & answerFlag != 0 ? "answer" : "message"
      return OperationDescription(code: text, name: name, kind: isEmpty ? .session : .other)
    }
    let (name, kind) = describe(task, function)
    return OperationDescription(code: text, name: name, kind: kind)
  }

  private static func describe(_ task: UInt8, _ function: UInt16) -> (String, OperationKind) {
    switch task {
    case Task.database: database(function)
    case Task.databaseExtension: databaseExtension(function)
    case Task.computer, 0x40: ("message to a computer", .other)
    case 0x48: ("diagnostics", .diagnose)
    case 0x68: ("flash download", .firmware)
    case 0x6a: ("flash configuration", .configure)
    case 0x70, 0x71: ("command handler", .control)
    case 0x78: ("download", .program)
    case 0x81, 0x83, 0x86, 0x87, 0x8a, 0x8b, 0x95: ("acknowledge", .session)
    case 0x85: ("poll", .session)
    case 0x88, 0x89: ("time and routing table", .time)
    case 0xa2, 0xa3: ("report by exception", .report)
    case 0xa8...0xaa: ("alarm", .report)
    case 0xb0, 0xb1: ("peer to peer", .other)
    default: ("task \(hexadecimal(task, digits: 2))", .other)
    }
  }

  /// Remote database access, D4052 section 4.
  private static func database(_ function: UInt16) -> (String, OperationKind) {
    switch function {
    case 0x00: ("read signal by address", .read)
    case 0x02: ("read logical signal by address", .read)
    case 0x04: ("read signal by name", .read)
    case 0x06: ("read logical signal by name", .read)
    case 0x0c, 0x0d: ("read signal by list", .read)
    case 0x0e, 0x0f: ("read logical signal by list", .read)
    case 0x80: ("write signal by address", .write)
    case 0x84: ("write signal by name", .write)
    case 0x8c, 0x8d: ("write signal by list", .write)
    default: ("database function \(function)", function & 0x80 != 0 ? .write : .read)
    }
  }

  /// Of gas flow computers.
  private static func databaseExtension(_ function: UInt16) -> (String, OperationKind) {
    switch function {
    case 0x0101: ("reset system", .control)
    case 0x0102: ("reset diagnostics", .diagnose)
    case 0x0201...0x0203: ("read date and time", .read)
    case 0x0281: ("write date and time", .time)
    case 0x0400: ("change local address", .configure)
    default: ("extended database function \(hexadecimal(function, digits: 4))", .other)
    }
  }

  public static func describe(
    object station: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    "station \(station)"
  }
}
