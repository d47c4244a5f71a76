import OTCore

/// GigE Vision control: discovery of cameras, their registers and memory. GigE Vision 2.2 sections 14 to 18.
public struct GVCP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "gvcp", name: "GigE Vision control", specification: "GigE Vision 2.2 sections 14 to 18", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "command, status, registers read and written with values, memory addresses, identity in discovery answers",
      displayFilter: "gvcp")
  ]
  public static let claims: [Claim] = [.udp(3956)]

  public init() {}

  private var told = RecentValues()
  /// First register of requests by their number: answers do not repeat it.
  private var pending = RequestTable<UInt32>()

  private static let key: UInt8 = 0x42
  private static let discovery: UInt16 = 2

  /// Section 15: key 0x42, flags, command and length; or status, answer and length. The length is that of the datagram.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, bytes.count >= 8, let command = bytes.be16(2), let length = bytes.be16(4),
      names(command) != nil
    else { return .notThisProtocol }
    let isCommand = bytes[0] == key && (command & 1 == 0)
    let isAnswer = command & 1 == 1 && (bytes[0] == 0 || bytes[0] & 0x80 != 0)
    return isCommand || isAnswer ? .pdu(byteCount: 8 + Int(length)) : .notThisProtocol
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let status = try pdu.u16("status")
    let command = try pdu.u16("command")
    _ = try pdu.u16("length")
    let number = try pdu.u16("request")
    guard command & 1 == 1 else { return try request(command, number, &pdu, into: &out) }
    let asked = command - 1
    let register = pending.request(UInt64(number))
    var operation = Operation(
      UInt64(asked), .response, outcome: status == 0 ? .success : .failure(UInt32(status)),
      object: register.map { .numbers($0, 0, 0, 0) } ?? .none)
    if asked == 0x80, let value = pdu.bytes.be32(8) { operation.values = Operation.Values(Double(value)) }
    out.operation(operation)
    if asked == Self.discovery, status == 0 { try describe(&pdu, into: &out) }
  }

  private mutating func request(
    _ command: UInt16, _ number: UInt16, _ pdu: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var operation = Operation(UInt64(command), .request)
    // Read register, write register, read and write memory, packet resend, force IP, action and event have arguments.
    switch command {
    case 0x80:
      try touch(try pdu.u32("register"), number, &operation)
      operation.count = UInt32(Swift.max(1, (pdu.bytes.count - 8) / 4))
    case 0x82:
      try touch(try pdu.u32("register"), number, &operation)
      operation.values = Operation.Values(Double(try pdu.u32("value")))
      operation.count = UInt32(Swift.max(1, (pdu.bytes.count - 8) / 8))
      announceStreams(pdu.bytes, into: &out)
    case 0x84, 0x86: try touch(try pdu.u32("address"), number, &operation)
    default: break
    }
    out.operation(operation)
  }

  /// Section 28.23: whoever opens a stream channel writes the port at which it waits into the lower half of a register,
  /// of which each channel has its own.
  private func announceStreams(_ bytes: Span<UInt8>, into out: inout ObservationBuffer) {
    for item in 0..<Swift.min((bytes.count - 8) / 8, Limits.itemsPerPDU) {
      guard let register = bytes.be32(8 + 8 * item), let port = bytes.be16(14 + 8 * item) else { return }
      guard register >= 0x0d00, register < 0x8d00, register & 0x3f == 0 else { continue }
      out.announce(Announcement(.gvsp, isStream: false, isSenders: true, port: port))
    }
  }

  private mutating func touch(
    _ register: UInt32, _ number: UInt16, _ operation: inout Operation
  ) throws(DecodeError) {
    operation.object = .numbers(register, 0, 0, 0)
    pending.remember(register, for: UInt64(number))
  }

  /// Section 16.1.1, the bootstrap registers 0x0000 to 0x00f7: MAC and IP address and the texts of the maker.
  private mutating func describe(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    let body = try pdu.take(248, "discovery answer")
    guard told.isNew(body) else { return }
    if let mac = body.mac(10), mac != .zero {
      out.identity(.sender, .address, out.text(mac: body.extracting(10..<16)))
      if let address = body.be32(36), address != 0 {
        out.record(.binding(AddressBinding(.ipv4(address), mac, .other)))
      }
    }
    out.identity(.sender, .vendor, out.text(body.extracting(72..<104).untilNUL()))
    out.identity(.sender, .productName, out.text(body.extracting(104..<136).untilNUL()))
    out.identity(.sender, .firmwareVersion, out.text(body.extracting(136..<168).untilNUL()))
    out.identity(.sender, .description, out.text(body.extracting(168..<216).untilNUL()))
    out.identity(.sender, .serialNumber, out.text(body.extracting(216..<232).untilNUL()))
    out.identity(.sender, .name, out.text(body.extracting(232..<248).untilNUL()))
  }

  // MARK: names

  private static func names(_ command: UInt16) -> (name: String, kind: OperationKind)? {
    switch command & ~1 {
    case 0x02: ("discovery", .discover)
    case 0x04: ("force IP", .configure)
    case 0x40: ("packet resend", .other)
    case 0x80: ("read register", .read)
    case 0x82: ("write register", .write)
    case 0x84: ("read memory", .read)
    case 0x86: ("write memory", .write)
    case 0x88: ("pending", .other)
    case 0xc0: ("event", .report)
    case 0xc2: ("event data", .report)
    case 0x100: ("action", .control)
    default: nil
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let known = names(UInt16(truncatingIfNeeded: code))
    return OperationDescription(
      code: hexadecimal(code, digits: 4), name: known?.name ?? "unknown command", kind: known?.kind ?? .other)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    // Section 28, bootstrap registers.
    switch a {
    case 0x0a00: "control channel privilege"
    case 0x0938: "heartbeat timeout"
    case 0x0014: "network configuration"
    case 0x064c: "persistent IP address"
    case 0x065c: "persistent subnet mask"
    case 0x066c: "persistent default gateway"
    case 0x0b00: "message channel port"
    case 0x0b10: "message channel destination"
    case 0x0d00: "stream channel 0 port"
    case 0x0d04: "stream channel 0 packet size"
    case 0x0d18: "stream channel 0 destination"
    case 0x00e8: "user-defined name"
    default: hexadecimal(a, digits: 8)
    }
  }
}
