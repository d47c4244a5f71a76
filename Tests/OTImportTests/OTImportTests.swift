import OTFacts
import Testing

@testable import OTImport

/// A configuration in the order IOS prints it; line numbers are asserted on.
private let sample = """
  version 15.2
  service password-encryption
  hostname sw-quay-01
  !
  enable secret 5 $1$nqLB$0Q2YxkZ1hV7mT8cWb3dUe/
  username admin privilege 15 password 7 095D5B0800544541
  username ops secret 9 $9$abcdefghijklmn$opqrstuvwxyz
  username guest nopassword
  vlan 101
   name STS01
  vlan 200-202
  interface GigabitEthernet1/1
   description trunk | to <crane> 1
   switchport trunk allowed vlan 101
   switchport trunk allowed vlan add 105,110-112
   switchport mode trunk
  interface Vlan101
   ip address 10.20.1.1 255.255.255.0
   ip address 10.20.9.1 255.255.255.128 secondary
   ip access-group CRANE-IN in
   shutdown
   ip frobnicate now
  ip http server
  no ip http secure-server
  ip route 0.0.0.0 0.0.0.0 10.20.254.2
  ip route 10.9.0.0 255.0.255.0 10.20.254.2
  ip access-list extended CRANE-IN
   remark for commissioning
   10 permit tcp 10.20.1.0 0.0.0.255 eq 2404 host 10.20.10.10 range 5000 5010 log
   20 permit ip any any
   deny   ip any any log
  access-list 10 permit 10.20.10.0 0.0.0.255
  snmp-server community public RO
  snmp-server community S3cretWord RW 10
  snmp-server host 10.20.10.10 version 2c public
  banner login ^C
  interface is not a command here
  ^C
  line vty 0 4
   password 7 0822455D0A16
   transport input telnet ssh
  line vty 5 15
   transport input ssh
  ntp server 10.20.10.6
  logging host 10.20.10.10
  crypto isakmp key HiddenKey address 192.0.2.1
  end
  """

private func imported(_ text: String = sample) throws -> DeviceFact {
  let text = try #require(ConfigurationText(Array(text.utf8)))
  let importer = try #require(ImporterRegistry.importer(for: text))
  return importer.read(text, file: 3)
}

@Suite struct CiscoIOS {
  @Test func everyLineIsUnderstoodIgnoredOrKept() throws {
    let device = try imported()
    #expect(device.hostname == "sw-quay-01" && device.version == "15.2" && device.file == 3)
    #expect(device.linesUnderstood + device.linesIgnored + device.unrecognised.count == device.linesTotal)
    #expect(device.unrecognised.map(\.number) == [22, 26, 46])
    #expect(device.unrecognised.map(\.status) == [.unrecognised, .malformed, .unrecognised])
  }

  @Test func noSecretLeavesTheImporter() throws {
    let text = "\(try imported())"
    for secret in ["095D5B", "0822455D", "nqLB", "S3cretWord", "HiddenKey", "opqrst"] {
      #expect(!text.contains(secret), "\(secret)")
    }
  }

  @Test func accountsAreJudgedByHowTheirSecretIsStored() throws {
    let accounts = try imported().accounts
    #expect(
      accounts.map { "\($0.name): \($0.strength.rawValue)" } == [
        "enable: weak hash", "admin: reversible", "ops: strong hash", "guest: empty",
        "SNMP community (read-only): well-known default", "SNMP community (read-write): reversible",
        "line vty 0 4: reversible",
      ])
  }

  @Test func interfacesAndVLANsAreRead() throws {
    let device = try imported()
    let trunk = try #require(device.interfaces.first)
    #expect(trunk.mode == "trunk" && trunk.vlans == "101,105,110-112" && trunk.description == "trunk | to <crane> 1")
    let routed = device.interfaces[1]
    #expect(routed.address == "10.20.1.1" && routed.prefixLength == 24 && routed.isEnabled == false)
    #expect(device.vlans.map(\.id) == [101, 200, 201, 202] && device.vlans[0].name == "STS01")
    #expect(device.routes.map(\.destination) == ["0.0.0.0/0"])
  }

  @Test func filterRulesKeepOrderPlaceAndPorts() throws {
    let rules = try imported().filterRules
    #expect(rules.map(\.list) == ["CRANE-IN", "CRANE-IN", "CRANE-IN", "10"])
    let first = rules[0]
    #expect(first.source == "10.20.1.0/24" && first.sourcePort == "2404" && first.destination == "10.20.10.10")
    #expect(first.destinationPort == "5000-5010" && first.isLogged == true && first.line == 29)
    #expect(first.interface == "Vlan101" && first.direction == "in")
    #expect(rules[1].source == "any" && rules[1].destination == "any" && rules[1].action == .permit)
    #expect(rules[3].source == "10.20.10.0/24" && rules[3].interface == nil)
  }

  @Test func servicesAreOnWhenAnyLineOffersThem() throws {
    let services = try imported().services
    let on = services.filter(\.isEnabled).map(\.name).sorted()
    #expect(on == ["http", "ntp", "snmp", "ssh", "syslog", "telnet"])
    #expect(services.contains { $0.name == "https" && !$0.isEnabled })
  }

  @Test(arguments: [
    "", "\u{0}\u{0}PK", "config firewall policy\nedit 1\nnext\n", "ASA Version 9.8\nhostname x\ninterface y\n",
  ])
  func otherFilesAreNotRecognised(text: String) {
    let read = ConfigurationText(Array(text.utf8))
    #expect(read.flatMap { ImporterRegistry.importer(for: $0) } == nil)
  }

  /// Every prefix of the sample, and the sample with each of its bytes replaced, is read without a trap.
  @Test func cutAndCorruptedFilesAreRead() {
    let bytes = Array(sample.utf8)
    for length in stride(from: 1, through: bytes.count, by: 7) {
      _ = ConfigurationText(Array(bytes.prefix(length))).map { CiscoIOSConfiguration.read($0, file: 0) }
    }
    for position in stride(from: 0, to: bytes.count, by: 11) {
      var corrupt = bytes
      corrupt[position] = position % 2 == 0 ? 0xff : 32
      _ = ConfigurationText(corrupt).map { CiscoIOSConfiguration.read($0, file: 0) }
    }
  }
}
