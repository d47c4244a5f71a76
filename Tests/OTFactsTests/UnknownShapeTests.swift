import OTCore
import OTProtocols
import Testing

@testable import OTFacts

/// A message of a made-up protocol: who sent it, and its bytes.
typealias UnknownTestUnit = (toServer: Bool, bytes: [UInt8])

/// One conversation nobody recognises, as a worker meets it.
struct UnknownTalk: Sendable {
  var client: UInt32 = 0x0a00_0001
  var server: UInt32 = 0x0a00_0002
  var transport = ConversationFact.Transport.tcp
  var port: UInt16 = 4001
  var units: [UnknownTestUnit]
}

private struct NoNames: HostNumbering {
  mutating func number(of address: HostAddress) -> UInt32? { 0 }
}

/// 2023-11-14, so that a clock in the payload can be near.
private let start: Int64 = 1_700_000_000

private func fold(_ talks: [UnknownTalk]) -> FolderPart {
  var folder = FactFolder(ProtocolTable([]))
  var hosts: [UInt32] = []
  func number(_ address: UInt32) -> UInt32 {
    if let index = hosts.firstIndex(of: address) { return UInt32(index) }
    hosts.append(address)
    return UInt32(hosts.count - 1)
  }
  for talk in talks {
    func moment(_ turn: Int) -> Timestamp { Timestamp(nanoseconds: (start + Int64(turn)) * 1_000_000_000) }
    let conversation =
      folder.conversation(
        talk.transport, client: number(talk.client), server: number(talk.server), port: talk.port, networkProtocol: 0,
        Sighting(time: moment(0), file: 0, frame: 1)) ?? .max
    for (turn, unit) in talk.units.enumerated() {
      folder.unrecognised(
        conversation, unit.bytes.span, wireCount: unit.bytes.count, toServer: unit.toServer, edge: 0, moment(turn))
    }
    var flow = FlowTotals()
    flow.first = Sighting(time: moment(0), file: 0, frame: 1)
    folder.add(flow, to: conversation)
  }
  return FolderPart(folder, hosts.map { .ipv4($0) })
}

private func shapes(_ talks: [UnknownTalk]) -> [UnknownShapeFact] { FactFolder.finish([fold(talks)]).unknownShapes }

/// The same numbers on every machine, without order.
private func drawn(_ count: Int, seed: UInt64) -> [UInt8] {
  var state = seed
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 33)
  }
}

/// `AA 55`, the length of what follows, a counter, a command, that many bytes; answers have bit 7 of the command set.
private func link(_ turns: Range<Int>, commands: [UInt8] = [1, 2, 3]) -> [UnknownTestUnit] {
  turns.flatMap { turn -> [UnknownTestUnit] in
    let command = commands[turn % commands.count]
    func message(_ command: UInt8, _ size: Int) -> [UInt8] {
      let counter = [UInt8(truncatingIfNeeded: turn >> 8), UInt8(truncatingIfNeeded: turn)]
      return [0xaa, 0x55, 0, UInt8(3 + size)] + counter + [command]
        + Array(drawn(size, seed: UInt64(turn)).map { $0 & 15 })
    }
    return [(true, message(command, 2 + turn % 5)), (false, message(command | 0x80, 4 + turn % 7))]
  }
}

