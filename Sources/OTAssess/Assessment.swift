import GRDB
import OTCase
import OTKnowledge

/// Judges a case: what the site says, what hosts are, what is wrong, what it could cost. Everything is written into the
/// case; running it again gives the same.
public enum Assessment {
  public static func run(_ site: SiteFile, _ rules: [Rule], in database: Database) throws {
    let traffic = try characterise(site, in: database)
    try finish(site, rules, try RuleEngine().answers(to: rules, in: database), traffic, in: database)
  }

  /// The same in steps, each a transaction, so that others can read between them.
  public static func run(_ site: SiteFile, _ rules: [Rule], in store: CaseStore) throws {
    let asked = try ask(site, rules, in: store)
    try store.write { try asked.finish(in: $0) }
  }

  private static func ask(_ site: SiteFile, _ rules: [Rule], in store: CaseStore) throws -> Asked {
    let traffic = try store.write { try characterise(site, in: $0) }
    let answers = try store.write { try RuleEngine().answers(to: rules, in: $0) }
    return Asked(site: site, rules: rules, answers: answers, traffic: traffic)
  }

  /// Up to the answers of the rules, which `workers` ask at a time; the file is the same, byte for byte.
  public static func ask(
    _ site: SiteFile, _ rules: [Rule], in store: CaseStore, workers: Int
  ) async throws -> Asked {
    guard workers > 1 else { return try ask(site, rules, in: store) }
    let traffic = try store.write { database in
      try RuleEngine().check(rules, in: database)
      return try characterise(site, in: database)
    }
    let answers = try await RuleEngine().answers(to: rules, of: store, workers: workers)
    return Asked(site: site, rules: rules, answers: answers, traffic: traffic)
  }

  /// What rules answered, not written yet.
  public struct Asked {
    fileprivate let site: SiteFile
    fileprivate let rules: [Rule]
    fileprivate let answers: [RuleEngine.Answer]
    fileprivate let traffic: TrafficTable

    /// Writes it and what it could cost.
    public func finish(in database: Database) throws {
      try Assessment.finish(site, rules, answers, traffic, in: database)
    }
  }

  private static func characterise(_ site: SiteFile, in database: Database) throws -> TrafficTable {
    try site.write(to: database)
    let traffic = try TrafficTable(database)
    try Characterisation(site).run(traffic, in: database)
    return traffic
  }

  private static func finish(
    _ site: SiteFile, _ rules: [Rule], _ answers: [RuleEngine.Answer], _ traffic: TrafficTable, in database: Database
  ) throws {
    try RuleEngine().write(answers, to: database)
    let weakness = Dictionary(rules.map { ($0.id, $0.weakness) }, uniquingKeysWith: max)
    try RiskPass(site).run(weakness: weakness, traffic, in: database)
  }
}
