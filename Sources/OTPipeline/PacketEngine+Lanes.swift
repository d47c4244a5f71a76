import OTCore
import OTFacts
import OTNetwork
import OTProtocols

/// The short way of a frame that goes on with its conversation as expected.
///
/// What a first frame took the long way for still holds for those behind it: who the hosts are, which flow, conversation
/// and channel they have, who is the client. All of that is kept in one place, a ``Lane``, together with what is counted
/// for each frame; it is told to the tables when something else comes, or another conversation takes its place.
extension PacketEngine {
  /// One direction of a conversation that frames go on with.
  struct Lane {
    /// Zero for none, as no frame has it.
    var key = PlainFrame.Key()
    var macs = PlainFrame.Ends.none
    /// What was counted; nil while the lane is closed.
    var steady: SteadySide?
    var lifetimes = Lifetimes()
    var flow: FlowID = .max
    var conversation: UInt32 = .max
    var channel: UInt32 = .max
    var sender: UInt32 = 0
    var receiver: UInt32 = 0
    var side = Side.forward
    var isToServer = false
    /// Whether somebody can read its payload.
    var isRead = false
    /// Whether somebody recognised it.
    var isRecognised = false
    /// Whether the protocol has nothing to add to who the client is.
    var isClientKnown = false
    var isStream = false
    /// What was counted last of this side.
    var lastOperation: UInt32 = .max
    var place = DissectionEngine.Place(.tcp, server: 0, client: 0)
    var context = PDUContext(sender: .none, receiver: .none)
  }

  // MARK: going on

  /// Takes a frame of a lane's addresses and ports the short way; false, and nothing done, where it does not go on with
  /// the lane.
  @inline(__always)
  mutating func goOn(
    _ lane: inout Lane, _ entries: Span<FrameBatch.Entry>, _ number: Int, _ payload: Span<UInt8>
  ) -> Bool {
    let plain = entries[number].plain
    let taken = lane.take(plain, Int(entries[number].detail), met.scene.sighting)
    guard taken != .not else { return false }
    if payload.count > 0 {
      met.enter(lane)
      if lane.isToServer { folder.beat(met.scene.conversation, met.scene.sighting.time) }
      if taken == .next, lane.isRead { read(&lane, payload, missing: plain.missing) }
      if !lane.isRecognised {
        unrecognised(payload, missing: plain.missing, start: plain.isTCP ? plain.tcp.sequence : nil)
      }
    }
    return true
  }

  @inline(__always)
  private mutating func read(_ lane: inout Lane, _ payload: Span<UInt8>, missing: Int) {
    if lane.channel == .max { lane.channel = channel(Int(met.hit.id)) }
    lane.meet(met.scene.sighting, missing: missing)
    if lane.isStream {
      dissection.stream(
        lane.channel, forward: lane.side == .forward, payload, gap: 0, &lane.context, lane.place, into: &buffer)
    } else {
      dissection.datagram(lane.channel, payload, &lane.context, lane.place, into: &buffer)
    }
    drain(&lane)
    if !lane.isRecognised { lane.isRecognised = states[Int(met.hit.id)].recognised != 255 }
  }

  // MARK: opening and closing

  /// Lets the next frames like the one at hand go the short way, and those of the other direction that did before.
  mutating func openLanes(_ plain: PlainFrame, _ hash: UInt16, _ lanes: inout LaneTable) {
    let id = Int(met.hit.id)
    guard !states[id].isOver, states[id].conversation != .max else { return }
    let number = lanes.room(plain.key, hash)
    close(&lanes.all[number])
    begin(&lanes.all[number], plain)
    open(&lanes.all[number])
    let reversed = plain.key.reversed
    if let other = lanes.find(reversed, LaneTable.hash(reversed)), lanes.all[other].flow == met.hit.id,
      lanes.all[other].side != met.hit.side
    {
      open(&lanes.all[other])
    }
  }

  /// Makes a lane that of frames like the one at hand.
  private mutating func begin(_ lane: inout Lane, _ plain: PlainFrame) {
    let flow = flows.flows[Int(met.hit.id)]
    lane.key = plain.key
    lane.macs = plain.macs
    lane.lifetimes = Lifetimes(plain.ttl)
    lane.flow = met.hit.id
    lane.side = met.hit.side
    lane.sender = met.scene.sender
    lane.receiver = met.scene.receiver
    lane.lastOperation = folder.lastOperation(of: met.scene.conversation)
    lane.place = met.place
    lane.context = Self.context(met, flow, isStream: plain.isTCP)
  }

