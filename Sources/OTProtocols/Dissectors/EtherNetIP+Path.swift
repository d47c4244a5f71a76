import OTCore

extension EtherNetIPDissector {
  /// What a request is addressed to: class, instance, attribute, or a tag by name. Volume 1, appendix C (EPATH).
  struct Path: Sendable, Equatable {
    var classID: UInt16?
    var instance: UInt32 = 0
    var attribute: UInt16?
    /// Whether it holds a safety network segment (Volume 5, appendix C): a safety connection is opened.
    var isSafety = false
    /// Whether it names a tag.
    var isSymbolic = false
    /// Range of ``MessageSurvey/symbols`` that holds the tag's name.
    var symbolStart: UInt32 = 0
    var symbolCount: UInt32 = 0
  }

  /// A service of a request, what it is for, and the code of its operation.
  struct Part: Sendable {
    var service: UInt8
    var path: Path
    var code: UInt64
    /// Ranges of ``MessageSurvey/classes``: what the path names, and behind it what the path of a connection does.
    var pathClasses: Range<Int> = 0..<0
    var connectionClasses: Range<Int> = 0..<0
    /// Whether an answer that is no refusal tells nothing but that it is one.
    var isPlain: Bool
    /// Whether it is sent on and the message inside answered.
    var carriesMessage: Bool {
      service == Service.unconnectedSend && path.classID == ObjectClass.connectionManager
    }
    /// Whether the answer is the value of a tag.
    var readsTag: Bool { service == Service.readTag && path.classID == nil && path.isSymbolic }

    init(_ service: UInt8, _ path: Path) {
      self.service = service
      self.path = path
      code = OperationCode.own(service, path)
      isPlain =
        switch (service, path.classID) {
        case (Service.multipleServicePacket, _), (Service.readTag, nil): false
        case (_, ObjectClass.identity), (_, ObjectClass.connectionManager), (_, ObjectClass.pccc),
          (_, ObjectClass.networkInterface), (_, ObjectClass.ethernetLink), (_, ObjectClass.port),
          (_, ObjectClass.ethernetIPSecurity), (_, ObjectClass.certificates):
          false
        default: true
        }
    }

    /// Whether these octets begin with an answer of this service that is no refusal.
    @inline(__always)
    func isAnswered(by answer: Span<UInt8>) -> Bool {
      answer.count >= 4 && answer[0] == service | 0x80 && answer[2] == 0 && answer[3] == 0
    }
  }

  /// Services, classes and names of one message: what was asked, or what an answer refers to.
  ///
  /// `parts` are services with their paths, outer before inner; `classes` are all classes any path of the message names.
  struct MessageSurvey: Sendable {
    var parts: [Part] = []
    var classes: [UInt16] = []
    var symbols: [UInt8] = []
    /// Whether more was recorded of the message than its parts tell: values, commands inside.
    var tellsMore = false
    /// Whether what this reads of an answer without a refusal is the value of a tag at most.
    private(set) var isPlain = false

    mutating func begin() {
      parts.empty()
      classes.empty()
      symbols.empty()
      tellsMore = false
      isPlain = false
    }

    /// Adds to the codes of all parts what is printed with them, when the request is read.
    mutating func settle() {
      let shared = OperationCode.shared(by: classes)
      for index in parts.indices {
        parts[index].code |= classes.count == parts.count ? OperationCode.printing(classes[index]) : shared
      }
      let services = parts.first?.service == Service.multipleServicePacket ? parts.dropFirst() : parts[...]
      isPlain = services.allSatisfy { $0.isPlain || ($0.readsTag && parts.count == 1) } && !parts.isEmpty
    }

    /// Notes the path of a connection that the last part opens or closes.
    mutating func readConnectionPath(_ cursor: inout ByteCursor) throws(DecodeError) -> Path {
      let start = classes.count
      defer {
        if !parts.isEmpty { parts[parts.count - 1].connectionClasses = start..<classes.count }
      }
      return try readPath(&cursor)
    }

    /// Reads an EPATH, notes the classes it names, and gives where it leads.
    mutating func readPath(_ cursor: inout ByteCursor) throws(DecodeError) -> Path {
      var path = Path()
      path.symbolStart = UInt32(truncatingIfNeeded: symbols.count)
      while !cursor.isAtEnd {
        let segment = try cursor.u8("path segment")
        switch segment >> 5 {
        case 0: try skipPort(segment, &cursor)
        case 1: try readLogical(segment, &cursor, into: &path)
        case 2:
          // Network: one octet, or a count of words where bit 4 is set.
          let value = Int(try cursor.u8("network segment"))
          if segment == 0x50 { path.isSafety = true }
          if segment & 0x10 != 0 { try cursor.skip(value * 2, "network segment") }
        case 3:
          try appendSymbol(&cursor, Int(segment & 0x1f), into: &path)
        case 4:
          let count = Int(try cursor.u8("data segment length"))
          if segment == 0x91 {
            try appendSymbol(&cursor, count, into: &path)
            if count & 1 == 1 { try cursor.skip(min(1, cursor.remaining), "pad") }
          } else {
            try cursor.skip(count * 2, "data segment")
          }
        default: return path
        }
      }
      return path
    }

    private func skipPort(_ segment: UInt8, _ cursor: inout ByteCursor) throws(DecodeError) {
      let addressLength = segment & 0x10 != 0 ? Int(try cursor.u8("link address size")) : 1
      if segment & 0x0f == 15 { try cursor.skip(2, "extended port") }
      try cursor.skip(addressLength, "link address")
      if addressLength > 1, addressLength & 1 == 1 { try cursor.skip(min(1, cursor.remaining), "pad") }
    }

