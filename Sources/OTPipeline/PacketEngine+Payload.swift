import OTCore
import OTFacts
import OTNetwork
import OTProtocols

/// The payload of the frame at hand: put into order, handed to the dissectors, and what they recorded folded.
extension PacketEngine {
  /// Static, as are its likes: a method would be handed a copy of the whole engine.
  static func context(_ met: borrowing Meeting, _ flow: Flow, isStream: Bool) -> PDUContext {
    PDUContext(
      sender: met.frame.source, receiver: met.frame.destination, senderMAC: met.frame.sourceMAC,
      receiverMAC: met.frame.destinationMAC,
      senderPort: met.frame.sourcePort, receiverPort: met.frame.destinationPort,
      senderIsClient: flow.client == met.hit.side,
      directionIsCertain: flow.clientEvidence >= .servicePort, isStream: isStream, frame: met.scene.sighting.frame,
      time: met.scene.sighting.time, missingBytes: isStream ? 0 : met.frame.missing)
  }

  /// Server's port first, as the client is known now.
  static func oriented(_ place: DissectionEngine.Place, _ flow: Flow) -> DissectionEngine.Place {
    guard place.kind == .tcp || place.kind == .udp else { return place }
    return .init(place.kind, server: flow.serverPort, client: flow.clientPort)
  }

  mutating func channel(_ id: Int) -> UInt32 {
    if states[id].channel == .max { states[id].channel = dissection.open() }
    return states[id].channel
  }

  mutating func datagram(_ payload: Span<UInt8>) {
    guard met.place.server != .max else { return }
    let flow = flows.flows[Int(met.hit.id)]
    var context = Self.context(met, flow, isStream: false)
    dissection.datagram(channel(Int(met.hit.id)), payload, &context, Self.oriented(met.place, flow), into: &buffer)
    drain()
  }

  mutating func stream(_ bytes: Span<UInt8>) {
    let id = Int(met.hit.id)
    let state = states[id]
    if state.isOver {
      guard isLateNews() else { return }
      states[id].isOver = false
    } else if state.channel != .max, dissection.isGivenUp(state.channel) {
      return
    }
    let payload =
      met.frame.payloadIsReassembled
      ? Span<UInt8>() : bytes.clamped(from: met.frame.payloadStart, count: met.frame.payloadCount)
    let delivery = streams.accept(
      flow: met.hit.id, side: met.hit.side, tcp: met.frame.tcp, payload: payload, missing: met.frame.missing,
      time: met.scene.sighting.time, evidence: met.scene.sighting.packed)
    if delivery.isOtherFirst { drainReady(met.hit.side.other) }
    if delivery.kind == .segment {
      deliver(
        payload.clamped(from: delivery.offset, count: delivery.count),
        gap: delivery.isRestart ? Swift.max(1, delivery.gapBefore) : delivery.gapBefore)
      if met.frame.missing > 0 { cut() }
    }
    if delivery.isReady { drainReady(met.hit.side) }
    if delivery.isOtherReady { drainReady(met.hit.side.other) }
    if flows.flows[id].state == .closed || flows.flows[id].state == .reset { end() }
  }

  /// Reads bytes of a stream that are in order.
  mutating func deliver(_ bytes: Span<UInt8>, gap: Int) {
    let flow = flows.flows[Int(met.hit.id)]
    var context = Self.context(met, flow, isStream: true)
    dissection.stream(
      channel(Int(met.hit.id)), forward: met.hit.side == .forward, bytes, gap: gap, &context,
      Self.oriented(met.place, flow),
      into: &buffer)
    drain()
  }

  /// Reads what the snap length left of a data unit.
  private mutating func cut() {
    let flow = flows.flows[Int(met.hit.id)]
    dissection.cut(
      channel(Int(met.hit.id)), forward: met.hit.side == .forward, Self.context(met, flow, isStream: true),
      into: &buffer)
    drain()
  }

  /// Whether the packet at hand, behind the end of its connection, says something new: it crossed the other side's reset
  /// or was overtaken by the last FIN.
  private func isLateNews() -> Bool {
    let id = met.hit.id
    guard met.frame.payloadCount > 0, !met.frame.tcp.flags.contains(.rst) else { return false }
    return flows.side(id, .forward).retransmissions &+ flows.side(id, .reverse).retransmissions
      == states[Int(id)].repeated
  }

  /// Reads segments that had to wait for earlier ones, as of the frames that brought them.
  mutating func drainReady(_ side: Side) {
    let now = met
    while let segment = streams.popReady(now.hit.id, side) {
      met.scene.sighting = Sighting(packed: segment.evidence, time: segment.time)
      if side != met.hit.side {
        met.hit = FlowHit(id: now.hit.id, side: side, isNew: false, isOverflow: false)
        swap(&met.frame.source, &met.frame.destination)
        swap(&met.frame.sourceMAC, &met.frame.destinationMAC)
        swap(&met.frame.sourcePort, &met.frame.destinationPort)
        swap(&met.scene.sender, &met.scene.receiver)
      }
      deliver(segment.bytes.span.rest(from: segment.offset), gap: segment.gapBefore)
    }
    let conversation = met.scene.conversation
    met = now
    met.scene.conversation = conversation
  }

  /// A connection is over: what still waits is read, and its states are given back.
  private mutating func end() {
    let id = Int(met.hit.id)
    streams.flush(met.hit.id)
    drainReady(met.hit.side)
    drainReady(met.hit.side.other)
    streams.release(met.hit.id)
    states[id].isOver = true
    states[id].repeated =
      flows.side(met.hit.id, .forward).retransmissions &+ flows.side(met.hit.id, .reverse).retransmissions
    if states[id].channel != .max {
      dissection.close(states[id].channel)
      states[id].channel = .max
    }
  }

  /// Folds what the dissectors recorded, after learning from it who the client is.
  @inline(__always)
  mutating func drain() {
    if isFull() { folder.fold(&buffer, met.scene, &hosts) }
  }

  /// The same for a frame that goes on with a lane.
  @inline(__always)
  mutating func drain(_ lane: inout Lane) {
    if isFull() { folder.fold(&buffer, met.scene, after: &lane.lastOperation, &hosts) }
  }

  /// Learns from what was recorded; whether there is something to fold.
  @inline(__always)
  private mutating func isFull() -> Bool {
    if dissection.adoptions != adoptions { adopt() }
    guard !buffer.isEmpty else { return false }
    if !met.isClientKnown { learnClient() }
    return true
  }

  /// Learns what the conversation speaks, if it is the one that found its dissector.
  @inline(never)
  private mutating func adopt() {
    adoptions = dissection.adoptions
    let id = Int(met.hit.id)
    if let number = dissection.protocolNumber(states[id].channel), number != states[id].recognised {
      states[id].recognised = number
      folder.recognise(met.scene.conversation, number)
    }
  }

  @inline(never)
  private mutating func learnClient() {
    guard flows.flows[Int(met.hit.id)].clientEvidence < .protocolBits, let asked = Self.firstRole(buffer) else {
      return
    }
    met.toldClient = true
    flows.setClient(met.hit.id, asked ? met.hit.side : met.hit.side.other, .protocolBits)
    met.scene.conversation = conversation()
  }

  /// Whether the first operation in the buffer asks (true) or answers (false); nil where there is none.
  private static func firstRole(_ buffer: borrowing ObservationBuffer) -> Bool? {
    for index in 0..<buffer.count {
      if case .operation(let operation) = buffer[index], !operation.isAnnouncement {
        return operation.role == .publish ? nil : operation.senderIsClient
      }
    }
    return nil
  }
}
