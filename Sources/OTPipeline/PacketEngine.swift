import OTCore
import OTFacts
import OTNetwork
import OTProtocols

/// Frames of some host pairs in, facts out: follows their conversations and streams, has them dissected and folds what
/// was seen.
///
/// A value without locks or shared state; one `mutating` call a batch.
struct PacketEngine: ~Copyable {
  /// What the engine knows of one flow beyond the flow table.
  struct FlowState {
    var channel: UInt32 = .max
    var conversation: UInt32 = .max
    /// The client when `conversation` was looked up.
    var client = Side.forward
    /// Number of the recognised protocol, 255 for none.
    var recognised: UInt8 = 255
    /// Whether the connection ended: only bytes not seen before are looked at.
    var isOver = false
    /// Segments either side had repeated when it ended.
    var repeated: UInt32 = 0
  }

  /// The frame at hand with what was found out about it.
  struct Meeting {
    var frame = DecodedFrame()
    /// Whether its protocol has nothing to add to who the client is.
    var isClientKnown = false
    /// Whether it told who the client is.
    var toldClient = false
    var hit = FlowHit(id: 0, side: .forward, isNew: false, isOverflow: false)
    var place = DissectionEngine.Place(.linkType, server: .max, client: .max)
    var scene = FactFolder.Scene(
      conversation: .max, sender: 0, receiver: 0,
      sighting: Sighting(time: Timestamp(nanoseconds: 0), file: 0, frame: 0))
  }

  var hosts = WorkerHosts()
  var flows: FlowTable
  var streams = StreamReassembler()
  var dissection: DissectionEngine
  var folder: FactFolder
  var buffer = ObservationBuffer()
  var states: [FlowState] = []
  private var order = PairOrder(buckets: FrameBatch.bucketCount)
  /// The protocol that the pairs of each of the batch's buckets spoke last.
  private var spoken = Array(repeating: UInt8.max, count: FrameBatch.bucketCount)
  /// A field, so that what a packet is and means is written once and copied nowhere.
  var met = Meeting()
  var lanes = LaneTable()
  /// How often a channel had found its dissector when that was looked at last.
  var adoptions: UInt64 = 0
  /// How often conversations were put away to make room; see ``makeRoom()``.
  var turns: UInt64 = 0

  init(_ table: ProtocolTable, limits: FlowTable.Limits = FlowTable.Limits()) {
    var ports = ServicePorts()
    for port in table.claimedPorts(stream: true) { ports.insert(tcp: port) }
    for port in table.claimedPorts(stream: false) { ports.insert(udp: port) }
    flows = FlowTable(servicePorts: ports, limits: limits)
    dissection = DissectionEngine(table)
    folder = FactFolder(table)
  }

  // MARK: frames

  /// Follows all frames of a batch, one host pair after the other, and empties it.
  mutating func follow(_ batch: inout FrameBatch) {
    folder.packets(batch.tally)
    // Apart from the engine, so that a lane can be changed where it lies while the engine is.
    var lanes = LaneTable.none
    var order = PairOrder(buckets: 0)
    swap(&lanes, &self.lanes)
    swap(&order, &self.order)
    order.sort(batch.buckets.span, by: spoken.span)
    followAll(batch, order.numbers.span.extracting(first: batch.entries.count), &lanes)
    swap(&order, &self.order)
    swap(&lanes, &self.lanes)
    batch.removeAll()
    growLanes()
    if flows.isFull { makeRoom() }
  }

  /// - Parameter order: numbers of the batch's frames.
  private mutating func followAll(_ now: borrowing FrameBatch, _ order: Span<UInt32>, _ lanes: inout LaneTable) {
    let entries = now.entries.span
    let frames = now.bytes.span
    for position in order.indices {
      // Pair by pair, frames lie all over the memory of a batch; waiting for each cost a third of all time.
      if position + 16 < order.count { entries.fetchAhead(Int(order[position + 16])) }
      if position + 8 < order.count {
        let next = Int(order[position + 8])
        frames.fetchAhead(Int(entries[next].start))
        lanes.fetchAhead(entries[next].laneHash)
      }
      // Looked at where it lies: it is too long to be copied for each frame.
      let number = Int(order[position])
      let bytes = frames.clamped(from: Int(entries[number].start), count: Int(entries[number].count))
      met.scene.sighting = Sighting(packed: entries[number].evidence, time: entries[number].time)
      if entries[number].plain.isThere, let lane = lanes.lane(entries[number].plain.key, entries[number].laneHash),
        goOn(&lanes.all[lane], entries, number, bytes)
      {
        if met.toldClient {
          met.toldClient = false
          closeLanes(of: entries[number].plain.key, entries[number].laneHash, &lanes)
        }
        continue
      }
      let entry = entries[number]
      guard entry.plain.isThere else {
        met.frame = now.walked.span[Int(entry.detail)]
        closeLanes(of: met.frame, &lanes)
        _ = takeLongWay(bytes)
        continue
      }
      closeLanes(of: entry.plain.key, entry.laneHash, &lanes)
      FrameDecoder.decode(entry.plain, payloadStart: 0, wireBytes: Int(entry.detail), into: &met.frame)
      if takeLongWay(bytes) {
        spoken[Int(now.buckets.span[number])] = states[Int(met.hit.id)].recognised
        if !met.hit.isNew { openLanes(entry.plain, entry.laneHash, &lanes) }
      }
    }
  }

