import GRDB
import GRDBSQLite

/// Ends a query that takes too many of SQLite's virtual machine instructions, with SQLITE_INTERRUPT.
enum QueryBudget {
  /// SQLite asks the handler after `steps` instructions for the first time; the answer is to stop.
  static func run<Value>(steps: Int, in database: Database, _ body: () throws -> Value) rethrows -> Value {
    guard let connection = unsafe database.sqliteConnection else { return try body() }
    unsafe sqlite3_progress_handler(connection, Int32(clamping: max(1, steps)), { _ in 1 }, nil)
    defer { unsafe sqlite3_progress_handler(connection, 0, nil, nil) }
    return try body()
  }
}
