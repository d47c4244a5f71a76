import GRDB
import GRDBSQLite
import OTCore

/// Reads the rows of one question, values by their position from 0: for what asks for so many rows that a typed row for
/// each would cost more than the question.
///
/// ```swift
/// var rows = try RowReader("SELECT id, kind FROM operation ORDER BY id", in: database)
/// while try rows.next() { count(rows.text(1)) }
/// ```
/// Unsafe inside only: the statement's pointer lives as long as its owner, and values are copied out of the row.
@safe public struct RowReader {
  private let database: Database
  /// Owns the statement below.
  private let owner: Statement
  private let statement: SQLiteStatement

  public init(_ sql: String, in database: Database) throws {
    try self.init(database.makeStatement(sql: sql), in: database)
  }

  /// A statement whose parameters are bound; read to its end or ``finish()``ed, it may be used again.
  public init(_ statement: Statement, in database: Database) throws {
    self.database = database
    owner = statement
    unsafe self.statement = statement.sqliteStatement
  }

  public var columnNames: [String] { owner.columnNames }

  /// Goes to the next row; false where there is none.
  public mutating func next() throws -> Bool {
    switch unsafe sqlite3_step(statement) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      throw DatabaseError(resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage, sql: owner.sql)
    }
  }

  /// The value where SQLite keeps it: looking it up by its column costs more than asking it something. It may be asked
  /// because no other thread uses the connection meanwhile.
  @unsafe private func value(_ column: Int) -> OpaquePointer? { unsafe sqlite3_column_value(statement, Int32(column)) }

  public func isNull(_ column: Int) -> Bool { unsafe sqlite3_value_type(value(column)) == SQLITE_NULL }
  /// 0 where it is NULL or no number.
  public func integer(_ column: Int) -> Int64 { unsafe sqlite3_value_int64(value(column)) }
  public func number(_ column: Int) -> Int { Int(integer(column)) }
  public func flag(_ column: Int) -> Bool { integer(column) != 0 }
  public func real(_ column: Int) -> Double { unsafe sqlite3_value_double(value(column)) }

  /// A whole number; nil where it is none, also where a real number or a text is one.
  public func whole(_ column: Int) -> Int64? {
    let value = unsafe value(column)
    return unsafe sqlite3_value_type(value) == SQLITE_INTEGER ? sqlite3_value_int64(value) : nil
  }

  /// Its text; numbers as SQLite writes them; empty where it is NULL.
  public func text(_ column: Int) -> String {
    unsafe withBytes(column) { unsafe String(decoding: $0, as: UTF8.self) }
  }
  public func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

  /// Kind of value, as ``Kind``.
  public func kind(_ column: Int) -> Kind {
    switch unsafe sqlite3_value_type(value(column)) {
    case SQLITE_INTEGER: .integer
    case SQLITE_FLOAT: .real
    case SQLITE_TEXT: .text
    case SQLITE_BLOB: .bytes
    default: .null
    }
  }

  public enum Kind: Sendable { case null, integer, real, text, bytes }

  /// UTF-8 of the value, valid until the next call.
  @unsafe private func withBytes<Result>(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let value = unsafe value(column)
    let bytes = unsafe sqlite3_value_text(value)
    let count = unsafe Int(sqlite3_value_bytes(value))
    return unsafe body(UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
  }

  /// Reads the value's UTF-8 where SQLite keeps it.
  public func read<Result>(_ column: Int, _ body: (Span<UInt8>) -> Result) -> Result {
    unsafe withBytes(column) { unsafe body($0.span) }
  }

  /// Lets go of the rows that were not read.
  public func finish() { unsafe sqlite3_reset(statement) }
}

/// A column whose text mostly is that of the row before: it is made anew only where it changes.
public struct RepeatedText {
  public private(set) var text = ""
  private var bytes: [UInt8] = []

  public init() {}

  /// Reads the column of this row; false: it says the same as before.
  public mutating func changes(_ rows: RowReader, _ column: Int) -> Bool {
    if rows.read(column, { $0.equals(bytes.span) }) { return false }
    text = rows.text(column)
    bytes.removeAll(keepingCapacity: true)
    bytes.append(text.utf8Span.span)
    return true
  }
}
