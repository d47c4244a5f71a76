import OTCore
import Testing

@testable import OTProtocols

/// One message of two hosts, client and server of their first conversation.
private struct Said: Sendable {
  var fromClient = true
  var from: UInt16
  var to: UInt16
  var isStream = false
  var bytes: [UInt8]
  /// Seconds after the first message.
  var second: Int64 = 0
  var peer: UInt32 = 2
}

private func client(
  _ from: UInt16, _ to: UInt16, _ notation: String, tcp: Bool = false, second: Int64 = 0, peer: UInt32 = 2
) -> Said {
  Said(from: from, to: to, isStream: tcp, bytes: bytes(notation), second: second, peer: peer)
}

private func server(
  _ from: UInt16, _ to: UInt16, _ notation: String, tcp: Bool = false, second: Int64 = 0, peer: UInt32 = 2
) -> Said {
  Said(fromClient: false, from: from, to: to, isStream: tcp, bytes: bytes(notation), second: second, peer: peer)
}

/// What two hosts say to each other in several conversations, and what is told of those that were announced.
private struct Talk: Sendable, CustomTestStringConvertible {
  var name: String
  var said: [Said]
  /// Lines of the conversations that are not on the first message's ports.
  var told: [String]
  var testDescription: String { name }

  func lines() -> [String] {
    struct Ends: Hashable { var ports: Set<UInt16>, isStream: Bool, peer: UInt32 }
    var engine = DissectionEngine()
    var out = ObservationBuffer()
    var channels: [Ends: UInt32] = [:]
    var lines: [String] = []
    for message in said {
      let ends = Ends(ports: [message.from, message.to], isStream: message.isStream, peer: message.peer)
      let channel = channels[ends] ?? engine.open()
      channels[ends] = channel
      var context = PDUContext(
        sender: .ipv4(message.fromClient ? 1 : message.peer), receiver: .ipv4(message.fromClient ? message.peer : 1),
        senderPort: message.from, receiverPort: message.to, senderIsClient: message.fromClient,
        isStream: message.isStream, time: Timestamp(nanoseconds: message.second * 1_000_000_000))
      let place = DissectionEngine.Place(
        message.isStream ? .tcp : .udp, server: message.fromClient ? message.to : message.from,
        client: message.fromClient ? message.from : message.to)
      if message.isStream {
        engine.stream(channel, forward: message.fromClient, message.bytes.span, gap: 0, &context, place, into: &out)
      } else {
        engine.datagram(channel, message.bytes.span, &context, place, into: &out)
      }
      let isFirst = said.first.map { ends.ports == [$0.from, $0.to] && ends.peer == $0.peer } ?? false
      for observation in out.observations where !isFirst { lines.append(line(observation, out, engine.table)) }
      out.removeAll()
    }
    return lines
  }

  private func line(_ observation: Observation, _ out: borrowing ObservationBuffer, _ table: ProtocolTable) -> String {
    switch observation {
    case .operation(let operation):
      let said = table.describe(code: operation.code, layer: operation.layer)
      var line = "\(table.protocols[Int(operation.layer)].id) \(operation.role) \(said.code)"
      if case .text(let text) = operation.object { line += " [\(out.string(text))]" }
      if let values = operation.values { line += " \(Int(values.low))" }
      return line
    case .file(let file): return "file \(out.string(file.name)) \(file.direction.name) \(file.size ?? 0)"
    default: return "other"
    }
  }
}

private let passive: [Said] = [
  server(21, 40000, "'220 FTP' 0d0a", tcp: true), client(40000, 21, "'PASV' 0d0a", tcp: true),
  server(21, 40000, "'227 Entering (10,0,0,2,19,137)' 0d0a", tcp: true),
]

