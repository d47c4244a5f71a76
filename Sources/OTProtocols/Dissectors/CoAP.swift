import OTCore

/// Constrained Application Protocol, RFC 7252: requests to small devices.
public struct CoAP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "coap", name: "Constrained Application Protocol", specification: "RFC 7252, RFC 7959, RFC 8132",
      isIndustrial: false, depth: .operations, reads: "methods, paths, host, outcome; not the payload",
      displayFilter: "coap")
  ]
  public static let claims: [Claim] = [.udp(5683)]

  private var requests = RequestTable<UInt8>()

  public init() {}

  /// Version 1, type, token length; code; message number; then options that must add up (section 3).
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, hint.isClaimed || hint.isEstablished, bytes.count >= 4 else { return .notThisProtocol }
    let tokenBytes = Int(bytes[0] & 15)
    guard bytes[0] >> 6 == 1, tokenBytes <= 8, isCode(bytes[1]) else { return .notThisProtocol }
    // An empty message has nothing but a header.
    if bytes[1] == 0 { return bytes.count == 4 ? .pdu(byteCount: 4) : .notThisProtocol }
    var at = 4 + tokenBytes
    guard at <= bytes.count else { return .notThisProtocol }
    for _ in 0..<Limits.itemsPerPDU where at < bytes.count && bytes[at] != 0xff {
      guard option(bytes, &at) != nil else { return .notThisProtocol }
    }
    return .pdu(byteCount: bytes.count)
  }

  /// Empty, the methods of RFC 7252 and RFC 8132, and answers of the classes 2, 4 and 5.
  private static func isCode(_ code: UInt8) -> Bool {
    switch code >> 5 {
    case 0: code & 31 <= 7
    case 2, 4, 5: code & 31 <= 31
    default: false
    }
  }

  /// Moves behind the option at `at`: how far its number lies from the one before, and where its value is.
  private static func option(_ bytes: Span<UInt8>, _ at: inout Int) -> (delta: Int, value: Range<Int>)? {
    guard let first = bytes.byte(at) else { return nil }
    at += 1
    guard let delta = extended(bytes, &at, first >> 4), let count = extended(bytes, &at, first & 15),
      count <= bytes.count - at
    else { return nil }
    let value = at..<(at + count)
    at += count
    return (delta, value)
  }

  /// Section 3.1: 13 and 14 stand for one and two more bytes, 15 is not permitted.
  private static func extended(_ bytes: Span<UInt8>, _ at: inout Int, _ nibble: UInt8) -> Int? {
    switch nibble {
    case 13:
      guard let more = bytes.byte(at) else { return nil }
      at += 1
      return 13 + Int(more)
    case 14:
      guard let more = bytes.be16(at) else { return nil }
      at += 2
      return 269 + Int(more)
    case 15: return nil
    default: return Int(nibble)
    }
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let first = try pdu.u8("version and type")
    let code = try pdu.u8("code")
    let number = try pdu.u16("message id")
    // Empty messages acknowledge or reset.
    guard code != 0 else { return }
    let token = try pdu.take(Int(first & 15), "token")
    let key = token.isEmpty ? UInt64(number) : token.fingerprint
    guard code >> 5 == 0 else {
      let status = UInt32(code >> 5) * 100 + UInt32(code & 31)
      let asked = UInt64(requests.request(key) ?? 0)
      return out.operation(
        Operation(asked, .response, outcome: code >> 5 == 2 ? .success : .failure(status)))
    }
    requests.remember(code, for: key)
    var operation = Operation(UInt64(code), .request)
    defer { out.operation(operation) }
    let bytes = pdu.rest()
    var path: (first: TextRef, last: TextRef)?
    var at = 0
    var kind = 0
    for _ in 0..<Limits.itemsPerPDU where at < bytes.count && bytes[at] != 0xff {
      guard let option = Self.option(bytes, &at) else {
        throw DecodeError("option", at: 4 + token.count + at, .invalid)
      }
      kind += option.delta
      let value = bytes.extracting(option.value)
      if kind == 3 { out.property(.serverName, out.text(value), subject: .receiver) }
      if kind == 11 {
        let slash = out.text("/")
        path = (path?.first ?? slash, out.text(value))
      }
    }
    if let path { operation.object = .text(path.first.through(path.last)) }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code {
      case 1: ("get", .read)
      case 2: ("post", .write)
      case 3: ("put", .write)
      case 4: ("delete", .write)
      case 5: ("fetch", .read)
      case 6: ("patch", .write)
      case 7: ("ipatch", .write)
      default: ("answer", .other)
      }
    return OperationDescription(code: code == 0 ? "?" : "0.0\(code)", name: name, kind: kind)
  }
}
