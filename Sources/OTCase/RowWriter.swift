import Foundation
import GRDB
import GRDBSQLite
import OTCore
import OTFacts

/// Has SQLite insert the rows of one table, values in the order of its columns.
///
/// Binds straight into the prepared statement: a million rows cost a quarter of what records cost (`LIBRARIES.md` 2.3).
/// Texts are gathered in one buffer and bound where they stand in it, so that SQLite copies each once, into the row.
/// Unsafe inside only: the statement's pointer lives as long as its owner, and nothing bound is used after it ran.
@safe public struct RowWriter: RowSink {
  /// Table or purpose, for messages.
  private let name: String
  private let parameters: Int
  private let database: Database
  /// Owns the statement below.
  private let owner: Statement
  private let statement: SQLiteStatement
  private var position: Int32 = 0
  /// UTF-8 of the texts, one behind the other.
  private var text: [UInt8] = []
  /// The parameter of each text, and where in `text` it ends.
  private var texts: [(parameter: Int32, end: Int)] = []

  /// Rows of a table.
  public init(_ name: String, in database: Database) throws {
    guard let table = Schema.table(name) else { throw CaseError.inconsistent("no table \(name)") }
    try self.init(table.insertion, parameters: table.columns.count, of: table.name, in: database)
  }

  /// Any statement with as many parameters, each a question mark.
  public init(_ sql: String, parameters: Int, of name: String, in database: Database) throws {
    self.name = name
    self.parameters = parameters
    self.database = database
    owner = try database.makeStatement(sql: sql)
    unsafe statement = owner.sqliteStatement
  }

  public mutating func add(_ value: Int64) {
    position += 1
    unsafe sqlite3_bind_int64(statement, position, value)
  }
  public mutating func add(_ value: Double) {
    position += 1
    unsafe sqlite3_bind_double(statement, position, value)
  }
  public mutating func addNull() {
    position += 1
    unsafe sqlite3_bind_null(statement, position)
  }

  public mutating func add(_ value: String) {
    position += 1
    text.append(value.utf8Span.span)
    texts.append((position, text.count))
  }

  public mutating func insert() throws {
    guard Int(position) == parameters else {
      throw CaseError.inconsistent("\(name) has \(parameters) columns, \(position) values were given")
    }
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
    text.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
    guard code == SQLITE_DONE else {
      throw CaseError.refused(table: name, message: database.lastErrorMessage ?? "error \(code)")
    }
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
