import OTCore

/// Port-based access control: EAP over LANs, IEEE 802.1X-2020 section 11, and EAP, RFC 3748 section 4.
public struct EAPOL: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "eapol", name: "802.1X (EAPOL)", specification: "IEEE 802.1X-2020 section 11, RFC 3748", isIndustrial: false,
      depth: [.identity, .operations], reads: "identity, method, success and failure; nothing encrypted",
      displayFilter: "eapol")
  ]
  public static let claims: [Claim] = [.etherType(0x888e)]

  public init() {}

  private var login = PendingLogin()

  private static let response: UInt64 = 0x100
  private static let result: UInt64 = 0x101

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, let version = bytes.byte(0), (1...3).contains(version), let type = bytes.byte(1), type <= 8,
      bytes.be16(2) != nil
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(1, "version")
    let type = try pdu.u8("packet type")
    let length = Int(try pdu.u16("body length"))
    // Who wants to be let in starts and logs off.
    guard type == 0 else {
      out.operation(Operation(UInt64(type), type == 1 || type == 2 ? .request : .publish))
      return
    }
    var packet = try pdu.slice(min(length, pdu.remaining), "packet body")
    let code = try packet.u8("EAP code")
    try packet.skip(3, "EAP identifier and length")
    switch code {
    case 1:
      let method = try packet.u8("EAP type")
      out.operation(Operation(Self.response | UInt64(method) << 16, .response))
      if method > 4 { out.property(.authentication, Self.method(method, into: &out)) }
    case 2:
      let method = try packet.u8("EAP type")
      let identity = method == 1 ? packet.rest().untilNUL() : packet.rest().clamped(from: 0, count: 0)
      let name = out.text(identity)
      out.operation(
        Operation(Self.response | UInt64(method) << 16, .request, object: name.isEmpty ? .none : .text(name)))
      if method == 1 {
        out.identity(.sender, .userName, name)
        login.name(identity)
      } else if method != 3, method >= 4 {
        out.property(.authentication, Self.method(method, into: &out))
        // The keys of EAP-MD5 and LEAP can be guessed from what was seen.
        if method == 4 || method == 17, !login.isPending { login.sent(.challengeResponse, .unknown, into: &out) }
      }
    default:
      out.operation(Operation(Self.result, .response, outcome: code == 3 ? .success : .failure(UInt32(code))))
      login.answered(code == 3, into: &out)
    }
  }

  /// IANA EAP method types.
  private static func method(_ number: UInt8, into out: inout ObservationBuffer) -> TextRef {
    switch number {
    case 4: out.text("EAP-MD5")
    case 6: out.text("EAP-GTC")
    case 13: out.text("EAP-TLS")
    case 17: out.text("LEAP")
    case 18: out.text("EAP-SIM")
    case 21: out.text("EAP-TTLS")
    case 25: out.text("PEAP")
    case 26: out.text("EAP-MSCHAPv2")
    case 43: out.text("EAP-FAST")
    case 52: out.text("EAP-PWD")
    case 55: out.text("TEAP")
    default: out.text(string: "EAP type \(number)")
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    if code == result { return OperationDescription(code: "eap.result", name: "result", kind: .authenticate) }
    if code & response != 0 {
      let method = code >> 16
      let name = method == 1 ? "identity" : method == 3 ? "refuse method" : "EAP method \(method)"
      return OperationDescription(code: "eap.\(method)", name: name, kind: .authenticate)
    }
    let name =
      switch code {
      case 1: "start"
      case 2: "log off"
      case 3: "key"
      case 5: "MKA"
      default: "packet type \(code)"
      }
    return OperationDescription(code: "\(code)", name: name, kind: .session)
  }
}
