import OTCore

/// BitTorrent, BEP 3 (handshake between peers) and BEP 5 (distributed table): that files are shared with strangers.
public struct BitTorrent: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "bittorrent", name: "BitTorrent", specification: "BEP 3, BEP 5, BEP 20", isIndustrial: false,
      depth: [.identity, .operations], reads: "that it is used, the client's software",
      displayFilter: "bittorrent || bt-dht")
  ]
  public static let claims: [Claim] = []
  public static let probe = ProbeStrength.strong

  private static let handshakeBytes = 68
  private var told = RecentValues()

  public init() {}

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    if hint.isStream {
      // Length of the name, the name, extensions, hash of the torrent, peer.
      guard bytes.byte(0) == 19 else { return .notThisProtocol }
      if bytes.count < 20 { return bytes.hasASCII("BitT", at: 1) ? .needMore : .notThisProtocol }
      guard bytes.hasASCII("BitTorrent protocol", at: 1) else { return .notThisProtocol }
      return .pdu(byteCount: handshakeBytes)
    }
    // A dictionary of the table: question, answer or error, with the identifier of a node.
    let begins = bytes.hasASCII("d1:ad2:id20:") || bytes.hasASCII("d1:rd2:id20:") || bytes.hasASCII("d2:ip6:")
    guard begins, bytes.byte(bytes.count - 1) == UInt8(ascii: "e"), bytes.count > 40 else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard context.isStream else {
      return out.operation(Operation(1, pdu.bytes.hasASCII("d1:a") ? .request : .response))
    }
    try pdu.skip(48, "handshake")
    out.operation(Operation(0, context.senderIsClient ? .request : .response))
    // `-UT3530-`: two letters of the client and four of its version (BEP 20).
    let peer = pdu.rest()
    if peer.byte(0) == UInt8(ascii: "-"), peer.byte(7) == UInt8(ascii: "-"), told.isNew(peer.clamped(from: 0, count: 8))
    {
      out.identity(.sender, .application, out.text(peer.clamped(from: 1, count: 6)))
    }
    out.skip(Int.max)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    code == 0
      ? OperationDescription(code: "handshake", name: "handshake", kind: .session)
      : OperationDescription(code: "dht", name: "distributed table", kind: .discover)
  }
}
