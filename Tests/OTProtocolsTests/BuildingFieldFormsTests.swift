import OTCore
import Testing

@testable import OTProtocols

/// Forms of building and field protocols that are seldom on a wire: preambles before an instrument's frame, a refusal
/// without content, the virtual link of BACnet over IPv6, POWERLINK's first version.
struct BuildingFieldFormsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var id: String
    var bytes: String
    var isRequest = true
    var isStream = false
    var port: UInt16 = 0
    var expected: [String]
  }

  static let cases = [
    // TS20081 section 5.1: preambles are octets 0xff; then delimiter 0x82 (long address, to a device), five octets of
    // address, command 3, no data, parity.
    Case(
      testDescription: "HART-IP: preambles stand before a request", id: "hart_ip",
      bytes: "01 00 03 00 0001 0016 | ffffffffff | 82 264b123456 03 00 9c", port: 5094,
      expected: ["hart_ip request cmd3 [device type 0x264b id 0x123456]"]),
    // TS20085 section 10.2: type 15 refuses a message, the status tells why; nothing else is there.
    Case(
      testDescription: "HART-IP: a command is refused", id: "hart_ip", bytes: "01 0f 03 09 0001 0008", isRequest: false,
      port: 5094, expected: ["hart_ip response msg3 failure(9)"]),
    // ANSI/ASHRAE 135-2016 annex U.2.2: an address resolution, source and target virtual address.
    Case(
      testDescription: "BACnet/IPv6: a virtual address is asked for", id: "bacnet", bytes: "82 03 000a | 000001 000002",
      port: 47808, expected: ["bacnet request bvlc0x03"]),
    // Annex U.2.5: its acknowledgement.
    Case(
      testDescription: "BACnet/IPv6: a virtual address is told", id: "bacnet", bytes: "82 05 000a | 000002 000001",
      isRequest: false, port: 47808, expected: ["bacnet response bvlc0x05"]),
    // Annex U.2.1: a result, 0x0090 is that a registration was refused.
    Case(
      testDescription: "BACnet/IPv6: a registration is refused", id: "bacnet", bytes: "82 00 0009 | 000002 0090",
      isRequest: false, port: 47808, expected: ["bacnet response bvlc0x00 failure(144)"]),
    // Annex U.2.12: a foreign device lets a Who-Is be distributed.
    Case(
      testDescription: "BACnet/IPv6: a broadcast is to be distributed", id: "bacnet",
      bytes: "82 0c 000b | 000001 | 01 00 | 10 08", port: 47808, expected: ["bacnet request u8"]),
    // Version 1: an acyclic send on the channel for identification in a frame of the least length; no host name.
    Case(
      testDescription: "POWERLINK version 1: a node identifies itself", id: "epl",
      bytes: """
        06 f0 04 01 0018 | 00000004 00000001 00000102 00000000 00000008 00000008
        0000000000000000 0000000000000000 # padding
        """,
      expected: ["epl property method \"asynchronous send\"", "epl sender device_id \"4\""]),
    Case(
      testDescription: "POWERLINK version 1: a cycle ends", id: "epl", bytes: "02 ff f0 00 0000",
      expected: [
        "epl property method \"end of cycle\"", "epl sender device_id \"240\"",
        "epl sender device_type \"managing node\"",
      ]),
  ]

  @Test(arguments: cases)
  func theFormIsRead(_ item: Case) throws {
    let dissector = try #require(ProtocolRegistry.dissectors.first { $0.protocols.contains { $0.id == item.id } })
    let message = Message(
      bytes: bytes(item.bytes), fromClient: item.isRequest, isStream: item.isStream, serverPort: item.port)
    #expect(transcript(dissector, [message]) == item.expected)
  }

  /// Clause 20.2.9: the octet in front names the character set; 1 is followed by a code page (here 850), 3 is UCS-4.
  @Test(
    arguments: [
      ("810b 001b 0100 | 1001 c402000001 c400000009 75 07 01 0352 'Pump'", "Pump"),
      ("810b 001d 0100 | 1001 c402000001 c400000009 75 09 03 00000041 00000062", "Ab"),
    ])
  func namesInAnyCharacterSet(_ message: String, _ name: String) {
    let lines = transcript(BACnet.self, [.request(message, isStream: false, serverPort: 47808)])
    #expect(lines.contains("bacnet sender object_name \"\(name)\""))
  }

  // MARK: segments

  /// A ReadPropertyMultiple acknowledgement (clause 21) of two analog inputs' names in three segments; the second ends
  /// inside the second name.
  private static let segments = [
    "810a 001a 0100 | 3c 05 00 04 0e | 0c 00000001 1e 294d 4e 74 00 'Oil' 4f",
    "810a 0014 0100 | 3c 05 01 04 0e | 1f 0c 00000002 1e 294d",
    "810a 0013 0100 | 38 05 02 04 0e | 4e 74 00 'Gas' 4f 1f",
  ]
  private static let answer = "bacnet response c14 success"
  private static let oil = "bacnet sender object_name \"Oil\""
  private static let gas = "bacnet sender object_name \"Gas\""

  @Test func segmentsAreJoined() {
    #expect(told([0, 1, 2]) == [Self.answer, Self.oil, Self.answer, Self.answer, Self.gas])
  }

  @Test func aSegmentThatComesAgainIsNotJoinedTwice() {
    #expect(told([0, 1, 1, 2]).last == Self.gas)
    #expect(told([0, 0, 1, 2]).last == Self.gas)
  }

  @Test func whatLacksASegmentIsNotRead() {
    #expect(told([0, 2]) == [Self.answer, Self.oil, Self.answer])
    #expect(told([1, 2]) == [Self.answer, Self.answer])
  }

  /// Beginnings of five answers: the first one is given up, and that is told.
  @Test func answersThatAreGivenUpAreTold() {
    let beginnings = (1...5).map { Self.segments[0].replacing("3c 05 00", with: "3c 0\($0) 00") }
    let lines = transcript(BACnet.self, beginnings.map { .response($0, isStream: false, serverPort: 47808) })
    #expect(lines.filter { $0.hasPrefix("anomaly segmented answers") }.count == 1)
    let four = transcript(BACnet.self, beginnings.prefix(4).map { .response($0, isStream: false, serverPort: 47808) })
    #expect(!four.contains { $0.hasPrefix("anomaly") })
  }

  private func told(_ order: [Int]) -> [String] {
    transcript(
      BACnet.self, order.map { .response(Self.segments[$0], isStream: false, serverPort: 47808) })
  }
}
