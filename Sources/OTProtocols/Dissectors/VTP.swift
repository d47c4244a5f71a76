import OTCore

/// VLAN Trunking Protocol of Cisco: a switch with a higher revision replaces the VLANs of all others in its domain.
public struct VTP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "vtp", name: "VLAN Trunking Protocol", specification: "Cisco, \"Understanding VLAN Trunk Protocol\"",
      isIndustrial: false, depth: .operations, reads: "domain, revision, updater, names of VLANs", displayFilter: "vtp")
  ]
  public static let claims: [Claim] = [.snap(0x00000c, 0x2003)]

  public init() {}

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, let version = bytes.byte(0), (1...3).contains(version), let code = bytes.byte(1),
      (1...4).contains(code), let length = bytes.byte(3), length <= 32, bytes.count >= 36
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let version = try pdu.u8("version")
    let code = try pdu.u8("code")
    try pdu.skip(1, "followers")
    let length = Int(try pdu.u8("domain length"))
    let domain = try pdu.take(32, "domain").clamped(from: 0, count: length)
    out.operation(Operation(UInt64(code), .publish, object: domain.isEmpty ? .none : .text(out.text(domain))))
    guard told.isNew(pdu.bytes) else { return }
    out.property(.protocolVersion, out.text(UInt64(version)))
    if code == 1 || code == 2 {
      let words = out.text("revision ")
      var last = out.text(UInt64(try pdu.u32("revision")))
      if code == 1 {
        _ = out.text(", updater ")
        last = out.text(ipv4: try pdu.u32("updater"))
      }
      out.property(.other, words.through(last))
    }
    guard code == 2 else { return }
    // VLANs of a subset advertisement: length, status, type, length of the name, identifier, size, 802.10 index, name.
    for _ in 0..<64 where pdu.remaining >= 12 {
      let size = Int(try pdu.u8("VLAN length"))
      guard size >= 12 else { return }
      var vlan = try pdu.slice(size - 1, "VLAN")
      try vlan.skip(2, "status and type")
      let nameLength = Int(try vlan.u8("name length"))
      let identifier = try vlan.u16("VLAN identifier")
      try vlan.skip(6, "frame size and index")
      let words = out.text("VLAN ")
      _ = out.text(UInt64(identifier))
      _ = out.text(" ")
      out.property(.other, words.through(out.text(try vlan.take(min(nameLength, vlan.remaining), "name"))))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch code {
      case 1: "summary advertisement"
      case 2: "subset advertisement"
      case 3: "advertisement request"
      default: "join"
      }
    return OperationDescription(code: "\(code)", name: name, kind: .report)
  }
}
