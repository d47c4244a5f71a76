import OTCore

/// Modbus over TCP and UDP, with the header made for it or as the frames of a serial line that a gateway passes on.
/// MODBUS Application Protocol Specification V1.1b3; MODBUS Messaging on TCP/IP Implementation Guide V1.0b, section 3;
/// MODBUS over Serial Line V1.02, section 2.5.1.
public struct ModbusDissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "modbus", name: "Modbus/TCP",
      specification: "MODBUS Application Protocol V1.1b3; Messaging on TCP/IP V1.0b; Serial Line V1.02",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "all public functions, exceptions, addresses and values, device identification (43/14), server id (17); "
        + "RTU frames over TCP and UDP by their checksum",
      displayFilter: "mbtcp || mbudp || mbrtu"),
    umas,
  ]
  public static let claims: [Claim] = [.tcp(502), .udp(502)]
  /// On other ports only what has a checksum, or is an everyday message alone in its segment, is found.
  public static let probe = ProbeStrength.strong

  /// Requests by transaction and unit: what an answer's values stand for.
  private var requests = RequestTable<Request>()
  var told = RecentValues()

  /// What was asked of a unit.
  struct Request: Sendable {
    var function: UInt8
    var table = Table.none
    var start: UInt16 = 0
    var count: UInt16 = 0
    /// The UMAS request inside function 90.
    var umas = UMASRequest()

    func object(_ unit: UInt8) -> Operation.Object {
      .numbers(UInt32(unit), UInt32(table.rawValue), UInt32(start), UInt32(count))
    }
  }

  public init() {}

  // MARK: framing

  /// Messaging guide section 3.1.3: transaction, protocol 0, length of what follows, unit, function.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    // Nearly all of them.
    if hint.isEstablished, isWholeTCP(bytes), bytes.count <= 266 { return .pdu(byteCount: bytes.count) }
    if let count = serialFrame(bytes, hint) { return .pdu(byteCount: count) }
    guard hint.isClaimed || hint.isEstablished else {
      return isEveryday(bytes, hint) ? .pdu(byteCount: bytes.count) : .notThisProtocol
    }
    if let protocolID = bytes.be16(2), protocolID != 0 { return .notThisProtocol }
    guard let length = bytes.be16(4).map(Int.init) else {
      return hint.isStream ? .needMore : .notThisProtocol
    }
    // Unit and function at least; 253 bytes of data at most, more only in Schneider's function 90, and in what is too long
    // and alone in its segment.
    let isAlone = length == bytes.count - 6
    guard length >= 2, length <= 1100 || isAlone else { return .notThisProtocol }
    guard let function = bytes.byte(7) else { return hint.isStream ? .needMore : .notThisProtocol }
    guard length <= 260 || function == 90 || isAlone else { return .notThisProtocol }
    guard !hint.isEstablished, !isPlausible(function, length, bytes) else { return .pdu(byteCount: 6 + length) }
    // Any function (0 is none) is believed where it ends with the segment, or where another header follows.
    guard hint.isStream, function & 0x7f > 0 else { return .notThisProtocol }
    if bytes.count < 6 + length { return length <= 260 ? .needMore : .notThisProtocol }
    return isFollowed(bytes, by: length) ? .pdu(byteCount: 6 + length) : .notThisProtocol
  }

  /// Whether the length can belong to a request or response of this function. Any other is believed where it is that of
  /// all bytes: who tries all functions, or data that do not belong there, sends them alone.
  private static func isPlausible(_ function: UInt8, _ length: Int, _ bytes: Span<UInt8>) -> Bool {
    if length == bytes.count - 6 { return true }
    let counted = bytes.byte(8).map { length == 3 + Int($0) } ?? true
    switch function {
    case 1...4: return length == 6 || length == 3 || counted
    case 5, 6: return length == 6 || length == 3
    case 7: return length == 2 || length == 3
    // Exactly 3 by the specification; some servers add to it.
    case 0x80...0xff: return length <= 6
    case 8, 11, 12, 15...17, 20...24, 43, 90: return true
    default: return false
    }
  }

  /// Whether a data unit of this length is followed by others of the same unit up to the end, the last one perhaps cut.
  private static func isFollowed(_ bytes: Span<UInt8>, by first: Int) -> Bool {
    var start = 6 + first
    repeat {
      guard let length = bytes.be16(start + 4).map(Int.init), bytes.be16(start + 2) == 0, length >= 2, length <= 260,
        bytes.byte(start + 6) == bytes[6]
      else { return false }
      start += 6 + length
    } while bytes.count >= start + 7
    return true
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let transaction: UInt16
    let (unit, raw): (UInt8, UInt8)
    if !Self.isWholeTCP(pdu.bytes), Self.isSerial(pdu.bytes) {
      // Without numbers one request of a unit is outstanding at a time. The checksum was read by `frame`.
      if told.isNew(hash: 0x5e71a1) { out.property(.dialect, out.text("RTU frames")) }
      pdu = ByteCursor(pdu.bytes.extracting(0..<(pdu.bytes.count - 2)))
      transaction = 0
      (unit, raw) = (try pdu.u8("unit identifier"), try pdu.u8("function code"))
    } else {
      let header = try pdu.take(8, "header and function code")
      transaction = header.be16(0) ?? 0
      (unit, raw) = (header[6], header[7])
    }
    let function = raw & 0x7f
    let key = UInt64(transaction) | UInt64(unit) << 16

    if Self.isAnswer(raw, pdu.bytes, context) {
      try response(raw, unit, key, &pdu, into: &out)
      return
    }
    var request = Request(function: function)
    let parameters = pdu.peekRest()
    if (1...4).contains(function), let start = parameters.be16(0), let count = parameters.be16(2) {
      // Nearly all of what is asked.
      (request.table, request.start, request.count) = (Table.read(by: function), start, count)
      out.operation(Operation(UInt64(function), .request, object: request.object(unit)))
      requests.remember(request, for: key)
      return
    }
    var operation = Operation(UInt64(function), .request, object: request.object(unit))
    do throws(DecodeError) {
      try Self.readRequest(&request, unit, &pdu, into: &operation)
    } catch {
      out.operation(operation)
      throw error
    }
    out.operation(operation)
    if function == Self.umasFunction { request.umas = try umasRequest(&pdu, into: &out) }
    requests.remember(request, for: key)
  }

  /// Port 502 answers, whoever opened the connection; elsewhere the opener asks and, where nobody was seen to open it, what
  /// has the length of a request.
  private static func isAnswer(_ function: UInt8, _ bytes: Span<UInt8>, _ context: PDUContext) -> Bool {
    guard context.senderPort != 502 else { return context.receiverPort != 502 || !context.senderIsClient }
    guard context.receiverPort != 502 else { return false }
    guard !context.directionIsCertain, context.missingBytes == 0 else { return !context.senderIsClient }
    if function & 0x80 != 0 { return true }
    return isAnswer(function, byItsLength: bytes) ?? !context.senderIsClient
  }

  /// Whether a message with a header, or as `dissect` has cut it a frame of a serial line, is an answer as far as lengths
  /// tell. Sections 6.1 to 6.12: what is read is counted in an octet in front, and so is what is written.
  private static func isAnswer(_ function: UInt8, byItsLength bytes: Span<UInt8>) -> Bool? {
    let start = isWholeTCP(bytes) ? 8 : 2
    switch function {
    // Three octets of bits have the length of a request.
    case 1...4: return bytes.count != start + 4 ? true : bytes.byte(start) == 3 && function <= 2 ? nil : false
    case 15, 16: return bytes.count == start + 4
    // UMAS: a session and its function, or 0xfe or 0xfd for that it was carried out or not.
    case umasFunction: return bytes.byte(start + 1).map { $0 >= 0xfd }
    default: return nil
    }
  }

  /// Sections 6.1 to 6.21: addresses, quantities and values of a request.
  private static func readRequest(
    _ request: inout Request, _ unit: UInt8, _ pdu: inout ByteCursor, into operation: inout Operation
  ) throws(DecodeError) {
    let function = request.function
    func speaks(of table: Table, _ start: UInt16, _ count: UInt16) {
      (request.table, request.start, request.count) = (table, start, count)
      operation.object = request.object(unit)
    }
    switch function {
    case 1...4:
      let start = try pdu.u16("starting address")
      speaks(of: Table.read(by: function), start, try pdu.u16("quantity"))
    case 5, 6:
      speaks(of: function == 5 ? .coils : .holdingRegisters, try pdu.u16("address"), 1)
      let value = try pdu.u16("value")
      operation.values = .init(function == 5 ? (value == 0 ? 0 : 1) : Double(value))
    case 15, 16:
      let start = try pdu.u16("starting address")
      let count = try pdu.u16("quantity")
      speaks(of: function == 15 ? .coils : .holdingRegisters, start, count)
      let byteCount = Int(try pdu.u8("byte count"))
      let data = try pdu.take(byteCount, "values")
      operation.values = function == 15 ? bitRange(data, Int(count)) : registerRange(data)
    case 22:
      speaks(of: .holdingRegisters, try pdu.u16("reference address"), 1)
    case 23:
      try pdu.skip(4, "read starting address and quantity")
      let start = try pdu.u16("write starting address")
      speaks(of: .holdingRegisters, start, try pdu.u16("quantity to write"))
      let byteCount = Int(try pdu.u8("write byte count"))
      operation.values = registerRange(try pdu.take(byteCount, "write registers value"))
    case 24:
      speaks(of: .fifoQueue, try pdu.u16("FIFO pointer address"), 0)
    case 20, 21:
      try pdu.skip(2, "byte count and reference type")
      let file = try pdu.u16("file number")
      speaks(of: .fileRecord, file, try pdu.u16("record number"))
    case 8:
      operation.code |= UInt64(try pdu.u16("sub-function")) << 8
    case 43:
      operation.code |= UInt64(try pdu.u8("MEI type")) << 8
    default: break
    }
  }

  private mutating func response(
    _ raw: UInt8, _ unit: UInt8, _ key: UInt64, _ pdu: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let function = raw & 0x7f
    let asked = requests.request(key).flatMap { $0.function == function ? $0 : nil }
    var request = asked ?? Request(function: function)
    var operation = Operation(UInt64(function), .response, outcome: .success, object: request.object(unit))
    if raw & 0x80 != 0 {
      operation.outcome = .failure(UInt32(try pdu.u8("exception code")))
      out.operation(operation)
      return
    }
    switch function {
    case 1, 2:
      if let count = pdu.peek() {
        operation.values = Self.bitRange(pdu.peekRest().clamped(from: 1, count: Int(count)), Int(request.count))
      }
    case 3, 4, 23:
      if let count = pdu.peek() {
        operation.values = Self.registerRange(pdu.peekRest().clamped(from: 1, count: Int(count)))
      }
    case 5, 6, 15, 16, 22:
      if asked == nil, let address = pdu.bytes.be16(pdu.offset) {
        request.table = function == 5 || function == 15 ? .coils : .holdingRegisters
        request.start = address
        request.count = function > 6 && function < 22 ? pdu.bytes.be16(pdu.offset + 2) ?? 1 : 1
        operation.object = request.object(unit)
      }
    case 8:
      operation.code |= UInt64(pdu.bytes.be16(pdu.offset) ?? 0) << 8
    case 43:
      operation.code |= UInt64(pdu.peek() ?? 0) << 8
    default: break
    }
    out.operation(operation)
    switch function {
    case 17: try Self.serverIdentifier(&pdu, into: &out)
    case Self.umasFunction: try umasResponse(&pdu, asked?.umas, into: &out)
    case 43 where pdu.peek() == 14: try Self.deviceIdentification(&pdu, into: &out)
    default: break
    }
  }

  // MARK: objects and values

  /// The data model of section 4.3, and what else a function may address.
  enum Table: UInt8 {
    case none, coils, discreteInputs, holdingRegisters, inputRegisters, fifoQueue, fileRecord

    static func read(by function: UInt8) -> Table {
      switch function {
      case 1: .coils
      case 2: .discreteInputs
      case 3: .holdingRegisters
      default: .inputRegisters
      }
    }
  }

  private static func registerRange(_ data: Span<UInt8>) -> Operation.Values? {
    guard let first = data.be16(0) else { return nil }
    var rest = data
    // Four at a time.
    var (lows, highs) = (SIMD4(repeating: first), SIMD4(repeating: first))
    while rest.count >= 8 {
      let values = SIMD4(rest.be16(0) ?? first, rest.be16(2) ?? first, rest.be16(4) ?? first, rest.be16(6) ?? first)
      lows = pointwiseMin(lows, values)
      highs = pointwiseMax(highs, values)
      rest = rest.extracting(8..<rest.count)
    }
    var (low, high) = (lows.min(), highs.max())
    while let value = rest.be16(0) {
      low = min(low, value)
      high = max(high, value)
      rest = rest.extracting(2..<rest.count)
    }
    return .init(low: Double(low), high: Double(high))
  }

  private static func bitRange(_ data: Span<UInt8>, _ count: Int) -> Operation.Values? {
    let bits = min(count, data.count * 8)
    guard bits > 0 else { return nil }
    var (all, any) = (UInt8.max, UInt8.zero)
    for index in 0..<(bits >> 3) {
      all &= data[index]
      any |= data[index]
    }
    if bits & 7 > 0 {
      let unused = UInt8.max << UInt8(bits & 7)
      all &= data[bits >> 3] | unused
      any |= data[bits >> 3] & ~unused
    }
    return .init(low: all == .max ? 1 : 0, high: any == 0 ? 0 : 1)
  }

  // MARK: identity

  /// Section 6.13: an identifier of the maker's own, mostly text.
  private static func serverIdentifier(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    let byteCount = Int(try pdu.u8("byte count"))
    let data = try pdu.take(byteCount, "server id")
    var start = 0
    while start < data.count, data[start] < 0x20 || data[start] > 0x7e { start += 1 }
    var end = start
    while end < data.count, data[end] >= 0x20, data[end] <= 0x7e { end += 1 }
    guard end - start >= 4 else { return }
    out.identity(.sender, .description, out.text(data.extracting(start..<end)))
  }

  /// Section 6.21: objects 0 to 6 have a meaning, those from 0x80 are the maker's own.
  private static func deviceIdentification(
    _ pdu: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(5, "MEI type to next object id")
    let count = Int(try pdu.u8("number of objects"))
    for _ in 0..<count {
      let id = try pdu.u8("object id")
      let length = Int(try pdu.u8("object length"))
      let value = try pdu.take(length, "object value")
      let attribute: IdentityAttribute =
        switch id {
        case 0: .vendor
        case 1: .productCode
        case 2: .firmwareVersion
        case 4: .productName
        case 5: .deviceType
        case 6: .application
        default: .other
        }
      out.identity(.sender, attribute, out.text(value))
    }
  }
}
