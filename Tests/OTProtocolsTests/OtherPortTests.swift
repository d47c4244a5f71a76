import OTCore
import Testing

@testable import OTProtocols

/// What is taken for a protocol where no port speaks for it, and what looks a little like it.
@Suite struct OtherPortTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var id: String?
    var bytes: String
    var isStream = true
    /// Bytes behind these that the capture cut off.
    var missing = 0
    var claimed: UInt16 = 40001
  }

  static let cases: [Case] = [
    // Messaging on TCP/IP V1.0b section 3.1.3, application protocol V1.1b3 sections 6.3 and 6.12.
    Case(
      testDescription: "Modbus: read of ten holding registers", id: "modbus", bytes: "0001 0000 0006 01 03 006b 000a"),
    Case(
      testDescription: "Modbus: answer with two registers", id: "modbus", bytes: "0001 0000 0007 01 03 04 022b 0000"),
    Case(
      testDescription: "Modbus: two registers written", id: "modbus",
      bytes: "0002 0000 000b 01 10 0001 0002 04 000a 0102"),
    Case(
      testDescription: "no Modbus: more registers than a read can have", id: nil,
      bytes: "0001 0000 0006 01 03 006b 0200"),
    Case(
      testDescription: "no Modbus: a byte count of another length", id: nil, bytes: "0001 0000 0007 01 03 03 022b 0000"),
    Case(
      testDescription: "no Modbus: in a datagram little numbers are met too often", id: nil,
      bytes: "0001 0000 0006 01 03 006b 000a", isStream: false),
    // X.224 data behind TPKT, then X.225 give tokens and data transfer (8.3.16, 8.3.11), user data of X.226.
    Case(
      testDescription: "MMS: data transfer in front of a presentation data unit", id: "cotp",
      bytes:
        "03 00 0022 | 02 f0 80 | 01 00 01 00 | 61 15 30 13 02 01 03 a0 0e a0 0c 02 01 01 a4 07 a1 05 a0 03 80 01 61"),
    Case(
      testDescription: "no MMS: RDP's data travels in the same header", id: nil,
      bytes: "03 00 000c | 02 f0 80 | 04 01 00 01 00"),
    // IEEE Std 1703 section 5.3.4: called title, calling title, invocation, user information.
    Case(
      testDescription: "C12.22: both titles and user information", id: "c1222",
      bytes: """
        60 30 | a2 11 06 0f 2b060104018285638e7f85f1c24e00 | a6 0a 06 08 2b06010401828563 | a8 06 02 04 13e81421 \
        | be 07 28 05 81 03 80 01 20
        """),
    Case(
      testDescription: "no C12.22: an association of DLMS (IEC 62056-5-3 section 11.1) has a system title", id: nil,
      bytes: "60 1e | a1 09 06 07 60857405080101 | a6 0a 04 08 4d4d4d0000bc614e | be 05 28 03 80 01 20"),
    Case(
      testDescription: "GE SRTP: the same of a module in slot 2", id: "ge_srtp",
      bytes: """
        02 00 da00 0000 00000001 00000000 00000001 00000000 00000000 00000000 d4 c0 00000000 200e0000 01 01 \
        04 08 a117 0400 000000 ffff 00 ffff
        """),
    // Length twice, direction, CRC-16.
    Case(
      testDescription: "TriStation: a controller refuses", id: "tristation",
      bytes: "05000a00 0100d403 0000 ec00 0a00 4147", isStream: false),
    Case(
      testDescription: "no TriStation: a checksum of other octets", id: nil,
      bytes: "05000a00 0100d403 0000 ec00 0a00 4148", isStream: false),
    Case(testDescription: "ProConOS: a controller is stopped", id: "proconos", bytes: "cc01 00 01 40 0e 0000 4c07"),
    Case(testDescription: "no ProConOS: a checksum of other octets", id: nil, bytes: "cc01 00 01 40 0e 0000 4c08"),
    // Header of 56 octets: kind 2, number, length 0, one in octets 9 and 17, mailbox 0e10, packet 1 of 1, service 4.
    Case(
      testDescription: "GE SRTP: a read of system memory", id: "ge_srtp",
      bytes: """
        02 00 da00 0000 00000001 00000000 00000001 00000000 00000000 00000000 d4 c0 00000000 100e0000 01 01 \
        04 08 a117 0400 000000 ffff 00 ffff
        """),
    Case(
      testDescription: "no GE SRTP: zeros but for the kind", id: nil,
      bytes: "02 00 da00 0000" + String(repeating: " 00", count: 50)),
    // IEC 60870-5-104 section 5.1 and IEC 60870-5-101 section 7.3.1.11: a short floating point number with quality.
    Case(
      testDescription: "IEC 104: a spontaneous value", id: "iec104",
      bytes: "68 12 0000 0000 | 0d 01 03 00 0100 | 010000 0000803f 00"),
    Case(
      testDescription: "no IEC 104: an activation of a measured value", id: nil,
      bytes: "68 12 0000 0000 | 0d 01 06 00 0100 | 010000 0000803f 00"),
    Case(
      testDescription: "no IEC 104: more octets than the objects have", id: nil,
      bytes: "68 14 0000 0000 | 0d 01 03 00 0100 | 010000 0000803f 00 0000"),
    // Two octets of an S7comm header, as any enciphered segment may begin.
    Case(
      testDescription: "no S7comm: without the transport it travels in", id: nil,
      bytes: "32 01 47 75 4b30 ac63 5d6f a459 e0cc6734b0c551ec"),
    // SPEC-149 section 4.2: category 48, FSPEC c4 (source, time of day, flight level), next record of another source.
    Case(
      testDescription: "no ASTERIX: records of two sources in one block", id: nil,
      bytes: "30 0016 | c4 53e2 6259cc 275c | c4 18d1 32f24d 2f41 | 80 0000"),
    Case(
      testDescription: "ASTERIX: two records of one source", id: "asterix",
      bytes: "30 0013 | c4 1914 3a692b 0528 | c4 1914 3a692c 0528", isStream: false),
    // Emerson D4052; the request's own number is that of the datagram, and its length the rest.
    Case(
      testDescription: "BSAP: a read of one signal", id: "bsap_ip",
      bytes: "0e00 0100 0600 834b0000 744b0000 | 0f000000 0c 834b0000 a0 00 04 03 0000", isStream: false),
    Case(
      testDescription: "no BSAP: another number", id: nil,
      bytes: "0e00 0100 0600 834b0000 744b0000 | 0f000000 0c 844b0000 a0 00 04 03 0000", isStream: false),
    Case(
      testDescription: "BSAP: a frame of a serial line", id: "bsap_serial",
      bytes: "1002 01 08 a0 1108 03 00 80 02000001 2034 12 01 1003 f97f", isStream: false),
    Case(
      testDescription: "no BSAP: a wrong checksum", id: nil,
      bytes: "1002 01 08 a0 1108 03 00 80 02000001 2034 12 01 1003 f97e", isStream: false),
    // Omron W342 section 5-3-2: ten words of DM from 100 on; with another length than its command has it is none.
    Case(
      testDescription: "FINS: a read of memory", id: "fins", bytes: "800002 000100 000200 05 0101 82 0064 00 000a",
      isStream: false),
    Case(
      testDescription: "no FINS: a read of memory with more behind it", id: nil,
      bytes: "800002 000100 000200 05 0101 82 0064 00 000a 0000", isStream: false),
    Case(
      testDescription: "FINS: a write of two words", id: "fins",
      bytes: "800002 000100 000200 06 0102 82 0064 00 0002 0001 0002", isStream: false),
    // CIP Networks Library volume 2, section 3-5: connection and sequence, then 6 octets.
    Case(
      testDescription: "CIP I/O: two items as long as the datagram", id: "cipio",
      bytes: "0200 0280 0800 787b3a00 01000000 b100 0600 0100 00000000", isStream: false),
    Case(
      testDescription: "no CIP I/O: more behind the items", id: nil,
      bytes: "0200 0280 0800 787b3a00 01000000 b100 0600 0100 00000000 00", isStream: false),
    // MODBUS Application Protocol V1.1b3 sections 6.14, 6.8 and 6.18.
    Case(
      testDescription: "Modbus: a read of file records", id: "modbus",
      bytes: "0001 0000 000a 01 | 14 07 06 0004 0001 0002"),
    Case(testDescription: "Modbus: diagnostics", id: "modbus", bytes: "0001 0000 0006 01 | 08 0000 a537"),
    Case(
      testDescription: "Modbus: what is in a queue", id: "modbus", bytes: "0001 0000 000a 01 | 18 0006 0002 01b8 1284"),
    // RFC 9000 section 17.2: the fixed bit is not set.
    Case(
      testDescription: "no QUIC: small numbers around a one", id: nil,
      bytes: "80 00000001 00 00 00 04 01020304 00000000 00000000", isStream: false),
    // CIP Networks Library volume 2, section 2-4.3, of which the capture kept the header.
    Case(
      testDescription: "EtherNet/IP: the beginning of an identity", id: "enip",
      bytes: "6300 3300 00000000 00000000 0000000000000000 00000000 0100 0c00 2d00", isStream: false, missing: 45,
      claimed: 44818),
    // KNX, LonTalk and others say their own length; EN 14908-4 section 10.
    Case(
      testDescription: "LonTalk: the beginning of a packet", id: "lon",
      bytes: "0030 01 01 00 00 0000 00000001 00000001 00000000", isStream: false, missing: 28, claimed: 1628),
    Case(
      testDescription: "no LonTalk: a whole datagram is as long as it says", id: nil,
      bytes: "0030 01 01 00 00 0000 00000001 00000001 00000000", isStream: false, claimed: 1628),
  ]

  @Test(arguments: cases)
  func isTakenForWhatItIs(_ item: Case) {
    var engine = DissectionEngine()
    var out = ObservationBuffer()
    let channel = engine.open()
    var context = PDUContext(
      sender: .ipv4(1), receiver: .ipv4(2), senderPort: 50001, receiverPort: item.claimed, isStream: item.isStream,
      missingBytes: item.missing)
    let octets = bytes(item.bytes)
    let place = DissectionEngine.Place(item.isStream ? .tcp : .udp, server: item.claimed, client: 50001)
    if item.isStream {
      engine.stream(channel, forward: true, octets.span, gap: 0, &context, place, into: &out)
    } else {
      engine.datagram(channel, octets.span, &context, place, into: &out)
    }
    let known = engine.protocolNumber(channel).map { engine.table.protocols[Int($0)].id }
    let dissectors = item.id.flatMap { id in engine.table.protocols.firstIndex { $0.id == id } }
    let base = dissectors.map { engine.table.protocols[Int(engine.table.layerBases[engine.table.owners[$0]])].id }
    #expect(known == base)
  }
}
