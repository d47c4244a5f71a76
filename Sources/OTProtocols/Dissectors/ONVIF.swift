import OTCore

/// What video systems ask and tell cameras through web services: ONVIF Core Specification 23.06 in SOAP, and the device
/// description of Hikvision's ISAPI, both as bodies of HTTP.
public struct ONVIF: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "onvif", name: "ONVIF", specification: "ONVIF Core Specification 23.06; WS-Security UsernameToken 1.1",
      isIndustrial: false, depth: [.identity, .operations],
      reads: "operation, fault, login (account only), maker, model, firmware and serial number of a camera; bodies of "
        + "HTTP up to 32 KiB, not chunked",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.inner(.httpBody)]

  public init() {}

  private var told = RecentValues()
  private var pending: UInt64 = 0

  private static let isapi: UInt64 = 0xfe

  /// An envelope that names an ONVIF namespace, or a `DeviceInfo` document.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, bytes.byte(0) == UInt8(ascii: "<") || bytes.byte(0) == 0xef else { return .notThisProtocol }
    let isONVIF = bytes.first(ignoringCase: "www.onvif.org/ver") != nil
    return isONVIF || isDeviceInfo(bytes) ? .pdu(byteCount: bytes.count) : .notThisProtocol
  }

  private static func isDeviceInfo(_ bytes: Span<UInt8>) -> Bool {
    bytes.clamped(from: 0, count: 256).first(ignoringCase: "<deviceinfo") != nil
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let text = pdu.rest()
    if Self.isDeviceInfo(text) {
      out.operation(Operation(Self.isapi, .response, outcome: .success))
      describeDevice(text, into: &out)
      return
    }
    let body = text.element("body")
    let name = Self.rootName(body)
    guard !name.isEmpty else { throw DecodeError("Body", at: 0, .invalid) }
    if name.equals(ignoringCase: "fault") {
      out.operation(Operation(pending, .response, outcome: .failure(1)))
    } else if name.count > 8, name.hasASCII("Response", at: name.count - 8) {
      let asked = name.extracting(0..<(name.count - 8))
      let code = ONVIFOperation.code(of: asked)
      out.operation(Operation(code, .response, outcome: .success, object: .text(out.text(asked))))
      if asked.equals(ignoringCase: "getdeviceinformation") { describeDevice(body, into: &out) }
    } else {
      pending = ONVIFOperation.code(of: name)
      out.operation(Operation(pending, .request, object: .text(out.text(name))))
      login(text.element("usernametoken"), into: &out)
    }
  }

  /// Local name of the first element.
  @_lifetime(copy body)
  private static func rootName(_ body: Span<UInt8>) -> Span<UInt8> {
    guard let open = body.first(UInt8(ascii: "<")) else { return body.extracting(0..<0) }
    var start = open + 1
    var end = start
    while let byte = body.byte(end), byte > 32, byte != UInt8(ascii: ">"), byte != UInt8(ascii: "/"), end - open < 128 {
      end += 1
      if byte == UInt8(ascii: ":") { start = end }
    }
    return body.extracting(start..<end)
  }

  private mutating func login(_ token: Span<UInt8>, into out: inout ObservationBuffer) {
    let account = token.element("username")
    guard !account.isEmpty, told.isNew(account) else { return }
    out.identity(.sender, .userName, out.text(account))
    // `#PasswordText` is what it says, `#PasswordDigest` a digest with nonce and time.
    let isDigest = token.first(ignoringCase: "#passworddigest") != nil
    let strength: CredentialExposure.Strength =
      isDigest ? .unknown : CredentialExposure.Strength(account: account, password: token.element("password"))
    out.record(
      .credential(
        CredentialExposure(isDigest ? .httpDigest : .clearText, account: out.text(account), strength: strength)))
  }

  private mutating func describeDevice(_ text: Span<UInt8>, into out: inout ObservationBuffer) {
    tell(.vendor, text.element("manufacturer"), into: &out)
    tell(.productName, text.element("model"), into: &out)
    tell(.firmwareVersion, text.element("firmwareversion"), into: &out)
    tell(.serialNumber, text.element("serialnumber"), into: &out)
    tell(.hardwareVersion, text.element("hardwareid"), into: &out)
    tell(.name, text.element("devicename"), into: &out)
    tell(.address, text.element("macaddress"), into: &out)
  }

  private mutating func tell(_ attribute: IdentityAttribute, _ value: Span<UInt8>, into out: inout ObservationBuffer) {
    guard !value.isEmpty, told.isNew(value, salt: UInt64(attribute.rawValue)) else { return }
    out.identity(.sender, attribute, out.text(value))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    if code == isapi { return OperationDescription(code: "isapi", name: "device information", kind: .discover) }
    guard code < UInt64(ONVIFOperation.all.count) else {
      return OperationDescription(code: "other", name: "other operation", kind: .other)
    }
    let operation = ONVIFOperation.all[Int(code)]
    return OperationDescription(code: "\(operation.name)", name: operation.title, kind: operation.kind)
  }
}

/// Beginnings of the operations' names, longer ones first; the whole name is the object.
private enum ONVIFOperation {
  static let all: [(name: StaticString, title: String, kind: OperationKind)] = [
    ("getdeviceinformation", "device information", .discover), ("getcapabilities", "capabilities", .discover),
    ("getservices", "services", .discover), ("getuser", "accounts", .read), ("get", "read", .read),
    ("setsystemdateandtime", "time", .time), ("setsystemfactorydefault", "factory settings", .control),
    ("systemreboot", "reboot", .control), ("upgradesystemfirmware", "firmware upgrade", .firmware),
    ("startfirmwareupgrade", "firmware upgrade", .firmware), ("restoresystem", "restore", .program),
    ("set", "set", .configure), ("createuser", "new account", .configure), ("create", "create", .configure),
    ("delete", "delete", .configure), ("add", "add", .configure), ("remove", "remove", .configure),
    ("continuousmove", "move", .control), ("absolutemove", "move", .control), ("relativemove", "move", .control),
    ("gotopreset", "move", .control), ("stop", "stop", .control), ("pullmessages", "events", .read),
    ("subscribe", "subscription", .session), ("renew", "subscription", .session),
    ("unsubscribe", "subscription", .session),
  ]

  static func code(of name: Span<UInt8>) -> UInt64 {
    for index in all.indices where name.hasASCII(ignoringCase: all[index].name) { return UInt64(index) }
    return 0xff
  }
}
