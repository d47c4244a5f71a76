import OTCore
import Testing

@testable import OTProtocols

/// ISO transport of class 4 behind the inactive network layer, in frames of IEEE 802.2 (service access point 0xfe).
@Suite struct TransportWithoutIPTests {
  private func told(_ notations: [(fromClient: Bool, notation: String)]) -> [String] {
    transcript(
      ISOTransportDissector.self,
      notations.map { Message(bytes: bytes($0.notation), fromClient: $0.fromClient, isStream: false) })
  }

  /// Section 13: connection with selectors, its confirmation, user data (destination reference, number with the end mark),
  /// an acknowledgement alone and one in front of user data.
  @Test func userDataIsHandedOn() {
    #expect(
      told([
        (true, "00 | 0e e0 0000 4001 40 c1020100 c2020302"), (false, "00 | 06 d0 4001 8001 40"),
        (false, "00 | 04 61 4001 01"), (true, "00 | 04 f0 8001 80 | 32010000"),
        (true, "00 | 04 60 8001 01 | 04 f0 8001 81 | 3201000000"),
      ]) == [
        "cotp request 0xe0", "cotp property tsap \"0100\"", "cotp receiver property tsap \"0302\"",
        "cotp receiver property rack \"0/2\"", "cotp response 0xd0 success", "handOff isoTransport 4 bytes",
        "handOff isoTransport 5 bytes",
      ])
  }

  @Test func aMessageInTwoUnitsIsOne() {
    #expect(
      told([(true, "00 | 04 f0 8001 00 | 3201"), (true, "00 | 04 f0 8001 81 | 0000 00")]) == [
        "handOff isoTransport 5 bytes"
      ])
  }

  /// Identifiers of IS-IS, ES-IS and CLNP; a unit that is cut; a code that is none.
  @Test(arguments: [
    "83 1b 01 00 12 01 00 00", "82 1b 01 00 12 01", "81 1b 01 00 12 01", "00 04 f0 80", "00 04 30 8001 80",
  ])
  func othersAreNot(_ notation: String) {
    let hint = FramingHint(isStream: false, isClaimed: true, senderIsClient: true)
    #expect(ISOTransportDissector.frame(bytes(notation).span, hint) == .notThisProtocol)
  }
}
