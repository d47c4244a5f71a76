import OTCore
import OTFacts
import OTNetwork
import OTProtocols

/// One worker: frames in, facts out. Decodes every frame, keeps those whose host pair is its own, follows their
/// conversations and streams, has them dissected and folds what was seen.
///
/// A value without locks or shared state; one `mutating` call a frame.
struct PacketEngine {
  /// What the engine knows of one flow beyond the flow table.
  private struct FlowState {
    var channel: UInt32 = .max
    var conversation: UInt32 = .max
    /// The client when `conversation` was looked up.
    var client = Side.forward
    /// Number of the recognised protocol, 255 for none.
    var recognised: UInt8 = 255
    /// Whether the connection ended: only bytes not seen before are looked at.
    var isOver = false
  }

  /// Which host pairs are this worker's.
  struct Shard: Sendable {
    var index: Int
    var count: Int
    static let whole = Shard(index: 0, count: 1)
  }

  private let shard: Shard
  private var decoder = FrameDecoder()
  private var hosts = WorkerHosts()
  private var flows: FlowTable
  private var streams = StreamReassembler()
  private var dissection: DissectionEngine
  private var folder: FactFolder
  private var buffer = ObservationBuffer()
  private var states: [FlowState] = []

  init(_ table: ProtocolTable, shard: Shard) {
    self.shard = shard
    var ports = ServicePorts()
    for port in table.claimedPorts(stream: true) { ports.insert(tcp: port) }
    for port in table.claimedPorts(stream: false) { ports.insert(udp: port) }
    flows = FlowTable(servicePorts: ports)
    dissection = DissectionEngine(table)
    folder = FactFolder(table)
  }

  // MARK: one frame

  /// Takes one frame of the capture.
  /// - Parameters:
  ///   - file: index of the evidence file; below 2²⁴.
  ///   - number: frame number in that file, from 1.
  mutating func frame(
    _ bytes: Span<UInt8>, linkType: UInt16, originalLength: Int, time: Timestamp, file: UInt32, number: UInt64
  ) {
    var frame = decoder.decode(bytes, linkType: linkType, originalLength: originalLength, time: time)
    guard isMine(frame) else { return }
    folder.packet(frame.wireBytes, time)
    if frame.source.family == .none || frame.destination.family == .none {
      // A link type that is one protocol alone names no address, and a cooked capture only the sender's: they still
      // speak.
      switch frame.content {
      case .ip, .undecoded: return
      case .arp, .etherType, .llc, .snap, .linkType: break
      }
      if frame.source.family == .none { frame.source = .mac(.zero) }
      if frame.destination.family == .none { frame.destination = .mac(.zero) }
    }
    follow(&frame, bytes, Sighting(time: time, file: file, frame: number))
  }

  /// Both directions of a host pair, its fragments and everything between the two belong to one worker.
  private func isMine(_ frame: borrowing DecodedFrame) -> Bool {
    guard shard.count > 1 else { return true }
    let a = mix(frame.source.high, frame.source.low, seed: 1)
    let b = mix(frame.destination.high, frame.destination.low, seed: 1)
    return Int((a &+ b) % UInt64(shard.count)) == shard.index
  }

  private mutating func follow(_ frame: inout DecodedFrame, _ bytes: Span<UInt8>, _ sighting: Sighting) {
    let source = hosts.table.intern(frame.source)
    let destination = hosts.table.intern(frame.destination)
    let vlan = frame.vlan == DecodedFrame.noVLAN ? 0 : frame.vlan
    folder.sent(
      source, frame.source, mac: frame.sourceMAC, vlan: vlan, ttl: frame.ttl, length: frame.wireBytes, sighting)
    folder.received(
      destination, frame.destination, toGroup: frame.destinationMAC.isGroup, length: frame.wireBytes, sighting)
    guard frame.fragment != .held, let place = place(&frame) else { return }

    let evidence = UInt64(sighting.file) << 40 | sighting.frame & 0xff_ffff_ffff
    let hit = flows.observe(frame, source: source, destination: destination, time: sighting.time, evidence: evidence)
    while states.count < flows.count { states.append(FlowState()) }
    guard frame.payloadCount > 0 || frame.missing > 0 || frame.transport == .tcp else { return }

    var scene = FactFolder.Scene(
      conversation: conversation(hit, place, sighting), sender: source, receiver: destination, sighting: sighting)
    if frame.payloadCount > 0 {
      let isClient = flows.flows[Int(hit.id)].client == hit.side
      if isClient { folder.beat(scene.conversation, sighting.time) }
    }
    var meeting = Meeting(frame: frame, hit: hit, place: place, sighting: sighting)
    if frame.transport == .tcp {
      if !hit.isOverflow { stream(&meeting, bytes, &scene) }
    } else if frame.payloadIsReassembled {
      let whole = decoder.reassembled
      datagram(meeting, whole.span.clamped(from: frame.payloadStart, count: frame.payloadCount), &scene)
    } else {
      datagram(meeting, bytes.clamped(from: frame.payloadStart, count: frame.payloadCount), &scene)
    }
  }

