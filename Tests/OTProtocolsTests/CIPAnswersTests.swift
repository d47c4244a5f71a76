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
  }
}
