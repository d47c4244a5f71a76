import OTCore

/// NetBIOS datagrams outside UDP, which hold their names in clear: 15 characters and a suffix.
private struct PlainDatagram {
  /// Where the sender's name and the message stand.
  var sender: Int
  var message: Int
  /// The message type of RFC 1002 that says the same: 0x10 to one name, 0x11 to a group's, 0x12 to all.
  var type: UInt8

  init?(_ bytes: Span<UInt8>) {
    if bytes.be32(0) == 0x2c00_ffef, let command = bytes.byte(4), command == 8 || command == 9 {
      // NetBIOS frames on LLC (IBM SC30-3587, chapter 5): length 44, delimiter, DATAGRAM or DATAGRAM_BROADCAST, data and
      // correlators, destination's name, source's name.
      (sender, message, type) = (28, 44, command == 8 ? 0x10 : 0x12)
    } else {
      // IPX: checksum (none) and length, which on raw IEEE 802.3 stand where LLC has its header, then hops, type,
      // network, node and socket of the destination, the same of the source.
      let start = bytes.be16(0) == 0xffff ? 4 : 0
      guard let hops = bytes.byte(start), hops <= 16, let kind = bytes.byte(start + 1),
        let socket = bytes.be16(start + 12)
      else { return nil }
      let body = start + 26
      if kind == 4, socket == 0x0455, bytes.byte(body + 1) == 0x0b {
        // NetBIOS on IPX: control, type of data 0x0b (directed datagram), source's name, destination's name.
        (sender, message, type) = (body + 2, body + 34, 0x10)
      } else if kind == 4 || kind == 0x14, socket == 0x0553, bytes.byte(body + 32) == 0xfc {
        // Name management on IPX: eight networks passed, mailslot send, type of name, id, requested name, source's name.
        (sender, message, type) = (body + 52, body + 68, 0x11)
      } else {
        return nil
      }
    }
    guard bytes.count >= message else { return nil }
  }
}

