import OTCore

/// Reads the messages that DNS, multicast DNS and LLMNR share (RFC 1035, section 4).
struct DNSMessages: Sendable {
  /// Which of the three speaks: they differ in whom an answer speaks of.
  enum Style {
    /// A server answers for others.
    case unicast
    /// A host announces itself and its services (RFC 6762, RFC 6763).
    case multicast
    /// A host answers for itself (RFC 4795).
    case linkLocal
  }

  /// Bits above the type of a question: the operation of the header.
  private static let updateBit: UInt64 = 1 << 16

  private var told = RecentValues()

  static func frameOnAnyPort(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    if hint.isClaimed || hint.isEstablished { return frame(bytes, hint) }
    return !hint.isStream && isEveryday(bytes) ? .pdu(byteCount: bytes.count) : .notThisProtocol
  }

  static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed || hint.isEstablished else { return .notThisProtocol }
    if hint.isStream {
      guard let length = bytes.be16(0) else { return .needMore }
      guard length >= 12 else { return .notThisProtocol }
      if bytes.count < 14 { return .needMore }
      guard isHeader(bytes, at: 2, length: Int(length)) else { return .notThisProtocol }
      if !hint.isEstablished, let questions = bytes.be16(6), questions > 0 {
        var position = 14
        guard DomainName.skip(bytes, at: &position) || bytes.count < Int(length) + 2 else { return .notThisProtocol }
        guard isClass(bytes.be16(position + 2)) else { return .notThisProtocol }
      }
      return .pdu(byteCount: Int(length) + 2)
    }
    guard isHeader(bytes, at: 0, length: bytes.count) else { return .notThisProtocol }
    var position = 12
    if let questions = bytes.be16(4), questions > 0 {
      guard DomainName.skip(bytes, at: &position) else { return .notThisProtocol }
      guard isClass(bytes.be16(position + 2)) else { return .notThisProtocol }
    }
    return .pdu(byteCount: bytes.count)
  }

  /// Whether a datagram is, from its first to its last octet, one question of the internet's class about an ordinary type
  /// with a name of letters, or such a question with its answers: what is believed on any port.
  static func isEveryday(_ bytes: Span<UInt8>) -> Bool {
    guard let flags = bytes.be16(2), bytes.be16(4) == 1, let answers = bytes.be16(6), let authorities = bytes.be16(8),
      let additional = bytes.be16(10)
    else { return false }
    let isAnswer = flags & 0x8000 != 0
    // A question wants recursion, perhaps with AD or CD; an answer has no more than an answer has.
    guard isAnswer ? flags & 0x7840 == 0 && flags & 15 <= 5 : flags & 0xfecf == 0 && answers == 0 && authorities == 0
    else { return false }
    let records = Int(answers) + Int(authorities) + Int(additional)
    guard records <= 64, let byte = bytes.byte(12), byte > 0 else { return false }
    var position = 12
    guard skipHostName(bytes, at: &position), let type = bytes.be16(position), bytes.be16(position + 2) == 1 else {
      return false
    }
    switch type {
    case 1, 2, 5, 6, 12, 15, 16, 28, 33, 35, 43, 48, 64, 65, 255: break
    default: return false
    }
    // A NetBIOS name, of which a question for the status has the number of another type.
    if type == 33, byte == 32, DomainName.isNetBIOS(bytes, at: 12) { return false }
    position += 4
    for _ in 0..<records {
      guard DomainName.skip(bytes, at: &position), let length = bytes.be16(position + 8) else { return false }
      position += 10 + Int(length)
    }
    return position == bytes.count
  }

  /// Moves behind a name of letters, digits, hyphens and underscores that has no pointer.
  private static func skipHostName(_ bytes: Span<UInt8>, at position: inout Int) -> Bool {
    for _ in 0..<Limits.nesting {
      guard let count = bytes.byte(position).map(Int.init), count <= 63, position + count < bytes.count else {
        return false
      }
      position += 1
      if count == 0 { return true }
      for index in position..<(position + count) {
        switch bytes[index] {
        case 0x2d, 0x30...0x39, 0x41...0x5a, 0x5f, 0x61...0x7a: break
        default: return false
        }
      }
      position += count
    }
    return false
  }

  /// Classes in use, without the highest bit, which multicast DNS uses; nothing where the bytes are cut off.
  private static func isClass(_ value: UInt16?) -> Bool {
    guard let value else { return true }
    switch value & 0x7fff {
    case 1, 3, 4, 254, 255: return true
    default: return false
    }
  }

  /// Whether twelve octets look like a header: operation at most 6, and counts that could fit.
  private static func isHeader(_ bytes: Span<UInt8>, at start: Int, length: Int) -> Bool {
    guard let flags = bytes.be16(start + 2), let questions = bytes.be16(start + 4), let answers = bytes.be16(start + 6),
      let authorities = bytes.be16(start + 8), let additional = bytes.be16(start + 10)
    else { return false }
    let operation = flags >> 11 & 15
    let records = Int(answers) + Int(authorities) + Int(additional)
    return operation <= 6 && operation != 3 && Int(questions) * 5 + records * 11 <= length - 12
      && (questions > 0 || records > 0)
  }

  mutating func read(
    _ pdu: inout ByteCursor, _ context: PDUContext, _ style: Style, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    told.listen(to: nil)
    if context.isStream { try pdu.skip(2, "length") }
    let bytes = pdu.rest()
    guard let flags = bytes.be16(2), let questions = bytes.be16(4), let answers = bytes.be16(6) else {
      throw DecodeError("header", at: 0, .truncated)
    }
    let additional = Int(bytes.be16(8) ?? 0) + Int(bytes.be16(10) ?? 0)
    let isResponse = flags >> 15 == 1
    var operation = Operation(flags >> 11 & 15 == 5 ? Self.updateBit : 0, isResponse ? .response : .request)
    if isResponse { operation.outcome = flags & 15 == 0 ? .success : .failure(UInt32(flags & 15)) }
    defer { out.operation(operation) }
    var position = 12
    for item in 0..<Swift.min(Int(questions), Limits.itemsPerPDU) {
      let start = position
      guard DomainName.skip(bytes, at: &position), let type = bytes.be16(position) else {
        throw DecodeError("question", at: start, .truncated)
      }
      position += 4
      if item == 0 { operation.code |= UInt64(type) }
      // Asked in an answer, a name has been told by its question, or is told now.
      if told.isNew(bytes.clamped(from: start, count: position - start), salt: 1) {
        var name = start
        if let text = DomainName.read(bytes, at: &name, into: &out) {
          out.property(.queryName, text, subject: isResponse ? .receiver : .sender)
        }
      }
      if style == .unicast, !isResponse, position - 4 - start >= Self.longNameBytes {
        longName(bytes, start, into: &out)
      }
    }
    guard isResponse || style == .multicast else { return }
    // In multicast DNS the additional records are the announcer's own as well.
    if style != .unicast { told.listen(to: context) }
    let records = style == .multicast ? Int(answers) + additional : Int(answers)
    for _ in 0..<Swift.min(records, Limits.itemsPerPDU) {
      try record(bytes, &position, style, &out)
    }
  }

  /// Names from here on are too long for people to type; data that leaves by names makes them as long as it can.
  private static let longNameBytes = 100

  /// Tells the last two labels of a long name, so that names below one domain are counted together.
  private func longName(_ bytes: Span<UInt8>, _ start: Int, into out: inout ObservationBuffer) {
    var ends = (start, start)
    var at = start
    for _ in 0..<128 {
      guard let count = bytes.byte(at), count > 0, count < 64 else { break }
      ends = (ends.1, at)
      at += Int(count) + 1
    }
    var from = ends.0
    if let parent = DomainName.read(bytes, at: &from, into: &out) { out.property(.longName, parent) }
  }

  // MARK: resource records

  private mutating func record(
    _ bytes: Span<UInt8>, _ position: inout Int, _ style: Style, _ out: inout ObservationBuffer
  ) throws(DecodeError) {
    let start = position
    guard DomainName.skip(bytes, at: &position), let type = bytes.be16(position), let length = bytes.be16(position + 8)
    else { throw DecodeError("resource record", at: start, .truncated) }
    let data = position + 10
    guard Int(length) <= bytes.count - data else { throw DecodeError("resource data", at: data, .truncated) }
    position = data + Int(length)
    if style == .unicast {
      answer(bytes, owner: start, type, data, Int(length), &out)
    } else {
      announcement(bytes, owner: start, type, data, Int(length), &out)
    }
  }

  /// What a server says of others: the address of a name, the name of an address.
  private mutating func answer(
    _ bytes: Span<UInt8>, owner: Int, _ type: UInt16, _ data: Int, _ length: Int, _ out: inout ObservationBuffer
  ) {
    guard type == 1 || type == 28 || type == 12 else { return }
    var name = owner
    guard told.isNew(bytes.clamped(from: data, count: length), salt: UInt64(type) << 8) else { return }
    if type == 12 {
      guard let address = Self.reverseAddress(bytes, at: owner) else { return }
      var target = data
      if let text = DomainName.read(bytes, at: &target, into: &out) { out.identity(.address(address), .name, text) }
    } else if let text = DomainName.read(bytes, at: &name, into: &out) {
      if type == 1, let address = bytes.be32(data) { out.identity(.address(.ipv4(address)), .name, text) }
      if type == 28, let address = bytes.ipv6(data) { out.identity(.address(address), .name, text) }
    } else {
      out.anomaly("name", .invalid, at: owner)
    }
  }

  /// What a host says of itself: its name, the services it offers, and what it calls them.
  private mutating func announcement(
    _ bytes: Span<UInt8>, owner: Int, _ type: UInt16, _ data: Int, _ length: Int, _ out: inout ObservationBuffer
  ) {
    let attribute: IdentityAttribute
    switch type {
    case 1, 28: attribute = .hostname
    case 12: attribute = Self.reverseAddress(bytes, at: owner) == nil ? .application : .address
    case 16, 33: attribute = .application
    // Another name, what hardware it is, and which records it has (RFC 6762 section 6.1).
    case 5, 13, 47: attribute = Self.isService(bytes, at: owner) ? .application : .name
    default: return
    }
    guard told.isNew(bytes.clamped(from: owner, count: data + length - owner), salt: 2) else { return }
    var name = owner
    if let text = DomainName.read(bytes, at: &name, into: &out) { out.identity(.sender, attribute, text) }
    guard type == 12 || (type == 33 && length > 6) else { return }
    // Behind priority, weight and port a service has the name of its host.
    var target = type == 33 ? data + 6 : data
    if let text = DomainName.read(bytes, at: &target, into: &out) {
      out.identity(.sender, type == 33 || attribute == .address ? .hostname : .application, text)
    }
  }

  /// Whether a name has a label that starts with an underscore, as those of services do (RFC 6763 section 4.1.2).
  private static func isService(_ bytes: Span<UInt8>, at start: Int) -> Bool {
    var index = DomainName.resolve(bytes, start)
    for _ in 0..<Limits.nesting {
      guard let count = bytes.byte(index), count > 0, count < 64 else { return false }
      if bytes.byte(index + 1) == 0x5f { return true }
      index = DomainName.resolve(bytes, index + Int(count) + 1)
    }
    return false
  }

  /// `4.3.2.1.in-addr.arpa` as 1.2.3.4 (RFC 1035, section 3.5).
  private static func reverseAddress(_ bytes: Span<UInt8>, at start: Int) -> HostAddress? {
    var index = DomainName.resolve(bytes, start)
    var address: UInt32 = 0
    for group in 0..<4 {
      guard let count = bytes.byte(index), count >= 1, count <= 3 else { return nil }
      var octet: UInt32 = 0
      for offset in 1...Int(count) {
        guard let digit = bytes.byte(index + offset), digit >= 48, digit <= 57 else { return nil }
        octet = octet * 10 + UInt32(digit - 48)
      }
      guard octet <= 255 else { return nil }
      address |= octet << UInt32(8 * group)
      index += Int(count) + 1
    }
    guard bytes.byte(index) == 7, bytes.hasASCII(ignoringCase: "in-addr", at: index + 1) else { return nil }
    return .ipv4(address)
  }

  private static let types: [UInt64: String] = [
    1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 41: "OPT", 47: "NSEC",
    64: "SVCB", 65: "HTTPS", 251: "IXFR", 252: "AXFR", 255: "ANY",
  ]

  static func describe(operation code: UInt64) -> OperationDescription {
    let type = code & 0xffff
    let name = types[type] ?? "type \(type)"
    if code & updateBit != 0 { return OperationDescription(code: "update", name: "update \(name)", kind: .write) }
    return OperationDescription(code: "\(type)", name: "query \(name)", kind: .discover)
  }
}
