import OTCore
import OTReport

/// Rows as a command prints them: the same columns as a table, as JSON and as CSV.
struct OutputTable {
  enum Cell: Equatable {
    case none
    case text(String)
    case integer(Int64)
    case real(Double)
    case flag(Bool)
  }

  struct Column {
    var name: String
    /// Whether its words are severities or risk bands, which a terminal may colour.
    var isBand = false
  }

  var columns: [Column]
  var rows: [[Cell]]

  init(_ columns: [Column], rows: [[Cell]]) {
    self.columns = columns
    self.rows = rows
  }

  /// A table of `items`, one row each.
  init<Item>(of items: [Item], _ fields: [Field<Item>]) {
    columns = fields.map(\.column)
    rows = items.map { item in fields.map { $0.cell(item) } }
  }

  /// A column and where its value stands in an item.
  struct Field<Item> {
    var column: Column
    var cell: (Item) -> Cell

    init(_ name: String, isBand: Bool = false, _ value: @escaping (Item) -> some CellValue) {
      column = Column(name: name, isBand: isBand)
      cell = { value($0).cell }
    }
  }

  // MARK: formats

  func text(_ format: OutputFormat, _ style: TablePrinter.Style) -> String {
    switch format {
    case .table: TablePrinter(style).text(self)
    case .json: json
    case .csv: CSVWriter.write(columns.map(\.name), rows.map { $0.map(\.words) })
    }
  }

  /// An array of objects, one a row.
  private var json: String {
    var writer = JSONWriter(pretty: true)
    writer.array { writer in
      for row in rows {
        writer.object { writer in
          for (column, cell) in zip(columns, row) {
            writer.key(text: column.name)
            switch cell {
            case .none: writer.null()
            case .text(let text): writer.value(text)
            case .integer(let number): writer.value(number)
            case .real(let number): writer.value(number)
            case .flag(let flag): writer.value(flag)
            }
          }
        }
      }
    }
    writer.newline()
    return writer.text
  }
}

extension OutputTable.Cell {
  /// As a table and CSV show it; what is not known is empty.
  var words: String {
    switch self {
    case .none: ""
    case .text(let text): text
    case .integer(let number): String(number)
    case .real(let number): String(number)
    case .flag(let flag): flag ? "yes" : "no"
    }
  }

  var isNumber: Bool {
    switch self {
    case .integer, .real: true
    case .none, .text, .flag: false
    }
  }
}

/// What may stand in a cell.
protocol CellValue {
  var cell: OutputTable.Cell { get }
}

extension String: CellValue { var cell: OutputTable.Cell { .text(self) } }
extension Int: CellValue { var cell: OutputTable.Cell { .integer(Int64(self)) } }
extension Int64: CellValue { var cell: OutputTable.Cell { .integer(self) } }
extension Double: CellValue { var cell: OutputTable.Cell { .real(self) } }
extension Bool: CellValue { var cell: OutputTable.Cell { .flag(self) } }
extension Optional: CellValue where Wrapped: CellValue {
  var cell: OutputTable.Cell { map(\.cell) ?? .none }
}
extension Timestamp: CellValue { var cell: OutputTable.Cell { .text(description) } }
