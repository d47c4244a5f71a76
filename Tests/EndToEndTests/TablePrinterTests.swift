import Testing

@testable import otassess

/// Tables on a terminal.
@Suite struct TablePrinterTests {
  /// Text from the wire, and what a terminal is sent.
  @Test(arguments: [
    ("sts01-plc", "sts01-plc"), ("\u{1b}[2J", "\\x1b[2J"), ("a\nb\tc\r", "a\\x0ab\\x09c\\x0d"), ("\u{9b}1m", "\\x9b1m"),
    ("\u{202e}gpj.exe", "\\u{202e}gpj.exe"), ("a\u{200b}b", "a\\u{200b}b"), ("\u{2028}", "\\u{2028}"),
    ("<script>", "<script>"), ("岸壁クレーン", "岸壁クレーン"), ("\u{7f}", "\\x7f"),
  ])
  func noControlCharacterReachesATerminal(_ text: String, _ shown: String) {
    #expect(TerminalText.escaped(text) == shown)
    let table = OutputTable([.init(name: text)], rows: [[.text(text)]])
    let printed = table.text(.table, TablePrinter.Style(width: 40, hasColours: false))
    #expect(
      printed.unicodeScalars.allSatisfy {
        $0 == "\n" || !$0.properties.isBidiControl && $0.value >= 0x20 && $0 != "\u{7f}"
      })
  }

  @Test(arguments: [("abc", 3), ("岸壁", 4), ("e\u{301}", 1), ("", 0), ("ｱ", 1), ("🏗", 2)])
  func widthIsCountedInCells(_ text: String, _ cells: Int) {
    #expect(TerminalText.width(text) == cells)
  }

  static let table = OutputTable(
    [.init(name: "finding"), .init(name: "severity", isBand: true), .init(name: "some_title"), .init(name: "count")],
    rows: [
      [.text("OT-1"), .text("critical"), .text("岸壁クレーンが停止した、原因は不明"), .integer(7)],
      [.text("OT-22"), .text("low"), .none, .integer(12345)],
    ])

  @Test func columnsAreAlignedByWidth() {
    let lines = Self.table.text(.table, TablePrinter.Style()).split(separator: "\n")
    // 17 wide characters take 34 cells; numbers stand at the right.
    let blank = { (count: Int) in String(repeating: " ", count: count) }
    #expect(
      lines == [
        "finding  severity  some title\(blank(26))count"[...],
        "OT-1     critical  岸壁クレーンが停止した、原因は不明\(blank(6))7"[...],
        "OT-22    low       \(blank(34))  12345"[...],
      ])
  }

  @Test(arguments: [8, 20, 33, 44, 60, 200])
  func noLineIsWiderThanTheTerminal(width: Int) {
    let text = Self.table.text(.table, TablePrinter.Style(width: width))
    let rows = text.split(separator: "\n").filter { !$0.hasPrefix("(no room") }
    #expect(rows.count == 3 && rows.allSatisfy { TerminalText.width(String($0)) <= width })
    // What is left out is said.
    let heads = text.prefix { $0 != "\n" }
    #expect(text.contains("(no room for: ") == !heads.contains("count"))
  }

  @Test func coloursStandOnlyWhereTheyAreWanted() {
    let plain = Self.table.text(.table, TablePrinter.Style(width: 100, hasColours: false))
    #expect(!plain.contains("\u{1b}"))
    let coloured = Self.table.text(.table, TablePrinter.Style(width: 100, hasColours: true))
    #expect(coloured.contains("\u{1b}[1;31mcritical\u{1b}[0m"))
  }
}
