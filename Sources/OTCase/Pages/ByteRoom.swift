import OTCore

/// Bytes that are gathered, used and gathered anew, a hundred thousand times over: emptying it costs nothing, and an added
/// byte is checked for room and no more.
struct ByteRoom {
  private var bytes: [UInt8] = Array(repeating: 0, count: 256)
  /// Bytes that were added; may be set back.
  var count = 0

  var span: Span<UInt8> { @_lifetime(borrow self) borrowing get { bytes.span.extracting(0..<count) } }

  @inline(__always)
  private mutating func makeRoom(_ more: Int) { if bytes.count - count < more { grow(more) } }

  @inline(never)
  private mutating func grow(_ more: Int) { bytes.append(contentsOf: repeatElement(0, count: bytes.count + more)) }

  @inline(__always)
  mutating func add(_ byte: UInt8) {
    makeRoom(1)
    bytes[count] = byte
    count += 1
  }

  mutating func add(_ added: Span<UInt8>) {
    makeRoom(added.count)
    bytes.overwrite(at: count, with: added)
    count += added.count
  }

  /// Adds the lowest bytes of a number, eight at most, the highest of them first.
  @inline(__always)
  mutating func add(lowest: Int, of value: UInt64) {
    makeRoom(8)
    // Eight are written and the last of them left behind, which is faster than looking how many there are.
    let aligned = value << UInt64(64 - 8 * lowest)
    let start = count
    var room = bytes.mutableSpan
    // Checked once, so that the compiler joins the stores.
    precondition(start >= 0 && start <= room.count - 8)
    room[start] = UInt8(truncatingIfNeeded: aligned >> 56)
    room[start &+ 1] = UInt8(truncatingIfNeeded: aligned >> 48)
    room[start &+ 2] = UInt8(truncatingIfNeeded: aligned >> 40)
    room[start &+ 3] = UInt8(truncatingIfNeeded: aligned >> 32)
    room[start &+ 4] = UInt8(truncatingIfNeeded: aligned >> 24)
    room[start &+ 5] = UInt8(truncatingIfNeeded: aligned >> 16)
    room[start &+ 6] = UInt8(truncatingIfNeeded: aligned >> 8)
    room[start &+ 7] = UInt8(truncatingIfNeeded: aligned)
    count += lowest
  }

  /// Adds a number in as many bytes as it needs, seven bits in each, the eighth says that more follow; a ninth holds eight
  /// bits (SQLite, "Database File Format", section 1.6).
  @inline(__always)
  mutating func add(varint value: UInt64) {
    if value < 0x80 { return add(UInt8(truncatingIfNeeded: value)) }
    addLong(varint: value)
  }

  private mutating func addLong(varint value: UInt64) {
    let size = Self.size(varint: value)
    makeRoom(size)
    let whole = size == 9 ? 8 : 0
    for place in 0..<size {
      let isLast = place == size - 1
      let shift = UInt64(whole + 7 * (size - 1 - place) - (whole > 0 ? 7 : 0))
      bytes[count + place] =
        isLast
        ? UInt8(truncatingIfNeeded: whole > 0 ? value : value & 0x7f)
        : UInt8(truncatingIfNeeded: value >> shift) | 0x80
    }
    count += size
  }

  /// Bytes a number takes.
  static func size(varint value: UInt64) -> Int { min(9, max(1, (70 - value.leadingZeroBitCount) / 7)) }
}
