import OTCore

/// Hikvision's Search Active Devices Protocol: XML documents multicast to find, activate and readdress cameras and
/// recorders. Not published by the maker; element names as public tools and packet descriptions give them.
public struct SADP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "sadp", name: "Hikvision SADP", specification: "none published; XML over UDP 37020 as deployed",
      isIndustrial: false, depth: [.identity, .operations],
      reads: "inquiry and answer (model, serial number, versions, MAC address, whether activated), readdressing, "
        + "activation and reset with their outcome; passwords are noticed, not read; not the form on Ethernet 0x8033",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.udp(37020)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var told = RecentValues()

  /// `<Probe>` or `<ProbeMatch>` without a prefix (WS-Discovery has one, and an envelope) and their first elements.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, let first = bytes.byte(0), first == UInt8(ascii: "<") || first == 0xef else {
      return .notThisProtocol
    }
    let front = bytes.clamped(from: 0, count: 512)
    guard front.first(ignoringCase: "<probe") != nil, front.first(ignoringCase: "<uuid>") != nil,
      front.first(ignoringCase: "<types>") != nil
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let text = pdu.rest()
    let types = text.element("types")
    guard !types.isEmpty else { throw DecodeError("Types", at: 0, .invalid) }
    let verb = SADPVerb.code(of: types)
    guard text.first(ignoringCase: "<probematch") != nil else {
      let target = text.element("mac")
      out.operation(Operation(verb, .request, object: target.isEmpty ? .none : .text(out.text(target))))
      if !text.element("password").isEmpty {
        out.record(.credential(CredentialExposure(.protocolPassword, account: .none, strength: .unknown)))
      }
      return
    }
    let result = text.element("result")
    let failed = !result.isEmpty && !result.equals(ignoringCase: "success")
    out.operation(Operation(verb, .response, outcome: failed ? .failure(1) : .success))
    tell(text, into: &out)
  }

  private mutating func tell(_ text: Span<UInt8>, into out: inout ObservationBuffer) {
    tell(.productName, text.element("devicedescription"), into: &out)
    tell(.serialNumber, text.element("devicesn"), into: &out)
    tell(.firmwareVersion, text.element("softwareversion"), into: &out)
    tell(.softwareVersion, text.element("dspversion"), into: &out)
    tell(.address, text.element("mac"), into: &out)
    tell(.endpoint, text.element("ipv4address"), into: &out)
    // A device that nobody has given a password yet takes one from anybody.
    let activated = text.element("activated")
    if activated.equals(ignoringCase: "false"), told.isNew(activated) {
      out.property(.securityMode, out.text("not activated"))
    }
  }

  private mutating func tell(_ attribute: IdentityAttribute, _ value: Span<UInt8>, into out: inout ObservationBuffer) {
    guard !value.isEmpty, told.isNew(value, salt: UInt64(attribute.rawValue)) else { return }
    out.identity(.sender, attribute, out.text(value))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code < UInt64(SADPVerb.all.count) else {
      return OperationDescription(code: "?", name: "other request", kind: .other)
    }
    let verb = SADPVerb.all[Int(code)]
    return OperationDescription(code: "\(verb.name)", name: verb.title, kind: verb.kind)
  }
}

/// Values of the element `Types`.
private enum SADPVerb {
  static let all: [(name: StaticString, title: String, kind: OperationKind)] = [
    ("inquiry", "inquiry", .discover), ("hello", "announcement", .report), ("bye", "leaving", .report),
    ("update", "change of network parameters", .configure),
    ("activate", "activation with a first password", .configure),
    ("getencryptstring", "request for a key", .authenticate), ("exchangecode", "exchange of keys", .authenticate),
    ("getcode", "request for a reset code", .authenticate), ("setcode", "reset of the password", .configure),
    ("resetpassword", "reset of the password", .configure), ("restore", "reset to factory settings", .configure),
  ]

  static func code(of word: Span<UInt8>) -> UInt64 {
    for index in all.indices where word.equals(ignoringCase: all[index].name) { return UInt64(index) }
    return 0xff
  }
}
