import OTCore
import OTFacts
import OTNetwork
import OTProtocols

/// The end of following: what still waits is read, and flows are added to their conversations.
extension PacketEngine {
  /// What is handed over at the end.
  struct Result: Sendable {
    let part: FolderPart
    var limits: [CountFact]
    var size: Size
  }

  /// Reads what still waits for segments before it and adds all flows to their conversations.
  consuming func finish() -> Result {
    closeAllLanes()
    for id in flows.flows.indices {
      let flow = flows.flows[id]
      if flow.transport == .tcp, !states[id].isOver, !flow.isOverflow { finishOpen(id, flow) }
    }
    for id in flows.flows.indices { addFlow(id) }
    let size = size
    let limits = limitsReached()
    return Result(part: FolderPart(folder, hosts.table.addresses), limits: limits, size: size)
  }

  mutating func finishOpen(_ id: Int, _ flow: Flow) {
    let number = FlowID(truncatingIfNeeded: id)
    streams.flush(number)
    for side in Side.allCases {
      while let segment = streams.popReady(number, side) {
        let isForward = side == .forward
        met = Meeting()
        met.hit = FlowHit(id: number, side: side, isNew: false, isOverflow: false)
        met.place = .init(.tcp, server: flow.serverPort, client: flow.clientPort)
        met.scene.sender = isForward ? flow.source : flow.destination
        met.scene.receiver = isForward ? flow.destination : flow.source
        met.scene.sighting = Sighting(packed: segment.evidence, time: segment.time)
        met.scene.conversation = conversation()
        met.frame.source = hosts.table.addresses[Int(met.scene.sender)]
        met.frame.destination = hosts.table.addresses[Int(met.scene.receiver)]
        met.frame.sourcePort = isForward ? flow.sourcePort : flow.destinationPort
        met.frame.destinationPort = isForward ? flow.destinationPort : flow.sourcePort
        deliver(segment.bytes.span.rest(from: segment.offset), gap: segment.gapBefore)
      }
    }
  }

  mutating func addFlow(_ id: Int) {
    let number = FlowID(truncatingIfNeeded: id)
    let flow = flows.flows[id]
    let toServer = flows.side(number, flow.client)
    let toClient = flows.side(number, flow.client.other)
    var totals = FlowTotals()
    totals.clientEvidence = Self.evidence(flow.clientEvidence)
    let seen = [toServer, toClient].filter { $0.packets > 0 }
    func sighting(_ side: FlowSide) -> Sighting { Sighting(packed: side.firstEvidence, time: side.firstTime) }
    guard let first = seen.map(sighting).min(), let last = seen.map(\.lastTime).max() else { return }
    totals.first = first
    totals.last = last
    totals.packetsToServer = toServer.packets
    totals.bytesToServer = toServer.bytes
    totals.packetsToClient = toClient.packets
    totals.bytesToClient = toClient.bytes
    totals.handshake = flow.state == .established || (flow.state.isOver && flow.state != .refused)
    totals.reset = flow.state == .reset
    totals.refused = flow.state == .refused
    totals.retransmissions = UInt64(toServer.retransmissions) + UInt64(toClient.retransmissions)
    totals.gapBytes = toServer.gapBytes + toClient.gapBytes
    if flow.state == .requested { folder.unanswered(flow.clientHost) }
    let conversation =
      states[id].conversation != .max && states[id].client == flow.client
      ? states[id].conversation : makeConversation(flow, first)
    if states[id].recognised != 255 { folder.recognise(conversation, states[id].recognised) }
    folder.add(totals, to: conversation)
  }

  private static func evidence(_ evidence: ClientEvidence) -> ConversationFact.ClientEvidence {
    switch evidence {
    case .handshake: .handshake
    case .protocolBits: .requestBits
    case .servicePort: .knownService
    case .lowerPort: .lowerPort
    case .firstSender: .firstSender
    }
  }
}
