import GRDB
import OTKnowledge

/// Judges a case: what the site says, what hosts are, what is wrong, what it could cost. Everything is written into the
/// case; running it again gives the same.
public enum Assessment {
  public static func run(_ site: SiteFile, _ rules: [Rule], in database: Database) throws {
    try site.write(to: database)
    try Characterisation(site).run(in: database)
    try RuleEngine().run(rules, in: database)
    let weakness = Dictionary(rules.map { ($0.id, $0.weakness) }, uniquingKeysWith: max)
    try RiskPass(site).run(weakness: weakness, in: database)
  }
}
