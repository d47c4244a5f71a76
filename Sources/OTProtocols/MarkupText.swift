import OTCore

/// Reading single values out of XML and JSON texts of discovery protocols, without a tree and without a `String`.
///
/// Announcements are small and flat; a tree of hostile nesting is never built. Names are compared without regard to case
/// and XML prefixes, since devices disagree about both.
extension Span where Element == UInt8 {
  /// Contents of the first element of this local name, which is given in lower case, up to its end tag and without the
  /// blanks around them; nothing where there is none.
  @_lifetime(copy self)
  func element(_ name: StaticString, from start: Int = 0) -> Span<UInt8> {
    guard let open = tag(name, from: start, isEnd: false), let low = first(UInt8(ascii: ">"), from: open) else {
      return extracting(0..<0)
    }
    guard byte(low - 1) != UInt8(ascii: "/") else { return extracting(low..<low) }
    let high = tag(name, from: low + 1, isEnd: true) ?? count
    return extracting((low + 1)..<Swift.max(low + 1, high)).trimmed()
  }

  /// Index of the `<` of the first start or end tag of this local name.
  private func tag(_ name: StaticString, from start: Int, isEnd: Bool) -> Int? {
    var index = Swift.max(0, start)
    while let found = first(UInt8(ascii: "<"), from: index) {
      index = found + 1
      var at = index
      if (byte(at) == UInt8(ascii: "/")) != isEnd { continue }
      if isEnd { at += 1 }
      if isTag(name, at: at) { return found }
    }
    return nil
  }

  /// Whether a tag's name, with or without a prefix, is this.
  private func isTag(_ name: StaticString, at start: Int) -> Bool {
    var local = start
    var end = start
    while let character = byte(end), end - start < 128, !Self.endsName(character) {
      end += 1
      if character == UInt8(ascii: ":") { local = end }
    }
    return end - local == name.utf8CodeUnitCount && hasASCII(ignoringCase: name, at: local)
  }

  private static func endsName(_ byte: UInt8) -> Bool {
    byte <= 32 || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/")
  }

  /// Value of the first attribute of this name (lower case) in quotes, wherever it stands, or nothing.
  @_lifetime(copy self)
  func attribute(_ name: StaticString, from start: Int = 0) -> Span<UInt8> {
    var index = Swift.max(0, start)
    while let found = first(ignoringCase: name, from: index) {
      index = found + name.utf8CodeUnitCount
      guard let before = byte(found - 1), before <= 32, byte(index) == UInt8(ascii: "="), let quote = byte(index + 1),
        quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"), let end = first(quote, from: index + 2)
      else { continue }
      return extracting((index + 2)..<end)
    }
    return extracting(0..<0)
  }

  /// Value of the first member of this name (lower case) of a JSON text: a string without its quotes, a number or a word
  /// as it stands, or nothing. Escapes stay as they are.
  @_lifetime(copy self)
  func member(_ name: StaticString, from start: Int = 0) -> Span<UInt8> {
    let length = name.utf8CodeUnitCount
    var index = Swift.max(0, start)
    while let quote = first(UInt8(ascii: "\""), from: index) {
      index = quote + 1
      guard byte(index + length) == UInt8(ascii: "\""), hasASCII(ignoringCase: name, at: index) else { continue }
      var at = index + length + 1
      while let blank = byte(at), blank <= 32 { at += 1 }
      guard byte(at) == UInt8(ascii: ":") else { continue }
      at += 1
      while let blank = byte(at), blank <= 32 { at += 1 }
      return value(at)
    }
    return extracting(0..<0)
  }

  /// A JSON value that starts at `start`.
  @_lifetime(copy self)
  private func value(_ start: Int) -> Span<UInt8> {
    var end = Swift.min(start, count)
    guard byte(start) == UInt8(ascii: "\"") else {
      while let character = byte(end), character > 32, !Self.endsValue(character) { end += 1 }
      return extracting(Swift.min(start, count)..<end)
    }
    end = start + 1
    while let character = byte(end), character != UInt8(ascii: "\"") {
      end += character == UInt8(ascii: "\\") ? 2 : 1
    }
    return extracting((start + 1)..<Swift.max(start + 1, Swift.min(end, count)))
  }

  private static func endsValue(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
  }

  /// The next word behind `index`, which then stands behind it; nothing at the end.
  @_lifetime(copy self)
  func word(after index: inout Int) -> Span<UInt8> {
    while let character = byte(index), character <= 32 { index += 1 }
    let start = index
    while let character = byte(index), character > 32 { index += 1 }
    return start < index ? extracting(start..<index) : extracting(0..<0)
  }
}

extension ObservationBuffer {
  /// A part of a URI with its percent escapes undone (RFC 3986 section 2.1), read as text of the wire.
  mutating func text(percentEncoded bytes: Span<UInt8>) -> TextRef {
    var plain: [UInt8] = []
    var index = 0
    while index < bytes.count, plain.count < Limits.textBytes {
      if bytes[index] == UInt8(ascii: "%"), let high = bytes.byte(index + 1).flatMap(hexValue),
        let low = bytes.byte(index + 2).flatMap(hexValue)
      {
        plain.append(high << 4 | low)
        index += 3
      } else {
        plain.append(bytes[index])
        index += 1
      }
    }
    return text(plain.span)
  }
}
