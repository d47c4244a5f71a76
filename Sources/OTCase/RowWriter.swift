import GRDB
import GRDBSQLite
import OTCore
import OTFacts

/// Writes the rows of one table, values in the order of its columns.
///
/// Binds straight into the prepared statement: a million rows cost a quarter of what records cost (`LIBRARIES.md` 2.3).
/// Unsafe inside only: the statement's pointer lives as long as its owner.
@safe struct RowWriter {
  private let table: Schema.Table
  private let database: Database
  /// Owns the statement below.
  private let owner: Statement
  private let statement: SQLiteStatement
  private var position: Int32 = 0

  init(_ name: String, in database: Database) throws {
    guard let table = Schema.table(name) else { throw CaseError.inconsistent("no table \(name)") }
    self.table = table
    self.database = database
    owner = try database.makeStatement(sql: table.insertion)
    unsafe statement = owner.sqliteStatement
  }

  mutating func add(_ value: Int) { add(Int64(value)) }
  mutating func add(_ value: UInt64) { add(Int64(clamping: value)) }
  mutating func add(_ value: Int64) {
    position += 1
    unsafe sqlite3_bind_int64(statement, position, value)
  }
  mutating func add(_ value: Double) {
    position += 1
    unsafe sqlite3_bind_double(statement, position, value)
  }
  mutating func add(_ value: Bool) { add(value ? 1 : 0) }
  mutating func add(_ value: Timestamp) { add(value.nanoseconds) }
  mutating func addNull() {
    position += 1
    unsafe sqlite3_bind_null(statement, position)
  }

  /// Text; a NUL, at which SQLite's own functions and most readers would stop, is written `\x00`.
  mutating func add(_ value: String) {
    position += 1
    let text = value.utf8.contains(0) ? Self.showingNULs(value) : value
    _ = unsafe sqlite3_bind_text(statement, position, text, Int32(clamping: text.utf8.count), Self.transient)
  }

  mutating func add(_ value: Int?) { if let value { add(value) } else { addNull() } }
  mutating func add(_ value: UInt64?) { if let value { add(value) } else { addNull() } }
  mutating func add(_ value: Double?) { if let value { add(value) } else { addNull() } }
  mutating func add(_ value: Bool?) { if let value { add(value) } else { addNull() } }
  mutating func add(_ value: String?) { if let value { add(value) } else { addNull() } }
  mutating func add(_ value: Timestamp?) { if let value { add(value) } else { addNull() } }

  /// The three columns of ``Schema``'s `sighting`.
  mutating func add(_ first: Sighting) {
    add(first.time)
    add(Int(first.file) + 1)
    add(first.frame)
  }
  /// The four columns of ``Schema``'s `sightings`.
  mutating func add(_ first: Sighting, last: Timestamp) {
    add(first)
    add(last)
  }

  /// Inserts the row that was added; every column must have been.
  mutating func insert() throws {
    guard Int(position) == table.columns.count else {
      throw CaseError.inconsistent("\(table.name) has \(table.columns.count) columns, \(position) values were given")
    }
    let code = unsafe sqlite3_step(statement)
    unsafe sqlite3_reset(statement)
    position = 0
    guard code == SQLITE_DONE else {
      throw CaseError.refused(table: table.name, message: database.lastErrorMessage ?? "error \(code)")
    }
  }

  private static func showingNULs(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      if scalar.value == 0 { result += "\\x00" } else { result.unicodeScalars.append(scalar) }
    }
  }

  /// SQLITE_TRANSIENT, a C macro that Swift does not import: SQLite copies the text before the call returns.
  nonisolated(unsafe) private static let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
