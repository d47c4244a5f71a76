/// Reads the times that views print: `2026-03-10T08:15:00.250000Z`.
enum ISO8601 {
  /// Nanoseconds since 1970 of a UTC time with up to nine decimals, years 1678 to 2261; nil where it is none.
  static func nanoseconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.count <= 30, bytes.last == UInt8(ascii: "Z") else { return nil }
    func number(_ range: Range<Int>) -> Int64? { Int64(String(decoding: bytes[range], as: UTF8.self)) }
    func isMark(_ index: Int, _ mark: Unicode.Scalar) -> Bool { bytes[index] == UInt8(ascii: mark) }
    guard isMark(4, "-"), isMark(7, "-"), isMark(10, "T"), isMark(13, ":"), isMark(16, ":"),
      let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      (1678...2261).contains(year), (1...12).contains(month), (1...31).contains(day),
      (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    var fraction: Int64 = 0
    if bytes.count > 20 {
      guard isMark(19, "."), bytes.count > 21 else { return nil }
      let digits = bytes[20..<(bytes.count - 1)]
      guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
      for index in 0..<9 { fraction = fraction * 10 + (index < digits.count ? Int64(digits[20 + index]) - 0x30 : 0) }
    }
    let seconds = (days(year, month, day) * 24 + hour) * 3600 + minute * 60 + second
    return seconds * 1_000_000_000 + fraction
  }

  /// Days since 1970-01-01 of a Gregorian date, counted in years that begin in March.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
