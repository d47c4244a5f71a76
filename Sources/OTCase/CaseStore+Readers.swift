import GRDB

/// The rows reports are made of, each list in its fixed order.
extension CaseStore {
  /// Every row of a kind: `try store.all(AssetRow.self)`.
  ///
  /// - Parameter order: another than the kind's own, for who orders rows anew.
  public func all<Kind: CaseRow>(_ kind: Kind.Type, orderedBy order: String = Kind.order) throws -> [Kind] {
    try read { try RowDecoder.all(kind, RowReader("\(Kind.source) ORDER BY \(order)", in: $0)) }
  }

  /// Goes through the answer of a question of ours, values by their position.
  public func scan(_ sql: String, _ body: (RowReader) throws -> Void) throws {
    try read { database in
      var rows = try RowReader(sql, in: database)
      while try rows.next() { try body(rows) }
    }
  }

  /// Rows of a kind that fulfil a condition, which is ours and never of a case.
  public func all<Kind: CaseRow>(_ kind: Kind.Type, where condition: String) throws -> [Kind] {
    try read { database in
      try RowDecoder.all(kind, RowReader("\(Kind.source) WHERE \(condition) ORDER BY \(Kind.order)", in: database))
    }
  }

  /// Rows of a kind whose columns have the given values: `try store.rows(AssetReasonRow.self, where: "asset_id", is: id)`.
  public func rows<Kind: CaseRow>(_ kind: Kind.Type, where column: String, is value: String) throws -> [Kind] {
    try read { database in
      let statement = try database.makeStatement(
        sql: "SELECT * FROM (\(Kind.source) ORDER BY \(Kind.order)) WHERE \(column.quotedDatabaseIdentifier) = ?")
      try statement.setArguments([value])
      return try RowDecoder.all(kind, RowReader(statement, in: database))
    }
  }

  /// One row of a kind, by its id.
  public func one<Kind: CaseRow>(_ kind: Kind.Type, id: String) throws -> Kind? {
    try rows(kind, where: "id", is: id).first
  }

  /// Values of `meta`.
  public func meta() throws -> [String: String] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT key, value FROM meta").reduce(into: [:]) { $0[$1[0]] = $1[1] }
    }
  }

  /// Number of rows of each table, in the order they are documented.
  public func counts() throws -> [(table: String, rows: Int)] {
    try read { database in
      try Schema.tables.map { ($0.name, try Int.fetchOne(database, sql: "SELECT count(*) FROM \($0.name)") ?? 0) }
    }
  }
}
