import OTCore
import Testing

@testable import OTNetwork

/// A segment or datagram between host 0 and host 1.
struct Packet: Sendable {
  var fromClient = true
  var transport = Transport.tcp
  var ports: (client: UInt16, server: UInt16) = (49152, 502)
  var flags: TCPFlags = .ack
  var sequence: UInt32 = 0
  var payload = 0

  var frame: DecodedFrame {
    var frame = DecodedFrame()
    frame.transport = transport
    frame.sourcePort = fromClient ? ports.client : ports.server
    frame.destinationPort = fromClient ? ports.server : ports.client
    frame.tcp = TCPHeader(sequence: SequenceNumber(sequence), flags: flags, window: 100)
    frame.payloadCount = payload
    return frame
  }
}

extension FlowTable {
  mutating func see(_ packet: Packet, at second: Int64 = 0) -> FlowHit {
    observe(
      packet.frame, source: packet.fromClient ? 0 : 1, destination: packet.fromClient ? 1 : 0,
      time: Timestamp(nanoseconds: second), evidence: 1)
  }
}

struct ClientCase: Sendable, CustomTestStringConvertible {
  let name: String
  let packets: [Packet]
  let clientIsFirstSender: Bool
  let evidence: ClientEvidence
  var testDescription: String { name }
}

let clientCases: [ClientCase] = [
  ClientCase(
    name: "SYN, though the port is higher", packets: [Packet(ports: (100, 30000), flags: .syn)],
    clientIsFirstSender: true, evidence: .handshake),
  ClientCase(
    name: "SYN-ACK alone", packets: [Packet(fromClient: false, flags: [.syn, .ack])], clientIsFirstSender: false,
    evidence: .handshake),
  ClientCase(
    name: "claimed port, though higher", packets: [Packet(ports: (1024, 44818))], clientIsFirstSender: true,
    evidence: .servicePort),
  ClientCase(
    name: "answer from a claimed port", packets: [Packet(fromClient: false)], clientIsFirstSender: false,
    evidence: .servicePort),
  ClientCase(
    name: "both ports claimed: the one below 1024 serves", packets: [Packet(ports: (44818, 502))],
    clientIsFirstSender: true, evidence: .servicePort),
  ClientCase(
    name: "both ports claimed: the lower one serves", packets: [Packet(ports: (44818, 2404))],
    clientIsFirstSender: true, evidence: .lowerPort),
  ClientCase(
    name: "no port claimed", packets: [Packet(fromClient: false, ports: (50000, 9000))], clientIsFirstSender: false,
    evidence: .lowerPort),
  ClientCase(
    name: "equal ports", packets: [Packet(transport: .udp, ports: (47808, 47808))], clientIsFirstSender: true,
    evidence: .firstSender),
]

@Test(arguments: clientCases)
func theClientIsKnownByTheStrongestEvidence(_ expected: ClientCase) {
  var ports = ServicePorts()
  ports.insert(tcp: 502)
  ports.insert(tcp: 2404)
  ports.insert(tcp: 44818)
  ports.insert(udp: 47808)
  var table = FlowTable(servicePorts: ports)
  for packet in expected.packets { _ = table.see(packet) }
  #expect(table.flows[0].client == (expected.clientIsFirstSender ? .forward : .reverse))
  #expect(table.flows[0].clientEvidence == expected.evidence)
  table.setClient(0, .reverse, .firstSender)
  #expect(table.flows[0].clientEvidence == expected.evidence)
}

@Test func bothDirectionsAreOneConversationAlsoWithEqualPorts() {
  for server: UInt16 in [502, 49152] {
    var table = FlowTable()
    let sent = table.see(Packet(transport: .udp, ports: (49152, server)))
    let answered = table.see(Packet(fromClient: false, transport: .udp, ports: (49152, server), payload: 9))
    #expect(sent == FlowHit(id: 0, side: .forward, isNew: true, isOverflow: false))
    #expect(answered == FlowHit(id: 0, side: .reverse, isNew: false, isOverflow: false))
    #expect(table.side(0, .forward).packets == 1 && table.side(0, .reverse).payloadBytes == 9)
  }
}

