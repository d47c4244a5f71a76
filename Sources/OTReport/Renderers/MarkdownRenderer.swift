/// CommonMark with GitHub's tables.
public enum MarkdownRenderer: Renderer {
  public static let fileExtension = "md"
  private static let marks = Marks("\\`*_{}[]<>()#+!|~&$")
  private static let noMarks = Marks("")

  public static func render(_ document: Document) -> String {
    var text = "# \(escape(document.title))\n\n\(escape(document.subtitle))\n"
    for block in document.blocks { text += "\n" + render(block) }
    return text
  }

  /// Everything Markdown or HTML could read as markup is escaped; a line break becomes a blank.
  public static func escape(_ text: String) -> String {
    if text.isPlain(but: marks) { return text }
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\", "`", "*", "_", "{", "}", "[", "]", "<", ">", "(", ")", "#", "+", "!", "|", "~", "&", "$":
        escaped += "\\" + String(character)
      case "\n", "\r", "\t": escaped += " "
      default:
        // Control characters and marks that turn the writing direction show as their number.
        if character.value < 0x20 || (0x7f..<0xa0).contains(character.value) || isDirectionMark(character) {
          escaped += "\\\\u\\{" + String(character.value, radix: 16) + "\\}"
        } else {
          escaped.unicodeScalars.append(character)
        }
      }
    }
    return escaped
  }

  private static func render(_ block: Block) -> String {
    switch block {
    case .heading(let level, let text, let id):
      return String(repeating: "#", count: Swift.max(1, Swift.min(6, level))) + " <a id=\"\(identifier(id))\"></a>"
        + escape(text) + "\n"
    case .paragraph(let inlines): return line(inlines) + "\n"
    case .list(let items): return items.map { "- " + line($0) }.joined(separator: "\n") + "\n"
    case .notice(let tone, let inlines):
      return "> **\(tone == .high || tone == .critical ? "Important" : "Note"):** " + line(inlines) + "\n"
    case .code(let text):
      // A fence longer than any run of backticks in the text.
      var longest = 0
      var run = 0
      for character in text {
        run = character == "`" ? run + 1 : 0
        longest = Swift.max(longest, run)
      }
      let fence = String(repeating: "`", count: Swift.max(3, longest + 1))
      return "\(fence)\n\(visible(text))\n\(fence)\n"
    case .figures(let figures):
      return figures.map { "- **\(escape($0.value))** \(escape($0.label))" }.joined(separator: "\n") + "\n"
    case .table(let table): return render(table)
    case .matrix(let matrix): return render(matrix)
    case .drawing(let drawing):
      return "**\(escape(drawing.title))** \(escape(drawing.caption))\n\n" + render(drawing.twin)
    case .card(_, let blocks): return blocks.map { render($0) }.joined(separator: "\n")
    }
  }

  private static func render(_ table: Table) -> String {
    var text = table.caption.isEmpty ? "" : "*\(escape(table.caption))*\n\n"
    text += "| " + table.columns.map { escape($0.title) }.joined(separator: " | ") + " |\n"
    text += "|" + table.columns.map { $0.alignment == .trailing ? "--:|" : "---|" }.joined() + "\n"
    for row in table.rows { text += "| " + row.map(line).joined(separator: " | ") + " |\n" }
    if table.rows.isEmpty {
      text += "| – |" + String(repeating: " |", count: Swift.max(0, table.columns.count - 1)) + "\n"
    }
    if table.omitted > 0 { text += "\n\(table.omitted) more rows: \(escape(table.more))\n" }
    return text
  }

  private static func render(_ matrix: RiskMatrix) -> String {
    var text = "| Likelihood \\\\ Consequence | 1 | 2 | 3 | 4 | 5 |\n|---|--:|--:|--:|--:|--:|\n"
    for likelihood in (1...5).reversed() {
      let cells = (1...5).map { consequence -> String in
        let (certain, possible) = matrix.count(likelihood: likelihood, consequence: consequence)
        let band = RiskMatrix.band(likelihood: likelihood, consequence: consequence).rawValue
        let counts = [certain > 0 ? "**\(certain)**" : "", possible > 0 ? "(\(possible))" : ""].filter { !$0.isEmpty }
        return (counts + [band]).joined(separator: " ")
      }
      text += "| L\(likelihood) | " + cells.joined(separator: " | ") + " |\n"
    }
    return text
  }

  private static func line(_ inlines: [Inline]) -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text): escape(text)
      case .strong(let text): text.isEmpty ? "" : "**\(escape(text))**"
      case .code(let text): code(text)
      case .tag(_, let text): text.isEmpty ? "" : "**\(escape(text))**"
      case .link(let text, let id): "[\(escape(text))](#\(identifier(id)))"
      }
    }.joined()
  }

  /// A code span; a pipe would end a table's cell and a backtick the span, so such text is escaped instead.
  private static func code(_ text: String) -> String {
    guard !text.isEmpty else { return "" }
    let shown = visible(text)
    return shown.contains("`") || shown.contains("|") || shown.contains("\n") ? escape(text) : "`\(shown)`"
  }

  private static func visible(_ text: String) -> String {
    if text.isPlain(but: noMarks) { return text }
    var shown = ""
    for character in text.unicodeScalars {
      if character != "\n",
        character.value < 0x20 || (0x7f..<0xa0).contains(character.value) || isDirectionMark(character)
      {
        shown += "\\u{" + String(character.value, radix: 16) + "}"
      } else {
        shown.unicodeScalars.append(character)
      }
    }
    return shown
  }
}

/// Printable ASCII characters that a format must escape.
struct Marks: Sendable {
  /// A bit for each of the first 64 characters and for each of the next.
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  init(_ characters: String) {
    for byte in characters.utf8 {
      if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte & 63) }
    }
  }

  func contains(_ byte: UInt8) -> Bool { (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1 }
}

extension String {
  /// Whether it is printable ASCII without the given marks, so that nothing has to be escaped: most texts are.
  func isPlain(but marks: Marks) -> Bool {
    utf8.allSatisfy { (0x20..<0x7f).contains($0) && !marks.contains($0) }
  }
}

/// Characters that turn the direction of writing and so could make a name read as another.
func isDirectionMark(_ scalar: Unicode.Scalar) -> Bool {
  (0x202a...0x202e).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value) || scalar.value == 0x200e
    || scalar.value == 0x200f || scalar.value == 0xfeff || (0x200b...0x200d).contains(scalar.value)
}

/// An id for links: letters, digits and hyphens.
func identifier(_ text: String) -> String {
  String(text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
}
