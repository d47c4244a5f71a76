import CSQLiteSettings
import Foundation
import GRDB
import GRDBSQLite
import OTCore

/// An open case. Judging writes through it, telling reads through it; many readers may share one.
public struct CaseStore: Sendable {
  public enum Access: Sendable { case readOnly, readWrite }

  /// `OTCA`, in the header of the file.
  public static let applicationID = 0x4f54_4341

  public let path: String
  public let access: Access
  private let isOwn: Bool
  private let queue: DatabaseQueue

  /// A case that is being made.
  init(_ queue: DatabaseQueue, at path: String) {
    self.path = path
    access = .readWrite
    isOwn = true
    self.queue = queue
  }

  /// Opens a case that is there; refuses other files and other versions of the schema.
  ///
  /// - Parameters:
  ///   - isOwn: whether this run made the file, so that nobody cuts it off while it is read: its pages are then read where
  ///     the system keeps them.
  ///   - prepare: run once on the connection, before anything is asked.
  public init(
    path: String, access: Access = .readOnly, isOwn: Bool = false,
    preparing prepare: (@Sendable (Database) throws -> Void)? = nil
  ) throws {
    guard FileManager.default.fileExists(atPath: path) else { throw CaseError.missing(path: path) }
    Self.settle
    self.path = path
    self.access = access
    self.isOwn = isOwn
    var configuration = Configuration()
    configuration.readonly = access == .readOnly
    configuration.foreignKeysEnabled = false
    configuration.prepareDatabase { database in
      Self.prepareForUse(database)
      try database.execute(sql: "PRAGMA cache_size = -\(Self.cache); PRAGMA temp_store = MEMORY")
      if isOwn { try Self.map(database) }
      try prepare?(database)
    }
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
      let (application, version) = try queue.read { database in
        (
          try Int.fetchOne(database, sql: "PRAGMA application_id"),
          try Int.fetchOne(database, sql: "PRAGMA user_version")
        )
      }
      guard application == Self.applicationID else {
        throw CaseError.noCase(path: path, reason: "its header says other")
      }
      guard version == Schema.version else {
        throw CaseError.noCase(
          path: path, reason: "schema version \(version ?? 0), this program reads \(Schema.version)")
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
      throw CaseError.noCase(path: path, reason: error.message ?? "error \(error.resultCode.rawValue)")
    } catch {
      throw CaseError.telling(error, of: path) ?? error
    }
  }

  /// Settings of SQLite as a whole, made before its first connection.
  static let settle: Void = ot_sqlite_without_memory_account()

  /// A connection of its own to the same case, for reading.
  public func another(preparing prepare: (@Sendable (Database) throws -> Void)? = nil) throws -> CaseStore {
    try CaseStore(path: path, isOwn: isOwn, preparing: prepare)
  }

  /// Spares the connection what only serves observers of a database, of which a case has none: GRDB is called for each
  /// column that a statement names, which is most of preparing one.
  static func prepareForUse(_ database: Database) {
    _ = unsafe sqlite3_set_authorizer(database.sqliteConnection, nil, nil)
  }

  /// Has the file's pages read where the system keeps them, instead of copied for each use (SQLite, "Memory-Mapped I/O"). Of
  /// a file that is cut off meanwhile that ends the program, so it is done to files of our own.
  static func map(_ database: Database) throws { try database.execute(sql: "PRAGMA mmap_size = \(1 << 30)") }

  /// Kibibytes of the file a connection keeps in memory: judging and telling come back to the same pages.
  static let cache = 4_096

  /// Ends the use of the file; the store is not asked any more.
  public func close() throws { try queue.close() }

  /// Reads; what is written inside fails.
  public func read<Value>(_ body: (Database) throws -> Value) throws -> Value { try queue.read(body) }

  /// Reads and writes in one transaction, which is undone when `body` throws.
  public func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    guard access == .readWrite else { throw CaseError.refused(table: path, message: "opened for reading only") }
    return try queue.write(body)
  }

  // MARK: questions of one's own

  /// What a query answered: columns and rows as they come.
  public struct Answer: Sendable, Equatable {
    public var columns: [String]
    public var rows: [[Value]]
    /// Whether there were more rows than the limit.
    public var isCut: Bool
  }

  public enum Value: Sendable, Equatable, CustomStringConvertible {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    /// Bytes of a BLOB, of which the schema has none.
    case bytes(Int)

    /// As printed; NULL is empty.
    public var description: String {
      switch self {
      case .null: ""
      case .integer(let value): String(value)
      case .real(let value): String(value)
      case .text(let value): value
      case .bytes(let count): "\(count) bytes"
      }
    }
  }

  /// Asks a single SELECT. It cannot write, attach other files, run for ever or fill memory.
  ///
  /// `steps` is counted in SQLite's virtual machine instructions, some 50 million a second, so that the same case gives
  /// the same answer on every computer.
  public func query(_ sql: String, rows limit: Int = 10_000, steps: Int = 1_000_000_000) throws -> Answer {
    try read { try Self.query(sql, rows: limit, steps: steps, in: $0) }
  }

  static func query(_ sql: String, rows limit: Int, steps: Int, in database: Database) throws -> Answer {
    let first = sql.drop { $0.isWhitespace || $0 == "(" }.prefix { $0.isLetter }.uppercased()
    guard ["SELECT", "WITH", "VALUES", "EXPLAIN"].contains(first) else { throw CaseError.notAQuestion(sql) }
    do {
      return try QueryBudget.run(steps: steps, in: database) {
        let statement = try database.makeStatement(sql: sql)
        guard statement.isReadonly else { throw CaseError.notAQuestion(sql) }
        var answer = Answer(columns: statement.columnNames, rows: [], isCut: false)
        let cursor = try Row.fetchCursor(statement)
        while let row = try cursor.next() {
          guard answer.rows.count < max(0, limit) else {
            answer.isCut = true
            break
          }
          answer.rows.append(row.databaseValues.map(Value.init))
        }
        return answer
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
      throw CaseError.stopped(steps: steps)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_MISUSE {
      throw CaseError.notAQuestion(sql)
    } catch let error as DatabaseError {
      throw CaseError.notUnderstood(error.message ?? "error \(error.resultCode.rawValue)")
    }
  }
}

extension CaseStore.Value {
  init(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .null
    case .int64(let value): self = .integer(value)
    case .double(let value): self = .real(value)
    case .string(let value): self = .text(value)
    case .blob(let value): self = .bytes(value.count)
    }
  }
}
