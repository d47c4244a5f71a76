import OTCore
import Testing

@testable import OTProtocols

/// Where names and descriptions stand in forms that are seldom on a wire: given-up fields of DHCP, clients behind a relay,
/// descriptions of several lines.
struct NamingFormsTests {
  // MARK: DHCP

  /// RFC 2131 figure 1 with the client's address and the relay's, then the hardware address, server name, file name and
  /// the cookie.
  private static func dhcp(
    type: String = "01", client: String = "00000000", relay: String = "00000000", hardware: String = "0000000000aa",
    serverName: String = "", file: String = "", options: String
  ) -> Message {
    func field(_ text: String, _ length: Int) -> [UInt8] {
      let octets = bytes(text)
      return octets + [UInt8](repeating: 0, count: length - octets.count)
    }
    let head = bytes("01 \(type) 06 00 12345678 0000 0000 \(client) 00000000 00000000 \(relay)")
    return Message(
      bytes: head + field(hardware, 16) + field(serverName, 64) + field(file, 128) + bytes("63825363 \(options)"),
      fromClient: true, isStream: false, serverPort: 67)
  }

  private static let unaddressed = "dhcp address(00:00:00:00:00:aa)"

  /// RFC 2132 section 9.3: option 52 says that the file name (1), the server name (2) or both (3) hold options.
  @Test(
    arguments: [
      ("34 01 01", ["hostname \"crane\""]), ("34 01 02", ["description \"reefer\""]),
      ("34 01 03", ["hostname \"crane\"", "description \"reefer\""]), ("34 01 00", []), ("", []),
    ])
  func namesInFieldsGivenUp(_ overload: String, _ told: [String]) {
    let message = Self.dhcp(
      serverName: "3c 06 'reefer' ff", file: "0c 05 'crane' ff", options: "35 01 03 \(overload) ff")
    #expect(transcript(DHCP.self, [message]) == told.map { "\(Self.unaddressed) \($0)" } + ["dhcp request 3"])
  }

  /// The field's options end with the field, whether or not an end stands there.
  @Test func aFieldGivenUpMayLackItsEnd() {
    let message = Self.dhcp(file: "00 00 0c 05 'crane'", options: "35 01 01 34 01 03 ff")
    #expect(transcript(DHCP.self, [message]) == ["\(Self.unaddressed) hostname \"crane\"", "dhcp request 1"])
  }

  /// The harness sends from 10.0.0.1 with the hardware address 1: who asks from an address is named by it, whether or not
  /// the message repeats it, but a relay (RFC 1542 section 4.1.1) is not who it asks for.
  @Test(
    arguments: [
      ("00000000", "00000000", "000000000001", "dhcp sender"), ("0a000001", "00000000", "0000000000aa", "dhcp sender"),
      ("00000000", "0a000001", "0000000000aa", unaddressed), ("0a000063", "0a000001", "0000000000aa", unaddressed),
    ])
  func whoIsNamed(_ client: String, _ relay: String, _ hardware: String, _ subject: String) {
    let message = Self.dhcp(client: client, relay: relay, hardware: hardware, options: "35 01 08 0c 05 'crane' ff")
    #expect(transcript(DHCP.self, [message]).first == "\(subject) hostname \"crane\"")
  }

  /// IANA's hardware type 6, networks of IEEE 802: the address is one of six octets as well.
  @Test func hardwareOfAnyIEEE802Network() {
    let message = Self.dhcp(type: "06", options: "35 01 01 0c 05 'crane' ff")
    #expect(transcript(DHCP.self, [message]).first == "\(Self.unaddressed) hostname \"crane\"")
  }

  // MARK: descriptions of several lines

  /// RFC 1213 sysDescr (1.3.6.1.2.1.1.1.0) in an answer: a line feed, with or without a carriage return, ends a line.
  @Test func systemDescriptionByLines() {
    let value = "04 11 'V15.2' 0d0a 'Copyright' 0a"
    let message =
      "30 37 020101 04 06 'public' a2 2a 020105 020100 020100 301f 301d 0608 2b06010201010100 \(value)"
    let lines = transcript(SNMP.self, [.response(message, isStream: false, serverPort: 161)])
    #expect(
      lines.filter { $0.contains("description") } == [
        "snmp sender description \"V15.2\"", "snmp sender description \"Copyright\"",
      ])
  }

  /// The software version of CDP (type 5) where its lines end in a carriage return and a line feed.
  @Test func softwareVersionByLines() {
    let lines = transcript(
      CDP.self, [.request("02 b4 0000 | 0005 0015 'IOS 15' 0d0a 'Copyright'", isStream: false)])
    #expect(
      lines.filter { $0.contains("sender") } == [
        "cdp sender software_version \"IOS 15\"", "cdp sender copyright \"Copyright\"",
      ])
  }
}