  /// A frame with what was found out about it.
  private struct Meeting {
    var frame: DecodedFrame
    var hit: FlowHit
    var place: DissectionEngine.Place
    var sighting: Sighting
  }

  /// Where dissectors expect the payload; nil for what nobody dissects. Gives frames without ports a place of their own
  /// in the flow table: their EtherType, service access point or IP protocol stands in both ports.
  private func place(_ frame: inout DecodedFrame) -> DissectionEngine.Place? {
    switch frame.content {
    case .ip:
      switch frame.transport {
      case .tcp: return .init(.tcp, server: frame.destinationPort, client: frame.sourcePort)
      case .udp: return .init(.udp, server: frame.destinationPort, client: frame.sourcePort)
      case .none: return nil
      default:
        frame.sourcePort = UInt16(frame.ipProtocol)
        frame.destinationPort = UInt16(frame.ipProtocol)
        return .init(.linkType, server: .max, client: .max)
      }
    case .arp: return stationary(&frame, .etherType, 0x0806)
    case .etherType(let type): return stationary(&frame, .etherType, type)
    case .llc(let dsap, _, _): return stationary(&frame, .llc, UInt16(dsap))
    case .snap(let organisation, let id): return stationary(&frame, .snap, id, organisation)
    case .linkType(let type): return stationary(&frame, .linkType, type)
    case .undecoded: return nil
    }
  }

  private func stationary(
    _ frame: inout DecodedFrame, _ kind: DissectionEngine.Place.Kind, _ value: UInt16, _ organisation: UInt32 = 0
  ) -> DissectionEngine.Place {
    frame.sourcePort = value
    frame.destinationPort = value
    return .init(kind, server: value, client: value, organisation: organisation)
  }

  // MARK: conversations

  /// The conversation of a flow as its client is known now.
  private mutating func conversation(_ hit: FlowHit, _ place: DissectionEngine.Place, _ sighting: Sighting) -> UInt32 {
    let id = Int(hit.id)
    let client = flows.flows[id].client
    if states[id].conversation != .max, states[id].client == client { return states[id].conversation }
    let number = makeConversation(flows.flows[id], sighting)
    states[id].conversation = number
    states[id].client = client
    if states[id].recognised != 255 { folder.recognise(number, states[id].recognised) }
    return number
  }

  private mutating func makeConversation(_ flow: Flow, _ sighting: Sighting) -> UInt32 {
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
  }

  // MARK: payload

  private func context(_ meeting: borrowing Meeting, isStream: Bool) -> PDUContext {
    let flow = flows.flows[Int(meeting.hit.id)]
    return PDUContext(
      sender: meeting.frame.source, receiver: meeting.frame.destination, senderMAC: meeting.frame.sourceMAC,
      receiverMAC: meeting.frame.destinationMAC,
      senderPort: meeting.frame.sourcePort, receiverPort: meeting.frame.destinationPort,
      senderIsClient: flow.client == meeting.hit.side,
      directionIsCertain: flow.clientEvidence >= .servicePort, isStream: isStream, frame: meeting.sighting.frame,
      time: meeting.sighting.time, missingBytes: isStream ? 0 : meeting.frame.missing)
  }

  /// Server's port first, as the client is known now.
  private func oriented(_ place: DissectionEngine.Place, _ flow: Flow) -> DissectionEngine.Place {
    guard place.kind == .tcp || place.kind == .udp else { return place }
    return .init(place.kind, server: flow.serverPort, client: flow.clientPort)
  }

  private mutating func channel(_ id: Int) -> UInt32 {
    if states[id].channel == .max { states[id].channel = dissection.open() }
    return states[id].channel
  }

