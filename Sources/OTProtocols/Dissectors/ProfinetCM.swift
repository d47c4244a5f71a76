import OTCore

/// PROFINET IO context management: how a controller connects to a device, parametrises it and reads its records.
/// IEC 61158-6-10, section 5.1 (blocks) and 4.10 (remote procedure call), over connectionless DCE/RPC on any UDP port.
public struct ProfinetCM: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "pn_io_cm", name: "PROFINET IO CM", specification: "IEC 61158-6-10, sections 4.10 and 5.1",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "connect, release, read, write, control with slot and record; station names, I&M0 to I&M3, vendor, device",
      displayFilter: "pn_io")
  ]
  public static let claims: [Claim] = [.udp(34964)]
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()

  public init() {}

  /// The IO device, controller, supervisor and parameter server interface: dea0000n-6c97-11d1-8271-00a02442df7d.
  static func isInterface(_ id: DCEIdentifier) -> Bool {
    id.low == 0x8271_00a0_2442_df7d && id.high & 0xffff_fff0_ffff_ffff == 0xdea0_0000_6c97_11d1
  }

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard !hint.isStream, bytes.byte(0) == 4 else { return .notThisProtocol }
    if bytes.count < DCEDatagramHeader.byteCount { return isCutHeader(bytes) }
    guard let header = DCEDatagramHeader(bytes, missing: true), isInterface(header.interface) else {
      return .notThisProtocol
    }
    // Some devices announce more than they send.
    let length = DCEDatagramHeader.byteCount + header.fragmentLength
    return .pdu(byteCount: length < bytes.count ? length : bytes.count)
  }

  /// A snap length of 96 octets ends behind the interface: the protocol is known, the operation is not. The engine
  /// refuses what is shorter than its header and was not cut off.
  private static func isCutHeader(_ bytes: Span<UInt8>) -> Framing {
    guard let order = bytes.byte(4), let kind = bytes.byte(1), kind <= 10,
      let interface = DCEIdentifier(bytes, at: 24, littleEndian: order & 0x10 != 0), isInterface(interface)
    else { return .notThisProtocol }
    return .pdu(byteCount: DCEDatagramHeader.byteCount)
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard let header = DCEDatagramHeader(pdu.bytes, missing: true) else {
      if pdu.bytes.count < DCEDatagramHeader.byteCount {
        throw DecodeError("connectionless header", at: pdu.bytes.count, .truncated)
      }
      throw DecodeError("connectionless header", at: 0, .invalid)
    }
    let isRequest = header.type == DCEDatagramHeader.PacketType.request
    let isAnswer = header.type == DCEDatagramHeader.PacketType.response
    let isFault =
      header.type == DCEDatagramHeader.PacketType.fault || header.type == DCEDatagramHeader.PacketType.reject
    guard isRequest || isAnswer || isFault, header.fragment == 0 else { return }
    var operation = Operation(UInt64(header.operation), isRequest ? .request : .response)
    defer { out.operation(operation) }
    device(header, isRequest, into: &out)
    try pdu.skip(DCEDatagramHeader.byteCount, "connectionless header")
    if isFault {
      operation.outcome = .failure(header.isLittleEndian ? try pdu.u32le("status") : try pdu.u32("status"))
      return
    }
    // Maximum of arguments, or PNIO status; then the length of the arguments and the bounds of an array.
    let status = header.isLittleEndian ? try pdu.u32le("status") : try pdu.u32("status")
    if isAnswer { operation.outcome = status == 0 ? .success : .failure(status) }
    try pdu.skip(16, "argument length and array bounds")
    try blocks(&pdu, isRequest, &operation, into: &out)
  }

  /// The object of the call names the device: dea00000-6c97-11d1-8271-, instance, device and vendor identifier.
  private mutating func device(
    _ header: DCEDatagramHeader, _ isRequest: Bool, into out: inout ObservationBuffer
  ) {
    guard header.object.high == 0xdea0_0000_6c97_11d1, header.object.low >> 48 == 0x8271,
      told.isNew(hash: header.object.low)
    else { return }
    let subject: Subject = isRequest ? .receiver : .sender
    let vendor = UInt16(truncatingIfNeeded: header.object.low)
    let device = UInt16(truncatingIfNeeded: header.object.low >> 16)
    let bytes: InlineArray<4, UInt8> = [
      UInt8(truncatingIfNeeded: vendor >> 8), UInt8(truncatingIfNeeded: vendor),
      UInt8(truncatingIfNeeded: device >> 8), UInt8(truncatingIfNeeded: device),
    ]
    out.identity(subject, .vendorID, out.text(prefixedHex: bytes.span.extracting(0..<2)))
    out.identity(subject, .deviceID, out.text(prefixedHex: bytes.span.extracting(2..<4)))
  }

  // MARK: blocks

  private enum Block {
    static let identification0: UInt16 = 0x0020
    static let identification1: UInt16 = 0x0021
    static let identification2: UInt16 = 0x0022
    static let identification3: UInt16 = 0x0023
    static let controlRequests: ClosedRange<UInt16> = 0x0110...0x0118
    static let writeRequest: UInt16 = 0x0008
    static let readRequest: UInt16 = 0x0009
    static let applicationRelationRequest: UInt16 = 0x0101
    static let writeResponse: UInt16 = 0x8008
    static let readResponse: UInt16 = 0x8009
  }

  /// Section 5.1: type, length of what follows, version, contents; big-endian whatever the header says.
  private mutating func blocks(
    _ pdu: inout ByteCursor, _ isRequest: Bool, _ operation: inout Operation, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    for _ in 0..<Limits.itemsPerPDU {
      guard pdu.remaining >= 6 else { return }
      let type = try pdu.u16("block type")
      let length = Int(try pdu.u16("block length"))
      guard length >= 2 else { return }
      var block = try pdu.slice(Swift.min(length, pdu.remaining), "block")
      try block.skip(2, "block version")
      switch type {
      case Block.readRequest, Block.writeRequest, Block.readResponse, Block.writeResponse:
        guard operation.object == .none else { return }
        // Behind the header of a write comes the record itself, which has the device's own form.
        operation.object = try record(&block)
        if type == Block.writeRequest {
          try written(block, &pdu, into: &out)
          return
        }
      case Block.applicationRelationRequest: try station(&block, into: &out)
      case Block.identification0:
        let record = block.rest()
        if told.isNew(record, salt: 2) { IdentificationRecord.tell(record, .sender, into: &out) }
      case Block.identification1...Block.identification3:
        maintenance(type, block.rest(), isRequest ? .receiver : .sender, into: &out)
      case Block.controlRequests where isRequest: operation.code |= UInt64(type) << 16
      default: break
      }
    }
  }

  /// I&M1 to I&M3 may be written: the record behind the header is a block of that kind.
  private mutating func written(
    _ header: borrowing ByteCursor, _ pdu: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard let index = header.bytes.be16(30), (0xaff1...0xaff3).contains(index), pdu.remaining >= 6 else { return }
    let type = try pdu.u16("block type")
    let length = Int(try pdu.u16("block length"))
    guard (Block.identification1...Block.identification3).contains(type), length >= 2 else { return }
    try pdu.skip(2, "block version")
    let text = try pdu.take(Swift.min(length - 2, pdu.remaining), "record")
    maintenance(type, text, .receiver, into: &out)
  }

  /// I&M1: function and location; I&M2: date of installation; I&M3: description. IEC 61158-6-10, section 5.2.2.
  private mutating func maintenance(
    _ type: UInt16, _ block: Span<UInt8>, _ subject: Subject, into out: inout ObservationBuffer
  ) {
    guard told.isNew(block, salt: UInt64(type)) else { return }
    switch type {
    case Block.identification1:
      out.identity(subject, .plantIdentification, out.text(block.clamped(from: 0, count: 32)))
      out.identity(subject, .location, out.text(block.clamped(from: 32, count: 22)))
    case Block.identification2: break
    default: out.identity(subject, .description, out.text(block.clamped(from: 0, count: 54)))
    }
  }

  /// Slot, subslot and index of a record.
  private func record(_ block: inout ByteCursor) throws(DecodeError) -> Operation.Object {
    try block.skip(18, "sequence number and AR UUID")
    let interface = try block.u32("API")
    let slot = try block.u16("slot number")
    let subslot = try block.u16("subslot number")
    try block.skip(2, "padding")
    let index = try block.u16("index")
    return .numbers(interface, UInt32(slot), UInt32(subslot), UInt32(index))
  }

  /// Section 5.2.4.1: who wants the connection.
  private mutating func station(_ block: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    try block.skip(50, "AR type to UDP RT port")
    let length = Int(try block.u16("station name length"))
    let name = try block.take(length, "station name")
    if told.isNew(name, salt: 1) { out.identity(.sender, .stationName, out.text(name)) }
  }

  // MARK: names

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code & 0xffff {
      case 0: ("connect", .session)
      case 1: ("release", .session)
      case 2: ("read record", .read)
      case 3: ("write record", .configure)
      case 4: control(code >> 16)
      case 5: ("read record without connection", .read)
      default: ("operation \(code & 0xffff)", .other)
      }
    return OperationDescription(code: "op\(code & 0xffff)", name: name, kind: kind)
  }

  /// Control commands, section 5.1.2: the type of their block.
  private static func control(_ block: UInt64) -> (String, OperationKind) {
    switch block {
    case 0x0110: ("control: end of parameters", .session)
    case 0x0111: ("control: end of parameters after plug", .session)
    case 0x0112, 0x0113: ("control: application ready", .session)
    case 0x0114: ("control: release", .session)
    case 0x0116: ("control: ready for companion", .session)
    case 0x0117: ("control: ready for real time class 3", .session)
    case 0x0118: ("control: begin of parameters", .session)
    default: ("control", .session)
    }
  }

  /// Records with a meaning of their own, section 5.2.1.
  private static func name(record index: UInt32) -> String? {
    switch index {
    case 0xaff0: "I&M0"
    case 0xaff1: "I&M1 function and location"
    case 0xaff2: "I&M2 installation date"
    case 0xaff3: "I&M3 description"
    case 0xaff4: "I&M4 signature"
    case 0x8000, 0x8001, 0xc000, 0xc001, 0xe000, 0xe001: "configuration"
    case 0x800a...0x800c, 0xc00a...0xc00c, 0xe00a...0xe00c, 0xf00a...0xf00c: "diagnosis"
    case 0x8028: "input data"
    case 0x8029: "output data"
    case 0x802a: "port data"
    case 0x802b: "port check"
    case 0x802f: "port adjust"
    case 0x8052, 0x8053: "media redundancy"
    case 0x8070, 0x8071: "interface"
    case 0xe040: "multiple write"
    case 0xf820: "API data"
    case 0xf830: "log"
    case 0xf840: "I&M0 filter"
    case 0xf841: "ports and interfaces"
    default: nil
    }
  }

  public static func describe(
    object interface: UInt32, _ slot: UInt32, _ subslot: UInt32, _ index: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    "slot \(slot)/\(subslot) record \(hexadecimal(index, digits: 4))" + (name(record: index).map { " (\($0))" } ?? "")
  }
}
