import OTCore

/// What became of the payload of one TCP segment.
public struct Delivery: Sendable, Equatable {
  public enum Kind: UInt8, Sendable {
    /// Nothing new: no payload, seen before, or a keep-alive.
    case nothing
    /// The next bytes of the stream stand in this very segment, see ``offset`` and ``count``.
    case segment
    /// Kept until what lies before it was seen or given up.
    case buffered
  }
  public internal(set) var kind = Kind.nothing
  /// Where the new bytes start in the segment's payload.
  public internal(set) var offset = 0
  /// How many new bytes there are.
  public internal(set) var count = 0
  /// Bytes of the stream that were lost right before the new ones.
  public internal(set) var gapBefore = 0
  /// The stream went on at an unrelated place: what came before cannot be continued, an unknown number of bytes is lost.
  public internal(set) var isRestart = false
  /// Whether ``StreamReassembler/popReady(_:_:)`` has something for the sender's side, behind this segment.
  public internal(set) var isReady = false
  /// Whether it has something for the other side: its lost bytes were acknowledged by this segment.
  public internal(set) var isOtherReady = false
  /// Whether that comes before this segment's own bytes, which answer it.
  public internal(set) var isOtherFirst = false

  public init() {}
  @inlinable public var isAfterGap: Bool { gapBefore > 0 || isRestart }
}

/// A segment that had to wait.
public struct ReadySegment: Sendable {
  public internal(set) var bytes: [UInt8]
  /// Bytes at the start of ``bytes`` that were delivered before.
  public internal(set) var offset: Int
  /// Bytes of the stream that were lost right before.
  public internal(set) var gapBefore: Int
  /// The frame that brought the segment.
  public internal(set) var evidence: UInt64
  public internal(set) var time: Timestamp
}

/// Puts the segments of TCP connections into order (RFC 9293 section 3.10.7.4), once for all protocols above.
///
/// In-order payload is delivered in place without a copy; only segments behind a hole are kept. Of bytes that came
/// twice the first copy wins. A hole is given up, and counted as lost, when a limit is reached, when the receiver
/// acknowledged it and later segments have come or an answer to the segment behind it, after some seconds of capture time,
/// and at the end.
///
/// After each ``accept(flow:side:tcp:payload:missing:time:evidence:)`` the caller takes what became ready, first of the
/// sender's side, then of the other one; where ``Delivery/isOtherFirst``, that of the other one before anything else.
public struct StreamReassembler: Sendable {
  public struct Limits: Sendable {
    /// Segments kept behind a hole, per direction.
    public var segments = 64
    /// Bytes kept behind a hole, per direction.
    public var bytes = 1 << 18
    /// Bytes kept by all streams together: the last resort, as it makes one conversation depend on others.
    public var totalBytes = 1 << 26
    /// Segments that must have come behind a hole the receiver acknowledged. Two, as a capture may swap two packets.
    public var segmentsBehindAcknowledgedHole = 2
    /// Bytes of a hole that is given up when the segment behind it is answered: one lost segment of Ethernet.
    public var answeredHole = 1460
    /// Capture time, in nanoseconds, after which a hole the receiver acknowledged is given up.
    public var acknowledgedHoleAge: Int64 = 1_000_000_000
    /// Capture time, in nanoseconds, after which any hole is given up.
    public var holeAge: Int64 = 10_000_000_000
    public init() {}
  }

  public struct Counters: Sendable, Equatable {
    /// Segments that came before their turn.
    public internal(set) var bufferedSegments: UInt64 = 0
    /// Bytes that had been delivered or buffered before.
    public internal(set) var repeatedBytes: UInt64 = 0
    public internal(set) var lostBytes: UInt64 = 0
    /// Holes given up because of ``Limits/segments`` or ``Limits/bytes``.
    public internal(set) var streamLimitHits: UInt64 = 0
    /// Holes given up because of ``Limits/totalBytes``.
    public internal(set) var totalLimitHits: UInt64 = 0
    /// Streams that went on at an unrelated place.
    public internal(set) var restarts: UInt64 = 0
    public init() {}

    public mutating func merge(_ other: Counters) {
      bufferedSegments += other.bufferedSegments
      repeatedBytes += other.repeatedBytes
      lostBytes += other.lostBytes
      streamLimitHits += other.streamLimitHits
      totalLimitHits += other.totalLimitHits
      restarts += other.restarts
    }
  }

  public internal(set) var counters = Counters()
  /// Bytes kept by all streams together.
  public internal(set) var bufferedBytes = 0
  let limits: Limits
  /// Two entries a stream, as in ``FlowTable``.
  var directions: [StreamDirection] = []
  /// Place of a flow's stream + 1, by ``FlowID``; 0 for a flow without payload.
  private(set) var streams: [UInt32] = []
  /// Places that ``release(_:)`` gave back.
  private var free: [UInt32] = []

