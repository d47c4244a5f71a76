/// Sets a table in columns aligned by the width characters have on a terminal.
struct TablePrinter {
  struct Style {
    /// Columns of the terminal; nil where nothing is cut.
    var width: Int?
    var hasColours = false
  }

  private static let gap = 2
  /// Narrowest a column is cut to.
  private static let narrowest = 6

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
    let isNumeric = table.columns.indices.map { index in
      !table.rows.isEmpty && table.rows.allSatisfy { $0[index].isNumber || $0[index] == .none }
    }

    var text = line(heads, widths, isNumeric) { _, head in style.hasColours ? "\u{1b}[1m\(head)\u{1b}[0m" : head }
    for row in body {
      text += line(row, widths, isNumeric) { index, cell in
        style.hasColours && table.columns[index].isBand ? Self.coloured(cell) : cell
      }
    }
    return text
  }

  /// Widths that fit the terminal: the widest column gives way first.
  private func fitted(_ natural: [Int]) -> [Int] {
    guard let width = style.width else { return natural }
    var widths = natural
    while widths.reduce(0, +) + Self.gap * max(0, widths.count - 1) > width {
      guard let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > Self.narrowest else {
        break
      }
      widths[widest] -= 1
    }
    return widths
  }

  private func line(
    _ cells: [String], _ widths: [Int], _ isNumeric: [Bool], _ paint: (Int, String) -> String
  ) -> String {
    var line = ""
    var used = 0
    for (index, cell) in cells.enumerated() {
      let lead = index == 0 ? 0 : Self.gap
      let room = min(widths[index], style.width.map { $0 - used - lead } ?? widths[index])
      guard room > 0 else { break }
      let shown = TerminalText.cut(cell, to: room)
      let padding = String(repeating: " ", count: max(0, room - TerminalText.width(shown)))
      line += String(repeating: " ", count: lead)
      line += isNumeric[index] ? padding + paint(index, shown) : paint(index, shown)
      if !isNumeric[index], index + 1 < cells.count { line += padding }
      used += lead + room
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
