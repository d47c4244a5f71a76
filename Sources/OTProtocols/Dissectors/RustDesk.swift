import OTCore

/// RustDesk's rendezvous service, `rendezvous.proto` of its source: a machine announces the number under which it can be
/// controlled from outside.
public struct RustDesk: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "rustdesk", name: "RustDesk", specification: "rendezvous.proto of hbb_common", isIndustrial: false,
      depth: [.identity, .operations], reads: "the machine's number, that it is announced", displayFilter: "")
  ]
  public static let claims: [Claim] = [.udp(21116)]

  private var told = RecentValues()

  public init() {}

  /// Messages of one field each: register peer 6 with an id of letters and digits, its answer 7, register key 15 and 16.
  private static func kind(_ bytes: Span<UInt8>) -> UInt64? {
    guard let tag = bytes.byte(0), bytes.count >= 2 else { return nil }
    let isLong = tag & 0x80 != 0
    let number = isLong ? UInt64(tag & 0x7f) | UInt64(bytes[1]) << 7 : UInt64(tag)
    guard number & 7 == 2 else { return nil }
    let at = isLong ? 2 : 1
    guard let length = bytes.byte(at), length < 0x80, at + 1 + Int(length) == bytes.count else { return nil }
    return number >> 3
  }

  /// The id in a register peer or key message: first field, six to sixteen letters or digits.
  private static func id(_ bytes: Span<UInt8>, _ kind: UInt64) -> Range<Int>? {
    let at = kind >= 16 || (bytes.byte(0) ?? 0) & 0x80 != 0 ? 3 : 2
    guard bytes.byte(at) == 0x0a, let length = bytes.byte(at + 1), length >= 6, length <= 16 else { return nil }
    let range = (at + 2)..<(at + 2 + Int(length))
    guard range.upperBound <= bytes.count else { return nil }
    for index in range {
      let byte = lowercased(bytes[index])
      guard byte >= 48 && byte <= 57 || byte >= 97 && byte <= 122 || byte == 45 || byte == 95 else { return nil }
    }
    return range
  }

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, hint.isClaimed || hint.isEstablished, let kind = kind(bytes), (6...30).contains(kind) else {
      return .notThisProtocol
    }
    // A conversation begins with an announcement.
    guard hint.isEstablished || ((kind == 6 || kind == 15) && id(bytes, kind) != nil) else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let bytes = pdu.rest()
    guard let kind = Self.kind(bytes) else { throw DecodeError("message", at: 0, .invalid) }
    out.operation(Operation(kind, kind == 7 || kind == 16 ? .response : context.senderIsClient ? .request : .response))
    guard kind == 6 || kind == 15, let range = Self.id(bytes, kind), told.isNew(bytes.extracting(range)) else { return }
    out.identity(.sender, .clientID, out.text(bytes.extracting(range)))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch code {
      case 6, 7: "register peer"
      case 8: "punch hole request"
      case 9: "punch hole"
      case 15, 16: "register key"
      case 18: "request relay"
      default: "message \(code)"
      }
    return OperationDescription(code: "\(code)", name: name, kind: .session)
  }
}
