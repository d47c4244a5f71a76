import OTProtocols
import Testing

@testable import OTCase

@Suite struct AssetCharacteriserTests {
  /// A confidence under an id no protocol has would never be used.
  @Test func confidencesAreThoseOfProtocolsThereAre() {
    let ids = Set(ProtocolTable.standard.protocols.map(\.id))
    #expect(Set(AssetCharacteriser.protocolConfidence.keys).subtracting(ids).isEmpty)
  }
}
