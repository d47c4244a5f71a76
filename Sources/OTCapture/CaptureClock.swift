internal import OTCore

/// The time stamps of a pcapng interface: if_tsresol and if_tsoffset (draft-ietf-opsawg-pcapng, section 4.2).
struct CaptureClock: Sendable {
  /// Nanoseconds = ticks * multiplier >> shift, or ticks / divisor.
  private var multiplier: UInt64
  private var divisor: UInt64 = 1
  private var shift: UInt64 = 0
  /// Nanoseconds added to every stamp.
  private var offset: Int64 = 0

  static let microseconds = CaptureClock(resolution: 6)

  /// `resolution`: 10^-n seconds, or with the highest bit set 2^-n seconds.
  init(resolution: UInt8, offsetSeconds: Int64 = 0) {
    let exponent = UInt64(resolution & 0x7f)
    if resolution & 0x80 != 0 {
      multiplier = 1_000_000_000
      shift = exponent
    } else if exponent <= 9 {
      multiplier = Self.powerOfTen(9 - exponent)
    } else {
      multiplier = 1
      divisor = Self.powerOfTen(min(exponent - 9, 19))
    }
    offset = offsetSeconds.multipliedReportingOverflow(by: 1_000_000_000).overflow ? 0 : offsetSeconds * 1_000_000_000
  }

  private static func powerOfTen(_ exponent: UInt64) -> UInt64 {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }

  /// The moment of a stamp; what lies outside 1677...2262 becomes the nearest moment that can be told.
  @inline(__always)
  func time(_ ticks: UInt64) -> Timestamp {
    let product = ticks.multipliedFullWidth(by: multiplier)
    var nanoseconds: UInt64
    if shift == 0 {
      nanoseconds = product.high == 0 ? product.low : .max
      if divisor > 1 { nanoseconds /= divisor }
    } else if shift < 64 {
      nanoseconds = product.high >> shift == 0 ? product.high << (64 - shift) | product.low >> shift : .max
    } else {
      nanoseconds = product.high >> (shift - 64)
    }
    let (sum, overflow) = Int64(clamping: nanoseconds).addingReportingOverflow(offset)
    return Timestamp(nanoseconds: overflow ? (offset < 0 ? .min : .max) : sum)
  }

  /// The resolution in words.
  static func describe(_ resolution: UInt8) -> String {
    resolution & 0x80 == 0 ? "10^-\(resolution) s" : "2^-\(resolution & 0x7f) s"
  }
}
