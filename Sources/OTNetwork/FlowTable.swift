import OTCore

/// All conversations of one worker: finds the one a packet belongs to and counts it there.
public struct FlowTable: Sendable {
  public struct Limits: Sendable {
    /// Conversations kept apart per host pair; all further ones of the pair share one record per transport, so that a
    /// port scan or a SYN flood cannot fill the memory.
    public var flowsPerHostPair = 1 << 16
    /// Conversations at one time; whoever drives the table makes room when it ``FlowTable/isFull``.
    public var flows = OTCore.Limits.flows
    public init() {}
  }

  /// All conversations by ``FlowID``.
  public private(set) var flows: [Flow] = []
  /// Two entries a conversation: forward at `2 * id`, reverse behind it.
  var sides: [FlowSide] = []
  /// Packets that were counted on an overflow record.
  public private(set) var overflowPackets: UInt64 = 0

  public let limits: Limits
  private let servicePorts: ServicePorts
  /// Conversations by the unordered pair of their ends.
  private var index: IndexTable
  /// Both ends of each conversation as `host << 32 | port << 16 | transport`.
  private var ends: [Ends] = []
  /// Number of conversations per unordered host pair; touched only when a conversation begins.
  private var pairIndex: IndexTable
  private var pairs: [HostPair] = []
  private var last = Last()

  private struct Ends {
    let source: UInt64
    let destination: UInt64
  }
  private struct HostPair {
    let low: UInt32
    let high: UInt32
    var flows: Int
  }
  /// The conversation of the previous packet.
  private struct Last {
    var source = UInt64.max
    var destination = UInt64.max
    var id: FlowID = 0
    var side = Side.forward
    var isOverflow = false
  }

  public init(
    servicePorts: ServicePorts = ServicePorts(), limits: Limits = Limits(), seed: UInt64 = 0x9e37_79b9_7f4a_7c15
  ) {
    self.servicePorts = servicePorts
    self.limits = limits
    index = IndexTable(seed: seed, capacityExponent: 12)
    pairIndex = IndexTable(seed: seed)
  }

  @inlinable public var count: Int { flows.count }

  /// What `side` of a conversation sent.
  public func side(_ id: FlowID, _ side: Side) -> FlowSide { sides[2 * Int(id) + Int(side.rawValue)] }

  /// Counts a packet to its conversation.
  /// - Parameters:
  ///   - source: host number of ``DecodedFrame/source``, as given by ``HostTable/intern(_:)``.
  ///   - evidence: position of the frame in the evidence; only stored.
  public mutating func observe(
    _ frame: borrowing DecodedFrame, source: UInt32, destination: UInt32, time: Timestamp, evidence: UInt64
  ) -> FlowHit {
    let transport = UInt64(frame.transport.rawValue)
    let from = UInt64(source) << 32 | UInt64(frame.sourcePort) << 16 | transport
    let to = UInt64(destination) << 32 | UInt64(frame.destinationPort) << 16 | transport
    var isNew = false
    if last.source == to, last.destination == from, from != to {
      swap(&last.source, &last.destination)
      last.side = last.side.other
    } else if last.source != from || last.destination != to {
      isNew = find(from, to, frame.transport)
    }
    if frame.transport == .tcp, frame.tcp.flags.contains(.syn), !isNew, !last.isOverflow,
      startsAnew(last.id, last.side, frame.tcp)
    {
      isNew = find(from, to, frame.transport, renewed: true)
    }
    let isOpening = flows[Int(last.id)].state == .answered
    let hit = FlowHit(id: last.id, side: last.side, isNew: isNew, isOverflow: last.isOverflow)
    let position = 2 * Int(hit.id) + Int(hit.side.rawValue)
    if hit.isOverflow { overflowPackets += 1 }
    let isConnection = hit.isOverflow ? false : frame.transport == .tcp
    sides[position].count(
      isConnection ? frame.tcp : nil, payload: frame.payloadCount + frame.missing, wireBytes: frame.wireBytes, time,
      evidence)
    let flags = frame.tcp.flags
    if isConnection, isOpening || !flags.isDisjoint(with: [.syn, .rst, .fin]) {
      advance(hit, flags)
    }
    return hit
  }

  /// Says who the client is; weaker evidence than what is known changes nothing.
  public mutating func setClient(_ id: FlowID, _ client: Side, _ evidence: ClientEvidence) {
    guard evidence > flows[Int(id)].clientEvidence else { return }
    flows[Int(id)].client = client
    flows[Int(id)].clientEvidence = evidence
  }

