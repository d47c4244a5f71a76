import GRDB
import OTCase
import OTKnowledge
import Testing

@testable import OTAssess

@Suite struct CaseComparisonTests {
  /// A visit: facts as in a rule's example, then rows of `asset` and `asset_mac` that resolution would have written.
  static func visit(_ yaml: String, assets sql: String = "") throws -> DatabaseQueue {
    let example = try #require(try YAMLValue.document(yaml, file: "visit"))
    let queue = try DatabaseQueue()
    try queue.write { database in
      let site = try ExampleCase.load(example, into: database)
      try database.execute(sql: "UPDATE host SET packets_sent = 9; \(sql)")
      try Assessment.run(site, RuleEngineTests.rules, in: database)
    }
    return queue
  }

  static func compare(_ old: DatabaseQueue, _ new: DatabaseQueue) throws -> CaseDiff {
    CaseComparison(before: try old.read(Visit.init), after: try new.read(Visit.init)).diff()
  }

  static let crane = """
    operation:
      - {protocol: modbus, kind: read, name: read holding registers, code: "3", count: 500, cyclic: true, port: 502}
      - {protocol: modbus, kind: write, name: write single register, code: "6", count: 7, cyclic: true, port: 502}
    conversation: {server: 10.0.0.20, protocol: telnet, port: 23}
    identity:
      - {address: 10.0.0.10, protocol: modbus, attribute: vendor, value: Schneider}
      - {address: 10.0.0.10, protocol: modbus, attribute: firmware_version, value: "3.1"}
    """
  static let craneAssets = """
    UPDATE asset SET serial_number = 'S-1', firmware = '3.1' WHERE id = '10.0.0.10';
    INSERT INTO asset_mac (asset_id, mac, reason) VALUES ('10.0.0.10', '00:80:f4:00:00:01', ''),
      ('10.0.0.20', '00:80:f4:00:00:02', '')
    """

  @Test func aCaseComparedWithItselfYieldsNothing() throws {
    let visit = try Self.visit(Self.crane, assets: Self.craneAssets)
    let diff = try Self.compare(visit, visit)
    #expect(diff.isEmpty)
    #expect(diff.stillOpen > 0)
  }

  @Test func countsTimesAndClientPortsAreNoChange() throws {
    let busy = Self.crane.replacing("count: 500", with: "count: 90000, at: 7, until: 900")
      .replacing("count: 7,", with: "count: 8, at: 50,")
    let diff = try Self.compare(
      try Self.visit(Self.crane, assets: Self.craneAssets), try Self.visit(busy, assets: Self.craneAssets))
    #expect(diff.isEmpty, "\(diff)")
  }

  @Test func anotherShapeOfUnrecognisedTrafficIsToldAndOneOfFewMessagesIsNot() throws {
    func shaped(_ name: String, isComparable: Bool) throws -> DatabaseQueue {
      let shape = """
        INSERT INTO unknown_shape VALUES ('\(name)', 'tcp', 0, '23', 1, 1, 1, 40, 400, 40, 400, 'binary messages',
          'question and answer', 'aa 55', '', '10 bytes', '10 bytes', '', 3.1, NULL, NULL, \(isComparable ? 1 : 0), '',
          0, 1, 1);
        UPDATE conversation SET unknown_shape = '\(name)' WHERE server_port = 23
        """
      return try Self.visit(Self.crane, assets: "\(Self.craneAssets); \(shape)")
    }
    let before = try shaped("unknown-tcp-AAAAAA", isComparable: true)
    let after = try Self.compare(before, try shaped("unknown-tcp-BBBBBB", isComparable: true))
    #expect(after.unknownShapes.map(\.subject) == ["unknown-tcp-BBBBBB", "unknown-tcp-AAAAAA"])
    #expect(after.unknownShapes.map(\.verdict) == [.new, .gone])
    #expect(after.unknownShapes.first?.detail == "binary messages on tcp 23, to 10.0.0.20")
    let thin = try Self.compare(before, try shaped("unknown-tcp-CCCCCC", isComparable: false))
    #expect(thin.unknownShapes.map(\.verdict) == [.gone])
  }

