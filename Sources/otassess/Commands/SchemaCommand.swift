import ArgumentParser
import OTCase

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the tables and views of a case, column by column.",
    discussion: "Example: otassess schema --format csv | grep v_operation")

  @OptionGroup var output: OutputOptions

  @Flag(help: "Print docs/schema.md.")
  var markdown = false

  private struct Line {
    var table: String
    var column: String
    var type: String
    var about: String
  }

  func run() throws {
    if markdown {
      Terminal.write(Schema.markdown())
      return
    }
    let views = Schema.views.flatMap { view in
      view.columns.map { Line(table: view.name, column: $0.name, type: $0.type.rawValue, about: $0.about) }
    }
    let tables = Schema.tables.flatMap { table in
      table.columns.map { Line(table: table.name, column: $0.name, type: $0.type.rawValue, about: $0.about) }
    }
    output.print(
      OutputTable(
        of: views + tables,
        [
          .init("table") { $0.table }, .init("column") { $0.column }, .init("type") { $0.type },
          .init("about") { $0.about },
        ]))
  }
}
