import OTCore

/// Digi's Advanced Device Discovery Protocol: finds, readdresses and reboots serial servers and gateways. Digi's
/// developer wiki and the description by Q. Beukes (2009) that public implementations follow.
public struct ADDP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "addp", name: "Digi ADDP", specification: "Digi developer wiki, Advanced Device Discovery Protocol",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "message, addressed device, result, name, hardware, firmware and addresses of an answer, that a password "
        + "is sent",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.udp(2362)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var told = RecentValues()

  private static let headerBytes = 8

  /// `DIGI` (or the mark of a rebranded device), type, length of what follows.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, bytes.count >= headerBytes, bytes[0] == UInt8(ascii: "D"),
      bytes.hasASCII("DIGI") || bytes.hasASCII("DVKT") || bytes.hasASCII("DGDP"), let type = bytes.be16(4),
      type >= 1, type <= 0x10, let length = bytes.be16(6), Int(length) <= bytes.count - headerBytes
    else { return .notThisProtocol }
    return .pdu(byteCount: headerBytes + Int(length))
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(4, "mark")
    let type = try pdu.u16("type")
    try pdu.skip(2, "length")
    guard type & 1 == 0 else { return try request(type, &pdu, into: &out) }
    guard type > 0 else { throw DecodeError("type", at: 4, .invalid) }
    let fields = pdu.rest()
    let result = Self.field(10, fields)
    out.operation(
      Operation(
        UInt64(type - 1), .response,
        outcome: result.isEmpty || result[0] == 0 ? .success : .failure(UInt32(result[0]))))
    if type == 2, told.isNew(fields) { try describe(fields, into: &out) }
  }

  /// Where the hardware address of the device stands (six times 0xff for all): behind three addresses or a flag.
  private static func target(_ type: UInt16) -> Int {
    switch type {
    case 3: 12
    case 7: 1
    default: 0
    }
  }

  /// The device that is meant; a change has its password behind, with the length in front.
  private func request(
    _ type: UInt16, _ pdu: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var operation = Operation(UInt64(type), .request)
    let start = Self.target(type)
    let body = pdu.rest()
    if let mac = body.mac(start), mac != .broadcast {
      operation.object = .text(out.text(mac: body.clamped(from: start, count: 6)))
    }
    out.operation(operation)
    guard type != 1, let length = body.byte(start + 6), length > 0 else { return }
    let password = body.clamped(from: start + 7, count: Int(length))
    guard password.count == Int(length) else { throw DecodeError("password", at: start + 15, .truncated) }
    let strength = CredentialExposure.Strength(account: body.extracting(0..<0), password: password)
    out.record(.credential(CredentialExposure(.clearText, account: .none, strength: strength)))
  }

  /// Fields of type, length, value.
  private func describe(_ fields: Span<UInt8>, into out: inout ObservationBuffer) throws(DecodeError) {
    out.identity(.sender, .vendor, out.text("Digi"))
    let mac = Self.field(1, fields)
    if mac.count == 6 { out.identity(.sender, .address, out.text(mac: mac)) }
    let address = Self.field(2, fields)
    if let hardware = mac.mac(0), let ip = address.be32(0), ip != 0 {
      out.record(.binding(AddressBinding(.ipv4(ip), hardware, .other)))
    }
    out.identity(.sender, .name, out.text(Self.field(4, fields)))
    out.identity(.sender, .productName, out.text(Self.field(13, fields)))
    out.identity(.sender, .firmwareVersion, out.text(Self.field(8, fields)))
    let revision = Self.field(7, fields)
    if let number = revision.byte(0) { out.identity(.sender, .hardwareVersion, out.text(UInt64(number))) }
  }

  @_lifetime(copy fields)
  private static func field(_ type: UInt8, _ fields: Span<UInt8>) -> Span<UInt8> {
    var index = 0
    for _ in 0..<64 {
      guard let found = fields.byte(index), let length = fields.byte(index + 1) else { break }
      if found == type { return fields.clamped(from: index + 2, count: Int(length)) }
      index += 2 + Int(length)
    }
    return fields.extracting(0..<0)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code {
      case 1: ("discovery", .discover)
      case 3: ("static network configuration", .configure)
      case 5: ("reboot", .control)
      case 7: ("DHCP network configuration", .configure)
      default: ("other message", .other)
      }
    return OperationDescription(code: "\(code)", name: name, kind: kind)
  }
}
