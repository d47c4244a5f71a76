/// RFC 4180, and safe to open in a spreadsheet.
public enum CSVWriter {
  private static let marks = Marks(",\"';=+-@")

  /// A table with its heading, lines ended by CR LF.
  public static func write(_ columns: [String], _ rows: some Sequence<[String]>) -> String {
    var text = columns.map(escape).joined(separator: ",") + "\r\n"
    for row in rows { text += row.map(escape).joined(separator: ",") + "\r\n" }
    return text
  }

  /// Quotes where the format needs it, shows control characters, and puts an apostrophe before what a spreadsheet would
  /// take for a formula.
  public static func escape(_ field: String) -> String {
    if field.isPlain(but: marks) { return field }
    var text = ""
    for scalar in field.unicodeScalars {
      if scalar.value < 0x20 && scalar != "\n" || (0x7f..<0xa0).contains(scalar.value) {
        text += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    if let first = text.first, "=+-@".contains(first), Double(text) == nil { text = "'" + text }
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "'" || $0 == ";" }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
