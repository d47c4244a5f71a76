import OTCore

/// Sentences of navigation equipment multicast on a ship's or pilot station's Ethernet: IEC 61162-450:2018 (Lightweight
/// Ethernet), sections 7.2 and 7.3.
public struct IEC61162Network: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "iec61162_450", name: "IEC 61162-450", specification: "IEC 61162-450:2018, sections 7.2 and 7.3",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "source of each tag block, talker and type of each sentence; not files and images", displayFilter: "")
  ]
  public static let claims: [Claim] = []
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()

  public init() {}

  private static let tokenBytes = 6

  /// Token of a sentence datagram (`UdPbC`), or of a simple or retransmittable binary file (`RaUdP`, `RrUdP`).
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, bytes.count > tokenBytes, bytes[5] == 0 else { return .notThisProtocol }
    guard bytes.hasASCII("UdPbC") || bytes.hasASCII("RaUdP") || bytes.hasASCII("RrUdP") else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let isText = pdu.bytes.hasASCII("UdPbC")
    try pdu.skip(Self.tokenBytes, "token")
    guard isText else {
      out.operation(Operation(0, .publish))
      return
    }
    let lines = pdu.rest()
    var index = 0
    for _ in 0..<Limits.itemsPerPDU {
      guard index < lines.count else { return }
      let end = lines.lineEnd(from: index) ?? lines.count
      let line = lines.extracting(index..<end)
      index = end
      source(line, into: &out)
      if let start = NMEA0183.start(line) {
        out.operation(Operation(NMEA0183.code(line, from: start), .publish))
      }
    }
  }

  /// Section 7.2.3.4: `\s:GP0001,…*hh\` in front of a sentence names who sends it.
  private mutating func source(_ line: Span<UInt8>, into out: inout ObservationBuffer) {
    guard line.byte(0) == 0x5c, let close = line.first(0x5c, from: 1),
      let start = line.extracting(0..<close).first(ignoringCase: "s:")
    else { return }
    var end = start + 2
    while end < close, line[end] != 0x2c, line[end] != 0x2a { end += 1 }
    let name = line.extracting((start + 2)..<end)
    if told.isNew(name) { out.identity(.sender, .deviceID, out.text(name)) }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    code == 0
      ? OperationDescription(code: "file", name: "binary file transfer", kind: .other)
      : NMEA0183.describe(operation: code, layer: 0)
  }
}
