extension Span where Element == UInt8 {
  /// Whom an answer by Digest (RFC 7616 section 3.4, RFC 2831 section 2.1.2) names: `username="…"`. Blanks may stand around
  /// the sign, some leave the quotes out, and other values may hold the word.
  @_lifetime(copy self)
  func digestAccount() -> Span<UInt8>? {
    var isQuoted = false
    for index in indices {
      if self[index] == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if !isQuoted, hasASCII(ignoringCase: "username", at: index), index == 0 || isBlankOrComma(index - 1),
        let value = valueOfField(behind: index + 8)
      {
        return value
      }
    }
    return nil
  }

  private func isBlankOrComma(_ index: Int) -> Bool { self[index] <= 32 || self[index] == UInt8(ascii: ",") }

  @_lifetime(copy self)
  private func valueOfField(behind name: Int) -> Span<UInt8>? {
    let rest = self.rest(from: name).trimmed()
    guard rest.byte(0) == UInt8(ascii: "=") else { return nil }
    let value = rest.extracting(1..<rest.count).trimmed()
    if value.byte(0) == UInt8(ascii: "\"") {
      return value.extracting(1..<(value.first(UInt8(ascii: "\""), from: 1) ?? value.count))
    }
    var end = 0
    while end < value.count, !value.isBlankOrComma(end) { end += 1 }
    return value.extracting(0..<end)
  }
}
