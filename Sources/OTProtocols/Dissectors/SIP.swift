import OTCore

/// Session Initiation Protocol, RFC 3261: the telephones, intercoms and public address systems of a site.
public struct SIP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "sip", name: "Session Initiation Protocol", specification: "RFC 3261, RFC 8760 (Digest)", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "methods, targets, status, user agents, logins (account only), where media will flow", displayFilter: "sip"
    )
  ]
  public static let claims: [Claim] = [.udp(5060), .tcp(5060), .udp(5062), .tcp(5062)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var login = PendingLogin()
  private var told = RecentValues()

  private static let lineBytes = 2048
  private static let headBytes = 16_384
  private static let unknown = UInt64(methods.count)

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    // Two line breaks, or one, keep a connection alive (RFC 5626).
    if hint.isEstablished, bytes.byte(0) == 13 || bytes.byte(0) == 10 {
      var index = 0
      while index < bytes.count, bytes[index] == 13 || bytes[index] == 10 { index += 1 }
      return .pdu(byteCount: index)
    }
    guard let first = bytes.byte(0), first >= 65, first <= 90 else { return .notThisProtocol }
    guard let lineEnd = bytes.lineEnd(limit: lineBytes) else {
      guard hint.isStream, bytes.count < lineBytes, bytes.isPlainText, hint.isClaimed || hint.isEstablished else {
        return .notThisProtocol
      }
      return .needMore
    }
    guard isStartLine(bytes.extracting(0..<lineEnd).trimmed()) else { return .notThisProtocol }
    // Every message numbers its command; a line alone is what evades filters of HTTP.
    if !hint.isClaimed, !hint.isEstablished,
      bytes.clamped(from: lineEnd, count: lineBytes).first(ignoringCase: "cseq") == nil
    {
      return .notThisProtocol
    }
    guard hint.isStream else { return .pdu(byteCount: bytes.count) }
    guard let end = HTTPHead.end(bytes, from: lineEnd) else {
      return bytes.count < headBytes ? .needMore : .pdu(byteCount: headBytes)
    }
    let length = field(bytes.extracting(0..<end), "content-length", "l")
    let body = bytes.extracting(length).decimal ?? 0
    return body <= Limits.pduBytes / 2 ? .pdu(byteCount: end + body) : .pdu(byteCount: end)
  }

  /// `METHOD uri SIP/2.0` or `SIP/2.0 status reason`.
  private static func isStartLine(_ line: Span<UInt8>) -> Bool {
    if line.hasASCII("SIP/2.0 ") { return line.clamped(from: 8, count: 3).decimal != nil }
    guard line.hasASCII(" SIP/2.0", at: line.count - 8), let blank = line.first(32), blank >= 3, blank <= 12 else {
      return false
    }
    for index in 0..<blank where line[index] < 65 || line[index] > 90 { return false }
    return true
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    told.listen(to: context)
    let bytes = pdu.bytes
    guard bytes.byte(0) != 13, bytes.byte(0) != 10 else { return }
    guard let lineEnd = bytes.lineEnd(limit: Self.lineBytes) else { throw DecodeError("start line", at: 0, .truncated) }
    let line = bytes.extracting(0..<lineEnd).trimmed()
    if line.hasASCII("SIP/") {
      response(line, bytes, into: &out)
    } else {
      request(line, bytes, into: &out)
    }
    if let end = HTTPHead.end(bytes, from: lineEnd) {
      out.announceMedia(ofSession: bytes.extracting(end..<bytes.count))
    }
  }

  private mutating func request(_ line: Span<UInt8>, _ bytes: Span<UInt8>, into out: inout ObservationBuffer) {
    let end = line.first(32) ?? line.count
    let method = Self.code(line.extracting(0..<end))
    let rest = line.clamped(from: end + 1, count: line.count - end - 9)
    // Without the parameters, which differ from call to call.
    let target = rest.extracting(0..<(rest.first(UInt8(ascii: ";")) ?? rest.count))
    out.operation(Operation(method, .request, object: target.isEmpty ? .none : .text(out.text(target))))
    tell(bytes, "user-agent", .application, into: &out)
    if method == 0 {
      // Whom a telephone registers.
      let user = Self.user(bytes.extracting(Self.field(bytes, "to", "t")))
      if told.isNew(user, salt: 2) { out.identity(.sender, .userName, out.text(user)) }
    }
    let authorization = Self.first(bytes, "authorization", "proxy-authorization")
    let value = bytes.extracting(authorization)
    guard value.hasASCII(ignoringCase: "digest"), let name = value.digestAccount() else { return }
    login.name(name)
    login.sent(.httpDigest, .unknown, into: &out)
  }

  private mutating func response(_ line: Span<UInt8>, _ bytes: Span<UInt8>, into out: inout ObservationBuffer) {
    let status = line.clamped(from: 8, count: 3).decimal ?? 0
    guard status >= 200 else { return }
    // CSeq repeats the method behind a number.
    let sequence = bytes.extracting(Self.field(bytes, "cseq", "cseq"))
    let blank = sequence.first(32) ?? sequence.count
    let method = Self.code(sequence.rest(from: blank + 1).trimmed())
    let asksForLogin = status == 401 || status == 407
    out.operation(
      Operation(
        method, .response, outcome: status < 400 ? .success : .failure(UInt32(truncatingIfNeeded: status))))
    tell(bytes, "server", .softwareVersion, into: &out)
    // A telephone that is called is no server, and says so.
    tell(bytes, "user-agent", .application, into: &out)
    if login.isPending { login.answered(!asksForLogin && status != 403, into: &out) }
    guard asksForLogin else { return }
    let challenge = bytes.extracting(Self.first(bytes, "www-authenticate", "proxy-authenticate"))
    if !challenge.isEmpty, told.isNew(hash: 7) {
      out.property(.authentication, out.text(challenge.extracting(0..<(challenge.first(32) ?? challenge.count))))
    }
  }

  private mutating func tell(
    _ bytes: Span<UInt8>, _ name: StaticString, _ attribute: IdentityAttribute, into out: inout ObservationBuffer
  ) {
    let value = bytes.extracting(Self.field(bytes, name, name))
    if !value.isEmpty, told.isNew(value, salt: UInt64(attribute.rawValue)) {
      out.identity(.sender, attribute, out.text(value))
    }
  }

  // MARK: fields

  /// Value of a header field, by its long name or its short one (section 7.3.3); empty where there is none.
  private static func field(_ bytes: Span<UInt8>, _ long: StaticString, _ short: StaticString) -> Range<Int> {
    var start = bytes.lineEnd(limit: lineBytes) ?? bytes.count
    for _ in 0..<128 {
      guard let end = bytes.lineEnd(from: start), end - start > 2 else { return 0..<0 }
      let line = bytes.extracting(start..<end)
      if let colon = line.first(UInt8(ascii: ":")) {
        let name = line.extracting(0..<colon).trimmed()
        if name.equals(ignoringCase: long) || name.equals(ignoringCase: short) {
          var low = start + colon + 1
          var high = end
          while low < high, bytes[low] <= 32 { low += 1 }
          while high > low, bytes[high - 1] <= 32 { high -= 1 }
          return low..<high
        }
      }
      start = end
    }
    return 0..<0
  }

  private static func first(_ bytes: Span<UInt8>, _ name: StaticString, _ other: StaticString) -> Range<Int> {
    field(bytes, name, other)
  }

  /// `"Gate 4" <sip:4711@pbx>;tag=…` → `4711@pbx`
  @_lifetime(copy address)
  private static func user(_ address: Span<UInt8>) -> Span<UInt8> {
    guard let at = address.first(ignoringCase: "sip:") ?? address.first(ignoringCase: "ips:") else {
      return address.extracting(0..<0)
    }
    let rest = address.extracting((at + 4)..<address.count)
    var end = 0
    while end < rest.count, rest[end] != UInt8(ascii: ">"), rest[end] != UInt8(ascii: ";") { end += 1 }
    return rest.extracting(0..<end)
  }

  private static func code(_ name: Span<UInt8>) -> UInt64 {
    for index in methods.indices
    where name.count == methods[index].0.utf8CodeUnitCount && name.hasASCII(methods[index].0) { return UInt64(index) }
    return unknown
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    guard code < UInt64(methods.count) else {
      return OperationDescription(code: "?", name: "other method", kind: .other)
    }
    let (name, kind) = methods[Int(code)]
    return OperationDescription(code: "\(name)", name: "\(name)".lowercased(), kind: kind)
  }

  /// IANA SIP method registry.
  private static let methods: [(StaticString, OperationKind)] = [
    ("REGISTER", .authenticate), ("INVITE", .session), ("ACK", .session), ("BYE", .session), ("CANCEL", .session),
    ("OPTIONS", .discover), ("SUBSCRIBE", .session), ("NOTIFY", .report), ("MESSAGE", .write), ("INFO", .other),
    ("PRACK", .session), ("UPDATE", .session), ("REFER", .session), ("PUBLISH", .report),
  ]
}
