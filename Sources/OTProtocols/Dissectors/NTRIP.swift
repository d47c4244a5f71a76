import OTCore

/// Networked Transport of RTCM via Internet Protocol: how corrections come from a caster, RTCM 10410.0 (version 1) and
/// RTCM 10410.1 (version 2).
public struct NTRIP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ntrip", name: "NTRIP", specification: "RTCM 10410.0 (1.0), RTCM 10410.1 (2.0)", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "mount points asked for, offered and fed, caster, client, logins (account only), corrections as RTCM 3",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [.tcp(2101)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private enum Verb {
    static let table: UInt64 = 0
    static let stream: UInt64 = 1
    static let feed: UInt64 = 2
    static let position: UInt64 = 3
    static let unseen: UInt64 = 4
  }

  private var pending = Verb.unseen
  private var login = PendingLogin()
  private var told = RecentValues()
  /// Beginning of a correction message whose rest is still to come.
  private var held: [UInt8] = []

  private static let headBytes = 8192
  private static let heldBytes = 4096
  private static let mountpointsTold = 64

  // MARK: framing

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, let first = bytes.byte(0) else { return .notThisProtocol }
    if isOwnLine(bytes), hint.isClaimed || hint.isEstablished || first != UInt8(ascii: "E") {
      return frameHead(bytes, hint)
    }
    if first == UInt8(ascii: "G") || first == UInt8(ascii: "P") || first == UInt8(ascii: "H"),
      HTTPHead.startLine(bytes) != .no
    {
      return frameHead(bytes, hint)
    }
    guard hint.isEstablished else {
      return hint.isClaimed && mayBecomeOwnLine(bytes) ? .needMore : .notThisProtocol
    }
    if let chunk = frameChunk(bytes) { return chunk }
    return .pdu(byteCount: bytes.count)
  }

  /// Start lines that HTTP does not have.
  private static func isOwnLine(_ bytes: Span<UInt8>) -> Bool {
    bytes.hasASCII("ICY 200") || bytes.hasASCII("SOURCETABLE 200") || bytes.hasASCII("SOURCE ")
      || bytes.hasASCII("ERROR - ")
  }

  private static func mayBecomeOwnLine(_ bytes: Span<UInt8>) -> Bool {
    bytes.isStart(of: "ICY 200") || bytes.isStart(of: "SOURCETABLE 200") || bytes.isStart(of: "ERROR - ")
  }

  /// A head up to its blank line; one of HTTP must speak of NTRIP.
  private static func frameHead(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let lineEnd = bytes.lineEnd(limit: 512) else { return bytes.count < 512 ? .needMore : .notThisProtocol }
    // Version 1 casters send corrections right behind this line.
    if bytes.hasASCII("ICY 200") || bytes.hasASCII("ERROR - ") { return .pdu(byteCount: lineEnd) }
    guard let end = HTTPHead.end(bytes, from: lineEnd), end <= headBytes else {
      return bytes.count < headBytes ? .needMore : .notThisProtocol
    }
    let speaks = bytes.extracting(0..<end).first(ignoringCase: "ntrip") != nil
    return speaks || hint.isEstablished || bytes.hasASCII("SOURCETABLE") ? .pdu(byteCount: end) : .notThisProtocol
  }

  /// A chunk of version 2 (RFC 9112 section 7.1), whole.
  private static func frameChunk(_ bytes: Span<UInt8>) -> Framing? {
    guard let end = chunkLine(bytes), let size = HTTPHead.chunkSize(bytes), size <= 1 << 16 else { return nil }
    return .pdu(byteCount: end + size + 2)
  }

  private static func chunkLine(_ bytes: Span<UInt8>) -> Int? {
    var digits = 0
    while digits < 6, let byte = bytes.byte(digits), hexValue(byte) != nil { digits += 1 }
    guard digits > 0, bytes.byte(digits) == 13, bytes.byte(digits + 1) == 10 else { return nil }
    return digits + 2
  }

  // MARK: messages

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let bytes = pdu.bytes
    if let lineEnd = bytes.lineEnd(limit: 512), Self.isOwnLine(bytes) || HTTPHead.startLine(bytes) != .no {
      let line = bytes.extracting(0..<lineEnd).trimmed()
      let head = HTTPHead(bytes, from: lineEnd)
      if line.hasASCII("GET ") || line.hasASCII("POST ") || line.hasASCII("SOURCE ") {
        request(line, head, bytes, into: &out)
      } else {
        respond(line, head, bytes, into: &out)
      }
      return
    }
    guard let line = Self.chunkLine(bytes) else { return data(bytes, context, into: &out) }
    data(bytes.clamped(from: line, count: bytes.count - line - 2), context, into: &out)
  }

  private mutating func request(
    _ line: Span<UInt8>, _ head: HTTPHead, _ bytes: Span<UInt8>, into out: inout ObservationBuffer
  ) {
    let blank = line.first(32) ?? line.count
    if line.hasASCII("SOURCE ") {
      // Version 1: `SOURCE password /mountpoint`.
      let second = line.first(32, from: blank + 1) ?? line.count
      let mountpoint = Self.mountpoint(line.rest(from: second + 1))
      pending = Verb.feed
      out.operation(Operation(Verb.feed, .request, object: .text(out.text(mountpoint))))
      login.name(mountpoint)
      let password = line.clamped(from: blank + 1, count: second - blank - 1)
      login.sent(.clearText, login.judge(password: password), into: &out)
      tell(.application, Self.sourceAgent(bytes), into: &out)
      return
    }
    let target = line.clamped(from: blank + 1, count: (line.first(32, from: blank + 1) ?? line.count) - blank - 1)
    let mountpoint = Self.mountpoint(target)
    pending = line.hasASCII("POST ") ? Verb.feed : mountpoint.isEmpty ? Verb.table : Verb.stream
    out.operation(
      Operation(pending, .request, object: mountpoint.isEmpty ? .none : .text(out.text(mountpoint))))
    tell(.application, head.text(head.agent, in: bytes), into: &out)
    let authorization = head.text(head.authorization, in: bytes)
    guard authorization.hasASCII(ignoringCase: "basic ") else { return }
    let decoded = Base64.decode(authorization.rest(from: 6))
    let pair = decoded.span
    let colon = pair.first(UInt8(ascii: ":")) ?? pair.count
    login.name(pair.extracting(0..<colon))
    let password = pair.rest(from: colon + 1)
    login.sent(.httpBasic, login.judge(password: password), into: &out)
    tell(.userName, pair.extracting(0..<colon), into: &out)
  }

  @_lifetime(copy target)
  private static func mountpoint(_ target: Span<UInt8>) -> Span<UInt8> {
    let start = target.byte(0) == UInt8(ascii: "/") ? 1 : 0
    return target.clamped(from: start, count: (target.first(UInt8(ascii: "?")) ?? target.count) - start)
  }

  @_lifetime(copy bytes)
  private static func sourceAgent(_ bytes: Span<UInt8>) -> Span<UInt8> {
    guard let at = bytes.first(ignoringCase: "source-agent:") else { return bytes.extracting(0..<0) }
    return bytes.extracting((at + 13)..<(bytes.lineEnd(from: at) ?? bytes.count)).trimmed()
  }

  private mutating func respond(
    _ line: Span<UInt8>, _ head: HTTPHead, _ bytes: Span<UInt8>, into out: inout ObservationBuffer
  ) {
    let status = line.hasASCII("ERROR") ? 401 : (line.clamped(from: (line.first(32) ?? 0) + 1, count: 3).decimal ?? 0)
    let isSuccess = status >= 200 && status < 300
    out.operation(
      Operation(
        pending, .response, outcome: isSuccess ? .success : .failure(UInt32(truncatingIfNeeded: status))))
    // A caster that does not know the mount point sends its table instead: nobody was let in.
    if login.isPending { login.answered(isSuccess && !line.hasASCII("SOURCETABLE"), into: &out) }
    tell(.softwareVersion, head.text(head.server, in: bytes), into: &out)
    held.removeAll(keepingCapacity: true)
  }

  private mutating func tell(_ attribute: IdentityAttribute, _ value: Span<UInt8>, into out: inout ObservationBuffer) {
    guard !value.isEmpty, told.isNew(value, salt: UInt64(attribute.rawValue)) else { return }
    out.identity(.sender, attribute, out.text(value))
  }

  // MARK: data

  private mutating func data(_ bytes: Span<UInt8>, _ context: PDUContext, into out: inout ObservationBuffer) {
    if context.afterGap || held.count + bytes.count > Self.heldBytes { held.removeAll(keepingCapacity: true) }
    if bytes.hasASCII("STR;") || bytes.hasASCII("CAS;") || bytes.hasASCII("NET;") {
      readTable(bytes, into: &out)
      return
    }
    // A vehicle tells the caster where it is to get corrections for there.
    if bytes.hasASCII("$"), bytes.hasASCII("GGA", at: 3) {
      out.operation(Operation(Verb.position, .request))
      return
    }
    held.append(bytes)
    var start = 0
    while start < held.count {
      guard let length = RTCM3.length(held.span, at: start) else {
        start = held.span.firstIndex(of: 0xd3, from: start + (held[start] == 0xd3 && held.count - start >= 3 ? 1 : 0))
        if held.count - start < RTCM3.headerBytes { break }
        continue
      }
      guard length <= held.count - start else { break }
      out.handOff(.positionCorrections, held.span.extracting(start..<(start + length)))
      start += length
    }
    held.removeFirst(Swift.min(start, held.count))
  }

  /// Source table, version 1 section 6: `STR;mountpoint;identifier;format;…`.
  private mutating func readTable(_ bytes: Span<UInt8>, into out: inout ObservationBuffer) {
    var index = 0
    for _ in 0..<Self.mountpointsTold where index < bytes.count {
      let end = bytes.lineEnd(from: index) ?? bytes.count
      let line = bytes.extracting(index..<end)
      index = end
      guard line.hasASCII("STR;"), let stop = line.first(UInt8(ascii: ";"), from: 4) else { continue }
      let mountpoint = line.extracting(4..<stop)
      if told.isNew(mountpoint, salt: 4) { out.property(.path, out.text(mountpoint)) }
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    switch code {
    case Verb.table: OperationDescription(code: "table", name: "source table", kind: .discover)
    case Verb.stream: OperationDescription(code: "stream", name: "corrections of a mount point", kind: .read)
    case Verb.feed: OperationDescription(code: "feed", name: "feed of a mount point", kind: .write)
    case Verb.position: OperationDescription(code: "position", name: "own position", kind: .report)
    default: OperationDescription(code: "?", name: "unseen request", kind: .other)
    }
  }
}
