import OTCore

/// Domain names on the wire: labels with their length and pointers to earlier ones (RFC 1035, section 4.1.4), and
/// NetBIOS names of which each half octet is a letter (RFC 1001, section 14.1).
enum DomainName {
  /// Reads the name at `position` as text with dots and moves behind it; nil where it is malformed.
  /// A pointer must lead towards the front, so no name is read for ever; the root is an empty text.
  /// `mayEnd`: the bytes may end behind a label (a partial name in an option of DHCP).
  static func read(
    _ bytes: Span<UInt8>, at position: inout Int, mayEnd: Bool = false, into out: inout ObservationBuffer
  ) -> TextRef? {
    var index = position
    var limit = position
    var jumps = 0
    var length = 0
    var first = TextRef.none
    var last = TextRef.none
    while let octet = bytes.byte(index) {
      switch octet >> 6 {
      case 0:
        if octet == 0 {
          if jumps == 0 { position = index + 1 }
          return first.isEmpty ? .none : first.through(last)
        }
        let count = Int(octet)
        length += count + 1
        guard length <= 255, count <= bytes.count - index - 1 else { return nil }
        if !last.isEmpty { _ = out.text(".") }
        last = out.text(bytes.extracting((index + 1)..<(index + 1 + count)))
        if first.isEmpty { first = last }
        index += count + 1
      case 3:
        guard let pointer = bytes.be16(index), jumps < Limits.nesting else { return nil }
        let target = Int(pointer & 0x3fff)
        guard target < limit else { return nil }
        if jumps == 0 { position = index + 2 }
        jumps += 1
        limit = target
        index = target
      default: return nil
      }
    }
    return mayEnd && index == bytes.count && !first.isEmpty ? first.through(last) : nil
  }

  /// Where the labels of the name at `position` really stand: behind the pointers it starts with.
  static func resolve(_ bytes: Span<UInt8>, _ position: Int) -> Int {
    var index = position
    for _ in 0..<Limits.nesting {
      guard let pointer = bytes.be16(index), pointer >> 14 == 3 else { break }
      index = Int(pointer & 0x3fff)
    }
    return index
  }

  /// Whether the label at `index` has 32 letters from A to P, as an encoded NetBIOS name does.
  static func isNetBIOS(_ bytes: Span<UInt8>, at index: Int) -> Bool {
    guard bytes.byte(index) == 32, bytes.count > index + 32 else { return false }
    for letter in (index + 1)...(index + 32) where !(65...80).contains(bytes[letter]) { return false }
    return true
  }

  /// Moves behind the name at `position`; false where it is malformed.
  static func skip(_ bytes: Span<UInt8>, at position: inout Int) -> Bool {
    var index = position
    while let octet = bytes.byte(index), index - position <= 255 {
      if octet == 0 {
        position = index + 1
        return true
      }
      if octet >> 6 == 3 {
        guard bytes.byte(index + 1) != nil else { return false }
        position = index + 2
        return true
      }
      guard octet >> 6 == 0 else { return false }
      index += Int(octet) + 1
    }
    return false
  }

  /// A NetBIOS name of 32 letters at `start` (behind its length octet): fifteen characters and a suffix that says what
  /// is named; nil where it is malformed.
  static func netBIOS(
    _ bytes: Span<UInt8>, at start: Int, into out: inout ObservationBuffer
  ) -> (name: TextRef, suffix: UInt8)? {
    let letters = bytes.clamped(from: start, count: 32)
    guard letters.count == 32 else { return nil }
    var decoded = InlineArray<16, UInt8>(repeating: 0)
    for index in 0..<16 {
      let (high, low) = (letters[2 * index], letters[2 * index + 1])
      guard high >= 65, high <= 80, low >= 65, low <= 80 else { return nil }
      decoded[index] = (high - 65) << 4 | (low - 65)
    }
    return (out.text(decoded.span.extracting(0..<15)), decoded[15])
  }
}
