import Foundation
import GRDB
import GRDBSQLite
import OTCore
import OTFacts

/// Writes the rows of one table, values in the order of its columns.
///
/// Binds straight into the prepared statement: a million rows cost a quarter of what records cost (`LIBRARIES.md` 2.3).
/// Texts are gathered in one buffer and bound where they stand in it, so that SQLite copies each once, into the row.
/// Of tables with many rows several go in with each statement: beginning and ending one costs a third of a row.
/// Unsafe inside only: the statement's pointer lives as long as its owner, and nothing bound is used after it ran.
@safe public struct RowWriter {
  /// Table or purpose, for messages.
  private let name: String
  /// Of one row.
  private let parameters: Int
  private let database: Database
  /// Owns the statement below.
  private var owner: Statement
  private var statement: SQLiteStatement
  /// Rows of the statement, and how many of them were added.
  private var rows = 1
  private var added = 0
  /// Rows that come after those of the statement; nil: any number, one with each statement.
  private var following: Int?
  private var position: Int32 = 0
  /// UTF-8 of the texts, one behind the other.
  private var text: [UInt8] = []
  /// The parameter of each text, and where in `text` it ends.
  private var texts: [(parameter: Int32, end: Int)] = []

  /// Rows of a table.
  public init(_ name: String, in database: Database) throws {
    guard let table = Schema.table(name) else { throw CaseError.inconsistent("no table \(name)") }
    try self.init(table.insertion(), parameters: table.columns.count, of: table.name, in: database)
  }

  /// As many rows of a table as are announced, no more and no less: the last of them are written with the last.
  init(_ name: String, rows: Int, in database: Database) throws {
    try self.init(name, in: database)
    following = rows
    try prepare()
  }

  /// Any statement with as many parameters, each a question mark.
  public init(_ sql: String, parameters: Int, of name: String, in database: Database) throws {
    self.name = name
    self.parameters = parameters
    self.database = database
    owner = try database.makeStatement(sql: sql)
    unsafe statement = owner.sqliteStatement
  }

  /// Rows that go in with one statement.
  private static let rowsAtMost = 32

  /// Takes the statement for the rows that follow.
  private mutating func prepare() throws {
    guard let left = following else { return }
    let next = min(Self.rowsAtMost, max(1, left))
    following = max(0, left - next)
    guard next != rows, let table = Schema.table(name) else { return }
    rows = next
    owner = try database.makeStatement(sql: table.insertion(rows: rows))
    unsafe statement = owner.sqliteStatement
  }

  public mutating func add(_ value: Int) { add(Int64(value)) }
  public mutating func add(_ value: UInt64) { add(Int64(clamping: value)) }
  public mutating func add(_ value: Int64) {
    position += 1
    unsafe sqlite3_bind_int64(statement, position, value)
  }
  public mutating func add(_ value: Double) {
    position += 1
    unsafe sqlite3_bind_double(statement, position, value)
  }
  public mutating func add(_ value: Bool) { add(value ? 1 : 0) }
  public mutating func add(_ value: Timestamp) { add(value.nanoseconds) }
  public mutating func addNull() {
    position += 1
    unsafe sqlite3_bind_null(statement, position)
  }

  /// Text; a NUL, at which SQLite's own functions and most readers would stop, is written `\x00`.
  public mutating func add(_ value: String) {
    position += 1
    text.append(value.utf8Span.span)
    texts.append((position, text.count))
  }

  public mutating func add(_ value: Int?) { if let value { add(value) } else { addNull() } }
  public mutating func add(_ value: Int64?) { if let value { add(value) } else { addNull() } }
  public mutating func add(_ value: UInt64?) { if let value { add(value) } else { addNull() } }
  public mutating func add(_ value: Double?) { if let value { add(value) } else { addNull() } }
  public mutating func add(_ value: Bool?) { if let value { add(value) } else { addNull() } }
  public mutating func add(_ value: String?) { if let value { add(value) } else { addNull() } }
  public mutating func add(_ value: Timestamp?) { if let value { add(value) } else { addNull() } }

  /// The three columns of ``Schema``'s `sighting`.
  public mutating func add(_ first: Sighting) {
    add(first.time)
    add(Int(first.file) + 1)
    add(first.frame)
  }
  /// The four columns of ``Schema``'s `sightings`.
  public mutating func add(_ first: Sighting, last: Timestamp) {
    add(first)
    add(last)
  }

  /// Inserts the row that was added; every column must have been.
  public mutating func insert() throws {
    added += 1
    guard Int(position) == added * parameters else {
      let given = Int(position) - (added - 1) * parameters
      throw CaseError.inconsistent("\(name) has \(parameters) columns, \(given) values were given")
    }
    if added == rows { try run() }
  }

  private mutating func run() throws {
    if text.contains(0) { showNULs() }
    let code = unsafe text.withUnsafeBufferPointer { bytes -> Int32 in
      var start = 0
      for item in texts {
        // Where no row has text there is no address; a text of no bytes needs one all the same.
        let place = unsafe bytes.baseAddress.map {
          unsafe UnsafeRawPointer($0 + start).assumingMemoryBound(to: CChar.self)
        }
        _ = unsafe sqlite3_bind_text(
          statement, item.parameter, place ?? Self.empty, Int32(clamping: item.end - start), nil)
        start = item.end
      }
      let code = unsafe sqlite3_step(statement)
      unsafe sqlite3_reset(statement)
      return code
    }
    position = 0
    added = 0
    text.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
    guard code == SQLITE_DONE else {
      throw CaseError.refused(table: name, message: database.lastErrorMessage ?? "error \(code)")
    }
    try prepare()
  }

  private mutating func showNULs() {
    var shown: [UInt8] = []
    var start = 0
    for index in texts.indices {
      let end = texts[index].end
      for byte in text[start..<end] { if byte == 0 { shown += "\\x00".utf8 } else { shown.append(byte) } }
      start = end
      texts[index].end = shown.count
    }
    text = shown
  }

  /// An address for texts without bytes.
  nonisolated(unsafe) private static let empty = unsafe UnsafePointer(UnsafeMutablePointer<CChar>.allocate(capacity: 1))
}
