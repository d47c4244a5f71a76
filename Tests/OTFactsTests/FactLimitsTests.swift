import OTCore
import OTProtocols
import Testing

@testable import OTFacts

private struct NoOne: HostNumbering {
  mutating func number(of address: HostAddress) -> UInt32? { nil }
}

private let moment = Sighting(time: Timestamp(nanoseconds: 1), file: 0, frame: 1)

/// Folds what `observe` records, as sent by host 0 to host 1 in conversation 0, so many times.
private func fold(
  _ limits: FactLimits, times: Int, _ observe: (Int, inout ObservationBuffer) -> Void
) -> Facts {
  var folder = FactFolder(ProtocolTable([ModbusDissector.self]), limits: limits)
  var names = NoOne()
  let conversation = folder.conversation(.tcp, client: 0, server: 1, port: 502, networkProtocol: 0, moment) ?? .max
  folder.add(FlowTotals(), to: conversation)
  var buffer = ObservationBuffer()
  for turn in 0..<times {
    observe(turn, &buffer)
    folder.fold(
      &buffer, FactFolder.Scene(conversation: conversation, sender: 0, receiver: 1, sighting: moment), &names)
  }
  return FactFolder.finish([FolderPart(folder, [.ipv4(1), .ipv4(2)])])
}

/// What a flood of one kind of observation leaves, and what is told of the rest.
struct Flood: Sendable, CustomTestStringConvertible {
  let name: String
  let observe: @Sendable (Int, inout ObservationBuffer) -> Void
  let count: @Sendable (Facts) -> Int
  var testDescription: String { name }
}

private let floods: [Flood] = [
  Flood(name: "identity values") { turn, out in
    out.identity(.sender, .hostname, out.text(string: "host \(turn)"))
  } count: {
    $0.identities.count
  },
  Flood(name: "properties") { turn, out in
    out.property(.queryName, out.text(string: "name \(turn)"))
  } count: {
    $0.properties.count
  },
  Flood(name: "accounts") { turn, out in
    let account = out.text(string: "account \(turn)")
    out.record(.credential(CredentialExposure(.clearText, account: account, strength: .other)))
  } count: {
    $0.credentials.count
  },
  Flood(name: "files") { turn, out in
    let name = out.text(string: "file \(turn)")
    out.record(.file(FileSeen(name, .named)))
  } count: {
    $0.files.count
  },
  Flood(name: "neighbours") { turn, out in
    let chassis = out.text(string: "chassis \(turn)")
    out.record(.neighbour(Neighbour(chassis: chassis, port: .none, systemName: .none)))
  } count: {
    $0.neighbours.count
  },
  Flood(name: "bindings") { turn, out in
    out.record(.binding(AddressBinding(.ipv4(UInt32(turn)), MACAddress(value: 1), .arp)))
  } count: {
    $0.bindings.count
  },
]

@Suite struct FactLimitsTests {
  @Test(arguments: floods)
  func aFloodLeavesAsManyRowsAsTheLimitAndTheRestIsTold(flood: Flood) {
    var limits = FactLimits()
    limits.values = 20
    let facts = fold(limits, times: 50, flood.observe)
    #expect(flood.count(facts) == 20)
    #expect(facts.limits.map(\.count) == [30])
  }

  @Test func textsThatAreNotKeptLeaveNothing() {
    var limits = FactLimits()
    limits.valuesPerAttribute = 4
    limits.textBytes = 100
    let few = fold(limits, times: 1000) { turn, out in
      out.identity(.sender, .hostname, out.text(string: "host \(turn)"))
    }
    // Not one text was refused for want of room: values that are not kept did not become texts.
    #expect(few.identities.count == 4 && few.limits.count == 1)
    limits.valuesPerAttribute = 1000
    let many = fold(limits, times: 1000) { turn, out in
      out.identity(.sender, .hostname, out.text(string: "host \(turn)"))
    }
    #expect(many.identities.last?.value == "…" && many.identities.count < 20)
  }

  @Test func operationsBeyondTheLimitAreCountedWithoutObjectAndThenNotAtAll() {
    var limits = FactLimits()
    limits.operations = 8
    let objects = fold(limits, times: 100) { turn, out in
      out.operation(Operation(3, .request, object: .numbers(UInt32(turn), 0, 0, 0)))
    }
    #expect(objects.operations.count == 9 && objects.operations.reduce(0) { $0 + $1.requests } == 100)
    let codes = fold(limits, times: 100) { turn, out in out.operation(Operation(UInt64(turn), .request)) }
    #expect(codes.operations.reduce(0) { $0 + $1.requests } == 10)
    #expect(codes.limits.map(\.count) == [90])
  }

  @Test func eventsOfAllOperationsAreBounded() {
    var limits = FactLimits()
    limits.events = 10
    // Modbus function 8, sub-function 1: restart communications.
    let facts = fold(limits, times: 30) { _, out in out.operation(Operation(8 << 16 | 1, .request)) }
    let other = fold(limits, times: 30) { _, out in out.operation(Operation(8, .request)) }
    #expect(facts.events.count <= 10 && other.events.count <= 10)
  }

  @Test func furtherServicesOfTwoHostsShareAConversationAndFurtherPairsThatOfNobody() {
    var limits = FactLimits()
    limits.conversationsPerHostPair = 4
    limits.conversations = 10
    limits.sharedConversations = 2
    var folder = FactFolder(ProtocolTable([ModbusDissector.self]), limits: limits)
    let ways: [(server: UInt32, port: UInt16)] =
      (1...6).map { (1, $0) } + (2...4).flatMap { server in (1...3).map { (server, $0) } } + [(1, 2), (9, 1)]
    var met: [UInt32?] = []
    for way in ways {
      met.append(
        folder.conversation(.tcp, client: 0, server: way.server, port: way.port, networkProtocol: 0, moment))
    }
    #expect(met.prefix(6) == [0, 1, 2, 3, 4, 4])
    #expect(met.suffix(2) == [1, nil])
    let nobody = folder.conversation(ofNobody: 7, moment)
    let again = folder.conversation(ofNobody: 7, moment)
    #expect(again == nobody)
    let reached = folder.limits.count
    #expect(reached == 3)
  }
}
