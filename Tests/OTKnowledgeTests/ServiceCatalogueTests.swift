import Testing

@testable import OTKnowledge

@Suite struct ServiceCatalogueTests {
  @Test(arguments: [
    ("router1.teamviewer.com", "TeamViewer"), ("TEAMVIEWER.COM.", "TeamViewer"), ("client.dropbox.com:443", "Dropbox"),
    ("*.net.anydesk.com", "AnyDesk"), ("0.de.pool.ntp.org", "NTP pool"),
    ("abc-ats.iot.eu-west-1.amazonaws.com", "AWS IoT"),
    ("device.talk2m.com", "Ewon Talk2M"),
  ])
  func aNameBelowADomainIsItsService(_ host: String, _ service: String) {
    #expect(ServiceCatalogue.embedded.entry(host: host)?.name == service)
  }

  @Test(arguments: [
    "notteamviewer.com", "teamviewer.com.example", "com", "", ".", "iot.amazonaws.com", "crane4", "10.20.1.10", ":443",
  ])
  func anotherNameIsNone(_ host: String) {
    #expect(ServiceCatalogue.embedded.entry(host: host) == nil)
  }

  @Test func certificatesProgramsAndProtocolsAreTold() {
    let catalogue = ServiceCatalogue.embedded
    #expect(catalogue.entry(certificate: "CN=AnyDesk Client")?.name == "AnyDesk")
    #expect(catalogue.entry(certificate: "C=DE, O=TeamViewer, CN=*.teamviewer.com")?.name == "TeamViewer")
    #expect(catalogue.entry(certificate: "CN=plc1, O=Port") == nil)
    #expect(catalogue.entry(agent: "Mozilla/4.0 (compatible; MSIE 6.0; DynGate)")?.name == "TeamViewer")
    #expect(catalogue.entry(agent: "Mozilla/5.0") == nil)
    #expect(catalogue.entry(protocol: "rustdesk")?.category == .remoteAccess)
  }

  @Test func everyEntrySaysWhereItIsFrom() {
    let entries = ServiceCatalogue.embedded.entries
    #expect(entries.count > 100, "the pack inside the binary can be read")
    #expect(entries.filter { $0.source.isEmpty || $0.name.isEmpty }.map(\.name) == [])
    #expect(entries.flatMap(\.names).filter { $0 != $0.lowercased() || $0.hasPrefix(".") } == [])
  }

  @Test(arguments: [
    ("services: [{name: A, category: toy, names: [a.b], source: x}]", "category: expected one of remote access"),
    ("services: [{name: A, category: tunnel, source: x}]", "seen by at least one name"),
    ("services: [{name: A, category: tunnel, names: [a.b]}]", "source is missing"),
    (
      "services: [{name: A, category: tunnel, names: [a.b], source: x}, {name: B, category: tunnel, names: [a.b], source: x}]",
      "a.b stands at A already"
    ),
  ])
  func aMistakeIsRefused(_ text: String, _ message: String) {
    let error = #expect(throws: YAMLError.self) { try ServiceCatalogue(yaml: text, file: "my.yaml") }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}