struct ReuseCase: Sendable, CustomTestStringConvertible {
  let name: String
  let packets: [Packet]
  let flows: Int
  let state: ConnectionState
  var testDescription: String { name }
}

private let opening = [
  Packet(flags: .syn, sequence: 100), Packet(fromClient: false, flags: [.syn, .ack], sequence: 500),
  Packet(sequence: 101), Packet(sequence: 101, payload: 12),
]
private let refusal = [Packet(flags: .syn, sequence: 100), Packet(fromClient: false, flags: [.rst, .ack])]
private let closing = [
  Packet(flags: [.fin, .ack], sequence: 113), Packet(fromClient: false, flags: [.fin, .ack], sequence: 501),
]

let reuseCases: [ReuseCase] = [
  ReuseCase(name: "one connection", packets: opening, flows: 1, state: .established),
  ReuseCase(name: "closed by both", packets: opening + closing, flows: 1, state: .closed),
  ReuseCase(
    name: "ports used again after the end", packets: opening + closing + [Packet(flags: .syn, sequence: 90_000)],
    flows: 2, state: .requested),
  ReuseCase(
    name: "ports used again without an end", packets: opening + [Packet(flags: .syn, sequence: 90_000)], flows: 2,
    state: .requested),
  ReuseCase(name: "SYN repeated", packets: [opening[0], opening[0]], flows: 1, state: .requested),
  ReuseCase(
    name: "unanswered attempts", packets: [opening[0], Packet(flags: .syn, sequence: 90_000)], flows: 1,
    state: .requested),
  ReuseCase(name: "refused, and the same SYN again", packets: refusal + refusal, flows: 1, state: .refused),
  ReuseCase(
    name: "refused, and another SYN", packets: refusal + [Packet(flags: .syn, sequence: 7)], flows: 2, state: .requested
  ),
  ReuseCase(name: "SYN captured behind its data", packets: [opening[3], opening[0]], flows: 1, state: .requested),
  ReuseCase(name: "reset", packets: opening + [Packet(flags: .rst, sequence: 113)], flows: 1, state: .reset),
]

@Test(arguments: reuseCases)
func aConnectionEndsWhereTheNextOneBegins(_ expected: ReuseCase) {
  var table = FlowTable()
  for packet in expected.packets { _ = table.see(packet) }
  #expect(table.count == expected.flows)
  #expect(table.flows.last?.state == expected.state)
}

@Test func retransmissionsLossAndReorderingAreToldApart() {
  var table = FlowTable()
  for (sequence, payload) in [(100, 10), (110, 10), (110, 10), (140, 10), (120, 10), (130, 10), (149, 1), (170, 5)] {
    _ = table.see(Packet(sequence: UInt32(sequence), payload: payload))
  }
  let side = table.side(0, .forward)
  #expect(side.retransmissions == 1)
  #expect(side.outOfOrder == 2)
  #expect(side.keepAlives == 1)
  #expect(side.gapBytes == 20)
}

@Test func conversationsBeyondTheLimitShareOneRecord() {
  var limits = FlowTable.Limits()
  limits.flowsPerHostPair = 3
  var table = FlowTable(limits: limits)
  for port in 1...10 as ClosedRange<UInt16> {
    let hit = table.see(Packet(ports: (port, 502), flags: .syn))
    #expect(hit.isOverflow == (port > 3))
  }
  #expect(table.count == 4)
  #expect(table.overflowPackets == 7)
  #expect(table.side(3, .forward).packets == 7)
  #expect(!table.see(Packet(ports: (2, 502))).isOverflow)
}

@Test func portsUsedAgainAreFoundAfterTheTableHasGrown() {
  var table = FlowTable()
  for round in 0..<2 as Range<UInt32> {
    for port in 1...6000 as ClosedRange<UInt16> {
      _ = table.see(Packet(ports: (port, 502), flags: .syn, sequence: round * 1000))
      _ = table.see(Packet(fromClient: false, ports: (port, 502), flags: .rst))
    }
  }
  #expect(table.count == 12_000)
  #expect(table.see(Packet(ports: (1, 502))).id == 6000)
}