  /// Whether the frame belongs to a flow.
  private mutating func takeLongWay(_ bytes: Span<UInt8>) -> Bool {
    met.isClientKnown = false
    let isFlow = follow(bytes)
    met.toldClient = false
    return isFlow
  }

  private mutating func follow(_ bytes: Span<UInt8>) -> Bool {
    let sighting = met.scene.sighting
    guard let (source, destination) = hosts.table.admit(met.frame.source, met.frame.destination) else {
      passBy()
      return false
    }
    met.scene.sender = source
    met.scene.receiver = destination
    let traffic = Traffic(bytes: met.frame.wireBytes, toGroup: met.frame.destinationMAC.isGroup, sighting)
    sent(source, traffic)
    folder.received(destination, met.frame.destination, traffic)
    guard met.frame.fragment != .held, let place = Self.place(&met.frame) else { return false }

    met.place = place
    met.hit = flows.observe(
      met.frame, source: source, destination: destination, time: sighting.time, evidence: sighting.packed)
    let id = Int(met.hit.id)
    while states.count < flows.count { states.append(FlowState()) }
    guard met.frame.payloadCount > 0 || met.frame.missing > 0 || met.frame.transport == .tcp else { return true }

    met.scene.conversation = conversation()
    if met.frame.payloadCount > 0, flows.flows[id].client == met.hit.side {
      folder.beat(met.scene.conversation, sighting.time)
    }
    if met.frame.transport == .tcp {
      if !met.hit.isOverflow { stream(bytes) }
    } else {
      datagram(bytes.clamped(from: met.frame.payloadStart, count: met.frame.payloadCount))
    }
    if states[id].recognised == 255 { unrecognised(bytes) }
    return true
  }

  /// Counts to a host what the frame at hand tells of its sender.
  mutating func sent(_ source: UInt32, _ traffic: Traffic) {
    folder.sent(
      source, met.frame.source, mac: met.frame.sourceMAC,
      vlan: met.frame.vlan == DecodedFrame.noVLAN ? 0 : met.frame.vlan,
      ttl: Lifetimes(met.frame.ttl), traffic)
  }

  /// Where dissectors expect the payload; nil for what nobody dissects. Gives frames without ports a place of their own
  /// in the flow table: their EtherType, service access point or IP protocol stands in both ports.
  private static func place(_ frame: inout DecodedFrame) -> DissectionEngine.Place? {
    switch frame.content {
    case .ip:
      switch frame.transport {
      case .tcp: return .init(.tcp, server: frame.destinationPort, client: frame.sourcePort)
      case .udp: return .init(.udp, server: frame.destinationPort, client: frame.sourcePort)
      case .none: return nil
      default:
        frame.sourcePort = UInt16(frame.ipProtocol)
        frame.destinationPort = UInt16(frame.ipProtocol)
        return .init(.ipProtocol, server: UInt16(frame.ipProtocol), client: UInt16(frame.ipProtocol))
      }
    case .arp: return stationary(&frame, .etherType, 0x0806)
    case .etherType(let type): return stationary(&frame, .etherType, type)
    case .llc(let dsap, _, _): return stationary(&frame, .llc, UInt16(dsap))
    case .snap(let organisation, let id): return stationary(&frame, .snap, id, organisation)
    case .linkType(let type): return stationary(&frame, .linkType, type)
    case .undecoded: return nil
    }
  }

  private static func stationary(
    _ frame: inout DecodedFrame, _ kind: DissectionEngine.Place.Kind, _ value: UInt16, _ organisation: UInt32 = 0
  ) -> DissectionEngine.Place {
    frame.sourcePort = value
    frame.destinationPort = value
    return .init(kind, server: value, client: value, organisation: organisation)
  }

  // MARK: conversations

  /// The conversation of the flow at hand as its client is known now.
  mutating func conversation() -> UInt32 {
    let id = Int(met.hit.id)
    let client = flows.flows[id].client
    let state = states[id]
    if state.conversation != .max, state.client == client { return state.conversation }
    let number = makeConversation(flows.flows[id], met.scene.sighting)
    states[id].conversation = number
    states[id].client = client
    if state.recognised != 255 { folder.recognise(number, state.recognised) }
    return number
  }

  mutating func makeConversation(_ flow: Flow, _ sighting: Sighting) -> UInt32 {
    let transport: ConversationFact.Transport =
      switch flow.transport {
      case .tcp: .tcp
      case .udp: .udp
      case .none: .ethernet
      default: .other
      }
    let hasPorts = transport == .tcp || transport == .udp
    return folder.conversation(
      transport, client: flow.clientHost, server: flow.serverHost, port: hasPorts ? flow.serverPort : 0,
      networkProtocol: hasPorts ? 0 : flow.serverPort, sighting)
      ?? folder.conversation(ofNobody: hosts.table.intern(.mac(.zero)), sighting)
  }
}

/// The worker's host table, as the folder asks it for hosts named in payloads.
struct WorkerHosts: HostNumbering {
  var table = HostTable()
  mutating func number(of address: HostAddress) -> UInt32? { table.name(address) }
}
