import OTCore

/// Bristol Standard Asynchronous Protocol in the frames of serial lines, as terminal servers and controllers pass them on
/// over UDP. Emerson D4052 (BSAP messages); CISA's ICSNPP-BSAP.
public struct BSAPSerial: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "bsap_serial", name: "BSAP, frames of serial lines", specification: "Emerson D4052; ICSNPP-BSAP",
      isIndustrial: true, depth: .operations,
      reads: "station, task that is spoken to, reads and writes of signals, refusals", displayFilter: "")
  ]
  public static let claims: [Claim] = [.udp(1234), .udp(1235)]
  public static let probe = ProbeStrength.strong

  /// What was asked, by sequence number: answers do not repeat it.
  private var requests = RequestTable<UInt64>()
  /// Room for a frame whose DLEs are single again.
  private var room: [UInt8] = []

  public init() {}

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, bytes.count >= 9, bytes.be16(0) == beginning else { return .notThisProtocol }
    return hint.isEstablished || isFrame(bytes) ? .pdu(byteCount: bytes.count) : .notThisProtocol
  }

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
  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var frame: [UInt8] = []
    swap(&frame, &room)
    Self.undouble(pdu.bytes, into: &frame)
    do throws(DecodeError) {
      var cursor = ByteCursor(frame.span)
      try message(&cursor, into: &out)
    } catch {
      swap(&frame, &room)
      throw error
    }
    swap(&frame, &room)
  }

  private static func undouble(_ bytes: Span<UInt8>, into frame: inout [UInt8]) {
    frame.removeAll(keepingCapacity: true)
    var index = 2
    while index < bytes.count - 4 {
      if bytes[index] == 0x10 { index += 1 }
      frame.append(bytes[index])
      index += 1
    }
  }

  private mutating func message(
    _ cursor: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let address = try cursor.u8("address")
    try cursor.skip(1, "serial number")
    // Addresses of both ends and a control octet.
    if address & 0x80 != 0 { try cursor.skip(5, "global addresses") }
    let task = try cursor.u8("destination function")
    guard !cursor.isAtEnd else {
      // Polls and acknowledgements of the line end here.
      return out.operation(
        Operation(UInt64(task) << 8, .request, object: Self.station(address)))
    }
    let sequence = UInt64(try cursor.u16le("sequence"))
    let source = try cursor.u8("source function")
    try cursor.skip(1, "node status")
    let message = cursor.rest()
    if task == BSAPTask.computer, source != BSAPTask.computer {
      let status = message.byte(0) ?? 0
      out.operation(
        Operation(
          requests.request(sequence) ?? UInt64(source) << 8, .response,
          outcome: status == 0 ? .success : .failure(UInt32(status)), object: Self.station(address)))
    } else {
      let code = BSAPTask.code(task, message)
      requests.remember(code, for: sequence)
      var object = BSAPTask.signal(message, into: &out)
      if case .none = object { object = Self.station(address) }
      out.operation(Operation(code, .request, object: object))
    }
  }

  private static func station(_ address: UInt8) -> Operation.Object { .numbers(UInt32(address & 0x7f), 0, 0, 0) }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let task = UInt8(truncatingIfNeeded: code >> 8)
    let function = UInt16(truncatingIfNeeded: code >> 16)
    let isDatabase = task == BSAPTask.database || task == BSAPTask.databaseExtension
    let (name, kind) = BSAPTask.describe(task, function)
    return OperationDescription(
      code: hexadecimal(task, digits: 2) + (isDatabase ? "/" + hexadecimal(function, digits: 2) : ""), name: name,
      kind: kind)
  }

  public static func describe(
    object station: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    "station \(station)"
  }
}
