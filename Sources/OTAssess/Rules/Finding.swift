import GRDB
import OTKnowledge

/// What the rows of one cause come to.
struct Finding {
  /// Who and what, as the rule groups it; an empty text is "none".
  struct Cause: Hashable, Comparable {
    var subject: String
    var peer: String
    var key: String
    static func < (left: Self, right: Self) -> Bool {
      (left.subject, left.peer, left.key) < (right.subject, right.peer, right.key)
    }
  }

  /// A frame or line that shows it.
  struct Sighting: Hashable, Comparable {
    var file: Int64
    var frame: Int64
    var time: Int64?
    var note: String
    static func < (left: Self, right: Self) -> Bool {
      (left.file, left.frame, left.time ?? .min, left.note) < (right.file, right.frame, right.time ?? .min, right.note)
    }
  }

  var cause: Cause
  /// Nanoseconds since 1970.
  var first: Int64?
  var last: Int64?
  var count: Int64 = 0
  var sightings: Set<Sighting> = []
  /// Reasons of the rows the site approved; the finding is approved only where all of them are.
  private var approvals: Set<String> = []
  private var isWhollyApproved = true

  init(cause: Cause) { self.cause = cause }

  mutating func add(_ match: RuleMatch) {
    if let time = match.first { first = min(first ?? time, time) }
    if let time = match.last { last = max(last ?? time, time) }
    count = count.addingReportingOverflow(max(0, match.count)).overflow ? .max : count + max(0, match.count)
    if let sighting = match.sighting { sightings.insert(sighting) }
    if let approval = match.approval { approvals.insert(approval) } else { isWhollyApproved = false }
  }

  var approvedReason: String? {
    isWhollyApproved && !approvals.isEmpty ? approvals.sorted().joined(separator: "; ") : nil
  }
}

/// One row of a rule's answer.
struct RuleMatch {
  var cause: Finding.Cause
  var first: Int64?
  var last: Int64?
  var count: Int64
  var sighting: Finding.Sighting?
  /// Why the site approved what the row shows; nil: it did not.
  var approval: String?

  init(_ row: Row, of rule: Rule, _ evidence: EvidenceNames) throws {
    func text(_ column: String) -> String {
      guard row.hasColumn(column) else { return "" }
      switch (row[column] as DatabaseValue).storage {
      case .string(let text): return text
      case .int64(let number): return String(number)
      case .double(let number): return String(number)
      case .null, .blob: return ""
      }
    }
    func time(_ column: String) throws -> Int64? {
      let value = row[column] as DatabaseValue
      if value.isNull { return nil }
      if let nanoseconds = Int64.fromDatabaseValue(value) { return nanoseconds }
      if let nanoseconds = ISO8601.nanoseconds(text(column)) { return nanoseconds }
      throw RuleError(rule: rule.id, file: rule.file, cause: .badValue(column: column, value: text(column)))
    }
    func grouped(_ column: String) -> String { rule.groupBy.contains(column) ? text(column) : "" }

    cause = Finding.Cause(subject: grouped("subject"), peer: grouped("peer"), key: grouped("key"))
    first = try time("first_seen")
    last = try time("last_seen")
    guard let number = Int64.fromDatabaseValue(row["count"] as DatabaseValue) else {
      throw RuleError(rule: rule.id, file: rule.file, cause: .badValue(column: "count", value: text("count")))
    }
    count = number
    approval = row.hasColumn("approved") && !(row["approved"] as DatabaseValue).isNull ? text("approved") : nil
    let place = text("evidence")
    if !place.isEmpty {
      guard let (file, frame) = evidence.place(place) else {
        throw RuleError(rule: rule.id, file: rule.file, cause: .badValue(column: "evidence", value: place))
      }
      sighting = Finding.Sighting(file: file, frame: frame, time: first, note: text("detail"))
    }
  }
}

/// Finds evidence files by the names that views print.
struct EvidenceNames {
  private var ids: [String: Int64] = [:]

  init(_ database: Database) throws {
    for row in try Row.fetchAll(database, sql: "SELECT name, id FROM evidence ORDER BY id") {
      ids[row[0]] = row[1]
    }
  }

  /// `name:frame`; a name may itself hold colons.
  func place(_ text: String) -> (file: Int64, frame: Int64)? {
    guard let colon = text.lastIndex(of: ":"), let frame = Int64(text[text.index(after: colon)...]),
      let id = ids[String(text[..<colon])]
    else { return nil }
    return (id, frame)
  }
}
