import OTCore

/// Methods as operation codes: an index into a table, 0xff for a method nobody registered.
enum HTTPMethod {
  static let unknown: UInt64 = 0xff
  static let get: UInt64 = 0
  static let head: UInt64 = 1
  static let put: UInt64 = 3
  static let connect: UInt64 = 6
  static let search: UInt64 = 9
  static let notify: UInt64 = 10

  /// IANA HTTP method registry (2024), UPnP Device Architecture, [MS-RPCH].
  static let all: [(name: StaticString, kind: OperationKind)] = [
    ("GET", .read), ("HEAD", .read), ("POST", .write), ("PUT", .write), ("DELETE", .write), ("OPTIONS", .discover),
    ("CONNECT", .session), ("TRACE", .diagnose), ("PATCH", .write), ("M-SEARCH", .discover), ("NOTIFY", .report),
    ("SUBSCRIBE", .session), ("UNSUBSCRIBE", .session), ("PROPFIND", .read), ("PROPPATCH", .write), ("MKCOL", .write),
    ("COPY", .write), ("MOVE", .write), ("LOCK", .session), ("UNLOCK", .session), ("SEARCH", .read), ("REPORT", .read),
    ("RPC_IN_DATA", .other), ("RPC_OUT_DATA", .other), ("M-POST", .write),
  ]

  static func code(of name: Span<UInt8>) -> UInt64 {
    for index in all.indices where name.count == all[index].name.utf8CodeUnitCount && name.hasASCII(all[index].name) {
      return UInt64(index)
    }
    return unknown
  }
}

extension HTTP {
  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    if layer == Int(remoteManagementLayer) {
      let action = RemoteManagement.all[min(Int(truncatingIfNeeded: code & 0xff), RemoteManagement.all.count - 1)]
      return OperationDescription(code: action.code, name: action.name, kind: action.kind)
    }
    guard code < UInt64(HTTPMethod.all.count) else {
      return OperationDescription(code: "?", name: "unregistered or unseen method", kind: .other)
    }
    let method = HTTPMethod.all[Int(code)]
    return OperationDescription(code: "\(method.name)", name: "\(method.name)".lowercased(), kind: method.kind)
  }

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    if hint.isEstablished, let continuation = frameContinuation(bytes) { return continuation }
    guard hint.isStream else { return .notThisProtocol }
    switch HTTPHead.startLine(bytes) {
    case .no: return hint.isEstablished ? frameTrailer(bytes) : .notThisProtocol
    case .needMore: return .needMore
    case .yes(let lineEnd):
      guard let end = HTTPHead.end(bytes, from: lineEnd) else {
        return bytes.count < HTTPHead.headBytes ? .needMore : .pdu(byteCount: HTTPHead.headBytes)
      }
      let body = HTTPHead.documentBytes(bytes, headEnd: end, lineEnd)
      return .pdu(byteCount: end + (body > 0 ? body : HTTPHead.formBytes(behind: bytes.extracting(0..<end), lineEnd)))
    }
  }

  /// A field behind the last chunk (RFC 9112 section 7.1.2).
  private static func frameTrailer(_ bytes: Span<UInt8>) -> Framing {
    guard let end = bytes.lineEnd(limit: 1024) else {
      return bytes.count < 1024 && HTTPHead.couldBeField(bytes) ? .needMore : .notThisProtocol
    }
    return HTTPHead.isField(bytes.extracting(0..<end)) ? .pdu(byteCount: end) : .notThisProtocol
  }

  /// The line of a chunk's size, or what may stand behind the last chunk: a blank line or fields.
  private static func frameContinuation(_ bytes: Span<UInt8>) -> Framing? {
    guard let first = bytes.byte(0) else { return .needMore }
    if first == 13 {
      return bytes.count < 2 ? .needMore : bytes[1] == 10 ? .pdu(byteCount: 2) : .notThisProtocol
    }
    var digits = 0
    while digits < bytes.count, hexValue(bytes[digits]) != nil { digits += 1 }
    guard digits > 0, digits <= 15 else { return nil }
    guard digits < bytes.count else { return .needMore }
    guard bytes[digits] == 13 || bytes[digits] == 32 || bytes[digits] == UInt8(ascii: ";") else { return nil }
    guard let end = bytes.lineEnd(limit: 512) else { return bytes.count < 512 ? .needMore : .notThisProtocol }
    // Blanks may stand behind the size, but no words: what goes through a proxy's tunnel may start with a number.
    if bytes[digits] == 32, let next = bytes.extracting(digits..<end).trimmed().byte(0), next != UInt8(ascii: ";") {
      return nil
    }
    return HTTPHead.chunkSize(bytes) == nil ? nil : .pdu(byteCount: end)
  }
}

