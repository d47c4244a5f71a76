import OTCore

/// One direction of one stream.
struct StreamDirection: Sendable {
  /// The next byte to deliver, once `isStarted`.
  var next = SequenceNumber(0)
  /// What the receiver acknowledged last, once `hasAcknowledged`.
  var acknowledged = SequenceNumber(0)
  /// Bytes lost right before the next delivery.
  var pendingGap = 0
  var bufferedBytes = 0
  /// What waits behind a hole, in sequence order and without overlap.
  var segments: [WaitingSegment] = []
  /// Same as `!segments.isEmpty`, without touching the array.
  var hasSegments = false
  var isStarted = false
  var hasAcknowledged = false
  /// A byte was delivered or kept.
  var hasData = false
  /// A FIN was seen.
  var isEnding = false
  /// Holes are given up without waiting.
  var isFlushing = false
  /// The hole that was given up last.
  var lostStart = SequenceNumber(0)
  var lostCount = 0
  /// What was given up came after all: the capture does not keep the order of segments, so an answer proves nothing.
  var isShuffled = false
  /// Where a run of segments far from `next` would go on, and how many there were.
  var strayNext = SequenceNumber(0)
  var strayCount = 0

  @inline(__always)
  mutating func acknowledge(_ number: SequenceNumber) {
    if hasAcknowledged, number.distance(from: acknowledged) <= 0 { return }
    acknowledged = number
    hasAcknowledged = true
  }

  /// Whether the receiver has had the whole first segment that waits, and no more than `most` bytes are missing before it.
  /// Where more are, the capture may have lost its order; where it has, an answer proves nothing.
  func isFirstAcknowledged(behind most: Int) -> Bool {
    guard hasAcknowledged, !isShuffled, let first = segments.first, first.start.distance(from: next) <= most else {
      return false
    }
    return acknowledged.distance(from: first.start.advanced(by: first.bytes.count + first.missing)) >= 0
  }

  /// Takes a segment of `count` captured bytes if it is the next one and nothing waits.
  @inline(__always)
  mutating func takeInTurn(_ sequence: SequenceNumber, _ count: Int, _ delivery: inout Delivery) -> Bool {
    guard !hasSegments else { return false }
    guard count > 0 else { return true }
    guard isStarted, sequence == next else { return false }
    delivery.kind = .segment
    delivery.count = count
    delivery.gapBefore = pendingGap
    pendingGap = 0
    next = sequence.advanced(by: count)
    hasData = true
    strayCount = 0
    return true
  }

  mutating func start(at number: SequenceNumber) {
    next = number
    isStarted = true
  }

  /// Hands over the number of bytes lost before what is delivered now.
  @inline(__always)
  mutating func takeGap() -> Int {
    defer { pendingGap = 0 }
    return pendingGap
  }
}

struct WaitingSegment: Sendable {
  let start: SequenceNumber
  let bytes: [UInt8]
  /// Bytes behind `bytes` that the capture cut off.
  let missing: Int
  let time: Timestamp
  let evidence: UInt64
}

extension StreamReassembler {
  /// A segment that starts this far behind or ahead is no repetition and no reordering.
  @usableFromInline static var farBehind: Int { 1 << 20 }
  private static let farAhead = 1 << 26
  /// Adjoining segments far away that make a stream go on there.
  private static let strayRun = 3

  /// SYN, FIN and RST.
  mutating func control(_ own: Int, _ other: Int, _ tcp: TCPHeader, payloadCount: Int) {
    if tcp.flags.contains(.rst) {
      directions[own].isFlushing = directions[own].hasSegments
      directions[other].isFlushing = directions[other].hasSegments
    } else if tcp.flags.contains(.syn) {
      if !directions[own].hasData { directions[own].start(at: tcp.sequence.advanced(by: 1)) }
      if tcp.flags.contains(.ack), !directions[other].isStarted { directions[other].start(at: tcp.acknowledgement) }
    } else {
      directions[own].isEnding = true
    }
  }

  /// The payload of one segment.
  @inline(__always)
  mutating func take(
    _ own: Int, _ tcp: TCPHeader, _ payload: Span<UInt8>, _ missing: Int, _ time: Timestamp, _ evidence: UInt64,
    _ delivery: inout Delivery
  ) {
    if directions[own].isStarted, !directions[own].hasSegments, tcp.sequence == directions[own].next,
      !tcp.flags.contains(.syn)
    {
      deliver(own, offset: 0, captured: payload.count, total: payload.count + missing, &delivery)
    } else {
      takeOutOfTurn(own, tcp, payload, missing, time, evidence, &delivery)
    }
  }

