import OTCore

/// What describes one unrecognised conversation; conversations of one shape are joined into an ``UnknownShapeFact``.
struct UnknownSketch: Sendable {
  /// Index into the facts' conversations.
  var conversation: Int
  let record: UnknownRecord
  let toServer: UnknownTraits
  let toClient: UnknownTraits
  let transport: ConversationFact.Transport
  /// Server's port, or the number of the EtherType or IP protocol.
  let place: UInt16

  init(_ conversation: Int, _ record: UnknownRecord, _ transport: ConversationFact.Transport, place: UInt16) {
    self.conversation = conversation
    self.record = record
    self.transport = transport
    self.place = place
    toServer = UnknownTraits(record.toServer, begin: record.begin)
    toClient = UnknownTraits(record.toClient, begin: record.begin)
  }

  /// Data units of one direction that are enough to tell what they have in common.
  static let leastUnits: UInt64 = 4
  /// Ports from here on are handed out by the day.
  private static let ephemeralPort: UInt16 = 32768

  /// A direction's part in the name.
  struct Signature: Hashable, Comparable {
    var kind: UInt8
    /// Four bytes and which of them count.
    var mask: UInt32 = 0
    var bytes: UInt32 = 0

    static func < (left: Self, right: Self) -> Bool {
      (left.kind, left.mask, left.bytes) < (right.kind, right.mask, right.bytes)
    }

    /// Of the first four bytes those that are always the same, are not 0 and belong neither to a number that was found nor
    /// to one that was drawn by lot; of more than two the first two, where a magic number stands: what follows is more
    /// likely a command that was not varied.
    init(_ traits: UnknownTraits) {
      let fields = traits.fields
      // How random the bytes are varies from day to day; whether they are text does not.
      kind = traits.content.kind == .text ? 1 : 0
      var taken = 0
      for index in 0..<4 {
        guard let byte = fields.constant(index), byte != 0, !fields.isField(index), !fields.isDrawn(index), taken < 2
        else { continue }
        taken += 1
        mask |= 0xff << UInt32(24 - 8 * index)
        bytes |= UInt32(byte) << UInt32(24 - 8 * index)
      }
      if taken > 0 { kind = 0 }
    }

    var markCount: Int { mask.nonzeroBitCount / 8 }

    func fits(_ side: UnknownSide) -> Bool {
      guard side.sampled > 0 else { return false }
      let head = side.samples[0].number(0, width: 4, isBig: true) ?? 0
      return mask != 0 && UInt32(truncatingIfNeeded: head) & mask == bytes
    }
  }

  /// Directions that were seen often enough, each signature once: a protocol whose two directions begin alike is known
  /// from a recording of one.
  var signatures: [Signature] {
    var found: Set<Signature> = []
    if record.toServer.units >= Self.leastUnits { found.insert(Signature(toServer)) }
    if record.toClient.units >= Self.leastUnits { found.insert(Signature(toClient)) }
    return found.sorted()
  }

  /// Port or number by which the traffic is told apart where its bytes do not tell.
  var fixedPlace: UInt16 {
    transport == .tcp || transport == .udp ? (place < Self.ephemeralPort ? place : 0) : place
  }

  func name(_ signatures: [Signature]) -> String {
    var text: [UInt8] = [transport.rawValue]
    func add(_ value: UInt32) {
      for shift: UInt32 in [24, 16, 8, 0] { text.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
    for signature in signatures {
      text.append(signature.kind)
      add(signature.mask)
      add(signature.bytes)
    }
    let marks = signatures.reduce(0) { $0 + $1.markCount }
    if marks < 2 || transport == .ethernet || transport == .other { add(UInt32(fixedPlace)) }
    let digest = SHA256.digest(text.span)
    let digits = digest.prefix(3).flatMap { [hexDigit($0 >> 4), hexDigit($0)] }
    return "unknown-\(transport.name)-\(String(decoding: digits, as: UTF8.self).uppercased())"
  }
}

/// What one direction of a conversation shows.
struct UnknownTraits: Sendable {
  var fields: UnknownFields
  var content: UnknownContent

  init(_ side: UnknownSide, begin: Int64) {
    fields = UnknownFields(side, begin: begin)
    content = UnknownContent(side)
  }
}

extension UnknownRecord {
  /// Adds what was kept of the same conversation under another number.
  mutating func absorb(_ other: UnknownRecord) {
    begin = Swift.min(begin, other.begin)
    turns &+= other.turns
    toServer.absorb(other.toServer)
    toClient.absorb(other.toClient)
  }
}

extension UnknownSide {
  fileprivate mutating func absorb(_ other: UnknownSide) {
    units &+= other.units
    bytes &+= other.bytes
    shortest = Swift.min(shortest, other.shortest)
    longest = Swift.max(longest, other.longest)
    for index in 0..<17 { sizes[index] &+= other.sizes[index] }
    for index in 0..<other.sampled where sampled < Self.sampleUnits {
      samples[sampled] = other.samples[index]
      sampled += 1
    }
    for index in 0..<256 { values[index] &+= other.values[index] }
    counted += other.counted
  }
}

extension UnknownFields {
  /// What both have in common.
  mutating func intersect(_ other: UnknownFields) {
    for index in 0..<16 where constant(index) != other.constant(index) { constantMask &= ~(1 << UInt16(index)) }
    common = Swift.min(common, other.common)
    length = length ?? other.length
    counter = counter ?? other.counter
    clock = clock ?? other.clock
    if command == nil || command == other.command {
      command = command ?? other.command
      commands = Set(commands + other.commands).sorted()
    }
    if ending != other.ending { ending = nil }
  }

  /// `aa 55 ?? 01`: up to the last byte of the first twelve that is always the same; letters as such: `"Content-Leng"`.
  var begins: String {
    let whole = (0..<Swift.min(common, 12)).prefix { constant($0) != nil }.compactMap { constant($0) }
    if whole.count >= 4, whole.count == Swift.min(common, 12), whole.allSatisfy({ (0x20...0x7e).contains($0) }) {
      return "\"\(String(decoding: whole, as: UTF8.self))\""
    }
    var bytes = (0..<Swift.min(common, 12)).map { index in
      constant(index).map { String(decoding: [hexDigit($0 >> 4), hexDigit($0)], as: UTF8.self) } ?? "??"
    }
    while bytes.last == "??" { bytes.removeLast() }
    return bytes.joined(separator: " ")
  }

  /// `length in 2 bytes at 4, big-endian, of what follows (+6)`.
  var words: String {
    var parts: [String] = []
    if let length {
      let meaning = length.adjust == 0 ? "of the whole" : "\(length.adjust > 0 ? "+" : "")\(length.adjust)"
      parts.append("length \(Self.words(length.offset, length.width, length.isBig)) (\(meaning))")
    }
    if let counter { parts.append("counter \(Self.words(counter.offset, counter.width, counter.isBig))") }
    if let clock { parts.append("clock \(Self.words(clock.offset, clock.width, clock.isBig)), seconds since 1970") }
    if let command {
      let values = commands.prefix(8).map { String(decoding: [hexDigit($0 >> 4), hexDigit($0)], as: UTF8.self) }
      parts.append("byte \(command) is one of \(values.joined(separator: " "))")
    }
    return parts.joined(separator: "; ")
  }

  private static func words(_ offset: Int, _ width: Int, _ isBig: Bool) -> String {
    width == 1
      ? "in byte \(offset)" : "in \(width) bytes from \(offset), \(isBig ? "big" : "little")-endian"
  }
}
