import OTCore
import Testing

@testable import OTProtocols

/// Objects of devices on EtherCAT and POWERLINK: what is read of them, what is written into them and how it ended.
@Suite struct CANopenObjectTests {
  // MARK: POWERLINK, EPSG DS 301 section 6.3.2

  /// An asynchronous send (6) of service 5 between nodes 240 and 17, its layers of sequence and command.
  private func asked(_ transaction: String, _ flags: String, _ command: String) -> Message {
    .request("06 11 f0 05 | 02 06 0000 | 00 \(transaction) \(flags) \(command)", isStream: false)
  }
  private func answered(_ transaction: String, _ flags: String, _ command: String) -> Message {
    .response("06 f0 11 05 | 06 06 0000 | 00 \(transaction) \(flags) \(command)", isStream: false)
  }
  /// Of a node its name as a message type and its number are told first.
  private func told(_ messages: [Message]) -> [String] {
    transcript(Powerlink.self, messages).filter { !$0.contains("property") && !$0.contains("device_") }
  }

  @Test func aNodeIsAskedWhatItIs() {
    #expect(
      told([
        asked("01", "00", "02 0400 0000 | 0810 00 00 # read by index, object 0x1008"),
        answered("01", "80", "02 0900 0000 | 'X20BC0083'"),
        asked("02", "00", "02 0400 0000 | 1810 04 00"), answered("02", "80", "02 0400 0000 | 3412 0000"),
        asked("03", "00", "02 0400 0000 | 0010 00 00"), answered("03", "80", "02 0400 0000 | 9101 0f00"),
        answered("03", "80", "02 0400 0000 | 9101 0f00 # again"),
      ]) == [
        "epl_asnd request sdo0x02 [object 0x1008:0]", "epl sender product_name \"X20BC0083\"",
        "epl_asnd response sdo0x02 [object 0x1008:0] success",
        "epl_asnd request sdo0x02 [object 0x1018:4]", "epl sender serial_number \"4660\"",
        "epl_asnd response sdo0x02 [object 0x1018:4] success",
        "epl_asnd request sdo0x02 [object 0x1000:0]", "epl_asnd response sdo0x02 [object 0x1000:0] success",
        "epl_asnd response sdo0x02 [object 0x1000:0] success",
      ])
  }

  @Test func whatIsWrittenEndsWithSuccessOrAReason() {
    #expect(
      told([
        asked("03", "00", "01 0500 0000 | 0062 01 00 5a"), answered("03", "80", "01 0000 0000"),
        asked("04", "00", "01 0800 0000 | 501f 01 00 5a000000"),
        answered("04", "c0", "01 0400 0000 | 0000 0206 # object does not exist"),
        asked("05", "10", "01 0c00 0000 | c8000000 501f 01 00 | 41424344 # the first of 200 octets"),
        asked("05", "20", "01 0400 0000 | 41424344"), asked("05", "30", "01 0400 0000 | 41424344"),
        answered("05", "80", "01 0000 0000"), answered("09", "c0", "01 0400 0000 | 0000 0405 # unasked"),
      ]) == [
        "epl_asnd request sdo0x01 [object 0x6200:1] = 90.0", "epl_asnd response sdo0x01 [object 0x6200:1] success",
        "epl_asnd request sdo0x01 [object 0x1f50:1] = 90.0",
        "epl_asnd response sdo0x01 [object 0x1f50:1] failure(100794368)",
        "epl_asnd request sdo0x01 [object 0x1f50:1]", "epl_asnd request sdo0x01", "epl_asnd request sdo0x01",
        "epl_asnd response sdo0x01 [object 0x1f50:1] success", "epl_asnd response sdo0x01 failure(84148224)",
      ])
  }

  @Test func listsOfObjectsAreCounted() {
    #expect(
      told([
        asked("06", "00", "31 1800 0000 | 0c000000 0062 01 00 01000000 | 00000000 501f 01 00 01000000"),
        answered("06", "80", "31 0000 0000"),
        asked("07", "00", "32 0800 0000 | 0910 00 00 | 0a10 00 00"),
        asked("08", "00", "70 0400 0000 | b005 0000"),
      ]) == [
        "epl_asnd request sdo0x31 [object 0x6200:1] ×2", "epl_asnd response sdo0x31 [object 0x6200:1] success",
        "epl_asnd request sdo0x32 [object 0x1009:0] ×2", "epl_asnd request sdo0x70",
      ])
    // One of them takes a program.
    let code = UInt64(Powerlink.Command.writeMultiple) | Powerlink.ObjectCode.isProcess | Powerlink.ObjectCode.isProgram
    #expect(Powerlink.describe(operation: code, layer: 0).kind == .firmware)
  }

  /// Section 7.3.1: commands of the managing node, to one node and to all.
  @Test func nodesAreCommanded() {
    let lines = transcript(
      Powerlink.self,
      [.request("06 11 f0 04 28 00", isStream: false), .request("06 ff f0 04 22 00", isStream: false)])
    #expect(lines.contains("epl_asnd request nmt0x28 [node 17]"))
    #expect(lines.contains("epl_asnd request nmt0x22 [all nodes]"))
    #expect(Powerlink.describe(operation: Powerlink.ObjectCode.isManagement | 0x28, layer: 0).kind == .control)
  }

  // MARK: EtherCAT, IEC 61158-6-12 section 5

  private static let master: UInt64 = 0x0050_5623_98cf

  /// A frame with one datagram to memory 0x1000 of device 1001, as the master sends it or as it comes back.
  private func frame(_ command: String, mailbox: String, isBack: Bool) -> (bytes: [UInt8], isBack: Bool) {
    let data = bytes(mailbox)
    let size = String(format: data.count)
    return (
      bytes("\(String(format: 12 + data.count, type: 1)) \(command) 01 e903 0010 \(size) 0000") + data + [1, 0], isBack
    )
  }

  private func told(_ frames: [(bytes: [UInt8], isBack: Bool)]) -> [String] {
    var dissector = EtherCAT()
    var out = ObservationBuffer()
    for frame in frames {
      let sender = MACAddress(value: Self.master | (frame.isBack ? 1 << 41 : 0))
      let context = PDUContext(
        sender: .mac(sender), receiver: .mac(MACAddress(value: 0xffff_ffff_ffff)), senderMAC: sender)
      var cursor = ByteCursor(frame.bytes.span)
      try? dissector.dissect(&cursor, context, into: &out)
    }
    return out.observations.map { describe($0, by: EtherCAT.self, in: out) }
  }

  @Test func aDeviceTellsItsMasterWhatItIs() {
    let lines = told([
      frame("05", mailbox: "0a00 0000 00 13 | 0020 40 0810 00 00000000", isBack: true),
      // An upload of six octets behind their length, and one of two octets in the answer itself.
      frame("04", mailbox: "1000 0000 00 23 | 0030 41 0810 00 06000000 'EK1100'", isBack: true),
      frame("04", mailbox: "0a00 0000 00 33 | 0030 4b 0a10 00 '17' 0000", isBack: true),
    ])
    #expect(
      lines.filter { $0.contains("module_name") } == [
        "ethercat address(00:50:56:23:98:cf) module_name \"device 1001: EK1100\"",
        "ethercat address(00:50:56:23:98:cf) module_name \"device 1001 software version 17\"",
      ])
    #expect(lines.filter { $0.hasSuffix("[device 1001 object 0x1008:0] success") }.count == 1)
  }

  /// ETG.1000.6 section 5.4: the memories of a bus coupler and of an output terminal are read word by word; one is busy.
  @Test func aMemoryTellsWhatItsDeviceIs() {
    func read(_ position: String, _ data: String, answers: UInt8 = 1) -> (bytes: [UInt8], isBack: Bool) {
      let octets = bytes(data)
      let size = String(format: octets.count)
      let head = bytes("\(String(format: 12 + octets.count, type: 1)) 04 01 \(position) 0205 \(size) 0000")
      return (head + octets + [answers, 0], true)
    }
    let lines = told([
      read("0010", "0081 08000000 fffffc08 # busy"), read("0010", "0000 08000000 02000000"),
      read("0010", "0000 0a000000 522c4c04"), read("0010", "0000 0c000000 00000100"),
      read("0010", "0000 0e000000 00000000 # no serial number"), read("0010", "0000 10000000 01020304"),
      read("0210", "0000 08000000 02000000", answers: 0),
      // Eight octets at once, where the status says so; behind the last number stands something else.
      read("0310", "4000 08000000 02000000 5230d407"), read("0410", "4000 0e000000 39300000 01020304"),
      read("0510", "0000 08000000 03000000 5230d407"),
    ])
    #expect(
      lines.filter { $0.contains("module_name") } == [
        "vendor 0x00000002", "product 0x044c2c52", "revision 0x00010000",
      ].map { "ethercat address(00:50:56:23:98:cf) module_name \"device 4096 \($0)\"" } + [
        "ethercat address(00:50:56:23:98:cf) module_name \"device 4099 vendor 0x00000002\"",
        "ethercat address(00:50:56:23:98:cf) module_name \"device 4099 product 0x07d43052\"",
        "ethercat address(00:50:56:23:98:cf) module_name \"device 4100 serial number 12345\"",
        "ethercat address(00:50:56:23:98:cf) module_name \"device 4101 vendor 0x00000003\"",
      ])
  }

  /// A password of a file is a number that anybody reads; 0 is none.
  @Test func aPasswordOfAFileIsTold() {
    #expect(
      told([frame("05", mailbox: "0d00 0000 00 14 | 02 00 78563412 'app.efw'", isBack: false)]) == [
        "ethercat credential protocol password \"\" other", "ethercat file to server \"app.efw\"",
        "ethercat request 0x05 [app.efw]",
      ])
  }

  /// Section 5.6.2: what a device refuses is told with what it was asked.
  @Test func aDeviceRefusesWhatItWasAsked() {
    let lines = told([
      frame("05", mailbox: "0a00 0000 00 13 | 0020 2f 121c 00 01000000", isBack: true),
      frame("04", mailbox: "0a00 0000 00 23 | 0020 80 121c 00 02000106", isBack: true),
    ])
    #expect(lines.last == "ethercat response 0x04 [device 1001 object 0x1c12:0] failure(100728834)")
    let code = UInt64(4) | EtherCAT.Mailbox.isMailbox | 3 << 24 | 0x33 << 32 | 0x1c12 << 40
    #expect(
      EtherCAT.describe(operation: code, layer: 0)
        == OperationDescription(
          code: "0x04", name: "configured address read: CoE object write", kind: .configure))
  }

  /// Sections 5.8 and 5.9: a file is refused, a parameter of the second drive is.
  @Test func filesAndParametersAreRefused() {
    let lines = told([
      frame("05", mailbox: "0d00 0000 00 14 | 01 00 00000000 'log.txt'", isBack: false),
      frame("04", mailbox: "0f00 0000 00 24 | 05 00 02800000 'no access'", isBack: true),
      frame("04", mailbox: "0600 0000 00 35 | 34 40 0180 0470", isBack: true),
    ])
    #expect(
      lines == [
        "ethercat file to client \"log.txt\"", "ethercat request 0x05 [log.txt]",
        "ethercat response 0x04 failure(32770)",
        "ethercat response 0x04 [device 1001 drive 1 P-0-1] failure(28676)",
      ])
  }

  /// Section 5.7: a device's address is set; a MAC address stands in front of it.
  @Test func anAddressIsSet() {
    let lines = told([
      frame(
        "05", mailbox: "1200 0000 00 12 | 02 01 0000 | 03000000 000102030405 010aa8c0", isBack: false),
      frame("04", mailbox: "0400 0000 00 22 | 03 01 0000", isBack: true),
      frame("04", mailbox: "0400 0000 00 30 | 0100 0200", isBack: true),
    ])
    #expect(
      lines == [
        "ethercat request 0x05 [192.168.10.1]", "ethercat response 0x04 success", "ethercat response 0x04 failure(2)",
      ])
  }
}

extension String {
  /// Two octets, the lower one first: a length, with the type of a frame in the upper four bits.
  fileprivate init(format length: Int, type: Int = 0) {
    let value = length | type << 12
    let digits = String(value, radix: 16)
    let padded = String(repeating: "0", count: 4 - digits.count) + digits
    self = String(padded.suffix(2) + padded.prefix(2))
  }
}
