import OTCore

/// Link Layer Discovery Protocol: IEEE 802.1AB-2016, section 8; inventory of LLDP-MED: ANSI/TIA-1057, section 10.2.6;
/// PROFINET's own TLVs: IEC 61158-6-10, LLDP encoding, with the numbers Wireshark shows.
public struct LLDP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "lldp", name: "Link Layer Discovery Protocol",
      specification: "IEEE 802.1AB-2016; ANSI/TIA-1057; IEC 61158-6-10", isIndustrial: false,
      depth: [.identity, .operations],
      reads: "chassis, port, system, management address, LLDP-MED inventory, names of VLANs, address of a PROFINET "
        + "device, its alias and ring",
      displayFilter: "lldp")
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
      // Section 8.5.7: many devices put their copyright and build below their name.
      case 6: out.identity(.sender, .description, lines: value)
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

  /// TLVs of organisations, by their number and its subtype (section 8.6).
  private static func organisation(_ value: Span<UInt8>, _ out: inout ObservationBuffer) {
    guard let number = value.be32(0) else { return }
    let body = value.extracting(4..<value.count)
    switch number >> 8 {
    case 0x0012bb: inventory(number & 0xff, body, &out)
    case 0x000ecf: profinet(number & 0xff, body, &out)
    case 0x0080c2 where number & 0xff == 3:
      // IEEE 802.1Q annex D.2.3: number and name of a VLAN.
      let length = Int(body.byte(2) ?? 0)
      guard length > 0, let vlan = body.be16(0) else { return }
      let first = out.text("VLAN ")
      _ = out.text(UInt64(vlan))
      _ = out.text(" ")
      out.property(.bridge, first.through(out.text(body.clamped(from: 3, count: length))))
    default: return
    }
  }

  /// PROFINET: 3 alias of the station and port, 4 domain of the ring and the port's part in it, 5 the address of the
  /// device, whose ports send from addresses of their own.
  private static func profinet(_ subtype: UInt32, _ body: Span<UInt8>, _ out: inout ObservationBuffer) {
    switch subtype {
    case 3: out.identity(.sender, .portName, out.text(body))
    case 4: out.property(.bridge, out.text("ring of PROFINET"))
    case 5 where body.count >= 6: out.identity(.sender, .address, out.text(mac: body.extracting(0..<6)))
    default: return
    }
  }

  /// LLDP-MED: revisions, serial number, manufacturer, model, asset id.
  private static func inventory(_ subtype: UInt32, _ body: Span<UInt8>, _ out: inout ObservationBuffer) {
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
    out.identity(.sender, attribute, out.text(body))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "0", name: "announcement", kind: .report)
  }
}
