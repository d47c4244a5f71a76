import GRDB
import OTCase
import OTFacts
import OTKnowledge

/// Judges a case: what the site says, what hosts are, what is wrong, what it could cost. Everything is written into the
/// case; running it again gives the same.
public enum Assessment {
  public static func run(_ site: SiteFile, _ rules: [Rule], in database: Database) throws {
    let traffic = try characterise(site, nil, in: database)
    let answers = try RuleEngine().answers(to: rules, in: database)
    try Judgements(site, answers, traffic, in: database).write(to: database)
  }

  /// Judges a case while it is made, and takes its facts; the judgements are to be written.
  public static func judge(_ site: SiteFile, _ rules: [Rule], _ draft: inout CaseDraft) throws -> Judgements {
    let traffic = try characterise(site, &draft)
    let answers = try draft.store.write { try RuleEngine().answers(to: rules, in: $0) }
    return try draft.store.read { try Judgements(site, answers, traffic, in: $0) }
  }

  /// The same by `workers` that ask rules at a time.
  public static func judge(
    _ site: SiteFile, _ rules: [Rule], _ draft: inout CaseDraft, workers: Int
  ) async throws -> Judgements {
    guard workers > 1 else { return try judge(site, rules, &draft) }
    try draft.store.write { try RuleEngine().check(rules, in: $0) }
    let traffic = try characterise(site, &draft)
    let answers = try await RuleEngine().answers(to: rules, of: draft.store, workers: workers)
    return try draft.store.read { try Judgements(site, answers, traffic, in: $0) }
  }

  private static func characterise(_ site: SiteFile, _ draft: inout CaseDraft) throws -> TrafficTable {
    let facts = draft.takeFacts()
    return try draft.store.write { try characterise(site, facts, in: $0) }
  }

  /// Says what hosts are.
  ///
  /// - Parameter facts: what the case was made of, where it is at hand.
  private static func characterise(_ site: SiteFile, _ facts: Facts?, in database: Database) throws -> TrafficTable {
    try site.write(to: database)
    let traffic = try TrafficTable(database, facts)
    try Characterisation(site).run(traffic, in: database)
    return traffic
  }
}

/// What is wrong and what it could cost, not written yet.
public struct Judgements: Sendable {
  private let findings: Findings
  /// Of findings that are rated, in their order.
  private let ratings: [RiskPass.Rating]
  private let risk: RiskPass

  init(_ site: SiteFile, _ answers: [RuleEngine.Answer], _ traffic: TrafficTable, in database: Database) throws {
    findings = Findings(answers, most: RuleEngine.Limits().findings)
    risk = RiskPass(site)
    ratings = try risk.ratings(of: findings, traffic, try EvidenceNames(database), in: database)
  }

  /// Writes them in the place of those that are there.
  func write(to database: Database) throws {
    for table in ["finding_evidence", "finding", "rule_run", "risk_point", "zone_risk", "site_risk"] {
      try database.execute(sql: "DELETE FROM \(table)")
    }
    try writeShortTables(to: database)
    var evidence = try RowWriter("finding_evidence", in: database)
    try findings.writeEvidence(to: &evidence)
    var points = try RowWriter("risk_point", in: database)
    try RiskPass.writePoints(ratings, to: &points)
  }

  /// Writes those of which there are few.
  public func writeShortTables(to database: Database) throws {
    try findings.writeRuns(to: database)
    try findings.write(ratings, to: database)
    try risk.write(ratings, to: database)
  }

  /// What findings rest on: tables to end a draft with.
  public var longTables: [LongTable] {
    [
      LongTable("finding_evidence") { try findings.writeEvidence(to: &$0) },
      LongTable("risk_point") { try RiskPass.writePoints(ratings, to: &$0) },
    ]
  }
}