@Suite struct UnknownShapes {
  @Test func lengthCounterCommandAndTurnsAreFound() throws {
    let shape = try #require(shapes([UnknownTalk(units: link(0..<40))]).first)
    #expect(shape.looksLike == "binary messages with a length field")
    #expect(shape.pattern == "question and answer, the client speaks first")
    #expect(
      shape.fields
        == "to the server: length in 2 bytes from 2, big-endian (+4); counter in 2 bytes from 4, big-endian; "
        + "byte 6 is one of 01 02 03; to the client: length in 2 bytes from 2, big-endian (+4); "
        + "counter in 2 bytes from 4, big-endian; byte 6 is one of 81 82 83")
    #expect(shape.toServer.begins.hasPrefix("aa 55 00") && shape.toServer.sizes == "9 to 13 bytes, most 8 to 15")
    #expect(shape.draft.contains("length: {offset: 2, width: 2, endian: big, adjust: 4}"))
    #expect(shape.draft.contains("{offset: 0, bytes: \"aa 55\"}") && shape.draft.contains("ports: [4001]"))
  }

  /// Other recordings of the same protocol.
  private static let recordings: [(what: String, talk: UnknownTalk)] = [
    ("other hosts", UnknownTalk(client: 0xc0a8_0007, server: 0xc0a8_0008, units: link(0..<40))),
    ("later", UnknownTalk(units: link(5000..<5060))), ("short", UnknownTalk(units: link(300..<305))),
    ("one direction", UnknownTalk(units: link(0..<40).filter(\.toServer))),
    ("another command only", UnknownTalk(units: link(0..<40, commands: [3]))),
    ("another port", UnknownTalk(port: 40_123, units: link(0..<40))),
    ("the other end taken for the client", UnknownTalk(units: link(0..<40).map { (!$0.toServer, $0.bytes) })),
  ]

  @Test(arguments: recordings)
  func theSameProtocolHasTheSameName(_ recording: (what: String, talk: UnknownTalk)) throws {
    let first = try #require(shapes([UnknownTalk(units: link(0..<40))]).first)
    let other = try #require(shapes([recording.talk]).first)
    #expect(other.name == first.name && other.isComparable)
  }

  /// Numbers of sessions, random bytes and words of text are no marks: the port stands in.
  @Test func whatIsDrawnByLotDoesNotMakeAName() throws {
    func session(_ seed: UInt64) -> UnknownTalk {
      let id = drawn(8, seed: seed)
      return UnknownTalk(port: 500, units: (0..<20).map { (true, id + drawn(60, seed: seed + UInt64($0) + 99)) })
    }
    let names = Set((1..<9).compactMap { shapes([session($0)]).first?.name })
    #expect(names.count == 1)
    let text = UnknownTalk(units: (0..<20).map { ($0 % 2 == 0, Array("READ \($0)\r\n".utf8)) })
    let other = UnknownTalk(units: (0..<20).map { ($0 % 2 == 0, Array("WRITE \($0)=1\r\n".utf8)) })
    let (one, two) = (try #require(shapes([text]).first), try #require(shapes([other]).first))
    #expect(one.name == two.name && one.looksLike == "lines of text" && one.draft.contains("terminator: \"0d 0a\""))
  }

  /// Payload and what it looks like.
  static let looks: [(bytes: @Sendable (Int) -> [UInt8], says: String)] = [
    ({ drawn(200, seed: UInt64($0 + 7)) }, "encrypted or compressed"),
    ({ Array("{\"crane\": \($0)}".utf8) }, "JSON"),
    ({ [0x17, 0x03, 0x03, 0x00, 0x20] + drawn(32, seed: UInt64($0)) }, "TLS, its beginning not recorded"),
    ({ [0, 1, 2, 3, 4, 5, UInt8($0 & 3)] }, "binary messages"),
    ({ [UInt8($0 & 3)] }, "single bytes"),
  ]

  @Test(arguments: looks)
  func contentIsTold(_ look: (bytes: @Sendable (Int) -> [UInt8], says: String)) throws {
    let shape = try #require(shapes([UnknownTalk(units: (0..<24).map { (true, look.bytes($0)) })]).first)
    #expect(shape.looksLike == look.says)
  }

  @Test func aClockIsFoundByTheTimeOfTheRecording() throws {
    let units: [UnknownTestUnit] = (0..<12).map { turn in
      let seconds = UInt32(truncatingIfNeeded: start) + UInt32(turn * 3)
      return (
        true, [0x42, 0x17] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: seconds >> $0) } + [UInt8(turn & 1)]
      )
    }
    let shape = try #require(shapes([UnknownTalk(units: units)]).first)
    #expect(shape.fields.contains("clock in 4 bytes from 2, big-endian, seconds since 1970"))
  }

  @Test func aConversationOfFewMessagesJoinsTheShapeItFitsOrIsMarkedAsThin() {
    let few = UnknownTalk(client: 7, units: Array(link(9..<10)))
    let strange = UnknownTalk(client: 8, units: [(true, [1, 2, 3])])
    let found = shapes([UnknownTalk(units: link(0..<40)), few, strange])
    #expect(found.map(\.conversations).sorted() == [1, 2])
    #expect(found.first { $0.conversations == 1 }?.isComparable == false)
  }

  @Test func workersAndOrderLeaveNoTrace() {
    let talks = (0..<6).map { UnknownTalk(client: UInt32($0 + 10), units: link(($0 * 50)..<($0 * 50 + 20))) }
    func printed(_ parts: [FolderPart]) -> [UInt8] {
      FactsDocument(FactFolder.finish(parts)).json()
    }
    let one = printed([fold(talks)])
    #expect(printed([fold(Array(talks[3...])), fold(Array(talks[..<3]))]) == one)
    #expect(printed([fold(talks.reversed())]) == one)
  }

  @Test func whatIsSentAgainIsNotCounted() throws {
    var record = UnknownRecord(conversation: 0, toServer: true, Timestamp(nanoseconds: 0))
    let unit: [UInt8] = [1, 2, 3, 4]
    for edge: UInt64 in [0xffff_fffe, 0xffff_fffe, 2, 0xffff_fffa, 6] {
      record.add(unit.span, wireCount: 4, toServer: true, edge: 1 << 32 | edge)
    }
    #expect(record.toServer.units == 3)
  }

  @Test func aScanOfManyPortsIsDescribedUpToThePrintedLimit() {
    let count = UnknownTable.conversationsPerHostPair
    let talks = (0..<(count + 5)).map { UnknownTalk(port: UInt16(1000 + $0), units: [(true, [1, 2, 3, 4])]) }
    let facts = FactFolder.finish([fold(talks)])
    #expect(facts.unknownShapes.reduce(0) { $0 + $1.conversations } == count)
    #expect(facts.limits.first { $0.detail.contains("not described") }?.count == 5)
  }
}
