import GRDB
import OTFacts

/// A case while it is made: what was observed stands in it, judging adds to it, and then it is closed.
public struct CaseDraft: Sendable {
  public let store: CaseStore
  /// What was observed, in the order of the case's ids.
  public let facts: Facts

  init(_ store: CaseStore, _ facts: Facts) {
    self.store = store
    self.facts = facts
  }

  /// Closes the case; the tables, which stand empty in it, are filled when nobody asks it any more.
  public func finish(filling tables: [LongTable] = []) throws {
    let roots = try store.read(LongTable.roots)
    try store.close()
    if !tables.isEmpty { try LongTable.write(tables, roots, to: store.path) }
  }
}

/// A table whose rows are written in one go, as pages: inserting them was most of making a case.
public struct LongTable: Sendable {
  private let name: String
  private let rows: @Sendable (inout PageRows) throws -> Void

  /// - Parameter rows: adds all rows, in the order ``PageRows`` asks for.
  public init(_ name: String, _ rows: @escaping @Sendable (inout PageRows) throws -> Void) {
    self.name = name
    self.rows = rows
  }

  /// The table and its indices as pages.
  func pages() throws -> PageRun {
    var rows = try PageRows(name)
    try self.rows(&rows)
    return rows.finish()
  }

  /// Fills tables of a case that nobody uses at the moment.
  static func write(_ tables: [LongTable], _ roots: [String: Int], to path: String) throws {
    var file = try PageFile(appendingTo: path, roots: roots)
    for table in tables { try file.append(try table.pages()) }
    try file.close()
  }

  /// Page each tree of a case begins at, by name of table or index.
  static func roots(_ database: Database) throws -> [String: Int] {
    var roots: [String: Int] = [:]
    var rows = try RowReader("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0", in: database)
    while try rows.next() { roots[rows.text(0)] = rows.number(1) }
    return roots
  }
}
