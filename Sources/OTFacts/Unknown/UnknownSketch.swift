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

  /// What the data units of one direction always begin with and is a mark of the protocol.
  struct Mark: Hashable, Comparable {
    /// The first bytes on the wire in the highest octets.
    var bytes: UInt32
    var count: Int
    /// Letters that nobody sends by chance; else two bytes that may be a command which was not varied.
    var isCertain: Bool

    static func < (left: Self, right: Self) -> Bool { (left.count, left.bytes) < (right.count, right.bytes) }

    /// Nothing is a mark that is 0, belongs to a number that was found, or was drawn by lot. What text begins with is a
    /// word of it more often than not.
    init?(_ traits: UnknownTraits) {
      let fields = traits.fields
      var constant: [UInt8] = []
      while constant.count < 8, let byte = fields.constant(constant.count), byte != 0, !fields.isField(constant.count) {
        constant.append(byte)
      }
      let letters = constant.prefix { (0x20...0x7e).contains($0) }.count
      isCertain = letters >= (traits.content.kind == .text ? 8 : 4)
      if isCertain {
        count = 4
      } else if constant.count >= 2, traits.content.kind != .text, !fields.isDrawn(0) {
        count = 2
      } else {
        return nil
      }
      bytes = 0
      for index in 0..<count { bytes |= UInt32(constant[index]) << UInt32(24 - 8 * index) }
    }

    func fits(_ side: UnknownSide) -> Bool {
      guard side.sampled > 0, let head = side.samples[0].number(0, width: 4, isBig: true) else { return false }
      return UInt32(truncatingIfNeeded: head) >> UInt32(32 - 8 * count) == bytes >> UInt32(32 - 8 * count)
    }
  }

  /// Whether enough was seen to tell what its data units have in common.
  var isTelling: Bool { record.toServer.units >= Self.leastUnits || record.toClient.units >= Self.leastUnits }

  /// Marks of the directions that were seen often enough. Two bytes count where both directions have the same: then it is
  /// no command, and a recording of one direction gives the same name.
  var marks: [Mark] {
    var found: [Mark?] = []
    if record.toServer.units >= Self.leastUnits { found.append(Mark(toServer)) }
    if record.toClient.units >= Self.leastUnits { found.append(Mark(toClient)) }
    let there = Set(found.compactMap(\.self))
    if there.count == 1, found.allSatisfy({ $0 != nil }) { return there.sorted() }
    return there.filter(\.isCertain).sorted()
  }

  private var isText: Bool {
    [(record.toServer, toServer), (record.toClient, toClient)].allSatisfy { side, traits in
      side.units == 0 || traits.content.kind == .text
    }
  }

  /// Port or number by which the traffic is told apart where its bytes do not tell.
  var fixedPlace: UInt16 {
    transport == .tcp || transport == .udp ? (place < Self.ephemeralPort ? place : 0) : place
  }

  /// The same for every conversation with these marks; without any, for every one at its port.
  func name(_ marks: [Mark]) -> String {
    var text: [UInt8] = [transport.rawValue]
    func add(_ value: UInt32) {
      for shift: UInt32 in [24, 16, 8, 0] { text.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
    for mark in marks {
      text.append(UInt8(truncatingIfNeeded: mark.count))
      add(mark.bytes)
    }
    let hasPorts = transport == .tcp || transport == .udp
    if marks.isEmpty || !hasPorts { add(UInt32(fixedPlace)) }
    if marks.isEmpty, hasPorts { text.append(isText ? 1 : 0) }
    let digits = SHA256.digest(text.span).prefix(3).flatMap { [hexDigit($0 >> 4), hexDigit($0)] }
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
