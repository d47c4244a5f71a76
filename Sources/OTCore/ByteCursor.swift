public import CHints

/// Reads fields from wire bytes, front to back, and can neither over-run them nor outlive them.
///
/// The only way to wire bytes above `OTCapture`. Each read names its field, and advances or throws ``DecodeError``;
/// after a throw the cursor stands where it stood. Offsets count from the first byte this cursor was made over.
///
/// It keeps what is left as a span of its own: whether a field fits is one comparison, after which the compiler sees that
/// its bytes exist.
public struct ByteCursor: ~Escapable {
  /// All bytes of this cursor, read or not.
  public let bytes: Span<UInt8>
  /// The last bytes of ``bytes``: those not read yet.
  @usableFromInline var left: Span<UInt8>
  /// Position of the next read, `0...bytes.count`.
  @inlinable public var offset: Int { bytes.count &- left.count }

  @inlinable @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) {
    self.bytes = bytes
    self.left = bytes
  }

  /// Bytes not read yet.
  @inlinable public var remaining: Int { left.count }
  @inlinable public var isAtEnd: Bool { left.isEmpty }

  @inlinable
  @inline(__always) func need(_ count: Int, _ field: StaticString) throws(DecodeError) {
    guard count >= 0, count <= left.count else { throw .truncated(field, offset) }
  }

  @inlinable @inline(__always) @_lifetime(self: copy self)
  public mutating func u8(_ field: StaticString) throws(DecodeError) -> UInt8 {
    try need(1, field)
    let value = left[0]
    left = left.extracting(1..<left.count)
    return value
  }

  /// 16 bits, most significant byte first.
  @inlinable @inline(__always) @_lifetime(self: copy self)
  public mutating func u16(_ field: StaticString) throws(DecodeError) -> UInt16 {
    try need(2, field)
    let value: UInt16 = left.number(at: 0)
    left = left.extracting(2..<left.count)
    return value
  }

  /// 24 bits, most significant byte first.
  @inlinable @inline(__always) @_lifetime(self: copy self)
  public mutating func u24(_ field: StaticString) throws(DecodeError) -> UInt32 {
    try need(3, field)
    let value = UInt32(left[0]) << 16 | UInt32(left[1]) << 8 | UInt32(left[2])
    left = left.extracting(3..<left.count)
    return value
  }

  /// 32 bits, most significant byte first.
  @inlinable @inline(__always) @_lifetime(self: copy self)
  public mutating func u32(_ field: StaticString) throws(DecodeError) -> UInt32 {
    try need(4, field)
    let value: UInt32 = left.number(at: 0)
    left = left.extracting(4..<left.count)
    return value
  }

  /// 64 bits, most significant byte first.
  @inlinable @inline(__always) @_lifetime(self: copy self)
  public mutating func u64(_ field: StaticString) throws(DecodeError) -> UInt64 {
    try need(8, field)
    let value: UInt64 = left.number(at: 0)
    left = left.extracting(8..<left.count)
    return value
  }

  /// 16 bits, least significant byte first.
  @inlinable @inline(__always) @_lifetime(self: copy self)
  public mutating func u16le(_ field: StaticString) throws(DecodeError) -> UInt16 {
    try u16(field).byteSwapped
  }

  /// 24 bits, least significant byte first.
  @inlinable @inline(__always) @_lifetime(self: copy self)
  public mutating func u24le(_ field: StaticString) throws(DecodeError) -> UInt32 {
    try need(3, field)
    let value = UInt32(left[0]) | UInt32(left[1]) << 8 | UInt32(left[2]) << 16
    left = left.extracting(3..<left.count)
    return value
  }

  /// 32 bits, least significant byte first.
  @inlinable @inline(__always) @_lifetime(self: copy self)
  public mutating func u32le(_ field: StaticString) throws(DecodeError) -> UInt32 {
    try u32(field).byteSwapped
  }

  /// 64 bits, least significant byte first.
  @inlinable @inline(__always) @_lifetime(self: copy self)
  public mutating func u64le(_ field: StaticString) throws(DecodeError) -> UInt64 {
    try u64(field).byteSwapped
  }

  @inlinable @inline(__always) @_lifetime(self: copy self)
  public mutating func skip(_ count: Int, _ field: StaticString) throws(DecodeError) {
    try need(count, field)
    left = left.extracting(count..<left.count)
  }

  /// The next `count` bytes as a span.
  @inlinable @inline(__always) @_lifetime(self: copy self) @_lifetime(copy self)
  public mutating func take(_ count: Int, _ field: StaticString) throws(DecodeError) -> Span<UInt8> {
    try need(count, field)
    let taken = left.extracting(0..<count)
    left = left.extracting(count..<left.count)
    return taken
  }

  /// A cursor over the next `count` bytes that cannot read past them; this one then stands behind them.
  @inlinable @inline(__always) @_lifetime(self: copy self) @_lifetime(copy self)
  public mutating func slice(_ count: Int, _ field: StaticString) throws(DecodeError) -> ByteCursor {
    ByteCursor(try take(count, field))
  }

  /// Everything not read yet, as a span; the cursor then stands at the end.
  @inlinable @_lifetime(self: copy self) @_lifetime(copy self)
  public mutating func rest() -> Span<UInt8> {
    let rest = left
    left = left.extracting(left.count..<left.count)
    return rest
  }

  /// Everything not read yet, without moving.
  @inlinable @_lifetime(copy self)
  public func peekRest() -> Span<UInt8> { left }

  /// The byte `ahead` of the next one, or nil behind the end; does not move.
  @inlinable
  public func peek(_ ahead: Int = 0) -> UInt8? { left.byte(ahead) }

  /// Moves to an absolute offset (for formats with pointers, like DNS and SMB).
  @inlinable @_lifetime(self: copy self)
  public mutating func seek(_ position: Int, _ field: StaticString) throws(DecodeError) {
    guard position >= 0, position <= bytes.count else { throw DecodeError(field, at: offset, .truncated) }
    left = bytes.extracting(position..<bytes.count)
  }
}

