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
    guard length >= 6, isService(service) else { return .notThisProtocol }
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

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
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
    case 0x0530: try Self.telegram(&pdu, into: &operation)
    default: break
    }
  }

  private static func role(_ service: UInt16, _ context: PDUContext) -> Operation.Role {
    switch service {
    case 0x0202, 0x0204, 0x0206, 0x0208, 0x020a, 0x020c: return .response
    case 0x0201, 0x0203, 0x0205, 0x0207, 0x0209, 0x020b: return .request
    case 0x0530...0x0533: return .publish
    // Both ends of a tunnel send requests and acknowledge them.
    default: return context.senderIsClient ? .request : .response
    }
  }

  /// Common EMI (03_06_03 section 4.1.5): L_Data with group address and application control; its value follows.
  private static func telegram(_ pdu: inout ByteCursor, into operation: inout Operation) throws(DecodeError) {
    let message = try pdu.u8("message code")
    guard message == 0x11 || message == 0x29 || message == 0x2e else { return }
    let additional = Int(try pdu.u8("additional information length"))
    try pdu.skip(additional, "additional information")
    try pdu.skip(1, "control field 1")
    let control = try pdu.u8("control field 2")
    try pdu.skip(2, "source address")
    let destination = try pdu.u16("destination address")
    try pdu.skip(1, "data length")
    let control10 = try pdu.u16("application control") & 0x3ff
    // Four bits, or ten where those are all set (03_03_07 section 2).
    let application = control10 >> 6 == 15 ? control10 : control10 >> 6
    operation.code |= UInt64(application) << 32 | 1 << 24
    operation.object = .numbers(UInt32(destination), control & 0x80 != 0 ? 1 : 0, 0, 0)
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
    let text = hexadecimal(service, digits: 4)
    if code & 1 << 24 != 0 {
      let (name, kind): (String, OperationKind) =
        switch code >> 32 {
        case 0: ("group value read", .read)
        case 1: ("group value response", .report)
        case 2: ("group value write", .write)
        case 3: ("individual address write", .configure)
        case 4: ("individual address read", .discover)
        case 8: ("memory read", .read)
        case 10: ("memory write", .program)
        case 12: ("device descriptor read", .discover)
        case 14: ("restart", .control)
        case 0x3d1: ("authorize", .authenticate)
        case 0x3d3: ("key write", .configure)
        case 0x3d5: ("property value read", .read)
        case 0x3d7: ("property value write", .configure)
        case 0x3d8: ("property description read", .discover)
        case 0x3de: ("serial number address write", .configure)
        default: ("telegram", .other)
        }
      return OperationDescription(code: text, name: name, kind: kind)
    }
    let (name, kind): (String, OperationKind) =
      switch service {
      case 0x0201, 0x0202: ("search", .discover)
      case 0x0203, 0x0204: ("description", .discover)
      case 0x0205, 0x0206: ("connect", .session)
      case 0x0207, 0x0208: ("connection state", .session)
      case 0x0209, 0x020a: ("disconnect", .session)
      case 0x020b, 0x020c: ("extended search", .discover)
      case 0x0310, 0x0311: ("device configuration", .configure)
      case 0x0420, 0x0421: ("tunnelling", .session)
      case 0x0530: ("routing indication", .report)
      case 0x0950...0x0955: ("secure session", .session)
      default: ("service \(text)", .other)
      }
    return OperationDescription(code: text, name: name, kind: kind)
  }

  public static func describe(
    object address: UInt32, _ isGroup: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    isGroup == 1
      ? "group \(address >> 11)/\(address >> 8 & 7)/\(address & 255)"
      : "device \(address >> 12).\(address >> 8 & 15).\(address & 255)"
  }
}
