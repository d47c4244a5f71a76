import OTCore

/// Discovery of Beckhoff TwinCAT systems and the making of routes to them, over UDP.
/// Unpublished; tags as told by `pyads`.
public struct ADSDiscoveryDissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ads_discovery", name: "Beckhoff ADS discovery", specification: "Beckhoff (unpublished); pyads",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "net id, host name, TwinCAT version, routes added and the accounts they name", displayFilter: "")
  ]
  public static let claims: [Claim] = [.udp(48899)]
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()
  private var login = PendingLogin()

  public init() {}

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, bytes.le32(0) == magic, bytes.count >= 24 else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  private static let magic: UInt32 = 0x7114_6603

  // MARK: dissecting

  /// Magic, invocation, service (top bit: answer), net id and port of the sender, then tagged values.
  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(8, "magic and invoke id")
    let service = try pdu.u32le("service")
    let isResponse = service & 0x8000_0000 != 0
    let code = UInt64(service & 0x7fff_ffff)
    let netID = try pdu.take(6, "net id")
    if told.isNew(netID, salt: 1) { out.identity(.sender, .address, out.text(netID: netID)) }
    try pdu.skip(2, "port")
    let count = Int(try pdu.u32le("number of tags"))
    var operation = Operation(code, isResponse ? .response : .request)
    if isResponse { operation.outcome = .success }
    defer { out.operation(operation) }
    var user: Span<UInt8> = pdu.bytes.extracting(0..<0)
    var password: Span<UInt8>?
    for _ in 0..<min(count, 32) {
      guard pdu.remaining >= 4 else { break }
      let tag = try pdu.u16le("tag")
      let value = try pdu.take(Int(try pdu.u16le("tag length")), "tag value")
      switch tag {
      case 1:
        if isResponse, let status = value.le32(0), status != 0 { operation.outcome = .failure(status) }
      case 2: password = value.untilNUL()
      case 3 where isResponse && value.count >= 4:
        if let major = value.byte(0), let minor = value.byte(1), let build = value.le16(2) {
          out.identity(.sender, .softwareVersion, out.text(joined: UInt64(major), UInt64(minor), UInt64(build)))
        }
      case 5 where isResponse: out.identity(.sender, .hostname, out.text(value.untilNUL()))
      case 12: operation.object = .text(out.text(value.untilNUL()))
      case 13: user = value.untilNUL()
      default: break
      }
    }
    guard code == Service.addRoute else { return }
    if isResponse {
      login.answered(operation.outcome == .success, into: &out)
    } else if let password {
      login.name(user)
      login.sent(.clearText, login.judge(password: password), into: &out)
    }
  }

  private enum Service { static let addRoute: UInt64 = 6 }

  // MARK: names

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code {
      case 1: ("server information", .discover)
      case Service.addRoute: ("add route", .configure)
      default: ("service \(code)", .other)
      }
    return OperationDescription(code: "\(code)", name: name, kind: kind)
  }
}
