import OTCore

/// Access control readers at doors and gates, over serial servers: SIA OSDP 2.2 (IEC 60839-11-5:2020).
public struct OSDP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "osdp", name: "OSDP", specification: "SIA OSDP 2.2 sections 5 to 7; IEC 60839-11-5:2020", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "command and reply, reader address, refusal, maker, model, firmware and serial number, whether the secure "
        + "channel is used; no card data and no keys",
      displayFilter: "")
  ]
  public static let claims: [Claim] = []
  public static let probe = ProbeStrength.strong

  public init() {}

  private var told = RecentValues()
  /// Last command to a reader: replies do not repeat it.
  private var lastCommand: UInt64 = 0x60

  private static let mark: UInt8 = 0x53
  private static let headerBytes = 6

  // MARK: framing

  /// Section 5.9: SOM, address, length (little-endian, all octets), control, command, …, checksum or CRC.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let first = bytes.byte(0) else { return .needMore }
    // A line driver's idle octet may lead.
    if first == 0xff, hint.isEstablished { return .pdu(byteCount: 1) }
    guard first == mark else { return .notThisProtocol }
    guard bytes.count >= headerBytes else { return hint.isStream ? .needMore : .notThisProtocol }
    guard let length = bytes.le16(2), length >= 7, length <= 1440, bytes[4] & 0x80 == 0 else { return .notThisProtocol }
    guard bytes.count >= Int(length) else { return hint.isStream ? .needMore : .notThisProtocol }
    return isChecked(bytes.extracting(0..<Int(length))) ? .pdu(byteCount: Int(length)) : .notThisProtocol
  }

  /// Section 5.9: bit 2 of the control octet tells a CRC-16 (polynomial 0x1021, initial value 0x1d0f) from a sum.
  private static func isChecked(_ message: Span<UInt8>) -> Bool {
    let count = message.count
    guard message[4] & 4 != 0 else {
      var sum = 0
      for index in message.indices { sum += Int(message[index]) }
      return sum & 0xff == 0
    }
    return message.le16(count - 2) == message.clamped(from: 0, count: count - 2).crc16(from: 0x1d0f)
  }

  // MARK: messages

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard pdu.peek() == Self.mark else { return }
    try pdu.skip(1, "start of message")
    let address = try pdu.u8("address")
    try pdu.skip(2, "length")
    let control = try pdu.u8("control")
    let isReply = address & 0x80 != 0
    var security: UInt8 = 0
    if control & 8 != 0 {
      // Section 5.9.1: a security block with its length and type in front of the command.
      let length = try pdu.u8("security block length")
      security = try pdu.u8("security block type")
      try pdu.skip(Swift.max(0, Int(length) - 2), "security block")
    }
    let code = try pdu.u8(isReply ? "reply" : "command")
    let check = control & 4 != 0 ? 2 : 1
    let data = pdu.bytes.clamped(from: pdu.offset, count: pdu.remaining - check)
    let object = Operation.Object.numbers(UInt32(address & 0x7f), 0, 0, 0)
    let hash: UInt64 = security == 0 ? 1 : 2
    if told.isNew(hash: UInt64(address & 0x7f) << 8 | hash) {
      out.property(.encryption, out.text(security == 0 ? "none" : "secure channel"))
    }
    guard isReply else {
      lastCommand = UInt64(code)
      out.operation(Operation(UInt64(code), .request, object: object))
      return
    }
    let refused = code == 0x41
    out.operation(
      Operation(
        lastCommand, .response, outcome: refused ? .failure(UInt32(data.byte(0) ?? 0)) : .success, object: object))
    // 0x15 to 0x18 are blocks of an established secure channel, whose data of types 0x17 and 0x18 is encrypted.
    if code == 0x45, security < 0x17 { identify(data, into: &out) }
  }

  /// Section 7.4, PDID: vendor of three octets (an IEEE company id), model, version, serial number, firmware.
  private mutating func identify(_ data: Span<UInt8>, into out: inout ObservationBuffer) {
    guard data.count >= 12, told.isNew(data) else { return }
    out.identity(.sender, .vendorID, out.text(hex: data.extracting(0..<3)))
    out.identity(.sender, .productCode, out.text(joined: UInt64(data[3]), UInt64(data[4])))
    if let serial = data.le32(5) { out.identity(.sender, .serialNumber, out.text(UInt64(serial))) }
    out.identity(
      .sender, .firmwareVersion, out.text(joined: UInt64(data[9]), UInt64(data[10]), UInt64(data[11])))
  }

  // MARK: words

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code {
      case 0x60: ("poll", .read)
      case 0x61: ("identification", .discover)
      case 0x62: ("capabilities", .discover)
      case 0x64: ("local status", .read)
      case 0x65: ("input status", .read)
      case 0x66: ("output status", .read)
      case 0x67: ("reader status", .read)
      case 0x68: ("output control", .control)
      case 0x69: ("reader light control", .control)
      case 0x6a: ("reader buzzer control", .control)
      case 0x6b: ("text output", .write)
      case 0x6e: ("communication set-up", .configure)
      case 0x73: ("biometric read", .read)
      case 0x74: ("biometric match", .read)
      case 0x75: ("set key", .configure)
      case 0x76: ("challenge", .authenticate)
      case 0x77: ("server cryptogram", .authenticate)
      case 0x7b: ("maximum reply size", .session)
      case 0x7c: ("file transfer", .firmware)
      case 0x80: ("maker's command", .other)
      case 0xa1: ("transparent card access", .other)
      case 0xa2: ("abort", .control)
      case 0xa7: ("keep active", .session)
      default: ("command", .other)
      }
    return OperationDescription(code: hexadecimal(code, digits: 2), name: name, kind: kind)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { "reader \(a)" }
}
