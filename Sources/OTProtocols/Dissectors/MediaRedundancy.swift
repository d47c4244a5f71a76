import OTCore

/// Media Redundancy Protocol: a ring of switches with one manager that blocks a port while the ring is closed.
/// IEC 62439-2:2021, clause 8 (data units); PROFINET's ring.
public struct MediaRedundancy: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "mrp", name: "Media Redundancy Protocol", specification: "IEC 62439-2:2021, clause 8", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "manager of the ring and its priority, whether the ring is closed, topology and link changes, domain",
      displayFilter: "pn_mrp")
  ]
  public static let claims: [Claim] = [.etherType(0x88e3)]

  private var told = RecentValues()

  public init() {}

  /// Types of the type-length-value items (table 22).
  enum Item {
    static let end: UInt8 = 0x00
    static let common: UInt8 = 0x01
    static let test: UInt8 = 0x02
    static let topologyChange: UInt8 = 0x03
    static let linkDown: UInt8 = 0x04
    static let linkUp: UInt8 = 0x05
    static let interconnectionTest: UInt8 = 0x06
    static let interconnectionTopologyChange: UInt8 = 0x07
    static let interconnectionLinkDown: UInt8 = 0x08
    static let interconnectionLinkUp: UInt8 = 0x09
    static let interconnectionStatusPoll: UInt8 = 0x0a
    static let option: UInt8 = 0x7f
  }

  /// Version 1, then items; the first says what the frame is.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, hint.isClaimed, bytes.be16(0) == 1, let type = bytes.byte(2), let length = bytes.byte(3),
      (Item.common...Item.interconnectionStatusPoll).contains(type) || type == Item.option,
      length > 0, 4 + Int(length) <= bytes.count || bytes.count < 24
    else { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(2, "version")
    for _ in 0..<16 {
      guard pdu.remaining >= 2 else { return }
      let type = try pdu.u8("item type")
      guard type != Item.end else { return }
      let length = Int(try pdu.u8("item length"))
      var item = try pdu.slice(length, "item")
      switch type {
      case Item.common: try domain(&item, into: &out)
      case Item.option: break
      default: try message(type, &item, into: &out)
      }
    }
  }

  /// Tests carry priority, address, port role and the state of the ring; changes an address and an interval.
  private mutating func message(
    _ type: UInt8, _ item: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var operation = Operation(UInt64(type), .publish)
    defer { out.operation(operation) }
    switch type {
    case Item.test, Item.interconnectionTest:
      let first = try item.u16("priority or interconnection identifier")
      let manager = try item.take(6, "manager address")
      try item.skip(2, "port role")
      let state = try item.u16("ring state")
      operation.values = .init(Double(state))
      guard type == Item.test else { return }
      if told.isNew(manager, salt: UInt64(first)) {
        out.identity(.sender, .deviceType, out.text("media redundancy manager"))
        out.identity(.sender, .address, out.text(mac: manager))
        let label = out.text("priority ")
        out.property(.bridge, label.through(out.text(UInt64(first))))
      }
      if told.isNew(manager, salt: 1 << 32 | UInt64(state)) {
        out.property(.mode, state == 0 ? out.text("ring open") : out.text("ring closed"))
      }
    case Item.linkDown, Item.linkUp:
      operation.object = .text(out.text(mac: try item.take(6, "client address")))
    case Item.topologyChange:
      try item.skip(2, "priority")
      operation.object = .text(out.text(mac: try item.take(6, "manager address")))
    default: break
    }
  }

  /// Sequence number and the identifier of the ring's domain; all ones is the default domain.
  private mutating func domain(_ item: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    try item.skip(2, "sequence identifier")
    let domain = try item.take(16, "domain identifier")
    guard told.isNew(domain, salt: 1) else { return }
    let label = out.text("domain ")
    out.property(.other, label.through(out.text(hex: domain)))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name =
      switch UInt8(truncatingIfNeeded: code) {
      case Item.test: "ring test"
      case Item.topologyChange: "topology change"
      case Item.linkDown: "link down"
      case Item.linkUp: "link up"
      case Item.interconnectionTest: "interconnection test"
      case Item.interconnectionTopologyChange: "interconnection topology change"
      case Item.interconnectionLinkDown: "interconnection link down"
      case Item.interconnectionLinkUp: "interconnection link up"
      case Item.interconnectionStatusPoll: "interconnection link status poll"
      default: "item \(code)"
      }
    return OperationDescription(code: hexadecimal(code, digits: 2), name: name, kind: .report)
  }
}
