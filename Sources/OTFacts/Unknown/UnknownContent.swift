import OTCore

/// What the payload of one direction consists of.
struct UnknownContent: Sendable {
  enum Kind: UInt8, Sendable, Comparable {
    case text, binary, random
    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    var name: String {
      switch self {
      case .text: "text"
      case .binary: "binary"
      case .random: "encrypted or compressed"
      }
    }
  }

  var kind = Kind.binary
  /// Bits a byte; nil where too little was seen.
  var entropy: Double?

  /// Bytes a distribution is told from.
  private static let leastBytes = 256

  init(_ side: UnknownSide) {
    let total = Double(side.counted)
    guard side.counted > 0 else { return }
    var printable = 0
    var sum = 0.0
    var squares = 0.0
    for value in 0..<256 {
      let count = Double(side.values[value])
      if (0x20...0x7e).contains(value) || [0x09, 0x0a, 0x0d].contains(value) { printable += Int(side.values[value]) }
      squares += count * count
      if count > 0 { sum -= count / total * Self.log2(count / total) }
    }
    if printable * 20 >= side.counted * 19, side.counted >= 4 {
      kind = .text
    } else if side.counted >= Self.leastBytes, squares * 256 / total - total < 360 {
      // Pearson's chi-square of 256 equal values has 255 as its mean and 23 as its deviation, however small the sample.
      kind = .random
    }
    if side.counted >= 64 { entropy = Swift.max(0, sum) }
  }

  /// Binary logarithm of a number in 0 ..< 1, by squaring: sixteen binary digits, the same on every machine.
  static func log2(_ value: Double) -> Double {
    guard value > 0 else { return 0 }
    var digits = Double(value.exponent)
    var rest = value.significand
    var digit = 0.5
    for _ in 0..<16 {
      rest *= rest
      if rest >= 2 {
        rest /= 2
        digits += digit
      }
      digit /= 2
    }
    return digits
  }
}
