import OTCore

/// Search and configuration of Moxa's serial servers. Not published by the maker; header and fields as described by
/// those who observed NPort 5110 and by public scanners, requests as in Metasploit's `moxa_credentials_recovery`
/// (CVE-2016-9361).
public struct MoxaConfiguration: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "moxa", name: "Moxa NPort configuration", specification: "none published; UDP 4800 as observed",
      isIndustrial: true, depth: [.identity, .operations],
      reads:
        "request, status, model code, hardware and IP address of an answer, name of a server, that an answer shows "
        + "password or communities; no settings",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.udp(4800), .udp(29168)]

  public init() {}

  private var told = RecentValues()

  private static let headerBytes = 8
  private static let search: UInt8 = 1
  private static let name: UInt8 = 0x10
  private static let communities: UInt8 = 0x28
  private static let password: UInt8 = 0x29
  private static let communitiesAndPassword: UInt8 = 0x2c

  /// Request or answer (highest bit) and its number, status, length of the datagram, transaction.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    // More than there is was cut off, or it is none.
    guard !hint.isStream, bytes.count >= headerBytes, let length = bytes.be16(2), Int(length) >= bytes.count,
      bytes[0] & 0x7f != 0
    else { return .notThisProtocol }
    // Requests have no status, and a search nothing at all.
    guard bytes[0] & 0x80 != 0 || (bytes[1] == 0 && (bytes[0] != search || bytes.count == headerBytes)) else {
      return .notThisProtocol
    }
    return .pdu(byteCount: Int(length))
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let number = try pdu.u8("request")
    let status = try pdu.u8("status")
    try pdu.skip(6, "length and transaction")
    guard number & 0x80 != 0 else {
      out.operation(Operation(UInt64(number), .request))
      return
    }
    let asked = number & 0x7f
    out.operation(
      Operation(UInt64(asked), .response, outcome: status == 0 ? .success : .failure(UInt32(status))))
    guard status == 0 else { return }
    let body = pdu.rest()
    let isCut = context.missingBytes > 0
    switch asked {
    case Self.search: describe(body, into: &out)
    // The device's own id (12 octets of model and hardware address) stands in front.
    case Self.name: tell(body.clamped(from: 12, count: 40).untilNUL(), into: &out)
    case Self.communities: exposure(.snmpCommunity, pdu.bytes, at: 24, isCut: isCut, into: &out)
    case Self.password: exposure(.clearText, pdu.bytes, at: 200, isCut: isCut, into: &out)
    case Self.communitiesAndPassword:
      exposure(.snmpCommunity, pdu.bytes, at: 24, isCut: isCut, into: &out)
      exposure(.snmpCommunity, pdu.bytes, at: 64, isCut: isCut, into: &out)
      exposure(.clearText, pdu.bytes, at: 200, isCut: isCut, into: &out)
    default: break
    }
  }

  /// Older firmware answers anybody with the secrets it keeps, in texts that end in NUL. Of one that the capture cut off
  /// only that it was there can be said.
  private func exposure(
    _ scheme: CredentialExposure.Scheme, _ bytes: Span<UInt8>, at place: Int, isCut: Bool,
    into out: inout ObservationBuffer
  ) {
    let room = bytes.clamped(from: place, count: 40)
    let secret = room.untilNUL()
    guard !room.isEmpty, secret.isPlainText else { return }
    out.record(
      .credential(
        CredentialExposure(
          scheme, account: .none,
          strength: isCut && secret.count == room.count
            ? .unknown : .init(account: bytes.extracting(0..<0), password: secret),
          senderAuthenticates: false)))
  }

  /// Application and model code, hardware address, IP address: 16 octets.
  private mutating func describe(_ body: Span<UInt8>, into out: inout ObservationBuffer) {
    guard body.count >= 16, let mac = body.mac(6), let model = body.le16(4), told.isNew(body) else { return }
    out.identity(.sender, .vendor, out.text("Moxa"))
    out.identity(.sender, .productCode, out.text(string: hexadecimal(model, digits: 4)))
    out.identity(.sender, .address, out.text(mac: body.extracting(6..<12)))
    if let address = body.be32(12), address != 0 { out.record(.binding(AddressBinding(.ipv4(address), mac, .other))) }
  }

  private mutating func tell(_ name: Span<UInt8>, into out: inout ObservationBuffer) {
    if !name.isEmpty, name.isPlainText, told.isNew(name) { out.identity(.sender, .name, out.text(name)) }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch UInt8(truncatingIfNeeded: code) {
      case search: ("search", .discover)
      case Self.name: ("server name", .read)
      case 0x14: ("network statistics", .diagnose)
      case 0x16, 0x1e: ("unlock settings", .authenticate)
      case 0x1a: ("read date and time", .read)
      case 0x1b: ("read time server", .read)
      case communities: ("read SNMP communities", .read)
      case password: ("read password", .read)
      case communitiesAndPassword: ("read SNMP communities and password", .read)
      default: ("other request", .other)
      }
    return OperationDescription(code: hexadecimal(code, digits: 2), name: name, kind: kind)
  }
}
