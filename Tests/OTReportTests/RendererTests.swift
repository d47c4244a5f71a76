import Testing

@testable import OTReport

@Suite struct RendererTests {
  /// What a device may call itself.
  static let hostile = [
    "<script>alert(1)</script>", "a|b|c", "=cmd()|' /C calc'!A0", "\u{1b}[2J\u{1b}[H", "gpj.\u{202e}exe", "`rm -rf`",
    "\"><img src=x onerror=1>", "line one\nline two", "' onmouseover='x", "](javascript:x)", "**bold** _it_ #1",
    "&lt;b&gt;", "\u{0}\u{7f}\u{9b}", "https://example.org/x", "\\`\\|",
  ]

  /// Every kind of block with the text in every place that takes one.
  static func blocks(_ text: String) -> [Block] {
    let line: [Inline] = [
      .text(text), .strong(text), .code(text), .tag(.high, text), .link(text, id: text),
    ]
    let table = Table(text, [.init(text), .init(text, .trailing)], omitted: 2, more: text, rows: [[line, line]])
    let drawing = Drawing(
      text, caption: text, width: 10, height: 10,
      shapes: [
        .text(at: .init(1, 2), text, .middle, isStrong: true),
        .line(from: .init(0, 0), to: .init(1, 1), bow: .init(2, 0), .high, width: 1),
        .box(at: .init(0, 0), width: 1, height: 1, .low), .dot(at: .init(0, 0), radius: 1, .info),
      ], twin: table)
    return [
      .heading(level: 2, text: text, id: text), .paragraph(line), .list([line]), .table(table), .notice(.high, line),
      .code(text), .figures([Figure(text, text, .high)]),
      .matrix(RiskMatrix([.init(text, likelihood: 1...5, consequence: 5...5)])), .drawing(drawing),
      .card(.low, [.paragraph(line)]),
    ]
  }

  static func document(_ text: String) -> Document { Document(title: text, subtitle: text, blocks: blocks(text)) }

  @Test(arguments: hostile) func htmlNeverRunsWhatItQuotes(_ text: String) {
    let page = HTMLRenderer.render(Self.document(text))
    expectHarmless(page)
    // The same elements as with a harmless text: nothing the text holds became one.
    #expect(tags(page) == tags(HTMLRenderer.render(Self.document("x"))))
  }

  @Test func aLongNameMayBeBrokenAndAShortOneMayNot() {
    func page(_ name: String) -> String {
      HTMLRenderer.render(Document(title: "", subtitle: "", blocks: [.paragraph([.code(name)])]))
    }
    #expect(page("OT-MASTER-001").contains("<code class=\"whole\">OT-MASTER-001</code>"))
    let long = "visit_2026-03-10_quay-crane-3_mirror-port-of-<b>.pcapng"
    #expect(page(long).contains("visit_2026-<wbr>") && !page(long).contains("<b>"))
    #expect(page(long).replacing("<wbr>", with: "").contains("mirror-port-of-&lt;b&gt;.pcapng"))
    #expect("crane_1_2026-03-10.pcap".shortenedInside(to: 12) == "crane…0.pcap")
    #expect("crane.pcap".shortenedInside(to: 12) == "crane.pcap")
  }

  @Test(arguments: hostile) func markdownShowsNoMarkupOfWhatItQuotes(_ text: String) {
    let page = MarkdownRenderer.render(Self.document(text))
    for scalar in page.unicodeScalars {
      #expect(scalar == "\n" || scalar.value >= 0x20 && !(0x7f..<0xa0).contains(scalar.value))
      #expect(!isDirectionMark(scalar))
    }
    // Outside of code, every angle bracket is escaped or our own anchor.
    var inCode = false
    for row in page.split(separator: "\n") {
      if row.hasPrefix("```") { inCode.toggle() }
      guard !inCode, !row.hasPrefix("```") else { continue }
      let bare = withoutCode(String(row)).replacing(/<a id="[a-z0-9-]*"><\/a>/, with: "")
      #expect(!bare.contains(/(^|[^\\])</), "\(row)")
      if row.hasPrefix("|") { #expect(cells(String(row)) == 2 || cells(String(row)) == 6, "\(row)") }
    }
  }

  @Test(arguments: hostile) func aSpreadsheetTakesNoFieldForAFormula(_ text: String) {
    let field = CSVWriter.escape(text)
    let value = field.hasPrefix("\"") ? String(field.dropFirst()) : field
    #expect(!"=+-@\t\r".contains(value.first ?? " "))
    #expect(!field.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    #expect(CSVWriter.write([text], [[text]]).split(separator: "\r\n").count == 2)
  }

  @Test func theMatrixHasTheBandsOfTheHandbook() {
    let expected = [  // rows L1…L5, columns C1…C5
      "low low low low low", "low low medium medium medium", "low medium medium high high",
      "low medium high high critical",
      "low medium high critical critical",
    ]
    for likelihood in 1...5 {
      let bands = (1...5).map { RiskMatrix.band(likelihood: likelihood, consequence: $0).rawValue }
      #expect(bands.joined(separator: " ") == expected[likelihood - 1])
    }
  }

  @Test(arguments: [
    (Words.share(1, of: 3), "1 of 3 (33 %)"), (Words.share(0, of: 0), "0 of 0"),
    (Words.share(1, of: 1000), "1 of 1\u{202f}000 (under 1 %)"),
    (Words.share(999, of: 1000), "999 of 1\u{202f}000 (over 99 %)"),
    (Words.number(-2.25), "−2.3"), (Words.number(.nan), "not known"), (Words.number(1234.5), "1\u{202f}235"),
    (Words.duration(0.0042), "4.2 ms"), (Words.duration(200), "3 min 20 s"), (Words.duration(-1), "not known"),
    (Words.range(1, 1), "1"), (Words.range(nil, nil as Int?), "not assessed"), (Words.bytes(1_182_472), "1.2 MB"),
    (Words.few(["a", "b", "c", "d"]), "a, b, c and 1 more"),
  ])
  func numbersAreSaidWithTheirDenominator(_ said: String, _ expected: String) { #expect(said == expected) }
}

/// No script, nothing loaded from anywhere, no control character.
func expectHarmless(_ page: String) {
  let lower = page.lowercased()
  for word in [
    "<script", "src=x", "url(", "@import", "<img", "<iframe", "<object", "<link", "href=\"http", "javascript:\"",
  ] {
    #expect(!lower.contains(word) || lower.contains("&quot;&gt;&lt;img src=x") && word == "src=x", "\(word)")
  }
  for scalar in page.unicodeScalars {
    #expect(scalar == "\n" || scalar.value >= 0x20 && !(0x7f..<0xa0).contains(scalar.value))
    #expect(!isDirectionMark(scalar))
  }
}

/// Every tag with the names of its attributes, in order.
/// Elements of a page; where a line of code may or may not be broken depends on its text.
private func tags(_ page: String) -> [String] {
  page.replacing("<wbr>", with: "").replacing("<code class=\"whole\">", with: "<code>")
    .matches(of: /<[a-zA-Z\/!][^>]*>/).map { String($0.output).replacing(/"[^"]*"/, with: "\"\"") }
}

private func withoutCode(_ row: String) -> String { row.replacing(/`[^`]*`/, with: "") }

/// Cells of a Markdown table row: bars that are not escaped.
private func cells(_ row: String) -> Int { row.matches(of: /(^|[^\\])(\\\\)*\|/).count - 1 }
