import OTCore

/// Synchrophasor data of phasor measurement units: IEEE Std C37.118.2-2011, section 6.
public struct Synchrophasor: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "synphasor", name: "Synchrophasor (C37.118)", specification: "IEEE Std C37.118.2-2011, section 6",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "commands, header, configuration with station names, data frames of each stream; not the phasors",
      displayFilter: "synphasor")
  ]
  public static let claims: [Claim] = [.tcp(4712), .udp(4712), .tcp(4713), .udp(4713)]
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()

  public init() {}

  /// Section 6.2, table 2: sync octet, type and version, size, stream, second, fraction, …, checksum.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let sync = bytes.byte(0) else { return .needMore }
    guard sync == 0xaa else { return .notThisProtocol }
    guard let type = bytes.byte(1), let size = bytes.be16(2).map(Int.init) else {
      return hint.isClaimed || hint.isEstablished ? .needMore : .notThisProtocol
    }
    guard size >= 16 else { return .notThisProtocol }
    if type & 0x80 != 0 || type >> 4 > 5 || !(1...3).contains(type & 15) {
      // A reserved type or version is believed where the end is that of the bytes, or the beginning of the next frame.
      guard hint.isClaimed || hint.isEstablished, bytes.byte(size) ?? 0xaa == 0xaa, bytes.count >= size else {
        return .notThisProtocol
      }
    }
    if !hint.isClaimed, !hint.isEstablished {
      // Elsewhere the checksum has to be right.
      guard bytes.count >= size else { return hint.isStream ? .needMore : .notThisProtocol }
      guard bytes.be16(size - 2) == bytes.extracting(0..<(size - 2)).crc16(from: 0xffff) else {
        return .notThisProtocol
      }
    }
    return .pdu(byteCount: size)
  }

  private enum FrameType {
    static let data: UInt8 = 0
    static let configuration1: UInt8 = 2
    static let configuration2: UInt8 = 3
    static let command: UInt8 = 4
    static let configuration3: UInt8 = 5
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(1, "sync")
    let type = try pdu.u8("frame type") >> 4 & 7
    try pdu.skip(2, "frame size")
    let stream = try pdu.u16("stream identifier")
    try pdu.skip(8, "time stamp")
    var operation = Operation(UInt64(type), .response, object: .numbers(UInt32(stream), 0, 0, 0))
    switch type {
    case FrameType.command:
      operation.role = .request
      operation.code |= UInt64(try pdu.u16("command")) << 8
    case FrameType.configuration1, FrameType.configuration2:
      try pdu.skip(4, "time base")
      let count = Int(try pdu.u16("number of units"))
      try stations(&pdu, count, into: &out)
    case FrameType.configuration3:
      // Only the first unit's name stands at a known place.
      if pdu.bytes.be16(14) ?? 0 <= 1, let length = pdu.bytes.byte(22) {
        let name = pdu.bytes.clamped(from: 23, count: Int(length))
        if told.isNew(name) { out.identity(.sender, .stationName, out.text(name)) }
      }
    default:
      // A stream to a group has no one who asked for it.
      if type == FrameType.data, context.receiver.isGroup { operation.role = .publish }
    }
    out.operation(operation)
  }

  /// Section 6.4, table 9: name, identifier, format, how many phasors, analog values and digital words; their names;
  /// their factors.
  private mutating func stations(
    _ pdu: inout ByteCursor, _ count: Int, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    for _ in 0..<Swift.min(count, Limits.itemsPerPDU) {
      let name = try pdu.take(16, "station name")
      if told.isNew(name) { out.identity(.sender, .stationName, out.text(name)) }
      try pdu.skip(4, "identifier and format")
      let phasors = Int(try pdu.u16("number of phasors"))
      let analogs = Int(try pdu.u16("number of analog values"))
      let digitals = Int(try pdu.u16("number of digital words"))
      try pdu.skip(16 * (phasors + analogs + 16 * digitals), "channel names")
      try pdu.skip(4 * (phasors + analogs + digitals) + 4, "factors, frequency and count")
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let type = code & 0xff
    let (name, kind): (String, OperationKind) =
      switch (type, code >> 8) {
      case (0, _): ("data", .report)
      case (1, _): ("header", .read)
      case (2, _): ("configuration 1", .read)
      case (3, _): ("configuration 2", .read)
      case (5, _): ("configuration 3", .read)
      case (4, 1): ("command: data off", .session)
      case (4, 2): ("command: data on", .session)
      case (4, 3): ("command: send header", .read)
      case (4, 4): ("command: send configuration 1", .read)
      case (4, 5): ("command: send configuration 2", .read)
      case (4, 6): ("command: send configuration 3", .read)
      case (4, 8): ("command: extended frame", .control)
      case (4, _): ("command \(code >> 8)", .other)
      default: ("frame of type \(type)", .other)
      }
    return OperationDescription(code: "frtype\(type)", name: name, kind: kind)
  }

  public static func describe(
    object stream: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    "stream \(stream)"
  }
}
