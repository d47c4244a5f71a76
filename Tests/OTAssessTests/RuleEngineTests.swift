import GRDB
import OTCase
import OTKnowledge
import Testing

@testable import OTAssess

@Suite struct RuleEngineTests {
  static let library = try? RuleLibrary.embedded()
  static var rules: [Rule] { library?.rules ?? [] }

  /// Judges an example by one rule.
  static func judge(_ example: YAMLValue, by rule: Rule) throws -> DatabaseQueue {
    let queue = try DatabaseQueue()
    try queue.write { database in
      let site = try ExampleCase.load(example, into: database)
      try Assessment.run(site, [rule], in: database)
    }
    return queue
  }

  static func status(_ rule: Rule, in queue: DatabaseQueue) throws -> String? {
    try queue.read {
      try String.fetchOne($0, sql: "SELECT status FROM rule_run WHERE rule_id = ?", arguments: [rule.id])
    }
  }

  @Test(arguments: rules.map(\.id))
  func aRuleFiresOnItsExamplesAndIsQuietOnTheOthers(id: String) throws {
    let rule = try #require(Self.rules.first { $0.id == id })
    for (index, example) in rule.examples.fires.enumerated() {
      #expect(try Self.status(rule, in: Self.judge(example, by: rule)) == "fired", "\(id) fires[\(index)]")
    }
    for (index, example) in rule.examples.quiet.enumerated() {
      let status = try Self.status(rule, in: Self.judge(example, by: rule))
      #expect(status == "quiet" || status == "not_assessable", "\(id) quiet[\(index)]: \(status ?? "")")
    }
  }

  @Test func withoutEvidenceNothingIsAPass() throws {
    let queue = try DatabaseQueue()
    try queue.write { database in
      try Schema.create(in: database)
      try Assessment.run(SiteFile(), Self.rules, in: database)
      let statuses = try String.fetchSet(database, sql: "SELECT status FROM rule_run")
      #expect(statuses == ["not_assessable"])
      let silent = try Int.fetchOne(database, sql: "SELECT count(*) FROM rule_run WHERE reason = ''")
      #expect(silent == 0, "each says what to collect")
    }
  }

  /// A rule made of a query, on a case with one download.
  static func rule(_ query: String, groupBy: [String] = ["subject", "peer"]) throws -> Rule {
    var rule = try #require(Self.rules.first { $0.id == "OT-PROG-001" })
    rule.id = "MY-001"
    rule.file = "my.yaml"
    rule.query = query
    rule.groupBy = groupBy
    rule.requires = []
    return rule
  }

  static func download() throws -> YAMLValue {
    let text = "event: {protocol: s7comm, kind: program, name: download block}"
    return try #require(try YAMLValue.document(text, file: "example"))
  }

  static let columns = "'10.0.0.10' AS subject, NULL AS peer, NULL AS first_seen, NULL AS last_seen, 1 AS count"

