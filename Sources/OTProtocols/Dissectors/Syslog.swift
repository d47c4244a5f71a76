import OTCore

/// Syslog: RFC 5424 and the older habit described by RFC 3164; over TCP with either framing of RFC 6587.
public struct Syslog: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "syslog", name: "Syslog", specification: "RFC 5424, RFC 3164", isIndustrial: false,
      depth: [.identity, .operations], reads: "severity, host name, application; not the message",
      displayFilter: "syslog")
  ]
  public static let claims: [Claim] = [.udp(514), .tcp(514), .tcp(601)]

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed else { return .notThisProtocol }
    guard hint.isStream else {
      return priority(bytes, at: 0) == nil ? .notThisProtocol : .pdu(byteCount: bytes.count)
    }
    var start = 0
    var announced = 0
    while let digit = bytes.byte(start), digit >= 48, digit <= 57, start < 7 {
      announced = announced * 10 + Int(digit - 48)
      start += 1
    }
    if start > 0 {
      guard start < bytes.count else { return .needMore }
      guard bytes.byte(start) == 0x20, announced > 4, bytes.count <= start + 5 || priority(bytes, at: start + 1) != nil
      else { return .notThisProtocol }
      return .pdu(byteCount: start + 1 + announced)
    }
    guard bytes.byte(0) == UInt8(ascii: "<") else { return bytes.isEmpty ? .needMore : .notThisProtocol }
    if bytes.count < 5 { return .needMore }
    guard priority(bytes, at: 0) != nil else { return .notThisProtocol }
    let end = bytes.firstIndex(of: 0x0a)
    return end < bytes.count ? .pdu(byteCount: end + 1) : .needMore
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let open = pdu.bytes.firstIndex(of: UInt8(ascii: "<"))
    guard open < 8, let (priority, start) = Self.priority(pdu.bytes, at: open) else {
      throw DecodeError("priority", at: 0, .invalid)
    }
    out.operation(Operation(UInt64(priority), .publish))
    let bytes = pdu.bytes.extracting(start..<pdu.bytes.count)
    if bytes.byte(0) == UInt8(ascii: "1"), bytes.byte(1) == 0x20 {
      // Version 1: time, host, application.
      let time = bytes.firstIndex(of: 0x20, from: 2)
      let host = bytes.firstIndex(of: 0x20, from: time + 1)
      let application = bytes.firstIndex(of: 0x20, from: host + 1)
      tell(bytes.clamped(from: time + 1, count: host - time - 1), .hostname, &out)
      tell(bytes.clamped(from: host + 1, count: application - host - 1), .application, &out)
    } else if bytes.byte(3) == 0x20, bytes.byte(6) == 0x20, bytes.byte(9) == UInt8(ascii: ":"), bytes.byte(15) == 0x20 {
      // `Mmm dd hh:mm:ss host tag: …`
      let host = bytes.firstIndex(of: 0x20, from: 16)
      tell(bytes.clamped(from: 16, count: host - 16), .hostname, &out)
    }
  }

  /// A nil value is written `-`.
  private mutating func tell(
    _ text: Span<UInt8>, _ attribute: IdentityAttribute, _ out: inout ObservationBuffer
  ) {
    guard text.count > 1, text.count <= 255, told.isNew(text, salt: UInt64(attribute.rawValue)) else { return }
    out.identity(.sender, attribute, out.text(text))
  }

  /// `<0>`...`<191>`: eight times facility plus severity, and where it ends.
  private static func priority(_ bytes: Span<UInt8>, at start: Int) -> (value: Int, end: Int)? {
    guard bytes.byte(start) == UInt8(ascii: "<") else { return nil }
    var value = 0
    var index = start + 1
    while let digit = bytes.byte(index), digit >= 48, digit <= 57, index < start + 4 {
      value = value * 10 + Int(digit - 48)
      index += 1
    }
    guard index > start + 1, value <= 191, bytes.byte(index) == UInt8(ascii: ">") else { return nil }
    return (value, index + 1)
  }

  private static let severities = [
    "emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug",
  ]

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let severity = severities[Int(code & 7)]
    return OperationDescription(code: "\(code)", name: "\(severity), facility \(code >> 3)", kind: .report)
  }
}
