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

  /// Whatever their order, the last one to come completes the answer.
  @Test func segmentsOutOfOrderAreJoined() {
    let both = [Self.oil, Self.gas]
    for order in [[0, 2, 1], [1, 0, 2], [2, 1, 0], [2, 0, 1], [1, 2, 0], [2, 2, 1, 1, 0, 0]] {
      let lines = told(order)
      #expect(Set(lines.filter { $0.contains("object_name") }) == Set(both), "\(order)")
      #expect(lines.filter { $0 == Self.answer }.count == order.count)
    }
  }

  /// What comes of an answer behind its end, and its first segment behind others, begins nothing new.
  @Test func segmentsOfAnAnswerThatWasReadAreTwice() {
    #expect(told([0, 1, 0, 2]).last == Self.gas)
    #expect(told([0, 1, 2, 2, 1, 2]).filter { $0 == Self.gas }.count == 1)
    #expect(!told([0, 1, 2, 2, 1, 2]).contains { $0.hasPrefix("anomaly") })
  }

  /// Numbers begin again behind 255: a whole of 300 segments with the 255th and 256th turned.
  @Test func numbersOfSegmentsBeginAgain() {
    var segments = Self.long(300)
    segments.swapAt(254, 255)
    segments.insert(segments[255], at: 260)
    let lines = transcript(BACnet.self, segments)
    #expect(lines.last == Self.gas)
    #expect(!lines.contains { $0.hasPrefix("anomaly") })
  }

  /// An answer beyond 64 KiB is given up, and that is told once.
  @Test func answersThatAreTooLongAreTold() {
    let lines = transcript(BACnet.self, Self.long(200, octets: 400))
    #expect(lines.filter { $0.hasPrefix("anomaly segmented answer ") }.count == 1)
  }

  /// The name of an analog input between long descriptions of it, each a character string (clause 20.2.9) of its own
  /// segment, as one ReadPropertyMultiple acknowledgement.
  private static func long(_ count: Int, octets: Int = 8) -> [Message] {
    let last = bytes("29 4d 4e 74 00 'Gas' 4f 1f")
    return (0..<count).map { number in
      let filling = [UInt8](repeating: 0x41, count: octets)
      let size = UInt16(octets + 1)
      // Property 28 (description) opens 4, a string with its length in two octets, closes 4.
      let value =
        bytes("29 1c 4e 75 fe") + [UInt8(size >> 8), UInt8(size & 0xff), 0] + filling + bytes("4f")
      let body = (number == 0 ? bytes("0c 00000001 1e") : []) + (number == count - 1 ? last : value)
      let isLast = number == count - 1
      let head = bytes("0100") + [isLast ? 0x38 : 0x3c, 5, UInt8(number & 0xff), 4, 0x0e]
      let length = UInt16(4 + head.count + body.count)
      return Message(
        bytes: [0x81, 0x0a, UInt8(length >> 8), UInt8(length & 0xff)] + head + body, fromClient: false,
        isStream: false, serverPort: 47808)
    }
  }

  /// A request in segments whose value goes on in the second one is no damaged request: WriteProperty of a string.
  @Test func aRequestInSegmentsIsNotDamaged() {
    #expect(
      transcript(
        BACnet.self,
        [
          .request(
            "810a 001a 0104 | 0c 75 07 00 04 0f | 0c 00800001 19 4d 3e 75 14 00 'AB'", isStream: false,
            serverPort: 47808),
          .request("810a 000e 0104 | 08 75 07 01 04 0f | 'CD'", isStream: false, serverPort: 47808),
        ]) == ["bacnet request c15 [analog-value 1 object-name]", "bacnet request c15"])
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