  /// Everything but the next segment of a stream without holes.
  private mutating func takeOutOfTurn(
    _ own: Int, _ tcp: TCPHeader, _ payload: Span<UInt8>, _ missing: Int, _ time: Timestamp, _ evidence: UInt64,
    _ delivery: inout Delivery
  ) {
    let start = tcp.flags.contains(.syn) ? tcp.sequence.advanced(by: 1) : tcp.sequence
    let total = payload.count + missing
    if !directions[own].isStarted {
      let isProbe = isKeepAlive(own, start, tcp.flags, payload, missing)
      directions[own].start(at: isProbe ? start.advanced(by: 1) : start)
    }
    var distance = start.distance(from: directions[own].next)
    if distance < -Self.farBehind || distance > Self.farAhead {
      guard restarts(own, at: start, total) else { return }
      delivery.isRestart = true
      distance = 0
    }
    if distance > 0 {
      delivery.kind = .buffered
      keep(own, start, payload, from: 0, missing, time, evidence)
      return
    }
    let seen = -distance
    counters.repeatedBytes += UInt64(truncatingIfNeeded: min(seen, total))
    guard seen < total else {
      let place = start.distance(from: directions[own].lostStart)
      if place >= 0, place < directions[own].lostCount { directions[own].isShuffled = true }
      return
    }
    guard directions[own].hasSegments else {
      deliver(own, offset: seen, captured: payload.count, total: total, &delivery)
      return
    }
    // Up to the first waiting segment in place, the rest into the holes behind it.
    let room = directions[own].segments[0].start.distance(from: directions[own].next)
    let end = room >= total - seen ? total : seen + max(0, room)
    if end > seen {
      deliver(own, offset: seen, captured: min(payload.count, end), total: end, &delivery)
    } else {
      delivery.kind = .buffered
    }
    if end < total { keep(own, start, payload, from: end, missing, time, evidence) }
  }

  /// Delivers `offset ..< captured` of a payload and counts what lies up to `total` as lost.
  @inline(__always)
  private mutating func deliver(_ own: Int, offset: Int, captured: Int, total: Int, _ delivery: inout Delivery) {
    let count = max(0, captured - offset)
    if count > 0 {
      delivery.kind = .segment
      delivery.offset = offset
      delivery.count = count
      delivery.gapBefore = directions[own].takeGap()
    }
    let lost = total - offset - count
    if lost > 0 {
      directions[own].pendingGap += lost
      counters.lostBytes += UInt64(truncatingIfNeeded: lost)
    }
    directions[own].next = directions[own].next.advanced(by: total - offset)
    directions[own].hasData = true
    directions[own].strayCount = 0
  }

  /// Keeps what is new of a payload from `offset` on.
  private mutating func keep(
    _ own: Int, _ start: SequenceNumber, _ payload: Span<UInt8>, from offset: Int, _ missing: Int, _ time: Timestamp,
    _ evidence: UInt64
  ) {
    let segments = directions[own].segments.count
    if segments >= limits.segments || directions[own].bufferedBytes + payload.count > limits.bytes {
      counters.streamLimitHits += 1
      if directions[own].hasSegments { skipHole(own) }
    }
    if bufferedBytes + payload.count > limits.totalBytes {
      counters.totalLimitHits += 1
      if directions[own].hasSegments { skipHole(own) }
    }
    // Only when the caller does not take what is ready.
    guard segments < 2 * limits.segments else {
      counters.lostBytes += UInt64(truncatingIfNeeded: payload.count + missing)
      return
    }
    counters.bufferedSegments += 1
    directions[own].hasData = true
    directions[own].strayCount = 0
    // Between the waiting segments: `index` walks over them, `position` over the payload.
    var position = offset
    var index = 0
    while position < payload.count || (position == payload.count && missing > 0) {
      guard index < directions[own].segments.count else {
        insert(own, index, start, payload, position, payload.count, missing, time, evidence)
        return
      }
      let other = directions[own].segments[index]
      let otherStart = other.start.distance(from: start)
      let otherEnd = otherStart + other.bytes.count + other.missing
      if otherStart > position {
        let end = min(payload.count, otherStart)
        let isTail = otherStart >= payload.count + missing
        insert(own, index, start, payload, position, end, isTail ? missing : 0, time, evidence)
        if isTail { return }
        index += 1
      }
      let repeated = min(payload.count, otherEnd) - max(position, otherStart)
      if repeated > 0 { counters.repeatedBytes += UInt64(truncatingIfNeeded: repeated) }
      position = max(position, otherEnd)
      index += 1
    }
  }