  private mutating func datagram(_ meeting: Meeting, _ payload: Span<UInt8>, _ scene: inout FactFolder.Scene) {
    guard meeting.place.server != .max else { return }
    let id = Int(meeting.hit.id)
    let channel = channel(id)
    dissection.datagram(
      channel, payload, context(meeting, isStream: false), oriented(meeting.place, flows.flows[id]), into: &buffer)
    drain(meeting, &scene)
  }

  private mutating func stream(_ meeting: inout Meeting, _ bytes: Span<UInt8>, _ scene: inout FactFolder.Scene) {
    let id = Int(meeting.hit.id)
    let side = meeting.hit.side
    if states[id].channel != .max, dissection.isGivenUp(states[id].channel) { return }
    if states[id].isOver { return }
    let payload =
      meeting.frame.payloadIsReassembled
      ? Span<UInt8>() : bytes.clamped(from: meeting.frame.payloadStart, count: meeting.frame.payloadCount)
    let evidence = UInt64(meeting.sighting.file) << 40 | meeting.sighting.frame & 0xff_ffff_ffff
    let delivery = streams.accept(
      flow: meeting.hit.id, side: side, tcp: meeting.frame.tcp, payload: payload, missing: meeting.frame.missing,
      time: meeting.sighting.time, evidence: evidence)
    if delivery.kind == .segment {
      deliver(
        meeting, payload.clamped(from: delivery.offset, count: delivery.count), gap: delivery.isRestart ? Swift.max(1, delivery.gapBefore) : delivery.gapBefore, &scene)
    }
    if delivery.isReady { drainReady(meeting, side, &scene) }
    if delivery.isOtherReady { drainReady(meeting, side.other, &scene) }
    if flows.flows[id].state == .closed || flows.flows[id].state == .reset { finish(meeting, &scene) }
  }

  /// Reads bytes of a stream that are in order.
  private mutating func deliver(
    _ meeting: Meeting, _ bytes: Span<UInt8>, gap: Int, _ scene: inout FactFolder.Scene
  ) {
    let id = Int(meeting.hit.id)
    let channel = channel(id)
    dissection.stream(
      channel, forward: meeting.hit.side == .forward, bytes, gap: gap, context(meeting, isStream: true),
      oriented(meeting.place, flows.flows[id]), into: &buffer)
    drain(meeting, &scene)
  }

  /// Reads segments that had to wait for earlier ones, as of the frames that brought them.
  private mutating func drainReady(_ meeting: Meeting, _ side: Side, _ scene: inout FactFolder.Scene) {
    while let segment = streams.popReady(meeting.hit.id, side) {
      var late = meeting
      var lateScene = scene
      late.sighting = Sighting(
        time: segment.time, file: UInt32(truncatingIfNeeded: segment.evidence >> 40),
        frame: segment.evidence & 0xff_ffff_ffff)
      lateScene.sighting = late.sighting
      if side != meeting.hit.side {
        late.hit = FlowHit(id: meeting.hit.id, side: side, isNew: false, isOverflow: false)
        swap(&late.frame.source, &late.frame.destination)
        swap(&late.frame.sourceMAC, &late.frame.destinationMAC)
        swap(&late.frame.sourcePort, &late.frame.destinationPort)
        swap(&lateScene.sender, &lateScene.receiver)
      }
      deliver(
        late, segment.bytes.span.clamped(from: segment.offset, count: segment.bytes.count), gap: segment.gapBefore,
        &lateScene)
      scene.conversation = lateScene.conversation
    }
  }

  /// A connection is over: what still waits is read, and its states are given back.
  private mutating func finish(_ meeting: Meeting, _ scene: inout FactFolder.Scene) {
    let id = Int(meeting.hit.id)
    streams.flush(meeting.hit.id)
    drainReady(meeting, meeting.hit.side, &scene)
    drainReady(meeting, meeting.hit.side.other, &scene)
    streams.release(meeting.hit.id)
    states[id].isOver = true
    if states[id].channel != .max {
      dissection.close(states[id].channel)
      states[id].channel = .max
    }
  }

