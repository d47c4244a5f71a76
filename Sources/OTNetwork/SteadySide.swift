import OTCore

/// One direction of a conversation while its packets come one behind the other, as most do.
///
/// What such a packet changes lies in half a dozen tables: counters of its flow, the next byte of its stream, what was
/// acknowledged of the other one. It is counted here, in one place, and told to the tables when something else comes.
public struct SteadySide: Sendable {
  public var packets: UInt64 = 0
  /// Bytes on the wire.
  public var bytes: UInt64 = 0
  public var lastTime: Timestamp
  @usableFromInline var payloadBytes: UInt64 = 0
  @usableFromInline var lastEvidence: UInt64 = 0
  /// Behind the last byte seen, of a segment.
  @usableFromInline var next: SequenceNumber
  @usableFromInline var acknowledged = SequenceNumber(0)
  @usableFromInline var hasAcknowledged = false
  @usableFromInline var flags: TCPFlags = []
  /// Segments all of whose bytes were seen before, and the bytes.
  @usableFromInline var repeats: UInt32 = 0
  @usableFromInline var repeatedBytes: UInt64 = 0
  @usableFromInline let payload: Payload
  /// Whether a segment behind whose bytes the stream already is changes nothing but counters: no hole was left that it
  /// may fill.
  @usableFromInline let mayRepeat: Bool

  /// What becomes of the payload of a segment.
  public enum Payload: Sendable {
    /// It is none that a stream waits for: the segment has to go the long way.
    case unexpected
    /// It is the next of its stream.
    case inTurn
    /// Nobody reads the stream.
    case unread
  }

  /// What a packet was.
  public enum Taken: Sendable {
    /// One that changes more than counters, or comes before the one before it: nothing was done.
    case not
    case next
    /// Was seen before.
    case again
  }

  init(next: SequenceNumber, lastTime: Timestamp, payload: Payload, mayRepeat: Bool = false) {
    self.next = next
    self.lastTime = lastTime
    self.payload = payload
    self.mayRepeat = mayRepeat
  }

  /// Counts a datagram.
  @inlinable @inline(__always)
  public mutating func take(payload count: Int, wireBytes: Int, _ time: Timestamp, _ evidence: UInt64) -> Taken {
    guard time >= lastTime else { return .not }
    add(count, wireBytes, time, evidence)
    return .next
  }

  /// Counts a segment.
  @inlinable @inline(__always)
  public mutating func take(
    _ tcp: TCPHeader, payload count: Int, wireBytes: Int, _ time: Timestamp, _ evidence: UInt64
  ) -> Taken {
    guard tcp.window != 0, tcp.flags.isDisjoint(with: [.syn, .fin, .rst]), time >= lastTime else { return .not }
    let isNext = tcp.sequence == next
    if isNext {
      guard count == 0 || payload != .unexpected else { return .not }
      next = next.advanced(by: count)
    } else {
      guard isRepeat(tcp.sequence, count) else { return .not }
      repeats &+= 1
      repeatedBytes &+= UInt64(truncatingIfNeeded: count)
    }
    flags.formUnion(tcp.flags)
    if tcp.flags.contains(.ack), !hasAcknowledged || tcp.acknowledgement.distance(from: acknowledged) > 0 {
      acknowledged = tcp.acknowledgement
      hasAcknowledged = true
    }
    add(count, wireBytes, time, evidence)
    return isNext ? .next : .again
  }

  /// Whether all bytes of a segment were seen before, and it is no probe of an idle connection.
  @inlinable @inline(__always)
  func isRepeat(_ start: SequenceNumber, _ count: Int) -> Bool {
    let seen = next.distance(from: start)
    return mayRepeat && payload != .unexpected && count > 0 && seen >= count && seen != 1
      && seen <= StreamReassembler.farBehind
  }

  @inlinable @inline(__always)
  mutating func add(_ count: Int, _ wireBytes: Int, _ time: Timestamp, _ evidence: UInt64) {
    packets &+= 1
    bytes &+= UInt64(truncatingIfNeeded: wireBytes)
    payloadBytes &+= UInt64(truncatingIfNeeded: count)
    lastTime = time
    lastEvidence = evidence
  }
}

