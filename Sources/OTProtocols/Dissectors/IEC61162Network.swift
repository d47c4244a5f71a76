import OTCore

/// Sentences of navigation equipment multicast on a ship's or pilot station's Ethernet: IEC 61162-450:2018 (Lightweight
/// Ethernet), sections 7.2 and 7.3.
public struct IEC61162Network: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "iec61162_450", name: "IEC 61162-450", specification: "IEC 61162-450:2018, sections 7.2 and 7.3",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "source and destination of each tag block, talker and type of each sentence with its AIS message, version "
        + "of the equipment, source of binary files; no contents of files and images",
      displayFilter: "")
  ]
  /// Section 5.2, table 4: groups of transmitters, their user-defined ones, binary files, network management.
  public static let claims: [Claim] = (60001...60030).map { .udp($0) }
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()
  private var ais = AISReader()

  public init() {}

  private static let tokenBytes = 6
  private static let file: UInt64 = 0

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
    guard isText else { return try dissectFile(&pdu, into: &out) }
    let lines = pdu.rest()
    var index = 0
    for _ in 0..<Limits.itemsPerPDU {
      guard index < lines.count else { return }
      let end = lines.lineEnd(from: index) ?? lines.count
      let line = lines.extracting(index..<end)
      index = end
      if let source = TagBlock.source(line) { tell(source, into: &out) }
      guard let start = NMEA0183.start(line) else { continue }
      let sentence = NMEASentence(line, from: start)
      var operation = sentence.operation(line, layer: 0)
      if let destination = TagBlock.destination(line) { operation.object = .text(out.text(destination)) }
      out.operation(operation)
      try sentence.readDetails(line, &told, &ais, aisLayer: 0, into: &out)
    }
    out.anomaly("sentences", .tooDeep)
  }

  private mutating func tell(_ source: Span<UInt8>, into out: inout ObservationBuffer) {
    if told.isNew(source) { out.identity(.sender, .deviceID, out.text(source)) }
  }

  /// Section 7.3.2: version (and, since 2018, length) of the header, then source and destination of six characters.
  private mutating func dissectFile(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    out.operation(Operation(Self.file, .publish))
    try pdu.skip(2, "header version")
    if pdu.peek() == 0 { try pdu.skip(2, "header length") }
    tell(try pdu.take(6, "source").untilNUL(), into: &out)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    switch code {
    case file: OperationDescription(code: "file", name: "binary file transfer", kind: .other)
    case 1...27: AISReader.describe(operation: code)
    default: NMEA0183.describe(operation: code, layer: 0)
    }
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { AISReader.text(mmsi: a) }
}
