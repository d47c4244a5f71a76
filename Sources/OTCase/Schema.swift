/// The tables and views of a case, as data: from it come the DDL, `docs/schema.md` and the tests that hold them together.
///
/// The schema is a public interface: rules, hunts (`otassess query`) and the comparison of two visits are written against
/// it. Conventions, the same in every table:
/// - a time is INTEGER nanoseconds since 1970-01-01T00:00:00Z (views add ISO 8601 text in UTC);
/// - a truth value is INTEGER 0 or 1;
/// - NULL means "not known" or "not observed"; it never means "no";
/// - an id is a number from 1 in a sorted order, so that the same evidence gives the same case.
public enum Schema {
  /// Raised whenever a table, view or column changes its meaning; stored in `meta` under `schema_version`.
  public static let version = 2

  /// Every table, in the order they are documented.
  public static let tables: [Table] =
    caseTables + evidenceTables + hostTables + trafficTables + serviceTables + assetTables + siteTables + deviceTables
    + judgementTables

  public static func table(_ name: String) -> Table? { tables.first { $0.name == name } }

  /// What a column holds.
  public enum ColumnType: String, Sendable {
    case integer, real, text, boolean, time

    /// The storage class of a STRICT table.
    var storage: String {
      switch self {
      case .integer, .boolean, .time: "INTEGER"
      case .real: "REAL"
      case .text: "TEXT"
      }
    }
  }

  public struct Column: Sendable {
    public var name: String
    public var type: ColumnType
    /// One line, what it says.
    public var about: String
    /// "" where there is none: `bytes`, `seconds`, `packets`.
    public var unit: String
    /// Whether NULL may stand here.
    public var isOptional: Bool
    public var isKey = false
    /// `table.column` this column's value is found in.
    public var reference: String?
    /// The words the column is restricted to; empty: anything.
    public var words: [String] = []
  }

  public struct Table: Sendable {
    public var name: String
    public var about: String
    public var columns: [Column]
    /// Column lists that are indexed, beside the primary key.
    public var indices: [[String]]

    init(_ name: String, _ about: String, _ columns: [Column], indices: [[String]] = []) {
      self.name = name
      self.about = about
      self.columns = columns
      self.indices = indices
    }

    var keyNames: [String] { columns.filter(\.isKey).map(\.name) }
    func indexName(_ columns: [String]) -> String { "index_\(name)_\(columns.joined(separator: "_"))" }
  }

  /// A column of a view and the SQL it stands for, in one place so that they cannot differ.
  public struct ViewColumn: Sendable {
    public var name: String
    public var type: ColumnType
    public var about: String
    var expression: String
    /// Where ``expression`` makes a text of numbers for readers, one number that says the same: a time in nanoseconds, of
    /// the resolution of the text; evidence file and frame, which has the lower ``View/frameBits``.
    var number: String?
  }

  public struct View: Sendable {
    public var name: String
    public var about: String
    public var columns: [ViewColumn]
    /// The FROM clause and what follows it.
    var source: String
    /// Bits of a frame's number where it is one number with its file's.
    public static let frameBits: Int64 = 40
  }

  // MARK: DDL

  /// Creates the tables. Indices and views come after the bulk of the rows: ``indexStatements``, ``viewStatements``.
  public static var tableStatements: [String] { tables.map(\.definition) }

  public static var indexStatements: [String] {
    tables.flatMap { table in
      table.indices.map { columns in
        "CREATE INDEX \(table.indexName(columns)) ON \(table.name)(\(columns.joined(separator: ", ")))"
      }
    }
  }

  public static var viewStatements: [String] { views.map(\.definition) }
}

extension Schema.Table {
  /// `CREATE TABLE … STRICT`. A single INTEGER key is the row id; other keys make a table without row ids.
  public var definition: String {
    let keys = keyNames
    let isRowID = keys.count == 1 && columns.first { $0.isKey }?.type == .integer
    var lines = columns.map { column in
      var line = "  \(column.name) \(column.type.storage)"
      if column.isKey, isRowID { line += " PRIMARY KEY" }
      if !column.isOptional { line += " NOT NULL" }
      return line
    }
    if !keys.isEmpty, !isRowID { lines.append("  PRIMARY KEY (\(keys.joined(separator: ", ")))") }
    let options = keys.isEmpty || isRowID ? "STRICT" : "STRICT, WITHOUT ROWID"
    return "CREATE TABLE \(name) (\n\(lines.joined(separator: ",\n"))\n) \(options)"
  }

  /// `INSERT INTO … VALUES (?, …)` over all columns in their order.
  var insertion: String {
    let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
    return "INSERT INTO \(name) (\(columns.map(\.name).joined(separator: ", "))) VALUES (\(marks))"
  }
}

extension Schema.View {
  /// The same view for one connection, before the case's own, with numbers where there is text made of them: times in
  /// nanoseconds since 1970, of whole microseconds as the text has them, and places in the evidence.
  public var numericDefinition: String {
    let list = columns.map { "  \($0.number ?? $0.expression) AS \($0.name)" }.joined(separator: ",\n")
    return "CREATE TEMP VIEW \(name) AS SELECT\n\(list)\n\(source)"
  }

  public var definition: String {
    let list = columns.map { "  \($0.expression) AS \($0.name)" }.joined(separator: ",\n")
    return "CREATE VIEW \(name) AS SELECT\n\(list)\n\(source)"
  }
}

// MARK: the words tables are written in

extension Schema.Column {
  static func text(_ name: String, _ about: String, _ words: [String] = []) -> Self {
    Self(name: name, type: .text, about: about, unit: "", isOptional: false, words: words)
  }
  static func integer(_ name: String, _ about: String, unit: String = "") -> Self {
    Self(name: name, type: .integer, about: about, unit: unit, isOptional: false)
  }
  static func real(_ name: String, _ about: String, unit: String = "") -> Self {
    Self(name: name, type: .real, about: about, unit: unit, isOptional: false)
  }
  static func boolean(_ name: String, _ about: String) -> Self {
    Self(name: name, type: .boolean, about: about, unit: "0 or 1", isOptional: false)
  }
  static func time(_ name: String, _ about: String) -> Self {
    Self(name: name, type: .time, about: about, unit: "nanoseconds since 1970", isOptional: false)
  }
  /// The row id of its table.
  static func id(_ about: String) -> Self { integer("id", about).key }

  /// May be NULL: not known.
  var optional: Self {
    var copy = self
    copy.isOptional = true
    return copy
  }
  /// Part of the primary key.
  var key: Self {
    var copy = self
    copy.isKey = true
    return copy
  }
  func to(_ reference: String) -> Self {
    var copy = self
    copy.reference = reference
    return copy
  }
}

extension [Schema.Column] {
  /// Where the first of `count` occurrences was seen, and when the last.
  static var sighting: Self {
    [
      .time("first_time", "When it was first seen."),
      .integer("evidence_id", "Evidence file of the first occurrence.").to("evidence.id"),
      .integer("frame", "Frame of the first occurrence, from 1; line number in a text file."),
    ]
  }
  static var sightings: Self {
    sighting + [.time("last_time", "When it was last seen.")]
  }
}
