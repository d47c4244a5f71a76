import OTCore

/// Walks the elements of one level of BER or DER, ITU-T X.690 (02/2021) section 8.1, as far as the bytes go.
///
/// Lenient on purpose: a capture may have cut the data unit, so an element that runs past the end gives what is there.
/// It never throws and never recurses; go down with `BERReader(element.content)`.
///
///     var fields = BERReader(sequence.content)
///     while let field = fields.next() { … }
struct BERReader: ~Escapable {
  private let bytes: Span<UInt8>
  /// What was not read yet.
  private var left: Span<UInt8>
  /// Where the next element starts.
  var offset: Int { bytes.count &- left.count }

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) {
    self.bytes = bytes
    left = bytes
  }

  var isAtEnd: Bool { left.isEmpty }

  /// The next element, or nil at the end of the level (or where no identifier and length can be read).
  @_lifetime(self: copy self) @_lifetime(copy self)
  mutating func next() -> BERElement? {
    guard !left.isEmpty else { return nil }
    // Nearly all identifiers are one octet, and lengths one to three; none of them is an end of contents.
    if left.count >= 2 {
      let (identifier, first) = (left[0], left[1])
      var (start, length) = (2, Int(first))
      if first >= 0x80 {
        switch first {
        case 0x81 where left.count > 2: (start, length) = (3, Int(left[2]))
        case 0x82 where left.count > 3: (start, length) = (4, Int(left[2]) << 8 | Int(left[3]))
        default: return nextOfAnyHeader()
        }
      }
      let end = start + length
      if identifier & 0x1f != 31, identifier != 0, end <= left.count {
        let content = left.extracting(start..<end)
        left = left.extracting(end..<left.count)
        return BERElement(
          identifier: identifier, number: UInt32(identifier & 0x1f), isCut: false, content: content)
      }
    }
    return nextOfAnyHeader()
  }

  @inline(never) @_lifetime(self: copy self) @_lifetime(copy self)
  private mutating func nextOfAnyHeader() -> BERElement? {
    guard let header = BERHeader(left, at: 0), header.identifier != 0 || header.length != 0 else {
      // Nothing that can be read, or the end of contents of an indefinite length.
      left = left.extracting(left.count..<left.count)
      return nil
    }
    let start = header.contentStart
    let length = header.length ?? BERHeader.indefiniteLength(left, from: start)
    let content = left.clamped(from: start, count: length)
    let isCut = content.count < length
    // Behind the content of an indefinite length stand two end-of-contents octets.
    let end = start + content.count + (header.length == nil ? 2 : 0)
    left = left.extracting(min(end, left.count)..<left.count)
    return BERElement(identifier: header.identifier, number: header.number, isCut: isCut, content: content)
  }

  /// The first element from here with this identifier octet.
  @_lifetime(self: copy self) @_lifetime(copy self)
  mutating func first(_ identifier: UInt8) -> BERElement? {
    for _ in 0..<Limits.itemsPerPDU {
      guard let element = next() else { return nil }
      if element.identifier == identifier { return element }
    }
    return nil
  }

  /// The content of the first element of the level, for wrappers around one.
  var first: Span<UInt8>? {
    @_lifetime(copy self)
    get {
      var copy = BERReader(bytes)
      return copy.next()?.content
    }
  }

  /// The content of the next element if it has this identifier octet; does not move otherwise.
  @_lifetime(self: copy self) @_lifetime(copy self)
  mutating func content(of identifier: UInt8) -> Span<UInt8>? {
    guard left.byte(0) == identifier else { return nil }
    return next()?.content
  }

  /// Length of the whole element at the start of `bytes`, or nil where its header is incomplete or its length
  /// indefinite.
  static func elementLength(_ bytes: Span<UInt8>) -> Int? {
    guard let header = BERHeader(bytes, at: 0), let length = header.length else { return nil }
    return header.contentStart + length
  }
}

/// One element of a ``BERReader``.
struct BERElement: ~Escapable {
  /// First identifier octet: class (bits 8–7), constructed (bit 6), number or 31.
  let identifier: UInt8
  /// Tag number, also of the high-tag-number form.
  let number: UInt32
  /// The content ends behind the captured bytes.
  let isCut: Bool
  let content: Span<UInt8>

  @_lifetime(copy content)
  init(identifier: UInt8, number: UInt32, isCut: Bool, content: Span<UInt8>) {
    self.identifier = identifier
    self.number = number
    self.isCut = isCut
    self.content = content
  }

  var isConstructed: Bool { identifier & 0x20 != 0 }

  /// The elements inside.
  var reader: BERReader {
    @_lifetime(copy self)
    get { BERReader(content) }
  }

  /// The content as a signed INTEGER or ENUMERATED of at most eight octets.
  var integer: Int64? {
    guard !content.isEmpty, content.count <= 8 else { return nil }
    var value: Int64 = content[0] & 0x80 == 0 ? 0 : -1
    for index in content.indices { value = value << 8 | Int64(content[index]) }
    return value
  }
}

/// Identifier and length octets.
private struct BERHeader {
  var identifier: UInt8
  var number: UInt32
  var contentStart: Int
  /// Nil: indefinite.
  var length: Int?

  init?(_ bytes: Span<UInt8>, at start: Int) {
    guard let first = bytes.byte(start) else { return nil }
    identifier = first
    number = UInt32(first & 0x1f)
    var index = start + 1
    if number == 31 {
      number = 0
      // Four groups of seven bits are more than any protocol here has.
      for position in 0..<5 {
        guard position < 4, let octet = bytes.byte(index) else { return nil }
        number = number << 7 | UInt32(octet & 0x7f)
        index += 1
        if octet & 0x80 == 0 { break }
      }
    }
    guard let octet = bytes.byte(index) else { return nil }
    index += 1
    if octet == 0x80 {
      length = nil
    } else if octet < 0x80 {
      length = Int(octet)
    } else {
      let octets = Int(octet & 0x7f)
      guard octets <= 8, octets <= bytes.count - index else { return nil }
      var value = 0
      for position in 0..<octets {
        guard value < 1 << 40 else { return nil }
        value = value << 8 | Int(bytes[index + position])
      }
      index += octets
      length = value
    }
    contentStart = index
  }

  /// Length of the content that starts at `start` and ends before its end-of-contents octets, walking nested elements.
  static func indefiniteLength(_ bytes: Span<UInt8>, from start: Int) -> Int {
    var index = start
    var depth = 1
    for _ in 0..<Limits.itemsPerPDU {
      guard let header = BERHeader(bytes, at: index) else { break }
      if header.identifier == 0, header.length == 0 {
        depth -= 1
        if depth == 0 { return index - start }
        index = header.contentStart
      } else if let length = header.length {
        index = header.contentStart + length
      } else {
        depth += 1
        guard depth <= Limits.nesting else { break }
        index = header.contentStart
      }
    }
    return Swift.max(0, bytes.count - start)
  }
}
