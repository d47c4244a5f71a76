import OTCore
import Testing

@testable import OTProtocols

/// Which classes an answer is of: those of what it answers, and those its own data name.
@Suite struct CIPAnswersTests {
  /// A message in SendRRData, unconnected. Volume 2, sections 2-4.7 and 2-6.
  private static func unconnected(_ notation: String, context: UInt8 = 1) -> [UInt8] {
    let message = bytes(notation)
    return header(0x6f, count: message.count + 16, context: context)
      + bytes("00000000 0000 0200 | 0000 0000 | b200") + [UInt8(message.count), 0] + message
  }

  /// A message in SendUnitData, in a connection.
  private static func connected(_ connection: UInt8, _ count: UInt8, _ notation: String) -> [UInt8] {
    let message = [count, 0] + bytes(notation)
    return header(0x70, count: message.count + 20, context: 0)
      + bytes("00000000 0000 0200 | a100 0400") + [connection, 0, 0, 0] + bytes("b100") + [UInt8(message.count), 0]
      + message
  }

  private static func header(_ command: UInt8, count: Int, context: UInt8) -> [UInt8] {
    [command, 0, UInt8(count), 0] + bytes("01000000 00000000 00000000000000") + [context] + bytes("00000000")
  }

  private func told(_ messages: [(fromClient: Bool, bytes: [UInt8])]) -> [String] {
    let messages = messages.map { Message(bytes: $0.bytes, fromClient: $0.fromClient) }
    return transcript(EtherNetIPDissector.self, messages).filter { $0.hasPrefix("cip re") }
  }

  private func answer(_ request: String, _ response: String) -> [String] {
    let told = told([(true, Self.unconnected(request)), (false, Self.unconnected(response))])
    return told.filter { $0.hasPrefix("cip response") }
  }

