import OTCore
import Testing

@testable import OTProtocols

/// Forms of fields that automation stacks may send and few do: rare groups, empty parameters, lengths that do not fit.
@Suite struct AutomationFieldFormsTests {
  private func s7(_ messages: [Message]) -> [String] { transcript(S7CommDissector.self, messages) }

  /// Type in the upper four bits (0 pushed, 4 asked, 8 answered; 3, 7 and 11 the same of a numerical control), group in
  /// the lower four.
  @Test func userDataOfANumericalControlHasGroupsOfFourBits() {
    #expect(
      s7([
        .request("32 07 0000 0001 0008 0004 | 000112 04 11 7f 01 00 | 0a 00 0000 # asked: download", isStream: false),
        .response(
          "32 07 0000 0001 000c 0004 | 000112 08 12 bf 01 01 00 00 0000 | ff 09 0000 # answered", isStream: false),
        .response("32 07 0000 0002 0008 0004 | 000112 04 12 3f 08 00 | ff 09 0000 # pushed: upload", isStream: false),
      ]) == ["s7comm request ud.15.1", "s7comm response ud.15.1 success", "s7comm response ud.15.8 success"])
    let download = S7CommDissector.describe(operation: S7CommDissector.OperationCode.userData(15, 1), layer: 0)
    #expect(download.kind == .program)
    // Group 5 of a numerical control is not a password.
    #expect(
      s7([.request("32 07 0000 0001 0008 0004 | 000112 04 11 75 01 00 | 0a 00 0000", isStream: false)])
        == ["s7comm request ud.5.1"])
  }

  /// ADE remoting: a client that binds more services than are remembered still stops the controller with the last one.
  @Test func theNewestServiceOfManyIsKnown() {
    func bind(_ service: String, _ object: UInt8) -> [Message] {
      let name = Array("Ade.Remoting.Services.I\(service)Service".utf8) + [0]
      let head = bytes("0100 0000 0000") + [UInt8(name.count)] + bytes("00 0000 0000 0000 0000")
      return [
        Message(bytes: head + name, fromClient: true),
        Message(bytes: bytes("0100 0100 0000 0000") + [object] + bytes("00 0000 0000 fbff"), fromClient: false),
      ]
    }
    let many = (1...40).flatMap { bind("DataAccess", $0) } + bind("ProConOSControl", 41)
    let lines = transcript(ADERemoting.self, many + [.request("0100 0200 0000 0000 2900 0700 0000 0000")])
    #expect(lines.last == "ade_remoting request 1.7")
  }

  /// A controller that changes its mode says so under another head; the new mode stands where a sub-function would.
  @Test func aChangeOfModeIsOneOperationWhateverTheMode() {
    #expect(
      s7([
        .response("32 07 0000 0000 0008 0000 | 010010 10 00 00 00 00 # STOP", isStream: false),
        .response("32 07 0000 0000 0008 0000 | 000112 04 11 00 02 00 # RUN, usual head", isStream: false),
      ]) == [
        "s7comm response ud.0.0 success", "s7comm property mode \"STOP\"", "s7comm response ud.0.0 success",
        "s7comm property mode \"RUN\"",
      ])
    // Another head alone is no change of mode.
    #expect(
      s7([
        .request("32 07 0000 0001 0008 0008 | 010112 04 11 44 01 00 | ff 09 0004 0011 0000", isStream: false)
      ]) == ["s7comm request ud.4.1 [SZL 0x0011 index 0x0000]"])
  }

  @Test func aMessageWithoutParametersIsToldByItsKind() {
    #expect(
      s7([
        .request("32 01 0000 0007 000e 0000 | 04 01 12 0a 10 02 0001 0001 84 000000 # read DB1.DBB0", isStream: false),
        .response("32 03 0000 0007 0000 0000 85 00 # refused: error class and code alone", isStream: false),
        .response("32 02 0000 0007 0000 0000 00 00 # acknowledged", isStream: false),
        .request("32 01 0000 0008 0000 0000", isStream: false),
        .response("32 07 0000 0009 0000 0000", isStream: false),
      ]) == [
        "s7comm request 4 [DB1.DBB0]", "s7comm response rosctr3 [DB1.DBB0] failure(34048)",
        "s7comm response rosctr2 [DB1.DBB0] success", "s7comm request rosctr1", "s7comm response rosctr7",
      ])
    // Parameters that the capture cut off are not absent: the reference tells what is answered.
    #expect(
      s7([
        .request("32 01 0000 0007 0001 0000 | 1f", isStream: false),
        .response("32 03 0000 0007 0001 0000 00 00", isStream: false),
      ]) == ["s7comm request 31", "s7comm response 31 success"])
  }

  @Test func furtherPartsOfAModuleAreItsIdentity() {
    #expect(
      s7([
        .response(
          """
          32 07 0000 0001 000c 0044 | 000112 08 12 84 01 01 00 00 0000 | ff 09 0040
          0011 0000 001c 0002 # SZL 0x0011: two records of 28 octets
          0003 '6ES7 361-3CA01-0AA0 ' 0000 0001 0000
          0082 'Loader of a part    ' 0000 0001 0000 # no order number
          """, isStream: false),
        .response(
          """
          32 07 0000 0002 000c 002e | 000112 08 12 84 01 01 00 00 0000 | ff 09 002a
          001c 0000 0022 0001 # SZL 0x001c: one record of 34 octets
          000a 'Quay Cranes GmbH' 00000000 00000000 00000000 00000000 # copyright of a machine's builder
          """, isStream: false),
      ]) == [
        "s7comm response ud.4.1 [SZL 0x0011 index 0x0000] success",
        "s7comm sender order_number \"6ES7 361-3CA01-0AA0\"",
        "s7comm response ud.4.1 [SZL 0x001c index 0x0000] success", "s7comm sender copyright \"Quay Cranes GmbH\"",
      ])
  }

  /// IEC 61158-6-10 section 4.3: the length of the blocks is what some tools get wrong.
  @Test func discoveryThatAnnouncesMoreThanItSendsIsRead() {
    #expect(
      transcript(
        ProfinetDCP.self,
        [
          .response(
            "feff 05 01 00000001 0000 00ff | 0202 0007 0000 'crane' 00 | 0203 0006 0000 002a # device missing",
            isStream: false)
        ]) == ["pn_dcp sender station_name \"crane\"", "pn_dcp response identify.rsp success"])
  }

  /// 03_08_02 section 2.5: the upper octet of a service is its family.
  @Test func aServiceOfAKnownFamilyIsKNXOnItsPort() {
    #expect(
      transcript(KNXnetIP.self, [.request("0610 0600 000a 04010000 # remote logging", isStream: false)])
        == ["knxip request 0x0600"])
    #expect(
      transcript(KNXnetIP.self, [.request("0610 0b00 0006", isStream: false)]) == ["notThisProtocol at 0"])
    // Elsewhere only services that have a meaning.
    let elsewhere = FramingHint(isStream: false, isClaimed: false, senderIsClient: true)
    #expect(KNXnetIP.frame(bytes("0610 0600 000a 04010000").span, elsewhere) == .notThisProtocol)
  }

  /// OPC 10000-6 sections 5.2.2.16 and 5.2.2.17: the build of a server behind other values, arrays of variants among them.
  @Test func theBuildOfAServerIsFoundBehindOtherValues() {
    let header = "0000000000000000 07000000 00000000 00 00000000 000000 # response header"
    let before = String(repeating: "01 06 2a000000\n", count: 9)
    var answer = bytes(
      """
      'MSGF' 00000000 01000000 01000000 02000000 02000000 0100 7a02 \(header)
      0d000000 # thirteen values: nine numbers first
      \(before)
      01 98 02000000 | 06 01000000 | 0c 01000000 'a' # two variants
      01 97 01000000 | 03 06 01000000 00000000 # a data value: variant and status
      01 99 01000000 | 01 05000000 # diagnostic information
      01 16 0100 5401 01 26000000 # BuildInfo
      05000000 'urn:p' 02000000 'Qy' 02000000 'Cr' 01000000 '2' 01000000 '7' 0000000000000000
      00000000
      """)
    answer[4] = UInt8(answer.count)
    #expect(
      transcript(OPCUADissector.self, [Message(bytes: answer, fromClient: false)])
        == [
          "opcua sender other \"urn:p\"", "opcua sender vendor \"Qy\"", "opcua sender product_name \"Cr\"",
          "opcua sender software_version \"2\"", "opcua response 634 success",
        ])
  }

  /// OPC 10000-4 section 7.40.4: who logs in stands in front of the password.
  @Test func aUserIsToldThoughThePasswordIsDamaged() {
    var login = bytes(
      """
      'MSGF' 00000000 01000000 01000000 02000000 02000000 0100 d301
      0000 0000000000000000 07000000 00000000 ffffffff 00000000 000000 # request header
      ffffffff ffffffff 00000000 00000000 # no signature, certificates and locales
      0100 4401 01 18000000 | 01000000 'p' 03000000 'ops' ff000000 'secret' 0000 # length of the password: 255
      ffffffff ffffffff
      """)
    login[4] = UInt8(login.count)
    #expect(
      transcript(OPCUADissector.self, [Message(bytes: login, fromClient: true)])
        == [
          "opcua property authentication \"user name\"", "opcua sender user_name \"ops\"", "opcua request 467",
          "anomaly password truncated at 16",
        ])
  }
}
