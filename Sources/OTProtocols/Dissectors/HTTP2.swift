import OTCore

/// HTTP/2 in clear text (prior knowledge), RFC 9113: frames, and whether gRPC travels in them.
///
/// Header fields are compressed with a state that begins with the connection; only what stands there literally is told.
public struct HTTP2: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "http2", name: "HTTP/2", specification: "RFC 9113, RFC 7541", isIndustrial: false, depth: .operations,
      reads: "kinds of frames, paths and authorities that are not compressed, gRPC; not the contents",
      displayFilter: "http2")
  ]
  public static let claims: [Claim] = []
  public static let probe = ProbeStrength.strong

  private static let preface: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
  private static let prefaceBytes = 24
  private static let headers: UInt8 = 1
  private static let prefaceCode: UInt64 = 0x100
  /// RFC 9113 section 4.2: 2^14 unless the receiver allowed more.
  private static let frameBytes = 1 << 20

  private var told = RecentValues()

  public init() {}

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    if bytes.hasASCII("PRI ") {
      if bytes.count >= prefaceBytes {
        return bytes.hasASCII(preface) ? .pdu(byteCount: prefaceBytes) : .notThisProtocol
      }
      return .needMore
    }
    guard hint.isEstablished else {
      return bytes.count < 4 && bytes.hasASCII("P") && (bytes.byte(1) ?? 82) == 82 && (bytes.byte(2) ?? 73) == 73
        ? .needMore : .notThisProtocol
    }
    guard let word = bytes.be32(0), bytes.count >= 9 else { return .needMore }
    let length = Int(word >> 8)
    guard word & 0xff <= 0x10, length < frameBytes, bytes[5] & 0x80 == 0 else { return .notThisProtocol }
    // Of data the header is enough.
    return .pdu(byteCount: word & 0xff == 0 ? 9 : 9 + length)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if pdu.bytes.hasASCII("PRI ") { return out.operation(Operation(Self.prefaceCode, .request)) }
    let length = Int(try pdu.u24("length"))
    let type = try pdu.u8("type")
    let flags = try pdu.u8("flags")
    try pdu.skip(4, "stream")
    guard type != 0 else { return out.skip(length) }
    out.operation(Operation(UInt64(type), context.senderIsClient ? .request : .response))
    guard type == Self.headers else { return }
    // Padding and priority come before the fields (section 6.2).
    var padding = 0
    if flags & 8 != 0 { padding = Int(try pdu.u8("pad length")) }
    if flags & 0x20 != 0 { try pdu.skip(5, "priority") }
    let fields = pdu.peekRest().clamped(from: 0, count: pdu.remaining - padding)
    readFields(fields, into: &out)
  }

  /// RFC 7541 section 6: indexed fields are passed over, literal ones told.
  private mutating func readFields(_ fields: Span<UInt8>, into out: inout ObservationBuffer) {
    var at = 0
    for _ in 0..<Limits.itemsPerPDU where at < fields.count {
      let first = fields[at]
      if first & 0x80 != 0 {
        guard Self.integer(fields, &at, bits: 7) != nil else { return }
      } else if first & 0xe0 == 0x20 {
        guard Self.integer(fields, &at, bits: 5) != nil else { return }
      } else {
        guard var index = Self.integer(fields, &at, bits: first & 0x40 != 0 ? 6 : 4) else { return }
        if index == 0 {
          guard let name = Self.string(fields, &at) else { return }
          index = Self.index(of: fields.extracting(name.range))
        }
        guard let value = Self.string(fields, &at) else { return }
        tell(index, fields.extracting(value.range), isCompressed: value.isCompressed, into: &out)
      }
    }
  }

  /// Names of the static table (appendix A): authority 1, path 4 and 5, content type 31, user agent 58.
  private mutating func tell(
    _ index: Int, _ value: Span<UInt8>, isCompressed: Bool, into out: inout ObservationBuffer
  ) {
    if index == 31 {
      guard isCompressed ? Self.isCompressedGRPC(value) : value.hasASCII("application/grpc"), told.isNew(hash: 31)
      else {
        return
      }
      return out.property(.dialect, out.text("gRPC"))
    }
    guard !isCompressed, [1, 4, 5, 58].contains(index), told.isNew(value, salt: UInt64(index)) else { return }
    switch index {
    case 1: out.property(.serverName, out.text(value), subject: .receiver)
    case 58: out.identity(.sender, .application, out.text(value))
    default: out.property(.path, out.text(value))
    }
  }

  /// Place in the static table of a name that was written out all the same; 0 of others.
  private static func index(of name: Span<UInt8>) -> Int {
    if name.equals(ignoringCase: ":authority") { return 1 }
    if name.equals(ignoringCase: ":path") { return 4 }
    if name.equals(ignoringCase: "content-type") { return 31 }
    return name.equals(ignoringCase: "user-agent") ? 58 : 0
  }

  /// `application/grpc` in the code of appendix B, up to its last whole byte.
  private static func isCompressedGRPC(_ value: Span<UInt8>) -> Bool {
    let code: InlineArray<10, UInt8> = [0x1d, 0x75, 0xd0, 0x62, 0x0d, 0x26, 0x3d, 0x4c, 0x4d, 0x65]
    guard value.count > 10 else { return false }
    for index in code.indices where value[index] != code[index] { return false }
    return true
  }

  /// Section 5.1.
  private static func integer(_ bytes: Span<UInt8>, _ at: inout Int, bits: UInt8) -> Int? {
    guard let first = bytes.byte(at) else { return nil }
    let limit = (1 << Int(bits)) - 1
    var value = Int(first) & limit
    at += 1
    guard value == limit else { return value }
    for step in 0..<4 {
      guard let octet = bytes.byte(at) else { return nil }
      at += 1
      value += Int(octet & 0x7f) << (7 * step)
      if octet & 0x80 == 0 { return value }
    }
    return nil
  }

  /// Section 5.2.
  private static func string(_ bytes: Span<UInt8>, _ at: inout Int) -> (range: Range<Int>, isCompressed: Bool)? {
    guard let first = bytes.byte(at), let count = integer(bytes, &at, bits: 7), count <= bytes.count - at else {
      return nil
    }
    let range = at..<(at + count)
    at += count
    return (range, first & 0x80 != 0)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name: String
    switch code {
    case 1: name = "headers"
    case 2: name = "priority"
    case 3: name = "reset stream"
    case 4: name = "settings"
    case 5: name = "push promise"
    case 6: name = "ping"
    case 7: name = "go away"
    case 8: name = "window update"
    case 9: name = "continuation"
    case prefaceCode: name = "preface"
    default: name = "frame \(code)"
    }
    return OperationDescription(
      code: code == prefaceCode ? "preface" : "\(code)", name: name, kind: code == 1 ? .other : .session)
  }
}
