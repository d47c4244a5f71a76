import OTCore

/// GE SRTP, the protocol of GE Fanuc and Emerson PACSystems controllers.
/// No public specification; header and services as told by Denton et al., "Leveraging the SRTP protocol" (2017).
public struct GESRTPDissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ge_srtp", name: "GE SRTP", specification: "GE (unpublished); Denton et al. 2017", isIndustrial: true,
      depth: [.operations],
      reads: "services, memory areas and addresses, answers and refusals, state of the controller, privilege level",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.tcp(18245)]
  public static let probe = ProbeStrength.strong

  /// Services of requests by their sequence number.
  private var services = RequestTable<Request>()

  /// State of the controller in its last answer, which each one has.
  private var state: UInt8 = 0xff
  /// What the client may do, as the last answer told.
  private var privilege: UInt8 = 0xff

  private struct Request: Sendable {
    var service: UInt8
    var object: Operation.Object
  }

  public init() {}

  // MARK: framing

  private static let headerLength = 56

  /// Kind of packet, 0, sequence number, length of the text behind the header of 56 octets.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    guard hint.isClaimed || hint.isEstablished || isUnmistakable(bytes) else { return .notThisProtocol }
    guard let kind = bytes.byte(0), bytes.byte(1) ?? 0 == 0 else { return .notThisProtocol }
    guard kind <= Kind.last else { return .notThisProtocol }
    guard let length = bytes.le16(4), bytes.count > 31 else { return .needMore }
    if kind == Kind.request || kind == Kind.answer {
      guard Message.isKnown(bytes[31]) else { return .notThisProtocol }
    } else if !hint.isEstablished {
      // To open a connection takes a header of zeros; its answer says little more.
      guard kind <= Kind.opened, length == 0, bytes.be32(8) == 0, bytes.be32(16) == 0, bytes.count == headerLength
      else { return .notThisProtocol }
    }
    // Octets 6 and 7 are none of the fields there are.
    guard hint.isEstablished || bytes.be16(6) == 0 else { return .notThisProtocol }
    return .pdu(byteCount: headerLength + Int(length))
  }

  /// Whether no port has to speak for a header: of a request or an answer, full of fixed octets, with the mailbox of the
  /// controller (0x0e of the module in slot 1, 0x10, or another, as J. Eastwood's `gesrtp-py` found with an RX3i), and the
  /// number of this packet and of all packets.
  private static func isUnmistakable(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= headerLength, let kind = bytes.byte(0), kind == Kind.request || kind == Kind.answer,
      let length = bytes.le16(4), Int(length) <= Limits.pduBytes
    else { return false }
    let isRequest = kind == Kind.request
    guard bytes[1] == 0, bytes.be32(6) == (isRequest ? 1 : 0), bytes.be32(10) == 0, bytes.be32(14) == 1,
      let mailbox = bytes.be16(isRequest ? 36 : 32), mailbox & 0x0fff == 0x000e, mailbox >> 12 != 0
    else { return false }
    return bytes[40] >= 1 && bytes[41] >= bytes[40]
  }

  private enum Kind {
    static let open: UInt8 = 0
    static let opened: UInt8 = 1
    static let request: UInt8 = 2
    static let answer: UInt8 = 3
    static let last: UInt8 = 9
  }

  /// Type of the mailbox message in octet 31.
  private enum Message {
    static let refusal: UInt8 = 0xd1
    static func isKnown(_ octet: UInt8) -> Bool {
      switch octet {
      case 0x80, 0x94, 0xc0, 0xd1, 0xd4: true
      default: false
      }
    }
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let kind = try pdu.u8("kind of packet")
    try pdu.skip(1, "reserved")
    let sequence = UInt64(try pdu.u16le("sequence number"))
    switch kind {
    case Kind.open: out.operation(Operation(Self.openCode, .request))
    case Kind.opened: out.operation(Operation(Self.openedCode, .response, outcome: .success))
    case Kind.request:
      guard let message = pdu.bytes.byte(31) else { throw DecodeError("message type", at: 31, .truncated) }
      // A long request has its service in the text, eight octets further.
      let start = message == 0x80 ? 50 : 42
      guard let service = pdu.bytes.byte(start) else { throw DecodeError("service", at: start, .truncated) }
      var operation = Operation(UInt64(service), .request)
      if Self.isMemory(service), let selector = pdu.bytes.byte(start + 1), let offset = pdu.bytes.le16(start + 2),
        let count = pdu.bytes.le16(start + 4)
      {
        operation.object = .numbers(UInt32(selector), UInt32(offset), UInt32(count), 0)
      }
      services.remember(Request(service: service, object: operation.object), for: sequence)
      out.operation(operation)
    case Kind.answer:
      guard let message = pdu.bytes.byte(31) else { throw DecodeError("message type", at: 31, .truncated) }
      var operation = Operation(Self.answerCode, .response, outcome: .success)
      if message == Message.refusal {
        let status = pdu.bytes.be16(42) ?? 0
        operation.outcome = .failure(UInt32(status))
      } else {
        status(pdu.bytes, into: &out)
      }
      if let asked = services.request(sequence) {
        operation.code |= UInt64(asked.service) << 16 | Self.answerIsKnown
        operation.object = asked.object
      }
      out.operation(operation)
    default: break
    }
  }

  /// GE GFK-0529, tables 3-7 and 3-8: privilege level of the session (4 may do most), then sweep time and status word.
  private mutating func status(_ bytes: Span<UInt8>, into out: inout ObservationBuffer) {
    if let status = bytes.byte(55), status >> 4 != state {
      state = status >> 4
      if let text = Self.name(state: state) { out.property(.mode, out.text(text)) }
    }
    if let level = bytes.byte(51), level != privilege, level <= 4 {
      privilege = level
      let word = out.text("privilege level ")
      out.property(.securityMode, word.through(out.text(UInt64(level))))
    }
  }

  private static func isMemory(_ service: UInt8) -> Bool { (0x04...0x09).contains(service) }

  // MARK: names

  /// An answer does not repeat its service: it is told by the kind of its packet, and named by what was asked.
  private static let answerCode: UInt64 = 0x103
  private static let answerIsKnown: UInt64 = 1 << 32
  private static let openCode: UInt64 = 0x100
  private static let openedCode: UInt64 = 0x101

  /// Highest four bits of the status word that ends a header. GE GFK-0529, table 3-8.
  private static func name(state: UInt8) -> StaticString? {
    switch state {
    case 0: "run"
    case 1: "run, outputs disabled"
    case 2: "stop, outputs disabled"
    case 3: "stopped by a fault"
    case 4: "halted"
    case 5: "suspended"
    case 6: "stop, outputs enabled"
    default: nil
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    switch code & 0xffff {
    case openCode, openedCode:
      return OperationDescription(code: "type\(code & 0xff)", name: "open connection", kind: .session)
    case answerCode:
      guard code & answerIsKnown != 0 else { return OperationDescription(code: "type3", name: "answer", kind: .other) }
      // The request counts; a row of its answer is no second command.
      let (name, _) = service(code >> 16 & 0xff)
      return OperationDescription(code: "type3", name: "answer: " + name, kind: .other)
    default:
      let (name, kind) = service(code)
      return OperationDescription(code: "svc" + hexadecimal(code, digits: 2), name: name, kind: kind)
    }
  }

  private static func service(_ code: UInt64) -> (String, OperationKind) {
    switch code {
    case 0x00: ("short status", .diagnose)
    case 0x03: ("program names", .discover)
    case 0x04: ("read system memory", .read)
    case 0x05: ("read task memory", .read)
    case 0x06: ("read program memory", .read)
    case 0x07: ("write system memory", .write)
    case 0x08: ("write task memory", .write)
    case 0x09: ("write program memory", .program)
    case 0x20: ("programmer logon", .authenticate)
    case 0x21: ("change privilege level", .authenticate)
    case 0x22: ("set controller id", .configure)
    case 0x23: ("set run or stop", .control)
    case 0x24: ("set time", .time)
    case 0x25: ("read time", .read)
    case 0x38: ("read fault table", .diagnose)
    case 0x39: ("clear fault table", .configure)
    case 0x3f: ("upload program", .program)
    case 0x40: ("download program", .program)
    case 0x43: ("controller type and id", .discover)
    case 0x44: ("toggle forcing of memory", .control)
    default: ("service " + hexadecimal(code, digits: 2), .other)
    }
  }

  public static func describe(
    object selector: UInt32, _ offset: UInt32, _ count: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    let area =
      switch selector {
      case 0x08: "%R"
      case 0x0a: "%AI"
      case 0x0c: "%AQ"
      case 0x10, 0x46: "%I"
      case 0x12, 0x48: "%Q"
      case 0x14, 0x4a: "%T"
      case 0x16, 0x4c: "%M"
      case 0x18, 0x4e: "%SA"
      case 0x1a, 0x50: "%SB"
      case 0x1c, 0x52: "%SC"
      case 0x1e, 0x54: "%S"
      case 0x38, 0x56: "%G"
      default: "selector " + hexadecimal(selector, digits: 2) + " "
      }
    let first = "\(area)\(UInt64(offset) + 1)"
    return count > 1 ? "\(first) x \(count)" : first
  }
}
