import GRDB

extension Schema {
  /// Makes an empty case in `database`: tables, indices, views and the schema version.
  public static func create(in database: Database) throws {
    for statement in tableStatements + indexStatements + viewStatements { try database.execute(sql: statement) }
    try database.execute(
      sql: "INSERT INTO meta (key, value) VALUES ('schema_version', ?)", arguments: [String(version)])
  }
}