  private mutating func insert(
    _ own: Int, _ index: Int, _ start: SequenceNumber, _ payload: Span<UInt8>, _ low: Int, _ high: Int, _ missing: Int,
    _ time: Timestamp, _ evidence: UInt64
  ) {
    var bytes: [UInt8] = []
    if low < high { bytes.append(payload.extracting(low..<high)) }
    bufferedBytes += bytes.count
    directions[own].bufferedBytes += bytes.count
    directions[own].segments.insert(
      WaitingSegment(
        start: start.advanced(by: low), bytes: bytes, missing: missing, time: time, evidence: evidence),
      at: index)
    directions[own].hasSegments = true
  }

  /// Gives up the first hole where waiting longer is of no use, and says whether something is ready.
  mutating func giveUpHole(_ own: Int, now: Timestamp, isAnswered: Bool = false) -> Bool {
    guard let first = directions[own].segments.first else { return false }
    if first.start.distance(from: directions[own].next) <= 0 { return true }
    let (age, _) = now.nanoseconds.subtractingReportingOverflow(first.time.nanoseconds)
    let isAcknowledged =
      directions[own].hasAcknowledged && directions[own].acknowledged.distance(from: first.start) >= 0
    let isHopeless =
      isAcknowledged
      && (directions[own].segments.count >= limits.segmentsBehindAcknowledgedHole || directions[own].isEnding
        || age >= limits.acknowledgedHoleAge)
    guard isHopeless || isAnswered || age >= limits.holeAge || directions[own].isFlushing else { return false }
    skipHole(own)
    return true
  }

  /// Moves to the first waiting segment and counts what lies before it as lost.
  private mutating func skipHole(_ own: Int) {
    guard let first = directions[own].segments.first else { return }
    let hole = first.start.distance(from: directions[own].next)
    guard hole > 0 else { return }
    directions[own].pendingGap += hole
    directions[own].lostStart = directions[own].next
    directions[own].lostCount = hole
    counters.lostBytes += UInt64(truncatingIfNeeded: hole)
    directions[own].next = first.start
  }

  /// Takes out the first waiting segment if its turn has come.
  mutating func pop(_ own: Int) -> ReadySegment? {
    while directions[own].hasSegments {
      if directions[own].isFlushing { skipHole(own) }
      let seen = directions[own].next.distance(from: directions[own].segments[0].start)
      guard seen >= 0 else { return nil }
      let segment = directions[own].segments.removeFirst()
      bufferedBytes -= segment.bytes.count
      directions[own].bufferedBytes -= segment.bytes.count
      if directions[own].segments.isEmpty {
        directions[own].hasSegments = false
        directions[own].isFlushing = false
      }
      let total = segment.bytes.count + segment.missing
      guard seen < total else { continue }
      directions[own].next = segment.start.advanced(by: total)
      let offset = min(seen, segment.bytes.count)
      let gap = offset < segment.bytes.count ? directions[own].takeGap() : 0
      let lost = total - max(seen, segment.bytes.count)
      directions[own].pendingGap += lost
      counters.lostBytes += UInt64(truncatingIfNeeded: lost)
      guard offset < segment.bytes.count else { continue }
      return ReadySegment(
        bytes: segment.bytes, offset: offset, gapBefore: gap, evidence: segment.evidence, time: segment.time)
    }
    return nil
  }

  /// Whether the first byte of a stream met in the middle is a probe that repeats the last byte (RFC 9293 3.8.4): its
  /// value is undefined and must not become data. What somebody typed is pushed.
  private func isKeepAlive(
    _ own: Int, _ start: SequenceNumber, _ flags: TCPFlags, _ payload: Span<UInt8>, _ missing: Int
  ) -> Bool {
    guard payload.count == 1, missing == 0, !flags.contains(.syn) else { return false }
    if !flags.contains(.psh) { return true }
    return directions[own].hasAcknowledged && directions[own].acknowledged.distance(from: start) > 0
  }

  /// Whether a segment far from its stream completes a run of such segments, and the stream goes on behind them: a
  /// connection whose beginning was not captured uses the ports of an older one.
  private mutating func restarts(_ own: Int, at start: SequenceNumber, _ total: Int) -> Bool {
    let isNext = directions[own].strayCount > 0 && directions[own].strayNext == start
    directions[own].strayCount = isNext ? directions[own].strayCount + 1 : 1
    directions[own].strayNext = start.advanced(by: total)
    guard directions[own].strayCount >= Self.strayRun else {
      counters.lostBytes += UInt64(truncatingIfNeeded: total)
      return false
    }
    counters.restarts += 1
    counters.lostBytes += UInt64(truncatingIfNeeded: directions[own].bufferedBytes)
    bufferedBytes -= directions[own].bufferedBytes
    directions[own].bufferedBytes = 0
    directions[own].segments.removeAll()
    directions[own].hasSegments = false
    directions[own].isFlushing = false
    directions[own].pendingGap = 0
    directions[own].strayCount = 0
    directions[own].next = start
    return true
  }
}
