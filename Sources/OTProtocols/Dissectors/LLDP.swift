import OTCore

/// Link Layer Discovery Protocol: IEEE 802.1AB-2016, section 8; inventory of LLDP-MED: ANSI/TIA-1057, section 10.2.6.
public struct LLDP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "lldp", name: "Link Layer Discovery Protocol", specification: "IEEE 802.1AB-2016; ANSI/TIA-1057",
      isIndustrial: false, depth: [.identity, .operations],
      reads: "chassis, port, system, management address, LLDP-MED inventory", displayFilter: "lldp")
  ]
  public static let claims: [Claim] = [.etherType(0x88cc)]

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    // The chassis TLV (type 1) comes first and has 2...256 octets.
    guard hint.isClaimed, let first = bytes.be16(0), first >> 9 == 1, first & 0x1ff >= 2, bytes.count >= 9 else {
      return .notThisProtocol
    }
    return .pdu(byteCount: bytes.count)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    out.operation(Operation(0, .publish))
    guard told.isNew(pdu.bytes) else { return }
    var neighbour = Neighbour(chassis: .none, port: .none, systemName: .none)
    defer { out.record(.neighbour(neighbour)) }
    var items = 0
    while !pdu.isAtEnd, items < Limits.itemsPerPDU {
      items += 1
      let header = try pdu.u16("TLV header")
      let type = header >> 9
      if type == 0 { return }
      let value = try pdu.take(Int(header & 0x1ff), "TLV value")
      switch type {
      case 1:
        neighbour.chassis = Self.identifier(value, macSubtype: 4, addressSubtype: 5, &out)
        out.identity(.sender, .chassisID, neighbour.chassis)
        if let subtype = value.byte(0), subtype != 4, subtype != 5 {
          // Other tools print a chassis id that is no address in hexadecimal.
          out.identity(.sender, .other, out.text(hex: value.extracting(1..<value.count)))
        }
      case 2:
        neighbour.port = Self.identifier(value, macSubtype: 3, addressSubtype: 4, &out)
        out.identity(.sender, .portName, neighbour.port)
      case 4: out.identity(.sender, .portName, out.text(value))
      case 5:
        neighbour.systemName = out.text(value)
        out.identity(.sender, .hostname, neighbour.systemName)
      case 6: out.identity(.sender, .description, out.text(value))
      case 8: neighbour.managementAddress = Self.managementAddress(value, out: &out)
      case 127: Self.organisation(value, &out)
      default: break
      }
    }
  }

  /// Chassis or port id: text, or an address by its subtype (sections 8.5.2.2 and 8.5.3.2).
  private static func identifier(
    _ value: Span<UInt8>, macSubtype: UInt8, addressSubtype: UInt8, _ out: inout ObservationBuffer
  ) -> TextRef {
    guard let subtype = value.byte(0) else { return .none }
    let id = value.extracting(1..<value.count)
    if subtype == macSubtype, id.count == 6 { return out.text(mac: id) }
    if subtype == addressSubtype, id.byte(0) == 1, let address = id.be32(1) { return out.text(ipv4: address) }
    return out.text(id)
  }

  /// Section 8.5.9: length, address family, address.
  private static func managementAddress(_ value: Span<UInt8>, out: inout ObservationBuffer) -> HostAddress {
    if value.byte(0) == 5, value.byte(1) == 1, let address = value.be32(2) {
      out.identity(.sender, .address, out.text(ipv4: address))
      return .ipv4(address)
    }
    if value.byte(0) == 17, value.byte(1) == 2, let address = value.ipv6(2) { return address }
    if value.byte(0) == 7, value.byte(1) == 6, let mac = value.mac(2) { return .mac(mac) }
    return .none
  }

  /// LLDP-MED inventory (00-12-bb): revisions, serial number, manufacturer, model, asset id.
  private static func organisation(_ value: Span<UInt8>, _ out: inout ObservationBuffer) {
    guard value.be16(0) == 0x0012, value.byte(2) == 0xbb, let subtype = value.byte(3) else { return }
    let attribute: IdentityAttribute
    switch subtype {
    case 5: attribute = .hardwareVersion
    case 6: attribute = .firmwareVersion
    case 7: attribute = .softwareVersion
    case 8: attribute = .serialNumber
    case 9: attribute = .vendor
    case 10: attribute = .productName
    case 11: attribute = .plantIdentification
    default: return
    }
    out.identity(.sender, attribute, out.text(value.extracting(4..<value.count)))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "0", name: "announcement", kind: .report)
  }
}
