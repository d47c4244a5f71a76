import OTCore

/// OPC UA over TCP in the binary encoding.
/// OPC 10000-6 (1.05) sections 6.7 (secure conversation) and 7.1 (connection protocol); OPC 10000-4 for the services.
public struct OPCUADissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "opcua", name: "OPC UA", specification: "OPC 10000-6 (1.05) sections 5.2, 6.7 and 7.1; OPC 10000-4",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "security policy and mode, services and their results, user tokens, applications, endpoints, build of the "
        + "server among the first 32 values of a read, first node browsed, read, written, watched or called; nothing of encrypted channels",
      displayFilter: "opcua")
  ]
  public static let claims: [Claim] = [.tcp(4840)]
  public static let probe = ProbeStrength.strong

  /// Bodies of messages whose last chunk was not seen yet, from the client and from the server.
  private var fromClient: [UInt8] = []
  private var fromServer: [UInt8] = []
  /// Whether the channel has another security policy than None: its messages may be encrypted.
  private var isSecured = false
  /// What reads asked for, by request number.
  var reads = RequestTable<ReadMarks>()
  var login = PendingLogin()
  /// Whether the session that waits for activation names no user.
  var isAnonymous = false
  var told = RecentValues()

  public init() {}

  // MARK: framing

  /// Three letters, how the chunk ends, length of everything. OPC 10000-6 section 7.1.2.2.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    guard let head = bytes.be32(0) else {
      let known = bytes.byte(0).map { "HAEROMC".utf8.contains($0) } ?? true
      return known && hint.isClaimed ? .needMore : .notThisProtocol
    }
    let type = MessageType(rawValue: head >> 8)
    let chunk = UInt8(truncatingIfNeeded: head)
    guard type.isKnown, chunk == ChunkType.final || (type == .message && ChunkType.isKnown(chunk)) else {
      return .notThisProtocol
    }
    guard let length = bytes.le32(4) else { return .needMore }
    guard length >= type.minimumLength, length <= Limits.pduBytes else { return .notThisProtocol }
    return .pdu(byteCount: Int(length))
  }

  struct MessageType: Equatable {
    var rawValue: UInt32
    static let hello = MessageType(rawValue: 0x48454c)
    static let acknowledge = MessageType(rawValue: 0x41434b)
    static let error = MessageType(rawValue: 0x455252)
    static let reverseHello = MessageType(rawValue: 0x524845)
    static let open = MessageType(rawValue: 0x4f504e)
    static let message = MessageType(rawValue: 0x4d5347)
    static let close = MessageType(rawValue: 0x434c4f)

    var isKnown: Bool { minimumLength > 0 }

    var minimumLength: UInt32 {
      switch self {
      case .hello: 32
      case .acknowledge: 28
      case .error, .reverseHello: 16
      case .open: 32
      case .message, .close: 24
      default: 0
      }
    }
  }

  private enum ChunkType {
    static let final = UInt8(ascii: "F")
    static let intermediate = UInt8(ascii: "C")
    static let aborted = UInt8(ascii: "A")
    static func isKnown(_ octet: UInt8) -> Bool { octet == final || octet == intermediate || octet == aborted }
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let header = try pdu.take(8, "message header")
    let type = MessageType(rawValue: (header.be32(0) ?? 0) >> 8)
    let chunk = header[3]
    switch type {
    case .hello:
      try pdu.skip(20, "protocol version and limits")
      tell(.endpoint, of: .receiver, try pdu.uaString("endpoint URL"), into: &out)
    case .reverseHello:
      tell(.application, of: .sender, try pdu.uaString("server URI"), into: &out)
      tell(.endpoint, of: .sender, try pdu.uaString("endpoint URL"), into: &out)
    case .open: try open(&pdu, context, into: &out)
    case .message, .close:
      try pdu.skip(12, "channel, token and sequence number")
      let request = try pdu.u32le("request number")
      try message(chunk, request, &pdu, context, into: &out)
    default: break
    }
  }

  /// Section 6.7.2.3: the asymmetric header names the policy and carries the sender's certificate.
  private mutating func open(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(4, "secure channel")
    let policy = Self.policyName(try pdu.uaString("security policy URI"))
    isSecured = !(policy.count == 4 && policy.hasASCII("None"))
    if told.isNew(policy, salt: 1) { out.property(.securityPolicy, out.text(policy)) }
    let certificate = try pdu.uaString("sender certificate")
    if !certificate.isEmpty, told.isNew(certificate, salt: 2) { Certificate.read(certificate, into: &out) }
    _ = try pdu.uaString("receiver certificate thumbprint")
    try pdu.skip(4, "sequence number")
    let request = try pdu.u32le("request number")
    try service(pdu.rest(), request, context, into: &out)
  }

  /// What stands behind `#` in `http://opcfoundation.org/UA/SecurityPolicy#None`.
  @_lifetime(copy uri)
  static func policyName(_ uri: Span<UInt8>) -> Span<UInt8> {
    guard let mark = uri.first(UInt8(ascii: "#")) else { return uri }
    return uri.extracting((mark + 1)..<uri.count)
  }

  /// Section 6.7.2.2: joins the chunks of a message.
  private mutating func message(
    _ chunk: UInt8, _ request: UInt32, _ pdu: inout ByteCursor, _ context: PDUContext,
    into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var held: [UInt8] = []
    swapHeld(context.senderIsClient, &held)
    if context.afterGap { held.removeAll(keepingCapacity: true) }
    guard chunk != ChunkType.aborted else { return }
    let body = pdu.rest()
    if chunk == ChunkType.final, held.isEmpty {
      try service(body, request, context, into: &out)
      return
    }
    guard held.count + body.count <= Limits.pduBytes else { throw DecodeError("message", at: 0, .tooDeep) }
    for index in body.indices { held.append(body[index]) }
    if chunk == ChunkType.final {
      try service(held.span, request, context, into: &out)
    } else {
      swapHeld(context.senderIsClient, &held)
    }
  }

  private mutating func swapHeld(_ isClient: Bool, _ held: inout [UInt8]) {
    if isClient { swap(&fromClient, &held) } else { swap(&fromServer, &held) }
  }

  /// The body of a message: the number of its type, then a header and the parameters of the service.
  private mutating func service(
    _ body: Span<UInt8>, _ request: UInt32, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    // What is encrypted looks like anything; a message that is only signed begins with the number of a service.
    if isSecured {
      guard body.be16(0) == 0x0100, let number = body.le16(2), Self.isService(UInt32(number)) else { return }
    }
    var cursor = ByteCursor(body)
    let type = try cursor.uaNodeID("type")
    guard type.namespace == 0, type.isNumeric else { return }
    let isRequest = context.directionIsCertain ? context.senderIsClient : !Self.isResponse(type.number)
    var operation = Operation(UInt64(type.number), isRequest ? .request : .response)
    do throws(DecodeError) {
      if !Self.isResponse(type.number) {
        try cursor.uaSkipRequestHeader()
        try self.request(type.number, request, &cursor, of: &operation, into: &out)
      } else {
        operation.outcome = Self.outcome(try cursor.uaResponseHeader())
        try response(type.number, request, &cursor, operation.outcome, into: &out)
      }
    } catch {
      out.operation(operation)
      throw error
    }
    out.operation(operation)
  }

  /// OPC 10000-4 section 7.39.1: the two topmost bits of a status code are its severity, 2 and 3 are bad.
  private static func outcome(_ status: UInt32) -> Operation.Outcome {
    status & 0x8000_0000 == 0 ? .success : .failure(status)
  }

  /// Claims an attribute once in a conversation.
  mutating func tell(
    _ attribute: IdentityAttribute, of subject: Subject, _ value: Span<UInt8>, into out: inout ObservationBuffer
  ) {
    guard !value.isEmpty else { return }
    let side: UInt64 = subject == .sender ? 0 : 1
    guard told.isNew(value, salt: UInt64(attribute.rawValue) << 1 | side | 0x100) else { return }
    out.identity(subject, attribute, out.text(value))
  }
}
