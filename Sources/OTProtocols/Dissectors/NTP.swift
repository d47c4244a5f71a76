import OTCore

/// Network Time Protocol, versions 1...4: RFC 5905, section 7.3; control messages: RFC 9327, section 2.
public struct NTP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ntp", name: "Network Time Protocol", specification: "RFC 5905, RFC 9327", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "mode, version, stratum, reference; commands of control and private mode, software of the server",
      displayFilter: "ntp")
  ]
  public static let claims: [Claim] = [.udp(123)]

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, let first = bytes.byte(0), let stratum = bytes.byte(1) else { return .notThisProtocol }
    let (version, mode) = (first >> 3 & 7, first & 7)
    guard (1...4).contains(version), mode != 0 else { return .notThisProtocol }
    switch mode {
    case 6:
      // RFC 9327 section 2: operations, and as much data as is said.
      guard let count = bytes.be16(10), Int(count) <= 468,
        stratum & 31 <= 12 || stratum & 31 == 31
      else { return .notThisProtocol }
    case 7: guard bytes.count >= 8, bytes[2] <= 3 else { return .notThisProtocol }
    default:
      // RFC 5905 section 7.3: the poll interval and the precision are powers of two; what follows comes in words.
      guard bytes.count >= 48, stratum <= 16, bytes.count % 4 == 0, bytes[2] <= 17 || bytes[2] >= 0xf0,
        bytes[3] <= 32 || bytes[3] >= 0xc0
      else { return .notThisProtocol }
    }
    return .pdu(byteCount: bytes.count)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let first = try pdu.u8("leap, version, mode")
    let stratum = try pdu.u8("stratum")
    let mode = first & 7
    // Control messages have their response bit in the second octet, private ones in the first.
    let isResponse = mode == 4 || mode == 2 || (mode == 6 && stratum & 0x80 != 0) || (mode == 7 && first & 0x80 != 0)
    if mode >= 6 { return control(mode, isResponse, pdu.bytes, into: &out) }
    out.operation(Operation(UInt64(mode), mode == 5 ? .publish : isResponse ? .response : .request))
    guard mode == 4 || mode == 5, told.isNew(pdu.bytes.clamped(from: 0, count: 2)) else { return }
    out.property(.protocolVersion, out.text(UInt64(first >> 3 & 7)))
    out.property(.stratum, out.text(UInt64(stratum)))
    if stratum <= 1 {
      // Four letters that name the clock (GPS, DCFa) or, at stratum 0, the reason for a refusal.
      out.property(.other, out.text(pdu.bytes.clamped(from: 12, count: 4)))
    }
    if first >> 6 == 3 { out.property(.mode, out.text("not synchronised")) }
  }

  /// Control messages, RFC 9327 section 2, have their command in the second octet; private ones in the fourth.
  private mutating func control(
    _ mode: UInt8, _ isResponse: Bool, _ bytes: Span<UInt8>, into out: inout ObservationBuffer
  ) {
    let command = mode == 6 ? (bytes.byte(1) ?? 0) & 31 : bytes.byte(3) ?? 0
    let failed = mode == 6 && (bytes.byte(1) ?? 0) & 0x40 != 0
    out.operation(
      Operation(
        UInt64(mode) | UInt64(command) << 8, isResponse ? .response : .request,
        outcome: !isResponse ? .none : failed ? .failure(UInt32(bytes.byte(4) ?? 0)) : .success))
    guard mode == 6, isResponse, command == 2 else { return }
    // Variables of the system: `version="ntpd 4.2.6p5", processor="mips", system="Linux/2.6", …`
    tell(bytes, "version=\"", .softwareVersion, into: &out)
    tell(bytes, "processor=\"", .hardwareVersion, into: &out)
    tell(bytes, "system=\"", .operatingSystem, into: &out)
  }

  private mutating func tell(
    _ bytes: Span<UInt8>, _ name: StaticString, _ attribute: IdentityAttribute, into out: inout ObservationBuffer
  ) {
    guard let at = bytes.first(ignoringCase: name, from: 12) else { return }
    let start = at + name.utf8CodeUnitCount
    let value = bytes.clamped(from: start, count: bytes.firstIndex(of: UInt8(ascii: "\""), from: start) - start)
    if told.isNew(value, salt: UInt64(attribute.rawValue) + 8) { out.identity(.sender, attribute, out.text(value)) }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    if code & 0xff >= 6 { return describe(control: code) }
    let (name, kind): (String, OperationKind) =
      switch code {
      case 1: ("symmetric active", .report)
      case 2: ("symmetric passive", .report)
      case 3: ("ask for time", .read)
      case 4: ("time", .read)
      case 5: ("broadcast time", .report)
      default: ("mode \(code)", .other)
      }
    return OperationDescription(code: "\(code)", name: name, kind: kind)
  }

  private static func describe(control code: UInt64) -> OperationDescription {
    let command = code >> 8
    let known = code & 0xff == 6 ? controls[command] : privates[command]
    let what = code & 0xff == 6 ? "control message" : "private mode"
    return OperationDescription(
      code: "\(code & 0xff)/\(command)", name: "\(what): " + (known?.0 ?? "command \(command)"),
      kind: known?.1 ?? .diagnose)
  }

  private static let controls: [UInt64: (String, OperationKind)] = [
    1: ("read status", .diagnose), 2: ("read variables", .diagnose), 3: ("write variables", .configure),
    4: ("read clock variables", .diagnose), 5: ("write clock variables", .configure), 8: ("configure", .configure),
    9: ("save configuration", .configure), 10: ("read most recently used list", .discover),
    11: ("read list", .diagnose), 12: ("ask for nonce", .diagnose),
  ]

  /// Requests of ntpdc, as ntp.org's `ntp_request.h` numbers them; 20 and 42 list who asked for the time (CVE-2013-5211).
  private static let privates: [UInt64: (String, OperationKind)] = [
    0: ("list peers", .discover), 4: ("system information", .discover), 8: ("configure", .configure),
    9: ("unconfigure", .configure), 10: ("set system flags", .configure), 11: ("clear system flags", .configure),
    16: ("list restrictions", .discover), 17: ("add restriction", .configure), 20: ("list of clients", .discover),
    42: ("list of clients", .discover),
  ]
}
