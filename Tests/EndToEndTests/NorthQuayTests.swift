import Foundation
import OTAssess
import OTCase
import OTSurvey
import Testing

/// What the program says of the sample terminal, against what its makers planted there.
@Suite struct NorthQuayTests {
  let expected: Expectation
  init() throws { expected = try Expectation.load() }

  /// Not read by this version, each with what is seen instead. A test that finds one of them read asks for this list to
  /// be shortened.
  enum KnownGap {
    static let identities: Set<String> = []
    static let weaknesses: Set<String> = []
    /// Several tags are asked one after the other each second, which is no single rhythm.
    static let cycles: Set<String> = ["10.20.5.20 10.20.5.10"]
  }

  private func hosts(_ visit: String) throws -> [Expectation.Host] { try #require(expected.visits[visit]).hosts }

  /// Assets by each of their addresses; frames without IP give a MAC address as the only one.
  private func assets(_ store: CaseStore) throws -> [String: AssetRow] {
    var assets: [String: AssetRow] = [:]
    for asset in try store.all(AssetRow.self) {
      for address in (asset.addresses ?? "").split(separator: ",") + (asset.macs ?? "").split(separator: ",") {
        assets[String(address)] = asset
      }
    }
    return assets
  }

  @Test(arguments: NorthQuay.visits)
  func everyFileIsInTheManifestWithItsDigestAndFrames(visit: String) async throws {
    let evidence = try await NorthQuay.store(visit).all(EvidenceRow.self)
    for file in try #require(expected.visits[visit]).files {
      let row = evidence.first { $0.name == file.file }
      #expect(row?.sha256 == file.sha256 && row?.frames == file.frames && row?.status == "read", "\(file.file)")
    }
  }

  @Test(arguments: NorthQuay.visits)
  func everyHostIsAnAssetWithItsMACAddress(visit: String) async throws {
    let assets = try assets(try await NorthQuay.store(visit))
    for host in try hosts(visit) {
      // An address that only a PROFINET answer names belongs to the station that gave it.
      let asset = assets[host.address] ?? host.mac.flatMap { assets[$0] }
      #expect(asset?.presence == "sent", "\(host.name) \(host.address)")
      // Behind the router its own MAC address is on none of the wires.
      guard let mac = host.mac, host.seenOnlyRouted != true else { continue }
      #expect(asset?.macs?.split(separator: ",").contains(Substring(mac)) == true, "\(host.name) \(mac)")
    }
  }

  @Test(arguments: NorthQuay.visits)
  func everyIdentityThatIsOnTheWireIsFound(visit: String) async throws {
    let store = try await NorthQuay.store(visit)
    let assets = try assets(store)
    var said: [String: [String]] = [:]
    for row in try store.all(IdentityRow.self) { said[row.asset ?? "", default: []].append(row.value) }
    var missing: Set<String> = []
    for host in try hosts(visit) {
      let asset = try #require(assets[host.address] ?? host.mac.flatMap { assets[$0] }, "\(host.name)")
      let fields = [asset.vendor, asset.product, asset.firmware, asset.serialNumber, asset.orderNumber, asset.hostname]
      let values = ((said[asset.id] ?? []) + fields.compactMap(\.self)).map(Self.plain)
      for identity in host.identity where !values.contains(where: { $0.contains(Self.plain(identity.value)) }) {
        missing.insert("\(host.name): \(identity.value)")
      }
    }
    #expect(missing == KnownGap.identities)
  }

