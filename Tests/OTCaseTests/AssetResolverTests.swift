import OTCore
import Testing

@testable import OTCase
@testable import OTFacts

@Suite struct AssetResolverTests {
  /// A small network, and which addresses must be one asset.
  struct Network: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var build: @Sendable (inout Fixture) -> Void
    /// Addresses of each asset, joined by blanks, in order.
    var assets: [String]
    /// `rule: 0|1` of each decision.
    var decisions: [String] = []
    var conflicts: [String] = []
    init(
      _ name: String, assets: [String], decisions: [String] = [], conflicts: [String] = [],
      build: @escaping @Sendable (inout Fixture) -> Void
    ) {
      testDescription = name
      self.assets = assets
      self.decisions = decisions
      self.conflicts = conflicts
      self.build = build
    }
  }

  static let plc = "00:1b:1b:00:00:01"
  static let other = "00:1b:1b:00:00:02"
  static let router = "00:80:63:00:00:fe"

  static let networks: [Network] = [
    Network(
      "IPv4, IPv6 and frames without IP of one MAC", assets: ["10.0.0.1 fe80::1 \(plc)"],
      decisions: ["same MAC 1", "same MAC 1"]
    ) {
      $0.host("10.0.0.1", mac: plc)
      $0.host("fe80::1", mac: plc, ttl: 255)
      $0.host(plc)
    },
    Network(
      "a silent IP address that PROFINET DCP places at a MAC", assets: ["10.0.0.1 \(plc)"], decisions: ["same MAC 1"]
    ) {
      $0.host(plc)
      $0.host("10.0.0.1", sent: 0)
      $0.bind("10.0.0.1", plc, .pnDCP)
    },
    Network(
      "public addresses behind a router", assets: ["8.8.8.8", "9.9.9.9", router], decisions: []
    ) {
      $0.host("8.8.8.8", mac: router, ttl: 52)
      $0.host("9.9.9.9", mac: router, ttl: 52)
      $0.host(router)
    },
    Network(
      "several networks behind a router", assets: ["10.1.0.1", "10.2.0.1", router],
      decisions: ["same MAC 0", "same MAC 0"]
    ) {
      $0.host("10.1.0.1", mac: router)
      $0.host("10.2.0.1", mac: router)
      $0.host(router)
    },
    Network(
      "one far address, told by its time-to-live", assets: ["10.1.0.1", router], decisions: ["same MAC 0"]
    ) {
      $0.host("10.1.0.1", mac: router, ttl: 63)
      $0.host(router)
    },
    Network(
      "a router keeps its own address", assets: ["10.1.0.254 \(router)", "10.2.0.1", "10.2.0.2"],
      decisions: ["same MAC 1", "same MAC 0", "same MAC 0"]
    ) {
      $0.host("10.1.0.254", mac: router)
      $0.host("10.2.0.1", mac: router, ttl: 127)
      $0.host("10.2.0.2", mac: router, ttl: 127)
      $0.host(router)
      $0.bind("10.1.0.254", router)
    },
    Network(
      "proxy ARP for a whole network", assets: ["10.1.0.1", "10.1.0.2", "10.1.0.3"]
    ) {
      for number in 1...3 {
        $0.host("10.1.0.\(number)", mac: router)
        $0.bind("10.1.0.\(number)", router)
      }
    },
    Network(
      "seen on both sides of a router", assets: ["10.1.0.1 \(plc)"], decisions: ["same MAC 1"]
    ) {
      $0.host("10.1.0.1", mac: plc, router)
      $0.host(plc)
      $0.bind("10.1.0.1", plc)
    },
    Network(
      "two MACs answer for one address", assets: ["10.1.0.1", plc, other], decisions: ["same MAC 0", "same MAC 0"],
      conflicts: ["address at two MACs 10.1.0.1"]
    ) {
      $0.host("10.1.0.1", mac: plc)
      $0.host(plc)
      $0.host(other)
      $0.bind("10.1.0.1", plc)
      $0.bind("10.1.0.1", other)
    },
    Network("a virtual router's MAC is nobody's", assets: ["10.1.0.1", "00:00:5e:00:01:0a"], decisions: ["same MAC 0"])
    {
      $0.host("10.1.0.1", mac: "00:00:5e:00:01:0a")
      $0.bind("10.1.0.1", "00:00:5e:00:01:0a")
      $0.host("00:00:5e:00:01:0a")
    },
    Network(
      "two ports of one PLC, by serial number", assets: ["10.1.0.1 10.2.0.1"], decisions: ["serial number 1"]
    ) {
      for (address, mac) in [("10.1.0.1", plc), ("10.2.0.1", other)] {
        $0.claim($0.host(address, mac: mac), "s7comm", .serialNumber, "S C-X4U421302009")
      }
    },
    Network(
      "one serial number, two order numbers", assets: ["10.1.0.1", "10.2.0.1"], decisions: ["serial number 0"],
      conflicts: ["serial number twice S C-X4U421302009"]
    ) {
      for (address, order) in [("10.1.0.1", "6ES7 315"), ("10.2.0.1", "6ES7 416")] {
        let host = $0.host(address)
        $0.claim(host, "s7comm", .serialNumber, "S C-X4U421302009")
        $0.claim(host, "s7comm", .orderNumber, order)
      }
    },
    Network("a serial number that tells nothing", assets: ["10.1.0.1", "10.2.0.1"]) {
      for address in ["10.1.0.1", "10.2.0.1"] { $0.claim($0.host(address), "enip", .serialNumber, "00000000") }
    },
    Network("a station name on both layers", assets: ["10.1.0.1 \(plc)"], decisions: ["station name 1"]) {
      $0.claim($0.host("10.1.0.1"), "snmp", .stationName, "other")
      $0.claim(0, "pn_dcp", .stationName, "sts03")
      $0.claim($0.host(plc), "pn_dcp", .stationName, "sts03")
    },
    Network(
      "a station name given twice", assets: ["10.1.0.1", "10.1.0.2"], decisions: ["station name 0"],
      conflicts: ["station name twice sts03"]
    ) {
      for (address, mac) in [("10.1.0.1", plc), ("10.1.0.2", other)] {
        $0.claim($0.host(address, mac: mac), "pn_dcp", .stationName, "sts03")
      }
    },
    Network(
      "a switch announces its management address", assets: ["10.1.0.1 \(plc)"], decisions: ["management address 1"]
    ) {
      $0.host("10.1.0.1", sent: 0)
      $0.neighbour($0.host(plc), name: "sw", management: "10.1.0.1")
    },
    Network(
      "two ports of a switch announce a management address nobody was seen at", assets: ["\(plc) \(other)"],
      decisions: ["management address 1"]
    ) {
      for port in [plc, other] { $0.neighbour($0.host(port), name: "sw", management: "10.1.0.1") }
    },
    Network(
      "two switches announce one management address", assets: ["\(plc)", "\(other)"]
    ) {
      $0.neighbour($0.host(plc), name: "sw-1", management: "10.1.0.1")
      $0.neighbour($0.host(other), name: "sw-2", management: "10.1.0.1")
    },
    Network(
      "ports that announce one chassis", assets: ["\(plc) \(other)"], decisions: ["announcement 1"]
    ) {
      for (mac, port) in [(plc, "1"), (other, "2")] {
        $0.neighbour($0.host(mac), name: "", chassis: "00:80:63:00:00:aa", port: port)
      }
    },
    Network(
      "a switch with an interface in each segment", assets: ["10.1.0.1 10.2.0.1 \(plc) \(other)"],
      decisions: ["same MAC 1", "same MAC 1", "announcement 1"]
    ) {
      for (mac, address) in [(plc, "10.1.0.1"), (other, "10.2.0.1")] {
        $0.host(address, mac: mac)
        let port = $0.host(mac)
        $0.neighbour(port, "cdp", name: "core", port: address)
        $0.claim(port, "cdp", .softwareVersion, "IOS 15.2")
      }
    },
    Network(
      "sisters of one name call their ports alike", assets: [plc, other], decisions: ["announcement 0"]
    ) {
      for mac in [plc, other] {
        let port = $0.host(mac)
        $0.neighbour(port, "cdp", name: "core", port: "Gi0/1")
        $0.claim(port, "cdp", .softwareVersion, "IOS 15.2")
      }
    },
    Network("one name, two platforms", assets: [plc, other]) {
      for (mac, version) in [(plc, "IOS 15.2"), (other, "IOS 12.1")] {
        let port = $0.host(mac)
        $0.neighbour(port, "cdp", name: "core", port: mac)
        $0.claim(port, "cdp", .softwareVersion, version)
      }
    },
    Network("a name of the factory tells nothing, nor does a name without a platform", assets: [plc, other, router]) {
      for (mac, name) in [(plc, "Switch"), (other, "Switch"), (router, "core")] {
        let port = $0.host(mac)
        $0.neighbour(port, "cdp", name: name, port: mac)
        if mac != router { $0.claim(port, "cdp", .softwareVersion, "IOS 15.2") }
      }
    },
    Network("two chassis of one name", assets: [plc, other], decisions: ["announcement 0"]) {
      for mac in [plc, other] {
        let port = $0.host(mac)
        $0.neighbour(port, name: "core", chassis: mac, port: mac)
        $0.claim(port, "lldp", .description, "RED25")
      }
    },
    Network("group, unspecified and broadcast addresses are no assets", assets: ["10.1.0.1"]) {
      $0.host("10.1.0.1", mac: plc)
      for address in ["224.0.0.1", "0.0.0.0", "10.1.0.255", "255.255.255.255", "ff02::1", "01:0e:cf:00:00:00"] {
        $0.host(address, sent: 0, isGroup: address.hasSuffix(".0.255"))
      }
    },
    Network("two addresses of a dual-homed port, and no more", assets: ["10.1.0.1 10.1.0.2"], decisions: ["same MAC 1"])
    {
      $0.host("10.1.0.1", mac: plc)
      $0.host("10.1.0.2", mac: plc)
    },
  ]

  @Test(arguments: networks)
  func addressesBecomeAssets(_ network: Network) throws {
    var fixture = Fixture()
    network.build(&fixture)
    let order = try FactOrder(CaseContents(facts: fixture.facts, evidence: Fixture.manifest))
    let resolution = AssetResolver.resolve(order.facts)
    let assets = resolution.assets.map { asset in
      asset.hosts.map { order.facts.hosts[$0].address.description }.joined(separator: " ")
    }
    #expect(assets == network.assets)
    #expect(resolution.decisions.map { "\($0.rule.rawValue) \($0.isMerged ? 1 : 0)" } == network.decisions)
    #expect(resolution.conflicts.map { "\($0.kind.rawValue) \($0.subject)" } == network.conflicts)
    #expect(resolution.hostReasons.allSatisfy { !$0.isEmpty })
  }

  @Test func theRoutersVendorIsNotTheVendorOfWhatStandsBehindIt() throws {
    var network = Fixture()
    let near = network.host("10.1.0.1", mac: Self.plc)
    network.host("10.2.0.1", mac: Self.router, ttl: 63)
    network.claim(near, "s7comm", .vendor, "Original Siemens Equipment", count: 3)
    network.claim(near, "http", .vendor, "Apache")
    network.claim(near, "snmp", .vendor, "Original Siemens Equipment")
    let order = try FactOrder(CaseContents(facts: network.facts, evidence: Fixture.manifest))
    let assets = AssetResolver.resolve(order.facts).assets
    #expect(assets[1].candidates.isEmpty && assets[1].macs.isEmpty)
    #expect(assets[0].candidates.map(\.source) == ["s7comm", "snmp", "http", "oui"])
    #expect(assets[0].candidates.map(\.isChosen) == [true, false, false, false])
    #expect(
      assets[0].candidates.map { String($0.reason.split(separator: ";").last ?? "") } == [
        "s7comm vendor, 3×", " agrees with s7comm", " weaker source than s7comm", " weaker source than s7comm",
      ])
  }

  /// The quay switch of the sample: which of its addresses a visit shows does not change what it is called.
  @Test(arguments: [["10.1.0.1", "10.10.0.1"], ["10.10.0.1"], ["10.1.0.1", "10.2.0.1", "10.10.0.1", "10.20.0.1"]])
  func anotherAddressSeenDoesNotRenameAnAsset(addresses: [String]) throws {
    var device = DeviceFact(file: 1, hostname: "core", vendor: "Cisco", platform: "ios")
    for (line, address) in ["10.1.0.1", "10.2.0.1", "10.10.0.1", "10.20.0.1"].enumerated() {
      device.interfaces.append(.init(name: "Vlan\(line)", address: address, line: line))
    }
    for (settings, management, service, reason) in [
      ([DeviceFact.Setting(scope: "global", name: "ntp source", value: "Vlan2", line: 9)], "", 0, "its configuration"),
      ([], "10.10.0.1", 0, "lldp announces it"), ([], "", 23, "it answered telnet"),
    ] {
      device.settings = settings
      var network = Fixture()
      for (index, address) in addresses.enumerated() { network.host(address, mac: "00:80:63:00:00:0\(index)") }
      let port = network.host("00:80:63:00:00:ff")
      network.neighbour(port, name: "core", management: management)
      let server = addresses.firstIndex(of: "10.10.0.1") ?? 0
      if service > 0 { network.conversation(port, server, port: 23, "telnet") }
      let order = try FactOrder(
        CaseContents(facts: network.facts, evidence: Fixture.manifest, devices: [device]))
      let resolution = AssetResolver.resolve(order.facts, devices: order.devices)
      let address = try #require(HostAddress("10.10.0.1"))
      let asset = try #require(resolution.asset(of: address))
      #expect(asset.id == "10.10.0.1" && asset.primaryReason.hasPrefix(reason), "\(asset.primaryReason)")
    }
  }

  @Test func aPortThatAnnouncesAConfiguredAddressIsTheConfiguredDevice() throws {
    var network = Fixture()
    network.host("10.1.0.254", mac: Self.router)
    network.neighbour(network.host(Self.other), name: "core", management: "10.2.0.254")
    var device = DeviceFact(file: 1, hostname: "core", vendor: "Cisco", platform: "ios")
    device.interfaces = [
      .init(name: "a", address: "10.1.0.254", line: 4), .init(name: "b", address: "10.2.0.254", line: 8),
    ]
    let order = try FactOrder(CaseContents(facts: network.facts, evidence: Fixture.manifest, devices: [device]))
    let resolution = AssetResolver.resolve(order.facts, devices: order.devices)
    #expect(resolution.assets.map(\.id) == ["10.1.0.254"])
    #expect(resolution.decisions.map(\.rule) == [.deviceConfiguration])
  }

  @Test func addressesConfiguredOnOneRouterAreOneAsset() throws {
    var network = Fixture()
    network.host("10.1.0.254", mac: Self.router)
    network.host("10.2.0.254", mac: Self.other)
    var device = DeviceFact(file: 1, hostname: "core", vendor: "Cisco", platform: "ios")
    device.interfaces = [
      .init(name: "a", address: "10.1.0.254", line: 4), .init(name: "b", address: "10.2.0.254", line: 8),
    ]
    let unseen = DeviceFact(file: 1, hostname: "spare", vendor: "Cisco", platform: "ios")
    let contents = CaseContents(facts: network.facts, evidence: Fixture.manifest, devices: [device, unseen])
    let order = try FactOrder(contents)
    let resolution = AssetResolver.resolve(order.facts, devices: order.devices)
    #expect(resolution.assets.map(\.id) == ["10.1.0.254", "device:spare"])
    #expect(resolution.assets.map(\.presence) == [.sent, .configured])
    #expect(resolution.assets.map(\.name) == ["core", "spare"])
    #expect(resolution.assetOfDevice == [0, 1])
  }
}