    private mutating func readLogical(
      _ segment: UInt8, _ cursor: inout ByteCursor, into path: inout Path
    ) throws(DecodeError) {
      let value: UInt32
      if segment & 0x1c == 0x14 {
        try cursor.skip(min(9, cursor.remaining), "electronic key")
        return
      }
      switch segment & 3 {
      case 0: value = UInt32(try cursor.u8("logical value"))
      case 1:
        try cursor.skip(1, "pad")
        value = UInt32(try cursor.u16le("logical value"))
      default:
        try cursor.skip(1, "pad")
        value = try cursor.u32le("logical value")
      }
      switch segment & 0x1c {
      case 0x00:
        let classID = UInt16(truncatingIfNeeded: value)
        if classes.count < Limits.itemsPerPDU { classes.append(classID) }
        if path.classID == nil { path.classID = classID }
      case 0x04: path.instance = value
      case 0x10: path.attribute = UInt16(truncatingIfNeeded: value)
      default: break
      }
    }

    /// Parts of a tag's name are joined by full stops: `Program:Main.Speed`.
    private mutating func appendSymbol(
      _ cursor: inout ByteCursor, _ count: Int, into path: inout Path
    ) throws(DecodeError) {
      let name = try cursor.take(count, "symbol")
      if path.symbolCount > 0 { symbols.append(UInt8(ascii: ".")) }
      symbols.append(name.clamped(from: 0, count: Limits.textBytes))
      path.symbolCount = UInt32(truncatingIfNeeded: symbols.count) &- path.symbolStart
    }

    /// Puts the text made of the tag's name in the place of its octets: it is told again with each answer.
    mutating func keepText(of path: inout Path, into out: inout ObservationBuffer) {
      guard path.symbolCount > 0 else { return }
      path.isSymbolic = true
      let start = Int(path.symbolStart)
      let text = out.text(symbols.span.clamped(from: start, count: Int(path.symbolCount)))
      symbols.removeSubrange(start...)
      symbols.append(out.octets(text))
      path.symbolCount = text.count
    }
  }

  /// Requests of one conversation, by their octets and by what their answers repeat.
  ///
  /// A few of the keys that share a place are kept, the newest first: counts run, and contexts may be any numbers.
  struct Exchanges: Sendable {
    var requests = RepeatedOctets<MessageSurvey>(maximum: slotCount + 1)
    private var slots: [Slot] = []
    private static var slotCount: Int { 32 }
    /// Slots of one place.
    private static var wayCount: Int { 4 }

    private struct Slot: Sendable {
      var key = UInt64.max
      var request: RepeatedOctets<MessageSurvey>.Reference?
    }

    /// The first slot of a key's place. Two connections of one session count for themselves, and may differ in the upper
    /// octet of their counts alone.
    private static func place(of key: UInt64) -> Int {
      var folded = key ^ key >> 32
      folded ^= folded >> 16
      folded ^= folded >> 8
      return Int(truncatingIfNeeded: folded & UInt64(slotCount / wayCount - 1)) * wayCount
    }

    mutating func remember(_ request: RepeatedOctets<MessageSurvey>.Reference, for key: UInt64) {
      if slots.isEmpty { slots = Array(repeating: Slot(), count: Self.slotCount) }
      let first = Self.place(of: key)
      // The one of the same key goes, or the oldest.
      var index = first
      while index < first + Self.wayCount - 1, slots[index].key != key { index += 1 }
      requests.hold(request)
      if let before = slots[index].request { requests.release(before) }
      while index > first {
        slots[index] = slots[index - 1]
        index -= 1
      }
      slots[first] = Slot(key: key, request: request)
    }

    /// The request of this key, if it is there. It stays, because an answer may be retransmitted.
    func request(of key: UInt64) -> RepeatedOctets<MessageSurvey>.Reference? {
      guard !slots.isEmpty else { return nil }
      let first = Self.place(of: key)
      for index in first..<(first + Self.wayCount) where slots[index].key == key {
        guard let request = slots[index].request, requests.holds(request) else { return nil }
        return request
      }
      return nil
    }
  }

  /// Connections opened in this conversation: both identifiers and the classes of the path they lead to.
  struct Connections: Sendable {
    private var known: [(toTarget: UInt32, toOriginator: UInt32, classes: [UInt16])] = []
    private static var maximum: Int { 32 }
    /// How often one was opened, after which the same number may stand for another.
    private var openings: UInt64 = 0

    /// What the reading of a message depends on besides its octets.
    func salt(_ index: Int?) -> UInt64 { index.map { openings << 8 | UInt64($0 + 1) } ?? 0 }

    func find(_ identifier: UInt32) -> Int? {
      guard identifier != 0 else { return nil }
      return known.lastIndex { $0.toTarget == identifier || $0.toOriginator == identifier }
    }

    /// Whether messages travel in a connection: they do where it leads to the message router, and may where its path is not
    /// known or names no class. What goes to another object is what this object makes of it. Volume 1, section 3-1.
    func leadsToMessages(_ index: Int?) -> Bool {
      guard let index, known.indices.contains(index), let last = known[index].classes.last else { return true }
      return last == ObjectClass.messageRouter
    }

    func appendClasses(of index: Int, to classes: inout [UInt16]) {
      if known.indices.contains(index) { classes.append(contentsOf: known[index].classes) }
    }

    mutating func open(_ toTarget: UInt32, _ toOriginator: UInt32, _ classes: [UInt16]) {
      openings &+= 1
      if let index = known.firstIndex(where: { $0.toTarget == toTarget }) {
        known[index] = (toTarget, toOriginator, classes)
        return
      }
      if known.count >= Self.maximum { known.removeFirst() }
      known.append((toTarget, toOriginator, classes))
    }
  }
}
