import OTCore

/// CODESYS V3 runtime (controllers of many makers): block driver over UDP 1740 to 1743 and TCP 11740 to 11743,
/// datagram layer, name and channel services. No public specification; fields as published by Kaspersky ICS CERT
/// ("Security research: CODESYS Runtime", 2019) and Rapid7 ("A Deep Dive into Reversing CODESYS", 2023).
public struct CODESYSV3: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "codesys_v3", name: "CODESYS V3", specification: "none public; Kaspersky ICS CERT 2019, layers 2 to 7",
      isIndustrial: true, depth: [.identity, .operations],
      reads:
        "datagram layer; address and name service with names, version, serial number and whether encryption is asked "
        + "for; services of device and application",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [
    .udp(1740), .udp(1741), .udp(1742), .udp(1743), .tcp(11740), .tcp(11741), .tcp(11742), .tcp(11743),
  ]
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()

  public init() {}

  /// First octet of the datagram layer.
  private static let magic: UInt8 = 0xc5
  /// First word of the block driver over TCP.
  private static let blockMagic: UInt32 = 0x0001_17e8

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream else {
      return hint.isClaimed && isDatagram(bytes) ? .pdu(byteCount: bytes.count) : .notThisProtocol
    }
    guard let first = bytes.byte(0) else { return .needMore }
    guard first == 0 else { return .notThisProtocol }
    guard let magic = bytes.be32(0), let length = bytes.le32(4) else {
      return hint.isClaimed || hint.isEstablished ? .needMore : .notThisProtocol
    }
    guard magic == blockMagic, length >= 8, length <= 0xffff else { return .notThisProtocol }
    return .pdu(byteCount: Int(length))
  }

  /// Magic, then hops left and header length, a known service.
  private static func isDatagram(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= 6, bytes[0] == magic else { return false }
    return (1...4).contains(bytes[3]) || bytes[3] == Service.channel
  }

  private enum Service {
    static let addressRequest: UInt8 = 1
    static let addressResponse: UInt8 = 2
    static let nameRequest: UInt8 = 3
    static let nameResponse: UInt8 = 4
    static let channel: UInt8 = 0x40
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    if context.isStream { try pdu.skip(8, "block driver") }
    guard !pdu.isAtEnd else { return }
    let start = pdu.offset
    try pdu.skip(1, "magic")
    let hops = try pdu.u8("hop information")
    try pdu.skip(1, "packet information")
    let service = try pdu.u8("service identifier")
    var operation = Operation(UInt64(service), Self.role(service, context))
    defer { out.operation(operation) }
    try pdu.skip(1, "message identifier")
    let lengths = try pdu.u8("address lengths")
    // The header is counted in words of two octets; both addresses behind it too, then padding to four octets.
    let header = Int(hops & 7) * 2
    let addresses = (Int(lengths >> 4) + Int(lengths & 15)) * 2
    guard header >= 6 else { return }
    let body = header + addresses
    let data = pdu.bytes.clamped(from: start + (body + 3) / 4 * 4, count: pdu.bytes.count)
    if service == Service.nameResponse { names(data, into: &out) }
    if service == Service.channel, data.byte(0) == 1 { Self.channel(data, &operation) }
  }

  /// Who asks stands in the service; within a channel the side with a service port answers. Runtimes and tools on one
  /// host all use these ports, and then each asks.
  private static func role(_ service: UInt8, _ context: PDUContext) -> Operation.Role {
    switch service {
    case Service.addressRequest, Service.nameRequest: return .request
    case Service.addressResponse, Service.nameResponse: return .response
    default: return context.senderIsClient ? .request : .response
    }
  }

  // MARK: name service

  /// An identification holds the names as UTF-16: node, device, vendor, in this order and at its end.
  private mutating func names(_ data: Span<UInt8>, into out: inout ObservationBuffer) {
    guard data.le16(0) == 0xc280, told.isNew(data) else { return }
    if data.le16(2) == Self.nodeInformation, node(data, into: &out) { return }
    var index = 8
    var found = 0
    while index < data.count - 1, found < 3 {
      var end = index
      while end < data.count - 1, data[end] >= 0x20, data[end] < 0x7f, data[end + 1] == 0 { end += 2 }
      if end - index >= 6 {
        let text = out.text(utf16le: data.extracting(index..<end))
        let attribute: IdentityAttribute = found == 0 ? .hostname : found == 1 ? .productName : .vendor
        out.identity(.sender, attribute, text)
        found += 1
        index = end
      }
      index += 2
    }
  }

  /// Version of an identification that tells lengths.
  private static let nodeInformation: UInt16 = 0x0400

  /// Channels, byte order, lengths of an address and three names (each with a NUL behind), type, identifier and version of
  /// the target, flags, lengths of serial number and maker's data; then all these. Rapid7 2023.
  ///
  /// - Returns: false where the names do not stand where the lengths say.
  private func node(_ data: Span<UInt8>, into out: inout ObservationBuffer) -> Bool {
    guard let parent = data.le16(12), let length = data.le16(14), let product = data.le16(16),
      let maker = data.le16(18),
      let version = data.le32(28), let flags = data.le32(32), let serialLength = data.byte(36)
    else { return false }
    // Whether the address of the parent has a NUL, too, is not known.
    let addresses = 48 + 2 * Int(parent)
    guard
      var start = Self.isText(data, addresses, Int(length))
        ? addresses
        : Self.isText(data, addresses + 2, Int(length)) ? addresses + 2 : nil
    else { return false }
    func name(_ attribute: IdentityAttribute, _ length: Int, into out: inout ObservationBuffer) {
      guard Self.isText(data, start, length) else { return }
      out.identity(.sender, attribute, out.text(utf16le: data.clamped(from: start, count: 2 * length)))
      start += 2 * length + 2
    }
    name(.hostname, Int(length), into: &out)
    name(.productName, Int(product), into: &out)
    name(.vendor, Int(maker), into: &out)
    if version != 0, version != .max {
      // The highest octet stands first, as in 5.15.4.0.
      let (first, second) = (UInt64(version >> 24), UInt64(version >> 16 & 0xff))
      out.identity(
        .sender, .firmwareVersion,
        out.text(joined: first, second, UInt64(version >> 8 & 0xff), UInt64(version & 0xff)))
    }
    let serial = data.clamped(from: start, count: Int(serialLength)).untilNUL()
    if !serial.isEmpty, serial.isPrintable { out.identity(.sender, .serialNumber, out.text(serial)) }
    if flags & 2 != 0 {
      out.property(.encryption, out.text("required"))
    } else if flags & 1 != 0 {
      out.property(.encryption, out.text("offered"))
    }
    return true
  }

  /// Whether so many characters of UTF-16 stand here, and a NUL behind them.
  private static func isText(_ data: Span<UInt8>, _ start: Int, _ length: Int) -> Bool {
    guard length > 0, length <= 256, data.le16(start + 2 * length) == 0 else { return false }
    for index in 0..<length {
      guard let unit = data.le16(start + 2 * index), unit >= 0x20 else { return false }
    }
    return true
  }

  // MARK: channel

  /// First block of a message in a channel: type, flags, channel, numbers, length, checksum; then the service layer:
  /// protocol, header size, group, service.
  private static func channel(_ data: Span<UInt8>, _ operation: inout Operation) {
    guard let identifier = data.le16(20), identifier == 0x55cd || identifier == 0x7557, let group = data.le16(24),
      let service = data.le16(26)
    else { return }
    operation.code |= UInt64(group) << 16 | UInt64(service) << 32
    operation.role = group & 0x80 != 0 ? .response : .request
  }

  // MARK: names

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch UInt8(truncatingIfNeeded: code) {
      case Service.addressRequest: ("address notification request", .discover)
      case Service.addressResponse: ("address notification response", .discover)
      case Service.nameRequest, Service.nameResponse: ("name service", .discover)
      default: channelService(UInt16(truncatingIfNeeded: code >> 16) & 0xff7f, UInt16(truncatingIfNeeded: code >> 32))
      }
    return OperationDescription(code: "blk", name: name, kind: kind)
  }

  /// Groups of services are components of the runtime; numbers as in the dissector of fridgebuyer/codesys3-dissector.
  private static func channelService(_ group: UInt16, _ service: UInt16) -> (String, OperationKind) {
    switch group {
    case 0x00: ("channel", .session)
    case 0x01: device(service)
    case 0x02: application(service)
    case 0x03: ("monitoring: service \(service)", .read)
    case 0x04: ("visualisation: service \(service)", .read)
    case 0x05: ("log: service \(service)", .diagnose)
    case 0x06: ("settings: service \(service)", .configure)
    case 0x07: ("network interfaces: service \(service)", .configure)
    case 0x08: file(service)
    case 0x09: variables(service)
    case 0x0b: ("inputs and outputs: service \(service)", .read)
    case 0x0c: ("users: service \(service)", .authenticate)
    case 0x0f: ("trace: service \(service)", .diagnose)
    case 0x11: ("controller shell: service \(service)", .control)
    case 0x12: ("breakpoints: service \(service)", .control)
    case 0x13: ("force variables: service \(service)", .control)
    case 0x18: ("alarms: service \(service)", .read)
    case 0x1b: service == 2 ? ("monitoring: write", .write) : ("monitoring: read", .read)
    case 0x1d: ("licences: service \(service)", .configure)
    case 0x1f: ("core dump: service \(service)", .diagnose)
    case 0x22: ("certificates: service \(service)", .configure)
    default: ("group \(group) service \(service)", .other)
    }
  }

  private static func device(_ service: UInt16) -> (String, OperationKind) {
    switch service {
    case 0x01: ("device: get target identity", .discover)
    case 0x02, 0x08: ("device: login", .authenticate)
    case 0x03: ("device: logout", .session)
    case 0x04: ("device: reset origin", .control)
    case 0x05: ("device: echo", .diagnose)
    case 0x06: ("device: set operating mode", .control)
    case 0x07: ("device: get operating mode", .diagnose)
    case 0x09: ("device: rename", .configure)
    case 0x0a: ("device: create session", .session)
    case 0x0b: ("device: get what a reset keeps", .read)
    default: ("device: service \(service)", .session)
    }
  }

  private static func application(_ service: UInt16) -> (String, OperationKind) {
    switch service {
    case 0x01: ("application: login", .session)
    case 0x02: ("application: logout", .session)
    case 0x03, 0x08: ("application: create", .program)
    case 0x04: ("application: delete", .program)
    case 0x05, 0x07, 0x30, 0x34: ("application: download", .program)
    case 0x06: ("application: online change", .program)
    case 0x10: ("application: start", .control)
    case 0x11: ("application: stop", .control)
    case 0x12: ("application: reset", .control)
    case 0x13, 0x15: ("application: set or delete breakpoint", .control)
    case 0x14, 0x25: ("application: read state", .diagnose)
    case 0x16, 0x17, 0x33, 0x38: ("application: read of its run", .diagnose)
    case 0x18, 0x29, 0x31, 0x35: ("application: read information", .discover)
    case 0x19: ("application: set next statement", .control)
    case 0x20: ("application: release forced variables", .control)
    case 0x21: ("application: read forced variables", .read)
    case 0x22: ("application: single cycle", .control)
    case 0x23, 0x26, 0x27: ("application: boot project", .program)
    case 0x24: ("application: initialise", .control)
    case 0x28: ("application: check files", .diagnose)
    case 0x36: ("application: save retained variables", .read)
    case 0x37: ("application: restore retained variables", .write)
    case 0x32, 0x39, 0x40: ("application: debugging", .control)
    default: ("application: service \(service)", .diagnose)
    }
  }

  /// Files go down to the controller and up from it.
  private static func file(_ service: UInt16) -> (String, OperationKind) {
    switch service {
    case 0x01, 0x0c, 0x0d: ("files: read information", .discover)
    case 0x02...0x04: ("files: download", .program)
    case 0x05...0x07: ("files: upload", .read)
    case 0x08, 0x09: ("files: end transfer", .session)
    case 0x0e, 0x11: ("files: delete", .program)
    case 0x0f, 0x12: ("files: rename", .program)
    case 0x10: ("files: create folder", .program)
    default: ("files: service \(service)", .other)
    }
  }

  private static func variables(_ service: UInt16) -> (String, OperationKind) {
    switch service {
    case 0x01, 0x02, 0x0b: ("variables: list", .session)
    case 0x03, 0x05: ("variables: read", .read)
    case 0x04, 0x06: ("variables: write", .write)
    case 0x07...0x0a: ("variables: browse", .discover)
    default: ("variables: service \(service)", .other)
    }
  }
}
