import OTCore

/// Where the next data connection will run.
extension FTP {
  /// Which of the two waits for it, and at which port.
  struct DataPort: Sendable {
    var isServers: Bool
    var port: UInt16
  }

  /// `h1,h2,h3,h4,p1,p2` of PORT (RFC 959 section 4.1.2), or of a reply 227 wherever in its text it stands.
  static func port(sixNumbers text: Span<UInt8>) -> UInt16? {
    var index = 0
    while index < text.count, !isDigit(text[index]) { index += 1 }
    var numbers = 0
    var last = (0, 0)
    while numbers < 6, index < text.count, isDigit(text[index]),
      let value = text.extracting(index..<text.count).decimal,
      value < 256
    {
      last = (last.1, value)
      numbers += 1
      while index < text.count, isDigit(text[index]) { index += 1 }
      if numbers < 6 {
        guard text.byte(index) == UInt8(ascii: ",") else { return nil }
        index += 1
      }
    }
    return numbers == 6 ? UInt16(last.0) << 8 | UInt16(last.1) : nil
  }

  /// `|2|fd00::1|5282|` of EPRT or `(|||6446|)` of a reply 229 (RFC 2428 sections 2 and 3): the number behind the third
  /// of the separators, which may be any character.
  static func port(extended text: Span<UInt8>) -> UInt16? {
    let start = (text.first(UInt8(ascii: "(")) ?? -1) + 1
    guard let separator = text.byte(start), !isDigit(separator) else { return nil }
    var index = start
    for _ in 0..<2 {
      guard let next = text.first(separator, from: index + 1) else { return nil }
      index = next
    }
    guard let value = text.extracting((index + 1)..<text.count).decimal, value < 65_536 else { return nil }
    return UInt16(value)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
}
