import OTCore
import Testing

@testable import OTProtocols

/// What stations and testers send against the rules on a protocol's own port is still of that protocol.
@Suite struct MalformedTelecontrolTests {
  static let samples: [Sample] = [
    // IEC 60870-5-101 section 7.2.2: the qualifier announces five objects, the ASDU has room for one.
    Sample(
      "iec104", "more objects are announced than there are",
      [.response("68 0e 0000 0000 | 01 05 03 00 0100 | 010000 01")],
      [
        "iec104 response 1 [station 1 object 1 and 4 more] success = 1.0",
        "anomaly number of objects inconsistent at 7",
      ]),
    // Section 7.2.3: 0 and 48 to 63 are no causes of transmission.
    Sample(
      "iec104", "a cause that does not exist", [.response("68 0e 0000 0000 | 01 01 3f 00 0100 | 010000 01")],
      ["iec104 response 1 [station 1 object 1] success = 1.0"]),
    // IEC 60870-5-104 section 5.1: bit 1 of the third control octet is 0, and so is all of the second of format S.
    Sample(
      "iec104", "reserved bits of a numbered supervision, then an interrogation",
      [.request("68 04 01 02 01 00 | 68 0e 0000 0100 | 64 01 06 00 0100 | 000000 14")],
      ["iec104 request 100 [station 1 object 0] = 20.0"]),
    Sample(
      "iec104", "two unnumbered functions at once, then an interrogation",
      [.request("68 04 ff 00 00 00 | 68 0e 0000 0000 | 64 01 06 00 0100 | 000000 14")],
      ["iec104 request 100 [station 1 object 0] = 20.0"]),
    Sample(
      "iec104", "an ASDU that ends in its identifier",
      [.request("68 04 07 00 00 00"), .request("68 06 0000 0000 | 64 01")],
      ["iec104 property mode \"STARTDT\"", "iec104 request 100", "anomaly data unit identifier truncated at 7"]),
    // Section 5.1: a receiver looks for the start character.
    Sample(
      "iec104", "octets in front of the start character",
      [.response("68 04 0b 00 00 00"), .response("00 68 07 | 68 0e 0000 0000 | 01 01 03 00 0100 | 010000 01")],
      ["anomaly start invalid at 0", "iec104 response 1 [station 1 object 1] success = 1.0"]),
    // IEEE 1815-2012 clause 4.2.2: a response has two octets of internal indications; this one ends before.
    Sample(
      "dnp3", "a response without its indications", [.response("05 64 08 c4 0300 0400 bfe9 | c1 c1 82 c5ee")],
      ["dnp3 response 130 [station 3]", "anomaly internal indications truncated at 2"]),
    // Annex A.1: attributes with an index in front of each, then a point behind them.
    Sample(
      "dnp3", "device attributes with index prefixes",
      [
        .response(
          "05 64 1b 44 0300 0400 5a63 | c0 c0 81 0000 | 00 fc 17 01 00 01 04 'ACME' 2a74 | 01 02 00 00 00 01 4a3a")
      ],
      ["dnp3 sender vendor \"ACME\"", "dnp3 response 129 [station 4 g0v252, g1v2] success"]),
    // MODBUS Application Protocol V1.1b3 section 6.3: a request has four octets; the header counts what follows.
    Sample(
      "modbus", "a read with octets that do not belong to it",
      [.request("0001 0000 000a 01 | 03 0000 0002 00000000", serverPort: 502)],
      ["modbus request 3 [unit 1 holding registers 0-1]"]),
  ]

  @Test(arguments: samples)
  func isRead(_ sample: Sample) throws {
    let dissector = try #require(sample.dissector)
    #expect(transcript(dissector, sample.messages) == sample.expected)
  }

  /// Where neither a port nor what was read speaks for the protocol, each field must be right.
  @Test(arguments: [
    "68 0e 0000 0000 | 01 05 03 00 0100 | 010000 01", "68 0e 0000 0000 | 01 01 3f 00 0100 | 010000 01",
    "68 04 01 02 01 00", "68 04 ff 00 00 00", "00 68 0e 0000 0000 | 01 01 03 00 0100 | 010000 01",
  ])
  func isNotFoundOnOtherPorts(_ notation: String) {
    let hint = FramingHint(isStream: true, isClaimed: false, senderIsClient: true)
    #expect(IEC104Dissector.frame(bytes(notation).span, hint) == .notThisProtocol)
  }

  /// On the port the end must be that of the bytes, or the beginning of the next data unit.
  @Test(arguments: [
    "68 0e 0000 0000 | 01 05 03 00 0100 | 010000 01 | 00", "68 0e 0000 0000 | 01 05 03 00 0100 | 010000 01 00 68",
    "68 0f 0000 0000 | fe 05 00 00 0100 | 010000 01",
  ])
  func hasAnEnd(_ notation: String) {
    let hint = FramingHint(isStream: true, isClaimed: true, senderIsClient: true)
    #expect(IEC104Dissector.frame(bytes(notation).span, hint) == .notThisProtocol)
  }
}
