import OTCore
import Testing

@testable import OTProtocols

/// Shapes of messages that stacks at the edge of the standards send: without session, damaged, reserved, unchecked.
@Suite struct SubstationEdgeTests {
  /// Initiate-Request without session and presentation, as small stacks send it.
  private let initiate = Message.request(
    "a8 0f | 80 02 001f 81 01 03 82 01 03 a4 03 80 01 01 # local detail, calling, called, version")

  @Test func cancellationNeedsNoSessionAround() {
    #expect(
      transcript(
        MMSDissector.self,
        [
          initiate,
          .request("a0 0b 02 01 01 bf 2c 05 80 03 'run' # confirmed request 1, service 44 in a long tag: kill"),
          .request("85 01 01 # cancel request 1"), .response("86 01 01 # cancel response 1"),
          .request("85 01 02"), .response("a7 0c 80 01 02 a1 07 a0 03 8c 01 00 81 00 # cancel error"),
          .request("8b 00 # conclude"), .response("ad 05 a0 03 87 01 00 # conclude error"),
        ]) == [
          "mms request initiate", "mms request 44 [run]", "mms request cancel", "mms response cancel success",
          "mms request cancel", "mms response cancel failure(3072)", "mms response conclude failure(1792)",
        ])
    // Before an association a short element may be anything.
    #expect(transcript(MMSDissector.self, [.request("85 01 01")]) == ["notThisProtocol at 0"])
  }

  /// ISO 9506-2 section 7.5: with the invocation and without; an unknown PDU (5), service 1 of a confirmed request (1).
  @Test func aRejectionSaysWhatItRefuses() {
    #expect(
      transcript(
        MMSDissector.self,
        [initiate, .response("a4 06 80 01 07 81 01 01"), .response("a4 03 85 01 00"), .response("a4 03 80 01 07")]) == [
          "mms request initiate", "mms response reject failure(257)", "mms response reject failure(1280)",
          "mms response reject failure(0)",
        ])
  }

  /// ISO 9506-2 section 7.2: each confirmed service is told by the number of its tag, primitive or not, from 31 on in two
  /// octets.
  @Test(arguments: 0...77) func aConfirmedServiceIsToldByItsTag(service: Int) {
    for form: UInt8 in [0x80, 0xa0] {
      let tag = service < 31 ? [form | UInt8(service)] : [form | 31, UInt8(service)]
      let request = [0xa0, UInt8(4 + tag.count), 0x02, 0x01, 0x07] + tag + [0x00]
      let lines = transcript(MMSDissector.self, [initiate, Message(bytes: request, fromClient: true)])
      #expect(lines == ["mms request initiate", "mms request \(service)"])
      let said = MMSDissector.describe(operation: MMSDissector.code(.confirmedRequest, UInt32(service)), layer: 0)
      #expect(!said.name.hasPrefix("service "))
    }
  }

  /// ISO 9506-2 sections 11 (domains) and 14 (variables): services name their domain alone, lists of
  /// variables one each.
  @Test func everyDomainOfARequestIsTold() {
    #expect(
      transcript(
        MMSDissector.self,
        [
          initiate, .request("a0 08 02 01 01 9d 03 'LD1' # initiate upload sequence, primitive: the domain"),
          .request("a0 09 02 01 02 9f 25 03 'LD2' # get domain attributes"),
          .request(
            """
            a0 2b 02 01 03 a4 26 a1 24 a0 22 # read: variables by name
            30 0f a0 0d a1 0b 1a 03 'LD1' 1a 04 'MMXU'
            30 0f a0 0d a1 0b 1a 03 'LD3' 1a 04 'MMXU'
            """),
        ]) == [
          "mms request initiate", "mms receiver object_name \"LD1\"", "mms request 29 [LD1]",
          "mms receiver object_name \"LD2\"", "mms request 37 [LD2]", "mms receiver object_name \"LD3\"",
          "mms request 4 [LD1/MMXU]",
        ])
  }

  @Test func aDamagedEventIsOfItsApplicationStill() {
    func lines(_ notation: String) -> [String] {
      transcript(GOOSE.self, [.request(notation, isStream: false)])
    }
    // The length leaves no room for the goosePdu that is there.
    #expect(
      lines("3001 0004 0000 0000 | 61 05 | 85 01 02 86 00")
        == ["goose publish 0x3001", "anomaly goosePdu truncated at 0"])
    // A sequence where the goosePdu belongs.
    #expect(
      lines("3002 000f 0000 0000 | 30 05 'hello' 0000") == ["goose publish 0x3002", "anomaly goosePdu invalid at 8"])
    // Neither a length that fits nor a known element; nothing behind the header; less than a header.
    #expect(
      lines("3003 0100 0000 0000 | 30 05 'hello'") == ["goose publish 0x3003", "anomaly goosePdu invalid at 8"])
    #expect(lines("3004 0008 0000 0000") == ["goose publish 0x3004", "anomaly goosePdu truncated at 0"])
    #expect(lines("3005 0008 0000 00") == ["notThisProtocol at 0"])
  }

  @Test func damagedSamplesAreOfTheirApplicationStill() {
    func lines(_ notation: String) -> [String] {
      transcript(SampledValues.self, [.request(notation, isStream: false)])
    }
    #expect(
      lines("4001 000f 0000 0000 | 61 05 80 01 01 a2 00") == ["sv publish 0x4001", "anomaly savPdu invalid at 8"])
    #expect(lines("4002 0008") == ["sv publish 0x4002", "anomaly savPdu truncated at 0"])
    #expect(lines("4003") == ["notThisProtocol at 0"])
  }

  /// IEC 61158-6-10, table of frame identifiers: 0x0000 to 0x00ff and 0xff00 to 0xff5f belong to synchronisation.
  @Test(arguments: [
    (0x0000, true), (0x0020, true), (0x00ff, true), (0x0100, false), (0xfbff, false), (0xff00, true), (0xff22, true),
    (0xff41, true), (0xff5f, true), (0xff60, false),
  ])
  func reservedIdentifiersOfSynchronisationAreOfIt(identifier: Int, isClock: Bool) {
    let bytes = [UInt8(identifier >> 8), UInt8(identifier & 0xff)] + [UInt8](repeating: 0, count: 44)
    let lines = transcript(ProfinetRealTime.self, [Message(bytes: bytes, fromClient: true, isStream: false)])
    #expect(lines == ["pn_rt publish \(identifier)"] + (isClock ? ["pn_ptcp publish \(identifier)"] : []))
  }

  /// Over UDP GOOSE stands in a session (IEC 61850-90-5): the form of link frames, by chance, is none.
  @Test func theFormOfLinkFramesIsNotReadOverUDP() {
    let frame = bytes("0001 0010 00000000 61 06 800000000000")
    var hint = FramingHint(isStream: false, isClaimed: true, senderIsClient: true)
    #expect(GOOSE.frame(frame.span, hint) == .pdu(byteCount: frame.count))
    hint.isUDP = true
    #expect(GOOSE.frame(frame.span, hint) == .notThisProtocol)
  }

  @Test func theMarkOfExtendedParticipantsIsRead() {
    let lines = transcript(
      RTPS.self,
      [.request("'RTPX' 0201 0101 0102030405060708090a0b0c | 07 01 0400 00000000 # heartbeat", isStream: false)])
    #expect(
      lines == [
        "rtps property protocol_version \"2.1\"", "rtps sender vendor \"Real-Time Innovations\"",
        "rtps property method \"heartbeat\"",
      ])
  }

  @Test func aSentenceOfOldEquipmentHasNoChecksum() {
    func lines(_ notation: String) -> [String] {
      transcript(NMEA0183.self, [.request(notation, isStream: false)])
    }
    #expect(
      lines("'$GPGLL,5907.1920,N,01222.9510,E,000006,V' 0d0a '$SDMTW,,,C' 0d0a '$SDMTW,12.5,C' 0d0a")
        == ["nmea0183 publish GPGLL", "nmea0183 publish SDMTW", "nmea0183 publish SDMTW"])
    #expect(lines("'$HELLO,1,2,3' 0d0a") == ["notThisProtocol at 0"])
    #expect(lines("'$gpgll,5907.1920,N' 0d0a") == ["notThisProtocol at 0"])
    #expect(lines("'$GPGLL,5907.1920,N,01222.9510,E,000006,V*00' 0d0a") == ["notThisProtocol at 0"])
  }

  @Test func aLineEndMayLeadASentenceOnAnyPort() {
    let sentence = bytes("0d0a '$SDMTW,,,C*36' 0d0a")
    let hint = FramingHint(isStream: false, isClaimed: false, senderIsClient: true)
    #expect(NMEA0183.frame(sentence.span, hint) == .pdu(byteCount: 1))
    #expect(NMEA0183.frame(bytes("0d0a '$SDMTW,,,C*00' 0d0a").span, hint) == .notThisProtocol)
    #expect(NMEA0183.frame(bytes("0d0a 'GET'").span, hint) == .notThisProtocol)
  }
}
