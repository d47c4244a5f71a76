import OTCore

/// Dynamic Host Configuration Protocol: RFC 2131 (message), RFC 2132 (options), RFC 4702 (client FQDN).
public struct DHCP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "dhcp", name: "Dynamic Host Configuration Protocol", specification: "RFC 2131, RFC 2132, RFC 4702",
      isIndustrial: false, depth: [.identity, .operations], reads: "host name, vendor class, leases as bindings",
      displayFilter: "dhcp")
  ]
  public static let claims: [Claim] = [.udp(67), .udp(68)]

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    // Operation 1 or 2, hardware address length at most 16, magic cookie (RFC 2131 section 3).
    guard hint.isClaimed, let operation = bytes.byte(0), operation == 1 || operation == 2, let length = bytes.byte(2),
      length <= 16
    else { return .notThisProtocol }
    guard let cookie = bytes.be32(236) else {
      // Cut off before the cookie: Ethernet, few hops, and nothing else in the flags than the one there is.
      let isPlausible =
        bytes.byte(1) == 1 && length == 6 && bytes.byte(3) ?? 16 < 16 && (bytes.be16(10) ?? 1) & 0x7fff == 0
      return isPlausible ? .pdu(byteCount: 240) : .notThisProtocol
    }
    guard cookie == 0x6382_5363 else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let isReply = try pdu.u8("op") == 2
    try pdu.seek(240, "options")
    guard let clientAddress = pdu.bytes.be32(12), let yourAddress = pdu.bytes.be32(16), let mac = pdu.bytes.mac(28)
    else { throw DecodeError("addresses", at: 12, .truncated) }
    // A client without an address is known by its hardware address alone; what a relay passes on is not the relay's
    // (RFC 1542 section 4.1.1: it writes its own address into giaddr). Some ask from an address they do not name.
    let isRelayed = pdu.bytes.be32(24) ?? 0 != 0
    // Hardware types of IANA: 1 Ethernet, 6 networks of IEEE 802.
    let hardware = pdu.bytes.byte(1)
    let hasMAC = (hardware == 1 || hardware == 6) && pdu.bytes.byte(2) == 6 && !mac.isGroup && mac != .zero
    let isSender = hasMAC && context.senderMAC == mac || clientAddress != 0 && !isRelayed
    let subject: Subject =
      !isReply && !context.sender.isUnspecified && context.sender.isIP && isSender
      ? .sender : hasMAC ? .address(.mac(mac)) : .sender
    var operation = Operation(0, isReply ? .response : .request)
    defer { out.operation(operation) }
    var overload: UInt8 = 0
    try options(&pdu, subject, isReply, &overload, &operation, into: &out)
    // RFC 2132 section 9.3: the file name, then the server name, may be given up for more options.
    var none: UInt8 = 0
    if overload & 1 != 0 {
      var file = ByteCursor(pdu.bytes.clamped(from: 108, count: 128))
      try options(&file, subject, isReply, &none, &operation, into: &out)
    }
    if overload & 2 != 0 {
      var serverName = ByteCursor(pdu.bytes.clamped(from: 44, count: 64))
      try options(&serverName, subject, isReply, &none, &operation, into: &out)
    }
    if isReply, yourAddress != 0 { operation.object = .numbers(yourAddress, 0, 0, 0) }
    // An acknowledgement makes the lease; a client that renews names its own address.
    if hasMAC, operation.code == 5, isReply, yourAddress != 0 {
      out.record(.binding(AddressBinding(.ipv4(yourAddress), mac, .dhcp)))
    } else if hasMAC, !isReply, clientAddress != 0, operation.code == 3 {
      out.record(.binding(AddressBinding(.ipv4(clientAddress), mac, .dhcp)))
    }
  }

  /// RFC 2132 section 2: options up to the one that ends them, each a code, a length and a value.
  private func options(
    _ pdu: inout ByteCursor, _ subject: Subject, _ isReply: Bool, _ overload: inout UInt8, _ operation: inout Operation,
    into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var items = 0
    while items < Limits.itemsPerPDU, let option = pdu.peek(), option != 255 {
      items += 1
      try pdu.skip(1, "option")
      if option == 0 { continue }
      let length = Int(try pdu.u8("option length"))
      let value = try pdu.take(length, "option value")
      switch option {
      case 53: operation.code = UInt64(value.byte(0) ?? 0)
      case 52: overload = value.byte(0) ?? 0
      case 50: if let address = value.be32(0) { operation.object = .numbers(address, 0, 0, 0) }
      case 12 where !isReply: out.identity(subject, .hostname, out.text(value))
      case 60 where !isReply: out.identity(subject, .description, out.text(value))
      case 81 where !isReply: Self.qualifiedName(value, subject, &out)
      case 15 where isReply: out.property(.other, out.text(value))
      default: break
      }
    }
  }

  /// Option 81: flags, two result codes, then the name in ASCII or in the wire form of DNS (flag E).
  private static func qualifiedName(_ value: Span<UInt8>, _ subject: Subject, _ out: inout ObservationBuffer) {
    guard value.count > 3, let flags = value.byte(0) else { return }
    if flags & 4 == 0 {
      out.identity(subject, .hostname, out.text(value.extracting(3..<value.count)))
    } else {
      var position = 3
      if let name = DomainName.read(value, at: &position, mayEnd: true, into: &out) {
        out.identity(subject, .hostname, name)
      }
    }
  }

  private static let names = [
    "BOOTP", "discover", "offer", "request", "decline", "acknowledge", "refuse", "release", "inform",
  ]

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name = code < UInt64(names.count) ? names[Int(code)] : "message \(code)"
    return OperationDescription(code: "\(code)", name: name, kind: code == 1 ? .discover : .session)
  }

  public static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    HostAddress.ipv4(a).description
  }
}