  private mutating func open(_ lane: inout Lane) {
    let state = states[Int(met.hit.id)]
    let flow = flows.flows[Int(met.hit.id)]
    let isRead = state.channel == .max || !dissection.isGivenUp(state.channel)
    lane.steady = flows.steadySide(met.hit.id, lane.side, &streams, isRead: isRead)
    lane.conversation = state.conversation
    lane.channel = state.channel
    lane.isRead = isRead
    lane.isRecognised = state.recognised != 255
    lane.isClientKnown = flow.clientEvidence >= .protocolBits
    lane.isStream = flow.transport == .tcp
    lane.isToServer = flow.client == lane.side
    lane.place = Self.oriented(lane.place, flow)
    lane.context.senderIsClient = flow.client == lane.side
    lane.context.directionIsCertain = flow.clientEvidence >= .servicePort
  }

  /// Closes both lanes of the conversation that a frame belongs to, since it goes the long way.
  @inline(__always)
  mutating func closeLanes(of key: PlainFrame.Key, _ hash: UInt16, _ lanes: inout LaneTable) {
    if let lane = lanes.find(key, hash) { close(&lanes.all[lane]) }
    let reversed = key.reversed
    if let other = lanes.find(reversed, LaneTable.hash(reversed)) { close(&lanes.all[other]) }
  }

  /// The same for a frame that is no plain one.
  mutating func closeLanes(of frame: borrowing DecodedFrame, _ lanes: inout LaneTable) {
    guard frame.source.family == .ipv4, frame.destination.family == .ipv4 else { return }
    let key = PlainFrame.Key(
      addresses: frame.source.low << 32 | frame.destination.low,
      ports: UInt32(frame.sourcePort) << 16 | UInt32(frame.destinationPort), tags: UInt32(frame.ipProtocol))
    closeLanes(of: key, LaneTable.hash(key), &lanes)
  }

  mutating func closeAllLanes() {
    var lanes = LaneTable.none
    swap(&lanes, &self.lanes)
    for number in lanes.all.indices {
      close(&lanes.all[number])
      lanes.all[number].flow = .max
    }
    swap(&lanes, &self.lanes)
  }

  /// Makes more lanes where they are crowded.
  mutating func growLanes() {
    guard lanes.isCrowded() else { return }
    closeAllLanes()
    lanes.grow()
  }

  /// Tells what was counted.
  private mutating func close(_ lane: inout Lane) {
    guard let steady = lane.steady else { return }
    lane.steady = nil
    guard steady.packets > 0 else { return }
    flows.add(steady, to: lane.flow, lane.side)
    if lane.isStream, lane.isRead { streams.add(steady, to: lane.flow, lane.side) }
    let traffic = Traffic(steady, toGroup: lane.macs.destination.isGroup)
    folder.sent(
      lane.sender, lane.context.sender, mac: lane.macs.source, vlan: lane.key.vlan, ttl: lane.lifetimes, traffic)
    folder.received(lane.receiver, lane.context.receiver, traffic)
  }
}

extension PacketEngine.Lane {
  /// Counts a frame of the same addresses and ports that goes on with this lane.
  @inline(__always)
  mutating func take(_ plain: PlainFrame, _ wireBytes: Int, _ sighting: Sighting) -> SteadySide.Taken {
    guard macs == plain.macs, !plain.isTCP || plain.missing == 0 else { return .not }
    let taken =
      plain.isTCP
      ? steady?.take(plain.tcp, payload: plain.payloadCount, wireBytes: wireBytes, sighting.time, sighting.packed)
      : steady?.take(
        payload: plain.payloadCount + plain.missing, wireBytes: wireBytes, sighting.time, sighting.packed)
    guard let taken, taken != .not else { return .not }
    lifetimes.add(plain.ttl)
    return taken
  }

  /// Makes the context that of a new frame.
  @inline(__always)
  mutating func meet(_ sighting: Sighting, missing: Int) {
    context.frame = sighting.frame
    context.time = sighting.time
    context.afterGap = false
    context.missingBytes = missing
  }
}

extension PacketEngine.Meeting {
  /// Makes the frame at hand one of a lane.
  @inline(__always)
  mutating func enter(_ lane: borrowing PacketEngine.Lane) {
    isClientKnown = lane.isClientKnown
    hit = FlowHit(id: lane.flow, side: lane.side, isNew: false, isOverflow: false)
    scene.conversation = lane.conversation
    scene.sender = lane.sender
    scene.receiver = lane.receiver
  }
}

extension PlainFrame.Key {
  /// The VLAN, 0 for none.
  fileprivate var vlan: UInt16 {
    let vlan = UInt16(truncatingIfNeeded: tags >> 16)
    return vlan == DecodedFrame.noVLAN ? 0 : vlan
  }
}

extension Traffic {
  /// Of packets before whose first one another of the same lane was told.
  fileprivate init(_ steady: SteadySide, toGroup: Bool) {
    self.init()
    packets = steady.packets
    bytes = steady.bytes
    groupPackets = toGroup ? steady.packets : 0
    first = Sighting(time: Timestamp(nanoseconds: .max), file: .max, frame: .max)
    last = steady.lastTime
  }
}
