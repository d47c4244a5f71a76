/// One HTML file: no script, no resource from outside, readable without style, printable.
public enum HTMLRenderer: Renderer {
  public static let fileExtension = "html"
  private static let marks = Marks("&<>\"'")

  public static func render(_ document: Document) -> String {
    var page = Page()
    page.add(
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>
      """)
    page.add(escape(document.title))
    page.add(
      "</title>\n<style>\n\(HTMLStyle.sheet)</style>\n</head>\n<body>\n<header>\n<h1>\(escape(document.title))</h1>\n")
    page.add("<p class=\"subtitle\">\(escape(document.subtitle))</p>\n</header>\n")
    page.add(contents(document))
    page.add("<main>\n")
    for block in document.blocks { page.render(block) }
    page.add("</main>\n</body>\n</html>\n")
    return page.text
  }

  /// The five characters that mean something in HTML; control characters and marks that turn the writing direction show
  /// as their number.
  public static func escape(_ text: String) -> String {
    if text.isPlain(but: marks) { return text }
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\n": escaped += "\n"
      default:
        if character.value < 0x20 || (0x7f..<0xa0).contains(character.value) || isDirectionMark(character) {
          escaped += "\\u{" + String(character.value, radix: 16) + "}"
        } else {
          escaped.unicodeScalars.append(character)
        }
      }
    }
    return escaped
  }

  private static func contents(_ document: Document) -> String {
    var text = "<nav aria-label=\"Contents\"><ol>\n"
    for case .heading(2, let heading, let id) in document.blocks {
      text += "<li><a href=\"#\(identifier(id))\">\(escape(heading))</a></li>\n"
    }
    return text + "</ol></nav>\n"
  }

  private struct Page {
    var text = ""
    mutating func add(_ piece: String) { text += piece }

    mutating func render(_ block: Block) {
      switch block {
      case .heading(let level, let words, let id):
        let level = Swift.max(1, Swift.min(6, level))
        add("<h\(level) id=\"\(identifier(id))\">\(escape(words))</h\(level)>\n")
      case .paragraph(let inlines): add("<p>\(line(inlines))</p>\n")
      case .list(let items): add("<ul>\n" + items.map { "<li>\(line($0))</li>\n" }.joined() + "</ul>\n")
      case .notice(let tone, let inlines): add("<p class=\"notice \(tone.rawValue)\">\(line(inlines))</p>\n")
      case .code(let words): add("<pre>\(escape(words))</pre>\n")
      case .figures(let figures):
        add("<dl class=\"figures\">\n")
        for figure in figures {
          add(
            "<div class=\"\(figure.tone.rawValue)\"><dt>\(escape(figure.label))</dt><dd>\(escape(figure.value))</dd></div>\n"
          )
        }
        add("</dl>\n")
      case .table(let table): render(table)
      case .matrix(let matrix): render(matrix)
      case .drawing(let drawing):
        add(figure(drawing))
        render(drawing.twin)
      case .card(let tone, let blocks):
        add("<section class=\"card \(tone.rawValue)\">\n")
        for inner in blocks { render(inner) }
        add("</section>\n")
      }
    }

    private mutating func render(_ table: Table) {
      add("<div class=\"scroll\"><table>\n")
      if !table.caption.isEmpty { add("<caption>\(escape(table.caption))</caption>\n") }
      add("<thead><tr>")
      for column in table.columns { add("<th scope=\"col\"\(align(column))>\(escape(column.title))</th>") }
      add("</tr></thead>\n<tbody>\n")
      for row in table.rows {
        add("<tr>")
        for (index, cell) in row.enumerated() {
          add("<td\(index < table.columns.count ? align(table.columns[index]) : "")>\(line(cell))</td>")
        }
        add("</tr>\n")
      }
      if table.rows.isEmpty { add("<tr><td colspan=\"\(table.columns.count)\" class=\"none\">none</td></tr>\n") }
      add("</tbody></table></div>\n")
      if table.omitted > 0 { add("<p class=\"more\">\(table.omitted) more rows: \(escape(table.more))</p>\n") }
    }

    private func align(_ column: Table.Column) -> String { column.alignment == .trailing ? " class=\"number\"" : "" }

    private mutating func render(_ matrix: RiskMatrix) {
      add(
        "<table class=\"matrix\"><caption>Findings by likelihood (L, upwards) and consequence (C, to the right)</caption>\n<tbody>\n"
      )
      for likelihood in (1...5).reversed() {
        add("<tr><th scope=\"row\">L\(likelihood)</th>")
        for consequence in 1...5 {
          let (certain, possible) = matrix.count(likelihood: likelihood, consequence: consequence)
          let band = RiskMatrix.band(likelihood: likelihood, consequence: consequence)
          let words = (certain > 0 ? "<b>\(certain)</b>" : "") + (possible > 0 ? " <i>(\(possible))</i>" : "")
          add("<td class=\"\(band.rawValue)\" title=\"\(band.rawValue)\">\(words)</td>")
        }
        add("</tr>\n")
      }
      add("<tr><th></th>")
      for consequence in 1...5 { add("<th scope=\"col\">C\(consequence)</th>") }
      add(
        "</tr>\n</tbody></table>\n<p class=\"more\">Bold: findings rated exactly there. In brackets: findings that may lie "
      )
      add("there, since an input is not known.</p>\n")
    }

    /// A short name, as rules have, stays on its line.
    private func codeSpan(_ words: String) -> String {
      words.utf8.count <= 20 && words.contains("-") && !words.contains(" ")
        ? "<code class=\"whole\">\(escape(words))</code>" : "<code>\(breakable(words))</code>"
    }

    /// A long name, as files have, may be broken behind a mark, so that it does not push a table's columns off the page.
    private func breakable(_ words: String) -> String {
      guard words.utf8.count > 40 else { return escape(words) }
      var shown = ""
      var piece = ""
      for character in words {
        piece.append(character)
        guard "_-./:".contains(character), piece.count >= 8 else { continue }
        shown += escape(piece) + "<wbr>"
        piece = ""
      }
      return shown + escape(piece)
    }

    private func line(_ inlines: [Inline]) -> String {
      inlines.map { inline in
        switch inline {
        case .text(let words): escape(words)
        case .strong(let words): "<strong>\(escape(words))</strong>"
        case .code(let words): words.isEmpty ? "" : codeSpan(words)
        case .tag(let tone, let words): "<span class=\"tag \(tone.rawValue)\">\(escape(words))</span>"
        case .link(let words, let id): "<a href=\"#\(identifier(id))\">\(escape(words))</a>"
        }
      }.joined()
    }
  }
}