  @Test func anUpdateAMoveAndANewHostAreToldAsWhatTheyAre() throws {
    // The controller has new firmware and another address; a laptop appears and writes to it; Telnet is not seen again.
    let later = """
      operation:
        - {server: 10.0.0.11, protocol: modbus, kind: read, name: read holding registers, code: "3", count: 500,
           cyclic: true, port: 502}
        - {server: 10.0.0.11, protocol: modbus, kind: write, name: write single register, code: "6", cyclic: true,
           port: 502}
        - {client: 10.0.0.66, server: 10.0.0.11, protocol: modbus, kind: write, name: write single register, code: "6",
           port: 502}
      identity:
        - {address: 10.0.0.11, protocol: modbus, attribute: vendor, value: Schneider}
        - {address: 10.0.0.11, protocol: modbus, attribute: firmware_version, value: "3.2"}
      """
    let assets = """
      UPDATE asset SET serial_number = 'S-1', firmware = '3.2' WHERE id = '10.0.0.11';
      INSERT INTO asset_mac (asset_id, mac, reason) VALUES ('10.0.0.11', '00:80:f4:00:00:01', '')
      """
    let before = try Self.visit(Self.crane, assets: Self.craneAssets)
    let after = try Self.visit(later, assets: assets)
    let diff = try Self.compare(before, after)
    let lines = diff.assets.map { "\($0.verdict.rawValue) \($0.subject)" }
    #expect(lines == ["new 10.0.0.66", "gone 10.0.0.20", "changed 10.0.0.11"])
    let changes = diff.assets.last?.changes.map { "\($0.field) \($0.before ?? "") \($0.after ?? "")" }
    #expect(changes == ["firmware 3.1 3.2", "addresses 10.0.0.10 10.0.0.11"])
    #expect(diff.identities.isEmpty, "the changed field tells it")
    #expect(
      diff.assets.map(\.detail) == [
        "10.0.0.66; uses modbus of 10.0.0.11", "10.0.0.20; its network was captured again; serves telnet to 10.0.0.2",
        "10.0.0.11",
      ], "what came and went with a device stands in its line")
    #expect(diff.operations.isEmpty && diff.conversations.isEmpty && diff.services.isEmpty)
    let opened = Set(diff.findings.filter { $0.verdict == .opened }.map { $0.subject.prefix(12) })
    #expect(opened == ["OT-WRITE-001", "OT-MASTER-00"])
    #expect(diff.findings.last?.verdict == .notObservedAgain)
    let back = try Self.compare(after, before)
    #expect(back.assets.map(\.verdict) == [.new, .gone, .changed])
  }

  @Test func anotherDeviceAtTheSameAddressIsReplaced() throws {
    let swapped = Self.craneAssets.replacing("'S-1'", with: "'S-2'").replacing(
      "00:80:f4:00:00:01", with: "00:1b:1b:00:00:09")
    let diff = try Self.compare(
      try Self.visit(Self.crane, assets: Self.craneAssets), try Self.visit(Self.crane, assets: swapped))
    #expect(diff.assets.map(\.verdict) == [.replaced])
    #expect(diff.assets.first?.changes.map(\.field) == ["serial_number", "macs"])
  }

  @Test func whatTheOtherVisitCouldNotSeeIsNotGone() throws {
    let elsewhere = "conversation: {client: 10.9.0.1, server: 10.9.0.2, protocol: https, port: 443}"
    let diff = try Self.compare(try Self.visit(Self.crane), try Self.visit(elsewhere))
    let old = diff.assets.filter { $0.verdict != .new }
    #expect(old.count == 3 && old.allSatisfy { $0.verdict == .notObserved })
    #expect(old.allSatisfy { $0.detail.contains("its network was not captured again") })
    #expect(diff.services.isEmpty)
    #expect(diff.findings.map(\.verdict).allSatisfy { $0 == .notObservedAgain || $0 == .notAssessable })
  }

  /// Two assets have marks in common; the strongest decides, and each is paired once.
  @Test(arguments: [
    // Serial number before MAC address: a card was moved to another device.
    (["a S1 m1 h 1", "b S2 m2 g 2"], ["c S2 m1 x 9", "d S1 m2 y 8"], ["a d", "b c"], [String]()),
    // The more MAC addresses in common, the better; addresses come last.
    (["a - m1,m2,m3 - 1", "b - m4 - 2"], ["c - m2,m3 - 2", "d - m1,m4 - 1"], ["a c", "b d"], []),
    // A switch shows one more address, and its id is another.
    (["10.10.0.1 - m1,m2 sw 10.10.0.1"], ["10.2.0.1 - m1,m2,m3 sw 10.2.0.1,10.10.0.1"], ["10.10.0.1 10.2.0.1"], []),
    // A host name two have says nothing, nor does one address of another device where the old one is still there.
    (["a - m1 h 1", "b - m2 h 2"], ["c - m3 h 1", "d - m1 h 3"], ["a d"], []),
    // Another serial number at the same address and name: replaced.
    (["a S1 m1 plc 1"], ["b S2 m2 plc 1"], ["a b"], ["b"]),
    (["a S1 m1 plc 1"], ["b S1 m2 plc 1"], ["a b"], []),
    (["a - m1 - 1"], ["b - m2 - 1"], ["a b"], ["b"]),
  ])
  func assetsAreMatchedByTheBestOverlap(old: [String], new: [String], pairs: [String], replaced: [String]) {
    func assets(_ lines: [String]) -> [Visit.Asset] {
      lines.map { line in
        let words = line.split(separator: " ").map { $0 == "-" ? nil : String($0) }
        func list(_ word: String?) -> [String] { word?.split(separator: ",").map(String.init) ?? [] }
        return Visit.Asset(
          id: words[0] ?? "", name: "", hostname: words[3], serial: words[1], macs: list(words[2]),
          addresses: list(words[4]), wasHeard: true, fields: [], evidence: "")
      }
    }
    for (one, other) in [(assets(old), assets(new)), (assets(old).reversed(), assets(new).reversed())] {
      let matching = AssetMatching(one, other)
      #expect(matching.after.map { "\($0.key) \($0.value)" }.sorted() == pairs)
      #expect(matching.replaced.sorted() == replaced)
    }
  }

  @Test func changesAreSingledAndReadsAreCounted() throws {
    let later = """
      operation:
        - {protocol: modbus, kind: read, name: read holding registers, code: "3", count: 500, cyclic: true, port: 502}
        - {protocol: modbus, kind: read, name: read coils, code: "1", port: 502}
        - {protocol: modbus, kind: diagnose, name: diagnostics, code: "8", port: 502}
        - {protocol: modbus, kind: write, name: write single register, code: "6", count: 7, cyclic: true, port: 502}
        - {protocol: modbus, kind: write, name: write single register, code: "6", object: register 40, port: 502}
        - {protocol: modbus, kind: write, name: write single register, code: "6", object: register 41, port: 502}
      conversation:
        - {server: 10.0.0.20, protocol: telnet, port: 23}
        - {server: 10.0.0.20, protocol: arp}
        - {server: 10.0.0.20, protocol: ssh, port: 22}
        - {client: 10.0.0.20, server: 10.0.0.10, protocol: modbus, port: 502}
      identity:
        - {address: 10.0.0.10, protocol: modbus, attribute: vendor, value: schneider}
        - {address: 10.0.0.10, protocol: modbus, attribute: firmware_version, value: "3.1"}
      """
    let before = try Self.visit(Self.crane, assets: Self.craneAssets)
    let after = try Self.visit(later, assets: Self.craneAssets)
    let diff = try Self.compare(before, after)
    #expect(
      diff.operations.map(\.detail)
        == [
          "10.0.0.2 to 10.0.0.10: modbus reads: diagnostics; read coils",
          "10.0.0.2 to 10.0.0.10: modbus write: write single register register 40; write single register register 41",
        ].sorted { $0.contains("reads") && !$1.contains("reads") })
    #expect(diff.services.map(\.detail) == ["10.0.0.20: ssh (tcp/22), used by 10.0.0.2"], "no ARP")
    #expect(diff.conversations.map(\.detail) == ["10.0.0.20 to 10.0.0.10: modbus"])
    #expect(diff.assets.isEmpty && diff.identities.isEmpty, "letters in another case are no news")
    let back = try Self.compare(after, before)
    #expect(back.services.map(\.verdict) == [.gone] && back.conversations.map(\.verdict) == [.gone])
  }

  @Test func theTextIsTheSameEachTime() throws {
    let hostile = "conversation: {client: 10.9.0.1, server: 10.9.0.2, protocol: https, port: 443}"
    let name = "UPDATE asset SET name = '<script>|x' || char(10, 27) || '`[a](b)' WHERE id = '10.9.0.2'"
    let old = try Self.visit(Self.crane)
    let new = try Self.visit(hostile, assets: name)
    let (one, other) = (try Self.compare(old, new), try Self.compare(old, new))
    #expect(try one.json() == other.json())
  }
}
