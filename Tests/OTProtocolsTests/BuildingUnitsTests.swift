import OTCore
import Testing

@testable import OTProtocols

/// Data units of BACnet that end before they say what is asked, and those that only a link is trusted with.
struct BuildingUnitsTests {
  /// ANSI/ASHRAE 135-2016 annex J.2, an original unicast: the APDU ends before its service choice (clause 20.1) or is of
  /// none of the eight kinds; the function of the virtual link is all that is known.
  @Test(arguments: ["0005", "000501", "10", "2001", "3001", "3c010004", "5001", "6001", "80", "f0 01 02 03 04"])
  func unitsWithoutAChoice(_ unit: String) {
    let octets = bytes("01 04 \(unit)")
    let message = bytes("81 0a 00") + [UInt8(octets.count + 4)] + octets
    let lines = transcript(BACnet.self, [Message(bytes: message, fromClient: true, isStream: false, serverPort: 47808)])
    #expect(lines.first == "bacnet request bvlc0x0a")
    #expect(lines.count == 2 && lines[1].hasPrefix("anomaly"))
  }

  /// A segment acknowledgement (kind 4) has no choice, and one octet of it is enough.
  @Test(arguments: [
    ("810a 0007 0100 | 40", "bacnet request type4"), ("810a 0009 0100 | 600104", "bacnet response type6 failure(4)"),
  ])
  func unitsThatNeedNone(_ message: String, _ line: String) {
    #expect(transcript(BACnet.self, [.request(message, isStream: false, serverPort: 47808)]) == [line])
  }

  /// Over IEEE 802.2, whose service access point 0x82 is nobody else's, a unit is read that a port would not be trusted
  /// with: a service beyond those of the standard.
  @Test func unknownServicesOverALink() {
    let unit = bytes("01 04 | 00 05 01 7f")
    var hint = FramingHint(isStream: false, isClaimed: true, senderIsClient: true)
    #expect(BACnet.frame(unit.span, hint) == .pdu(byteCount: 6))
    hint.isUDP = true
    #expect(BACnet.frame(unit.span, hint) == .notThisProtocol)
  }

  /// A ReadProperty acknowledgement (clause 21) of the name of analog input 1, as either of two devices of one make tells
  /// it that read each other.
  @Test func bothSidesTellTheSameName() {
    let answer = "810a 0016 0100 | 30 01 0c 0c 00000001 19 4d 3e 73 00 'In' 3f"
    let lines = transcript(
      BACnet.self,
      [answer, answer].map { .request($0, isStream: false, serverPort: 47808) }
        + [answer, answer].map { .response($0, isStream: false, serverPort: 47808) })
    #expect(lines.filter { $0.contains("object_name") }.count == 2)
  }
}
