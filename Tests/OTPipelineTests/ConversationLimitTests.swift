import OTCore
import OTFacts
import OTNetwork
import OTProtocols
import Testing

@testable import OTPipeline

/// Modbus connections that all go on at the same time, round by round.
private struct Rounds {
  /// What is told of a conversation apart from how many connections it is made of.
  struct Sum: Equatable, CustomStringConvertible {
    var client: HostAddress
    var protocols: [String]
    var packets: [UInt64]
    var bytes: [UInt64]
    var gapBytes: UInt64
    var operations: [UInt64]
    var description: String { "\(client) \(protocols) \(packets) \(bytes) \(gapBytes) \(operations)" }
  }

  private static let server: UInt32 = 0x0a00_0002
  private static let request: [UInt8] = [0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1]  // read holding registers
  private static let answer: [UInt8] = [0, 1, 0, 0, 0, 5, 1, 3, 2, 0, 7]

  static func facts(connections: Int, rounds: Int, flows: Int) -> (facts: Facts, limits: [CountFact]) {
    var limits = FlowTable.Limits()
    limits.flows = flows
    var engine = OneShard(limits: limits)
    var number: UInt64 = 0
    func meet(_ bytes: [UInt8], _ engine: inout OneShard) {
      number += 1
      engine.frame(bytes, time: Timestamp(nanoseconds: Int64(number) * 1_000_000), number: number)
    }
    for round in 0..<UInt32(rounds) {
      for index in 0..<UInt32(connections) {
        let client = 0x0a00_0100 + index
        if round == 0 {
          meet(MadeUp.frame(client, server, port: (49152, 502), flags: 2, sequence: 0, acknowledged: 0, []), &engine)
          meet(MadeUp.frame(server, client, port: (502, 49152), flags: 0x12, sequence: 0, []), &engine)
        }
        let (asked, answered) = (1 + round * UInt32(request.count), 1 + round * UInt32(answer.count))
        meet(
          MadeUp.frame(
            client, server, port: (49152, 502), flags: 0x18, sequence: asked, acknowledged: answered, request),
          &engine)
        meet(
          MadeUp.frame(
            server, client, port: (502, 49152), flags: 0x18, sequence: answered,
            acknowledged: asked + UInt32(request.count), answer),
          &engine)
      }
      // As behind each batch of frames.
      engine.settle()
    }
    let result = engine.finish()
    return (FactFolder.finish([result.part]), result.limits)
  }

  static func sums(_ facts: Facts) -> [Sum] {
    facts.conversations.indices.map { index in
      let conversation = facts.conversations[index]
      let operations = facts.operations.filter { $0.conversation == index }
      return Sum(
        client: facts.hosts[conversation.client].address, protocols: conversation.protocols,
        packets: [conversation.packetsToServer, conversation.packetsToClient],
        bytes: [conversation.bytesToServer, conversation.bytesToClient], gapBytes: conversation.gapBytes,
        operations: operations.flatMap { [$0.requests, $0.responses, $0.failures] })
    }
  }
}

@Suite struct ConversationLimits {
  /// The table takes a sixth of them: they are put away behind each round and met anew, in the middle, in the next one.
  @Test func conversationsThatArePutAwayForWantOfRoomAreTheSameInTheEnd() {
    let (all, none) = Rounds.facts(connections: 200, rounds: 5, flows: Limits.flows)
    #expect(none.isEmpty && all.conversations.count == 200)
    #expect(Rounds.sums(all).allSatisfy { $0.packets == [6, 6] && $0.operations == [5, 5, 0] })
    let (few, told) = Rounds.facts(connections: 200, rounds: 5, flows: 32)
    #expect(Rounds.sums(few) == Rounds.sums(all))
    #expect(told.map(\.count) == [5] && told.first?.detail.contains("connections followed at one time") == true)
    // What was put away and met anew counts as another connection of its conversation; a handshake is one handshake.
    #expect(few.conversations.allSatisfy { $0.handshakes == 1 })
    #expect(few.conversations.reduce(0) { $0 + $1.connections } > 2 * 200)
  }
}
