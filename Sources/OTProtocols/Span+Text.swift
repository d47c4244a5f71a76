import OTCore

/// Reading of line-based protocols: lines, fields, numbers and names, without making a `String`.
extension Span where Element == UInt8 {
  /// Index behind the line feed of the line that starts at `start`, looking at no more than `limit` bytes.
  func lineEnd(from start: Int = 0, limit: Int = 4096) -> Int? {
    let start = Swift.max(0, start)
    return extracting(droppingFirst: start).extracting(first: Swift.max(0, limit)).firstPlace(of: 10)
      .map { start + $0 + 1 }
  }

  /// This text without carriage returns, line feeds, blanks and tabs at either end.
  @_lifetime(copy self)
  func trimmed() -> Span<UInt8> {
    var low = 0
    var high = count
    while low < high, isBlank(self[low]) { low += 1 }
    while high > low, isBlank(self[high - 1]) { high -= 1 }
    return extracting(low..<high)
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 || byte == 10 }

  /// Whether the bytes at `index` are this ASCII text, which is given in lower case, in any case.
  func hasASCII(ignoringCase text: StaticString, at index: Int = 0) -> Bool {
    let length = text.utf8CodeUnitCount
    guard index >= 0, length <= count - index else { return false }
    return text.withUTF8Buffer { expected in
      for position in 0..<length where unsafe lowercased(self[index + position]) != expected[position] { return false }
      return true
    }
  }

  /// Whether these few bytes are how the ASCII text begins, and the rest of it may still come.
  func isStart(of text: StaticString) -> Bool {
    guard count < text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { expected in
      for position in 0..<count where unsafe self[position] != expected[position] { return false }
      return true
    }
  }

  /// Whether all bytes are this ASCII text, which is given in lower case, in any case.
  func equals(ignoringCase text: StaticString) -> Bool {
    count == text.utf8CodeUnitCount && hasASCII(ignoringCase: text)
  }

  /// First place of this ASCII text, which is given in lower case, in any case.
  func first(ignoringCase text: StaticString, from start: Int = 0) -> Int? {
    var index = Swift.max(0, start)
    while index <= count - text.utf8CodeUnitCount {
      if hasASCII(ignoringCase: text, at: index) { return index }
      index += 1
    }
    return nil
  }

  func first(_ byte: UInt8, from start: Int = 0) -> Int? {
    let start = Swift.max(0, start)
    return extracting(droppingFirst: start).firstPlace(of: byte).map { start + $0 }
  }

  /// Decimal digits at the front, at most 18 of them, or nil where there is none.
  var decimal: Int? {
    var value = 0
    var digits = 0
    while digits < count, digits < 18, self[digits] >= 48, self[digits] <= 57 {
      value = value * 10 + Int(self[digits] - 48)
      digits += 1
    }
    return digits == 0 ? nil : value
  }

  /// Whether this can be text that people read: no control characters but tab, CR, LF, and escape.
  var isPlainText: Bool {
    for index in indices {
      let byte = self[index]
      if byte < 32, byte != 9, byte != 10, byte != 13, byte != 27, byte != 8 { return false }
      if byte == 127 { return false }
    }
    return true
  }

  /// Whether all bytes are printable ASCII, blanks among them.
  var isPrintable: Bool {
    for index in indices where self[index] < 32 || self[index] > 126 { return false }
    return true
  }

  /// Tells whether a text changed since it was last recorded. Never a key for hostile input.
  var fingerprint: UInt64 { fingerprint(salt: 0) }

  /// The same, with what the text is of.
  func fingerprint(salt: UInt64) -> UInt64 {
    var hash = UInt64(count) ^ salt &* 0x0000_0100_0000_01b3
    var left = self
    while left.count >= 16 {
      hash = mix(hash ^ left.word(0), left.word(8), seed: 0x9e37_79b9_7f4a_7c15)
      left = left.extracting(16..<left.count)
    }
    if left.count >= 8 {
      hash = mix(hash, left.word(0), seed: 0x9e37_79b9_7f4a_7c15)
      left = left.extracting(8..<left.count)
    }
    var rest: UInt64 = 0
    for index in left.indices { rest = rest << 8 | UInt64(left[index]) }
    return mix(hash, rest, seed: 0x9e37_79b9_7f4a_7c15)
  }

  /// Whether this name ends like something that a computer runs.
  var namesExecutable: Bool {
    for ending in Self.executableEndings where hasASCII(ignoringCase: ending, at: count - ending.utf8CodeUnitCount) {
      return true
    }
    return false
  }

  private static var executableEndings: [StaticString] { executableFileEndings }
}

private let executableFileEndings: [StaticString] = [
  ".exe", ".dll", ".sys", ".scr", ".ps1", ".bat", ".cmd", ".vbs", ".js", ".hta", ".msi", ".jar", ".sh", ".elf", ".cpl",
]

@inline(__always)
func lowercased(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte + 32 : byte }

/// Value of a hexadecimal digit in either case.
@inline(__always)
func hexValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 48...57: byte - 48
  case 65...70: byte - 55
  case 97...102: byte - 87
  default: nil
  }
}
