import Foundation
import GRDB
import Testing

@testable import OTCase

@Suite struct SchemaTests {
  private func isSentence(_ text: String) -> Bool {
    text.count > 3 && (text.hasSuffix(".") || text.hasSuffix("…"))
  }

  @Test func everyTableViewAndColumnIsDescribed() {
    for table in Schema.tables {
      #expect(isSentence(table.about), "\(table.name)")
      #expect(Set(table.columns.map(\.name)).count == table.columns.count, "\(table.name) names a column twice")
      for column in table.columns {
        #expect(isSentence(column.about), "\(table.name).\(column.name)")
        #expect(!column.about.contains("|") && !column.about.contains("\n"), "\(table.name).\(column.name)")
      }
    }
    for view in Schema.views {
      #expect(isSentence(view.about), "\(view.name)")
      #expect(Set(view.columns.map(\.name)).count == view.columns.count, "\(view.name) names a column twice")
      for column in view.columns { #expect(isSentence(column.about), "\(view.name).\(column.name)") }
    }
  }

  @Test func everyReferenceNamesAColumn() {
    for table in Schema.tables {
      for column in table.columns {
        guard let reference = column.reference else { continue }
        let parts = reference.split(separator: ".")
        #expect(
          parts.count == 2 && Schema.table(String(parts[0]))?.columns.contains { $0.name == parts[1] } == true,
          "\(table.name).\(column.name) → \(reference)")
      }
    }
  }

  @Test func sqliteHasTheColumnsThatAreDocumentedAndEveryViewCanBeAsked() throws {
    let queue = try DatabaseQueue()
    try queue.write { try Schema.create(in: $0) }
    try queue.read { database in
      let names = try String.fetchSet(
        database, sql: "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'")
      #expect(names == Set(Schema.tables.map(\.name) + Schema.views.map(\.name)))
      for table in Schema.tables {
        let columns = try database.columns(in: table.name)
        #expect(columns.map(\.name) == table.columns.map(\.name))
        #expect(columns.map(\.isNotNull) == table.columns.map { !$0.isOptional }, "\(table.name)")
      }
      for view in Schema.views {
        let statement = try database.makeStatement(sql: "SELECT * FROM \(view.name)")
        #expect(statement.columnNames == view.columns.map(\.name))
        #expect(try Row.fetchAll(statement).isEmpty)
      }
    }
  }

  /// Record with `OT_RECORD=1 swift test --filter theDocumentIsCurrent`, which fails so that it is not left on.
  @Test func theDocumentIsCurrent() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/schema.md")
    if ProcessInfo.processInfo.environment["OT_RECORD"] != nil {
      try Schema.markdown().write(to: file, atomically: true, encoding: .utf8)
      Issue.record("docs/schema.md was recorded")
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == Schema.markdown(), "run: make docs")
  }
}
