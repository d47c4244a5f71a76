import Foundation
import OTCore
import OTKnowledge
import Testing

@testable import OTAssess

@Suite struct SiteFileTests {
  static let whole = """
    site: {name: North Quay Container Terminal, locode: XXNQY, timezone: UTC, annual_teu: 900000, teu_factor: 1.65}
    zones:
      - {id: Z-STS-01, name: "Quay crane 1", kind: STS, level: 1, subnets: [10.20.1.0/24], criticality: 5, safety: 4,
         throughput: 5, environment: 1, target_sl: 2}
      - {id: Z-ECS, kind: ECS, subnets: [10.20.0.0/16]}
    units:
      - {id: STS01, kind: STS, zone: Z-STS-01, moves_per_hour: 28, manual_fallback: 0.0}
    assets:
      - {address: 10.20.1.10, name: STS01-PLC, role: plc, zone: Z-STS-01, criticality: 5}
    approved:
      public_peers: [198.51.100.0/24]
      engineering: [10.20.10.20]
      vendor_channels: []
    """

  @Test func aWholeSiteFileIsRead() throws {
    let site = try SiteFile(yaml: Self.whole, file: "site.yaml")
    #expect(site.site.name == "North Quay Container Terminal")
    #expect(site.zones.map(\.id) == ["Z-STS-01", "Z-ECS"])
    #expect(site.zones.first?.safety == 4)
    #expect(site.units.first?.movesPerHour == 28)
    #expect(site.assets.first?.role == .plc)
    #expect(site.approved.engineering == [.ipv4(0x0a14_0a14)])
    #expect(site.zone(of: .ipv4(0x0a14_0105))?.id == "Z-STS-01", "the longest prefix wins")
    #expect(site.zone(of: .ipv4(0x0a14_0205))?.id == "Z-ECS")
    #expect(site.zone(of: .ipv4(0x0b00_0001)) == nil)
  }

  @Test func theSampleTerminalsSiteFileIsRead() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let text = try String(
      contentsOf: folder.appending(path: "../../Samples/north-quay/site.yaml"), encoding: .utf8)
    let site = try SiteFile(yaml: text, file: "site.yaml")
    #expect(!site.zones.isEmpty && !site.units.isEmpty)
  }

  @Test func theTemplateAndAnEmptyFileAreReadAndSayNothing() throws {
    #expect(try SiteFile(yaml: "", file: "site.yaml") == SiteFile())
    let template = try SiteFile(yaml: SiteFile.template(), file: "site.yaml")
    #expect(template.zones.isEmpty && template.units.isEmpty && template.assets.isEmpty)
  }

  @Test(arguments: [
    ("sight: {}", "site.yaml:1: unknown key \"sight\""),
    ("site: {}\nzones:\n  - id: Z-1\n    kind: STS\n    colour: red", "site.yaml:5: zones[0]: unknown key \"colour\""),
    ("zones:\n  - {id: Z-1, kind: STS, level: two}", "site.yaml:2: zones[0].level: expected a number, found \"two\""),
    ("zones:\n  - {id: Z-1, kind: STS, level: \"2\"}", "site.yaml:2: zones[0].level: expected a number"),
    ("zones:\n  - id: Z-1\n    kind: QUAY", "site.yaml:3: zones[0].kind: expected one of ENT, DMZ"),
    ("zones:\n  - {kind: STS}", "site.yaml:2: zones[0]: id is missing"),
    ("zones:\n  id: Z-1", "site.yaml:2: zones: expected a list, found a mapping"),
    ("zones:\n  - {id: Z-1, kind: STS, subnets: [10.0.0.1/24]}", "site.yaml:2: zones[0].subnets[0]: expected a subnet"),
    ("zones:\n  - {id: Z-1, kind: STS, criticality: 6}", "zones[0].criticality: expected a whole number from 1 to 5"),
    ("zones:\n  - {id: Z-1, kind: STS}\n  - {id: Z-1, kind: STS}", "site.yaml:3: zones[1]: zone Z-1 is given twice"),
    (
      "zones:\n  - {id: A, kind: STS, subnets: [10.0.0.0/8]}\n  - {id: B, kind: STS, subnets: [10.0.0.0/8]}",
      "site.yaml:3: zones[1]: subnet 10.0.0.0/8 already belongs to A"
    ),
    ("units:\n  - {id: U, kind: STS, zone: Z-9}", "site.yaml:2: units[0].zone: zone Z-9 is not declared"),
    ("assets:\n  - {address: crane, role: plc}", "site.yaml:2: assets[0].address: expected an address"),
    ("site: {name: A, name: B}", "key given twice in one mapping: name"),
    ("site: [", "site.yaml:2: while parsing a flow node"),
  ])
  func aMistakeIsRefusedWithItsLine(yaml: String, message: String) {
    let error = #expect(throws: YAMLError.self) { try SiteFile(yaml: yaml, file: "site.yaml") }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func aDocumentMadeToExhaustIsRefused() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: YAMLError.self) { try SiteFile(yaml: "zones: " + deep, file: "site.yaml") }
    let block = (0..<2_000).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
    #expect(throws: YAMLError.self) { try SiteFile(yaml: block, file: "site.yaml") }
    let dashes = String(repeating: "- ", count: 100_000)
    #expect(throws: YAMLError.self) { try SiteFile(yaml: dashes, file: "site.yaml") }
  }

  @Test(arguments: [
    ("10.20.1.0/24", "10.20.1.255", true), ("10.20.1.0/24", "10.20.2.0", false), ("10.20.1.5", "10.20.1.5", true),
    ("0.0.0.0/0", "203.0.113.9", true), ("fd00:20::/64", "fd00:20::9", true), ("fd00:20::/64", "fd00:21::9", false),
    ("fd00:20::8/125", "fd00:20::f", true), ("10.0.0.0/8", "fd00::1", false),
  ])
  func aSubnetHoldsItsAddresses(subnet: String, address: String, holds: Bool) throws {
    let subnet = try #require(Subnet(subnet))
    #expect(subnet.contains(try #require(HostAddress(address))) == holds)
  }
}
