import GRDB
import OTKnowledge
import Testing

@testable import OTAssess

@Suite struct RiskPassTests {
  static let download = "event: {protocol: s7comm, kind: program, name: download block}"
  static let crane = """
    site:
      site: {teu_factor: 1.65}
      zones:
        - {id: Z-STS-01, kind: STS, subnets: [10.0.0.0/24], criticality: 5, safety: 4, throughput: 5, environment: 1}
        - {id: Z-STS-02, kind: STS, subnets: [10.0.1.0/24]}
      units:
        - {id: STS01, kind: STS, zone: Z-STS-01, moves_per_hour: 28, manual_fallback: 0}
        - {id: STS02, kind: STS, zone: Z-STS-02, moves_per_hour: 30, manual_fallback: 0}
    """

  static func judged(_ yaml: String) throws -> DatabaseQueue {
    let rule = try #require(RuleEngineTests.rules.first { $0.id == "OT-PROG-001" })
    return try RuleEngineTests.judge(try #require(try YAMLValue.document(yaml, file: "example")), by: rule)
  }

  static func range(_ sql: String, _ queue: DatabaseQueue) throws -> [Double?] {
    let row = try queue.read { try Row.fetchOne($0, sql: sql) }
    return row.map { row in (0..<row.count).map { row[$0] as Double? } } ?? []
  }

  @Test func aSiteFileMakesRangesNarrow() throws {
    let finding =
      "SELECT likelihood_low, likelihood_high, consequence_low, consequence_high, risk_low, risk_high FROM finding"
    // Exposure 1, weakness 2, threat 1 to 2, controls 0 to 1: 3 to 5 points.
    #expect(try Self.range(finding, Self.judged(Self.download + "\n" + Self.crane)) == [3, 4, 5, 5, 15, 20])
    // Exposure 1 to 3: 3 to 7 points; a controller of no known class.
    #expect(try Self.range(finding, Self.judged(Self.download)) == [3, 5, 4, 5, 12, 25])
  }

  /// The order a chief engineer expects: who did it, from where, and what it can stop. Bands are ranges.
  @Test func theOrderIsBelieved() throws {
    let zones = """
      site:
        zones:
          - {id: Z-STS-01, kind: STS, subnets: [10.0.1.0/24], safety: 4, throughput: 5, environment: 1}
          - {id: Z-ECS, kind: ECS, subnets: [10.0.9.0/24], safety: 2, throughput: 4, environment: 0}
          - {id: Z-ENT, kind: ENT, subnets: [10.0.100.0/24]}
        approved: {engineering: [10.0.9.20]}
        assets:
          - {address: 10.0.1.10, role: plc}
          - {address: 10.0.9.1, role: switch}
          - {address: 10.0.9.10, role: scada}
      """
    let facts = """
      event:
        - {client: 10.0.100.5, server: 10.0.1.10, protocol: s7comm, kind: control, name: plc stop, port: 102}
        - {client: 10.0.9.20, server: 10.0.1.10, protocol: s7comm, kind: control, name: plc stop, port: 102}
      credential:
        - {client: 10.0.9.20, server: 10.0.9.1, protocol: telnet, scheme: clear text, port: 23}
        - {client: 10.0.9.10, server: 10.0.9.1, protocol: snmp, scheme: SNMP community, strength: well-known default,
           transport: udp, port: 161}
      \(zones)
      """
    let queue = try DatabaseQueue()
    let risks = try queue.write { database in
      let site = try ExampleCase.load(try #require(try YAMLValue.document(facts, file: "example")), into: database)
      try Assessment.run(site, RuleEngineTests.rules, in: database)
      return try Row.fetchAll(
        database,
        sql: """
          SELECT rule_id || ' ' || peer_asset, risk_low, risk_high FROM finding
          WHERE rule_id IN ('OT-CTRL-001', 'OT-CRED-001', 'OT-SNMP-001') ORDER BY risk_high DESC, risk_low DESC
          """
      ).map { "\($0[0] as String) \($0[1] as Int)-\($0[2] as Int)" }
    }
    #expect(
      risks == [
        // 3 exposed to the office, 2 without protection, 2 done by a stranger, 0 to 1 control: 6 to 7 points.
        "OT-CTRL-001 10.0.100.5 20-25",
        // The approved station: 2 to 3, 2, 0 to 1, 1: 3 to 5 points.
        "OT-CTRL-001 10.0.9.20 15-20",
        // A switch, of which reading costs less than losing it: 1, 3, 1, 0 to 1 points.
        "OT-SNMP-001 10.0.9.10 6-16",
        "OT-CRED-001 10.0.9.20 6-12",
      ])
  }

  @Test func whatIsToldForInformationIsNotRated() throws {
    let rule = try #require(RuleEngineTests.rules.first { $0.id == "OT-MASTER-002" })
    try RuleEngineTests.judge(try #require(rule.examples.fires.first), by: rule).read { database in
      let row = try Row.fetchOne(database, sql: "SELECT count(*), count(risk_band) FROM finding")
      #expect(row?[0] == 1 && row?[1] == 0)
    }
  }

  @Test func everyPointHasItsReason() throws {
    try Self.judged(Self.download).read { database in
      let factors = try String.fetchAll(database, sql: "SELECT factor FROM risk_point ORDER BY position")
      #expect(factors == ["exposure", "weakness", "threat", "controls", "safety", "throughput", "environment"])
      #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM risk_point WHERE reason = ''") == 0)
    }
  }

  @Test func whatTheSiteApprovedIsNoOpenFindingOfItsZone() throws {
    for (approval, open) in [("", 1.0), ("\n  approved: {engineering: [10.0.0.2]}", 0.0)] {
      let site = try Self.judged(Self.download + "\n" + Self.crane + approval)
      #expect(try Self.range("SELECT findings FROM zone_risk WHERE zone_id = 'Z-STS-01'", site) == [open])
    }
  }

  @Test func theSiteIsRatedByMovesOrNotAtAll() throws {
    let site = try Self.judged(Self.download + "\n" + Self.crane)
    func measure(_ key: String, _ queue: DatabaseQueue) throws -> [Double?] {
      try Self.range("SELECT low, likely, high FROM site_risk WHERE key = '\(key)'", queue)
    }
    #expect(try measure("risk", site) == [15, nil, 20])
    #expect(try measure("moves_at_risk", site) == [28, nil, 28])
    let loss = try measure("teu_lost_crane_controller", site).map { ($0 ?? 0).rounded() }
    #expect(loss == [370, 739, 1109], "one crane of 28 moves, 8 to 24 hours")
    #expect(try measure("moves_at_risk", Self.judged(Self.download)) == [nil, nil, nil])
    try site.read { database in
      let zones = try Row.fetchAll(database, sql: "SELECT zone_id, risk_band, reason FROM zone_risk ORDER BY 1")
      #expect(zones.map { $0[1] as String? } == ["critical", nil])
      #expect((zones.last?[2] as String?)?.hasPrefix("not assessable") == true, "nothing of it was seen")
    }
  }
}
