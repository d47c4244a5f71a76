import GRDB
import OTCase
import OTKnowledge

/// What the rows of one cause come to.
struct Finding: Sendable {
  /// Who and what, as the rule groups it; an empty text is "none".
  struct Cause: Hashable, Comparable, Sendable {
    var subject: String
    var peer: String
    var key: String
    static func < (left: Self, right: Self) -> Bool {
      (left.subject, left.peer, left.key) < (right.subject, right.peer, right.key)
    }
  }

  /// A frame or line that shows it.
  struct Sighting: Hashable, Comparable, Sendable {
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
  /// As the rows gave them until ``settle(keeping:)``; then each once, in order.
  private(set) var sightings: [Sighting] = []
  /// Sightings beyond those that are kept.
  private(set) var sightingsLeftOut = 0
  /// Reasons of the rows the site approved; the finding is approved only where all of them are.
  private var approvals: Set<String> = []
  private var isWhollyApproved = true

  init(cause: Cause) { self.cause = cause }

  mutating func add(_ match: RuleMatch) {
    if let time = match.first { first = min(first ?? time, time) }
    if let time = match.last { last = max(last ?? time, time) }
    count = count.addingReportingOverflow(max(0, match.count)).overflow ? .max : count + max(0, match.count)
    if let sighting = match.sighting { sightings.append(sighting) }
    if let approval = match.approval { approvals.insert(approval) } else { isWhollyApproved = false }
  }

  /// Orders the sightings, drops what is the same and what is beyond the first `limit`.
  mutating func settle(keeping limit: Int) {
    sightings.sort()
    var distinct = 0
    for (index, sighting) in sightings.enumerated() where index == 0 || sighting != sightings[distinct - 1] {
      sightings[distinct] = sighting
      distinct += 1
    }
    sightingsLeftOut = max(0, distinct - limit)
    sightings = Array(sightings.prefix(min(distinct, limit)))
  }

  var approvedReason: String? {
    isWhollyApproved && !approvals.isEmpty ? approvals.sorted().joined(separator: "; ") : nil
  }
}

/// One row of a rule's answer; read anew for each.
struct RuleMatch {
  private(set) var cause = Finding.Cause(subject: "", peer: "", key: "")
  private(set) var first: Int64?
  private(set) var last: Int64?
  private(set) var count: Int64 = 0
  private(set) var sighting: Finding.Sighting?
  /// Why the site approved what the row shows; nil: it did not.
  private(set) var approval: String?

  private let rule: Rule
  private var evidence: EvidenceNames
  private let columns: Columns

  /// Where what is asked of a rule stands in its answer; nil: nowhere, or not what findings are told apart by.
  private struct Columns {
    var subject, peer, key, first, last, count, approved, evidence, detail: Int?
  }

  init(_ rule: Rule, columns names: [String], _ evidence: EvidenceNames) {
    self.rule = rule
    self.evidence = evidence
    func column(_ name: String) -> Int? { names.firstIndex { $0.lowercased() == name } }
    func grouped(_ name: String) -> Int? { rule.groupBy.contains(name) ? column(name) : nil }
    columns = Columns(
      subject: grouped("subject"), peer: grouped("peer"), key: grouped("key"), first: column("first_seen"),
      last: column("last_seen"), count: column("count"), approved: column("approved"), evidence: column("evidence"),
      detail: column("detail"))
  }

  mutating func read(_ rows: RowReader) throws {
    cause = Finding.Cause(
      subject: Self.text(rows, columns.subject), peer: Self.text(rows, columns.peer), key: Self.text(rows, columns.key))
    first = try time(rows, columns.first, "first_seen")
    last = try time(rows, columns.last, "last_seen")
    guard let number = Self.whole(rows, columns.count) else { throw refusal("count", Self.text(rows, columns.count)) }
    count = number
    approval = columns.approved.flatMap { rows.isNull($0) ? nil : Self.text(rows, $0) }
    sighting = nil
    guard let column = columns.evidence, rows.kind(column) != .null else { return }
    guard let (file, frame) = evidence.place(rows, column) else {
      let place = Self.text(rows, column)
      if place.isEmpty { return }
      throw refusal("evidence", place)
    }
    sighting = Finding.Sighting(file: file, frame: frame, time: first, note: Self.text(rows, columns.detail))
  }

  private func refusal(_ column: String, _ value: String) -> RuleError {
    RuleError(rule: rule.id, file: rule.file, cause: .badValue(column: column, value: value))
  }

  private static func text(_ rows: RowReader, _ column: Int?) -> String {
    guard let column else { return "" }
    return switch rows.kind(column) {
    case .text, .integer: rows.text(column)
    case .real: String(rows.real(column))
    case .null, .bytes: ""
    }
  }

  private static func whole(_ rows: RowReader, _ column: Int?) -> Int64? {
    guard let column else { return nil }
    return switch rows.kind(column) {
    case .integer: rows.integer(column)
    case .real: Int64(exactly: rows.real(column))
    default: nil
    }
  }

  /// Nanoseconds since 1970, from a number or from text of a view.
  private func time(_ rows: RowReader, _ column: Int?, _ name: String) throws -> Int64? {
    guard let column, !rows.isNull(column) else { return nil }
    if let nanoseconds = Self.whole(rows, column) { return nanoseconds }
    let text = Self.text(rows, column)
    guard let nanoseconds = ISO8601.nanoseconds(text) else { throw refusal(name, text) }
    return nanoseconds
  }
}

/// Finds evidence files by the names that views print.
struct EvidenceNames: Sendable {
  private var ids: [String: Int64] = [:]
  private var known: Set<Int64> = []
  /// The name that was found last, which is mostly the next one.
  private var last: (name: [UInt8], id: Int64) = ([], 0)

  init(_ database: Database) throws {
    var rows = try RowReader("SELECT name, id FROM evidence ORDER BY id", in: database)
    while try rows.next() {
      ids[rows.text(0)] = rows.integer(1)
      known.insert(rows.integer(1))
    }
  }

  /// The place a row names by `name:frame`, where a name may itself hold colons, or by a number of ``NumericViews``.
  mutating func place(_ rows: RowReader, _ column: Int) -> (file: Int64, frame: Int64)? {
    if rows.kind(column) == .integer {
      let place = rows.integer(column)
      let file = place >> Schema.View.frameBits
      return known.contains(file) ? (file, place & (1 << Schema.View.frameBits - 1)) : nil
    }
    let frame = rows.read(column) { bytes -> Int64? in
      let end = last.name.count
      guard end > 0, bytes.count > end + 1, bytes.count < end + 19, bytes[end] == UInt8(ascii: ":") else { return nil }
      for index in 0..<end where bytes[index] != last.name[index] { return nil }
      var number: Int64 = 0
      for index in (end + 1)..<bytes.count {
        guard (0x30...0x39).contains(bytes[index]) else { return nil }
        number = number * 10 + Int64(bytes[index] - 0x30)
      }
      return number
    }
    if let frame { return (last.id, frame) }
    let text = rows.text(column)
    guard let colon = text.lastIndex(of: ":"), let frame = Int64(text[text.index(after: colon)...]),
      let id = ids[String(text[..<colon])]
    else { return nil }
    last = (Array(text[..<colon].utf8), id)
    return (id, frame)
  }
}
