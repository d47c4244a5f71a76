import Foundation
import GRDB
import OTCore
import Testing

@testable import OTCase
@testable import OTFacts

@Suite struct CaseTests {
  private func contents(_ facts: Facts) -> CaseContents {
    CaseContents(
      facts: facts, evidence: Fixture.manifest,
      protocols: [
        ProtocolFact(
          id: "s7comm", name: "S7comm", specification: "none published", isIndustrial: true, readsIdentity: true,
          readsOperations: true, displayFilter: "s7comm")
      ], devices: Fixture.devices, program: "test")
  }

  private func inTemporaryFolder<Value>(_ body: (URL) throws -> Value) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "otcase-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  private func store(_ contents: CaseContents, access: CaseStore.Access = .readOnly, _ body: (CaseStore) throws -> Void)
    throws
  {
    try inTemporaryFolder { folder in
      let path = folder.appending(path: "a.otcase").path
      try CaseWriter.write(contents, to: path)
      try body(CaseStore(path: path, access: access))
    }
  }

  @Test func whatIsWrittenIsReadBack() throws {
    try store(contents(Fixture.crane.facts)) { store in
      let empty = try store.counts().filter { $0.rows == 0 }.map(\.table)
      #expect(
        empty == [
          "service_use", "asset_conflict", "derived", "site", "zone", "zone_subnet", "unit", "approved", "finding",
          "finding_evidence", "risk_point", "rule_run", "zone_risk", "site_risk",
        ])
      #expect(try store.meta()["packets"] == "100")
      let operations = try store.all(OperationRow.self)
      #expect(operations.map(\.name) == ["read holding registers", "request download", "plc stop"])
      #expect(operations.map(\.outcome) == ["mixed", "mixed", "mixed"])
      let events = try store.all(EventRow.self)
      #expect(events.map(\.statusCode) == [nil, 0x8104])
      #expect(
        events.map(\.clientAsset) == ["10.1.1.50", "10.1.1.50"]
          && events.map(\.serverName) == ["sts03-hoist", "sts03-hoist"])
      #expect(events.first?.evidence?.hasPrefix("crane.pcapng:") == true)
      #expect(events.first?.time.hasPrefix("2026-03-10T08:15:") == true)
      let conversations = try store.all(ConversationRow.self)
      #expect(conversations.map(\.service) == ["tcp/502", "tcp/102", "tcp/4444"])
      #expect(
        conversations.map(\.isCyclic) == [true, true, true]
          && conversations.map(\.isIndustrial) == [false, true, false])
      #expect(try store.all(CredentialRow.self).map(\.accepted) == [nil])
      #expect(try store.one(AssetRow.self, id: "10.1.1.10")?.orderNumber == "6ES7 416-3XR05-0AB0")
      #expect(try store.all(DeviceRow.self).map(\.assetID) == ["00:80:63:00:00:01"], "it announces the address")
    }
  }

  @Test func timesInViewsAreThoseOfTimestamp() throws {
    for nanoseconds: Int64 in [0, 1, 1_773_130_500_250_000_999, 951_782_399_999_999_999] {
      let text = try DatabaseQueue().read {
        try String.fetchOne($0, sql: "SELECT \(Schema.iso("t")) FROM (SELECT \(nanoseconds) AS t)")
      }
      #expect(text == Timestamp(nanoseconds: nanoseconds).description)
    }
  }

  /// Every kind of row is decoded from what it names as its source, and every column a word list restricts has one.
  @Test func everyRowTypeReadsItsTable() throws {
    try store(contents(Fixture.crane.facts)) { store in
      func count(_ kind: (some CaseRow).Type) throws -> Int { try store.all(kind).count }
      let counts = [
        try count(EvidenceRow.self), try count(EvidenceInterfaceRow.self), try count(EvidenceDamageRow.self),
        try count(EvidenceCommentRow.self), try count(UndecodedRow.self), try count(LimitRow.self),
        try count(AnomalyRow.self), try count(ProtocolRow.self), try count(HostRow.self), try count(AssetRow.self),
        try count(AssetMergeRow.self), try count(AssetReasonRow.self), try count(IdentityRow.self),
        try count(PropertyRow.self), try count(CredentialRow.self), try count(DeviceRow.self),
      ]
      #expect(counts == [2, 1, 1, 1, 1, 1, 1, 1, 7, 5, 1, 10, 2, 1, 1, 1])
      for table in Schema.tables {
        for column in table.columns where !column.words.isEmpty {
          let words = try store.read {
            try String.fetchSet($0, sql: "SELECT \(column.name) FROM \(table.name) WHERE \(column.name) IS NOT NULL")
          }
          #expect(words.isSubset(of: column.words), "\(table.name).\(column.name)")
        }
      }
    }
  }

  @Test func judgementsAreReadBack() throws {
    try store(contents(Fixture.crane.facts), access: .readWrite) { store in
      try store.write { database in
        try database.execute(
          sql: """
            INSERT INTO finding VALUES ('f1','R1','t','high','high','behaviour','10.1.1.10',NULL,'',5,NULL,1,'w','f','v','',
              NULL,'T0843','',NULL,1,5,2,3,2,15,'high');
            INSERT INTO finding_evidence VALUES ('f1',1,1,7,NULL,'');
            INSERT INTO risk_point VALUES ('f1',1,'exposure',0,3,'r','');
            INSERT INTO rule_run VALUES ('R1','t','fired','',1);
            INSERT INTO zone VALUES ('Z','z','sts',1,5,4,5,1,3,0);
            INSERT INTO zone_risk VALUES ('Z',1,2,15,'high','f1','r');
            INSERT INTO site_risk VALUES ('teu_lost',1,2,3,'TEU','r');
            INSERT INTO derived VALUES (1,'scan',NULL,NULL,'',0.5,'d',3,NULL,NULL,NULL,NULL);
            INSERT INTO asset_conflict VALUES ('serial number twice','s','a','b','r',5,1,1);
            """)
      }
      #expect(try store.all(FindingRow.self).map(\.firstTime) == [Timestamp(nanoseconds: 5)])
      #expect(try store.all(FindingEvidenceRow.self).map(\.name) == ["crane.pcapng"])
      #expect(try store.all(RiskPointRow.self).count == 1)
      #expect(try store.all(RuleRunRow.self).count == 1)
      #expect(try store.all(ZoneRow.self).map(\.targetSL) == [3])
      #expect(try store.all(ZoneRiskRow.self).count == 1)
      #expect(try store.all(SiteRiskRow.self).map(\.likely) == [2])
      #expect(try store.all(DerivedRow.self).count == 1)
      #expect(try store.all(AssetConflictRow.self).count == 1)
    }
  }

  /// The same evidence, gathered in another order, is the same case to the byte.
  @Test func theOrderOfGatheringDoesNotShow() throws {
    func bytes(_ contents: CaseContents) throws -> Data {
      try inTemporaryFolder { folder in
        let file = folder.appending(path: "a.otcase")
        try CaseWriter.write(contents, to: file.path)
        return try Data(contentsOf: file)
      }
    }
    let given = contents(Fixture.crane.facts)
    let turned = reversed(given)
    #expect(given.facts.hosts.map(\.address) != turned.facts.hosts.map(\.address))
    let (one, other) = (try bytes(given), try bytes(turned))
    #expect(one == other)
  }

  private func reversed(_ contents: CaseContents) -> CaseContents {
    var turned = contents
    let facts = contents.facts
    let (hosts, talks, operations) = (facts.hosts.count - 1, facts.conversations.count - 1, facts.operations.count - 1)
    func seen(_ sighting: inout Sighting) { sighting.file = 1 - sighting.file }
    turned.evidence.reverse()
    turned.devices[0].file = 0
    turned.facts.hosts = facts.hosts.reversed()
    turned.facts.conversations = facts.conversations.reversed()
    turned.facts.operations = facts.operations.reversed()
    turned.facts.events = facts.events.reversed()
    turned.facts.identities = facts.identities.reversed()
    turned.facts.bindings = facts.bindings.reversed()
    for index in turned.facts.hosts.indices { seen(&turned.facts.hosts[index].first) }
    for index in turned.facts.identities.indices {
      turned.facts.identities[index].host = hosts - turned.facts.identities[index].host
      seen(&turned.facts.identities[index].first)
    }
    for index in turned.facts.conversations.indices {
      turned.facts.conversations[index].client = hosts - turned.facts.conversations[index].client
      turned.facts.conversations[index].server = hosts - turned.facts.conversations[index].server
      seen(&turned.facts.conversations[index].first)
    }
    for index in turned.facts.operations.indices {
      turned.facts.operations[index].conversation = talks - turned.facts.operations[index].conversation
      turned.facts.operations[index].client = hosts - turned.facts.operations[index].client
      turned.facts.operations[index].server = hosts - turned.facts.operations[index].server
      seen(&turned.facts.operations[index].first)
    }
    for index in turned.facts.events.indices {
      turned.facts.events[index].operation = operations - turned.facts.events[index].operation
      seen(&turned.facts.events[index].sighting)
    }
    for index in turned.facts.properties.indices {
      turned.facts.properties[index].conversation = talks - turned.facts.properties[index].conversation
      turned.facts.properties[index].host = hosts - turned.facts.properties[index].host
      seen(&turned.facts.properties[index].first)
    }
    for index in turned.facts.credentials.indices {
      turned.facts.credentials[index].conversation = talks - turned.facts.credentials[index].conversation
      turned.facts.credentials[index].client = hosts - turned.facts.credentials[index].client
      turned.facts.credentials[index].server = hosts - turned.facts.credentials[index].server
      seen(&turned.facts.credentials[index].first)
    }
    for index in turned.facts.files.indices {
      turned.facts.files[index].conversation = talks - turned.facts.files[index].conversation
      seen(&turned.facts.files[index].first)
    }
    for index in turned.facts.anomalies.indices {
      turned.facts.anomalies[index].conversation = talks - turned.facts.anomalies[index].conversation
      seen(&turned.facts.anomalies[index].first)
    }
    for index in turned.facts.unknownShapes.indices { seen(&turned.facts.unknownShapes[index].first) }
    for index in turned.facts.neighbours.indices {
      turned.facts.neighbours[index].host = hosts - turned.facts.neighbours[index].host
      seen(&turned.facts.neighbours[index].first)
    }
    for index in turned.facts.bindings.indices { seen(&turned.facts.bindings[index].first) }
    return turned
  }

  @Test(arguments: [
    ("'; DROP TABLE identity; --", "'; DROP TABLE identity; --"), ("a\u{0}b", "a\\x00b"), ("\"\"\\%_", "\"\"\\%_"),
    ("<script>|=cmd()", "<script>|=cmd()"), ("ÄÖ 起重机\u{202e}", "ÄÖ 起重机\u{202e}"), ("", ""),
  ])
  func hostileTextIsKeptAsText(_ given: String, _ kept: String) throws {
    var network = Fixture()
    network.claim(network.host("10.0.0.1"), "http", .banner, given)
    try store(contents(network.facts)) { store in
      #expect(try store.all(IdentityRow.self).map(\.value) == [kept])
      let answer = try store.query("SELECT length(value) = \(kept.unicodeScalars.count) FROM identity")
      #expect(answer.rows == [[.integer(1)]])
    }
  }

  @Test(arguments: [
    "DELETE FROM host", "INSERT INTO meta VALUES ('a', 'b')", "PRAGMA user_version = 9", "ATTACH ':memory:' AS x",
    "SELECT 1; DROP TABLE host", "WITH a AS (SELECT 1) DELETE FROM host", "DROP TABLE host", "", "VACUUM INTO '/tmp/x'",
    "CREATE TEMP TABLE t (a)",
  ])
  func aQueryCannotWrite(_ sql: String) throws {
    for access in [CaseStore.Access.readOnly, .readWrite] {
      try store(contents(Fixture.crane.facts), access: access) { store in
        #expect(throws: (any Error).self) { try store.query(sql) }
        let hosts = try store.all(HostRow.self).count
        #expect(hosts == 7)
      }
    }
  }

  @Test func aQueryIsBoundedInRowsAndSteps() throws {
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    try store(contents(Fixture.crane.facts)) { store in
      let answer = try store.query(endless, rows: 3)
      #expect(answer.isCut && answer.columns == ["i"] && answer.rows == [[.integer(1)], [.integer(2)], [.integer(3)]])
      #expect(throws: CaseError.stopped(steps: 100_000)) {
        try store.query("SELECT count(*) FROM (\(endless))", steps: 100_000)
      }
      #expect(try store.query("SELECT 1.5, NULL, 'a'").rows == [[.real(1.5), .null, .text("a")]])
    }
  }

  @Test func aFileThatIsNoCaseIsRefused() throws {
    try inTemporaryFolder { folder in
      let path = folder.appending(path: "x.otcase").path
      #expect(throws: CaseError.missing(path: path)) { try CaseStore(path: path) }
      try Data("not a database, but long enough to be looked at".utf8).write(to: URL(filePath: path))
      #expect(throws: CaseError.self) { try CaseStore(path: path) }
      #expect(throws: CaseError.exists(path: path)) { try CaseWriter.write(contents(Facts()), to: path) }
      try CaseWriter.write(contents(Facts()), to: path, replacing: true)
      #expect(try CaseStore(path: path).all(HostRow.self).isEmpty)
      #expect(throws: CaseError.self) { try CaseStore(path: path).write { _ in } }
    }
  }

  /// A defect in folding must not become a silent wrong row.
  @Test func factsThatReferToNothingAreRefused() throws {
    var network = Fixture()
    network.claim(7, "http", .banner, "x")
    try inTemporaryFolder { folder in
      let path = folder.appending(path: "x.otcase").path
      #expect(throws: CaseError.self) { try CaseWriter.write(contents(network.facts), to: path) }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.isEmpty)
    }
  }

  @Test func aNULIsShown() throws {
    var network = Fixture.crane
    network.claim(0, "http", .banner, "a\u{0}b")
    try store(contents(network.facts), access: .readWrite) { store in
      #expect(try store.all(IdentityRow.self).map(\.value).contains("a\\x00b"))
      try store.write { database in
        var row = try RowWriter("undecoded", in: database)
        row.add("\u{0}")
        row.add("")
        row.add(1)
        try row.insert()
      }
      #expect(try store.query("SELECT kind FROM undecoded WHERE detail = ''").rows == [[.text("\\x00")]])
    }
  }

  @Test func aTextIsReadAnewWhereItChanges() throws {
    let read = try DatabaseQueue().read { database in
      var rows = try RowReader(
        "SELECT column1 FROM (VALUES ('modbus'), ('modbus'), ('modbu'), (''), (NULL))", in: database)
      var (text, all) = (RepeatedText(), [String]())
      while try rows.next() { all.append(text.changes(rows, 0) ? text.text : "again") }
      return all
    }
    #expect(read == ["modbus", "again", "modbu", "", "again"])
  }
}
