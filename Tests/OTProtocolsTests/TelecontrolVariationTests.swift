import OTCore
import Testing

@testable import OTProtocols

/// Forms of the data units of substations and meters that are legal, or damaged in one place, and seldom seen.
@Suite struct TelecontrolVariationTests {
  // MARK: DNP3

  /// IEEE 1815-2012 clause 4.4: read of the classes 1 to 3, of station 4 by station 3.
  private let read = "05 64 11 c4 0400 0300 4eef | c0 c1 01 | 3c 02 06 3c 03 06 3c 04 06 1026"

  /// Clause 9.2: a header with a wrong CRC is discarded, and the next start octets are looked for.
  @Test(arguments: [
    // Reset of the link with a wrong CRC; only a start; a start before a start.
    "05 64 05 c0 0400 0300 0000", "05 64 05 c0 0400 0300 f9", "05 64 05 64 05 c0 0400 0300 0000",
    // A length without room for control and addresses.
    "05 64 04 c0 0400 0300 0000",
  ])
  func whatFollowsADamagedHeaderIsRead(damaged: String) {
    let lines = transcript(DNP3Dissector.self, [.request(read), .request("\(damaged) | \(read)")])
    let told = "dnp3 request 1 [station 4 g60v2, g60v3, g60v4]"
    #expect(lines.filter { !$0.hasPrefix("anomaly") } == [told, told])
    #expect(lines.contains("anomaly start octets invalid at 0"))
  }

