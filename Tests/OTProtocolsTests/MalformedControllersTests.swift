import OTCore
import Testing

@testable import OTProtocols

/// What scanners, testers and broken devices send to controllers, brokers and gateways, in known conversations and where
/// the port and the header speak for it.
@Suite struct MalformedControllersTests {
  static let samples: [Sample] = [
    // Messaging on TCP/IP V1.0b section 3.1.3: the length of a header leads to the next one, whatever the function.
    Sample(
      "modbus", "functions that do not exist, in one segment",
      [.request("0001 0000 0006 01 37 00000000 | 0002 0000 0006 01 0a 00000000", serverPort: 502)],
      ["modbus request 55 [unit 1]", "modbus request 10 [unit 1]"]),
    // Section 4.1 of the protocol: 253 octets at most; this one has 299 and is alone.
    Sample(
      "modbus", "a write that is too long",
      [
        .request(
          "0001 0000 012d 01 10 0000 0001 02 | 0007" + String(repeating: "00", count: 292), serverPort: 502)
      ],
      ["modbus request 16 [unit 1 holding register 0] = 7.0"]),
    // MQTT 3.1.1 section 2.2: type 0 is forbidden, a ping has no remaining length, QoS 3 does not exist.
    Sample(
      "mqtt", "malformed packets behind a connection",
      [
        .request("10 10 0004 'MQTT' 04 02 003c 0004 'dev1'"), .response("20 02 00 00"), .request("00 00"),
        .request("c0 01 00"), .request("36 05 0003 'a/b'"), .request("c0 00"),
      ],
      [
        "mqtt property protocol_version \"3.1.1\"", "mqtt property keep_alive \"60\"",
        "mqtt sender client_id \"dev1\"",
        "mqtt request 1", "mqtt credential no authentication \"\" empty accepted", "mqtt response 2 success",
        "mqtt request 0", "mqtt request 12", "mqtt request 3 [a/b]", "mqtt request 12",
      ]),
    // TS20085 section 10.2: a refusal carries no command, but an octet with its reason.
    Sample(
      "hart_ip", "a refused pass-through",
      [.request("01 00 03 00 0001 0011 | 82 26 06 01 02 03 00 00 a2"), .response("01 0f 03 06 0001 0009 | 06")],
      ["hart_ip request cmd0 [device type 0x2606 id 0x010203]", "hart_ip response msg3 failure(6)"]),
    // TS20081 section 5.2: delimiter and address stand in front of the command.
    Sample(
      "hart_ip", "frames that end before and behind their command",
      [.request("01 00 03 00 0001 000b | 82 26 06"), .request("01 00 03 00 0002 000f | 82 26 06 01 02 03 00")],
      [
        "hart_ip request msg3", "anomaly address truncated at 9",
        "hart_ip request cmd0 [device type 0x2606 id 0x010203]", "anomaly byte count truncated at 15",
      ]),
  ]

  @Test(arguments: samples)
  func isRead(_ sample: Sample) throws {
    let dissector = try #require(sample.dissector)
    #expect(tell(dissector, sample.messages) == sample.expected)
  }

  private func tell<D: Dissector>(_ type: D.Type, _ messages: [Message]) -> [String] { transcript(type, messages) }

  private func frame(_ notation: String, isEstablished: Bool = false) -> Framing {
    ModbusDissector.frame(
      bytes(notation).span,
      FramingHint(isStream: true, isClaimed: true, senderIsClient: true, isEstablished: isEstablished))
  }

  /// A first header with an unknown function waits for its end and is nothing where something else than a header follows.
  @Test func anUnknownFunctionNeedsAnEndOrAHeader() {
    #expect(frame("0001 0000 0006 01 37 0000") == .needMore)
    #expect(frame("0001 0000 0006 01 37 00000000") == .pdu(byteCount: 12))
    #expect(frame("0001 0000 0006 01 37 00000000 0002 0000 0006 01 37 00") == .pdu(byteCount: 12))
    #expect(frame("0001 0000 0006 01 37 00000000 0002 0000 0006 01") == .pdu(byteCount: 12))
    #expect(frame("0001 0000 0006 01 37 00000000 0002 0000 0006 02") == .notThisProtocol)
    #expect(frame("0001 0000 0006 01 37 00000000 0002 0000 0006") == .notThisProtocol)
    #expect(frame("0001 0000 0006 01 37 00000000 0002 0001 0006 01") == .notThisProtocol)
    #expect(frame("0001 0000 0006 01 37 00000000 0002 0000 0001 01") == .notThisProtocol)
    #expect(frame("0001 0000 0006 01 37 00000000 0002 0000 0001 01", isEstablished: true) == .pdu(byteCount: 12))
    #expect(frame("0001 0000 0006 01 00 0000") == .notThisProtocol)
    #expect(frame("0001 0000 0006 01 00 00000000 0002 0000 0006 01 37 00000000") == .notThisProtocol)
    // Too long to be waited for.
    #expect(frame("0001 0000 0200 01 37 00000000") == .notThisProtocol)
  }

  /// MQTT: outside a known conversation, and with something behind it, a malformed packet is none.
  @Test func aMalformedPacketStandsAlone() {
    for (notation, isEstablished) in [("00 00", false), ("36 05 0003 'a/b'", false), ("00 00 c0 00", true)] {
      let hint = FramingHint(isStream: true, isClaimed: true, senderIsClient: true, isEstablished: isEstablished)
      #expect(MQTT.frame(bytes(notation).span, hint) == .notThisProtocol)
    }
  }
}
