import OTCore

/// Makes pages of the rows of a long table, and then of its indices.
///
/// For tables whose rows are numbered 1, 2, 3 … in the order they are added in, with indices on columns that are never
/// NULL, in the order of the table and each in one of them at most; and for tables kept by a key of their first columns,
/// whose rows are added in its order and which have no other index. The table and its indices stand in the file empty.
public struct PageRows: RowSink {
  private let table: Schema.Table
  /// Whether the first column is the number of the row, which is not kept beside it.
  private let isNumbered: Bool
  /// Whether rows are kept by their key and have no number.
  private let isKeyed: Bool
  private var tree: TreePages
  private var indices: [(tree: TreePages, keys: IndexKeys)] = []
  /// Per column its place in ``indices``, or -1.
  private var indexOfColumn: [Int]
  private var record = RecordBytes()
  private var column = 0
  private var row: Int64 = 0
  private var run = PageRun()

  init(_ name: String) throws {
    guard let table = Schema.table(name) else { throw CaseError.inconsistent("no table \(name)") }
    self.table = table
    isNumbered = table.keyNames == ["id"]
    isKeyed = !table.keyNames.isEmpty && !isNumbered
    tree = TreePages(isKeyed ? .index : .table, root: name)
    indexOfColumn = Array(repeating: -1, count: table.columns.count)
    if isKeyed, !table.columns.map(\.name).starts(with: table.keyNames) || !table.indices.isEmpty {
      throw CaseError.inconsistent("the key of \(name) does not come first, or is not alone")
    }
    for names in table.indices {
      let places = table.columns.indices.filter { names.contains(table.columns[$0].name) }
      let columns = places.map { table.columns[$0] }
      guard columns.map(\.name) == names, !columns.contains(where: \.isOptional),
        places.allSatisfy({ indexOfColumn[$0] < 0 })
      else { throw CaseError.inconsistent("an index of \(name) on \(names)") }
      for place in places { indexOfColumn[place] = indices.count }
      indices.append((TreePages(.index, root: table.indexName(names)), IndexKeys(columns)))
    }
  }

  public mutating func add(_ value: Int64) {
    if let index { indices[index].keys.add(value) }
    if isNumbered, column == 0 { record.addNull() } else { record.add(value) }
    column += 1
  }

  public mutating func add(_ value: Double) {
    record.add(value)
    column += 1
  }

  public mutating func add(_ value: String) {
    let text = value.utf8Span.span
    guard text.firstPlace(of: 0) == nil else { return add(value.replacing("\u{0}", with: "\\x00")) }
    if let index { indices[index].keys.add(value) }
    record.add(text: text)
    column += 1
  }

  public mutating func addNull() {
    record.addNull()
    column += 1
  }

  /// The index on the column that is added next.
  private var index: Int? {
    column < indexOfColumn.count && indexOfColumn[column] >= 0 ? indexOfColumn[column] : nil
  }

  public mutating func insert() throws {
    guard column == table.columns.count else {
      throw CaseError.inconsistent("\(table.name) has \(table.columns.count) columns, \(column) values were given")
    }
    if !isKeyed { row += 1 }
    tree.add(record, row: row, to: &run)
    record.removeAll()
    column = 0
  }

  /// Ends the table and its indices, and gives their pages.
  mutating func finish() -> PageRun {
    var run = PageRun()
    swap(&run, &self.run)
    tree.finish(in: &run)
    for index in indices.indices {
      var tree = indices[index].tree
      indices[index].keys.write(to: &tree, in: &run)
    }
    return run
  }
}
