import OTCore

/// CODESYS V3 runtime (controllers of many makers): block driver over UDP 1740 to 1743 and TCP 11740 to 11743,
/// datagram layer, name and channel services. No public specification; fields as published by Kaspersky ICS CERT
/// ("Security research: CODESYS Runtime", 2019) and Rapid7 ("A Deep Dive into Reversing CODESYS", 2023); tags of services
/// also as in Microsoft's `ics-forensics-tools` (2022) and in FieldFuzz's `pycodesys` (2023).
public struct CODESYSV3: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "codesys_v3", name: "CODESYS V3", specification: "none public; Kaspersky ICS CERT 2019, layers 2 to 7",
      isIndustrial: true, depth: [.identity, .operations],
      reads:
        "datagram layer; address and name service with names, version, serial number and whether encryption is asked "
        + "for; services of device and application, logins and their outcome, applications and their state, shell commands, "
        + "files",
      displayFilter: "")
  ]
  public static let claims: [Claim] = [
    .udp(1740), .udp(1741), .udp(1742), .udp(1743), .tcp(11740), .tcp(11741), .tcp(11742), .tcp(11743),
  ]
  public static let probe = ProbeStrength.strong

  private var told = RecentValues()
  private var login = PendingLogin()

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

  enum Service {
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
    let data = pdu.bytes.rest(from: start + (body + 3) / 4 * 4)
    if service == Service.nameResponse { names(data, into: &out) }
    if service == Service.channel, data.be16(0).map({ $0 & 0xff01 == 0x0101 }) == true {
      channel(data, &operation, into: &out)
    }
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
    if let version = data.le16(2), version == 0x0400 || version == 0x0103, node(data, into: &out) { return }
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

  /// Channels, byte order, lengths of an address and three names (each with a NUL behind), type, identifier and version of
  /// the target, flags, lengths of serial number and maker's data; then all these. Rapid7 2023.
  ///
  /// - Returns: false where the names do not stand where the lengths say.
  private func node(_ data: Span<UInt8>, into out: inout ObservationBuffer) -> Bool {
    guard let parent = data.le16(12), let length = data.le16(14), let product = data.le16(16),
      let maker = data.le16(18),
      let version = data.le32(28), let flags = data.le32(32), let serialLength = data.byte(36)
    else { return false }
    // Whether the address of the parent is counted in octets, or in words with a NUL, is not known.
    let address = Int(parent)
    var start = 48 + 2 * address
    if !Self.isText(data, start, Int(length)) { start = 50 + 2 * address }
    if !Self.isText(data, start, Int(length)) { start = 48 + address }
    guard Self.isText(data, start, Int(length)) else { return false }
    func name(_ attribute: IdentityAttribute, _ length: Int, into out: inout ObservationBuffer) {
      if Self.isText(data, start, length) {
        out.identity(.sender, attribute, out.text(utf16le: data.clamped(from: start, count: 2 * length)))
      }
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
  /// protocol, header size, group, service, session, length, and tags behind the header.
  private mutating func channel(
    _ data: Span<UInt8>, _ operation: inout Operation, into out: inout ObservationBuffer
  ) {
    guard let identifier = data.le16(20), identifier == Self.plain || Self.secured.contains(identifier),
      let header = data.le16(22), let group = data.le16(24), let service = data.le16(26)
    else { return }
    operation.code |= UInt64(group) << 16 | UInt64(service) << 32
    let isResponse = group & 0x80 != 0
    operation.role = isResponse ? .response : .request
    guard identifier == Self.plain else { return }
    let tags = data.rest(from: 24 + Int(header))
    switch (group & 0x7f, service) {
    case (Group.device, DeviceService.login):
      isResponse ? answer(tags, &operation, into: &out) : login(tags, into: &out)
    case (Group.application, ApplicationService.login) where !isResponse:
      if let name = Self.text(1, tags) { operation.object = .text(out.text(name)) }
    case (Group.application, ApplicationService.list) where isResponse:
      guard let list = Self.tag(0x81, tags), let name = Self.text(3, list), told.isNew(name, salt: 1) else { return }
      out.identity(.sender, .application, out.text(name))
    case (Group.application, ApplicationService.state) where isResponse:
      if let result = Self.tag(0x82, tags), let status = Self.tag(0x13, result) { state(status, into: &out) }
    case (Group.files, FileService.download), (Group.files, FileService.upload):
      guard !isResponse, let name = Self.text(1, tags) else { return }
      let text = out.text(name)
      operation.object = .text(text)
      out.record(.file(FileSeen(text, service == FileService.download ? .toServer : .toClient)))
    case (Group.shell, _) where !isResponse:
      guard let command = Self.text(0x10, tags) else { return }
      let place = Self.shellCommand(command)
      operation.code |= place << 48
      // Of a maker's own command nobody knows whether a password stands behind its name.
      operation.object = .text(out.text(place != 0 ? command : Self.word(of: command)))
    default: break
    }
  }

  /// What stands in front of services: in the clear, or enciphered.
  private static let plain: UInt16 = 0xcd55
  /// Sources do not agree on the order of the octets.
  private static let secured: [UInt16] = [0x7557, 0x5775]

  private enum Group {
    static let device: UInt16 = 0x01
    static let application: UInt16 = 0x02
    static let files: UInt16 = 0x08
    static let shell: UInt16 = 0x11
  }

  private enum DeviceService { static let login: UInt16 = 0x02 }

  private enum ApplicationService {
    static let login: UInt16 = 0x01
    static let state: UInt16 = 0x14
    static let list: UInt16 = 0x18
  }

  private enum FileService {
    static let download: UInt16 = 0x02
    static let upload: UInt16 = 0x05
  }

  /// Tag 81 with the user (10) and, where there is one, the password in a form that a challenge changes (11).
  private mutating func login(_ tags: Span<UInt8>, into out: inout ObservationBuffer) {
    guard let account = Self.tag(0x81, tags) else { return }
    login.clearName()
    if let name = Self.text(0x10, account) {
      login.name(name)
      out.identity(.sender, .userName, out.text(name))
    }
    if Self.tag(0x11, account) != nil {
      login.sent(.challengeResponse, .unknown, into: &out)
    } else {
      login.sent(.none, .empty, into: &out)
    }
  }

  /// Tag 82 with the result (20).
  private mutating func answer(
    _ tags: Span<UInt8>, _ operation: inout Operation, into out: inout ObservationBuffer
  ) {
    guard let outcome = Self.tag(0x82, tags), let result = Self.tag(0x20, outcome)?.le16(0) else { return }
    operation.outcome = result == 0 ? .success : .failure(UInt32(result))
    login.answered(result == 0, into: &out)
  }

  /// Result of the question, then the state of the application.
  private mutating func state(_ status: Span<UInt8>, into out: inout ObservationBuffer) {
    guard status.le16(0) == 0, let state = status.le32(2), told.isNew(hash: 0xc0de_0000 | UInt64(state)) else { return }
    switch state {
    case 1: out.property(.mode, out.text("run"))
    case 2: out.property(.mode, out.text("stop"))
    case 3: out.property(.mode, out.text("stopped at a breakpoint"))
    default: break
    }
  }

  // MARK: tags

  /// Value of the first tag of this number, or nil: number and length in seven bits an octet, the lowest first, then the
  /// value; from 0x80 on a value is made of tags.
  @_lifetime(copy data)
  private static func tag(_ wanted: Int, _ data: Span<UInt8>) -> Span<UInt8>? {
    var index = 0
    for _ in 0..<64 {
      guard let number = Self.number(data, &index), let length = Self.number(data, &index), length <= data.count - index
      else {
        return nil
      }
      if number == wanted { return data.extracting(index..<(index + length)) }
      index += length
    }
    return nil
  }

  private static func number(_ data: Span<UInt8>, _ index: inout Int) -> Int? {
    var value = 0
    for shift in 0..<4 {
      guard let octet = data.byte(index) else { return nil }
      index += 1
      value |= Int(octet & 0x7f) << (7 * shift)
      if octet & 0x80 == 0 { return value }
    }
    return nil
  }

  /// A text that ends in NUL or with its tag.
  @_lifetime(copy data)
  private static func text(_ wanted: Int, _ data: Span<UInt8>) -> Span<UInt8>? {
    guard let value = tag(wanted, data) else { return nil }
    let text = value.untilNUL().trimmed()
    return text.isEmpty || !text.isPrintable ? nil : text
  }
}
