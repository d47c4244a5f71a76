import OTCore
import Testing

@testable import OTProtocols

/// Fieldbuses of Ethernet whose data units also come in datagrams, on ports that may be anybody's.
@Suite struct FieldbusOverUDPTests {
  private func framing<D: Dissector>(_ type: D.Type, _ notation: String, isEstablished: Bool = false) -> Framing {
    var hint = FramingHint(isStream: false, isClaimed: true, senderIsClient: true, isEstablished: isEstablished)
    hint.isUDP = true
    return D.frame(bytes(notation).span, hint)
  }

  // MARK: PROFINET, IEC 61158-6-10 section 4.7

  /// Twelve octets of data, cycle counter, status of the data (valid, primary, running, no problem), of the transfer (0).
  private let cyclic = "c000 80 00 80 80 00 00 00 00 00 00 00 00 | c6e0 35 00"
  /// Low-priority alarm: end points, version 1 and type 4 (error), flags, numbers, four octets: an abort.
  private let alarm = "fe01 8001 8001 | 14 01 ffff fffe 0004 | cf81 fd0f"

  @Test func cyclicDataAndAlarmsAreReadInDatagrams() {
    #expect(framing(ProfinetRealTime.self, cyclic) == .pdu(byteCount: 18))
    #expect(framing(ProfinetRealTime.self, alarm) == .pdu(byteCount: 18))
    #expect(
      transcript(
        ProfinetRealTime.self, [.request(cyclic, isStream: false), .response(alarm, isStream: false)]) == [
          "pn_rt publish 49152", "pn_rt publish 65025",
        ])
  }

  @Test(arguments: [
    // Reserved bits of the status, none at all, a transfer that failed, an end that is text.
    "c000 80 00 80 80 00 00 00 00 00 00 00 00 | c6e0 3d 00", "c000 80 00 80 80 00 00 00 00 00 00 00 00 | c6e0 35 01",
    "c000 80 00 80 80 00 00 00 00 00 00 00 00 | c6e0 00 00", "c000 80 00 80 80 00 00 00 00 00 00 00 00 'host'",
    // Less than the least data, and nothing.
    "c000 c6e0 35 00", "c000", "c0", "",
    // Frame ids of frames: cyclic data of the link, discovery, clocks.
    "8001 80 00 80 80 00 00 00 00 00 00 00 00 | c6e0 35 00", "fefe 05 00 00000001 0080 0004 ffff 0000",
    "ff40 0000 0000 0000 0000 0000 0000 0000 0000 0000",
    // An alarm of version 0, of type 5, with a length that is not its own.
    "fe01 8001 8001 | 04 01 ffff fffe 0004 | cf81 fd0f", "fe01 8001 8001 | 15 01 ffff fffe 0004 | cf81 fd0f",
    "fe01 8001 8001 | 14 01 ffff fffe 0005 | cf81 fd0f",
  ])
  func otherDatagramsAreNotOfPROFINET(notation: String) {
    #expect(framing(ProfinetRealTime.self, notation) == .notThisProtocol)
  }

  /// Where earlier ones were read, one whose end the capture cut off is, too.
  @Test func aCutDatagramIsReadBehindAWholeOne() {
    let cut = "c000 80 00 80 80 00 00 00 00 00 00 00 00 00 00 00 41"
    #expect(framing(ProfinetRealTime.self, cut) == .notThisProtocol)
    #expect(framing(ProfinetRealTime.self, cut, isEstablished: true) == .pdu(byteCount: 18))
  }

  // MARK: POWERLINK, EPSG DS 301 section 6.3.2

  /// An asynchronous send (6) of service 5: sequence layer (valid in both directions, two reserved octets); command layer:
  /// reserved, transaction, flags, command, length, reserved; what is read.
  private let asked = "06 11 f0 05 | 02 06 0000 | 00 01 00 02 0400 0000 | 0810 00 00"

  @Test func accessToObjectsIsReadInDatagrams() {
    #expect(framing(Powerlink.self, asked) == .pdu(byteCount: 20))
    // The nodes are left out, a connection is made, the managing node resets a node.
    for other in ["06 00 00 05 | 02 06 0000 | 00 01 00 02 0400 0000 | 0810 00 00", "06 11 f0 05 | 01 01 0000"] {
      #expect(framing(Powerlink.self, other) != .notThisProtocol)
    }
    #expect(framing(Powerlink.self, "06 11 f0 04 28 00") == .pdu(byteCount: 6))
  }

  @Test(arguments: [
    // Cyclic messages, version 1's bit, a service that is reserved, a node that commands without being the manager.
    "01 ff f0 00 0000", "03 11 f0 00 0000", "86 11 f0 05 | 02 06 0000", "06 11 f0 07 0000 0000", "06 11 22 04 28 00",
    // Reserved octets of the layers, a command that is none, flags that are none, a beginning.
    "06 11 f0 05 | 02 06 0001", "06 11 f0 05 | 02 06 0000 | 01 01 00 02 0400 0000 | 0810 00 00",
    "06 11 f0 05 | 02 06 0000 | 00 01 00 07 0400 0000 | 0810 00 00",
    "06 11 f0 05 | 02 06 0000 | 00 01 01 02 0400 0000 | 0810 00 00",
    "06 11 f0 05 | 02 06 0000 | 00 01 00 02 0400 0001 | 0810 00 00", "06 11 f0 05 | 02 06 0000 | 00 01", "06 11 f0",
    "06 11 f0 01 0000 0000",
  ])
  func otherDatagramsAreNotOfPOWERLINK(notation: String) {
    #expect(framing(Powerlink.self, notation) == .notThisProtocol)
  }

  // MARK: EtherCAT, IEC 61158-6-12 section 4.4; ETG.8200 section 4

  @Test func mailboxesAndVariablesAreReadInDatagrams() {
    #expect(framing(EtherCAT.self, "1050 | 0a00 e903 00 13 | 0020 40 0910 00 00000000") == .pdu(byteCount: 18))
    // One variable of two octets of a publisher; its number, hash, length, quality.
    #expect(
      framing(EtherCAT.self, "1640 | c0a80a010101 0100 0000 0000 | 0100 0000 0200 0000 | 3412") == .pdu(byteCount: 24))
  }

  @Test(arguments: [
    // A mailbox that is longer or shorter than its frame, of a kind that is none, with a counter of four bits.
    "1050 | 0b00 e903 00 13 | 0020 40 0910 00 00000000", "1050 | 0900 e903 00 13 | 0020 40 0910 00 00000000",
    "1050 | 0a00 e903 00 16 | 0020 40 0910 00 00000000", "1050 | 0a00 e903 00 93 | 0020 40 0910 00 00000000", "1050",
    // No variable, one that is longer than the frame, octets behind the last.
    "0c40 | c0a80a010101 0000 0000 0000", "1640 | c0a80a010101 0100 0000 0000 | 0100 0000 0300 0000 | 3412",
    "1640 | c0a80a010101 0100 0000 0000 | 0100 0000 0100 0000 | 3412",
  ])
  func otherDatagramsAreNotOfEtherCAT(notation: String) {
    #expect(framing(EtherCAT.self, notation) == .notThisProtocol || framing(EtherCAT.self, notation) == .needMore)
  }
}
