import OTCore

/// Layer Two Tunneling Protocol, RFC 2661 (version 2) and RFC 3931 (version 3): control messages and their attributes.
public struct L2TP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "l2tp", name: "Layer Two Tunneling Protocol", specification: "RFC 2661, RFC 3931", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "control messages, host name, vendor, firmware, outcome; not what the tunnel carries",
      displayFilter: "l2tp")
  ]
  public static let claims: [Claim] = [.udp(1701)]

  private var told = RecentValues()

  public init() {}

  /// Flags: control, length present, sequence present; then the version.
  private static let controlOfVersion2: UInt16 = 0xc802
  private static let controlOfVersion3: UInt16 = 0xc803

  /// Where the flags stand: directly over IP a session id of zero comes before them (RFC 3931 section 4.1.1.2).
  private static func start(_ bytes: Span<UInt8>) -> Int { bytes.be32(0) == 0 ? 4 : 0 }

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, hint.isClaimed || hint.isEstablished else { return .notThisProtocol }
    let start = start(bytes)
    guard let flags = bytes.be16(start) else { return .notThisProtocol }
    if flags & 0xcb0f == controlOfVersion2 || flags & 0xcb0f == controlOfVersion3 {
      guard let length = bytes.be16(start + 2), length >= 12, start + Int(length) <= bytes.count else {
        return .notThisProtocol
      }
      return .pdu(byteCount: bytes.count)
    }
    if hint.isEstablished { return .pdu(byteCount: bytes.count) }
    // Data: no reserved bit, no priority without a session, and PPP behind (address, control, protocol).
    guard flags & 0xb4f0 == 0, flags & 15 == 2 else { return .notThisProtocol }
    let header = 6 + (flags & 0x4000 != 0 ? 2 : 0) + (flags & 0x0800 != 0 ? 4 : 0) + (flags & 0x0200 != 0 ? 2 : 0)
    guard bytes.be16(header) == 0xff03 || bytes.be16(header) == 0x0021 else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(Self.start(pdu.bytes), "session id")
    let flags = try pdu.u16("flags")
    guard flags & 0xc800 == 0xc800 else { return }
    let length = Int(try pdu.u16("length"))
    if told.isNew(hash: UInt64(flags & 15)) { out.property(.protocolVersion, out.text(UInt64(flags & 15))) }
    try pdu.skip(8, "tunnel and sequence numbers")
    guard length >= 12, length - 12 <= pdu.remaining else { throw DecodeError("length", at: 2, .inconsistent) }
    var attributes = try pdu.slice(length - 12, "attributes")
    // Without attributes it only acknowledges.
    guard !attributes.isAtEnd else { return }
    var operation = Operation(0, context.senderIsClient ? .request : .response)
    defer { out.operation(operation) }
    for _ in 0..<64 where attributes.remaining >= 6 {
      let bits = try attributes.u16("attribute length")
      let count = Int(bits & 0x3ff)
      let vendor = try attributes.u16("vendor id")
      let type = try attributes.u16("attribute type")
      guard count >= 6 else { throw DecodeError("attribute length", at: attributes.offset, .invalid) }
      let value = try attributes.take(count - 6, "attribute value")
      // Hidden ones are encrypted; those of a vendor are its own.
      guard bits & 0x4000 == 0 else { continue }
      if vendor != 0 {
        if told.isNew(hash: 1 << 32 | UInt64(vendor)) { out.identity(.sender, .vendorID, out.text(UInt64(vendor))) }
      } else {
        read(type, value, &operation, into: &out)
      }
    }
  }

  /// RFC 2661 section 4.4.
  private func read(
    _ type: UInt16, _ value: Span<UInt8>, _ operation: inout Operation, into out: inout ObservationBuffer
  ) {
    switch type {
    case 0:
      operation.code = UInt64(value.be16(0) ?? 0)
      operation.role = [2, 8, 11].contains(operation.code) ? .response : .request
    case 1:
      // Result 1 of a stop says that all went well.
      let result = value.be16(0) ?? 0
      operation.outcome = result <= 1 ? .success : .failure(UInt32(result))
    case 6:
      if let revision = value.be16(0), revision > 0 {
        out.identity(.sender, .firmwareVersion, out.text(UInt64(revision)))
      }
    case 7: out.identity(.sender, .hostname, out.text(value))
    case 8: out.identity(.sender, .vendor, out.text(value))
    case 21, 22: if value.isPlainText { out.identity(.sender, .other, out.text(value)) }
    default: break
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch code {
      case 1, 2, 3: "start control connection"
      case 4: "stop control connection"
      case 6: "hello"
      case 7, 8, 9: "outgoing call"
      case 10, 11, 12: "incoming call"
      case 14: "call disconnect notify"
      case 15: "wan error notify"
      case 16: "set link info"
      case 20: "explicit acknowledgement"
      default: "control message \(code)"
      }
    return OperationDescription(code: "\(code)", name: name, kind: .session)
  }
}