/// Where the fields of a message's head stand that this dissector wants; an empty range is an absent field.
struct HTTPHead {
  static let startLineBytes = 8192
  static let headBytes = 65_536
  private static let formBytes = 2048

  private(set) var end: Int
  private(set) var contentLength: Int?
  private(set) var isChunked = false
  private(set) var isForm = false
  private(set) var isDocument = false
  private(set) var server = 0..<0
  private(set) var agent = 0..<0
  private(set) var host = 0..<0
  private(set) var authorization = 0..<0
  private(set) var challenge = 0..<0
  private(set) var disposition = 0..<0
  private(set) var type = 0..<0
  /// What a connection changes to: `websocket`, `h2c`.
  private(set) var upgrade = 0..<0

  /// Reads the fields from `start` to the blank line.
  init(_ bytes: Span<UInt8>, from start: Int) {
    end = start
    for _ in 0..<Limits.itemsPerPDU {
      guard let next = bytes.lineEnd(from: end, limit: Self.headBytes) else {
        end = bytes.count
        return
      }
      let line = end..<next
      end = next
      // An empty line, with or without a carriage return.
      if line.count <= 2, bytes[line.lowerBound] == 13 || bytes[line.lowerBound] == 10 { return }
      readField(bytes, line)
    }
    end = bytes.count
  }

  private mutating func readField(_ bytes: Span<UInt8>, _ line: Range<Int>) {
    guard let colon = bytes.extracting(line).first(UInt8(ascii: ":")) else { return }
    let name = bytes.extracting(line.lowerBound..<(line.lowerBound + colon))
    let value = trimmed(bytes, (line.lowerBound + colon + 1)..<line.upperBound)
    switch colon {
    case 4 where name.equals(ignoringCase: "host"): host = value
    case 6 where name.equals(ignoringCase: "server"): server = value
    case 7 where name.equals(ignoringCase: "upgrade"): upgrade = value
    case 10 where name.equals(ignoringCase: "user-agent"): agent = value
    case 12 where name.equals(ignoringCase: "content-type"):
      type = value
      isForm = bytes.extracting(value).hasASCII(ignoringCase: "application/x-www-form-urlencoded")
      isDocument = Self.isDocument(type: bytes.extracting(value))
    case 13 where name.equals(ignoringCase: "authorization"): authorization = value
    case 14 where name.equals(ignoringCase: "content-length"): contentLength = bytes.extracting(value).decimal
    case 16 where name.equals(ignoringCase: "www-authenticate"): addChallenge(bytes, value)
    case 17 where name.equals(ignoringCase: "transfer-encoding"):
      isChunked = bytes.extracting(value).first(ignoringCase: "chunked") != nil
    case 18 where name.equals(ignoringCase: "proxy-authenticate"): addChallenge(bytes, value)
    case 19 where name.equals(ignoringCase: "content-disposition"): disposition = value
    case 19 where name.equals(ignoringCase: "proxy-authorization"): authorization = value
    default: break
    }
  }

  /// Of several challenges the first counts, unless another one has a message of NTLM (in base 64), bare or in what is
  /// negotiated, that names the server.
  private mutating func addChallenge(_ bytes: Span<UInt8>, _ value: Range<Int>) {
    let text = bytes.extracting(value)
    if challenge.isEmpty || text.first(ignoringCase: " tlrmtvnt") != nil
      || (text.count > 10 && text.hasASCII(ignoringCase: "negotiate "))
      || (text.count > 5 && text.hasASCII(ignoringCase: "ntlm "))
    {
      challenge = value
    }
  }

