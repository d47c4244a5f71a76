import ArgumentParser

/// How a command prints its table.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json, csv
}

/// The option of every command that prints a table.
struct OutputOptions: ParsableArguments {
  @Option(help: "table (cut to the width of a terminal), json or csv; the columns are the same.")
  var format: OutputFormat = .table

  func print(_ table: OutputTable) { Terminal.write(table.text(format, Terminal.tableStyle)) }
}
