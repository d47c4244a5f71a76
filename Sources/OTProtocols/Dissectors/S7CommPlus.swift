import OTCore

/// S7comm-plus, the protocol of SIMATIC S7-1200 and 1500.
/// No public specification; header, functions and attributes as told by T. Wiens' `s7comm_plus` dissector.
public struct S7CommPlusDissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "s7comm_plus", name: "S7 communication plus", specification: "Siemens (unpublished); s7comm_plus of T. Wiens",
      isIndustrial: true, depth: [.identity, .operations],
      reads:
        "functions of requests, answers and notifications, refusals, versions, integrity and TLS, logins and what they "
        + "allow, order number, serial number and firmware of the controller, what a project expects of it, names of "
        + "sessions and objects; not the values",
      displayFilter: "tpkt")
  ]
  public static let claims: [Claim] = [.inner(.isoTransport)]
  public static let probe = ProbeStrength.weak

  private var told = RecentValues()
  /// What requests touched, by sequence number.
  private var variants = RequestTable<Variant>()
  private var login = PendingLogin()
  /// Whether somebody logged in on this connection, after which access is no longer everybody's.
  private var wasLoggedIn = false
  /// Whether the last data unit of either side ended without trailer, so that the next one goes on with it.
  private var clientGoesOn = false
  private var serverGoesOn = false

  public init() {}

  // MARK: framing

  /// Identifier 0x72, version, length of the data; behind them a trailer that repeats the header with length 0.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    if isEncrypted(bytes) { return .pdu(byteCount: bytes.count) }
    guard bytes.byte(0) == 0x72, let version = bytes.byte(1), let length = bytes.be16(2).map(Int.init) else {
      return .notThisProtocol
    }
    guard (1...3).contains(version) || version >= 0xfe, bytes.count <= length + 8 else { return .notThisProtocol }
    return .pdu(byteCount: max(length + 4, bytes.count))
  }

  /// Since TIA Portal V17 both ends go over to TLS inside the transport: a record of a known type and version (RFC 8446
  /// section 5.1). Nobody else does so: what IEC 62351-4 secures is inside TLS as a whole.
  private static func isEncrypted(_ bytes: Span<UInt8>) -> Bool {
    guard let type = bytes.byte(0), (0x14...0x17).contains(type), bytes.byte(1) == 3, let minor = bytes.byte(2),
      (1...4).contains(minor), let length = bytes.be16(3)
    else { return false }
    return length >= 1 && length <= 0x4800
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let isClient = context.senderIsClient
    let role: Operation.Role = isClient ? .request : .response
    guard try pdu.u8("protocol identifier") == 0x72 else {
      out.operation(Operation(Self.code(0, .encrypted, 0), role))
      if told.isNew(hash: Told.encryption) { out.property(.encryption, out.text("TLS")) }
      return
    }
    let version = try pdu.u8("version")
    let length = Int(try pdu.u16("length"))
    guard version < Version.systemEvent else {
      out.operation(Operation(Self.code(version, .keepAlive, 0), role))
      return
    }
    let goesOn = (isClient ? clientGoesOn : serverGoesOn) && !context.afterGap
    // What was cut off counts: it may have the trailer.
    let hasTrailer = pdu.bytes.count + context.missingBytes >= length + 8
    if isClient { clientGoesOn = !hasTrailer } else { serverGoesOn = !hasTrailer }
    var data = ByteCursor(pdu.bytes.clamped(from: pdu.offset, count: length))
    if data.remaining < length, context.missingBytes == 0 { throw DecodeError("data", at: 4, .truncated) }
    if told.isNew(hash: Told.version | UInt64(version)) { out.property(.protocolVersion, out.text(UInt64(version))) }
    // Since version 3 an authentication code stands in front: its length (32 octets), then itself.
    if version == 3, let count = data.peek(), count == 32 || data.peek(1 + Int(count)).map(Opcode.isKnown) == true,
      count > 2, !Opcode.isKnown(count)
    {
      try data.skip(1 + Int(count), "integrity")
      if told.isNew(hash: Told.integrity) { out.property(.signing, out.text("message authentication code")) }
    }
    if goesOn {
      out.operation(Operation(Self.code(version, .fragment, 0), role))
      modules(data.peekRest(), isClient, into: &out)
      names(data.rest(), isClient, into: &out)
      return
    }
    guard !data.isAtEnd else {
      out.operation(Operation(Self.code(version, .keepAlive, 0), role))
      return
    }
    let opcode = Opcode(rawValue: try data.u8("opcode"))
    switch opcode {
    case .request, .response, .shortResponse:
      try data.skip(2, "reserved")
      let function = try data.u16("function")
      record(function, version, opcode == .request, data.peekRest(), into: &out)
      modules(data.peekRest(), opcode == .request, into: &out)
      names(data.rest(), opcode == .request, into: &out)
    case .notification:
      out.operation(Operation(Self.code(version, .notification, 0), .response))
      modules(data.peekRest(), false, into: &out)
      names(data.rest(), false, into: &out)
    default: out.operation(Operation(Self.code(version, .fragment, 0), role))
    }
  }

  private mutating func record(
    _ function: UInt16, _ version: UInt8, _ isRequest: Bool, _ rest: Span<UInt8>, into out: inout ObservationBuffer
  ) {
    let sequence = UInt64(rest.be16(2) ?? 0)
    var operation = Operation(Self.code(version, .function, function), isRequest ? .request : .response)
    if isRequest {
      let variant = Self.variant(function, rest)
      operation.code |= variant.rawValue << 32
      variants.remember(variant, for: sequence)
      out.operation(operation)
      if variant == .login { login.sent(.challengeResponse, .unknown, into: &out) }
      return
    }
    let variant = variants.request(sequence) ?? .plain
    operation.code |= variant.rawValue << 32
    let result = Self.result(rest)
    if let result { operation.outcome = result.error == 0 ? .success : .failure(UInt32(result.error)) }
    out.operation(operation)
    guard let result else { return }
    switch variant {
    case .login:
      login.answered(result.error == 0, into: &out)
      wasLoggedIn = wasLoggedIn || result.error == 0
    case .protection where result.error == 0: protection(rest, from: result.end, into: &out)
    default: break
    }
  }

  /// What an answer returns stands behind sequence number and flags: in groups of seven bits, but the ninth octet whole. The
  /// lowest 16 bits tell an error where they are negative.
  private static func result(_ rest: Span<UInt8>) -> (error: UInt16, end: Int)? {
    var value: UInt64 = 0
    for index in 5..<14 {
      guard let octet = rest.byte(index) else { return nil }
      guard index < 13 else { return (error(value << 8 | UInt64(octet)), index + 1) }
      value = value << 7 | UInt64(octet & 0x7f)
      if octet & 0x80 == 0 { return (error(value), index + 1) }
    }
    return nil
  }

  private static func error(_ value: UInt64) -> UInt16 {
    let low = UInt16(truncatingIfNeeded: value)
    return low & 0x8000 == 0 ? 0 : ~low &+ 1
  }

  /// The level that a session has: an octet, flags, type 4 and the number.
  private mutating func protection(_ rest: Span<UInt8>, from end: Int, into out: inout ObservationBuffer) {
    guard rest.be16(end) == 0, rest.byte(end + 2) == 4, let level = rest.byte(end + 3), !wasLoggedIn,
      told.isNew(hash: Told.protection | UInt64(level))
    else { return }
    let text: StaticString
    switch level {
    case 1: text = "full access without login"
    case 2: text = "read access without login"
    case 3: text = "panel access without login"
    case 4: text = "no access without login"
    default: return
    }
    out.property(.securityMode, out.text(text))
  }

  struct Opcode: Equatable {
    var rawValue: UInt8
    static let request = Opcode(rawValue: 0x31)
    static let response = Opcode(rawValue: 0x32)
    static let notification = Opcode(rawValue: 0x33)
    /// An answer of older firmware that holds a status alone.
    static let shortResponse = Opcode(rawValue: 0x02)
    static func isKnown(_ octet: UInt8) -> Bool { (0x31...0x33).contains(octet) }
  }

  private enum Version { static let systemEvent: UInt8 = 0xfe }

  /// What is told once a conversation and has no text of its own.
  private enum Told {
    static let version: UInt64 = 0x7e25_0000
    static let integrity: UInt64 = 0x3ac0_0000
    static let encryption: UInt64 = 0x7150_0000
    static let protection: UInt64 = 0x4d1e_0000
  }

  // MARK: identity

  /// What is known of modules by blobs (data type 0x14, root 0, length): I&M0, 60 octets, and the name of a CPU's type.
  /// What a client loads into the controller is what its project expects, not what the controller is.
  private mutating func modules(_ data: Span<UInt8>, _ isRequest: Bool, into out: inout ObservationBuffer) {
    var index = 1
    while let next = data.first(0x14, from: index), next + 3 < data.count {
      index = next + 1
      guard data[next - 1] == 0, data[next + 1] == 0 else { continue }
      if IdentificationRecord.begins(data, at: next + 3) {
        let record = data.clamped(from: next + 9, count: IdentificationRecord.byteCount)
        guard told.isNew(record, salt: isRequest ? 12 : 11) else { continue }
        if isRequest {
          out.identity(.sender, .projectDevice, out.text(record.clamped(from: 2, count: 20).trimmed()))
        } else {
          IdentificationRecord.tell(record, .sender, into: &out)
        }
      } else if next >= 3, data.be16(next - 3) == Attribute.typeName {
        let text = data.clamped(from: next + 3, count: Int(data[next + 2]))
        guard text.hasASCII("CPU "), text.byte(4).map({ $0 >= 0x30 && $0 <= 0x39 }) == true,
          text.count == Int(data[next + 2]), text.isPlainText,
          told.isNew(text, salt: isRequest ? 14 : 13)
        else { continue }
        out.identity(.sender, isRequest ? .projectDevice : .productName, out.text(text))
      }
    }
  }

  /// Texts (data type 0x15, length, UTF-8) wherever they stand: objects nest in ways that only whole streams tell.
  private mutating func names(_ data: Span<UInt8>, _ isRequest: Bool, into out: inout ObservationBuffer) {
    var index = 2
    while let next = data.first(0x15, from: index), next + 2 < data.count {
      index = next
      guard data[index - 1] == 0 else {
        index += 1
        continue
      }
      var start = index + 2
      var count = Int(data[index + 1])
      if count & 0x80 != 0 {
        count = (count & 0x7f) << 7 | Int(data[index + 2] & 0x7f)
        start += 1
      }
      let text = data.clamped(from: start, count: count)
      guard count >= 4, text.count == count, text.isPlainText else {
        index += 1
        continue
      }
      tell(text, attribute: data.be16(index - 3) ?? 0, isRequest, into: &out)
      index = start + count
    }
  }

  /// A text, told by its form or by the attribute it is the value of.
  private mutating func tell(
    _ text: Span<UInt8>, attribute: UInt16, _ isRequest: Bool, into out: inout ObservationBuffer
  ) {
    // Whatever is said of a controller is said of the one that is asked, but its firmware: a client tells that of its
    // project, which may be older than the controller's own.
    let controller: Subject = isRequest ? .receiver : .sender
    if let first = text.first(UInt8(ascii: ";")), first <= 2, text.hasASCII("6ES7", at: first + 1) {
      guard told.isNew(text, salt: isRequest ? 1 : 2) else { return }
      let rest = text.extracting((first + 1)..<text.count)
      let end = rest.firstIndex(of: UInt8(ascii: ";"))
      let order = out.text(rest.extracting(0..<end).trimmed())
      out.identity(controller, .orderNumber, order)
      let firmware = rest.clamped(from: end + 1, count: 32).trimmed()
      if isRequest {
        _ = out.text(" ")
        out.identity(.sender, .projectDevice, firmware.isEmpty ? order : order.through(out.text(firmware)))
      } else if !firmware.isEmpty {
        out.identity(.sender, .firmwareVersion, out.text(firmware))
      }
    } else if text.hasASCII("6ES7 ") {
      guard told.isNew(text, salt: isRequest ? 3 : 4) else { return }
      // Order number in 20 characters, then the serial number: `6ES7 215-1AG40-0XB0 S V-L8BT7803`.
      let order = out.text(text.clamped(from: 0, count: 20).trimmed())
      out.identity(controller, .orderNumber, order)
      if isRequest { out.identity(.sender, .projectDevice, order) }
      let serial = text.clamped(from: 20, count: 32).trimmed()
      if serial.hasASCII("S ") { out.identity(controller, .serialNumber, out.text(serial)) }
    } else {
      switch attribute {
      case Attribute.clientApplication where isRequest:
        if told.isNew(text, salt: 5) { out.identity(.sender, .application, out.text(text)) }
      case Attribute.clientName where isRequest:
        if told.isNew(text, salt: 6) { out.identity(.sender, .clientID, out.text(text)) }
      case Attribute.objectName where Self.namesDevice(text):
        guard told.isNew(text, salt: isRequest ? 7 : 8) else { break }
        let name = out.text(text)
        out.identity(controller, .objectName, name)
        if isRequest, text.hasASCII("S7-") { out.identity(.sender, .projectDevice, name) }
      case Attribute.deviceDescription where text.hasASCII("S7"):
        guard told.isNew(text, salt: isRequest ? 9 : 10) else { break }
        let description = out.text(text)
        out.identity(controller, .description, description)
        if isRequest { out.identity(.sender, .projectDevice, description) }
      default: break
      }
    }
  }

  /// Attribute numbers in seven bits an octet, as they stand on the wire.
  private enum Attribute {
    static let objectName: UInt16 = 0x8169
    static let clientApplication: UInt16 = 0x8229
    static let clientName: UInt16 = 0x822a
    static let deviceDescription: UInt16 = 0xbe76
    static let typeName: UInt16 = 0x9150
  }

  /// Of the many names of objects, those of stations, modules and the program.
  private static func namesDevice(_ text: Span<UInt8>) -> Bool {
    text.hasASCII("CPU") || text.hasASCII("PLC") || text.hasASCII("S7-") || text.hasASCII("6ES7")
  }
}