/// NetBIOS datagrams (RFC 1002, section 4.4; also on LLC and IPX) and the Microsoft browser announcements they carry in
/// an SMB mailslot ([MS-BRWS] section 2.2, [MS-MAIL] section 2.2.1).
public struct NetBIOSDatagram: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "nbdgm", name: "NetBIOS datagram service", specification: "RFC 1002, section 4.4", isIndustrial: false,
      depth: [.identity, .operations], reads: "name of the sender", displayFilter: "nbdgm"),
    ProtocolInfo(
      id: "browser", name: "Microsoft browser", specification: "[MS-BRWS] section 2.2", isIndustrial: false,
      depth: [.identity, .operations], reads: "announced server, workgroup, version and comment",
      displayFilter: "browser"),
  ]
  public static let claims: [Claim] = [.udp(138), .llc(0xf0), .llc(0xff), .llc(0xe0), .etherType(0x8137)]

  private static let browserLayer: UInt8 = 1
  private var told = RecentValues()

  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed, !hint.isStream else { return .notThisProtocol }
    if PlainDatagram(bytes) != nil { return .pdu(byteCount: bytes.count) }
    // Message type 0x10...0x16; data of which the names have 32 letters.
    guard let type = bytes.byte(0), (0x10...0x16).contains(type), bytes.count >= 10 else {
      return .notThisProtocol
    }
    guard bytes[1] & 0xf0 == 0 else { return .notThisProtocol }
    if type == 0x13 {
      return bytes.count == 11 && (0x82...0x84).contains(bytes[10]) ? .pdu(byteCount: 11) : .notThisProtocol
    }
    // Data have their length and an offset before the sender's name, queries have the receiver's at once.
    let name = type < 0x13 ? 14 : 10
    guard bytes.count >= name + 33, bytes[name] == 32 else { return .notThisProtocol }
    for index in (name + 1)..<(name + 33) where bytes[index] < 65 || bytes[index] > 80 { return .notThisProtocol }
    return .pdu(byteCount: bytes.count)
  }

  public init() {}

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    told.listen(to: context)
    let all = pdu.bytes
    if let datagram = PlainDatagram(all) {
      _ = pdu.rest()
      out.operation(Operation(UInt64(datagram.type), .publish))
      let name = all.clamped(from: datagram.sender, count: 16)
      if told.isNew(name, salt: 1), let suffix = name.byte(15), suffix == 0 || suffix == 0x20 {
        out.identity(.sender, .hostname, out.text(name.extracting(0..<15)))
      }
      return try mailslot(all.extracting(datagram.message..<all.count), &out)
    }
    let type = try pdu.u8("message type")
    out.operation(Operation(UInt64(type), .publish))
    guard type <= 0x12 else { return }
    _ = pdu.rest()
    // Behind flags, id, address, port, length and offset: both names, then an SMB.
    if told.isNew(all.clamped(from: 15, count: 32), salt: 1),
      let (name, suffix) = DomainName.netBIOS(all, at: 15, into: &out), suffix == 0 || suffix == 0x20
    {
      out.identity(.sender, .hostname, name)
    }
    var position = 14
    guard DomainName.skip(all, at: &position), DomainName.skip(all, at: &position) else {
      throw DecodeError("names", at: 14, .truncated)
    }
    try mailslot(all.extracting(Swift.min(position, all.count)..<all.count), &out)
  }

  private mutating func mailslot(_ message: Span<UInt8>, _ out: inout ObservationBuffer) throws(DecodeError) {
    // SMB_COM_TRANSACTION with seventeen words, of which the thirteenth is the offset of the data.
    guard message.be32(0) == 0xff53_4d42, message.byte(4) == 0x25, message.byte(32) == 17,
      let count = message.le16(55), let offset = message.le16(57)
    else { return }
    let data = message.clamped(from: Int(offset), count: Int(count))
    let isCut = data.count < Int(count)
    if message.hasASCII(ignoringCase: "\\mailslot\\browse", at: 69) {
      try browser(data, isCut: isCut, &out)
    } else if message.hasASCII(ignoringCase: "\\mailslot\\lanman", at: 69), data.le16(0) == 1 {
      lanManager(data, isCut: isCut, &out)
    }
  }

  /// What servers of LAN Manager announce in a mailslot of their own, [MS-BRWS]: two octets of command, four of type,
  /// version, period, name, comment.
  private mutating func lanManager(_ data: Span<UInt8>, isCut: Bool, _ out: inout ObservationBuffer) {
    out.operation(Operation(1, .publish, layer: Self.browserLayer))
    guard told.isNew(data.rest(from: 2), salt: 0x100) else { return }
    let name = Self.text(data, from: 10, isCut: isCut)
    out.identity(.sender, .hostname, out.text(name), layer: Self.browserLayer)
    if let major = data.byte(6), let minor = data.byte(7) {
      out.identity(
        .sender, .softwareVersion, out.text(joined: UInt64(major), UInt64(minor)), layer: Self.browserLayer)
    }
    let comment = Self.text(data, from: 11 + name.count, isCut: isCut)
    out.identity(.sender, .description, out.text(comment), layer: Self.browserLayer)
  }

  private mutating func browser(
    _ data: Span<UInt8>, isCut: Bool, _ out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard let command = data.byte(0) else { throw DecodeError("browser command", at: 0, .truncated) }
    out.operation(Operation(UInt64(command), .publish, layer: Self.browserLayer))
    switch command {
    case 0x01, 0x0c, 0x0f:
      // Update count, period, name of sixteen octets, version, server type, browser version, signature, comment.
      guard told.isNew(data.rest(from: 6), salt: UInt64(command)) else { return }
      let name = out.text(Self.text(data, from: 6, atMost: 16, isCut: isCut))
      out.identity(.sender, command == 0x0c ? .domain : .hostname, name, layer: Self.browserLayer)
      if command != 0x0c, let major = data.byte(22), let minor = data.byte(23) {
        out.identity(
          .sender, .softwareVersion, out.text(joined: UInt64(major), UInt64(minor)), layer: Self.browserLayer)
      }
      let comment = out.text(Self.text(data, from: 32, isCut: isCut))
      // In a domain's announcement this is the name of its master browser.
      out.identity(.sender, command == 0x0c ? .hostname : .description, comment, layer: Self.browserLayer)
    case 0x02, 0x08, 0x0d:
      // Who asks for announcements (behind an octet unused), stands for election (behind version, criteria, up-time, four
      // octets unused), is the master.
      let start = command == 0x02 ? 2 : command == 0x08 ? 14 : 1
      let name = Self.text(data, from: start, atMost: 16, isCut: isCut)
      guard told.isNew(name, salt: UInt64(command)) else { return }
      out.identity(.sender, .hostname, out.text(name), layer: Self.browserLayer)
    default: break
    }
  }

  /// A text that ends in NUL or with its room, or where nothing was cut off with the data; of half a text nothing.
  @_lifetime(copy data)
  private static func text(
    _ data: Span<UInt8>, from start: Int, atMost most: Int = .max, isCut: Bool
  ) -> Span<UInt8> {
    let room = data.clamped(from: start, count: most)
    let text = room.untilNUL()
    let isHalf = isCut && text.count == room.count && room.count < most
    return isHalf ? room.extracting(0..<0) : text
  }

  private static let commands: [UInt64: String] = [
    0x01: "host announcement", 0x02: "announcement request", 0x08: "election", 0x09: "backup list request",
    0x0a: "backup list", 0x0b: "become backup", 0x0c: "domain announcement", 0x0d: "master announcement",
    0x0e: "reset", 0x0f: "local master announcement",
  ]

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let name = layer == 0 ? "datagram" : commands[code] ?? "command"
    return OperationDescription(code: hexCode(code, digits: 2), name: name, kind: .report)
  }
}