  /// Serial numbers and revisions without how a tool writes them: `0x00c41b7e` is 00C41B7E, revision 20.011 is 20.11.
  private static func plain(_ value: String) -> String {
    let text = value.lowercased().replacing("0x", with: "")
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.allSatisfy(\.isNumber) }), let minor = Int(parts[1]) else {
      return text
    }
    return "\(parts[0]).\(minor)"
  }

  @Test(arguments: NorthQuay.visits)
  func everyServiceIsFound(visit: String) async throws {
    let store = try await NorthQuay.store(visit)
    let assets = try assets(store)
    var offered: Set<String> = []
    for row in try store.all(ConversationRow.self) {
      offered.insert("\(row.serverAsset ?? "") \(row.service)")
      // Both ends of BACnet/IP use port 47808.
      if row.protocol == "bacnet" { offered.insert("\(row.clientAsset ?? "") \(row.service)") }
    }
    for host in try hosts(visit) {
      for service in host.services {
        let asset = assets[host.address]?.id ?? ""
        #expect(offered.contains("\(asset) \(service.protocol)/\(service.port)"), "\(host.name) \(service)")
      }
    }
  }

  @Test(arguments: NorthQuay.visits)
  func everyPollingIsSeenAsCyclicWithItsPeriod(visit: String) async throws {
    let conversations = try await NorthQuay.store(visit).all(ConversationRow.self)
    for cycle in try #require(expected.visits[visit]).cyclic {
      let pair = "\(cycle.client) \(cycle.server)"
      let row = conversations.first { "\($0.clientAddress) \($0.serverAddress)" == pair && $0.serverPort == cycle.port }
      let found = try #require(row, "\(pair)")
      let isRight = found.isCyclic && abs(found.intervalMedian - cycle.period) < cycle.period * 0.05
      #expect(isRight != KnownGap.cycles.contains(pair), "\(pair): every \(found.intervalMedian) s")
    }
  }

  /// Beginning of the rule ids that may tell each planted weakness.
  static let rules: [String: [String]] = [
    "W01": ["OT-CRED-001", "OT-SVC-001"], "W02": ["OT-CRED-001", "OT-CRED-003"], "W03": ["OT-SNMP-001"],
    "W04": ["OT-SMB-001"], "W05": ["OT-NET-001"], "W06": ["OT-CRED-002"], "W07": ["OT-CRED-001"],
    "W08": ["OT-OPCUA-"], "W09": ["OT-VNC-002"], "W10": ["OT-NET-003"], "W11": ["OT-VPN-001"],
    "W12": ["OT-PWR-001"], "W13": ["OT-RDP-001"],
  ]

  @Test(arguments: NorthQuay.visits)
  func everyPlantedWeaknessIsAFindingThatNamesBothEnds(visit: String) async throws {
    let store = try await NorthQuay.store(visit)
    let assets = try assets(store)
    let findings = try store.all(FindingRow.self)
    let evidence = Set(try store.all(FindingEvidenceRow.self).map(\.findingID))
    var missing: Set<String> = []
    for weakness in try #require(expected.visits[visit]).weaknesses {
      let rules = try #require(Self.rules[weakness.id], "a new weakness needs a line in the table above")
      let ends: Set<String?> = [assets[weakness.client]?.id, assets[weakness.server]?.id]
      let finding = findings.first { finding in
        ends == [finding.subjectAsset, finding.peerAsset] && rules.contains { finding.ruleID.hasPrefix($0) }
      }
      if let finding { #expect(evidence.contains(finding.id), "\(weakness.id) has no evidence") }
      if finding == nil { missing.insert(weakness.id) }
    }
    #expect(missing == KnownGap.weaknesses)
  }

  @Test func theConfigurationOfTheQuaySwitchIsJudged() async throws {
    let store = try await NorthQuay.store("visit-1")
    let found = Set(try store.all(FindingRow.self).filter { $0.subjectAsset == "10.20.10.1" }.map(\.ruleID))
    #expect(found.isSuperset(of: ["OT-CFG-001", "OT-CFG-002", "OT-CFG-003"]))
    // Their evidence is a line of the file.
    let lines = try store.all(FindingEvidenceRow.self).filter { $0.kind == "config" }
    #expect(!lines.isEmpty && lines.allSatisfy { $0.name == "sw-quay-01.cfg" && $0.frame > 0 })
  }
}
