import Testing

@testable import OTProtocols

/// Who a host says it is in NetBIOS datagrams on LLC and IPX, in traps of SNMP and in more than one line of LLDP.
struct NetBIOSWithoutIPTests {
  /// [MS-CIFS] section 2.2.4.33.1: a transaction of seventeen words, data at 86; then [MS-BRWS] section 2.2.1.
  static let announcement = """
    ff 'SMB' 25 00000000 00 0000 0000 0000000000000000 0000 0000 0000 0000 0000
    11 0000 2900 0000 0000 00 00 0000 00000000 0000 0000 0000 2900 5600 03 00 0100 0100 0200
    3a00 '\\MAILSLOT\\BROWSE' 00
    01 00 80fc0a00 'HMI1' 000000000000000000000000 06 01 03900000 0f 01 55aa 'Crane 7' 0000
    """
  static let told = [
    "nbdgm sender hostname \"HMI1\"", "browser publish 0x01", "browser sender hostname \"HMI1\"",
    "browser sender software_version \"6.1\"", "browser sender description \"Crane 7\"",
  ]

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var type: String
    var header: String
  }

  static let cases = [
    Case(
      testDescription: "NetBIOS frames on LLC (SC30-3587): length 44, delimiter, datagram, destination, source",
      type: "0x10",
      header: "2c00 ffef 08 00 0000 0000 0000 'PLANT          ' 1e 'HMI1           ' 00"),
    Case(
      testDescription: "NetBIOS on IPX, raw IEEE 802.3: hops, type 4, both ends with socket 0x455; directed datagram",
      type: "0x10",
      header: """
        00 04 00000000 ffffffffffff 0455 00000000 0000000000aa 0455
        00 0b 'HMI1           ' 00 'PLANT          ' 1e
        """),
    Case(
      testDescription: "name management on IPX, EtherType 0x8137: type 20, socket 0x553; eight networks, send",
      type: "0x11",
      header: """
        ffff 0124 00 14 00000000 ffffffffffff 0553 00000000 0000000000aa 0553
        0000000000000000000000000000000000000000000000000000000000000000
        fc 02 0000 'PLANT          ' 00 'HMI1           ' 00
        """),
  ]

  @Test(arguments: cases)
  func announces(_ item: Case) {
    let message = Message.request(item.header + "\n" + Self.announcement, isStream: false)
    #expect(transcript(NetBIOSDatagram.self, [message]) == ["nbdgm publish \(item.type)"] + Self.told)
  }

  /// Wherever it is cut off, nothing traps, and the name is told whole or not at all.
  @Test(arguments: cases)
  func isCutOff(_ item: Case) {
    let whole = bytes(item.header + "\n" + Self.announcement)
    for count in 0..<whole.count {
      let message = Message(bytes: Array(whole[..<count]), fromClient: true, isStream: false)
      for line in transcript(NetBIOSDatagram.self, [message]) where line.hasPrefix("nbdgm sender") {
        #expect(line == Self.told[0])
      }
    }
  }

  /// IPX that carries something else: service advertising, socket 0x452.
  @Test func isNoDatagram() {
    let other = bytes("ffff 0060 00 04 00000000 ffffffffffff 0452 00000000 0000000000aa 0452 0002 0004 'SERVER'")
    let hint = FramingHint(isStream: false, isClaimed: true, senderIsClient: true)
    #expect(NetBIOSDatagram.frame(other.span, hint) == .notThisProtocol)
  }

  /// RFC 1157 section 4.1.6: enterprise, agent, link down, time; IF-MIB ifDescr.
  @Test func aTrapNamesAPort() {
    let trap = """
      30 41 02 01 00 04 06 'secr3t' a4 34
      06 06 2b0601040109 40 04 0a000002 02 01 02 02 01 00 43 01 07
      30 1b 30 19 06 0a 2b060102010202010203 04 0b 'Ethernet0/3'
      """
    #expect(
      transcript(SNMP.self, [.response(trap, isStream: false)]).contains("snmp sender port_name \"Ethernet0/3\""))
  }

  /// RFC 3414: what answers a user keeps an account for it; one that is asked too much (a report) may not.
  @Test func anAgentKnowsItsUser() {
    let header = "02 01 03 | 30 0d 02 01 01 02 02 05dc 04 01 00 02 01 03"
    let user = "04 17 30 15 04 02 8000 02 01 01 02 01 02 04 05 'pippo' 04 00 04 00"
    func answer(_ tag: String) -> Message {
      .response(
        "30 3e \(header) \(user) 30 11 04 00 04 00 \(tag) 0b 02 01 01 02 01 00 02 01 00 30 00", isStream: false)
    }
    let known = "snmp sender known_account \"pippo\""
    #expect(transcript(SNMP.self, [answer("a2")]).contains(known))
    #expect(!transcript(SNMP.self, [answer("a8")]).contains(known))
    // The user is told although the data are cut off.
    #expect(
      transcript(SNMP.self, [.request("30 3e \(header) \(user)", isStream: false)])
        .contains("snmp sender user_name \"pippo\""))
  }

  /// IEEE 802.1AB-2016 section 8.5.7.
  @Test func aDescriptionHasLines() {
    let frame = """
      02 07 04 0000000000aa | 04 03 07 'p1' | 06 02 0078
      0c 15 'Switch 5.2' 0d0a 'Made 2009' | 0000
      """
    let lines = transcript(LLDP.self, [.request(frame, isStream: false)])
    #expect(lines.contains("lldp sender description \"Switch 5.2\""))
    #expect(lines.contains("lldp sender description \"Made 2009\""))
  }
}
