import OTCore

/// ICMP for IPv6, RFC 4443, with neighbour discovery (RFC 4861) and multicast listeners (RFC 2710, RFC 3810).
public struct ICMPv6: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "icmpv6", name: "ICMPv6", specification: "RFC 4443, RFC 4861, RFC 3810", isIndustrial: false,
      depth: .operations,
      reads: "types and codes, hardware addresses of neighbours, routers and their prefixes, data of echoes",
      displayFilter: "icmpv6")
  ]
  public static let claims: [Claim] = [.ipProtocol(58)]

  public init() {}

  private var echoes = EchoData()
  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    hint.isClaimed && !hint.isStream && bytes.count >= 4 ? .pdu(byteCount: bytes.count) : .notThisProtocol
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let type = try pdu.u8("type")
    let code = try pdu.u8("code")
    try pdu.skip(2, "checksum")
    let operation = UInt64(type) << 8 | UInt64(code)
    switch type {
    case 128:
      out.operation(Operation(operation, .request))
      let key = UInt64(try pdu.u32("identifier and sequence number"))
      echoes.asked(pdu.rest(), key, isWhole: context.missingBytes == 0, into: &out)
    case 129:
      out.operation(Operation(128 << 8, .response, outcome: .success))
      let key = UInt64(try pdu.u32("identifier and sequence number"))
      echoes.answered(pdu.rest(), key, isWhole: context.missingBytes == 0, into: &out)
    case 134:
      out.operation(Operation(operation, .publish))
      try pdu.skip(12, "hop limit to timers")
      router(pdu.rest(), into: &out)
    case 135, 136:
      out.operation(Operation(operation, .publish))
      try pdu.skip(4, "flags")
      let target = try pdu.take(16, "target address")
      // A solicitation names its sender (option 1), an advertisement its target (option 2).
      guard let mac = Self.option(pdu.rest(), type == 135 ? 1 : 2)?.mac(0) else { return }
      let address = type == 135 ? context.sender : target.ipv6(0) ?? .none
      if !address.isUnspecified, address.family == .ipv6 {
        out.record(.binding(AddressBinding(address, mac, .neighbourDiscovery)))
      }
    default: out.operation(Operation(operation, .publish))
    }
  }

  /// RFC 4861 section 4.6.2: option 3 is a prefix.
  private mutating func router(_ options: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let prefix = Self.option(options, 3), let length = prefix.byte(0), let address = prefix.ipv6(14),
      told.isNew(prefix.extracting(14..<30), salt: UInt64(length))
    else { return }
    out.property(.other, out.text(string: "prefix \(address)/\(length)"))
  }

  /// Value of the first option of a type: type, length in units of eight bytes, value.
  @_lifetime(copy options)
  private static func option(_ options: Span<UInt8>, _ wanted: UInt8) -> Span<UInt8>? {
    var index = 0
    for _ in 0..<32 {
      guard let type = options.byte(index), let units = options.byte(index + 1), units > 0 else { return nil }
      if type == wanted { return options.clamped(from: index + 2, count: 8 * Int(units) - 2) }
      index += 8 * Int(units)
    }
    return nil
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let detail = code & 0xff
    let text = detail == 0 ? "\(code >> 8)" : "\(code >> 8)/\(detail)"
    let (name, kind) = names[code >> 8] ?? ("type \(code >> 8)", .other)
    return OperationDescription(code: text, name: name, kind: kind)
  }

  private static let names: [UInt64: (String, OperationKind)] = [
    1: ("destination unreachable", .report), 2: ("packet too big", .report), 3: ("time exceeded", .report),
    4: ("parameter problem", .report), 128: ("echo", .diagnose), 130: ("multicast listener query", .discover),
    131: ("multicast listener report", .session), 132: ("multicast listener done", .session),
    133: ("router solicitation", .discover), 134: ("router advertisement", .report),
    135: ("neighbour solicitation", .discover), 136: ("neighbour advertisement", .report),
    137: ("redirect", .configure),
    143: ("multicast listener report version 2", .session),
  ]
}
