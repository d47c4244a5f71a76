import OTCore

/// Dynamic Host Configuration Protocol for IPv6: RFC 8415, sections 8 and 21; client FQDN RFC 4704.
public struct DHCPv6: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "dhcpv6", name: "DHCP for IPv6", specification: "RFC 8415, RFC 4704", isIndustrial: false,
      depth: [.identity, .operations], reads: "host name, vendor class", displayFilter: "dhcpv6")
  ]
  public static let claims: [Claim] = [.udp(546), .udp(547)]

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    // A message of a client or server with an option that fits; relays wrap another layer and are only recognised.
    guard hint.isClaimed, let type = bytes.byte(0), (1...13).contains(type) else { return .notThisProtocol }
    let options = type == 12 || type == 13 ? 34 : 4
    guard type < 12 || bytes.byte(1) ?? 0 <= 32 else { return .notThisProtocol }
    var index = options
    for _ in 0..<Limits.itemsPerPDU where index < bytes.count {
      guard let code = bytes.be16(index), let length = bytes.be16(index + 2) else { break }
      // IANA has assigned less than 200; filling behind the options is met.
      guard (1...199).contains(code) else {
        return index > options && code == 0 ? .pdu(byteCount: bytes.count) : .notThisProtocol
      }
      index += 4 + Int(length)
    }
    return index > options ? .pdu(byteCount: Swift.max(index, bytes.count)) : .notThisProtocol
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u8("message type")
    let isFromServer = type == 2 || type == 7 || type == 10 || type == 13
    out.operation(Operation(UInt64(type), isFromServer ? .response : .request))
    guard !isFromServer, type != 12 else { return }
    try pdu.skip(3, "transaction id")
    var items = 0
    while !pdu.isAtEnd, items < Limits.itemsPerPDU {
      items += 1
      let option = try pdu.u16("option code")
      let length = Int(try pdu.u16("option length"))
      let value = try pdu.take(length, "option value")
      switch option {
      case 16:
        // Enterprise number, then data of which each has two octets of length.
        if let count = value.be16(4) {
          out.identity(.sender, .description, out.text(value.clamped(from: 6, count: Int(count))))
        }
      case 39:
        var position = 1
        if let name = DomainName.read(value, at: &position, mayEnd: true, into: &out) {
          out.identity(.sender, .hostname, name)
        }
      default: break
      }
    }
  }

  private static let names = [
    "reserved", "solicit", "advertise", "request", "confirm", "renew", "rebind", "reply", "release", "decline",
    "reconfigure", "information request", "relay forward", "relay reply",
  ]

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name = code < UInt64(names.count) ? names[Int(code)] : "message \(code)"
    return OperationDescription(code: "\(code)", name: name, kind: code == 1 ? .discover : .session)
  }
}
