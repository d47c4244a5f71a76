import OTCore

@testable import OTFacts

/// Builds small facts by hand: a network in a few lines.
struct Fixture {
  var facts = Facts()
  private var clock: Int64 = 1_773_130_500_000_000_000

  /// The next moment, in the first evidence file.
  mutating func sighting() -> Sighting {
    clock += 1_000_000
    return Sighting(time: Timestamp(nanoseconds: clock), file: 0, frame: UInt64(clock / 1_000_000 % 1_000_000))
  }

  @discardableResult
  mutating func host(
    _ address: String, mac: String..., ttl: UInt8 = 64, sent: UInt64 = 10, vlans: [UInt16] = [],
    isGroup: Bool = false
  ) -> Int {
    let parsed = HostAddress(address) ?? .none
    let first = sighting()
    facts.hosts.append(
      HostFact(
        address: parsed, first: first, last: first.time, packetsSent: sent, bytesSent: sent * 64, packetsReceived: 5,
        bytesReceived: 320, macs: mac.compactMap { HostAddress($0)?.mac }.map { ($0, sent) }, vlans: vlans,
        ttlLow: parsed.isIP && sent > 0 ? ttl : 0, ttlHigh: parsed.isIP && sent > 0 ? ttl : 0,
        isGroup: isGroup || parsed.isGroup, unansweredAttempts: 0))
    return facts.hosts.count - 1
  }

  mutating func claim(
    _ host: Int, _ protocol: String, _ attribute: IdentityAttribute, _ value: String, count: UInt64 = 1
  ) {
    let first = sighting()
    facts.identities.append(
      IdentityFact(
        host: host, protocol: `protocol`, attribute: attribute, value: value, count: count, first: first,
        last: first.time))
  }

  mutating func bind(_ address: String, _ mac: String, _ source: AddressBinding.Source = .arp) {
    let first = sighting()
    guard let address = HostAddress(address), let mac = HostAddress(mac)?.mac else { return }
    facts.bindings.append(
      BindingFact(address: address, mac: mac, source: source, count: 1, first: first, last: first.time))
  }

  mutating func neighbour(
    _ host: Int, _ protocol: String = "lldp", name: String, management: String = "", chassis: String? = nil,
    port: String = "port-001"
  ) {
    let first = sighting()
    facts.neighbours.append(
      NeighbourFact(
        host: host, protocol: `protocol`, chassis: chassis ?? name, port: port, systemName: name,
        managementAddress: HostAddress(management) ?? .none, count: 3, first: first, last: first.time))
  }

  @discardableResult
  mutating func conversation(_ client: Int, _ server: Int, port: UInt16, _ protocols: String...) -> Int {
    let first = sighting()
    var timing = TimingFact()
    timing.intervals = 20
    timing.mean = 0.1
    timing.median = 0.1
    timing.regularity = 0.95
    facts.conversations.append(
      ConversationFact(
        transport: .tcp, client: client, server: server, serverPort: port, networkProtocol: 0, protocols: protocols,
        clientEvidence: .handshake, first: first, last: first.time, packetsToServer: 20, bytesToServer: 1280,
        packetsToClient: 19, bytesToClient: 1216, connections: 1, handshakes: 1, resets: 0, refused: 0,
        retransmissions: 0, gapBytes: 0, timing: timing, unknownShape: protocols.isEmpty ? "unknown-tcp-DEADBE" : nil))
    return facts.conversations.count - 1
  }

  @discardableResult
  mutating func operation(
    _ conversation: Int, _ protocol: String, _ code: String, _ name: String, _ kind: OperationKind, object: String = ""
  ) -> Int {
    let first = sighting()
    let sides = facts.conversations[conversation]
    facts.operations.append(
      OperationFact(
        conversation: conversation, protocol: `protocol`, client: sides.client, server: sides.server, code: code,
        name: name, kind: kind, object: object, isPublished: false, requests: 2, responses: 2, failures: 1,
        failureCode: 3, values: Operation.Values(low: 1, high: 2.5), first: first, last: first.time))
    return facts.operations.count - 1
  }

  mutating func property(
    _ conversation: Int, _ host: Int, _ protocol: String, _ attribute: SessionAttribute, _ value: String
  ) {
    let first = sighting()
    facts.properties.append(
      PropertyFact(
        conversation: conversation, host: host, protocol: `protocol`, attribute: attribute, value: value, count: 1,
        first: first, last: first.time))
  }

  mutating func event(_ operation: Int, _ outcome: Operation.Outcome = .success) {
    facts.events.append(
      EventFact(operation: operation, sighting: sighting(), role: .response, outcome: outcome, values: nil))
  }

  private static func shape(_ first: Sighting) -> UnknownShapeFact {
    var direction = UnknownShapeFact.Direction()
    direction.units = 39
    direction.bytes = 780
    direction.shortest = 20
    direction.longest = 20
    direction.begins = "de ad be ef"
    direction.content = "binary"
    return UnknownShapeFact(
      name: "unknown-tcp-DEADBE", transport: .tcp, networkProtocol: 0, ports: [4444], conversations: 1, clients: 1,
      servers: 1, toServer: direction, toClient: .init(), looksLike: "binary messages",
      pattern: "one way, to the server", fields: "", period: 30, isComparable: true,
      draft: "protocol: unknown-tcp-deadbe\n", first: first)
  }

