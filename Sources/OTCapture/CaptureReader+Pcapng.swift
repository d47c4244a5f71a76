internal import OTCore

/// What holds until the next section header of a pcapng, and what is needed for every frame.
struct PcapngSection: Sendable {
  /// Per interface of the file: what each frame needs.
  struct Interface: Sendable {
    var clock: CaptureClock
    var linkType: UInt16
    var snapLength: UInt32
    var frames: UInt64 = 0
  }

  var interfaces: [Interface] = []
  /// Index of the section's first interface.
  var first = 0
}

/// Block types (draft-ietf-opsawg-pcapng, section 11.1).
private enum BlockType {
  static let section: UInt32 = 0x0a0d_0d0a
  static let interface: UInt32 = 1
  static let obsoletePacket: UInt32 = 2
  static let simplePacket: UInt32 = 3
  static let interfaceStatistics: UInt32 = 5
  static let enhancedPacket: UInt32 = 6
  static let decryptionSecrets: UInt32 = 10
}

extension CaptureReader {
  /// Longest block that is believed (libpcap's bound); what does not fit into the buffer is stepped over.
  static var longestBlock: Int { 1 << 24 }

  /// Whether the section header at `position` is of the other byte order; nil without a byte-order magic.
  func byteOrderMark() -> Bool? {
    let mark = unsafe buffer.loadUnaligned(fromByteOffset: position + 8, as: UInt32.self)
    return mark == 0x1a2b_3c4d ? false : (mark == 0x4d3c_2b1a ? true : nil)
  }

  /// Reads blocks up to the next one with a frame.
  mutating func nextBlock() -> Bool {
    while true {
      guard fill(12) else {
        noteEnd("a block header")
        return false
      }
      var type = word(at: position)
      if type == BlockType.section {
        if let order = byteOrderMark() { swapped = order } else { type = 0 }
      }
      let length = Int(word(at: position + 4))
      guard type != 0, length >= 12, length <= Self.longestBlock else {
        guard resynchronise(type == 0 ? "no block" : "a block length of \(length) bytes") else { return false }
        continue
      }
      guard length <= capacity else {
        let (start, behind) = (offset(position), offset(position + length))
        noteDamage(at: start, "a block of \(length) bytes, stepped over", resumedAt: behind)
        guard skip(length) else {
          noteDamage(at: offset(end), "the file ends inside it")
          return false
        }
        continue
      }
      guard fill(length) else {
        noteEnd("a block of \(length) bytes")
        return false
      }
      guard Int(word(at: position + length - 4)) == length else {
        guard resynchronise("a block whose lengths differ") else { return false }
        continue
      }
      let block = position..<(position + length - 4)
      position += length
      if read(block, type) { return true }
    }
  }

  /// Reads one whole block (without its trailing length); true when it held a frame.
  private mutating func read(_ block: Range<Int>, _ type: UInt32) -> Bool {
    switch type {
    case BlockType.enhancedPacket: return readPacket(block, interface: Int(readWord(block, 8)), obsolete: false)
    case BlockType.obsoletePacket:
      guard block.count >= 12 else { return refuse(block, "a packet block that is too short") }
      return readPacket(block, interface: Int(half(at: block.lowerBound + 8)), obsolete: true)
    case BlockType.simplePacket: return readSimplePacket(block)
    case BlockType.section: readSection(block)
    case BlockType.interface: readInterface(block)
    case BlockType.interfaceStatistics: readStatistics(block)
    case BlockType.decryptionSecrets: notes.secretsBlocks += 1
    default: notes.otherBlocks += 1
    }
    return false
  }

  /// A word of a block, or 0 where the block is too short.
  private func readWord(_ block: Range<Int>, _ offset: Int) -> UInt32 {
    block.count >= offset + 4 ? word(at: block.lowerBound + offset) : 0
  }

  /// Steps over a block that contradicts itself; the next one stands where its length says.
  private mutating func refuse(_ block: Range<Int>, _ reason: String) -> Bool {
    noteDamage(at: offset(block.lowerBound), reason, resumedAt: offset(position))
    return false
  }

  /// Enhanced packet block (section 4.3), and the obsolete packet block with a 16-bit interface and drop count.
  private mutating func readPacket(_ block: Range<Int>, interface: Int, obsolete: Bool) -> Bool {
    let start = block.lowerBound
    guard block.count >= 28 else { return refuse(block, "a packet block that is too short") }
    let captured = Int(word(at: start + 20))
    guard captured <= block.count - 28 else {
      return refuse(block, "a packet block with \(captured) bytes in \(block.count - 28)")
    }
    guard captured <= Self.longestFrame else { return refuse(block, "a frame of \(captured) bytes") }
    let index = section.first + interface
    guard section.interfaces.indices.contains(index) else {
      return refuse(block, "a frame of interface \(interface), which was not described")
    }
    let ticks = UInt64(word(at: start + 12)) << 32 | UInt64(word(at: start + 16))
    let time = section.interfaces[index].clock.time(ticks)
    frameStart = start + 28
    take(index, time, captured: captured, original: Int(word(at: start + 24)))
    if obsolete {
      let drops = half(at: start + 10)
      if drops != 0xffff { addDrops(UInt64(drops), interface: index) }
    }
    var option = frameStart + (captured + 3) & ~3
    while let (code, value) = nextOption(&option, block.upperBound) {
      // epb_dropcount: frames lost since the frame before this one.
      if code == 4, !obsolete, value.count == 8 { addDrops(long(at: value.lowerBound), interface: index) }
      noteComment(code, value, frame: current.number)
    }
    return true
  }

