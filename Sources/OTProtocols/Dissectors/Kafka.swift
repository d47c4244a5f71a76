import OTCore

/// Apache Kafka's own protocol (its protocol guide): which client asks a broker for what.
public struct Kafka: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "kafka", name: "Apache Kafka", specification: "Apache Kafka protocol guide 3.x", isIndustrial: false,
      depth: [.identity, .operations], reads: "requests by name, client id, client software; not the records",
      displayFilter: "kafka")
  ]
  public static let claims: [Claim] = [.tcp(9092), .tcp(9094)]

  private static let requestBytes = 1 << 20
  private var requests = RequestTable<UInt8>()
  private var told = RecentValues()

  public init() {}

  /// Size; of a request also api, its version, correlation, and a client id that is text.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, hint.isClaimed || hint.isEstablished else { return .notThisProtocol }
    guard bytes.count >= 14, let size = bytes.be32(0).map(Int.init) else { return .needMore }
    guard size >= 8, size <= requestBytes else { return .notThisProtocol }
    if hint.senderIsClient || !hint.isEstablished {
      guard let api = bytes.be16(4), let version = bytes.be16(6), let length = bytes.be16(12), api <= 92, version <= 20
      else { return .notThisProtocol }
      // No client id is -1.
      if length != 0xffff {
        guard length <= 249, Int(length) + 10 <= size else { return .notThisProtocol }
        guard bytes.clamped(from: 14, count: Int(length)).isPlainText else { return .notThisProtocol }
      }
    }
    return .pdu(byteCount: 4 + size)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(4, "size")
    guard context.senderIsClient else {
      let correlation = try pdu.u32("correlation id")
      guard let api = requests.request(UInt64(correlation)) else { return }
      return out.operation(Operation(UInt64(api), .response))
    }
    let api = try pdu.u16("api key")
    let version = try pdu.u16("api version")
    let correlation = try pdu.u32("correlation id")
    requests.remember(UInt8(truncatingIfNeeded: api), for: UInt64(correlation))
    out.operation(Operation(UInt64(api), .request))
    let length = try pdu.u16("client id")
    guard length != 0xffff else { return }
    let client = try pdu.take(Int(length), "client id")
    if told.isNew(client) { out.identity(.sender, .clientID, out.text(client)) }
    // ApiVersions 3: tagged fields, then compact texts (length plus one) of the software's name and version.
    guard api == 18, version >= 3 else { return }
    try pdu.skip(1, "tagged fields")
    let nameBytes = Int(try pdu.u8("client software name"))
    let name = try pdu.take(Swift.max(0, nameBytes - 1), "client software name")
    let versionBytes = Int(try pdu.u8("client software version"))
    let software = try pdu.take(Swift.max(0, versionBytes - 1), "client software version")
    guard name.isPlainText, software.isPlainText else { return }
    let first = out.text(name)
    _ = out.text(" ")
    out.identity(.sender, .application, first.through(out.text(software)))
  }

  private static let apis: [String] = [
    "produce", "fetch", "list offsets", "metadata", "leader and isr", "stop replica", "update metadata",
    "controlled shutdown", "offset commit", "offset fetch", "find coordinator", "join group", "heartbeat",
    "leave group", "sync group", "describe groups", "list groups", "sasl handshake", "api versions", "create topics",
    "delete topics", "delete records", "init producer id",
  ]

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name = code < UInt64(apis.count) ? apis[Int(code)] : code == 36 ? "sasl authenticate" : "api \(code)"
    let kind: OperationKind =
      switch code {
      case 0: .report
      case 1: .read
      case 3, 15, 16: .discover
      case 19, 20, 21: .write
      default: .session
      }
    return OperationDescription(code: "\(code)", name: name, kind: kind)
  }
}
