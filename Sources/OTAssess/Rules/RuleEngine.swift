import GRDB
import OTCase
import OTKnowledge

/// Asks every rule of a case and writes what they answer: `finding`, `finding_evidence` and `rule_run`.
///
/// A rule whose input was not collected is "not assessable", which is no pass; so is one that had to be stopped.
public struct RuleEngine: Sendable {
  public struct Limits: Sendable {
    /// Virtual machine instructions one query may take; some ten seconds.
    public var instructions = 500_000_000
    /// Rows one query may give.
    public var rows = 200_000
    /// Frames kept for one finding; what is left out is counted in `limit_reached`.
    public var evidence = 50
    public init() {}
  }

  public var limits = Limits()
  public init(limits: Limits = Limits()) { self.limits = limits }

  /// Refuses a rule that cannot be asked of this schema.
  public func check(_ rules: [Rule], in database: Database) throws {
    for rule in rules {
      for requirement in rule.requires { _ = try prepare(requirement.query, of: rule, in: database) }
      let statement = try prepare(rule.query, of: rule, in: database)
      let missing = Rule.requiredColumns.filter { !statement.columnNames.contains($0) }
      guard missing.isEmpty else { throw RuleError(rule: rule.id, file: rule.file, cause: .missingColumns(missing)) }
      guard rule.groupBy.allSatisfy(statement.columnNames.contains) else {
        throw RuleError(rule: rule.id, file: rule.file, cause: .missingColumns(["key"]))
      }
    }
  }

  /// Replaces the answers in the case by new ones. Nothing is written where any rule is refused.
  public func run(_ rules: [Rule], in database: Database) throws {
    try check(rules, in: database)
    let evidence = try EvidenceNames(database)
    var answers: [(rule: Rule, answer: Answer)] = []
    for rule in rules.sorted(by: { $0.id < $1.id }) {
      answers.append((rule, try database.readOnly { try ask(rule, evidence, in: database) }))
    }
    for table in ["finding_evidence", "finding", "rule_run", "risk_point"] {
      try database.execute(sql: "DELETE FROM \(table)")
    }
    for (rule, answer) in answers { try write(answer, of: rule, in: database) }
  }

  // MARK: asking

  struct Answer {
    var status: String
    var reason = ""
    var findings: [Finding] = []
  }

  private func prepare(_ sql: String, of rule: Rule, in database: Database) throws -> Statement {
    let statement: Statement
    do {
      statement = try database.makeStatement(sql: sql)
    } catch let error as DatabaseError {
      throw RuleError(rule: rule.id, file: rule.file, cause: .invalid(error.message ?? "not accepted"))
    }
    guard statement.isReadonly, !statement.columnNames.isEmpty else {
      throw RuleError(rule: rule.id, file: rule.file, cause: .notReadOnly)
    }
    return statement
  }

  private func ask(_ rule: Rule, _ evidence: EvidenceNames, in database: Database) throws -> Answer {
    do {
      return try QueryBudget.limit(limits.instructions, in: database) {
        let lacking = try rule.requires.filter { requirement in
          try Row.fetchOne(database, sql: requirement.query) == nil
        }
        guard lacking.isEmpty else {
          return Answer(status: "not_assessable", reason: lacking.map(\.collect).joined(separator: " "))
        }
        return try collect(rule, evidence, in: database)
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
      return Answer(
        status: "not_assessable", reason: "Stopped after \(limits.instructions) steps; make the rule's query narrower.")
    }
  }

  private func collect(_ rule: Rule, _ evidence: EvidenceNames, in database: Database) throws -> Answer {
    var findings: [Finding.Cause: Finding] = [:]
    var rows = 0
    let cursor = try Row.fetchCursor(database, sql: rule.query)
    while let row = try cursor.next() {
      rows += 1
      guard rows <= limits.rows else {
        return Answer(
          status: "not_assessable", reason: "More than \(limits.rows) rows; make the rule's query narrower.")
      }
      let match = try RuleMatch(row, of: rule, evidence)
      findings[match.cause, default: Finding(cause: match.cause)].add(match)
    }
    let sorted = findings.values.sorted { $0.cause < $1.cause }
    return Answer(status: sorted.isEmpty ? "quiet" : "fired", findings: sorted)
  }

  // MARK: writing

  private func write(_ answer: Answer, of rule: Rule, in database: Database) throws {
    try database.execute(
      sql: "INSERT INTO rule_run (rule_id, title, status, reason, findings) VALUES (?, ?, ?, ?, ?)",
      arguments: [rule.id, rule.title, answer.status, answer.reason, answer.findings.count])
    var used: Set<String> = []
    for finding in answer.findings {
      let cause = finding.cause
      var id = StableID.finding(rule: rule.id, subject: cause.subject, peer: cause.peer, key: cause.key)
      while !used.insert(id).inserted { id += "+" }
      try write(finding, id: id, of: rule, in: database)
    }
  }

  private func write(_ finding: Finding, id: String, of rule: Rule, in database: Database) throws {
    let cause = finding.cause
    try database.execute(
      sql: """
        INSERT INTO finding (id, rule_id, title, severity, confidence, type, subject_asset, peer_asset, key, first_time,
          last_time, count, why, fix, verify, false_positives, playbook, techniques, controls, approved_reason)
        VALUES (?, ?, ?, ?, ?, ?, nullif(?, ''), nullif(?, ''), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        id, rule.id, rule.title, rule.severity.name, rule.confidence.name, rule.type.rawValue, cause.subject,
        cause.peer, cause.key, finding.first, finding.last, finding.count, rule.why, rule.fix, rule.verify,
        rule.falsePositives, rule.playbook, rule.techniques.joined(separator: ","),
        rule.controls.joined(separator: ","), finding.approvedReason,
      ])
    let sightings = finding.sightings.sorted()
    for (index, sighting) in sightings.prefix(limits.evidence).enumerated() {
      try database.execute(
        sql: """
          INSERT INTO finding_evidence (finding_id, position, evidence_id, frame, time, note) VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [id, index + 1, sighting.file, sighting.frame, sighting.time, sighting.note])
    }
    if sightings.count > limits.evidence {
      try database.execute(
        sql: "INSERT OR REPLACE INTO limit_reached (kind, detail, count) VALUES ('evidence of a finding', ?, ?)",
        arguments: [id, sightings.count - limits.evidence])
    }
  }
}
