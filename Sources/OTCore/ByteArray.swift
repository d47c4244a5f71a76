public import CHints

extension Array where Element == UInt8 {
  /// Appends bytes of the wire in one copy, where appending them one by one costs a check of room for each.
  ///
  /// The pointer does not leave the call, and the array copies before it returns; a span cannot overlap the storage of
  /// an array that is being changed, since reading it borrows the array.
  @inlinable @inline(__always)
  public mutating func append(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}

extension Array where Element == UInt8 {
  /// Appends a text of our own.
  @inlinable
  public mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { unsafe append(contentsOf: $0) }
  }

  /// Puts bytes of the wire in the place of those from `index` on. There must be as many.
  @inlinable @inline(__always)
  public mutating func overwrite(at index: Int, with bytes: Span<UInt8>) {
    var all = mutableSpan
    all.overwrite(at: index, with: bytes)
  }
}

extension MutableSpan where Element == UInt8 {
  /// Puts bytes of the wire in the place of those from `index` on. There must be as many; they cannot be the same ones.
  @inlinable @inline(__always) @_lifetime(self: copy self)
  public mutating func overwrite(at index: Int, with bytes: Span<UInt8>) {
    precondition(index >= 0 && bytes.count <= count - index)
    unsafe bytes.withUnsafeBufferPointer { source in
      unsafe withUnsafeMutableBufferPointer { target in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        unsafe UnsafeMutableRawPointer(to + index).copyMemory(from: from, byteCount: source.count)
      }
    }
  }
}

extension Array where Element == UInt8 {
  /// Appends a number in decimal digits.
  public mutating func append(decimal number: UInt64) {
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var start = 20
    var rest = number
    repeat {
      start -= 1
      digits[start] = UInt8(truncatingIfNeeded: 48 + rest % 10)
      rest /= 10
    } while rest > 0
    append(digits.span.extracting(start..<20))
  }
}

extension Array {
  /// Elements of which a list that grows is copied; beyond them it gets all the room it may ever need.
  public static var mostCopied: Int { 1 << 15 }

  /// Room for one more element of a list that never has more than `limit`. While a long list is copied to make room it
  /// is there twice, whereas memory that nothing was written to yet costs nothing.
  @inline(__always)
  public mutating func makeRoom(limit: Int) {
    if count == capacity, count >= Self.mostCopied { reserveCapacity(limit) }
  }

  /// Empties the array and keeps its room. For few elements taking them off one by one is cheaper than replacing a range
  /// by nothing, and nearly every packet leaves few.
  @inlinable @inline(__always)
  public mutating func empty() {
    if count > 4 { removeAll(keepingCapacity: true) }
    while !isEmpty { removeLast() }
  }
}

extension Span where Element: ~Copyable {
  /// Has the processor fetch an element that will be read soon: the cache line it begins in and the one behind, or all
  /// four of a long one. Only its address is computed here; an index that is none does nothing.
  @inlinable @inline(__always)
  public func fetchAhead(_ index: Int, isLong: Bool = false) {
    guard index >= 0, index < count else { return }
    unsafe withUnsafeBufferPointer { all in
      guard let start = all.baseAddress else { return }
      let element = unsafe UnsafeRawPointer(start + index)
      unsafe ot_prefetch(element)
      unsafe ot_prefetch(element + 64)
      if isLong {
        unsafe ot_prefetch(element + 128)
        unsafe ot_prefetch(element + 192)
      }
    }
  }
}
