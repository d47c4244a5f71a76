import OTCore

/// Remote Framebuffer (VNC), RFC 6143: version, security types, outcome of the login, name of the desktop; and how both
/// ends find each other at a repeater of UltraVNC.
///
/// Behind the server's initialisation everything is screen and keys, and skipped.
public struct VNC: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "vnc", name: "Remote Framebuffer (VNC)", specification: "RFC 6143 section 7", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "version, security types, login outcome, desktop name, number at a repeater",
      displayFilter: "vnc")
  ]
  public static let claims: [Claim] = [.tcp(5900), .tcp(5901), .tcp(5902), .tcp(5800)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private static let version: UInt64 = 0
  private static let security: UInt64 = 1
  private static let loginAttempt: UInt64 = 2
  private static let initialisation: UInt64 = 3
  private static let repeater: UInt64 = 4
  /// A repeater is told `ID:` and a number, filled with zeros.
  private static let repeaterBytes = 250

  /// What the server says next.
  private enum Phase { case version, securityTypes, challenge, result, initialisation, done }
  private var phase = Phase.version
  /// Minor version the client chose: 3, 7 or 8.
  private var minor = 8
  private var chosen: UInt8 = 0
  private var login = PendingLogin()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, !bytes.isEmpty else { return .notThisProtocol }
    if bytes.hasASCII("ID:"), bytes.isRepeaterNumber {
      return bytes.count < repeaterBytes ? .needMore : .pdu(byteCount: repeaterBytes)
    }
    if hint.isEstablished, !bytes.hasASCII("RFB ") { return .pdu(byteCount: bytes.count) }
    guard bytes.count >= 12 else {
      return bytes[0] == UInt8(ascii: "R") && (bytes.byte(1) ?? 70) == UInt8(ascii: "F") ? .needMore : .notThisProtocol
    }
    return bytes.hasASCII("RFB ") && bytes[7] == UInt8(ascii: ".") && bytes[11] == 10
      ? .pdu(byteCount: 12) : .notThisProtocol
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if pdu.bytes.hasASCII("ID:"), phase == .version || phase == .securityTypes {
      out.operation(Operation(Self.repeater, .request))
      out.property(.mode, out.text("repeater"))
      out.identity(.sender, .clientID, out.text(pdu.bytes.clamped(from: 3, count: 16).untilNUL()))
    } else if pdu.bytes.hasASCII("RFB "), phase == .version || phase == .securityTypes {
      let number = pdu.bytes.clamped(from: 4, count: 7)
      out.operation(Operation(Self.version, context.senderIsClient ? .request : .response))
      out.property(.protocolVersion, out.text(number))
      if context.senderIsClient { minor = number.clamped(from: 4, count: 3).decimal ?? 8 }
      phase = .securityTypes
    } else if context.senderIsClient {
      try fromClient(&pdu, into: &out)
    } else {
      while !pdu.isAtEnd, phase != .done { try fromServer(&pdu, into: &out) }
      if phase == .done { out.skip(Int.max) }
    }
  }

  private mutating func fromServer(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    switch phase {
    case .version, .securityTypes:
      if minor < 7 {
        // Version 3.3: the server decides (RFC 6143 appendix A).
        choose(UInt8(truncatingIfNeeded: try pdu.u32("security-type")), .response, into: &out)
      } else {
        let count = try pdu.u8("number-of-security-types")
        let types = try pdu.take(Int(count), "security-types")
        for index in 0..<min(types.count, 16) { out.property(.securityMode, Self.name(types[index], into: &out)) }
        // The client's choice arrives on the other direction.
        phase = .challenge
      }
    case .challenge:
      try pdu.skip(min(16, pdu.remaining), "challenge")
      phase = .result
    case .result:
      let status = try pdu.u32("status")
      out.operation(
        Operation(Self.loginAttempt, .response, outcome: status == 0 ? .success : .failure(status)))
      login.answered(status == 0, into: &out)
      phase = status == 0 ? .initialisation : .done
    case .initialisation:
      try pdu.skip(20, "framebuffer and pixel format")
      let length = try pdu.u32("name-length")
      let name = try pdu.take(Int(length), "name-string")
      out.operation(Operation(Self.initialisation, .response, outcome: .success))
      out.identity(.sender, .name, out.text(name))
      phase = .done
    case .done: break
    }
  }

  private mutating func fromClient(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    switch phase {
    case .challenge where chosen == 0:
      choose(try pdu.u8("security-type"), .request, into: &out)
    case .result where pdu.remaining == 16:
      out.operation(Operation(Self.loginAttempt, .request))
      login.clearName()
      login.sent(.vncChallenge, .unknown, into: &out)
    case .done:
      out.skip(Int.max)
    default: break
    }
  }

  private mutating func choose(_ type: UInt8, _ role: Operation.Role, into out: inout ObservationBuffer) {
    chosen = type
    out.operation(Operation(Self.security, role))
    out.property(.authentication, Self.name(type, into: &out), subject: role == .request ? .receiver : .sender)
    switch type {
    case 1:
      login.clearName()
      out.record(
        .credential(
          CredentialExposure(
            .none, account: .none, strength: .empty, accepted: true, senderAuthenticates: role == .request)))
      // Version 3.8 sends a result for "none" too.
      phase = minor >= 8 ? .result : .initialisation
    case 2: phase = .challenge
    default: phase = .done
    }
  }

  /// Security types, IANA RFB registry.
  private static func name(_ type: UInt8, into out: inout ObservationBuffer) -> TextRef {
    switch type {
    case 0: out.text("invalid")
    case 1: out.text("none")
    case 2: out.text("VNC authentication")
    case 5: out.text("RA2")
    case 6: out.text("RA2ne")
    case 16: out.text("Tight")
    case 17: out.text("Ultra")
    case 18: out.text("TLS")
    case 19: out.text("VeNCrypt")
    case 30: out.text("Apple Remote Desktop")
    default: out.text(UInt64(type))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    switch code {
    case version: OperationDescription(code: "version", name: "protocol version", kind: .session)
    case security: OperationDescription(code: "security", name: "security type", kind: .session)
    case repeater: OperationDescription(code: "repeater", name: "repeater", kind: .session)
    case loginAttempt: OperationDescription(code: "login", name: "security result", kind: .authenticate)
    default: OperationDescription(code: "init", name: "initialisation", kind: .session)
    }
  }
}

extension Span where Element == UInt8 {
  /// `ID:`, digits, and nothing but zeros behind them, as far as the bytes go.
  fileprivate var isRepeaterNumber: Bool {
    var index = 3
    while let byte = byte(index), byte >= 48, byte <= 57 { index += 1 }
    guard index > 3, index < 20 else { return false }
    while let byte = byte(index), index < 250 {
      if byte != 0 { return false }
      index += 1
    }
    return true
  }
}