  /// Get all attributes, attribute 4, and a list of attributes of the TCP/IP Interface object; attribute 3 of the Port
  /// object: each tells a path to the object of the link, which is another class.
  @Test func aPathInTheAnswerNamesAClass() {
    let link = "0200 20f62401"
    let all = "01000000 34000000 02000000 \(link) 00000000 00000000 00000000 00000000 00000000 0000 0000"
    #expect(
      answer("01 02 20f52401", "81 00 00 00 \(all)").contains("cip response 0x01/* [class 0xf5 instance 1] success"))
    #expect(
      answer("0e 03 20f524013004", "8e 00 00 00 \(link)") == [
        "cip response 0x0e/* [class 0xf5 instance 1 attribute 4] success"
      ])
    #expect(
      answer("03 02 20f52401 0200 0100 0400", "83 00 00 00 0200 0100 0000 01000000 0400 0000 \(link)") == [
        "cip response 0x03/* [class 0xf5 instance 1] success"
      ])
    #expect(
      answer("0e 03 20f424013003", "8e 00 00 00 \(link)") == [
        "cip response 0x0e/* [class 0xf4 instance 1 attribute 3] success"
      ])
    // Other attributes name none, nor does a path without words or one that is cut.
    #expect(
      answer("0e 03 20f524013001", "8e 00 00 00 01000000") == [
        "cip response 0x0e/0xf5 [class 0xf5 instance 1 attribute 1] success"
      ])
    for cut in ["0000", "0200 20f6", "02"] {
      #expect(
        answer("0e 03 20f424013003", "8e 00 00 00 \(cut)") == [
          "cip response 0x0e/0xf4 [class 0xf4 instance 1 attribute 3] success"
        ])
    }
  }

  /// An unconnected send that is refused on its way, and a packet of several services that is refused as a whole, are not
  /// of the classes inside.
  @Test func aRefusalIsOfWhatItRefuses() {
    let sent = "52 02 20062401 05f7 0800 | 0e 03 206c24013001 | 0100 0100"
    #expect(
      answer(sent, "d2 00 01 01 0402") == ["cip response 0x52/0x06 [class 0x06 instance 1] failure(33816577)"])
    #expect(
      answer(sent, "8e 00 05 00") == ["cip response 0x0e/* [class 0x6c instance 1 attribute 1] failure(5)"])
    let several = "0a 02 20022401 | 0200 0600 0e00 | 0e 03 200124013007 | 0e 03 206c24013001"
    #expect(answer(several, "8a 00 08 00") == ["cip response 0x0a/0x02 [class 0x02 instance 1] failure(8)"])
    // One of two is answered: two services, two classes.
    #expect(
      answer(several, "8a 00 1e 00 0100 0400 8e 00 05 00") == [
        "cip response 0x0a/0x02 [class 0x02 instance 1] success",
        "cip response 0x0e/0x01 [class 0x01 instance 1 attribute 7] failure(5)",
      ])
  }

  private static let parameters = "05f7 00000000 01000000 0200 4c54 c0a8002e 02 000000 80841e00 f443 80841e00 f443 a3"

  /// Serial numbers tell which connection could not be opened; a status alone does not.
  @Test func aConnectionIsToldByItsSerialNumbers() {
    let open = "54 02 20062401 \(Self.parameters) 03 0100 20022401"
    #expect(answer(open, "d4 00 08 00") == ["cip response 0x54/0x06 [class 0x06 instance 1] failure(8)"])
    #expect(
      answer(open, "d4 00 01 01 0001 0200 4c54 c0a8002e 00 00") == [
        "cip response 0x54/* [class 0x06 instance 1] failure(16777217)"
      ])
    let close = "4e 02 20062401 05f7 0200 4c54 c0a8002e 03 00 0100 20022401"
    #expect(
      answer(close, "ce 00 00 00 0200 4c54 c0a8002e 00 00") == ["cip response 0x4e/* [class 0x06 instance 1] success"])
    // It announces three words that are not there.
    #expect(
      answer(close, "ce 00 00 00 0200 4c54 c0a8002e 03 00") == [
        "cip response 0x4e/0x06 [class 0x06 instance 1] success"
      ])
  }

  /// A refusal to close has, in the place of a reply's size, that of the rest of the path, which does not follow.
  @Test func aConnectionThatIsNotClosedIsTold() {
    let close = "4e 02 20062401 05f7 0200 4c54 c0a8002e 03 00 0100 20022401"
    #expect(
      answer(close, "ce 00 01 01 0701 0200 4c54 c0a8002e 02 00") == [
        "cip response 0x4e/* [class 0x06 instance 1] failure(17235969)"
      ])
  }

  /// What an unconnected send carries may have its number, 0x52: then the answer is of the target, unless a router tells
  /// that the message did not arrive. Volume 1, section 3-5.5.4.
  @Test func anAnswerWithTheCarriersNumberIsOfWhatItCarried() {
    let read = "52 04 2004240130032801 0100 00000000"
    let sent = "52 02 20062401 05f7 1000 | \(read) | 0100 0100"
    #expect(
      answer(sent, "d2 00 00 00 c400 07000000").contains(
        "cip response 0x52/* [class 0x04 instance 1 attribute 3] success"))
    #expect(
      answer(sent, "d2 00 08 00") == ["cip response 0x52/* [class 0x04 instance 1 attribute 3] failure(8)"])
    // Timed out on the way, no resources, a path that leads nowhere.
    for refusal in ["d2 00 01 01 0402 01", "d2 00 02 00 01", "d2 00 04 00 01"] {
      let told = answer(sent, refusal)
      #expect(told.count == 1)
      #expect(told.first?.hasPrefix("cip response 0x52/0x06 [class 0x06 instance 1] failure") == true)
    }
    // A connection failure of another kind is one of the target.
    #expect(
      answer(sent, "d2 00 01 01 0001") == [
        "cip response 0x52/* [class 0x04 instance 1 attribute 3] failure(16777217)"
      ])
    // One inside another: the innermost is answered, and all paths are shown.
    let twice = "52 02 20062401 05f7 1600 | 52 02 20062401 05f7 0800 | 0e 03 206c24013001 | 0100 0100 | 0100 0100"
    #expect(answer(twice, "8e 00 00 00 05") == ["cip response 0x0e/* [class 0x6c instance 1 attribute 1] success"])
  }

  /// A packet of several services that is refused (too many, or no more room) with the answers it has got.
  @Test func aRefusedPacketTellsTheAnswersInIt() {
    let several = "0a 02 20022401 | 0200 0600 0e00 | 0e 03 200124013007 | 0e 03 206c24013001"
    #expect(
      answer(several, "8a 00 02 00 0100 0400 8e 00 05 00") == [
        "cip response 0x0a/0x02 [class 0x02 instance 1] failure(2)",
        "cip response 0x0e/0x01 [class 0x01 instance 1 attribute 7] failure(5)",
      ])
  }

  /// Paths to certificates, to those who use a port, each with its size in an octet. Volume 8, chapter 5; Volume 1,
  /// section 3-8.2.
  @Test(arguments: [
    ("205e24013006", "02 02 205f2401 02 205f2402"), ("205e24013007", "01 02 205f2401"), ("205e24013008", "02 20372401"),
    ("205f24013003", "03 02 20372401"), ("205f24013004", "03 02 20372401"), ("20f42401300b", "01 02 20f52401"),
  ])
  func aPathToAnObjectNamesAClass(path: String, data: String) {
    let told = answer("0e 03 \(path)", "8e 00 00 00 \(data)")
    #expect(told.count == 1)
    #expect(told.first?.hasPrefix("cip response 0x0e/* ") == true)
    // Without a path in it, the class is that of the request.
    #expect(answer("0e 03 \(path)", "8e 00 00 00 00").first?.hasPrefix("cip response 0x0e/0x") == true)
    #expect(answer("0e 03 \(path)", "8e 00 00 00 03 04 20").first?.hasPrefix("cip response 0x0e/0x") == true)
  }

  /// Contexts are what the asker likes, here such that all share a place: each of four finds its request.
  @Test func answersFindTheirRequestsByContext() {
    let asked: [(context: UInt8, classID: String)] = [(0x08, "64"), (0x10, "65"), (0x18, "66"), (0x20, "67")]
    let requests = asked.map { (true, Self.unconnected("0e 03 20\($0.classID) 2401 3001", context: $0.context)) }
    let answers = asked.reversed().map { (false, Self.unconnected("8e 00 00 00 05", context: $0.context)) }
    let expected = asked.reversed().map { request in
      "cip response 0x0e/0x\(request.classID) [class 0x\(request.classID) instance 1 attribute 1] success"
    }
    #expect(told(requests + answers).filter { $0.hasPrefix("cip response") } == expected)
  }

  /// Volume 2, section 2-3: who is known as a speaker of the protocol and sends a command that does not exist, or sets what
  /// must be 0, sends it alone.
  @Test func whatWillBeRefusedIsTold() {
    func header(_ command: String, _ status: String = "00000000", _ options: String = "00000000") -> [UInt8] {
      bytes("\(command) 0000 01000000 \(status) 0000000000000000 \(options)")
    }
    let messages: [(Bool, [UInt8])] = [
      (true, bytes("6500 0400 00000000 00000000 0000000000000000 00000000 0100 0000")), (true, header("0b00")),
      (false, header("0b00", "01000000")), (true, header("0400", "00000000", "01000000")),
      (true, bytes("6f00 0800 01000000 00000000 0000000000000000 00000000 07000000 0000 0000")),
    ]
    let told = transcript(
      EtherNetIPDissector.self, messages.map { Message(bytes: $0.1, fromClient: $0.0) })
    #expect(
      told == [
        "enip request 0x0065", "enip request 0x000b", "enip response 0x000b failure(1)", "enip request 0x0004",
        "enip request 0x006f",
      ])
    // As the first thing it is none of this protocol, and neither with something behind it.
    var hint = FramingHint(isStream: true, isClaimed: true, senderIsClient: true)
    #expect(EtherNetIPDissector.frame(header("0b00").span, hint) == .notThisProtocol)
    hint.isEstablished = true
    let followed = header("0b00") + [1]
    #expect(EtherNetIPDissector.frame(followed.span, hint) == .notThisProtocol)
  }

  /// Only in a connection to the message router travel messages with a service and a path.
  @Test(arguments: [("20022401", true), ("20672401", false), ("20042497", false)])
  func messagesTravelToTheMessageRouter(path: String, areMessages: Bool) {
    let told = told([
      (true, Self.unconnected("54 02 20062401 \(Self.parameters) 02 \(path)")),
      (false, Self.unconnected("d4 00 00 00 07000000 01000000 0200 4c54 c0a8002e 80841e00 80841e00 0000")),
      (true, Self.connected(7, 1, "07 01 0001 00000000 | 0f 00 0100 a2")),
      (true, Self.connected(7, 2, "07 02 208e2401")),
    ])
    #expect(told.contains("cip request 0x07/* [class 0x8e instance 1]") == areMessages)
    #expect(told.contains { $0.hasPrefix("cip request 0x07") } == areMessages)
  }

  @Test func ofACutPathTheServiceIsTold() {
    #expect(told([(true, Self.unconnected("01 0a 20"))]) == ["cip request 0x01/-"])
    #expect(told([(true, Self.unconnected("01"))]) == ["cip request 0x01/-"])
    // Inside another message, too, and of an answer.
    #expect(
      told([(true, Self.unconnected("52 02 20062401 05f7 0100 | 0e 00 | 0100 0100"))]) == [
        "cip request 0x52/0x06 [class 0x06 instance 1]", "cip request 0x0e/0x06",
      ])
    #expect(told([(false, Self.unconnected("8e 00"))]) == ["cip response 0x0e/-"])
  }
}
