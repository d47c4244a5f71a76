import OTCore
import OTFacts
import Testing

@testable import OTCase

@Suite struct ServiceUseTests {
  /// A crane's panel that keeps a line to TeamViewer, a camera asked from outside, a workstation that asks for names.
  private var network: Fixture {
    var fixture = Fixture()
    let panel = fixture.host("10.20.1.10")
    let server = fixture.host("10.20.9.53")
    let outside = fixture.host("93.184.216.34")
    let tunnel = fixture.conversation(panel, outside, port: 443, "tls")
    fixture.property(tunnel, outside, "tls", .serverName, "router1.teamviewer.com")
    fixture.property(tunnel, outside, "tls", .serverName, "crane.example")
    let names = fixture.conversation(panel, server, port: 53, "dns")
    fixture.property(names, panel, "dns", .queryName, "b.dropbox.com")
    fixture.property(names, panel, "dns", .queryName, "a.dropbox.com")
    let called = fixture.conversation(outside, panel, port: 7070, "tls")
    fixture.property(called, panel, "tls", .certificateSubject, "CN=AnyDesk Client")
    fixture.claim(panel, "http", .application, "Windows-Update-Agent/10.0")
    fixture.claim(outside, "dns", .name, "relay.ngrok.io")
    return fixture
  }

  @Test func whoUsesWhatIsToldByEachKindOfEvidence() {
    let facts = network.facts
    let lines = ServiceSearch.uses(in: facts).map { use in
      "\(facts.hosts[use.host].address) \(use.service) \(use.via.rawValue) \(use.value) ×\(use.count)"
    }
    #expect(
      lines == [
        "10.20.1.10 AnyDesk certificate CN=AnyDesk Client ×1",
        "10.20.1.10 Dropbox name asked for b.dropbox.com ×2",
        "10.20.1.10 TeamViewer server name router1.teamviewer.com ×1",
        "10.20.1.10 Windows Update user agent Windows-Update-Agent/10.0 ×1",
        "10.20.1.10 ngrok name of the address relay.ngrok.io ×1",
        "10.20.1.10 ngrok name of the address relay.ngrok.io ×1",
      ])
  }

  @Test func theSideOnTheInternetIsThePeer() {
    let facts = network.facts
    let peers = ServiceSearch.uses(in: facts).filter { $0.service == "AnyDesk" }.compactMap(\.peer)
    #expect(peers.map { facts.hosts[$0].address.description } == ["93.184.216.34"], "although it called")
  }
}
