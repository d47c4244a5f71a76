/// A moment: nanoseconds since 1970-01-01T00:00:00Z, from 1677 to 2262.
public struct Timestamp: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let nanoseconds: Int64

  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Seconds from `earlier` to here.
  @inlinable public func seconds(since earlier: Timestamp) -> Double {
    Double(nanoseconds.subtractingReportingOverflow(earlier.nanoseconds).partialValue) / 1e9
  }

  /// ISO 8601 in UTC with microseconds: `2026-03-10T08:15:00.250000Z`.
  public var description: String {
    var text: [UInt8] = []
    text.reserveCapacity(27)
    write(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// The same into a text that is being made.
  func write(to text: inout [UInt8]) {
    let (second, micro) = (
      Self.floorDivide(nanoseconds, 1_000_000_000), Self.floorModulo(nanoseconds, 1_000_000_000) / 1000
    )
    let day = Self.floorDivide(second, 86_400)
    let (year, month, dayOfMonth) = Self.civil(fromDay: day)
    let clock = Self.floorModulo(second, 86_400)
    var digits = InlineArray<27, UInt8>(repeating: 0)
    var end = 0
    func add(_ value: Int64, _ width: Int, _ mark: Unicode.Scalar) {
      var rest = UInt32(truncatingIfNeeded: value)
      for place in (end..<(end + width)).reversed() {
        digits[place] = UInt8(truncatingIfNeeded: 48 + rest % 10)
        rest /= 10
      }
      digits[end + width] = UInt8(ascii: mark)
      end += width + 1
    }
    // The years are 1677 to 2262.
    add(year, 4, "-")
    add(month, 2, "-")
    add(dayOfMonth, 2, "T")
    add(clock / 3600, 2, ":")
    add(clock / 60 % 60, 2, ":")
    add(clock % 60, 2, ".")
    add(micro, 6, "Z")
    text.append(digits.span)
  }

  static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : -((-(a + 1)) / b) - 1 }
  static func floorModulo(_ a: Int64, _ b: Int64) -> Int64 {
    let rest = a % b
    return rest < 0 ? rest + b : rest
  }

  /// Gregorian date of a day number (0 = 1970-01-01), by counting 400-year eras from 0000-03-01.
  static func civil(fromDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
  }
}
