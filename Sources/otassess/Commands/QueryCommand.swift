import ArgumentParser
import Foundation
import OTCase
import OTSurvey

struct QueryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Ask a case one SELECT; it cannot change anything.",
    discussion: """
      `otassess schema` lists the tables and views, docs/schema.md explains them.

      Example: otassess query "SELECT name, role, firmware FROM v_asset WHERE is_ot" case.otcase
      """)

  @Argument(help: "The question, in SQLite's SQL.")
  var sql: String

  @OptionGroup var source: SourceOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "Most rows to print.")
  var rows: Int = 10_000

  func validate() throws {
    guard FileManager.default.fileExists(atPath: sql) else { return }
    throw ValidationError("\(sql) is a file: the question comes first, as in otassess query \"SELECT …\" \(sql)")
  }

  func run() async throws {
    try await source.open { store in
      let answer = try store.query(sql, rows: rows)
      output.print(
        OutputTable(answer.columns.map { .init(name: $0) }, rows: answer.rows.map { $0.map(OutputTable.Cell.init) }))
      if answer.isCut { Terminal.complain("only the first \(rows) rows are printed; --rows prints more") }
    }
  }
}

extension OutputTable.Cell {
  init(_ value: CaseStore.Value) {
    switch value {
    case .null: self = .none
    case .integer(let number): self = .integer(number)
    case .real(let number): self = .real(number)
    case .text, .bytes: self = .text(value.description)
    }
  }
}
