import OTCore

/// Base64, RFC 4648 section 4, of short texts: logins, handshakes.
enum Base64 {
  static let decodedBytes = 4096

  /// Decodes up to the first byte that is no digit, at most ``decodedBytes``.
  static func decode(_ text: Span<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var bits: UInt32 = 0
    var held = 0
    for index in text.indices {
      guard let value = value(text[index]), result.count < decodedBytes else { break }
      bits = bits << 6 | UInt32(value)
      held += 6
      if held >= 8 {
        held -= 8
        result.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
      }
    }
    return result
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 65...90: digit - 65
    case 97...122: digit - 71
    case 48...57: digit + 4
    case 43: 62
    case 47: 63
    default: nil
    }
  }
}