  public init(limits: Limits = Limits()) { self.limits = limits }

  /// Takes one segment.
  /// - Parameters:
  ///   - payload: what was captured of the payload.
  ///   - missing: bytes of the payload behind it that the capture cut off.
  public mutating func accept(
    flow: FlowID, side: Side, tcp: TCPHeader, payload: Span<UInt8>, missing: Int, time: Timestamp, evidence: UInt64
  ) -> Delivery {
    var delivery = Delivery()
    if missing == 0, acceptInTurn(flow, side, tcp, payload.count, &delivery) { return delivery }
    let isControl = !tcp.flags.isDisjoint(with: [.syn, .fin, .rst])
    guard let stream = place(of: flow, orNew: payload.count + missing > 0 || isControl) else { return delivery }
    let own = 2 * stream + Int(side.rawValue)
    let other = 2 * stream + Int(side.other.rawValue)

    if isControl { control(own, other, tcp, payloadCount: payload.count + missing) }
    if payload.count + missing > 0, !tcp.flags.contains(.rst) {
      take(own, tcp, payload, missing, time, evidence, &delivery)
    }
    if tcp.flags.contains(.ack) { directions[other].acknowledge(tcp.acknowledgement) }
    if directions[own].hasSegments { delivery.isReady = giveUpHole(own, now: time) }
    if directions[other].hasSegments {
      // Who answers has had what it acknowledges: the request behind the hole is read before its answer.
      let isAnswered = payload.count + missing > 0 && directions[other].isFirstAcknowledged(behind: limits.answeredHole)
      delivery.isOtherReady = giveUpHole(other, now: time, isAnswered: isAnswered)
      delivery.isOtherFirst = isAnswered && delivery.isOtherReady
    }
    return delivery
  }

  /// The way of nearly all segments: the next one of a stream in which nothing waits. False, and nothing done, for any
  /// other.
  @inline(__always)
  private mutating func acceptInTurn(
    _ flow: FlowID, _ side: Side, _ tcp: TCPHeader, _ count: Int, _ delivery: inout Delivery
  ) -> Bool {
    guard tcp.flags.isDisjoint(with: [.syn, .fin, .rst]), Int(flow) < streams.count, streams[Int(flow)] != 0 else {
      return false
    }
    let own = 2 * (Int(streams[Int(flow)]) - 1) + Int(side.rawValue)
    let other = own ^ 1
    guard !directions[other].hasSegments, directions[own].takeInTurn(tcp.sequence, count, &delivery) else {
      return false
    }
    if tcp.flags.contains(.ack) { directions[other].acknowledge(tcp.acknowledgement) }
    return true
  }

  /// The next bytes of a stream that had to wait, until nil.
  public mutating func popReady(_ flow: FlowID, _ side: Side) -> ReadySegment? {
    guard let stream = place(of: flow, orNew: false) else { return nil }
    return pop(2 * stream + Int(side.rawValue))
  }

  /// Gives up all holes of a flow; the caller then takes what is ready of both sides.
  public mutating func flush(_ flow: FlowID) {
    guard let stream = place(of: flow, orNew: false) else { return }
    directions[2 * stream].isFlushing = true
    directions[2 * stream + 1].isFlushing = true
  }

  /// Forgets a flow that is over and everything kept for it.
  public mutating func release(_ flow: FlowID) {
    guard let stream = place(of: flow, orNew: false) else { return }
    for position in [2 * stream, 2 * stream + 1] {
      bufferedBytes -= directions[position].bufferedBytes
      directions[position] = StreamDirection()
    }
    streams[Int(flow)] = 0
    free.append(UInt32(truncatingIfNeeded: stream))
  }

  /// Follows ``FlowTable/keep(_:)``; the streams of all other flows have been released.
  public mutating func keep(_ kept: [FlowID]) {
    streams = kept.map { Int($0) < streams.count ? streams[Int($0)] : 0 }
  }

  private mutating func place(of flow: FlowID, orNew isWanted: Bool) -> Int? {
    let flow = Int(flow)
    if flow < streams.count, streams[flow] != 0 { return Int(streams[flow]) - 1 }
    guard isWanted else { return nil }
    while streams.count <= flow { streams.append(0) }
    if let place = free.popLast() {
      streams[flow] = place + 1
      return Int(place)
    }
    let place = directions.count / 2
    directions.append(StreamDirection())
    directions.append(StreamDirection())
    streams[flow] = UInt32(truncatingIfNeeded: place) + 1
    return place
  }
}