  /// A crane: PLC, engineering station, switch; every kind of fact once.
  static var crane: Fixture {
    var network = Fixture()
    let plc = network.host("10.1.1.10", mac: "00:1b:1b:00:00:10", vlans: [10, 20])
    let station = network.host("00:1b:1b:00:00:10")
    let engineer = network.host("10.1.1.50", mac: "00:0c:29:00:00:50", ttl: 128)
    let hmi = network.host("10.1.1.9", mac: "00:0c:29:00:00:09", ttl: 128)
    network.host("239.1.1.1", sent: 0)
    let outside = network.host("93.184.216.34", mac: "00:00:5e:00:01:01", ttl: 52)
    network.claim(plc, "s7comm", .orderNumber, "6ES7 416-3XR05-0AB0")
    network.claim(station, "pn_dcp", .stationName, "sts03-hoist")
    let program = network.conversation(engineer, plc, port: 102, "s7comm", "cotp")
    let poll = network.conversation(hmi, plc, port: 502, "modbus")
    let beacon = network.conversation(engineer, outside, port: 4444)
    network.event(network.operation(program, "s7comm", "0x1a", "request download", .program, object: "OB1"))
    network.event(network.operation(program, "s7comm", "0x29", "plc stop", .control), .failure(0x8104))
    network.operation(poll, "modbus", "3", "read holding registers", .read, object: "0…9")
    let first = network.sighting()
    network.facts.properties = [
      PropertyFact(
        conversation: program, host: plc, protocol: "s7comm", attribute: .tsap, value: "01.00", count: 2, first: first,
        last: first.time)
    ]
    network.facts.credentials = [
      CredentialFact(
        conversation: program, client: engineer, server: plc, protocol: "s7comm", scheme: .protocolPassword,
        account: "", strength: .other, accepted: nil, count: 1, first: first, last: first.time)
    ]
    network.facts.files = [
      FileFact(
        conversation: program, protocol: "s7comm", name: "_0800001P", direction: .toServer, size: 1234, count: 1,
        first: first)
    ]
    network.facts.unknownShapes = [shape(first)]
    network.facts.anomalies = [
      AnomalyFact(
        conversation: beacon, protocol: "", field: "length", reason: .inconsistent, count: 4, first: first)
    ]
    network.neighbour(network.host("00:80:63:00:00:01"), name: "sw-sts03", management: "10.1.1.1")
    network.bind("10.1.1.10", "00:1b:1b:00:00:10")
    network.facts.undecoded = [CountFact(kind: "tcp port", detail: "4444", count: 39)]
    network.facts.limits = [CountFact(kind: "text", detail: "cut", count: 1)]
    network.facts.packets = 100
    network.facts.bytes = 6400
    network.facts.firstTime = network.facts.hosts[0].first.time
    network.facts.lastTime = first.time
    return network
  }

  static var manifest: [EvidenceFile] {
    var capture = EvidenceFile(
      kind: .capture, name: "crane.pcapng", path: "/evidence/crane.pcapng", sha256: String(repeating: "ab", count: 32),
      size: 7000, format: "pcapng", compression: "zstd", status: .partlyRead("damaged at byte 6990"))
    capture.frames = 100
    capture.interfaces = [.init(name: "eth0", filter: "not port 22", linkType: 1, received: 120, dropped: 20)]
    capture.damages = [.init(offset: 6990, frame: 100, reason: "block length")]
    capture.comments = [.init(frame: nil, text: "taken at E-house")]
    return [
      capture,
      EvidenceFile(
        kind: .config, name: "sw.cfg", path: "/evidence/sw.cfg", sha256: String(repeating: "cd", count: 32), size: 10,
        format: "cisco-ios"),
    ]
  }

  static var devices: [DeviceFact] {
    var router = DeviceFact(file: 1, hostname: "sw-sts03", vendor: "Cisco", platform: "ios", version: "15.2")
    router.linesTotal = 10
    router.interfaces = [.init(name: "Vlan10", address: "10.1.1.1", prefixLength: 24, mode: "routed", line: 3)]
    router.vlans = [.init(id: 10, name: "STS03", line: 2)]
    router.routes = [.init(destination: "0.0.0.0/0", nextHop: "10.1.1.254", line: 9)]
    router.filterRules = [.init(list: "101", position: 1, action: .permit, line: 5)]
    router.accounts = [.init(name: "admin", privilege: "15", credentialType: "type 7", strength: .reversible, line: 6)]
    router.services = [.init(name: "telnet", isEnabled: true, line: 0)]
    router.settings = [.init(scope: "global", name: "ip http server", value: "on", line: 7)]
    router.unrecognised = [.init(number: 8, text: "frobnicate", status: .unrecognised)]
    return [router]
  }
}
