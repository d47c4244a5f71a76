/// Sets a table in columns aligned by the width characters have on a terminal.
struct TablePrinter {
  struct Style {
    /// Columns of the terminal; nil where nothing is cut.
    var width: Int?
    var hasColours = false
  }

  private static let gap = 2
  /// Columns are cut to this width, and those that do not fit even so are left out.
  private static let narrow = 16

  private let style: Style
  init(_ style: Style) { self.style = style }

  func text(_ table: OutputTable) -> String {
    let body = table.rows.map { row in row.map { TerminalText.escaped($0.words) } }
    let heads = table.columns.map { TerminalText.escaped($0.name.split(separator: "_").joined(separator: " ")) }
    var natural = heads.map(TerminalText.width)
    for row in body {
      for (index, cell) in row.enumerated() { natural[index] = max(natural[index], TerminalText.width(cell)) }
    }
    let widths = fitted(natural)
    let isNumeric = widths.indices.map { index in
      !table.rows.isEmpty && table.rows.allSatisfy { $0[index].isNumber || $0[index] == .none }
    }

    var text = line(heads, widths, isNumeric) { _, head in style.hasColours ? "\u{1b}[1m\(head)\u{1b}[0m" : head }
    for row in body {
      text += line(row, widths, isNumeric) { index, cell in
        style.hasColours && table.columns[index].isBand ? Self.coloured(cell) : cell
      }
    }
    let hidden = heads.dropFirst(widths.count)
    if !hidden.isEmpty { text += "(no room for: \(hidden.joined(separator: ", ")); --format csv has all)\n" }
    return text
  }

  /// Widths of the columns that fit the terminal, from the left; the first one, which names the row, stays whole.
  private func fitted(_ natural: [Int]) -> [Int] {
    guard let width = style.width else { return natural }
    var widths: [Int] = []
    var used = -Self.gap
    for (index, wanted) in natural.enumerated() {
      let least = index == 0 ? min(wanted, width) : min(wanted, Self.narrow)
      guard used + Self.gap + least <= width else { break }
      widths.append(least)
      used += Self.gap + least
    }
    // What is left goes to the columns that were cut.
    for index in widths.indices {
      let more = min(natural[index] - widths[index], width - used)
      widths[index] += more
      used += more
    }
    return widths
  }

  private func line(
    _ cells: [String], _ widths: [Int], _ isNumeric: [Bool], _ paint: (Int, String) -> String
  ) -> String {
    var line = ""
    for (index, width) in widths.enumerated() {
      let shown = TerminalText.cut(cells[index], to: width)
      let padding = String(repeating: " ", count: max(0, width - TerminalText.width(shown)))
      if index > 0 { line += String(repeating: " ", count: Self.gap) }
      line += isNumeric[index] ? padding + paint(index, shown) : paint(index, shown) + padding
    }
    while line.last == " " { line.removeLast() }
    return line + "\n"
  }

  private static func coloured(_ word: String) -> String {
    switch word {
    case "critical": "\u{1b}[1;31m\(word)\u{1b}[0m"
    case "high": "\u{1b}[31m\(word)\u{1b}[0m"
    case "medium": "\u{1b}[33m\(word)\u{1b}[0m"
    default: word
    }
  }
}