extension Span where Element == UInt8 {
  /// The byte at `index`, or nil outside the span.
  @inlinable
  public func byte(_ index: Int) -> UInt8? {
    index >= 0 && index < count ? self[index] : nil
  }

  /// 16 bits at `index`, most significant byte first, or nil where they do not fit.
  @inlinable @inline(__always)
  public func be16(_ index: Int) -> UInt16? {
    guard index >= 0, index <= count - 2 else { return nil }
    return number(at: index)
  }

  /// 32 bits at `index`, most significant byte first, or nil where they do not fit.
  @inlinable @inline(__always)
  public func be32(_ index: Int) -> UInt32? {
    guard index >= 0, index <= count - 4 else { return nil }
    return number(at: index)
  }

  /// 16 bits at `index`, least significant byte first, or nil where they do not fit.
  @inlinable @inline(__always)
  public func le16(_ index: Int) -> UInt16? { be16(index)?.byteSwapped }

  /// 32 bits at `index`, least significant byte first, or nil where they do not fit.
  @inlinable @inline(__always)
  public func le32(_ index: Int) -> UInt32? { be32(index)?.byteSwapped }

  /// Eight bytes that were checked to exist as one number, most significant byte first; 0 where they do not.
  @inlinable @inline(__always)
  public func word(_ index: Int) -> UInt64 {
    guard index >= 0, index <= count - 8 else { return 0 }
    return number(at: index)
  }

  /// A number of the wire, most significant byte first, at a place that was checked to exist. Of bytes put together one
  /// by one the compiler does not always make one load.
  ///
  /// Any bytes are a number, and the load checks that they are there.
  @inlinable @inline(__always)
  public func number<Number: FixedWidthInteger & BitwiseCopyable>(at index: Int) -> Number {
    Number(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: Number.self))
  }

  /// Where the words of eight printable ASCII characters end that begin at `start`, or some of them before.
  @usableFromInline
  func endOfPlainWords(from start: Int) -> Int {
    var rest = self.rest(from: start)
    while rest.count >= 8 {
      // A byte below 0x20 borrows into its highest bit, 0x7f carries into it, others have it; and whichever neighbour is
      // taken for one of them by mistake stands beside one.
      let word = rest.word(0)
      let others = (word &- 0x2020_2020_2020_2020) | (word &+ 0x0101_0101_0101_0101) | word
      if others & 0x8080_8080_8080_8080 != 0 { break }
      rest = rest.extracting(8..<rest.count)
    }
    return count &- rest.count
  }

  /// The first place of a byte.
  @inlinable
  public func firstPlace(of byte: UInt8) -> Int? {
    let place = unsafe withUnsafeBufferPointer { all in
      guard let start = all.baseAddress else { return all.count }
      return unsafe ot_first_place(start, byte, all.count)
    }
    return place < count ? place : nil
  }

  /// Whether both hold the same bytes.
  @inlinable
  public func equals(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    guard count >= 8 else {
      for index in 0..<count where self[index] != other[index] { return false }
      return true
    }
    // The last eight first: messages of a kind begin alike.
    guard word(count - 8) == other.word(count - 8) else { return false }
    return unsafe withUnsafeBufferPointer { mine in
      unsafe other.withUnsafeBufferPointer { its in
        guard let one = mine.baseAddress, let two = its.baseAddress else { return true }
        return unsafe ot_are_equal(one, two, mine.count)
      }
    }
  }

  /// Whether the bytes at `index` are exactly this ASCII text.
  @inlinable
  public func hasASCII(_ text: StaticString, at index: Int = 0) -> Bool {
    let length = text.utf8CodeUnitCount
    guard index >= 0, length <= count - index else { return false }
    return text.withUTF8Buffer { expected in
      for position in 0..<length where unsafe self[index + position] != expected[position] { return false }
      return true
    }
  }

  /// A clamped sub-span: whatever of `start ..< start + length` exists.
  @inlinable @inline(__always) @_lifetime(copy self)
  public func clamped(from start: Int, count length: Int) -> Span<UInt8> {
    // Nearly always all of it does.
    let end = start &+ length
    guard start >= 0, length >= 0, end >= 0, end <= count else { return cut(from: start, count: length) }
    return extracting(start..<end)
  }

  @inline(never) @usableFromInline @_lifetime(copy self)
  func cut(from start: Int, count length: Int) -> Span<UInt8> {
    let low = Swift.min(Swift.max(0, start), count)
    let high = length <= 0 ? low : (length >= count - low ? count : low + length)
    return extracting(low..<high)
  }

  /// What stands from `start` on: all of it where `start` is negative, nothing where it is behind the end.
  @inlinable @inline(__always) @_lifetime(copy self)
  public func rest(from start: Int) -> Span<UInt8> { extracting(droppingFirst: Swift.max(0, start)) }
}
