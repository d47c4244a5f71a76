import OTCore

/// How numbers, times and names are said, in one place.
enum Words {
  /// `1 asset`, `12 404 assets`.
  static func count(_ number: some BinaryInteger, _ noun: String, _ plural: String? = nil) -> String {
    "\(grouped(number)) \(number == 1 ? noun : plural ?? noun + "s")"
  }

  /// Thousands apart by a narrow no-break space.
  static func grouped(_ number: some BinaryInteger) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "\u{202f}" }
      text.append(digit)
    }
    return number < 0 ? "−" + text : text
  }

  /// `3 of 12 (25 %)`; never a share of nothing.
  static func share(_ part: some BinaryInteger, of whole: some BinaryInteger) -> String {
    guard whole > 0 else { return "0 of 0" }
    let percent = Double(part) * 100 / Double(whole)
    let words =
      percent > 0 && percent < 1 ? "under 1" : percent > 99 && percent < 100 ? "over 99" : number(percent.rounded())
    return "\(grouped(part)) of \(grouped(whole)) (\(words) %)"
  }

  /// Whole from 10 on, one decimal below.
  static func number(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "not known" }
    if value.magnitude >= 10 || value == value.rounded() { return grouped(Int64(exactly: value.rounded()) ?? 0) }
    let tenths = Int64(exactly: (value * 10).rounded()) ?? 0
    return "\(value < 0 ? "−" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
  }

  static func number(_ value: Double?) -> String { value.map { number($0) } ?? "not assessed" }

  /// `46 to 92`, or one number where both are the same.
  static func range(_ low: Double?, _ high: Double?) -> String {
    guard let low, let high else { return number(low ?? high) }
    return number(low) == number(high) ? number(low) : "\(number(low)) to \(number(high))"
  }

  static func range(_ low: Int?, _ high: Int?) -> String { range(low.map(Double.init), high.map(Double.init)) }

  /// `2026-03-10 10:05:12`; the report says once that all times are UTC.
  static func moment(_ time: Timestamp?) -> String {
    guard let time else { return "not known" }
    let text = time.description
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
  }

  /// `3 min 20 s`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e10, let whole = Int64(exactly: seconds.rounded()) else {
      return "not known"
    }
    switch whole {
    case ..<1: return milliseconds(seconds)
    case ..<60: return seconds < 10 ? "\(number(seconds)) s" : "\(whole) s"
    case ..<3600: return "\(whole / 60) min" + (whole % 60 > 0 ? " \(whole % 60) s" : "")
    case ..<86_400: return "\(whole / 3600) h" + (whole / 60 % 60 > 0 ? " \(whole / 60 % 60) min" : "")
    default: return "\(whole / 86_400) d" + (whole / 3600 % 24 > 0 ? " \(whole / 3600 % 24) h" : "")
    }
  }

  private static func milliseconds(_ seconds: Double) -> String {
    seconds == 0 ? "0 s" : "\(number(seconds * 1000)) ms"
  }

  /// Powers of 1000.
  static func bytes(_ count: Int64) -> String {
    var value = Double(count)
    var unit = 0
    while value >= 1000, unit < 4 {
      value /= 1000
      unit += 1
    }
    return "\(number(value)) \(["B", "kB", "MB", "GB", "TB"][unit])"
  }

  /// `a, b and c`.
  static func list(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }

  /// At most `limit` of the words, the rest counted.
  ///
  /// - Parameter separator: where the words hold commas of their own.
  static func few(_ words: [String], limit: Int = 3, separator: String = ", ") -> String {
    let shown = words.prefix(limit)
    guard words.count > limit else {
      return separator == ", " ? list(words) : shown.joined(separator: separator)
    }
    return shown.joined(separator: separator) + " and \(words.count - limit) more"
  }

  static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}

/// A cell or line of one plain run.
func plain(_ text: String) -> [Inline] { [.text(text)] }
func plain(_ text: String?) -> [Inline] { [.text(text ?? "not observed")] }
func code(_ text: String) -> [Inline] { [.code(text)] }
func number(_ value: some BinaryInteger) -> [Inline] { [.text(Words.grouped(value))] }
func band(_ name: String?) -> [Inline] { name.map { [.tag(Tone(band: $0), $0)] } ?? plain("not assessed") }

extension Table.Column: ExpressibleByStringLiteral {
  public init(stringLiteral title: String) { self.init(title) }
  static func number(_ title: String) -> Self { Self(title, .trailing) }
}
