import OTCore

/// Transparent Network Substrate of Oracle Net Services: connect descriptors in clear text say which program of which user
/// on which computer wants which database. The layout is that of Wireshark's decoder; Oracle publishes none.
public struct OracleTNS: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "tns", name: "Oracle Net (TNS)",
      specification: "Oracle, unpublished; descriptors: Oracle Net Services Reference",
      isIndustrial: false, depth: [.identity, .operations],
      reads: "service, program, computer and user of a connection, versions, refusals; nothing behind the connection",
      displayFilter: "tns")
  ]
  public static let claims: [Claim] = [.tcp(1521), .tcp(1522), .tcp(1526), .tcp(1575), .tcp(2483)]
  public static let probe = ProbeStrength.strong

  public init() {}

  private var told = RecentValues()

  private static let connect: UInt8 = 1
  private static let accept: UInt8 = 2
  private static let refuse: UInt8 = 4
  private static let redirect: UInt8 = 5
  private static let data: UInt8 = 6

  /// Length (32 bits from version 315 on, when the first 16 are 0), checksum, type, flags, checksum of the header.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else { return .notThisProtocol }
    guard let short = bytes.be16(0), let wide = bytes.be32(0), let type = bytes.byte(4) else {
      return hint.isClaimed || hint.isEstablished ? .needMore : .notThisProtocol
    }
    let length =
      short == 0 || hint.isEstablished && wide < 0x0020_0000 && short <= 0x1f && wide & 0xffff != 0
      ? Int(wide) : Int(short)
    guard length >= 8, length <= 1 << 21, (1...15).contains(type) else { return .notThisProtocol }
    if !hint.isEstablished {
      guard let checksum = bytes.be16(2), let header = bytes.be16(6), checksum == 0 || short == 0, header == 0 else {
        return bytes.count < 8 ? .needMore : .notThisProtocol
      }
      switch type {
      case connect:
        guard let version = bytes.be16(8), let offset = bytes.be16(26), let first = bytes.byte(Int(offset)) else {
          return bytes.count < min(length, 64) ? .needMore : .notThisProtocol
        }
        guard (300...330).contains(version), offset >= 34, offset <= 128, first == UInt8(ascii: "(") else {
          return .notThisProtocol
        }
      default: guard hint.isClaimed else { return .notThisProtocol }
      }
    }
    return .pdu(byteCount: min(length, Limits.pduBytes / 2))
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(4, "length")
    let type = try pdu.u8("packet type")
    let bytes = pdu.bytes
    switch type {
    case Self.connect:
      let text = bytes.clamped(from: Int(bytes.be16(26) ?? 0), count: Int(bytes.be16(24) ?? 0))
      let service = Self.value(text, "service_name=") ?? Self.value(text, "sid=")
      var object = TextRef.none
      if let service { object = out.text(text.extracting(service)) }
      out.operation(Operation(UInt64(type), .request, object: object.isEmpty ? .none : .text(object)))
      descriptor(text, into: &out)
    case Self.accept:
      out.operation(Operation(UInt64(Self.connect), .response, outcome: .success))
      if let version = bytes.be16(8) { out.property(.protocolVersion, out.text(UInt64(version))) }
    case Self.refuse:
      let text = bytes.rest(from: 12)
      let error = Self.value(text, "err=").flatMap { text.extracting($0).decimal } ?? 0
      out.operation(
        Operation(UInt64(Self.connect), .response, outcome: .failure(UInt32(truncatingIfNeeded: error))))
      version(text, into: &out)
    case Self.redirect: out.operation(Operation(UInt64(type), .response))
    case Self.data:
      out.operation(Operation(UInt64(type), context.senderIsClient ? .request : .response))
      // Long descriptors follow their connect packet.
      let text = bytes.clamped(from: 10, count: 2048)
      if context.senderIsClient, text.byte(0) == UInt8(ascii: "(") { descriptor(text, into: &out) }
    default: out.operation(Operation(UInt64(type), context.senderIsClient ? .request : .response))
    }
  }

  /// `(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=…)(CID=(PROGRAM=…)(HOST=…)(USER=…)))(ADDRESS=…))`
  private mutating func descriptor(_ text: Span<UInt8>, into out: inout ObservationBuffer) {
    guard told.isNew(text) else { return }
    if let program = Self.value(text, "(program=") {
      out.identity(.sender, .application, out.text(text.extracting(program)))
    }
    // The first HOST of CID is the client's; that of ADDRESS the server's.
    if let client = text.first(ignoringCase: "(cid=") {
      let identity = text.extracting(client..<text.count)
      if let host = Self.value(identity, "(host=") {
        out.identity(.sender, .hostname, out.text(identity.extracting(host)))
      }
      if let user = Self.value(identity, "(user=") {
        out.identity(.sender, .userName, out.text(identity.extracting(user)))
      }
    }
    if let service = Self.value(text, "service_name=") ?? Self.value(text, "sid=") {
      out.property(.serverName, out.text(text.extracting(service)), subject: .receiver)
    }
    // A question to the listener: status, version, stop, services.
    if let command = Self.value(text, "(command=") {
      let word = out.text("command ")
      out.property(.method, word.through(out.text(text.extracting(command))))
    }
  }

  /// VSNNUM packs a version: 8 bits, 4, 8, 4, 8.
  private func version(_ text: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let range = Self.value(text, "vsnnum="), let number = text.extracting(range).decimal, number > 0,
      number < 1 << 32
    else { return }
    let bits = UInt64(number)
    let word = out.text("Oracle ")
    out.identity(
      .sender, .softwareVersion,
      word.through(
        out.text(joined: bits >> 24, bits >> 20 & 15, bits >> 12 & 255, bits >> 8 & 15, bits & 255)))
  }

  private static func value(_ text: Span<UInt8>, _ key: StaticString) -> Range<Int>? {
    guard let at = text.first(ignoringCase: key) else { return nil }
    let start = at + key.utf8CodeUnitCount
    let end = text.first(UInt8(ascii: ")"), from: start) ?? text.count
    return end > start && end - start <= 128 ? start..<end : nil
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch code {
      case 1: "connect"
      case 5: "redirect"
      case 6: "data"
      case 11: "resend"
      case 12: "marker"
      default: "packet type \(code)"
      }
    return OperationDescription(code: "\(code)", name: name, kind: code == 6 ? .other : .session)
  }
}
