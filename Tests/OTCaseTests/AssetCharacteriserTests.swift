import OTCore
import OTProtocols
import Testing

@testable import OTCase
@testable import OTFacts

@Suite struct AssetCharacteriserTests {
  /// A confidence under an id no protocol has would never be used.
  @Test func confidencesAreThoseOfProtocolsThereAre() {
    let ids = Set(ProtocolTable.standard.protocols.map(\.id))
    #expect(Set(AssetCharacteriser.protocolConfidence.keys).subtracting(ids).isEmpty)
  }

  /// A claim of protocol, attribute and value; frames as they stand in the list.
  private func chosen(_ field: AssetField, _ claims: [(String, IdentityAttribute, String)]) -> [String] {
    let facts = claims.enumerated().map { index, claim in
      let seen = Sighting(time: Timestamp(nanoseconds: Int64(index)), file: 0, frame: UInt64(index + 1))
      return IdentityFact(
        host: 0, protocol: claim.0, attribute: claim.1, value: claim.2, count: 1, first: seen, last: seen.time)
    }
    return AssetCharacteriser.candidates(facts, macs: []).filter { $0.field == field && $0.isChosen }.map(\.value)
  }

  /// ODVA gave 1 to Rockwell, PI 42 to Siemens; IKE's vendor ids are nobody's numbers.
  @Test(
    arguments: [
      ([("cip", IdentityAttribute.vendorID, "1")], ["Rockwell Automation"]),
      ([("s7comm_plus", .vendorID, "0x002a")], ["Siemens AG"]),
      ([("s7comm", .orderNumber, "6ES7 315-2EH14-0AB0")], ["Siemens AG"]),
      ([("bacnet", .vendorID, "5"), ("bacnet", .vendor, "JCI")], ["JCI"]),
      ([("ike", .vendorID, "1")], []), ([("cip", .vendorID, "65535")], []),
    ] as [([(String, IdentityAttribute, String)], [String])])
  func aVendorsNumberNamesIt(_ claims: [(String, IdentityAttribute, String)], _ vendor: [String]) {
    #expect(chosen(.vendor, claims) == vendor)
  }

  @Test func theMoreExactOfTwoEqualVersionsIsChosen() {
    let claims = ["V4.2", "V4.2.1", "V4"].map { ("s7comm_plus", IdentityAttribute.firmwareVersion, $0) }
    #expect(chosen(.firmware, claims) == ["V4.2.1"])
    #expect(chosen(.firmware, [claims[0], ("http", .firmwareVersion, "V4.2.9")]) == ["V4.2"])
  }
}