  @Test func anotherProtocolIsNotSearchedForStarts() {
    #expect(
      transcript(DNP3Dissector.self, [.request("05 64 05 c0 0400 0300 0000 | \(read)")]) == ["notThisProtocol at 0"])
    #expect(
      transcript(DNP3Dissector.self, [.request(read), .request("'GET /' | \(read)")]).last == "notThisProtocol at 0")
    #expect(
      transcript(DNP3Dissector.self, [.request(read), .request("05 64 05 c0 0400 0300 0000 | 00")]).last
        == "notThisProtocol at 0")
  }

  /// Clause 9.2: control and addresses are counted, so that there is no length below 5; the CRC is right.
  @Test func aLengthThatCannotBeIsTold() {
    #expect(
      transcript(DNP3Dissector.self, [.request("05 64 02 c4 0a00 0100 97fe | \(read)")])
        == ["anomaly length invalid at 2", "dnp3 request 1 [station 4 g60v2, g60v3, g60v4]"])
    let hint = FramingHint(isStream: true, isClaimed: false, senderIsClient: true)
    #expect(DNP3Dissector.frame(bytes("05 64 02 c4 0a00 0100 97fe").span, hint) == .notThisProtocol)
  }

  /// Clause 8.2: a response in three segments, of which the second is sent twice, as a link does that saw no confirmation.
  @Test func aSegmentSentTwiceIsOne() {
    let second = Message.response("05 64 0c 44 0300 0400 a5c5 | 01 00 0003 0100 02 d8df")
    #expect(
      transcript(
        DNP3Dissector.self,
        [
          .response("05 64 0c 44 0300 0400 a5c5 | 40 c1 81 0000 1e 04 e42a # first; analogue inputs"), second, second,
          .response("05 64 0b 44 0300 0400 9b1b | 82 00 0300 0400 40f5 # final"),
        ]) == ["dnp3 response 129 [station 4 g30v4 0-3] success"])
  }

  /// Behind a gateway: another station's response stands between the segments of the first one's.
  @Test func stationsOfOneConnectionDoNotDisturbEachOther() {
    let other = Message.response("05640a44030005003205 | c0c1810000742a")
    #expect(
      transcript(
        DNP3Dissector.self,
        [
          .response("05 64 0c 44 0300 0400 a5c5 | 40 c1 81 0000 1e 04 e42a # station 4, first"), other,
          .response("05 64 0c 44 0300 0400 a5c5 | 01 00 0003 0100 02 d8df"), other,
          .response("05 64 0b 44 0300 0400 9b1b | 82 00 0300 0400 40f5 # final"),
        ]) == [
          "dnp3 response 129 [station 5] success", "dnp3 response 129 [station 5] success",
          "dnp3 response 129 [station 4 g30v4 0-3] success",
        ])
  }

  // MARK: IEC 60870-5-104

  /// IEC 60870-5-104 section 5.1: on the port, where an APDU ends with the bytes or before the next start, whatever it holds.
  @Test(arguments: [
    // Of format I without an ASDU; of formats S and U with octets behind; of a private type without a cause.
    "68 04 0000 0000", "68 05 0100 0000 00", "68 06 0700 0000 0000", "68 0e 0000 0000 | fe 05 00 00 0100 | 010000 01",
    // No start, a length that is none, another start.
    "00", "68 00", "67 0e 0000 0000 | 01 01 03 00 0100",
  ])
  func theFirstUnitMayBeDamaged(first: String) {
    let lines = transcript(
      IEC104Dissector.self, [.request("\(first) | 68 0e 0000 0000 | 64 01 06 00 0100 | 000000 14 # interrogation")])
    #expect(lines.contains("iec104 request 100 [station 1 object 0] = 20.0"))
    let hint = FramingHint(isStream: true, isClaimed: false, senderIsClient: true)
    #expect(IEC104Dissector.frame(bytes(first).span, hint) == .notThisProtocol)
  }

  /// Octets between the end of an APDU and the next start are not its own, as a length that is too short leaves them.
  @Test func anAPDUEndsWhereItSays() {
    let interrogation = "68 0e 0000 0000 | 64 01 06 00 0100 | 000000 14"
    #expect(
      transcript(
        IEC104Dissector.self,
        [
          .request("68 04 07 00 00 00"), .request("68 04 0000 0000 | 64 | \(interrogation)"),
          .request("68 0d 0000 0000 | 65 01 06 00 0100 | 000000 | 05 | \(interrogation)"),
        ]) == [
          "iec104 property mode \"STARTDT\"", "anomaly type identification truncated at 6",
          "iec104 request 100 [station 1 object 0] = 20.0", "iec104 request 101 [station 1 object 0]",
          "anomaly number of objects inconsistent at 7", "iec104 request 100 [station 1 object 0] = 20.0",
        ])
  }

  /// Where a conversation is met in the middle of an APDU, its end is no fault.
  @Test func theEndOfWhatWasNotSeenIsNoFault() {
    #expect(
      transcript(IEC104Dissector.self, [.request("0100 000000 14 | 68 0e 0200 0000 | 64 01 06 00 0100 | 000000 14")])
        == ["iec104 request 100 [station 1 object 0] = 20.0"])
  }

  @Test func theFirstUnitBehindAWrongStartIsWhole() {
    let hint = FramingHint(isStream: true, isClaimed: true, senderIsClient: true)
    for notation in [
      "00 | 68 0e 0000 0000 | 64 01 06 00 0100 | 000000", "00 | 68 0e 0000 0000 | 64 01 06 00 0100 | 000000 14 | 00",
      "00 | 68 0e 0000 0000 | 64 01 03 00 0100 | 000000 14",
    ] {
      #expect(IEC104Dissector.frame(bytes(notation).span, hint) == .notThisProtocol)
    }
  }

  // MARK: MMS

  /// Initiate-Request without session and presentation; then get name list within both.
  private let initiate = Message.request("a8 0f | 80 02 001f 81 01 03 82 01 03 a4 03 80 01 01")
  private let getNameList =
    "61 17 30 15 020103 a0 10 | a0 0e 020101 a1 09 a0 03 800109 a1 02 8000 # domains of the server"

  /// ISO 8327-1 section 8.3: token item (16) of give tokens, enclosure item (25) of a data transfer.
  @Test(arguments: ["01 00 01 00", "01 03 10 01 00 | 01 00", "01 00 | 01 03 19 01 03", "01 ff 0003 100100 | 01 00"])
  func parametersOfTheSessionAreSkipped(session: String) {
    #expect(
      transcript(MMSDissector.self, [initiate, .request("\(session) | \(getNameList)", isStream: false)])
        == ["mms request initiate", "mms request 1"])
  }

  // MARK: synchrophasors

  /// IEEE Std C37.118.2-2011 section 6.2: reserved types, and versions that are not out yet, on the port only.
  @Test func reservedTypesOfFramesAreTold() {
    let reserved = "aa 61 0012 0007 6553f100 0f000000 0000 bef4"
    let unversioned = "aa 00 0012 0007 6553f100 0f000000 0000 0000"
    #expect(
      transcript(Synchrophasor.self, [.response("\(reserved) | aa 41 0012 0007 6553f100 0f000000 0002 03a2")])
        == ["synphasor response frtype6 [stream 7]", "synphasor request frtype4 [stream 7]"])
    #expect(transcript(Synchrophasor.self, [.response(unversioned)]) == ["synphasor response frtype0 [stream 7]"])
    #expect(transcript(Synchrophasor.self, [.response("\(reserved) 00")]) == ["notThisProtocol at 0"])
    let hint = FramingHint(isStream: true, isClaimed: false, senderIsClient: false)
    #expect(Synchrophasor.frame(bytes(reserved).span, hint) == .notThisProtocol)
    #expect(Synchrophasor.describe(operation: 6, layer: 0).name == "frame of type 6")
  }

  // MARK: C12.22

  /// IEEE Std 1703-2012 section 5.3.4: each service has its length. Negotiation with two rates (0x62) is a negotiation.
  @Test func aServiceThatIsCutDoesNotHideTheNext() {
    #expect(
      transcript(
        C1222.self,
        [
          .request(
            """
            60 1a a2 04 80 02 7b04 a6 04 80 02 7b05 # titles
            be 0c 28 0a 81 08 80 | 03 50 0001 # logon without a name
            02 62 04 # negotiate
            """)
        ]) == [
          "c1222 receiver address \".123.4\"", "c1222 sender address \".123.5\"",
          "c1222 property security_mode \"clear text\"", "c1222 request 0x50", "c1222 request 0x60",
          "anomaly user truncated at 3",
        ])
  }

  /// The capture cut a security service in the middle of its password (20 octets): nothing is said of how good that is,
  /// nor is what is left of the authentication code behind the services taken for one.
  @Test(arguments: [0, 5]) func aPasswordThatIsCutIsNotJudged(kept: Int) {
    let whole = bytes(
      """
      60 28 a2 04 80 02 7b04 a6 04 80 02 7b05
      be 1a 28 18 81 16 80 | 15 51 3030303030303030303030303030303030303030
      """)
    #expect(
      lines(of: Array(whole.prefix(whole.count - 20 + kept)), missing: 20 - kept).suffix(2) == [
        "c1222 credential protocol password \"\" unknown", "c1222 request 0x51",
      ])
    let authenticated = bytes("60 18 a2 04 80 02 7b04 a6 04 80 02 7b05 be 0a 28 08 81 06 84 | 01 20 | a1b2c3d4")
    for missing in 0...3 {
      #expect(
        lines(of: Array(authenticated.dropLast(missing)), missing: missing).filter { $0.contains("request") } == [
          "c1222 request 0x20"
        ])
    }
  }

  private func lines(of unit: [UInt8], missing: Int) -> [String] {
    var dissector = C1222()
    var out = ObservationBuffer()
    let context = PDUContext(sender: .ipv4(1), receiver: .ipv4(2), missingBytes: missing)
    var cursor = ByteCursor(unit.span)
    try? dissector.dissect(&cursor, context, into: &out)
    return out.observations.map { describe($0, by: C1222.self, in: out) }
  }

  // MARK: DLMS/COSEM

  /// ISO/IEC 13239: one flag between two frames ends the first and begins the second.
  @Test func framesOfTheLinkMayShareAFlag() {
    let asked = "dlms request 0xc0 [class 1 0-0:42.0.0.255 attribute 2]"
    let first = "7e a019 03 21 32 6fd8 | e6e600 | c0 01 c1 0001 00002a0000ff 02 00 | 1280"
    let second = "7e a019 03 21 54 5fde | e6e600 | c0 01 c1 0001 00002a0000ff 02 00 | 1280"
    #expect(transcript(DLMS.self, [.request("\(first) \(second) 7e")]) == [asked, asked])
    #expect(transcript(DLMS.self, [.request("\(first) 7e \(second) 7e")]) == [asked, asked])
  }

  /// IEC 62056-5-3 section 8.4: what was asked in a list is answered in one, get in form 3, set in form 5.
  @Test func listsAreCountedInBothDirections() {
    #expect(
      transcript(
        DLMS.self,
        [
          .request("0001 0010 0001 0018 | c0 03 c1 02 | 0001 00002a0000ff 02 00 | 0003 00002a0000ff 02 00"),
          .response("0001 0001 0010 0009 | c4 03 c1 02 | 00 11 01 | 01 03 # a value, read-write denied"),
          .request("0001 0010 0001 0011 | c1 04 c2 01 | 0001 00002a0000ff 02 00 | 01 11 01"),
          .response("0001 0001 0010 0005 | c5 05 c2 01 | 00"),
        ]) == [
          "dlms request 0xc0 [class 1 0-0:42.0.0.255 attribute 2] ×2",
          "dlms response 0xc4 [class 1 0-0:42.0.0.255 attribute 2] success ×2",
          "dlms request 0xc1 [class 1 0-0:42.0.0.255 attribute 2]",
          "dlms response 0xc5 [class 1 0-0:42.0.0.255 attribute 2] success",
        ])
  }
}
