import OTCore

/// Distributed Computing Environment / Remote Procedure Call, over TCP, UDP and named pipes; the OPC Data Access
/// interfaces that travel in it. The Open Group C706 chapter 12; [MS-RPCE] section 2.2.
public struct DCERPC: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "dcerpc", name: "DCE/RPC", specification: "The Open Group C706, chapter 12; [MS-RPCE] section 2.2",
      isIndustrial: false, depth: [.identity, .operations],
      reads:
        "interfaces bound, operations called and their faults, NTLM logins; of the arguments the service, task, key, "
        + "account or command that a call is about",
      displayFilter: "dcerpc"),
    ProtocolInfo(
      id: "opcda", name: "OPC Data Access", specification: "OPC Data Access Custom Interface 3.00", isIndustrial: true,
      depth: .operations, reads: "which OPC interfaces a client uses; reads and writes are told as DCE/RPC operations",
      displayFilter: "dcerpc"),
  ]
  public static let claims: [Claim] = [.tcp(135), .udp(135), .inner(.dceRPC)]
  public static let probe = ProbeStrength.strong

  static let opcLayer: UInt8 = 1

  enum PacketType {
    static let request: UInt8 = 0
    static let response: UInt8 = 2
    static let fault: UInt8 = 3
    static let bind: UInt8 = 11
    static let bindAck: UInt8 = 12
    static let bindNak: UInt8 = 13
    static let alterContext: UInt8 = 14
    static let alterContextResponse: UInt8 = 15
    static let auth3: UInt8 = 16
  }

  /// A presentation context: which interface its number stands for in this conversation.
  private struct Context {
    var pipe: UInt64
    var number: UInt16
    var interface: DCEIdentifier
    var index: Int
  }

  private var contexts: [Context] = []
  /// Calls by their number: what a response answers.
  private var calls = RequestTable<Call.Asked>()
  /// The named pipe at hand; 0 on TCP. A connection of SMB carries several.
  private var pipe: UInt64 = 0

  /// Contexts kept of one conversation; OPC clients use about ten.
  private static let contextCount = 32

  public init() {}

  // MARK: framing

  /// Section 12.6.3.1: version 5, minor version, type, flags, data representation, length, length of the verifier.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let version = bytes.byte(0) else { return .needMore }
    if version == 4, !hint.isStream {
      guard let header = DCEDatagramHeader(bytes, missing: hint.isClaimed), !ProfinetCM.isInterface(header.interface),
        hint.isClaimed || header.fragmentLength == bytes.count - DCEDatagramHeader.byteCount
      else { return .notThisProtocol }
      return .pdu(byteCount: DCEDatagramHeader.byteCount + header.fragmentLength)
    }
    if version == SMBSession.pipeMark, !hint.isStream, hint.isClaimed, bytes.byte(8) == 5 {
      // What a named pipe carries, behind the pipe's mark.
      return frame(bytes.extracting(8..<bytes.count), hint) == .pdu(byteCount: bytes.count - 8)
        ? .pdu(byteCount: bytes.count) : .notThisProtocol
    }
    guard version == 5, hint.isStream || hint.isClaimed else { return .notThisProtocol }
    guard let minor = bytes.byte(1), let type = bytes.byte(2), let order = bytes.byte(4), let float = bytes.byte(5),
      let reserved = bytes.be16(6)
    else { return .needMore }
    guard minor <= 1, type <= 19, order & 0xee == 0, float <= 3, reserved == 0 else { return .notThisProtocol }
    let little = order & 0x10 != 0
    guard let length = little ? bytes.le16(8) : bytes.be16(8), let verifier = little ? bytes.le16(10) : bytes.be16(10)
    else { return .needMore }
    guard length >= 16, Int(verifier) + 16 <= Int(length) else { return .notThisProtocol }
    // A pipe's write may hold the beginning of a fragment, or several.
    return .pdu(byteCount: hint.isStream ? Int(length) : bytes.count)
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if pdu.peek() == 4 { return try datagram(pdu.bytes, into: &out) }
    guard pdu.peek() == SMBSession.pipeMark else {
      pipe = 0
      return try read(&pdu, into: &out)
    }
    pipe = try pdu.u64("pipe")
    var inner = ByteCursor(pdu.rest())
    try read(&inner, into: &out)
  }

  private mutating func read(
    _ pdu: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(2, "version")
    let type = try pdu.u8("packet type")
    let flags = try pdu.u8("packet flags")
    let little = try pdu.u8("data representation") & 0x10 != 0
    try pdu.skip(3, "data representation")
    let length = Int(try number(&pdu, little, "fragment length"))
    let verifierLength = Int(try number(&pdu, little, "verifier length"))
    let call = little ? try pdu.u32le("call identifier") : try pdu.u32("call identifier")
    let verifier = pdu.bytes.clamped(from: length - verifierLength, count: verifierLength)
    switch type {
    case PacketType.request: try request(&pdu, little, flags, call, into: &out)
    case PacketType.response, PacketType.fault: try answer(type, &pdu, little, flags, call, into: &out)
    case PacketType.bind, PacketType.alterContext: try bind(type, &pdu, little, into: &out)
    case PacketType.bindAck, PacketType.alterContextResponse:
      let asked = type == PacketType.bindAck ? PacketType.bind : PacketType.alterContext
      out.operation(Operation(Self.code(asked, 0, 0), .response, outcome: .success))
    case PacketType.bindNak:
      out.operation(Operation(Self.code(PacketType.bind, 0, 0), .response, outcome: .failure(0)))
    default: break
    }
    if type >= PacketType.bind, type <= PacketType.auth3, !verifier.isEmpty { authenticate(verifier, into: &out) }
  }

  private func number(_ pdu: inout ByteCursor, _ little: Bool, _ field: StaticString) throws(DecodeError) -> UInt16 {
    little ? try pdu.u16le(field) : try pdu.u16(field)
  }

  /// Section 12.6.4.9. Only the first fragment of a call is counted.
  private mutating func request(
    _ pdu: inout ByteCursor, _ little: Bool, _ flags: UInt8, _ call: UInt32, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard flags & 1 == 1 else { return }
    try pdu.skip(4, "allocation hint")
    let context = try number(&pdu, little, "context identifier")
    let operation = try number(&pdu, little, "operation number")
    var known: Context?
    for candidate in contexts where candidate.number == context && candidate.pipe == pipe { known = candidate }
    let index = known?.index ?? 0
    let code = Self.code(PacketType.request, operation, index)
    var asked = Call.Asked(code: code, interface: known?.interface)
    // Behind the object's identifier where the flag says that there is one.
    if flags & 0x80 != 0 { try pdu.skip(16, "object") }
    var object = known?.interface.object ?? .none
    if little, let argument = Self.interfaces[index].operations.first(where: { $0.number == operation })?.argument,
      argument != .none
    {
      let text = Self.tell(argument, pdu.rest(), into: &out)
      if !text.isEmpty {
        object = .text(text)
        asked.keep(text, in: out)
      }
    }
    calls.remember(asked, for: pipe ^ UInt64(call))
    out.operation(Operation(code, .request, object: object))
  }

  /// Sections 12.6.4.10 (response) and 12.6.4.7 (fault).
  private func answer(
    _ type: UInt8, _ pdu: inout ByteCursor, _ little: Bool, _ flags: UInt8, _ call: UInt32,
    into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard flags & 1 == 1, let asked = calls.request(pipe ^ UInt64(call)) else { return }
    var outcome = Operation.Outcome.success
    if type == PacketType.fault {
      try pdu.skip(8, "allocation hint to cancel count")
      outcome = .failure(little ? try pdu.u32le("status") : try pdu.u32("status"))
    }
    let object = asked.text.isEmpty ? asked.interface?.object ?? .none : .text(out.text(asked.text.span))
    out.operation(Operation(asked.code, .response, outcome: outcome, object: object))
  }

  /// Section 12.6.4.3: the interfaces a client wants to use, each with the ways it can encode them.
  private mutating func bind(
    _ type: UInt8, _ pdu: inout ByteCursor, _ little: Bool, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(8, "fragment sizes and association group")
    let count = Int(try pdu.u8("number of contexts"))
    try pdu.skip(3, "reserved")
    out.operation(Operation(Self.code(type, 0, 0), .request))
    var last: DCEIdentifier?
    for _ in 0..<count {
      let number = try number(&pdu, little, "context identifier")
      let syntaxes = Int(try pdu.u8("number of transfer syntaxes"))
      try pdu.skip(1, "reserved")
      let syntax = try pdu.take(20, "abstract syntax")
      try pdu.skip(20 * syntaxes, "transfer syntaxes")
      guard let interface = DCEIdentifier(syntax, at: 0, littleEndian: little) else { continue }
      let index = Self.index(of: interface)
      learn(Context(pipe: pipe, number: number, interface: interface, index: index))
      // The same interface is offered once for each encoding.
      if Self.interfaces[index].isOPC, interface != last {
        out.operation(
          Operation(Self.code(0, 0, index), .request, layer: Self.opcLayer, object: interface.object))
      }
      last = interface
    }
  }

  private mutating func learn(_ context: Context) {
    contexts.removeAll { $0.number == context.number && $0.pipe == context.pipe }
    if contexts.count >= Self.contextCount { contexts.removeFirst() }
    contexts.append(context)
  }

  private func authenticate(_ verifier: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let message = NTLMSSP.read(verifier, into: &out) else { return KerberosTicket.read(verifier, into: &out) }
    guard message.kind == .authenticate else { return }
    out.record(
      .credential(
        message.isAnonymous
          ? CredentialExposure(.none, account: .none, strength: .empty)
          : CredentialExposure(.ntlm, account: message.account, strength: .unknown)))
  }

  /// Connectionless: the header names the interface itself.
  private func datagram(_ bytes: Span<UInt8>, into out: inout ObservationBuffer) throws(DecodeError) {
    guard let header = DCEDatagramHeader(bytes, missing: true) else {
      throw DecodeError("connectionless header", at: 0, .invalid)
    }
    guard header.fragment == 0 else { return }
    let code = Self.code(PacketType.request, header.operation, Self.index(of: header.interface))
    switch header.type {
    case DCEDatagramHeader.PacketType.request:
      out.operation(Operation(code, .request, object: header.interface.object))
    case DCEDatagramHeader.PacketType.response:
      out.operation(Operation(code, .response, outcome: .success, object: header.interface.object))
    case DCEDatagramHeader.PacketType.fault, DCEDatagramHeader.PacketType.reject:
      let status = (header.isLittleEndian ? bytes.le32(80) : bytes.be32(80)) ?? 0
      out.operation(Operation(code, .response, outcome: .failure(status), object: header.interface.object))
    default: break
    }
  }
}
