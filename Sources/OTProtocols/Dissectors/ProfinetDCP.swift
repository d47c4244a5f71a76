import OTCore

/// PROFINET Discovery and basic Configuration Protocol: IEC 61158-6-10, section 4.3.
///
/// Header: frame id, service id, service type, xid, response delay, length of the blocks. Shares EtherType 0x8892 with
/// ``ProfinetRealTime``.
public struct ProfinetDCP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "pn_dcp", name: "PROFINET DCP", specification: "IEC 61158-6-10, section 4.3", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "identify, get, set, hello; station name, vendor, device, role, IP settings, factory reset",
      displayFilter: "pn_dcp")
  ]
  public static let claims: [Claim] = [.etherType(0x8892)]

  /// Hello, Get and Set, Identify request, Identify response.
  static let frameIDs: ClosedRange<UInt16> = 0xfefc...0xfeff

  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    // Services get, set, identify, hello; a block area that fits.
    guard hint.isClaimed, let frameID = bytes.be16(0), frameIDs.contains(frameID), let service = bytes.byte(2),
      (3...6).contains(service), bytes.count >= 12
    else { return .notThisProtocol }
    // Behind the blocks a short frame is filled up. Of a long one the capture may have cut them off, and some tools announce
    // more than they send.
    return .pdu(byteCount: bytes.count)
  }

  public init() {}

  /// Bits above service and direction of an operation code: what a Set changes.
  private enum Change {
    static let address: UInt64 = 1 << 16
    static let stationName: UInt64 = 2 << 16
    static let reset: UInt64 = 3 << 16
    static let signal: UInt64 = 4 << 16
    static let mask: UInt64 = 7 << 16
  }

  private static let responseBit: UInt64 = 0x100

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try pdu.skip(2, "frame id")
    let service = try pdu.u8("service id")
    let type = try pdu.u8("service type")
    try pdu.skip(6, "xid and response delay")
    let length = Int(try pdu.u16("DCP data length"))
    let isResponse = type & 1 == 1
    var operation = Operation(
      UInt64(service) | (isResponse ? Self.responseBit : 0), isResponse ? .response : .request)
    if isResponse { operation.outcome = type & 4 == 0 ? .success : .failure(UInt32(type)) }
    // The operation is recorded whatever its blocks hold.
    var blocks = try pdu.slice(Swift.min(length, pdu.remaining), "blocks")
    defer { out.operation(operation) }
    // A Get request lists options without contents.
    if service == 3, !isResponse { return }
    let isNew = !isResponse || told.isNew(blocks.bytes)
    let isCut = blocks.remaining < length
    var items = 0
    while blocks.remaining >= 4, items < Limits.itemsPerPDU {
      items += 1
      let option = try blocks.u8("option")
      let suboption = try blocks.u8("suboption")
      let blockLength = Int(try blocks.u16("block length"))
      if isCut, blockLength > blocks.remaining { return }
      var block = try blocks.slice(blockLength, "block")
      if blockLength & 1 == 1, !blocks.isAtEnd { try blocks.skip(1, "padding") }
      if service == 4, isResponse {
        // Response block: option, suboption, error.
        if option == 5, suboption == 4, let error = block.bytes.byte(2), error != 0 {
          operation.outcome = .failure(UInt32(error))
        }
        continue
      }
      // Filters of an Identify request have no block info or qualifier.
      let isFilter = service == 5 && !isResponse
      if !isFilter { try block.skip(2, "block info") }
      let value = block.rest()
      if isFilter {
        if option == 2, suboption == 2 {
          out.property(.queryName, out.text(value))
        }
      } else if service == 4 {
        Self.change(option, suboption, value, &operation, &out)
      } else if isNew {
        Self.attribute(option, suboption, value, context, &out)
      }
    }
  }

  /// What a Set request changes; the last and strongest block names the operation.
  private static func change(
    _ option: UInt8, _ suboption: UInt8, _ value: Span<UInt8>, _ operation: inout Operation,
    _ out: inout ObservationBuffer
  ) {
    let change: UInt64
    switch (option, suboption) {
    case (1, 2), (1, 3):
      change = Change.address
      if let address = value.be32(0) { operation.object = .text(out.text(ipv4: address)) }
    case (2, 2):
      change = Change.stationName
      operation.object = .text(out.text(value))
    case (5, 3): change = Change.signal
    case (5, 5), (5, 6): change = Change.reset
    default: return
    }
    if operation.code & Change.mask != Change.reset { operation.code = operation.code & ~Change.mask | change }
  }

  /// What a station says of itself in a response or a Hello.
  private static func attribute(
    _ option: UInt8, _ suboption: UInt8, _ value: Span<UInt8>, _ context: PDUContext, _ out: inout ObservationBuffer
  ) {
    switch (option, suboption) {
    case (1, 2), (1, 3):
      guard let address = value.be32(0), address != 0 else { return }
      out.record(.binding(AddressBinding(.ipv4(address), context.senderMAC, .pnDCP)))
      out.identity(.sender, .address, out.text(ipv4: address))
    case (2, 1): out.identity(.sender, .productName, out.text(value))
    case (2, 2): out.identity(.sender, .stationName, out.text(value))
    case (2, 3):
      guard value.count >= 4 else { return }
      out.identity(.sender, .vendorID, out.text(prefixedHex: value.extracting(0..<2)))
      out.identity(.sender, .deviceID, out.text(prefixedHex: value.extracting(2..<4)))
    case (2, 4):
      guard let role = value.byte(0) else { return }
      out.identity(.sender, .deviceType, out.text(self.role(role)))
    case (2, 6): out.identity(.sender, .name, out.text(value))
    default: return
    }
  }

  /// Bits of the device role, the highest first.
  private static func role(_ bits: UInt8) -> StaticString {
    if bits & 8 != 0 { return "IO supervisor" }
    if bits & 2 != 0 { return "IO controller" }
    if bits & 4 != 0 { return "IO multidevice" }
    return bits & 1 != 0 ? "IO device" : "no IO role"
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let direction = code & responseBit == 0 ? "req" : "rsp"
    switch code & 0xff {
    case 3: return OperationDescription(code: "get.\(direction)", name: "get", kind: .read)
    case 5: return OperationDescription(code: "identify.\(direction)", name: "identify", kind: .discover)
    case 6: return OperationDescription(code: "hello.\(direction)", name: "hello", kind: .report)
    default: break
    }
    switch code & Change.mask {
    case Change.address: return OperationDescription(code: "set.\(direction)", name: "set IP address", kind: .configure)
    case Change.stationName:
      return OperationDescription(code: "set.\(direction)", name: "set station name", kind: .configure)
    case Change.reset: return OperationDescription(code: "set.\(direction)", name: "reset to factory", kind: .control)
    case Change.signal: return OperationDescription(code: "set.\(direction)", name: "flash LED", kind: .diagnose)
    default: return OperationDescription(code: "set.\(direction)", name: "set", kind: .configure)
    }
  }
}
