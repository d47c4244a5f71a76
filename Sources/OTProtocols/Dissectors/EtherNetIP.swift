import OTCore

/// EtherNet/IP encapsulation and the CIP messages in it.
/// The CIP Networks Library, Volume 2: EtherNet/IP Adaptation of CIP, chapter 2; Volume 1: Common Industrial Protocol.
public struct EtherNetIPDissector: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "enip", name: "EtherNet/IP", specification: "CIP Networks Library Volume 2, chapter 2", isIndustrial: true,
      depth: [.identity, .operations], reads: "encapsulation commands, identity of listed devices, sessions",
      displayFilter: "enip"),
    ProtocolInfo(
      id: "cip", name: "CIP",
      specification: "CIP Networks Library Volume 1; Rockwell 1756-PM020 (tags), 1770-6.5.16 (PCCC)",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "explicit messages, connections, each service of a multiple-service packet, tags, PCCC, identity, network "
        + "interface and link objects; safety connections and CIP Security",
      displayFilter: "cip"),
  ]
  public static let claims: [Claim] = [.tcp(44818), .udp(44818)]
  public static let probe = ProbeStrength.strong

  static var encapsulationLayer: UInt8 { 0 }
  static var messageLayer: UInt8 { 1 }

  /// Requests, for their answers and for when they are repeated.
  var exchanges = Exchanges()
  /// Connections whose opening was seen.
  var connections = Connections()
  /// The message at hand, unless it repeats or answers one that is kept.
  var message = MessageSurvey()
  /// Its operations, until their codes can be told, and in an answer the classes of what is answered.
  var operations: [Operation] = []
  var shown: [UInt16] = []

  public init() {}

  // MARK: framing

  /// Volume 2, table 2-3.2. Values above 0xff are reserved; a few more were in use before CIP.
  struct Command: Equatable {
    var rawValue: UInt16
    init(_ rawValue: UInt16) { self.rawValue = rawValue }
    static let nop = Command(0x0000)
    static let listServices = Command(0x0004)
    static let listIdentity = Command(0x0063)
    static let listInterfaces = Command(0x0064)
    static let registerSession = Command(0x0065)
    static let unregisterSession = Command(0x0066)
    static let sendRequestReplyData = Command(0x006f)
    static let sendUnitData = Command(0x0070)
    /// Volume 8, section 3-5: the conversation goes on in DTLS.
    static let startDTLS = Command(0x00c8)

    @inline(__always)
    var isKnown: Bool {
      switch rawValue {
      case 0x0000, 0x0001, 0x0004, 0x0063...0x0066, 0x006f, 0x0070, 0x0072, 0x0073, 0x00c8: true
      default: false
      }
    }
  }

  /// 24 octets of header: command, length of data, session, status, context, options (always 0).
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let command = bytes.le16(0).map(Command.init) else { return .needMore }
    // In a known conversation what breaks the rules, and will be refused, is told if it stands alone (section 2-3).
    if hint.isEstablished, let length = bytes.le16(2), bytes.count == 24 + Int(length) {
      return .pdu(byteCount: bytes.count)
    }
    guard command.isKnown else { return .notThisProtocol }
    guard bytes.count >= 24 else { return hint.isStream ? .needMore : .notThisProtocol }
    let header = bytes.extracting(0..<24)
    let length = Int(header.le16(2) ?? 0)
    let (session, status, options) = (header.le32(4) ?? 0, header.le32(8) ?? 0, header.le32(20) ?? 0)
    guard options == 0, status <= 0xffff else { return .notThisProtocol }
    if !hint.isClaimed, !hint.isEstablished {
      // Elsewhere than on its port only what is full of fixed values: a session is registered or used.
      guard status <= 3 || (0x64...0x6a).contains(status) else { return .notThisProtocol }
      switch command {
      case .registerSession: guard bytes.count >= 28, bytes.le32(24) == 1 else { return .notThisProtocol }
      case .sendRequestReplyData, .sendUnitData:
        guard let items = bytes.le16(30), (2...4).contains(items), let type = bytes.le16(32),
          type == 0 || type == 0x00a1
        else { return .notThisProtocol }
      default: return .notThisProtocol
      }
    }
    switch command {
    case .nop: guard status == 0, hint.isClaimed || hint.isEstablished else { return .notThisProtocol }
    case .registerSession: guard length == 4 || (length == 0 && status != 0) else { return .notThisProtocol }
    case .unregisterSession: guard length == 0 else { return .notThisProtocol }
    case .startDTLS: guard length <= 4, hint.isClaimed || hint.isEstablished else { return .notThisProtocol }
    case .sendRequestReplyData, .sendUnitData:
      // Interface handle 0 is CIP; every message stands in a session.
      guard session != 0 || hint.isClaimed, length >= 8 || status != 0 else { return .notThisProtocol }
      if length >= 4, let interface = bytes.le32(24), interface != 0 { return .notThisProtocol }
    default: break
    }
    return .pdu(byteCount: 24 + length)
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let header = try pdu.take(24, "encapsulation header")
    let command = Command(header.le16(0) ?? 0)
    let length = Int(header.le16(2) ?? 0)
    let session = header.le32(4) ?? 0
    let status = header.le32(8) ?? 0
    let senderContext = header.word(12).byteSwapped
    let isRequest =
      context.directionIsCertain ? context.senderIsClient : Self.asks(command, pdu.bytes) ?? context.senderIsClient
    out.operation(
      Operation(
        UInt64(command.rawValue), isRequest ? .request : .response, layer: Self.encapsulationLayer,
        outcome: isRequest ? .none : (status == 0 ? .success : .failure(status))))
    if command == .startDTLS { out.property(.encryption, out.text("DTLS"), layer: Self.encapsulationLayer) }
    guard length > 0 else { return }
    switch command {
    case .sendRequestReplyData, .sendUnitData:
      // Other interfaces than 0 are none of CIP.
      guard try pdu.u32le("interface handle") == 0 else { return }
      try pdu.skip(2, "timeout")
      try items(pdu, UInt64(session) << 32 ^ senderContext, context, into: &out)
    case .listIdentity where !isRequest: try Self.identities(&pdu, into: &out)
    default: break
    }
  }

  /// Whether the sender is who asks, as far as the message tells: a session is given in the answer, lists have nothing in
  /// their requests, and the highest bit of a service stands for its answer. Sections 2-3, 2-4 and 2-6.
  private static func asks(_ command: Command, _ bytes: Span<UInt8>) -> Bool? {
    switch command {
    case .registerSession: return bytes.le32(4) == 0 && bytes.le32(8) == 0
    case .listIdentity, .listServices, .listInterfaces: return bytes.le16(2) == 0
    case .sendRequestReplyData, .sendUnitData:
      guard let length = bytes.le16(34).map(Int.init), let type = bytes.le16(36 + length) else { return nil }
      let message = 40 + length + (type == 0x00b1 ? 2 : 0)
      return type == 0x00b1 || type == 0x00b2 ? bytes.byte(message).map { $0 & 0x80 == 0 } : nil
    default: return nil
    }
  }

  /// Common packet format, section 2-6: an address item and a data item, maybe socket addresses.
  private mutating func items(
    _ pdu: ByteCursor, _ unconnectedKey: UInt64, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var items = pdu
    let count = Int(try items.u16le("item count"))
    var connection: UInt32 = 0
    for _ in 0..<min(count, Limits.nesting) {
      let type = try items.u16le("item type")
      let length = Int(try items.u16le("item length"))
      // Of the last item the snap length may have left a beginning.
      let isCut = context.missingBytes > 0 && length > items.remaining
      var item = try items.slice(isCut ? items.remaining : length, "item")
      switch type {
      case 0x00a1: connection = try item.u32le("connection identifier")
      case 0x00b1:
        let sequence = try item.u16le("sequence count")
        let known = connections.find(connection)
        guard connections.leadsToMessages(known) else { continue }
        let key = UInt64(sequence) | UInt64(known.map { $0 + 1 } ?? 0) << 16 | 1 << 63
        try explicitMessage(&item, key, connection: known, into: &out)
      case 0x00b2:
        try explicitMessage(&item, unconnectedKey & ~(1 << 63), connection: nil, into: &out)
      default: break
      }
    }
  }

  // MARK: identity

  /// Section 2-4.3: items 0x000c, each one device.
  private static func identities(_ pdu: inout ByteCursor, into out: inout ObservationBuffer) throws(DecodeError) {
    let count = Int(try pdu.u16le("item count"))
    for _ in 0..<min(count, Limits.itemsPerPDU) {
      let type = try pdu.u16le("item type")
      let length = Int(try pdu.u16le("item length"))
      var item = try pdu.slice(length, "item")
      guard type == 0x000c else { continue }
      try item.skip(18, "encapsulation version and socket address")
      try identityObject(&item, layer: encapsulationLayer, into: &out)
    }
  }

  /// The attributes of an Identity object in their order (Volume 1, section 5A-2.2): vendor, type of device, product code,
  /// revision, status, serial number, name.
  static func identityObject(
    _ data: inout ByteCursor, layer: UInt8, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    out.identity(.sender, .vendorID, out.text(UInt64(try data.u16le("vendor id"))), layer: layer)
    out.identity(.sender, .deviceType, out.text(UInt64(try data.u16le("device type"))), layer: layer)
    out.identity(.sender, .productCode, out.text(UInt64(try data.u16le("product code"))), layer: layer)
    let major = try data.u8("major revision")
    let minor = try data.u8("minor revision")
    out.identity(.sender, .firmwareVersion, out.text(joined: UInt64(major), UInt64(minor)), layer: layer)
    try data.skip(2, "status")
    serialNumber(try data.u32le("serial number"), layer: layer, into: &out)
    let length = Int(try data.u8("product name length"))
    out.identity(.sender, .productName, out.text(try data.take(length, "product name")), layer: layer)
  }

  /// Eight hexadecimal digits, as printed on the device.
  static func serialNumber(_ number: UInt32, layer: UInt8, into out: inout ObservationBuffer) {
    let octets = InlineArray<4, UInt8> { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) }
    out.identity(.sender, .serialNumber, out.text(prefixedHex: octets.span), layer: layer)
  }
}
