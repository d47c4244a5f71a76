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
    var macs = (destination: MACAddress.zero, source: MACAddress.zero)
    /// What was counted; nil while the lane is closed.
    var steady: SteadySide?
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
    var place = DissectionEngine.Place(.tcp, server: 0, client: 0)
    var context = PDUContext(sender: .none, receiver: .none)
  }

  /// Lanes that are kept: as many as directions of conversations that are busy at one time, so that they begin as a few
  /// and grow with what comes (7 MB at most).
  static let fewestLanes = 1 << 10
  private static let mostLanes = 1 << 15

  /// A hash of addresses and ports: its upper bits say where the lane of a frame is kept, however many there are.
  @inline(__always)
  static func laneHash(_ key: PlainFrame.Key) -> UInt16 {
    let product = (key.addresses ^ UInt64(key.ports) << 17) &* 0x9e37_79b9_7f4a_7c15
    let hash = (product ^ product >> 29) &* 0xbf58_476d_1ce4_e5b9
    return UInt16(truncatingIfNeeded: hash >> 48)
  }

  @inline(__always)
  func lane(_ hash: UInt16) -> Int { Int(hash &>> laneShift) }

  /// Where the lane of a frame with these addresses and ports is kept, if it is.
  @inline(__always)
  private mutating func lane(of key: PlainFrame.Key) -> Int { lane(Self.laneHash(key)) }

  /// Makes more lanes where many took the place of others that were still gone on with.
  mutating func growLanes() {
    let isCrowded = lanesTaken > lanes.count / 8
    lanesTaken = 0
    guard isCrowded, lanes.count < Self.mostLanes else { return }
    closeAllLanes()
    lanes = Array(repeating: Lane(), count: 2 * lanes.count)
    laneShift -= 1
  }

  // MARK: going on

  /// Takes a frame the short way; false, and nothing done, where it is none that goes on.
  @inline(__always)
  mutating func goOn(_ plain: PlainFrame, _ payload: Span<UInt8>, wireBytes: Int, lane: Int) -> Bool {
    guard lanes[lane].take(plain, wireBytes, met.scene.sighting) else { return false }
    if payload.count > 0 {
      met.enter(lanes[lane], lane)
      if lanes[lane].isToServer { folder.beat(met.scene.conversation, met.scene.sighting.time) }
      if lanes[lane].isRead { read(payload, lane, missing: plain.missing) }
      if !lanes[lane].isRecognised {
        unrecognised(payload, missing: plain.missing, start: plain.isTCP ? plain.tcp.sequence : nil)
      }
    }
    return true
  }

  @inline(__always)
  private mutating func read(_ payload: Span<UInt8>, _ lane: Int, missing: Int) {
    if lanes[lane].channel == .max { lanes[lane].channel = channel(Int(met.hit.id)) }
    let channel = lanes[lane].channel
    let place = lanes[lane].place
    let isForward = met.hit.side == .forward
    lanes[lane].meet(met.scene.sighting, missing: missing)
    if lanes[lane].isStream {
      dissection.stream(
        channel, forward: isForward, payload, gap: 0, &lanes[lane].context, place, into: &buffer)
    } else {
      dissection.datagram(channel, payload, &lanes[lane].context, place, into: &buffer)
    }
    drain()
    if !lanes[lane].isRecognised { lanes[lane].isRecognised = states[Int(met.hit.id)].recognised != 255 }
  }

  // MARK: opening and closing

  /// Lets the next frames like the one at hand go the short way, and those of the other direction that did before.
  mutating func openLanes(_ plain: PlainFrame, _ number: Int) {
    let id = Int(met.hit.id)
    guard !states[id].isOver, states[id].conversation != .max else { return }
    if lanes[number].key != plain.key {
      if lanes[number].steady != nil { lanesTaken += 1 }
      closeLane(number)
    }
    lanes[number].key = plain.key
    lanes[number].macs = (met.frame.destinationMAC, met.frame.sourceMAC)
    lanes[number].flow = met.hit.id
    lanes[number].side = met.hit.side
    lanes[number].sender = met.scene.sender
    lanes[number].receiver = met.scene.receiver
    lanes[number].place = Self.oriented(met.place, flows.flows[id])
    lanes[number].context = Self.context(met, flows.flows[id], isStream: plain.isTCP)
    openLane(number)
    let other = lane(of: plain.key.reversed)
    if lanes[other].flow == met.hit.id, lanes[other].side != met.hit.side { openLane(other) }
  }

  private mutating func openLane(_ number: Int) {
    let id = Int(met.hit.id)
    let state = states[id]
    let flow = flows.flows[id]
    let side = lanes[number].side
    let isRead = state.channel == .max || !dissection.isGivenUp(state.channel)
    lanes[number].steady = flows.steadySide(met.hit.id, side, streams, isRead: isRead)
    lanes[number].conversation = state.conversation
    lanes[number].channel = state.channel
    lanes[number].isRead = isRead
    lanes[number].isRecognised = state.recognised != 255
    lanes[number].isClientKnown = flow.clientEvidence >= .protocolBits
    lanes[number].isStream = flow.transport == .tcp
    lanes[number].isToServer = flow.client == side
    lanes[number].place = Self.oriented(lanes[number].place, flow)
    lanes[number].context.senderIsClient = flow.client == side
    lanes[number].context.directionIsCertain = flow.clientEvidence >= .servicePort
  }

  /// Closes both lanes of the conversation that a frame belongs to, since it goes the long way.
  @inline(__always)
  mutating func closeLanes(of key: PlainFrame.Key, _ number: Int) {
    if lanes[number].key.isSameConversation(as: key) { closeLane(number) }
    let other = lane(of: key.reversed)
    if lanes[other].key.isSameConversation(as: key) { closeLane(other) }
  }

  /// The same for a frame that is no plain one.
  mutating func closeLanes(of frame: borrowing DecodedFrame) {
    guard frame.source.family == .ipv4, frame.destination.family == .ipv4 else { return }
    let key = PlainFrame.Key(
      addresses: frame.source.low << 32 | frame.destination.low,
      ports: UInt32(frame.sourcePort) << 16 | UInt32(frame.destinationPort), tags: UInt32(frame.ipProtocol))
    closeLanes(of: key, lane(of: key))
  }

  mutating func closeAllLanes() {
    for number in lanes.indices {
      closeLane(number)
      lanes[number].flow = .max
    }
  }

  /// Tells what was counted.
  private mutating func closeLane(_ number: Int) {
    guard let steady = lanes[number].steady else { return }
    lanes[number].steady = nil
    guard steady.packets > 0 else { return }
    let (flow, side, key) = (lanes[number].flow, lanes[number].side, lanes[number].key)
    flows.add(steady, to: flow, side)
    if lanes[number].isStream, lanes[number].isRead { streams.add(steady, to: flow, side) }
    let traffic = Traffic(steady, toGroup: lanes[number].macs.destination.isGroup)
    let (sender, receiver) = (lanes[number].context.sender, lanes[number].context.receiver)
    folder.sent(
      lanes[number].sender, sender, mac: lanes[number].macs.source, vlan: key.vlan, ttl: key.ttl, traffic)
    folder.received(lanes[number].receiver, receiver, traffic)
  }
}

extension PacketEngine.Lane {
  /// Counts a frame that goes on with this lane.
  @inline(__always)
  mutating func take(_ plain: PlainFrame, _ wireBytes: Int, _ sighting: Sighting) -> Bool {
    guard key == plain.key, macs == (plain.destinationMAC, plain.sourceMAC) else { return false }
    guard plain.isTCP else {
      return steady?.take(
        payload: plain.payloadCount + plain.missing, wireBytes: wireBytes, sighting.time, sighting.packed) ?? false
    }
    guard plain.missing == 0 else { return false }
    return steady?.take(
      plain.tcp, payload: plain.payloadCount, wireBytes: wireBytes, sighting.time, sighting.packed) ?? false
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
  mutating func enter(_ lane: borrowing PacketEngine.Lane, _ number: Int) {
    self.lane = number
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
  fileprivate var ttl: UInt8 { UInt8(truncatingIfNeeded: tags >> 8) }
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