  // MARK: room

  /// Whether it is time to ``keep(_:)`` only some conversations.
  public var isFull: Bool { flows.count >= limits.flows }
  /// Half of what the table takes: as many may be kept for there to be room again.
  public var roomyCount: Int { limits.flows / 2 }

  /// Forgets all conversations but some, which are numbered anew in the order given.
  public mutating func keep(_ kept: [FlowID]) {
    flows = kept.map { flows[Int($0)] }
    sides = kept.flatMap { [sides[2 * Int($0)], sides[2 * Int($0) + 1]] }
    ends = kept.map { ends[Int($0)] }
    index = IndexTable(seed: index.seed, capacityExponent: 12)
    insertAll()
    rebuild()
    pairIndex = IndexTable(seed: pairIndex.seed)
    pairs = []
    for flow in flows { _ = countPair(flow.source, flow.destination) }
    last = Last()
  }

  // MARK: finding

  /// Sets `last` to the conversation between two ends, a new one where there is none (or `renewed`: where it is over).
  private mutating func find(_ from: UInt64, _ to: UInt64, _ transport: Transport, renewed: Bool = false) -> Bool {
    let hash = Self.hash(from, to, seed: index.seed)
    var probe = index.probe(hash)
    var isKnown = false
    while let id = index.next(&probe) {
      let known = ends[Int(id)]
      if known.source == from, known.destination == to {
        remember(from, to, id, .forward)
        isKnown = true
        break
      }
      if known.source == to, known.destination == from {
        remember(from, to, id, .reverse)
        isKnown = true
        break
      }
    }
    if isKnown, !renewed { return false }

    let (source, destination) = (UInt32(from >> 32), UInt32(to >> 32))
    let portsAndTransport: UInt64 = 0xffff_ffff
    let isOverflowKey = from & portsAndTransport == overflowMark | UInt64(transport.rawValue)
    if !isOverflowKey, countPair(source, destination) > limits.flowsPerHostPair {
      let mark = overflowMark | UInt64(transport.rawValue)
      _ = find(from & 0xffff_ffff_0000_0000 | mark, to & 0xffff_ffff_0000_0000 | mark, transport)
      // The next packet has to come here again: its own ends are not those of the shared record.
      last.source = .max
      last.destination = .max
      return false
    }
    let id = FlowID(truncatingIfNeeded: flows.count)
    let sourcePort = isOverflowKey ? 0 : UInt16(truncatingIfNeeded: from >> 16)
    let destinationPort = isOverflowKey ? 0 : UInt16(truncatingIfNeeded: to >> 16)
    let (client, evidence) = guessClient(sourcePort, destinationPort, transport)
    flows.append(
      Flow(
        source: source, destination: destination, sourcePort: sourcePort, destinationPort: destinationPort,
        transport: transport, isOverflow: isOverflowKey, client: client, clientEvidence: evidence))
    sides.append(FlowSide())
    sides.append(FlowSide())
    ends.append(Ends(source: from, destination: to))
    if isKnown {
      index.replaceLast(probe, with: id)
    } else {
      index.insert(hash, id: id)
      if index.isCrowded { rebuild() }
    }
    remember(from, to, id, .forward)
    return true
  }

  private mutating func remember(_ from: UInt64, _ to: UInt64, _ id: FlowID, _ side: Side) {
    let isOverflow = Int(id) < flows.count && flows[Int(id)].isOverflow
    last = Last(source: from, destination: to, id: id, side: side, isOverflow: isOverflow)
  }

  /// Stands in the transport's upper byte of an end, where no real end has anything.
  private var overflowMark: UInt64 { 0x8000 }

  @inline(__always)
  private static func hash(_ from: UInt64, _ to: UInt64, seed: UInt64) -> UInt64 {
    from < to ? mix(from, to, seed: seed) : mix(to, from, seed: seed)
  }

  private mutating func rebuild() {
    while index.isCrowded {
      index.reseed()
      insertAll()
    }
  }

