import OTCore

/// ANSI C12.22 interface to data communication networks (electricity meters): ACSE of ISO/IEC 8650 around EPSEM
/// services. IEEE Std 1703-2012 (ANSI C12.22-2012), section 5.3; IP transport: RFC 6142.
public struct C1222: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "c1222", name: "ANSI C12.22", specification: "IEEE Std 1703-2012, section 5.3; RFC 6142", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "titles of both ends, services and tables where they are not enciphered, security mode, refusals",
      displayFilter: "c1222")
  ]
  public static let claims: [Claim] = [.tcp(1153), .udp(1153)]
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()

  public init() {}

  /// An ACSE data unit, [APPLICATION 0] constructed, that begins with one of its elements.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed || hint.isEstablished || isUnmistakable(bytes) else { return .notThisProtocol }
    guard let tag = bytes.byte(0) else { return .needMore }
    guard tag == 0x60 else { return .notThisProtocol }
    guard let length = BERReader.elementLength(bytes) else {
      return hint.isStream && bytes.count < 6 ? .needMore : .notThisProtocol
    }
    guard length >= 8, length <= 0xffff else { return .notThisProtocol }
    var reader = BERReader(bytes)
    guard let element = reader.next(), let first = element.content.byte(0) else { return .needMore }
    switch first {
    // Context, called and calling titles and invocations, mechanism, authentication, user information.
    case 0x8b, 0xa0...0xa9, 0xab, 0xac, 0xbe: return .pdu(byteCount: length)
    default: return .notThisProtocol
    }
  }

  /// Whether no port has to speak for a data unit: it is alone and consists of such elements, among them a title of the
  /// kinds this protocol has (section 5.3.4.2) and user information.
  private static func isUnmistakable(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.byte(0) == 0x60, BERReader.elementLength(bytes) == bytes.count else { return false }
    var outer = BERReader(bytes)
    guard let message = outer.next() else { return false }
    var elements = BERReader(message.content)
    var hasTitle = false
    var hasInformation = false
    while let element = elements.next() {
      guard !element.isCut else { return false }
      switch element.identifier {
      case 0xa2, 0xa6:
        var title = BERReader(element.content)
        guard let name = title.next(), title.isAtEnd, !name.isCut, [0x06, 0x0d, 0x80].contains(name.identifier) else {
          return false
        }
        hasTitle = true
      case 0xbe: hasInformation = element.content.byte(0) == 0x28
      case 0x8b, 0xa0...0xa9, 0xab, 0xac: break
      default: return false
      }
    }
    return hasTitle && hasInformation
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var outer = BERReader(pdu.bytes)
    let message = try outer.required("ACSE data unit")
    var elements = BERReader(message.content)
    for _ in 0..<Limits.itemsPerPDU {
      guard let element = elements.next() else { return }
      switch element.identifier {
      case 0xa2: title(element.content, .receiver, into: &out)
      case 0xa6: title(element.content, .sender, into: &out)
      case 0xbe: try information(element.content, missing: context.missingBytes, into: &out)
      default: break
      }
    }
  }

  /// A title is an object identifier, or one relative to the network's.
  private mutating func title(_ content: Span<UInt8>, _ subject: Subject, into out: inout ObservationBuffer) {
    var reader = BERReader(content)
    guard let name = reader.next(), !name.content.isEmpty, !name.isCut,
      told.isNew(name.content, salt: subject == .sender ? 1 : 2)
    else { return }
    if name.identifier == 0x06 {
      out.identity(subject, .address, out.text(objectIdentifier: name.content))
    } else if name.identifier == 0x0d || name.identifier == 0x80 {
      let dot = out.text(".")
      out.identity(subject, .address, dot.through(relative(name.content, into: &out)))
    }
  }

  /// Arcs of seven bits an octet, as in an object identifier but without its root.
  private func relative(_ bytes: Span<UInt8>, into out: inout ObservationBuffer) -> TextRef {
    var arc: UInt64 = 0
    var last = TextRef.none
    for index in bytes.indices.prefix(64) {
      arc = (arc & 0x00ff_ffff_ffff_ffff) << 7 | UInt64(bytes[index] & 0x7f)
      guard bytes[index] & 0x80 == 0 else { continue }
      if !last.isEmpty { _ = out.text(".") }
      last = out.text(arc)
      arc = 0
    }
    return last
  }

  // MARK: EPSEM

  /// Section 5.3.4.4: user information is an EXTERNAL that holds an EPSEM message.
  private mutating func information(
    _ content: Span<UInt8>, missing: Int, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var outer = BERReader(content)
    var external = BERReader(try outer.required("user information").content)
    while let element = external.next() {
      guard element.identifier == 0x81 || element.identifier == 0x80 || element.identifier == 0x04 else { continue }
      var message = ByteCursor(element.content)
      return try services(&message, missing: missing, into: &out)
    }
  }

  private mutating func services(
    _ message: inout ByteCursor, missing: Int, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let control = try message.u8("EPSEM control")
    let mode = control >> 2 & 3
    secure(mode, into: &out)
    if control & 0x10 != 0 { try message.skip(4, "end device class") }
    guard mode != Security.enciphered else { return }
    // A clear message that is authenticated ends in four octets of its code, or in what the capture left of them.
    let end = mode == Security.authenticated ? Swift.max(0, 4 - missing) : 0
    var failure: DecodeError?
    for _ in 0..<Limits.itemsPerPDU {
      guard message.remaining > end else { break }
      let length = try serviceLength(&message)
      guard length > 0 else { break }
      let isCut = length > message.remaining
      var service = try message.slice(Swift.min(length, message.remaining), "service")
      // Each service has its own length: one that is too short does not hide the next.
      do throws(DecodeError) {
        try self.service(&service, isCut: isCut, into: &out)
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }

  private enum Security {
    static let authenticated: UInt8 = 1
    static let enciphered: UInt8 = 2
  }

  private mutating func secure(_ mode: UInt8, into out: inout ObservationBuffer) {
    guard told.isNew(hash: 0xc122_2000 | UInt64(mode)) else { return }
    switch mode {
    case 0: out.property(.securityMode, out.text("clear text"))
    case Security.authenticated: out.property(.securityMode, out.text("clear text with authentication"))
    case Security.enciphered: out.property(.securityMode, out.text("cipher text with authentication"))
    default: break
    }
  }

  /// A length as BER writes it.
  private func serviceLength(_ message: inout ByteCursor) throws(DecodeError) -> Int {
    let first = try message.u8("service length")
    switch first {
    case 0x81: return Int(try message.u8("service length"))
    case 0x82: return Int(try message.u16("service length"))
    case 0..<0x80: return Int(first)
    default: throw DecodeError("service length", at: message.offset, .unsupported)
    }
  }

  /// Codes below 32 answer. They do not repeat what was asked, and one message may answer several services, so that an
  /// answer is told only where it refuses.
  private func service(
    _ service: inout ByteCursor, isCut: Bool, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let code = try service.u8("service code")
    guard code >= 0x20 else {
      if code != 0 { out.property(.other, out.text(Self.refusal(code))) }
      return
    }
    // The low half of a negotiation says how many rates it offers.
    var operation = Operation(UInt64((0x60...0x6b).contains(code) ? 0x60 : code), .request)
    defer { out.operation(operation) }
    switch code {
    case 0x30...0x3f, 0x40...0x4f:
      if code != 0x3e { operation.object = .numbers(UInt32(try service.u16("table")), 0, 0, 0) }
    case 0x50:
      try service.skip(2, "user identifier")
      out.identity(.sender, .userName, out.text(try service.take(10, "user")))
    case 0x51:
      // Of a password that the capture cut off nothing can be said.
      let password = try service.take(Swift.min(20, service.remaining), "password")
      out.record(
        .credential(
          CredentialExposure(
            .protocolPassword, account: .none,
            strength: isCut ? .unknown : .init(account: password.extracting(0..<0), password: password.trimmed()))))
    default: break
    }
  }

  // MARK: names

  private static func refusal(_ code: UInt8) -> StaticString {
    switch code {
    case 0x01: "refused: error"
    case 0x02: "refused: service not supported"
    case 0x03: "refused: insufficient security clearance"
    case 0x04: "refused: operation not possible"
    case 0x05: "refused: inappropriate action requested"
    case 0x06: "refused: device busy"
    case 0x07: "refused: data not ready"
    case 0x08: "refused: data locked"
    case 0x09: "refused: renegotiate request"
    case 0x0a: "refused: invalid service sequence state"
    case 0x0b: "refused: security mechanism error"
    case 0x0c: "refused: unknown application title"
    case 0x0d: "refused: network time-out"
    case 0x0e: "refused: network not reachable"
    case 0x0f: "refused: request too large"
    case 0x10: "refused: response too large"
    case 0x11: "refused: segmentation not possible"
    case 0x12: "refused: segmentation error"
    default: "refused"
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code {
      case 0x20: ("identify", .discover)
      case 0x21: ("terminate", .session)
      case 0x22: ("disconnect", .control)
      case 0x24: ("deregister", .session)
      case 0x25: ("resolve", .discover)
      case 0x26: ("trace", .discover)
      case 0x27: ("register", .session)
      case 0x30: ("full read", .read)
      case 0x31...0x39: ("partial read by index", .read)
      case 0x3e: ("default read", .read)
      case 0x3f: ("partial read by offset", .read)
      case 0x40: ("full write", .write)
      case 0x41...0x49: ("partial write by index", .write)
      case 0x4f: ("partial write by offset", .write)
      case 0x50: ("logon", .authenticate)
      case 0x51: ("security", .authenticate)
      case 0x52: ("logoff", .session)
      case 0x53: ("authenticate", .authenticate)
      case 0x60: ("negotiate", .session)
      case 0x70: ("wait", .session)
      case 0x71: ("timing setup", .session)
      default: ("service \(code)", .other)
      }
    return OperationDescription(code: hexadecimal(code, digits: 2), name: name, kind: kind)
  }

  public static func describe(
    object table: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    // ANSI C12.19: bit 11 marks the manufacturer's tables; procedure requests go to table 7.
    table & 0x800 != 0 ? "manufacturer table \(table & 0x7ff)" : "table \(table)"
  }
}