extension FlowTable {
  /// A side to count the next packets of a conversation with; nil where more depends on them than counters.
  ///
  /// Neither this table nor `streams` is changed; what may be changed is lent where it lies, and not copied for the call.
  ///
  /// - Parameter streams: where the segments of the conversation are put into order.
  public mutating func steadySide(
    _ id: FlowID, _ direction: Side, _ streams: inout StreamReassembler, isRead: Bool
  ) -> SteadySide? {
    let flow = flows[Int(id)]
    guard flow.state != .answered, !flow.isOverflow else { return nil }
    let side = 2 * Int(id) + Int(direction.rawValue)
    // A field of an element of an array itself would be taken from a copy of the element.
    let sides = sides.span
    let (next, lastTime) = (sides[side].next, sides[side].lastTime)
    guard flow.transport == .tcp else { return SteadySide(next: next, lastTime: lastTime, payload: .unread) }
    guard sides[side].hasNext else { return nil }
    let isWhole = sides[side].holeStart == sides[side].holeEnd
    guard isRead else { return SteadySide(next: next, lastTime: lastTime, payload: .unread, mayRepeat: isWhole) }
    guard streams.isQuiet(id) else { return nil }
    let isInTurn = streams.isInTurn(id, direction, next)
    return SteadySide(
      next: next, lastTime: lastTime, payload: isInTurn ? .inTurn : .unexpected,
      mayRepeat: isWhole && streams.isWhole(id, direction))
  }

  /// Adds what was counted apart from the table.
  public mutating func add(_ steady: SteadySide, to id: FlowID, _ side: Side) {
    sides[2 * Int(id) + Int(side.rawValue)].add(steady)
  }
}

extension FlowSide {
  mutating func add(_ steady: SteadySide) {
    packets += steady.packets
    bytes += steady.bytes
    payloadBytes += steady.payloadBytes
    lastTime = steady.lastTime
    lastEvidence = steady.lastEvidence
    next = steady.next
    flags.formUnion(steady.flags)
    retransmissions += steady.repeats
  }
}

extension StreamReassembler {
  /// Whether no segment of a flow waits for others.
  func isQuiet(_ flow: FlowID) -> Bool {
    guard let stream = stream(of: flow) else { return true }
    return !directions[2 * stream].hasSegments && !directions[2 * stream + 1].hasSegments
  }

  /// Whether a segment that starts at `number` is the next one of its stream, and nothing was lost before it.
  func isInTurn(_ flow: FlowID, _ side: Side, _ number: SequenceNumber) -> Bool {
    guard let stream = stream(of: flow) else { return false }
    let own = 2 * stream + Int(side.rawValue)
    return directions[own].isStarted && directions[own].next == number && directions[own].pendingGap == 0
  }

  /// Whether nothing was lost of a stream that may still come.
  func isWhole(_ flow: FlowID, _ side: Side) -> Bool {
    guard let stream = stream(of: flow) else { return false }
    return directions[2 * stream + Int(side.rawValue)].lostCount == 0
  }

  /// Goes on behind the segments that were counted apart from the stream.
  public mutating func add(_ steady: SteadySide, to flow: FlowID, _ side: Side) {
    guard let stream = stream(of: flow) else { return }
    let own = 2 * stream + Int(side.rawValue)
    if steady.payload == .inTurn, steady.payloadBytes > steady.repeatedBytes { directions[own].goOn(at: steady.next) }
    counters.repeatedBytes += steady.repeatedBytes
    if steady.hasAcknowledged { directions[own ^ 1].acknowledge(steady.acknowledged) }
  }

  private func stream(of flow: FlowID) -> Int? {
    guard Int(flow) < streams.count, streams[Int(flow)] != 0 else { return nil }
    return Int(streams[Int(flow)]) - 1
  }
}

extension StreamDirection {
  /// All bytes up to `number` were delivered.
  fileprivate mutating func goOn(at number: SequenceNumber) {
    next = number
    hasData = true
    strayCount = 0
  }
}