  /// Of several connections with the same ends the newest is the one to be found: walk backwards, first one wins.
  private mutating func insertAll() {
    for id in ends.indices.reversed() {
      let end = ends[id]
      let hash = Self.hash(end.source, end.destination, seed: index.seed)
      var probe = index.probe(hash)
      var isShadowed = false
      while let other = index.next(&probe) {
        let newer = ends[Int(other)]
        if newer.source == end.source && newer.destination == end.destination
          || newer.source == end.destination && newer.destination == end.source
        {
          isShadowed = true
          break
        }
      }
      if !isShadowed { index.insert(hash, id: UInt32(truncatingIfNeeded: id)) }
    }
  }

  /// Counts one more conversation of a host pair.
  private mutating func countPair(_ a: UInt32, _ b: UInt32) -> Int {
    let (low, high) = a < b ? (a, b) : (b, a)
    let hash = mix(UInt64(low), UInt64(high), seed: pairIndex.seed)
    var probe = pairIndex.probe(hash)
    while let id = pairIndex.next(&probe) {
      if pairs[Int(id)].low == low, pairs[Int(id)].high == high {
        pairs[Int(id)].flows += 1
        return pairs[Int(id)].flows
      }
    }
    pairIndex.insert(hash, id: UInt32(truncatingIfNeeded: pairs.count))
    pairs.append(HostPair(low: low, high: high, flows: 1))
    while pairIndex.isCrowded {
      pairIndex.reseed()
      for (id, pair) in pairs.enumerated() {
        pairIndex.insert(
          mix(UInt64(pair.low), UInt64(pair.high), seed: pairIndex.seed), id: UInt32(truncatingIfNeeded: id))
      }
    }
    return 1
  }

  /// Who the client is as far as ports tell; the first sender where they do not.
  private func guessClient(
    _ sourcePort: UInt16, _ destinationPort: UInt16, _ transport: Transport
  ) -> (Side, ClientEvidence) {
    let sourceServes = servicePorts.contains(sourcePort, transport)
    let destinationServes = servicePorts.contains(destinationPort, transport)
    if sourceServes != destinationServes { return (destinationServes ? .forward : .reverse, .servicePort) }
    // Both claimed: clients are given no ports below 1024 (RFC 6335 section 6).
    if sourceServes, (sourcePort < 1024) != (destinationPort < 1024) {
      return (destinationPort < 1024 ? .forward : .reverse, .servicePort)
    }
    if sourcePort != destinationPort { return (destinationPort < sourcePort ? .forward : .reverse, .lowerPort) }
    return (.forward, .firstSender)
  }

  // MARK: connections

  /// Whether a SYN begins another connection between the same ends (RFC 6056: ports are used again).
  private func startsAnew(_ id: FlowID, _ side: Side, _ tcp: TCPHeader) -> Bool {
    let sender = sides[2 * Int(id) + Int(side.rawValue)]
    let state = flows[Int(id)].state
    if sender.hasInitial, sender.initial == tcp.sequence { return false }
    if state.isOver { return true }
    // A server that keeps no state may answer a repeated SYN with another number (RFC 4987 section 3.6).
    if tcp.flags.contains(.ack) { return false }
    if sender.hasInitial {
      // A new attempt after one that nobody answered stays in the same record.
      return state != .requested || sides[2 * Int(id) + Int(side.other.rawValue)].packets > 0
    }
    guard sender.hasNext else { return false }
    // Met before its own SYN: only when the capture changed the order of packets.
    let distance = tcp.sequence.advanced(by: 1).distance(from: sender.next)
    return distance > 0 || distance < -(1 << 16)
  }

  /// Moves the state of a connection and learns the client from its handshake.
  private mutating func advance(_ hit: FlowHit, _ flags: TCPFlags) {
    let id = Int(hit.id)
    let state = flows[id].state
    if flags.contains(.rst) {
      if !state.isOver { flows[id].state = state == .requested ? .refused : .reset }
    } else if flags.contains(.syn) {
      if flags.contains(.ack) {
        setClient(hit.id, hit.side.other, .handshake)
        if state == .unknown || state == .requested { flows[id].state = .answered }
      } else {
        setClient(hit.id, hit.side, .handshake)
        if state == .unknown { flows[id].state = .requested }
      }
    } else if flags.contains(.fin) {
      if !state.isOver, sides[2 * id].flags.contains(.fin), sides[2 * id + 1].flags.contains(.fin) {
        flows[id].state = .closed
      }
    } else if state == .answered, flags.contains(.ack), hit.side == flows[id].client {
      flows[id].state = .established
    }
  }
}