  @Test(arguments: [
    ("SELECT * FROM moon", "my.yaml: MY-001: the query is not valid: no such table: moon"),
    ("DELETE FROM finding", "the query must only read"),
    ("DELETE FROM finding RETURNING id", "the query must only read"),
    ("ATTACH '/tmp/x' AS other", "the query must only read"),
    ("SELECT 1 AS subject", "lacks the columns peer, first_seen, last_seen, count, evidence"),
    ("SELECT \(columns), 'nowhere' AS evidence", "evidence cannot be \"nowhere\""),
    ("SELECT \(columns), 'other:1' AS evidence", "evidence cannot be \"other:1\""),
    (
      "SELECT '1' AS subject, 2 AS peer, 'noon' AS first_seen, 0 AS last_seen, 1 AS count, NULL AS evidence",
      "first_seen cannot be \"noon\""
    ),
    ("SELECT \(columns.replacing("1 AS count", with: "NULL AS count")), NULL AS evidence", "count cannot be"),
    ("SELECT 1; SELECT 2", "the query is not valid"),
  ])
  func aRuleThatCannotBeAskedIsRefused(query: String, message: String) throws {
    let rule = try Self.rule(query)
    let error = #expect(throws: RuleError.self) { try Self.judge(try Self.download(), by: rule) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  /// Asks rules and writes what they find, unrated.
  private static func run(_ engine: RuleEngine, _ rules: [Rule], in database: Database) throws {
    let findings = Findings(try engine.answers(to: rules, in: database), most: engine.limits.findings)
    try findings.writeRuns(to: database)
    try findings.write([], to: database)
  }

  @Test func aRunawayIsStoppedAndIsNoPass() throws {
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    let queries = [
      "\(endless) SELECT max(i) AS key, \(Self.columns), NULL AS evidence FROM n",
      "\(endless) SELECT \(Self.columns), NULL AS evidence FROM n",
    ]
    for query in queries {
      let queue = try DatabaseQueue()
      try queue.write { database in
        _ = try ExampleCase.load(try Self.download(), into: database)
        var engine = RuleEngine()
        engine.limits.instructions = 1_000_000
        engine.limits.rows = 1000
        try Self.run(engine, [try Self.rule(query)], in: database)
        let row = try #require(try Row.fetchOne(database, sql: "SELECT status, reason FROM rule_run"))
        #expect(row[0] == "not_assessable")
        #expect((row[1] as String).contains("make the rule's query narrower"))
      }
    }
  }

  @Test func findingsBeyondTheLimitAreCounted() throws {
    let queue = try DatabaseQueue()
    try queue.write { database in
      _ = try ExampleCase.load(try Self.download(), into: database)
      var engine = RuleEngine()
      engine.limits.findings = 3
      let five =
        "WITH n(i) AS (VALUES (1), (2), (3), (4), (5)) SELECT i AS key, \(Self.columns), NULL AS evidence FROM n"
      try Self.run(engine, [try Self.rule(five, groupBy: ["subject", "key"])], in: database)
      #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM finding") == 3)
      // The run says how many there were, and the limit how many are not listed.
      #expect(try Int.fetchOne(database, sql: "SELECT findings FROM rule_run") == 5)
      #expect(try Int.fetchAll(database, sql: "SELECT count FROM limit_reached") == [2])
    }
  }

  @Test func findingsAreOneACauseWithStableIdsAndEvidence() throws {
    let text = """
      event:
        - {protocol: s7comm, kind: program, name: download block, client: 10.0.0.2, at: 30}
        - {protocol: s7comm, kind: program, name: end download, client: 10.0.0.2, at: 10}
        - {protocol: s7comm, kind: program, name: download block, client: 10.0.0.3}
      """
    let example = try #require(try YAMLValue.document(text, file: "example"))
    let rule = try #require(Self.rules.first { $0.id == "OT-PROG-001" })
    let judged = try (0..<2).map { _ in try Self.judge(example, by: rule) }
    let rows = try judged.map { queue in
      try queue.read { database in
        try Row.fetchAll(
          database, sql: "SELECT id, peer_asset, count, first_time, last_time, risk_band FROM finding ORDER BY id")
      }
    }
    #expect(rows[0] == rows[1])
    // FNV-1a of "11:OT-PROG-0019:10.0.0.108:10.0.0.20:" and the same with 10.0.0.3, computed outside of this program.
    #expect(rows[0].map { $0["id"] as String } == ["OT-PROG-001-738103b0450f2554", "OT-PROG-001-7c972eb04a536def"])
    let first = try #require(rows[0].first { $0["peer_asset"] == "10.0.0.2" })
    #expect(first["count"] == 2)
    #expect(first["first_time"] == ExampleCase.start + 10_000_000_000)
    #expect(first["last_time"] == ExampleCase.start + 30_000_000_000)
    try judged[0].read { database in
      let places = try Row.fetchAll(
        database, sql: "SELECT frame, note FROM finding_evidence WHERE finding_id = ? ORDER BY position",
        arguments: [first["id"] as String])
      #expect(places.map { $0[0] as Int } == [1, 2])
      #expect(places.map { $0[1] as String } == ["s7comm download block", "s7comm end download"])
    }
  }

  @Test func whatTheSiteApprovedIsMarkedAndSetsNoRisk() throws {
    let text = """
      event: {protocol: s7comm, kind: program, name: download block}
      site: {approved: {engineering: [10.0.0.2]}}
      """
    let example = try #require(try YAMLValue.document(text, file: "example"))
    let rule = try #require(Self.rules.first { $0.id == "OT-PROG-001" })
    try Self.judge(example, by: rule).read { database in
      let reason = try String.fetchOne(database, sql: "SELECT approved_reason FROM finding")
      #expect(reason == "engineering station by the site file")
      let risk = try Row.fetchOne(database, sql: "SELECT low, high, reason FROM site_risk WHERE key = 'risk'")
      #expect(risk?["high"] as Double? == nil)
    }
  }

  @Test(arguments: [
    ("2026-03-10T08:00:00.000000Z", ExampleCase.start as Int64?), ("2026-03-10T08:00:00Z", ExampleCase.start),
    ("1970-01-01T00:00:00.000000001Z", 1), ("1969-12-31T23:59:59.5Z", -500_000_000),
    ("2024-02-29T00:00:00Z", 1_709_164_800_000_000_000), ("2026-03-10 08:00:00Z", nil), ("2026-13-10T08:00:00Z", nil),
    ("2026-03-10T08:00:00.Z", nil), ("2026-03-10T08:00:00", nil), ("", nil), ("9999-01-01T00:00:00Z", nil),
  ])
  func timesAreReadAsViewsPrintThem(text: String, nanoseconds: Int64?) {
    #expect(ISO8601.nanoseconds(text) == nanoseconds)
  }
}