  /// Folds what the dissectors recorded, after learning from it who the client is.
  private mutating func drain(_ meeting: borrowing Meeting, _ scene: inout FactFolder.Scene) {
    let id = Int(meeting.hit.id)
    if let number = dissection.protocolNumber(states[id].channel), number != states[id].recognised {
      states[id].recognised = number
      folder.recognise(scene.conversation, number)
    }
    guard !buffer.isEmpty else { return }
    if flows.flows[id].clientEvidence < .protocolBits, let asked = firstRole() {
      flows.setClient(meeting.hit.id, asked ? meeting.hit.side : meeting.hit.side.other, .protocolBits)
      scene.conversation = conversation(meeting.hit, meeting.place, meeting.sighting)
    }
    folder.fold(buffer, scene, &hosts)
    buffer.removeAll()
  }

  /// Whether the first operation in the buffer asks (true) or answers (false); nil where there is none.
  private func firstRole() -> Bool? {
    for index in buffer.observations.indices {
      if case .operation(let operation) = buffer.observations[index] {
        return operation.role == .publish ? nil : operation.senderIsClient
      }
    }
    return nil
  }

  // MARK: the end

  /// What one worker hands over.
  struct Result: Sendable {
    var folder: FactFolder
    var addresses: [HostAddress]
    var counters: DecodeCounters
    var limits: [CountFact]
  }

  /// Reads what still waits and adds all flows to their conversations.
  consuming func finish() -> Result {
    for id in flows.flows.indices {
      let flow = flows.flows[id]
      if flow.transport == .tcp, !states[id].isOver, !flow.isOverflow { finishOpen(id, flow) }
    }
    for id in flows.flows.indices { addFlow(id) }
    var limits: [CountFact] = []
    func limit(_ name: String, _ count: UInt64) {
      if count > 0 { limits.append(CountFact(kind: "limit", detail: name, count: count)) }
    }
    limit("packets of host pairs with too many conversations, counted together", flows.overflowPackets)
    limit("data units longer than \(Limits.pduBytes) bytes, not read", dissection.oversized)
    limit("streams whose waiting segments passed a limit", streams.counters.streamLimitHits)
    limit("segments that waited beyond the limit of all streams", streams.counters.totalLimitHits)
    limit("fragments refused", decoder.counters.refusedFragments)
    return Result(folder: folder, addresses: hosts.table.addresses, counters: decoder.counters, limits: limits)
  }

  private mutating func finishOpen(_ id: Int, _ flow: Flow) {
    let number = FlowID(truncatingIfNeeded: id)
    streams.flush(number)
    for side in Side.allCases {
      while let segment = streams.popReady(number, side) {
        let isForward = side == .forward
        let sender = isForward ? flow.source : flow.destination
        let receiver = isForward ? flow.destination : flow.source
        var frame = DecodedFrame()
        frame.source = hosts.table.addresses[Int(sender)]
        frame.destination = hosts.table.addresses[Int(receiver)]
        frame.sourcePort = isForward ? flow.sourcePort : flow.destinationPort
        frame.destinationPort = isForward ? flow.destinationPort : flow.sourcePort
        let sighting = Sighting(
          time: segment.time, file: UInt32(truncatingIfNeeded: segment.evidence >> 40),
          frame: segment.evidence & 0xff_ffff_ffff)
        let meeting = Meeting(
          frame: frame, hit: FlowHit(id: number, side: side, isNew: false, isOverflow: false),
          place: .init(.tcp, server: flow.serverPort, client: flow.clientPort), sighting: sighting)
        var scene = FactFolder.Scene(
          conversation: conversation(meeting.hit, meeting.place, sighting), sender: sender, receiver: receiver,
          sighting: sighting)
        deliver(
          meeting, segment.bytes.span.clamped(from: segment.offset, count: segment.bytes.count),
          gap: segment.gapBefore, &scene)
      }
    }
  }

  private mutating func addFlow(_ id: Int) {
    let number = FlowID(truncatingIfNeeded: id)
    let flow = flows.flows[id]
    let toServer = flows.side(number, flow.client)
    let toClient = flows.side(number, flow.client.other)
    var totals = FlowTotals()
    totals.clientEvidence = Self.evidence(flow.clientEvidence)
    let seen = [toServer, toClient].filter { $0.packets > 0 }
    func sighting(_ side: FlowSide) -> Sighting {
      Sighting(
        time: side.firstTime, file: UInt32(truncatingIfNeeded: side.firstEvidence >> 40),
        frame: side.firstEvidence & 0xff_ffff_ffff)
    }
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

/// The worker's host table, as the folder asks it for hosts named in payloads.
struct WorkerHosts: HostNumbering {
  var table = HostTable()
  mutating func number(of address: HostAddress) -> UInt32 { table.intern(address) }
}
