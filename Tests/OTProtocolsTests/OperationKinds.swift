import OTCore
import Testing

@testable import OTProtocols

/// Rules speak of kinds: what commands a device must not look like what asks it.
@Suite struct OperationKinds {
  struct Case: Sendable, CustomTestStringConvertible {
    var id: String
    var request: String
    var name: String
    var kind: OperationKind
    var testDescription: String { name }
  }

  @Test(arguments: [
    Case(id: "bacnet", request: "810a0009 0104 0000010c", name: "readProperty", kind: .read),
    Case(id: "bacnet", request: "810a0009 0104 0000010f", name: "writeProperty", kind: .write),
    Case(id: "bacnet", request: "810a0009 0104 00000111", name: "deviceCommunicationControl", kind: .control),
    Case(id: "bacnet", request: "810a0009 0104 00000114", name: "reinitializeDevice", kind: .control),
    Case(id: "bacnet", request: "810a0009 0104 00000107", name: "atomicWriteFile", kind: .program),
    Case(id: "bacnet", request: "810b0008 0100 1006", name: "timeSynchronization", kind: .time),
    Case(id: "bacnet", request: "810b0008 0100 1008", name: "who-Is", kind: .discover),
    Case(
      id: "bacnet", request: "81010004", name: "write broadcast distribution table", kind: .configure),
    Case(id: "pn_dcp", request: "fefe 0500 00000001 0001 0004 ffff 0000", name: "identify", kind: .discover),
    Case(
      id: "pn_dcp", request: "fefd 0400 00000001 0000 0008 0202 0003 0001 41 00", name: "set station name",
      kind: .configure),
    Case(
      id: "pn_dcp", request: "fefd 0400 00000001 0000 0012 0102 000e 0000 c0a8000a ffffff00 00000000",
      name: "set IP address", kind: .configure),
    Case(
      id: "pn_dcp", request: "fefd 0400 00000001 0000 0006 0506 0002 0004", name: "reset to factory", kind: .control),
    Case(id: "pn_dcp", request: "fefd 0400 00000001 0000 0008 0503 0004 0000 0100", name: "flash LED", kind: .diagnose),
    Case(id: "pn_rt", request: "8001 0000", name: "cyclic data", kind: .report),
    Case(
      id: "snmp", request: "301a 020100 0403 616263 a310 020101 020100 020100 3005 3003 06012b", name: "set",
      kind: .write),
    Case(
      id: "codesys_v3",
      request: "c50b4040 00110014 00100000 01810100 01000000 00000000 10000000 00000000 55cd 1000 0200 1100",
      name: "application: stop", kind: .control),
    // Group 9 has reads and writes (6), group 1b monitoring; both write.
    Case(
      id: "codesys_v3",
      request: "c50b4040 00110014 00100000 01810100 01000000 00000000 10000000 00000000 55cd 1000 0900 0600",
      name: "variables: write", kind: .write),
    Case(
      id: "codesys_v3",
      request: "c50b4040 00110014 00100000 01810100 01000000 00000000 10000000 00000000 55cd 1000 1b00 0200",
      name: "monitoring: write", kind: .write),
    Case(
      id: "codesys_v3",
      request: "c50b4040 00110014 00100000 01810100 01000000 00000000 10000000 00000000 55cd 1000 0800 0300",
      name: "files: download", kind: .program),
    Case(
      id: "tristation", request: "05000800 0001 0101 00000000 abcd", name: "start download of a change", kind: .program),
    Case(
      id: "hart_ip", request: "01000300 00010011 82 2695eb27b8 2a 00 00", name: "perform device reset", kind: .control),
    Case(
      id: "knxip", request: "0610 0420 0015 04010000 1100bce0 0000 0901 01 0081", name: "group value write",
      kind: .write),
    Case(id: "genisys", request: "fc 01 00 f6", name: "control data", kind: .control),
    Case(id: "roc_plus", request: "0102 0304 b5 00 0000", name: "write parameters", kind: .write),
    Case(
      id: "bsap_ip", request: "0e00 0100 0600 00000000 00000000 10000000 0c00000000 a0 00 84 03",
      name: "write signal by name", kind: .write),
    Case(
      id: "ethercat", request: "0e10 08 02 0000 2001 0200 0000 1100 0000",
      name: "broadcast write of device state", kind: .control),
    Case(
      id: "ethercat",
      request: "2610 | 05 05 e903 0010 1a00 0000 | 1200 0000 00 24 | 02 00 00000000 'firmware.efw' 0000 | 0000",
      name: "configured address write: FoE write file", kind: .firmware),
    Case(
      id: "ethercat", request: "1c10 | 05 04 e903 0010 1000 0000 | 0a00 0000 00 13 | 0020 2f 1010 01 73617665 | 0000",
      name: "configured address write: CoE object write", kind: .configure),
    // An answer of six octets, without the four of value: as devices of the capture of 2007 send it.
    Case(
      id: "ethercat", request: "1810 | 05 07 e903 8010 0c00 0000 | 0600 0000 00 13 | 0030 60 121c 00 | 0100",
      name: "configured address write: CoE object write", kind: .configure),
    Case(
      id: "ethercat", request: "1410 | 05 06 e903 0205 0800 0000 | 0102 00000000 adde | 0000",
      name: "configured address write of device memory", kind: .configure),
    Case(
      id: "ads",
      request: "0000 30000000 | 0a0000140101 5303 | 0a00000a0101 0080 | 0900 0400 10000000 00000000 01000000 | "
        + "81f00000 01000000 04000000 10000000", name: "read write: write of several", kind: .write),
    Case(
      id: "ads",
      request: "0000 30000000 | 0a0000140101 1027 | 0a00000a0101 0080 | 0900 0400 10000000 00000000 01000000 | "
        + "7b000000 01000000 04000000 10000000", name: "system service: write file", kind: .program),
    Case(id: "fins", request: "80000200010000fb001b 0402", name: "stop", kind: .control),
    Case(id: "fins", request: "80000200010000fb001b 0307", name: "program area write", kind: .program),
    Case(id: "slmp", request: "5000 00 ff ff03 00 0800 1000 | 0110 0000 0100", name: "remote run", kind: .control),
    Case(
      id: "s7comm_plus",
      request: "72 02 001a | 31 0000 04f2 0000 0009 00000392 34 00000034 01 9077 0008 03 0000",
      name: "start controller", kind: .control),
    Case(
      id: "s7comm_plus", request: "72 02 0012 | 31 0000 04ca 0000 0009 00000392 34 8a0e0001", name: "create object",
      kind: .program),
    Case(
      id: "s7comm_plus",
      request: "72 02 002a | 31 0000 04ca 0000 0009 00000392 34 00000393 00 04 00 00000000 0000 04 "
        + "| a1 7fffc003 8769 00 00 | a2 00000000", name: "create object: subscription", kind: .session),
    Case(id: "s7comm_plus", request: "17 0303 0004 8a1c5d77", name: "encrypted data", kind: .session),
    Case(
      id: "s7comm", request: "32 01 0000 0005 0016 0000 | 28 000000000000fd 0002 'C ' 09 'P_PROGRAM'",
      name: "program invocation: cold restart", kind: .control),
    Case(
      id: "s7comm", request: "32 01 0000 0005 0011 0000 | 28 000000000000fd 0000 05 '_MODU'",
      name: "program invocation: copy ram to rom", kind: .program),
    Case(
      id: "s7comm", request: "32 07 0000 0010 0008 0004 | 000112 04 11 44 0b 00 | ff 09 0000",
      name: "acknowledge alarm", kind: .write),
    Case(
      id: "umas",
      request:
        """
        0003 0000 002a 00 | 5a 01 38 01 0000000000000000000000000000000000000000000000000000000000000000
        5a 01 40 ff00
        """,
      name: "signed: start controller", kind: .control),
    Case(id: "umas", request: "0003 0000 0005 00 | 5a 00 29 00", name: "write physical address", kind: .program),
    // What is read from the controller is no download.
    Case(
      id: "umas", request: "0003 0000 0005 00 | 5a 01 33 00", name: "begin program upload from controller",
      kind: .program),
    Case(
      id: "ge_srtp",
      request: """
        02 00 be00 0000 0000 | 0001000000000000 0001000000000000 0000000000 00 b8 c0
        00000000 100e0000 0101 | 3f 08 6300 0200 000000ffff00ffff
        """, name: "upload program", kind: .program),
    Case(id: "proconos", request: "cc01 00 04 40 0e 0000 1821", name: "cold start controller", kind: .control),
    Case(id: "moxa", request: "29 00 0014 00000000 000000000000000000000000", name: "read password", kind: .read),
    Case(
      id: "codesys_v3",
      request: "c50b4040 00110014 00100000 01810100 01000000 00000000 10000000 00000000 55cd 1000 1300 0100",
      name: "force variables: service 1", kind: .control),
    Case(
      id: "codesys_v3",
      request: "c50b4040 00110014 00100000 01810100 01000000 00000000 28000000 00000000 55cd 1000 1100 0100 00000000 "
        + "14000000 00000000 11 84 80 00 78563412 10 0a 'stopprg' 000000",
      name: "controller shell: stop program", kind: .control),
    Case(
      id: "cip",
      request: "6f00 1600 01000000 00000000 0000000000000001 00000000 | 00000000 0000 0200 | 0000 0000 | "
        + "b200 0600 4b 02 20a12401", name: "firmware update service 0x4b", kind: .firmware),
    Case(
      id: "cip",
      request: "6f00 1600 01000000 00000000 0000000000000001 00000000 | 00000000 0000 0200 | 0000 0000 | "
        + "b200 0600 4c 02 206c2401", name: "read template", kind: .discover),
    Case(
      id: "cip",
      request: "6f00 1600 01000000 00000000 0000000000000001 00000000 | 00000000 0000 0200 | 0000 0000 | "
        + "b200 0600 4b 02 205d2401", name: "begin security configuration", kind: .configure),
    Case(
      id: "cip",
      request: "6f00 1600 01000000 00000000 0000000000000001 00000000 | 00000000 0000 0200 | 0000 0000 | "
        + "b200 0600 54 02 20392401", name: "safety: reset", kind: .control),
    Case(
      id: "cip",
      request: "6f00 1600 01000000 00000000 0000000000000001 00000000 | 00000000 0000 0200 | 0000 0000 | "
        + "b200 0600 10 02 20f52401", name: "set attribute single", kind: .configure),
    Case(
      id: "ge_srtp",
      request:
        """
        02 00 bf00 0000 0000 | 0001000000000000 0001000000000000 0000000000 00 b9 c0
        00000000 100e0000 0101 | 23 01 0000 0000 000000ffff00ffff
        """,
      name: "set run or stop", kind: .control),
    Case(
      id: "mms",
      request:
        "01000100 61 22 30 20 020103 a0 1b | a0 19 020104 a5 14 a012 3010 a00e a10c 1a01 'D' 1a07 'Q0$CO$P'",
      name: "write: operate control", kind: .control),
    Case(
      id: "dnp3",
      request: "0564 1a c4 0a00 0100 8a1c | c0 | c1 05 | 0c01 28 0100 | 0300 03 01 6400 0000 f3b9 | 6400 0000 00 005b",
      name: "direct operate: latch on", kind: .control),
    Case(
      id: "iec104", request: "68 13 0000 0000 | 78 01 0d 00 0100 | 010000 0100 100000 80",
      name: "file ready, download", kind: .program),
    Case(
      id: "knxip", request: "0610 0420 0014 04010000 1100b060 0000 1101 01 0380", name: "restart", kind: .control),
    Case(
      id: "knxip", request: "0610 0420 0018 04010000 1100b060 0000 1101 05 03d7 0b011001 ff",
      name: "property value write", kind: .configure),
    Case(
      id: "sick_cola", request: "02 'sMN SetAccessMode 03 F4724744' 03", name: "method by name: login",
      kind: .authenticate),
    Case(
      id: "sick_cola", request: "02 'sMN mEEwriteall' 03", name: "method by name: settings", kind: .configure),
    Case(id: "sick_cola", request: "02 'sMN mSCreboot' 03", name: "method by name", kind: .control),
    Case(
      id: "knxip", request: "0610 0310 000b 04020000 f1", name: "interface reset", kind: .control),
    Case(
      id: "knxip", request: "0610 0420 0018 04010000 1100b060 0000 1101 05 02c2 0b011001 ff",
      name: "user memory write", kind: .program),
    Case(
      id: "tristation", request: "05000800 0001 1e01 00000000 abcd", name: "set retentive values", kind: .write),
    Case(
      id: "nmea0183", request: "'$IIACK,001*54' 0d0a", name: "IIACK: alarm acknowledgement", kind: .control),
    Case(
      id: "pn_io_cm",
      request: "04002000 00000000 00000000000000000000000000000000 dea000016c9711d1827100a02442df7d"
        + "00000000000000000000000000000000 00000000 00000001 00000000 0004 ffff ffff 0034 0000 0000"
        + "00001000 00000020 00001000 00000000 00000020 0112 0004 0100 0000",
      name: "control: application ready", kind: .session),
    Case(
      id: "dlms", request: "0001 0010 0001 000f c3 01 82 0046 000060030aff 01 01 0f00", name: "remote disconnect",
      kind: .control),
    Case(
      id: "dlms", request: "0001 0010 0001 000f c3 01 82 0012 00002c0000ff 01 01 0f00", name: "image transfer",
      kind: .firmware),
    Case(
      id: "dlms", request: "0001 0010 0001 001b c1 01 83 0008 0000010000ff 02 00 0900", name: "set clock", kind: .time),
    Case(id: "suitelink", request: "0900 0b08 07000000 0100 a5", name: "write item", kind: .write),
    Case(
      id: "mms", request: "01000100 61 15 30 13 020103 a0 0e | a0 0c 020104 a5 07 a105 a103 800141", name: "write",
      kind: .write),
  ])
  func aRequestIsOfItsKind(_ sample: Case) throws {
    let type = try #require(
      ProtocolRegistry.dissectors.first { $0.protocols.contains { $0.id == sample.id } })
    #expect(described(type, sample) == [sample.name + ": " + sample.kind.name])
  }

  /// PCCC, 1770-6.5.16 chapter 6: an answer has command, status and number, but no function.
  @Test func anAnswerWithoutItsFunctionIsNoWrite() {
    var dissector = EtherNetIPDissector()
    var out = ObservationBuffer()
    for message in [
      "6f00 2200 01000000 00000000 0000000000000001 00000000 | 00000000 0000 0200 | 0000 0000 | b200 1200 "
        + "4b 02 20672401 | 07 4d00 01000000 | 0f 00 0100 a2",
      "6f00 2300 01000000 00000000 0000000000000001 00000000 | 00000000 0000 0200 | 0000 0000 | b200 1300 "
        + "cb 00 00 00 | 07 4d00 01000000 | 4f 00 0100 0102 0304",
    ] {
      let bytes = bytes(message)
      var cursor = ByteCursor(bytes.span)
      try? dissector.dissect(&cursor, PDUContext(sender: .ipv4(1), receiver: .ipv4(2)), into: &out)
    }
    let names = out.observations.compactMap { observation in
      if case .operation(let operation) = observation, EtherNetIPDissector.protocols[Int(operation.layer)].id == "cip" {
        EtherNetIPDissector.describe(operation: operation.code, layer: Int(operation.layer)).name
      } else {
        nil
      }
    }
    #expect(names == ["pccc protected typed logical read, three address fields", "pccc answer"])
  }

  private func described<D: Dissector>(_ type: D.Type, _ sample: Case) -> [String] {
    let bytes = bytes(sample.request)
    var dissector = D()
    var out = ObservationBuffer()
    var cursor = ByteCursor(bytes.span)
    // The parameters are left out: the operation is recorded all the same.
    try? dissector.dissect(&cursor, PDUContext(sender: .ipv4(1), receiver: .ipv4(2)), into: &out)
    return out.observations.compactMap { observation in
      guard case .operation(let operation) = observation, D.protocols[Int(operation.layer)].id == sample.id else {
        return nil
      }
      let said = D.describe(operation: operation.code, layer: Int(operation.layer))
      return said.name + ": " + said.kind.name
    }
  }
}
