import GRDB
import GRDBSQLite

/// Stops a query that does not end. Counted in SQLite's virtual machine instructions, not in time, so that the same case
/// gives the same answer on every computer.
enum QueryBudget {
  /// Instructions between two looks at the count.
  private static let step: Int32 = 10_000

  /// Runs `body`; a query in it that needs more than `instructions` ends with SQLITE_INTERRUPT.
  static func limit<Value>(_ instructions: Int, in database: Database, _ body: () throws -> Value) rethrows -> Value {
    guard let connection = unsafe database.sqliteConnection else { return try body() }
    let looks = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    unsafe looks.initialize(to: max(1, instructions / Int(step)))
    unsafe sqlite3_progress_handler(
      connection, step,
      { pointer in
        guard let looks = unsafe pointer?.assumingMemoryBound(to: Int.self) else { return 0 }
        unsafe looks.pointee -= 1
        return unsafe looks.pointee < 0 ? 1 : 0
      }, looks)
    defer {
      unsafe sqlite3_progress_handler(connection, 0, nil, nil)
      unsafe looks.deallocate()
    }
    return try body()
  }
}
