import OTCore

/// NetBIOS name service over UDP: RFC 1001, section 14; RFC 1002, section 4.2.
public struct NetBIOSName: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "nbns", name: "NetBIOS name service", specification: "RFC 1001, RFC 1002", isIndustrial: false,
      depth: [.identity, .operations], reads: "names asked for, registered and listed", displayFilter: "nbns")
  ]
  public static let claims: [Claim] = [.udp(137)]

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    // Operation 0 or 5...9 or 15; the first name has 32 letters A...P.
    guard hint.isClaimed, let flags = bytes.be16(2), let questions = bytes.be16(4), questions <= 1,
      let answers = bytes.be16(6), questions + (answers == 0 ? 0 : 1) > 0, bytes.byte(12) == 32
    else { return .notThisProtocol }
    switch flags >> 11 & 15 {
    case 0, 5...9, 15: break
    default: return .notThisProtocol
    }
    guard bytes.count >= 50 else { return .notThisProtocol }
    for index in 13..<45 where bytes[index] < 65 || bytes[index] > 80 { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    told.listen(to: context)
    try pdu.skip(2, "transaction id")
    let flags = try pdu.u16("flags")
    let questions = try pdu.u16("questions")
    try pdu.skip(6, "counts")
    let bytes = pdu.rest()
    let isResponse = flags >> 15 == 1
    let code = UInt64(flags >> 11 & 15)
    var operation = Operation(code, isResponse ? .response : .request)
    if isResponse { operation.outcome = flags & 15 == 0 ? .success : .failure(UInt32(flags & 15)) }
    defer { out.operation(operation) }
    guard told.isNew(bytes, salt: UInt64(flags)) else { return }
    let all = pdu.bytes
    guard let (name, suffix) = DomainName.netBIOS(all, at: 13, into: &out) else {
      throw DecodeError("name", at: 12, .invalid)
    }
    var position = 12
    guard DomainName.skip(all, at: &position), let type = all.be16(position) else {
      throw DecodeError("name", at: 12, .truncated)
    }
    position += 4
    if !isResponse {
      if code == 0 {
        out.property(.queryName, name)
      } else {
        // The additional record of a registration says whether the name is a group's.
        guard let isGroup = questions > 0 ? Self.isGroup(all, after: position) : false else { return }
        out.identity(.sender, Self.attribute(suffix, isGroup: isGroup), name)
      }
    } else if flags & 15 == 0 {
      try answer(all, at: position, type, name, suffix, code, &out)
    }
  }

  /// Behind type and class of the name: time to live, length, then names of the host or addresses of the name.
  private mutating func answer(
    _ bytes: Span<UInt8>, at start: Int, _ type: UInt16, _ name: TextRef, _ suffix: UInt8, _ code: UInt64,
    _ out: inout ObservationBuffer
  ) throws(DecodeError) {
    let data = start + 6
    if type == 0x21 {
      guard let count = bytes.byte(data) else { throw DecodeError("node status", at: data, .truncated) }
      for item in 0..<Int(count) {
        // Fifteen characters, suffix, flags.
        let entry = data + 1 + 18 * item
        guard let suffix = bytes.byte(entry + 15), let flags = bytes.be16(entry + 16) else { return }
        let attribute = Self.attribute(suffix, isGroup: flags & 0x8000 != 0)
        out.identity(.sender, attribute, out.text(bytes.clamped(from: entry, count: 15)))
      }
    } else if type == 0x20, code == 0, let flags = bytes.be16(data), let address = bytes.be32(data + 2) {
      out.identity(.address(.ipv4(address)), Self.attribute(suffix, isGroup: flags & 0x8000 != 0), name)
    }
  }

  /// The record behind the question: pointer or name, type, class, time to live, length, flags (bit 15: group).
  private static func isGroup(_ bytes: Span<UInt8>, after start: Int) -> Bool? {
    var position = start
    guard DomainName.skip(bytes, at: &position), let flags = bytes.be16(position + 10) else { return nil }
    return flags & 0x8000 != 0
  }

  /// What a name with this suffix names (RFC 1001 leaves it open; Microsoft's list of NetBIOS suffixes).
  static func attribute(_ suffix: UInt8, isGroup: Bool) -> IdentityAttribute {
    if isGroup || (0x1b...0x1e).contains(suffix) { return .domain }
    return suffix == 0x03 ? .name : .hostname
  }

  private static let names: [UInt64: (String, OperationKind)] = [
    0: ("query", .discover), 5: ("register", .report), 6: ("release", .report), 7: ("wait", .report),
    8: ("refresh", .report), 9: ("refresh", .report), 15: ("register multi-homed", .report),
  ]

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind) = names[code] ?? ("operation", .other)
    return OperationDescription(code: "\(code)", name: name, kind: kind)
  }
}