  private func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high, bytes[low] <= 32 { low += 1 }
    while high > low, bytes[high - 1] <= 32 { high -= 1 }
    return low..<high
  }

  @_lifetime(copy bytes)
  func text(_ range: Range<Int>, in bytes: Span<UInt8>) -> Span<UInt8> {
    bytes.clamped(from: range.lowerBound, count: range.count)
  }

  /// The `filename` of `Content-Disposition`, RFC 6266.
  @_lifetime(copy bytes)
  func fileName(in bytes: Span<UInt8>) -> Span<UInt8>? {
    let value = text(disposition, in: bytes)
    guard let at = value.first(ignoringCase: "filename=") else { return nil }
    let quoted = value.byte(at + 9) == UInt8(ascii: "\"")
    let start = at + (quoted ? 10 : 9)
    let stop = value.first(quoted ? UInt8(ascii: "\"") : UInt8(ascii: ";"), from: start) ?? value.count
    return value.clamped(from: start, count: stop - start)
  }

  // MARK: framing

  enum StartLine: Equatable {
    case no, needMore
    case yes(lineEnd: Int)
  }

  /// `METHOD target HTTP/1.x` or `HTTP/1.x status reason`.
  static func startLine(_ bytes: Span<UInt8>) -> StartLine {
    if bytes.count < 8, isPrefix(bytes, of: "HTTP/1.0") || isPrefix(bytes, of: "HTTP/1.1") { return .needMore }
    if bytes.hasASCII("HTTP/1.") {
      guard let end = bytes.lineEnd(limit: startLineBytes) else {
        return bytes.count < startLineBytes ? .needMore : .no
      }
      return bytes.clamped(from: 9, count: 3).decimal != nil ? .yes(lineEnd: end) : .no
    }
    var index = 0
    while index < bytes.count, isMethodByte(bytes[index]) { index += 1 }
    guard index <= 20 else { return .no }
    guard index < bytes.count else { return .needMore }
    guard index >= 3, bytes[index] == 32 else { return .no }
    guard let end = bytes.lineEnd(limit: startLineBytes) else {
      return bytes.count < startLineBytes && bytes.isPlainText ? .needMore : .no
    }
    let line = bytes.extracting(0..<end).trimmed()
    return line.hasASCII("HTTP/1.", at: line.count - 8) ? .yes(lineEnd: end) : .no
  }

  private static func isMethodByte(_ byte: UInt8) -> Bool { byte >= 65 && byte <= 90 || byte == 45 || byte == 95 }

  private static func isPrefix(_ bytes: Span<UInt8>, of text: StaticString) -> Bool {
    text.withUTF8Buffer { expected in
      for index in 0..<min(bytes.count, expected.count) where unsafe bytes[index] != expected[index] { return false }
      return true
    }
  }

  /// Index behind the blank line that ends the head.
  static func end(_ bytes: Span<UInt8>, from lineEnd: Int) -> Int? {
    let head = bytes.clamped(from: 0, count: headBytes)
    var index = lineEnd
    while let next = head.first(10, from: index) {
      if head[next - 1] == 10 || (head[next - 1] == 13 && head.byte(next - 2) == 10) { return next + 1 }
      index = next + 1
    }
    return nil
  }

  /// Length of the form, or the message to remote management, behind a POST's head that belongs to the data unit; 0 for
  /// other bodies, which are skipped.
  static func formBytes(behind head: Span<UInt8>, _ lineEnd: Int) -> Int {
    guard head.hasASCII("POST ") else { return 0 }
    let fields = HTTPHead(head, from: lineEnd)
    guard !fields.isChunked, let length = fields.contentLength else { return 0 }
    if HTTP.isManagement(head) {
      return length <= HTTP.managementBytes ? length : 0
    }
    return fields.isForm && length <= formBytes ? length : 0
  }

  /// Whether a line is a name of letters, digits and hyphens, a colon and a value.
  static func isField(_ line: Span<UInt8>) -> Bool {
    line.first(UInt8(ascii: ":")) != nil && couldBeField(line)
  }

  /// Whether a line that may not have its end yet starts as a field does.
  static func couldBeField(_ line: Span<UInt8>) -> Bool {
    let name = line.first(UInt8(ascii: ":")) ?? line.count
    guard name > 0, name <= 64 else { return false }
    for index in 0..<name {
      let letter = line[index] | 0x20
      guard letter >= 97 && letter <= 122 || isMethodByte(line[index]) || line[index] >= 48 && line[index] <= 57 else {
        return false
      }
    }
    return true
  }

  /// The size a chunk's line announces (RFC 9112 section 7.1), at most 15 digits.
  static func chunkSize(_ line: Span<UInt8>) -> Int? {
    var size = 0
    var index = 0
    while index < line.count, index < 15, let digit = hexValue(line[index]) {
      size = size << 4 | Int(digit)
      index += 1
    }
    guard index > 0, let next = line.byte(index), next == 13 || next == 10 || next == 32 || next == UInt8(ascii: ";")
    else { return nil }
    return size
  }
}
