import OTCore

/// KNXnet/IP: building automation over UDP and TCP. ISO 22510:2019 (KNX Standard volume 3, part 8), chapters 2 to 5.
public struct KNXnetIP: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "knxip", name: "KNXnet/IP", specification: "ISO 22510:2019; KNX Standard 03_08", isIndustrial: true,
      depth: [.identity, .operations],
      reads: "search, description, connections, tunnelled and routed group telegrams; name, serial number, address",
      displayFilter: "kip")
  ]
  public static let claims: [Claim] = [.udp(3671), .tcp(3671)]
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()

  public init() {}

  /// Header: size 6, version 1.0, service, total length.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let size = bytes.byte(0) else { return .needMore }
    guard size == 6, bytes.byte(1) ?? 0x10 == 0x10 else { return .notThisProtocol }
    guard let service = bytes.be16(2), let length = bytes.be16(4).map(Int.init) else {
      return hint.isClaimed || hint.isEstablished ? .needMore : .notThisProtocol
    }
    guard length >= 6, isService(service) || hint.isClaimed && isOfFamily(service) && length == bytes.count else {
      return .notThisProtocol
    }
    if !hint.isClaimed, !hint.isEstablished {
      guard length == bytes.count, length > 6 else { return .notThisProtocol }
    }
    return .pdu(byteCount: length)
  }

  private static func isService(_ service: UInt16) -> Bool {
    switch service {
    case 0x0201...0x020c, 0x0310...0x0311, 0x0420...0x0425, 0x0530...0x0533, 0x0740...0x0743, 0x0950...0x0955: true
    default: false
    }
  }

  /// Families of services, core to secure communication (03_08_02 section 2.5): on KNXnet/IP's own port a message of
  /// one of them is told by its number, known or not.
  private static func isOfFamily(_ service: UInt16) -> Bool { (2...0x0a).contains(service >> 8) }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    told.listen(to: context)
    try pdu.skip(2, "header size and version")
    let service = try pdu.u16("service type")
    try pdu.skip(2, "total length")
    var operation = Operation(UInt64(service), Self.role(service, context))
    defer { out.operation(operation) }
    switch service {
    case 0x0202, 0x020c:
      try pdu.skip(8, "control endpoint")
      try descriptions(&pdu, into: &out)
    case 0x0204: try descriptions(&pdu, into: &out)
    case 0x0206, 0x0208, 0x020a:
      try pdu.skip(1, "channel")
      let status = try pdu.u8("status")
      operation.outcome = status == 0 ? .success : .failure(UInt32(status))
    case 0x0310, 0x0420:
      try pdu.skip(4, "connection header")
      try Self.telegram(&pdu, into: &operation)
    case 0x0530, 0x0533: try Self.telegram(&pdu, into: &operation)
    default: break
    }
  }

  private static func role(_ service: UInt16, _ context: PDUContext) -> Operation.Role {
    switch service {
    case 0x0202, 0x0204, 0x0206, 0x0208, 0x020a, 0x020c: return .response
    case 0x0201, 0x0203, 0x0205, 0x0207, 0x0209, 0x020b: return .request
    // Telegrams to all routers (03_08_05 section 2.3): whoever sends one commands a group of devices, or answers it.
    case 0x0530, 0x0533: return .request
    // A router that lost messages or is busy.
    case 0x0531, 0x0532: return .publish
    // Both ends of a tunnel send requests and acknowledge them.
    default: return context.senderIsClient ? .request : .response
    }
  }

  private enum Form {
    static let groupOrDevice: UInt64 = 1 << 24
    static let property: UInt64 = 1 << 25
    static let transport: UInt64 = 1 << 26
  }

  /// Common EMI (03_06_03 section 4.1.5): L_Data with group address and application control; its value follows. Or a
  /// message to the interface itself (section 4.1.7), with object type, instance and property.
  private static func telegram(_ pdu: inout ByteCursor, into operation: inout Operation) throws(DecodeError) {
    let message = try pdu.u8("message code")
    guard message == 0x11 || message == 0x29 || message == 0x2e else {
      guard message >= 0xf0 else { return }
      operation.code |= Form.property | UInt64(message) << 32
      guard let type = pdu.bytes.be16(pdu.offset), let property = pdu.bytes.byte(pdu.offset + 3) else { return }
      operation.object = .numbers(UInt32(type), 2, UInt32(property), 0)
      return
    }
    let additional = Int(try pdu.u8("additional information length"))
    try pdu.skip(additional, "additional information")
    try pdu.skip(1, "control field 1")
    let control = try pdu.u8("control field 2")
    try pdu.skip(2, "source address")
    let destination = try pdu.u16("destination address")
    operation.object = .numbers(UInt32(destination), control & 0x80 != 0 ? 1 : 0, 0, 0)
    try pdu.skip(1, "data length")
    // Transport control stands alone where a connection is opened, confirmed or closed.
    guard let transport = pdu.peek(), transport & 0x80 == 0 else {
      operation.code |= Form.transport
      return
    }
    let control10 = try pdu.u16("application control") & 0x3ff
    // Four bits, or ten where those say so (03_03_07 section 2).
    let nibble = control10 >> 6
    let application = nibble == 11 || nibble >= 14 ? control10 : nibble
    operation.code |= UInt64(application) << 32 | Form.groupOrDevice
  }

  /// Description information blocks (03_08_02 section 7.5.4): of the device, and others that are skipped.
  private mutating func descriptions(
    _ pdu: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    for _ in 0..<16 {
      guard pdu.remaining >= 2 else { return }
      let length = Int(try pdu.u8("block length"))
      guard length >= 2 else { return }
      let type = try pdu.u8("block type")
      let block = try pdu.take(length - 2, "block")
      guard type == 1, block.count >= 52, told.isNew(block), let address = block.be16(2) else { continue }
      out.identity(
        .sender, .address,
        out.text(joined: UInt64(address >> 12), UInt64(address >> 8 & 15), UInt64(address & 255)))
      out.identity(.sender, .serialNumber, out.text(hex: block.extracting(6..<12)))
      out.identity(.sender, .name, out.text(block.extracting(22..<52).untilNUL()))
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let service = code & 0xffff
    let (name, kind): (String, OperationKind) =
      if code & Form.groupOrDevice != 0 {
        application(code >> 32)
      } else if code & Form.property != 0 {
        management(code >> 32)
      } else if code & Form.transport != 0 {
        ("connection to a device", .session)
      } else {
        Self.service(service)
      }
    return OperationDescription(code: hexadecimal(service, digits: 4), name: name, kind: kind)
  }

  private static func service(_ service: UInt64) -> (String, OperationKind) {
    switch service {
    case 0x0201, 0x0202: ("search", .discover)
    case 0x0203, 0x0204: ("description", .discover)
    case 0x0205, 0x0206: ("connect", .session)
    case 0x0207, 0x0208: ("connection state", .session)
    case 0x0209, 0x020a: ("disconnect", .session)
    case 0x020b, 0x020c: ("extended search", .discover)
    case 0x0310: ("device configuration", .configure)
    case 0x0311: ("device configuration acknowledgement", .session)
    case 0x0420, 0x0421: ("tunnelling", .session)
    case 0x0422, 0x0423: ("tunnelling feature read", .read)
    case 0x0424: ("tunnelling feature write", .configure)
    case 0x0425: ("tunnelling feature information", .report)
    case 0x0530: ("routing indication", .report)
    case 0x0531: ("routing: messages lost", .report)
    case 0x0532: ("routing: busy", .report)
    case 0x0533: ("routing: system broadcast", .report)
    case 0x0740, 0x0741: ("remote diagnosis", .diagnose)
    case 0x0742: ("remote basic configuration", .configure)
    case 0x0743: ("remote reset", .control)
    case 0x0950...0x0955: ("secure session", .session)
    default: ("service \(hexadecimal(service, digits: 4))", .other)
    }
  }

  /// Application layer services, 03_03_07 section 3.
  private static func application(_ code: UInt64) -> (String, OperationKind) {
    switch code {
    case 0: ("group value read", .read)
    case 1: ("group value response", .report)
    case 2: ("group value write", .write)
    case 3: ("individual address write", .configure)
    case 4: ("individual address read", .discover)
    case 5: ("individual address response", .discover)
    case 6, 7: ("analog value read", .read)
    case 8, 9: ("memory read", .read)
    case 10: ("memory write", .program)
    case 12, 13: ("device descriptor read", .discover)
    case 0x2c0, 0x2c1: ("user memory read", .read)
    case 0x2c2, 0x2c4: ("user memory write", .program)
    case 0x2c5, 0x2c6: ("maker information read", .discover)
    case 0x2c7: ("function property command", .configure)
    case 0x2c8, 0x2c9: ("function property state read", .read)
    case 0x380, 0x3a0: ("restart", .control)
    case 0x381, 0x3a1: ("restart with reset", .control)
    case 0x3c0...0x3c2: ("routing table read", .read)
    case 0x3c3: ("routing table write", .configure)
    case 0x3c8, 0x3c9: ("router memory read", .read)
    case 0x3ca: ("router memory write", .configure)
    case 0x3d0: ("memory bit write", .program)
    case 0x3d1, 0x3d2: ("authorize", .authenticate)
    case 0x3d3, 0x3d4: ("key write", .configure)
    case 0x3d5, 0x3d6: ("property value read", .read)
    case 0x3d7: ("property value write", .configure)
    case 0x3d8, 0x3d9: ("property description read", .discover)
    case 0x3da, 0x3db: ("network parameter read", .discover)
    case 0x3dc, 0x3dd: ("serial number address read", .discover)
    case 0x3de: ("serial number address write", .configure)
    case 0x3e0: ("domain address write", .configure)
    case 0x3e1...0x3e3: ("domain address read", .discover)
    case 0x3e4: ("network parameter write", .configure)
    case 0x3e5, 0x3e6: ("link read", .read)
    case 0x3e7: ("link write", .configure)
    case 0x3f1: ("secure telegram", .other)
    default: ("telegram", .other)
    }
  }

  /// Messages of the interface's own management, 03_06_03 section 4.1.7.3.
  private static func management(_ message: UInt64) -> (String, OperationKind) {
    switch message {
    case 0xfb, 0xfc: ("interface property read", .read)
    case 0xf5, 0xf6: ("interface property write", .configure)
    case 0xf7: ("interface property information", .report)
    case 0xf8, 0xfa: ("interface function property command", .configure)
    case 0xf9: ("interface function property state read", .read)
    case 0xf0, 0xf1: ("interface reset", .control)
    default: ("interface management", .other)
    }
  }

  public static func describe(
    object address: UInt32, _ form: UInt32, _ property: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    switch form {
    case 1: "group \(address >> 11)/\(address >> 8 & 7)/\(address & 255)"
    case 2: "object type \(address) property \(property)"
    default: "device \(address >> 12).\(address >> 8 & 15).\(address & 255)"
    }
  }
}