private let talks: [Talk] = [
  Talk(
    name: "a file is fetched over a passive data connection, which is any bytes",
    said: passive + [
      client(40000, 21, "'RETR plc.bin' 0d0a", tcp: true), server(5001, 40001, "'GET / HTTP/1.1' 0d0a", tcp: true),
      server(5001, 40001, "00 01 02", tcp: true),
    ],
    told: ["ftp-data response RETR [plc.bin]"]),
  Talk(
    name: "a file is stored over an active one: the server calls",
    said: [
      server(21, 40000, "'220 FTP' 0d0a", tcp: true), client(40000, 21, "'PORT 10,0,0,1,19,137' 0d0a", tcp: true),
      client(40000, 21, "'STOR plc.cfg' 0d0a", tcp: true), client(5001, 20, "ffff", tcp: true),
    ],
    told: ["ftp-data response STOR [plc.cfg]"]),
  Talk(
    name: "an announcement is used up by one connection",
    said: passive + [server(5001, 40001, "0001", tcp: true), server(5001, 40002, "0002", tcp: true)],
    told: ["ftp-data response data"]),
  Talk(
    name: "another host's, another transport's and a late conversation is not the announced one",
    said: passive + [
      server(5001, 40001, "0001", tcp: true, peer: 3), server(5001, 40001, "0001"), client(40001, 5001, "0002"),
      server(5001, 40001, "0001", tcp: true, second: 601),
    ],
    told: []),
  Talk(
    name: "who claims the port is asked first",
    said: [
      server(21, 40000, "'220 FTP' 0d0a", tcp: true), server(21, 40000, "'227 (10,0,0,2,1,246)' 0d0a", tcp: true),
      client(40001, 502, "0001 0000 0006 01 03 0000 0001", tcp: true),  // Modbus
    ],
    told: ["modbus request 3"]),
  Talk(
    name: "a firmware image goes to a device over TFTP, block by block, from a port of its own",
    said: [
      client(50000, 69, "0002 'fw.bin' 00 'octet' 00 'blksize' 00 '8' 00"),
      server(3333, 50000, "0006 'blksize' 00 '8' 00"),
      client(50000, 3333, "0003 0001 0102030405060708"), server(3333, 50000, "0004 0001"),
      client(50000, 3333, "0003 0001 0102030405060708"), client(50000, 3333, "0003 0002 01"),
      server(3333, 50000, "0004 0002"),
    ],
    told: [
      "tftp response 6 [fw.bin]", "tftp request 3 [fw.bin] 1", "tftp response 4 [fw.bin] 1",
      "tftp request 3 [fw.bin] 1",
      "tftp request 3 [fw.bin] 2", "file fw.bin to server 9", "tftp response 4 [fw.bin] 2",
    ]),
  Talk(
    name: "a file of which a block was missed has no size, and a refusal belongs to its request",
    said: [
      client(50000, 69, "0001 'a.cfg' 00 'octet' 00"), server(3333, 50000, "0003 0002 01"),
      client(50000, 3333, "0005 0003 00"),
    ],
    told: ["tftp response 3 [a.cfg] 2", "tftp request 1/configuration [a.cfg]"]),
  Talk(
    name: "a call's media is read where either side waits, and nothing else there",
    said: [
      client(
        5060, 5060,
        "'INVITE sip:a@b SIP/2.0' 0a 'CSeq: 1 INVITE' 0a0a 'v=0' 0a 'm=audio 16384 RTP/AVP 0' 0a"),
      server(16500, 16384, "01020304 05060708 090a0b0c"), server(16500, 16384, "80 80 0001 00000000 1a2b3c4d"),
      server(16501, 16385, "80 c9 0001 1a2b3c4d"), server(16500, 16390, "80 00 0001 00000000 1a2b3c4d"),
    ],
    told: ["rtp publish 0", "rtcp publish 201"]),
  Talk(
    name: "pictures are known where the camera was told to send them, met in the middle",
    said: [
      client(40000, 3956, "42 01 0082 0008 0004 | 00000d00 0000c350"),
      server(20202, 50000, "0000 0001 03000001 00010203"),
    ],
    told: ["gvsp publish 3"]),
  Talk(
    name: "a service behind the portmapper is known by a call in parts",
    said: [
      client(
        700, 111,
        "00000001 00000000 00000002 000186a0 00000002 00000003 00000000 00000000 00000000 00000000 000186a5 00000003 00000006 00000000"
      ),
      server(111, 700, "00000001 00000001 00000000 00000000 00000000 00000000 00000401"),
      client(701, 1025, "80", tcp: true),
      client(
        701, 1025,
        "000028 00000002 00000000 00000002 000186a5 00000003 00000000 00000000 00000000 00000000 00000000", tcp: true),
    ],
    told: ["rpc request 100005.3.0", "other"]),
]

@Suite struct AnnouncedConversations {
  @Test(arguments: talks)
  fileprivate func areReadAsAnnounced(_ talk: Talk) {
    #expect(talk.lines() == talk.told)
  }

  /// RTP inside RTSP goes to the dissector of RTP.
  @Test func mediaInsideItsSignallingIsReadToo() {
    let talk = Talk(
      name: "",
      said: [
        client(1, 2, "00"), client(40000, 554, "'OPTIONS * RTSP/1.0' 0d0a0d0a", tcp: true),
        server(554, 40000, "24 00 000c 80e0 0001 00000000 00000001", tcp: true),
      ], told: [])
    #expect(talk.lines() == ["rtsp request OPTIONS [*]", "rtp publish 96"])
  }

  @Test func whatIsWaitedForIsBoundedAndCounted() {
    var expected = ExpectedConversations(limit: 2)
    let out = ObservationBuffer()
    func context(_ port: UInt16) -> PDUContext {
      PDUContext(sender: .ipv4(1), receiver: .ipv4(2), senderPort: 9, receiverPort: port, isStream: true)
    }
    for port: UInt16 in [1, 2, 2, 3] {
      expected.add(Announcement(.ftpData, isStream: true, isSenders: false, port: port), context(0), out)
    }
    #expect(expected.forgotten == 2 && expected.most == 2)
    #expect([1, 2, 3].map { expected.find(context($0)) == nil } == [true, true, false])
  }
}
