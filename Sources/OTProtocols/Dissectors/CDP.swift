import OTCore

/// Cisco Discovery Protocol, versions 1 and 2. The vendor's description: "Cisco Discovery Protocol" (CDP packet format).
public struct CDP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "cdp", name: "Cisco Discovery Protocol", specification: "Cisco CDP v1/v2", isIndustrial: false,
      depth: [.identity, .operations], reads: "device id, port, platform, software, addresses", displayFilter: "cdp")
  ]
  public static let claims: [Claim] = [.snap(0x00000c, 0x2000)]

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    // Version 1 or 2, then TLVs of at least four octets behind the checksum.
    guard hint.isClaimed, let version = bytes.byte(0), version == 1 || version == 2, let length = bytes.be16(6),
      length >= 4
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    out.operation(Operation(0, .publish))
    guard told.isNew(pdu.bytes) else { return }
    try pdu.skip(4, "header")
    // On a serial line who speaks has no address but the one it tells.
    var speaker = Subject.sender
    if context.sender == .mac(.zero), let address = Self.address(in: pdu.peekRest()) { speaker = .address(address) }
    var neighbour = Neighbour(chassis: .none, port: .none, systemName: .none)
    defer { out.record(.neighbour(neighbour)) }
    var items = 0
    // A frame may be padded: fewer than four octets are no TLV.
    while pdu.remaining >= 4, items < Limits.itemsPerPDU {
      items += 1
      let type = try pdu.u16("TLV type")
      let length = Int(try pdu.u16("TLV length"))
      if type == 0, length == 0 { return }
      guard length >= 4 else { throw DecodeError("TLV length", at: pdu.offset - 2, .invalid) }
      let value = try pdu.take(length - 4, "TLV value")
      switch type {
      case 1:
        neighbour.chassis = out.text(value)
        neighbour.systemName = neighbour.chassis
        out.identity(speaker, .hostname, neighbour.chassis)
      case 2, 0x16:
        let address = Self.firstAddress(value)
        guard address != .none else { continue }
        neighbour.managementAddress = address
        out.identity(speaker, .address, out.text(ipv4: UInt32(truncatingIfNeeded: address.low)))
      case 3:
        neighbour.port = out.text(value)
        out.identity(speaker, .portName, neighbour.port)
      case 5: Self.software(value, speaker, &out)
      case 6: out.identity(speaker, .productName, out.text(value))
      case 9: out.identity(speaker, .domain, out.text(value))
      default: break
      }
    }
  }

  /// Lines of the software version: the version itself, then copyright and build.
  private static func software(_ value: Span<UInt8>, _ speaker: Subject, _ out: inout ObservationBuffer) {
    out.identity(speaker, lines: value) { line, isFirst in
      isFirst ? .softwareVersion : line.hasASCII("Copyright") ? .copyright : .description
    }
  }

  /// The address that the TLVs of a message tell.
  private static func address(in bytes: Span<UInt8>) -> HostAddress? {
    var start = 0
    for _ in 0..<Limits.itemsPerPDU {
      guard let type = bytes.be16(start), let length = bytes.be16(start + 2), length >= 4 else { return nil }
      if type == 2 || type == 0x16 {
        let address = firstAddress(bytes.clamped(from: start + 4, count: Int(length) - 4))
        if address != .none { return address }
      }
      start += Int(length)
    }
    return nil
  }

  /// The first IPv4 address of an address list: count, then protocol type, length and id, address length, address.
  private static func firstAddress(_ value: Span<UInt8>) -> HostAddress {
    guard let count = value.be32(0), count > 0, value.byte(4) == 1, value.byte(5) == 1, value.byte(6) == 0xcc,
      value.be16(7) == 4, let address = value.be32(9)
    else { return .none }
    return .ipv4(address)
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "0", name: "announcement", kind: .report)
  }
}
