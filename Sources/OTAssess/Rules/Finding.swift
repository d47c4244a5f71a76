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
    var kept: [Sighting] = []
    for index in sightings.indices where index == 0 || sightings[index] != sightings[index - 1] {
      if distinct < limit { kept.append(sightings[index]) }
      distinct += 1
    }
    sightingsLeftOut = max(0, distinct - limit)
    sightings = kept
  }

  var approvedReason: String? {
    isWhollyApproved && !approvals.isEmpty ? approvals.sorted().joined(separator: "; ") : nil
  }
}

/// One row of a rule's answer; read anew for each.
struct RuleMatch {
  private(set) var cause = Finding.Cause(subject: "", peer: "", key: "")
  /// Whether the cause is that of the row before, as mostly.
  private(set) var isSameCause = false
  private(set) var first: Int64?
  private(set) var last: Int64?
  private(set) var count: Int64 = 0
  private(set) var sighting: Finding.Sighting?
  /// Why the site approved what the row shows; nil: it did not.
  private(set) var approval: String?

  private let rule: (id: String, file: String)
  private var evidence: EvidenceNames
  private var subject, peer, key, detail, approved: Cell
  private let firstColumn, lastColumn, countColumn, evidenceColumn: Int?

  /// A column of the answer; nil: it has none, or none that findings are told apart by.
  private struct Cell {
    let column: Int?
    private(set) var isNull = true
    private var repeated = RepeatedText()
    /// What is no text of the row.
    private var other: String?

    init(_ column: Int?) { self.column = column }

    var text: String { other ?? repeated.text }

    /// Reads the cell of this row; false: its text is that of the row before.
    mutating func changes(_ rows: RowReader) -> Bool {
      guard let column else { return false }
      let kind = rows.kind(column)
      isNull = kind == .null
      if kind == .text || kind == .integer {
        let wasOther = other != nil
        other = nil
        return repeated.changes(rows, column) || wasOther
      }
      let before = text
      other = kind == .real ? String(rows.real(column)) : ""
      return text != before
    }
  }

  /// - Parameter names: columns of the answer.
  init(_ rule: Rule, columns names: [String], _ evidence: EvidenceNames) {
    self.rule = (rule.id, rule.file)
    self.evidence = evidence
    func column(_ name: String) -> Int? { names.firstIndex { $0.lowercased() == name } }
    func grouped(_ name: String) -> Int? { rule.groupBy.contains(name) ? column(name) : nil }
    subject = Cell(grouped("subject"))
    peer = Cell(grouped("peer"))
    key = Cell(grouped("key"))
    detail = Cell(column("detail"))
    approved = Cell(column("approved"))
    (firstColumn, lastColumn) = (column("first_seen"), column("last_seen"))
    (countColumn, evidenceColumn) = (column("count"), column("evidence"))
  }

  mutating func read(_ rows: RowReader) throws {
    let changes = (subject.changes(rows), peer.changes(rows), key.changes(rows))
    isSameCause = changes == (false, false, false)
    if !isSameCause { cause = Finding.Cause(subject: subject.text, peer: peer.text, key: key.text) }
    first = Self.time(rows, firstColumn)
    last = Self.time(rows, lastColumn)
    if first == nil { try checkTime(rows, firstColumn, "first_seen") }
    if last == nil { try checkTime(rows, lastColumn, "last_seen") }
    guard let number = Self.whole(rows, countColumn) else { throw refusal("count", Self.text(rows, countColumn)) }
    count = number
    _ = approved.changes(rows)
    approval = approved.isNull ? nil : approved.text
    sighting = nil
    guard let column = evidenceColumn else { return }
    guard let (file, frame) = evidence.place(rows, column) else {
      let place = Self.text(rows, column)
      if place.isEmpty { return }
      throw refusal("evidence", place)
    }
    _ = detail.changes(rows)
    sighting = Finding.Sighting(file: file, frame: frame, time: first, note: detail.text)
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
    return rows.whole(column) ?? (rows.kind(column) == .real ? Int64(exactly: rows.real(column)) : nil)
  }

  /// Nanoseconds since 1970, from a number or from text of a view; nil where it is neither.
  private static func time(_ rows: RowReader, _ column: Int?) -> Int64? {
    whole(rows, column) ?? ISO8601.nanoseconds(text(rows, column))
  }

  private func checkTime(_ rows: RowReader, _ column: Int?, _ name: String) throws {
    if let column, !rows.isNull(column) { throw refusal(name, Self.text(rows, column)) }
  }
}

/// Finds evidence files by the names that views print.
struct EvidenceNames: Sendable {
  private var ids: [String: Int64] = [:]
  private var names: [Int64: String] = [:]
  /// The name that was found last, which is mostly the next one.
  private var last: (name: [UInt8], id: Int64) = ([], 0)

  init(_ database: Database) throws {
    var rows = try RowReader("SELECT name, id FROM evidence ORDER BY id", in: database)
    while try rows.next() {
      ids[rows.text(0)] = rows.integer(1)
      names[rows.integer(1)] = rows.text(0)
    }
  }

  /// A place as views print it; nil: there is no such file.
  func text(_ file: Int64, _ frame: Int64) -> String? { names[file].map { "\($0):\(frame)" } }

  /// The place a row names by `name:frame`, where a name may itself hold colons, or by a number of ``NumericViews``.
  mutating func place(_ rows: RowReader, _ column: Int) -> (file: Int64, frame: Int64)? {
    if let place = rows.whole(column) {
      let file = place >> Schema.View.frameBits
      return names[file] != nil ? (file, place & (1 << Schema.View.frameBits - 1)) : nil
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