  /// Simple packet block (section 4.4): no time, no captured length, always of the section's first interface.
  private mutating func readSimplePacket(_ block: Range<Int>) -> Bool {
    guard block.count >= 12 else { return refuse(block, "a simple packet block that is too short") }
    guard section.interfaces.indices.contains(section.first) else {
      return refuse(block, "a frame of interface 0, which was not described")
    }
    let original = Int(word(at: block.lowerBound + 8))
    let snapLength = Int(section.interfaces[section.first].snapLength)
    let captured = min(original, block.count - 12, snapLength == 0 ? .max : snapLength)
    guard captured <= Self.longestFrame else { return refuse(block, "a frame of \(captured) bytes") }
    frameStart = block.lowerBound + 12
    notes.framesWithoutTime += 1
    let time = current.number == 0 ? Timestamp(nanoseconds: 0) : current.time
    take(section.first, time, captured: captured, original: original)
    return true
  }

  private mutating func take(_ interface: Int, _ time: Timestamp, captured: Int, original: Int) {
    section.interfaces[interface].frames &+= 1
    current.interface = UInt32(truncatingIfNeeded: interface)
    current.linkType = section.interfaces[interface].linkType
    accept(time, captured: captured, original: original)
  }

  // MARK: blocks without frames

  private mutating func readSection(_ block: Range<Int>) {
    notes.sections += 1
    section.first = section.interfaces.count
    var option = block.lowerBound + 24
    while let (code, value) = nextOption(&option, block.upperBound) {
      switch code {
      case 2: Self.note(text(at: value.lowerBound, count: value.count), in: &notes.hardware)
      case 3: Self.note(text(at: value.lowerBound, count: value.count), in: &notes.operatingSystems)
      case 4: Self.note(text(at: value.lowerBound, count: value.count), in: &notes.applications)
      default: noteComment(code, value, frame: nil)
      }
    }
  }

  private static func note(_ text: String, in list: inout [String]) {
    if !text.isEmpty, list.count < 16, !list.contains(text) { list.append(text) }
  }

  /// Interface description block (section 4.2).
  private mutating func readInterface(_ block: Range<Int>) {
    guard block.count >= 16, section.interfaces.count < Self.mostInterfaces else {
      _ = refuse(block, "an interface that is one too many or too short")
      return
    }
    var shown = CaptureInterface(
      linkType: LinkType.canonical(half(at: block.lowerBound + 8)), snapLength: word(at: block.lowerBound + 12),
      resolution: "")
    var (resolution, offset) = (UInt8(6), Int64(0))
    var option = block.lowerBound + 16
    while let (code, value) = nextOption(&option, block.upperBound) {
      switch code {
      case 2: shown.name = text(at: value.lowerBound, count: value.count)
      case 3: shown.description = text(at: value.lowerBound, count: value.count)
      case 9 where value.count >= 1: resolution = byte(at: value.lowerBound)
      case 14 where value.count == 8: offset = Int64(bitPattern: long(at: value.lowerBound))
      default: noteComment(code, value, frame: nil)
      }
    }
    shown.resolution = CaptureClock.describe(resolution)
    notes.interfaces.append(shown)
    section.interfaces.append(
      .init(
        clock: CaptureClock(resolution: resolution, offsetSeconds: offset), linkType: shown.linkType,
        snapLength: shown.snapLength))
  }

  /// Interface statistics block (section 4.6). Its counters run on: the last one holds.
  private mutating func readStatistics(_ block: Range<Int>) {
    let index = section.first + Int(readWord(block, 8))
    guard block.count >= 20, notes.interfaces.indices.contains(index) else {
      _ = refuse(block, "statistics of an interface that was not described")
      return
    }
    var option = block.lowerBound + 20
    while let (code, value) = nextOption(&option, block.upperBound) {
      switch code {
      case 4 where value.count == 8: notes.interfaces[index].received = long(at: value.lowerBound)
      case 5 where value.count == 8: notes.interfaces[index].dropped = long(at: value.lowerBound)
      default: noteComment(code, value, frame: nil)
      }
    }
  }

  private mutating func addDrops(_ count: UInt64, interface: Int) {
    guard notes.interfaces.indices.contains(interface) else { return }
    let (sum, overflow) = (notes.interfaces[interface].dropped ?? 0).addingReportingOverflow(count)
    notes.interfaces[interface].dropped = overflow ? .max : sum
  }

  // MARK: options

  /// The option at `index`, which moves on to the next one; nil at the end of the options or where one is cut.
  private func nextOption(_ index: inout Int, _ end: Int) -> (code: UInt16, value: Range<Int>)? {
    guard end - index >= 4 else { return nil }
    let code = half(at: index)
    let length = Int(half(at: index + 2))
    let start = index + 4
    guard code != 0, length <= end - start else { return nil }
    index = start + (length + 3) & ~3
    return (code, start..<(start + length))
  }

  private mutating func noteComment(_ code: UInt16, _ value: Range<Int>, frame: UInt64?) {
    guard code == 1 else { return }
    guard notes.comments.count < Self.mostComments else {
      notes.commentsLeftOut += 1
      return
    }
    let comment = text(at: value.lowerBound, count: value.count)
    if !comment.isEmpty { notes.comments.append(CaptureComment(frame: frame, text: comment)) }
  }

  /// Length of what could be a whole pcapng block, or nil where the bytes cannot be one.
  func plausibleBlock(at index: Int) -> Int? {
    let type = word(at: index)
    let length = Int(word(at: index + 4))
    guard type > 0, type < 0x10 || type == BlockType.section || type == 0xbad, length >= 12, length <= capacity else {
      return nil
    }
    guard length <= end - index else { return length }
    return Int(word(at: index + length - 4)) == length ? length : nil
  }
}
