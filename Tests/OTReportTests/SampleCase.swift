import Foundation
import OTAssess
import OTCore
import OTKnowledge

@testable import OTCase
@testable import OTFacts

/// A crane, small enough to know by heart: a PLC, its panel, an engineering station of another zone that loads a program,
/// a public address, one undecoded thing of each kind, a switch's configuration.
struct SampleCase {
  private var facts = Facts()
  private var clock: Int64 = 1_773_130_500_000_000_000

  static let site = """
    site: {name: Test quay, teu_factor: 1.6}
    zones:
      - {id: Z-STS-01, name: Crane 1, kind: STS, level: 1, subnets: [10.1.1.0/24], safety: 4, throughput: 5, environment: 1}
      - {id: Z-STS-02, name: Crane 2, kind: STS, level: 1, subnets: [10.1.2.0/24], safety: 4, throughput: 5, environment: 1}
      - {id: Z-ECS, name: Engineering, kind: ECS, level: 3, subnets: [10.1.10.0/24]}
    units:
      - {id: STS01, kind: STS, zone: Z-STS-01, moves_per_hour: 28, manual_fallback: 0.0}
    """

  /// Writes the case, judges it, and hands it over; the folder is thrown away afterwards.
  static func withCase<Value>(
    _ contents: CaseContents = crane, site: String? = site, inject: String? = nil, _ body: (CaseStore) throws -> Value
  ) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "otreport-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "a.otcase").path
    try CaseWriter.write(contents, to: path)
    if let site {
      let rules = try RuleLibrary.embedded().rules
      let file = try SiteFile(yaml: site, file: "site.yaml")
      try CaseStore(path: path, access: .readWrite).write { try Assessment.run(file, rules, in: $0) }
    }
    if let inject { try Self.inject(inject, into: path) }
    return try body(CaseStore(path: path))
  }

  /// Appends a text to every free text of the case: names, reasons, lines; not to keys and to what is one of fixed words.
  private static func inject(_ text: String, into path: String) throws {
    try CaseStore(path: path, access: .readWrite).write { database in
      for table in Schema.tables where table.name != "meta" {
        for column in table.columns
        where column.type == .text && !column.isKey && column.reference == nil && column.words.isEmpty
          && !["role", "protocol", "address", "family", "sha256", "kind"].contains(column.name)
        {
          try database.execute(
            sql: "UPDATE \(table.name) SET \(column.name) = \(column.name) || ?", arguments: [text])
        }
      }
    }
  }

  // MARK: facts

  private mutating func sighting() -> Sighting {
    clock += 1_000_000
    return Sighting(time: Timestamp(nanoseconds: clock), file: 0, frame: UInt64(clock / 1_000_000 % 1_000_000))
  }

  private mutating func host(_ address: String, mac: String, sent: UInt64 = 10, ttl: UInt8 = 64) -> Int {
    let first = sighting()
    facts.hosts.append(
      HostFact(
        address: HostAddress(address) ?? .none, first: first, last: first.time, packetsSent: sent, bytesSent: sent * 64,
        packetsReceived: 5, bytesReceived: 320, macs: HostAddress(mac)?.mac.map { [($0, sent)] } ?? [], vlans: [],
        ttlLow: ttl, ttlHigh: ttl, isGroup: false, unansweredAttempts: 0))
    return facts.hosts.count - 1
  }

  private mutating func claim(_ host: Int, _ attribute: IdentityAttribute, _ value: String) {
    let first = sighting()
    facts.identities.append(
      IdentityFact(
        host: host, protocol: "s7comm", attribute: attribute, value: value, count: 1, first: first, last: first.time))
  }

  private mutating func conversation(
    _ client: Int, _ server: Int, port: UInt16, _ protocols: [String], answered: Bool = true, cyclic: Bool = false
  ) -> Int {
    let first = sighting()
    var timing = TimingFact()
    timing.intervals = 20
    timing.median = 0.1
    timing.regularity = cyclic ? 0.95 : 0.2
    facts.conversations.append(
      ConversationFact(
        transport: .tcp, client: client, server: server, serverPort: port, networkProtocol: 0, protocols: protocols,
        clientEvidence: .handshake, first: first, last: first.time, packetsToServer: 20, bytesToServer: 1280,
        packetsToClient: answered ? 19 : 0, bytesToClient: answered ? 1216 : 0, connections: 1,
        handshakes: answered ? 1 : 0, resets: 0, refused: 0, retransmissions: 0, gapBytes: answered ? 0 : 512,
        timing: timing, unknownShape: nil))
    return facts.conversations.count - 1
  }

  private mutating func operation(
    _ conversation: Int, _ name: String, _ kind: OperationKind, object: String = "", happened: Bool = true
  ) {
    let first = sighting()
    let sides = facts.conversations[conversation]
    facts.operations.append(
      OperationFact(
        conversation: conversation, protocol: "s7comm", client: sides.client, server: sides.server, code: name,
        name: name, kind: kind, object: object, isPublished: false, requests: 2, responses: 2, failures: 0,
        failureCode: nil, values: nil, first: first, last: first.time))
    guard happened else { return }
    facts.events.append(
      EventFact(
        operation: facts.operations.count - 1, sighting: first, role: .request, outcome: .none, values: nil))
  }

  static var crane: CaseContents {
    var sample = SampleCase()
    let plc = sample.host("10.1.1.10", mac: "00:1b:1b:00:00:10")
    let sister = sample.host("10.1.2.10", mac: "00:1b:1b:00:00:11")
    let panel = sample.host("10.1.1.20", mac: "00:0c:29:00:00:20")
    let station = sample.host("10.1.10.20", mac: "00:0c:29:00:00:50")
    let outside = sample.host("93.184.216.34", mac: "00:80:63:00:00:fe", ttl: 52)
    _ = sample.host("10.1.1.99", mac: "", sent: 0)
    for (host, firmware) in [(plc, "V3.2.6"), (sister, "V3.2.7")] {
      sample.claim(host, .vendor, "Siemens")
      sample.claim(host, .orderNumber, "6ES7 315-2EH14-0AB0")
      sample.claim(host, .firmwareVersion, firmware)
    }
    let poll = sample.conversation(panel, plc, port: 102, ["s7comm"], cyclic: true)
    sample.operation(poll, "read variable", .read, object: "DB1", happened: false)
    sample.operation(poll, "write variable", .write, object: "DB20", happened: false)
    let load = sample.conversation(station, plc, port: 102, ["s7comm"])
    sample.operation(load, "plc stop", .control)
    sample.operation(load, "request download", .program, object: "OB1")
    let beacon = sample.conversation(panel, outside, port: 443, ["tls"])
    _ = sample.conversation(panel, sister, port: 4444, [], answered: false)
    let first = sample.sighting()
    sample.facts.anomalies = [
      AnomalyFact(conversation: beacon, protocol: "tls", field: "length", reason: .inconsistent, count: 4, first: first)
    ]
    sample.facts.undecoded = [CountFact(kind: "ether type", detail: "0x8892", count: 39)]
    sample.facts.limits = [CountFact(kind: "limit", detail: "objects of a conversation", count: 1)]
    sample.facts.packets = 100
    return CaseContents(
      facts: sample.facts, evidence: manifest(first.time), protocols: protocols, devices: [device], program: "0.0-test")
  }

  private static func manifest(_ last: Timestamp) -> [EvidenceFile] {
    var capture = EvidenceFile(
      kind: .capture, name: "crane.pcapng", path: "/secret/place/crane.pcapng",
      sha256: String(repeating: "ab", count: 32),
      size: 7000, format: "pcapng", status: .partlyRead("damaged at byte 6990"))
    capture.frames = 100
    capture.cutFrames = 3
    capture.firstTime = Timestamp(nanoseconds: 1_773_130_500_000_000_000)
    capture.lastTime = last
    capture.interfaces = [.init(name: "eth0", filter: "not port 22", linkType: 1, received: 120, dropped: 20)]
    capture.damages = [.init(offset: 6990, frame: 100, reason: "block length")]
    return [
      capture,
      EvidenceFile(
        kind: .config, name: "sw.cfg", path: "/secret/place/sw.cfg", sha256: String(repeating: "cd", count: 32),
        size: 10,
        format: "cisco-ios"),
    ]
  }

  private static let protocols = [
    ProtocolFact(
      id: "s7comm", name: "S7comm", specification: "none published", isIndustrial: true, readsIdentity: true,
      readsOperations: true, displayFilter: "s7comm"),
    ProtocolFact(
      id: "tls", name: "TLS", specification: "RFC 8446", isIndustrial: false, readsIdentity: true,
      readsOperations: false,
      displayFilter: "tls"),
  ]

  private static var device: DeviceFact {
    var device = DeviceFact(file: 1, hostname: "sw-1", vendor: "Cisco", platform: "ios", version: "15.2")
    device.linesTotal = 10
    device.linesUnderstood = 8
    device.interfaces = [.init(name: "Vlan10", address: "10.1.1.1", prefixLength: 24, mode: "routed", line: 3)]
    device.filterRules = [.init(list: "101", position: 1, action: .permit, line: 5)]
    device.accounts = [.init(name: "admin", privilege: "15", credentialType: "type 7", strength: .reversible, line: 6)]
    device.services = [.init(name: "telnet", isEnabled: true, line: 4)]
    device.unrecognised = [.init(number: 8, text: "frobnicate", status: .unrecognised)]
    return device
  }
}
