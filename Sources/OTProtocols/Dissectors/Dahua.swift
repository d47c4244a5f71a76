import OTCore

/// Dahua's DHIP: JSON requests behind a binary header, multicast for discovery and over TCP to recorders and cameras.
/// Not published by the maker; header and methods as public tools describe them.
public struct Dahua: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "dahua", name: "Dahua DHIP", specification: "none published; discovery on UDP 37810, DHIP on TCP 37777",
      isIndustrial: false, depth: [.identity, .operations],
      reads: "method of each request, outcome, account of a login, model, serial number and version of an announced "
        + "device; not media and not the older binary commands",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.udp(37810), .tcp(37777)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var told = RecentValues()
  private var pending = RequestTable<UInt64>()
  private var login = PendingLogin()

  private static let headerBytes = 32

  /// Length of the header, `DHIP`, session, request, length of the packet and of the message, little-endian.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let first = bytes.byte(0) else { return .needMore }
    guard first == 0x20 else { return .notThisProtocol }
    guard bytes.count >= headerBytes else {
      let isBeginning = bytes.count < 8 ? bytes.le32(0) ?? 0x20 == 0x20 : bytes.hasASCII("DHIP", at: 4)
      return hint.isStream && isBeginning ? .needMore : .notThisProtocol
    }
    guard bytes.le32(0) == 0x20, bytes.hasASCII("DHIP", at: 4), let length = bytes.le32(16), length <= 1 << 19 else {
      return .notThisProtocol
    }
    return .pdu(byteCount: headerBytes + Int(length))
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(12, "header")
    let request = try pdu.u32le("request")
    try pdu.skip(Self.headerBytes - 16, "header")
    let text = pdu.rest()
    let method = text.member("method")
    guard !method.isEmpty else {
      respond(text, request, into: &out)
      return
    }
    let code = DahuaMethod.code(of: method)
    if method.equals(ignoringCase: "client.notifydevinfo") {
      out.operation(Operation(DahuaMethod.search, .response, outcome: .success))
      describeDevice(text, into: &out)
      return
    }
    pending.remember(code, for: UInt64(request))
    out.operation(Operation(code, .request, object: .text(out.text(method))))
    let secret = text.member("password")
    guard code == DahuaMethod.login, !secret.isEmpty else { return }
    let account = text.member("username")
    login.name(account)
    // `Default` and `Basic` send a digest of the password; `Plain` is what it says.
    let isPlain = text.member("passwordtype").equals(ignoringCase: "plain")
    login.sent(
      isPlain ? .clearText : .protocolPassword, isPlain ? login.judge(password: secret) : .unknown, into: &out)
    out.identity(.sender, .userName, out.text(account))
  }

  private mutating func respond(_ text: Span<UInt8>, _ request: UInt32, into out: inout ObservationBuffer) {
    let isSuccess = text.member("result").equals(ignoringCase: "true")
    let status = text.member("code").decimal ?? 1
    let method = pending.request(UInt64(request)) ?? DahuaMethod.other
    out.operation(
      Operation(method, .response, outcome: isSuccess ? .success : .failure(UInt32(truncatingIfNeeded: status))))
    // The first answer to a login is the challenge.
    if method == DahuaMethod.login, login.isPending { login.answered(isSuccess, into: &out) }
  }

  private mutating func describeDevice(_ text: Span<UInt8>, into out: inout ObservationBuffer) {
    tell(.vendor, text.member("vendor"), into: &out)
    tell(.productName, text.member("devicetype"), into: &out)
    tell(.deviceType, text.member("deviceclass"), into: &out)
    tell(.serialNumber, text.member("serialno"), into: &out)
    tell(.firmwareVersion, text.member("version"), into: &out)
    tell(.name, text.member("machinename"), into: &out)
    tell(.address, text.member("mac"), into: &out)
  }

  private mutating func tell(_ attribute: IdentityAttribute, _ value: Span<UInt8>, into out: inout ObservationBuffer) {
    guard !value.isEmpty, told.isNew(value, salt: UInt64(attribute.rawValue)) else { return }
    out.identity(.sender, attribute, out.text(value))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code < UInt64(DahuaMethod.all.count) else {
      return OperationDescription(code: "other", name: "other method", kind: .other)
    }
    let method = DahuaMethod.all[Int(code)]
    return OperationDescription(code: "\(method.name)", name: "\(method.name)", kind: method.kind)
  }
}

/// Methods by the beginning of their name; the whole name is the operation's object.
private enum DahuaMethod {
  static let search: UInt64 = 0
  static let login: UInt64 = 1
  static let other: UInt64 = 0xff

  static let all: [(name: StaticString, kind: OperationKind)] = [
    ("dhdiscover.search", .discover), ("global.login", .authenticate), ("global.logout", .session),
    ("global.keepalive", .session), ("dhdiscover.set", .configure), ("configmanager.set", .configure),
    ("configmanager.restore", .configure), ("configmanager.get", .read), ("usermanager.get", .read),
    ("usermanager.", .configure), ("magicbox.reboot", .control), ("magicbox.shutdown", .control),
    ("magicbox.get", .read), ("upgrader.", .firmware), ("ptz.", .control), ("console.", .control),
    ("security.", .authenticate),
  ]

  static func code(of name: Span<UInt8>) -> UInt64 {
    for index in all.indices where name.hasASCII(ignoringCase: all[index].name) { return UInt64(index) }
    return other
  }
}
