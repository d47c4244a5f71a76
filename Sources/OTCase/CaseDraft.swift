import GRDB
import OTFacts

/// A case while it is made: what was observed stands in it, judging adds to it, and then it is closed.
public struct CaseDraft: Sendable {
  public let store: CaseStore
  /// What was observed, in the order of the case's ids, until it is taken.
  private var facts: Facts

  init(_ store: CaseStore, _ facts: Facts) {
    self.store = store
    self.facts = facts
  }

  /// Gives what was observed, so that it goes when it is not needed any more.
  public mutating func takeFacts() -> Facts {
    var taken = Facts()
    swap(&taken, &facts)
    return taken
  }

  /// Closes the case; the tables, which stand empty in it, are filled when nobody asks it any more.
  public func finish(filling tables: [LongTable] = []) throws {
    let roots = try store.read(LongTable.roots)
    try store.close()
    if !tables.isEmpty { try LongTable.write(tables, roots, to: store.path) }
  }
}

extension CaseDraft {
  /// The same by `workers` at a time, while `body` writes the last rows that SQLite inserts.
  public func finish(
    filling tables: [LongTable], workers: Int, beside body: @escaping @Sendable (Database) throws -> Void
  ) async throws {
    try await LongTable.write(tables, to: store.path, workers: workers) { [store] in
      try store.write(body)
      let roots = try store.read(LongTable.roots)
      try store.close()
      return roots
    }
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

  /// The same by `workers` at a time, the longest best first: pages are made while `short` has SQLite write other tables,
  /// after which it does not use the case any more, and are added to it as they are ready.
  ///
  /// - Parameter short: gives the page each tree begins at.
  static func write(
    _ tables: [LongTable], to path: String, workers: Int, after short: @escaping @Sendable () throws -> [String: Int]
  ) async throws {
    enum Part: Sendable {
      case short(roots: [String: Int])
      case long(PageRun)
    }
    var file: PageFile?
    try await inParallel(tables.count + 1, workers: workers) {
    } _: { number, _ -> Part in
      number == 0 ? .short(roots: try short()) : .long(try tables[number - 1].pages())
    } inOrder: { part in
      switch part {
      case .short(let roots): file = try PageFile(appendingTo: path, roots: roots)
      case .long(let run): try file?.append(run)
      }
    }
    try file?.close()
  }

  /// Page each tree of a case begins at, by name of table or index.
  static func roots(_ database: Database) throws -> [String: Int] {
    var roots: [String: Int] = [:]
    var rows = try RowReader("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0", in: database)
    while try rows.next() { roots[rows.text(0)] = rows.number(1) }
    return roots
  }
}
