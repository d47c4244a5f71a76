import GRDB
import OTCase
import OTCore
import OTKnowledge

/// Asks every rule of a case.
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
    /// Findings of one rule that are kept; what is left out is counted in `limit_reached`.
    public var findings = OTCore.Limits.findingsPerRule
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

  /// What a rule found.
  struct Answer: Sendable {
    var rule: Rule
    var status: String
    var reason = ""
    var findings: [Finding] = []
  }

  /// Checks rules and asks them; see ``NumericViews``.
  func answers(to rules: [Rule], in database: Database) throws -> [Answer] {
    let names = try EvidenceNames(database)
    func ask(_ rules: [Rule]) throws -> [Answer] {
      // Checked in there as well: what was prepared before would be prepared anew.
      try database.readOnly {
        try check(rules, in: database)
        return try rules.map { try self.ask($0, names, in: database) }
      }
    }
    let answers = try ask(rules.filter { !NumericViews.suit($0.query) })
    try NumericViews.install(in: database)
    defer { try? NumericViews.remove(from: database) }
    return answers + (try ask(rules.filter { NumericViews.suit($0.query) }))
  }

  /// The same by `workers` connections of their own, each reading the file for itself.
  func answers(to rules: [Rule], of store: CaseStore, workers: Int) async throws -> [Answer] {
    let names = try store.read(EvidenceNames.init)
    return try await inParallel(rules.count, workers: workers) {
      (numeric: try store.another(preparing: NumericViews.install), text: try store.another())
    } _: { number, readers in
      let rule = rules[number]
      let reader = NumericViews.suit(rule.query) ? readers.numeric : readers.text
      return try reader.read { try ask(rule, names, in: $0) }
    }
  }

  private func prepare(_ sql: String, of rule: Rule, in database: Database) throws -> Statement {
    let statement: Statement
    do {
      statement = try database.cachedStatement(sql: sql)
    } catch let error as DatabaseError {
      throw RuleError(rule: rule.id, file: rule.file, cause: .invalid(error.message ?? "not accepted"))
    }
    guard statement.isReadonly, !statement.columnNames.isEmpty else {
      throw RuleError(rule: rule.id, file: rule.file, cause: .notReadOnly)
    }
    return statement
  }

  func ask(_ rule: Rule, _ evidence: EvidenceNames, in database: Database) throws -> Answer {
    do {
      return try QueryBudget.limit(limits.instructions, in: database) {
        let lacking = try rule.requires.filter { requirement in
          var rows = try RowReader(try prepare(requirement.query, of: rule, in: database), in: database)
          defer { rows.finish() }
          return try !rows.next()
        }
        // What was seen is told, whatever is lacking; only its absence says nothing then.
        let answer = try collect(rule, evidence, in: database)
        guard !lacking.isEmpty, answer.findings.isEmpty else { return answer }
        return Answer(rule: rule, status: "not_assessable", reason: lacking.map(\.collect).joined(separator: " "))
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
      return Answer(
        rule: rule, status: "not_assessable",
        reason: "Stopped after \(limits.instructions) steps; make the rule's query narrower.")
    }
  }

  private func collect(_ rule: Rule, _ evidence: EvidenceNames, in database: Database) throws -> Answer {
    var rows = try RowReader(try prepare(rule.query, of: rule, in: database), in: database)
    defer { rows.finish() }
    var match = RuleMatch(rule, columns: rows.columnNames, evidence)
    var numbers: [Finding.Cause: Int] = [:]
    var findings: [Finding] = []
    var count = 0
    // Rows of one cause mostly follow each other.
    var current = 0
    while try rows.next() {
      count += 1
      guard count <= limits.rows else {
        return Answer(
          rule: rule, status: "not_assessable",
          reason: "More than \(limits.rows) rows; make the rule's query narrower.")
      }
      try match.read(rows)
      if findings.isEmpty || !match.isSameCause {
        current = numbers[match.cause] ?? findings.count
        if current == findings.count {
          numbers[match.cause] = current
          findings.append(Finding(cause: match.cause))
        }
      }
      findings[current].add(match)
    }
    for index in findings.indices { findings[index].settle(keeping: limits.evidence) }
    findings.sort { $0.cause < $1.cause }
    return Answer(rule: rule, status: findings.isEmpty ? "quiet" : "fired", findings: findings)
  }
}
