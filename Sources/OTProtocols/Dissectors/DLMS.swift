import OTCore

/// DLMS/COSEM: electricity, gas and water meters. IEC 62056-5-3:2017 (application layer), IEC 62056-4-7:2015 (TCP and UDP
/// wrapper), IEC 62056-46 (HDLC, as serial servers carry it over TCP).
public struct DLMS: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "dlms", name: "DLMS/COSEM", specification: "IEC 62056-5-3:2017; IEC 62056-4-7; IEC 62056-46",
      isIndustrial: true, depth: [.identity, .operations],
      reads: "associations and how they authenticate, objects read, written and invoked, refusals; names, versions",
      displayFilter: "tcp.port == 4059")
  ]
  public static let claims: [Claim] = [.tcp(4059), .udp(4059)]
  public static let probe = ProbeStrength.strong

  var requests = RequestTable<COSEMAttribute>()
  var told = RecentValues()
  var login = PendingLogin()
  /// The association that waits for its answer proves nothing.
  var anonymous = false

  public init() {}

  // MARK: framing

  static let flag: UInt8 = 0x7e

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    switch bytes.byte(0) {
    case nil: return .needMore
    case flag: return linkFrame(bytes, hint)
    case 0: return wrapper(bytes, hint)
    default: return .notThisProtocol
    }
  }

  /// IEC 62056-4-7: version 1, source and destination port, length of the data unit behind.
  private static func wrapper(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard bytes.byte(1) ?? 1 == 1 else { return .notThisProtocol }
    guard bytes.count >= 9, let length = bytes.be16(6).map(Int.init) else {
      return hint.isStream && (hint.isClaimed || hint.isEstablished) ? .needMore : .notThisProtocol
    }
    guard length > 0, Tag.isKnown(bytes[8]), hint.isStream || 8 + length == bytes.count else {
      return .notThisProtocol
    }
    guard hint.isClaimed || hint.isEstablished || isAssociation(bytes.clamped(from: 8, count: 40)) else {
      return .notThisProtocol
    }
    return .pdu(byteCount: 8 + length)
  }

  /// Whether an association names an application context of DLMS: 2.16.756.5.8.1.
  private static func isAssociation(_ message: Span<UInt8>) -> Bool {
    guard message.byte(0) == Tag.associate || message.byte(0) == Tag.associated else { return false }
    for index in message.indices where message.be32(index) == 0x6085_7405 && message.be16(index + 4) == 0x0801 {
      return true
    }
    return false
  }

  /// IEC 62056-46 section 6.4: flag, format with length, addresses, control, checks, flag.
  private static func linkFrame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard let format = bytes.be16(1) else {
      return hint.isClaimed || hint.isEstablished ? .needMore : .notThisProtocol
    }
    let length = Int(format & 0x07ff)
    guard format >> 12 == 0xa, length >= 7 else { return .notThisProtocol }
    guard bytes.count >= length + 2 else { return hint.isStream ? .needMore : .notThisProtocol }
    guard bytes[length + 1] == flag, isChecked(bytes.extracting(1..<(length + 1))) else { return .notThisProtocol }
    // ISO/IEC 13239: one flag may end a frame and begin the next.
    let isShared = bytes.byte(length + 2).map { $0 >> 4 == 0xa } ?? false
    return .pdu(byteCount: isShared ? length + 1 : length + 2)
  }

  /// Frame check sequence of ISO/IEC 13239: CRC-16 with polynomial 0x1021 reflected, complemented, low octet first.
  private static func isChecked(_ octets: Span<UInt8>) -> Bool {
    let checked = octets.clamped(from: 0, count: octets.count - 2)
    return octets.le16(octets.count - 2) == ~ReflectedCRC16.hdlc.remainder(of: checked, from: 0xffff)
  }

  // MARK: dissecting

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard pdu.peek() == Self.flag else {
      try pdu.skip(8, "wrapper")
      return try message(&pdu, senderIsClient: context.senderIsClient, into: &out)
    }
    try pdu.skip(1, "flag")
    let format = try pdu.u16("frame format")
    var frame = try pdu.slice(max(0, min(Int(format & 0x07ff) - 2, pdu.remaining)), "frame")
    try Self.address(&frame, "destination address")
    try Self.address(&frame, "source address")
    let control = try frame.u8("control")
    switch control & 0xef {
    case 0x83: out.operation(Operation(Link.connect, .request))
    case 0x63: out.operation(Operation(Link.connect, .response, outcome: .success))
    case 0x43: out.operation(Operation(Link.disconnect, .request))
    case 0x0f: out.operation(Operation(Link.disconnect, .response, outcome: .success))
    default: break
    }
    guard control & 1 == 0, frame.remaining > 5 else { return }
    try frame.skip(2, "header check sequence")
    // Logical link control: to the server 0xe6, from it 0xe7. A later segment of a message begins with neither.
    guard frame.peek() == 0xe6, let side = frame.peek(1), side == 0xe6 || side == 0xe7 else { return }
    try frame.skip(3, "LLC header")
    try message(&frame, senderIsClient: side == 0xe6, into: &out)
  }

  /// Addresses have one to four octets; the last has its lowest bit set.
  private static func address(_ frame: inout ByteCursor, _ field: StaticString) throws(DecodeError) {
    for _ in 0..<4 where try frame.u8(field) & 1 == 1 { return }
  }

  /// IEC 62056-5-3 section 8: the first octet tells what the data unit is.
  private mutating func message(
    _ pdu: inout ByteCursor, senderIsClient: Bool, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let tag = try pdu.u8("APDU tag")
    switch tag {
    case Tag.associate, Tag.associated, Tag.release, Tag.released:
      var outer = BERReader(pdu.bytes.clamped(from: pdu.offset - 1, count: pdu.remaining + 1))
      guard let element = outer.next() else { throw DecodeError("association", at: pdu.offset, .truncated) }
      association(tag, element.content, into: &out)
    case Tag.getRequest, Tag.setRequest, Tag.actionRequest: try request(tag, &pdu, into: &out)
    case Tag.getResponse, Tag.setResponse, Tag.actionResponse: try response(tag, &pdu, into: &out)
    default: out.operation(Operation(UInt64(tag), Tag.role(tag, senderIsClient), outcome: Tag.outcome(tag)))
    }
  }

  // MARK: requests and responses

  /// Kind of request, invocation, then class, instance and attribute or method; a list begins with its count.
  private mutating func request(
    _ tag: UInt8, _ pdu: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var operation = Operation(UInt64(tag), .request)
    defer { out.operation(operation) }
    let choice = try pdu.u8("request type")
    let invocation = try pdu.u8("invoke id and priority") & 15
    let isSet = tag == Tag.setRequest
    // Further blocks of a message name nothing.
    guard choice == 1 || choice == (isSet ? 2 : 3) || choice == 4 else { return }
    let isList = isSet ? choice == 4 : choice == 3
    if isList { operation.count = UInt32(max(1, try pdu.u8("number of descriptors"))) }
    let attribute = try COSEMAttribute(&pdu)
    operation.object = attribute.object
    if tag != Tag.getRequest { operation.code |= UInt64(attribute.classID) << 8 | UInt64(attribute.number) << 24 }
    requests.remember(attribute, for: UInt64(invocation))
  }

  private mutating func response(
    _ tag: UInt8, _ pdu: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let choice = try pdu.u8("response type")
    let asked = requests.request(UInt64(try pdu.u8("invoke id and priority") & 15))
    var operation = Operation(UInt64(tag), .response, outcome: .success, object: asked?.object ?? .none)
    if tag != Tag.getResponse, let asked {
      operation.code |= UInt64(asked.classID) << 8 | UInt64(asked.number) << 24
    }
    defer { out.operation(operation) }
    if choice == (tag == Tag.setResponse ? 5 : 3) {
      operation.count = UInt32(max(1, try pdu.u8("number of results")))
    }
    guard choice == 1 else { return }
    let result = try pdu.u8("result")
    guard tag == Tag.getResponse else {
      if result != 0 { operation.outcome = .failure(UInt32(result)) }
      return
    }
    if result == 1 {
      operation.outcome = .failure(UInt32(try pdu.u8("data access result")))
    } else if let asked {
      try identity(asked, &pdu, into: &out)
    }
  }

  /// Values of the objects that say what a meter is; the first three letters of its logical name are its maker's.
  private mutating func identity(
    _ asked: COSEMAttribute, _ pdu: inout ByteCursor, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard asked.number == 2, let attribute = asked.identity, let type = pdu.peek(), type == 9 || type == 10 else {
      return
    }
    try pdu.skip(1, "data type")
    let length = Int(try pdu.u8("length"))
    guard length < 0x80 else { return }
    let value = try pdu.take(length, "value")
    guard told.isNew(value, salt: UInt64(attribute.rawValue)) else { return }
    if attribute == .name, value.count >= 8, value.extracting(0..<3).isPlainText {
      out.identity(.sender, .vendor, out.text(value.extracting(0..<3)))
    }
    out.identity(.sender, attribute, value.isPlainText ? out.text(value) : out.text(hex: value))
  }
}

/// One attribute or method of a COSEM object: class, logical name (OBIS, six groups) and number.
struct COSEMAttribute: Sendable {
  var classID: UInt16
  /// Groups A to C and D to F.
  var high: UInt32
  var low: UInt32
  var number: UInt8

  init(_ pdu: inout ByteCursor) throws(DecodeError) {
    classID = try pdu.u16("class")
    high = try pdu.u24("instance")
    low = try pdu.u24("instance")
    number = try pdu.u8("attribute or method")
  }

  var object: Operation.Object { .numbers(UInt32(classID) << 8 | UInt32(number), high, low, 0) }

  /// IEC 62056-6-1: names of the device and its firmware.
  var identity: IdentityAttribute? {
    switch (high, low) {
    case (0x00_00_2a, 0x00_00_ff): .name
    case (0x00_00_60, 0x01_00_ff...0x01_09_ff): .serialNumber
    case (0x01_00_00, 0x00_00_ff): .serialNumber
    case (0x01_00_00, 0x02_00_ff...0x02_01_ff), (0x00_00_00, 0x02_00_ff...0x02_01_ff): .firmwareVersion
    default: nil
    }
  }
}
