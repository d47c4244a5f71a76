import OTCore

extension FlowSide {
  /// Forward jumps beyond this are another connection whose beginning was missed, not loss.
  private static let longestGap = 1 << 26

  /// Counts one packet; `tcp` only for a segment whose sequence numbers are followed.
  @inline(__always)
  mutating func count(_ tcp: TCPHeader?, payload: Int, wireBytes: Int, _ time: Timestamp, _ evidence: UInt64) {
    if packets == 0 {
      firstTime = time
      firstEvidence = evidence
    }
    packets += 1
    bytes += UInt64(truncatingIfNeeded: wireBytes)
    payloadBytes += UInt64(truncatingIfNeeded: payload)
    lastTime = time
    lastEvidence = evidence
    if let tcp { track(tcp, payload) }
  }

  /// Follows the sequence numbers of one segment with `payload` bytes.
  private mutating func track(_ tcp: TCPHeader, _ payload: Int) {
    // The most frequent segment by far.
    if hasNext, tcp.sequence == next, tcp.window != 0, tcp.flags.isDisjoint(with: [.syn, .rst, .fin]) {
      flags.formUnion(tcp.flags)
      next = next.advanced(by: payload)
    } else {
      trackUnexpected(tcp, payload)
    }
  }

  private mutating func trackUnexpected(_ tcp: TCPHeader, _ payload: Int) {
    flags.formUnion(tcp.flags)
    let isSYN = tcp.flags.contains(.syn)
    let isPlain = tcp.flags.isDisjoint(with: [.syn, .rst, .fin])
    if tcp.window == 0, !tcp.flags.contains(.rst), !isSYN { zeroWindows += 1 }
    if isSYN {
      initial = tcp.sequence
      hasInitial = true
    }
    let start = isSYN ? tcp.sequence.advanced(by: 1) : tcp.sequence
    let end = start.advanced(by: tcp.flags.contains(.fin) ? payload + 1 : payload)
    guard hasNext else {
      next = end
      hasNext = !tcp.flags.contains(.rst)
      return
    }
    let distance = start.distance(from: next)
    if distance == 0 {
      next = end
    } else if isSYN, distance > 0 {
      next = end
    } else if payload == 0 {
      if isPlain, distance == -1 { keepAlives += 1 }
      if tcp.flags.contains(.fin), distance > 0 { noteGap(start, distance, end) }
    } else if distance > 0 {
      noteGap(start, distance, end)
    } else if payload == 1, distance == -1, isPlain {
      keepAlives += 1
    } else {
      if start.distance(from: holeStart) >= 0, start.distance(from: holeEnd) < 0 {
        outOfOrder += 1
        fillHole(start, payload)
      } else {
        retransmissions += 1
      }
      if end.distance(from: next) > 0 { next = end }
    }
  }

  private mutating func noteGap(_ start: SequenceNumber, _ distance: Int, _ end: SequenceNumber) {
    if distance <= Self.longestGap {
      gapBytes += UInt64(truncatingIfNeeded: distance)
      holeStart = next
      holeEnd = start
    }
    next = end
  }

  private mutating func fillHole(_ start: SequenceNumber, _ payload: Int) {
    let filled = UInt64(truncatingIfNeeded: Swift.min(payload, holeEnd.distance(from: start)))
    gapBytes = gapBytes > filled ? gapBytes - filled : 0
    // Only one hole is remembered: what stands behind the filled part, or else before it.
    let behind = start.advanced(by: payload)
    if start == holeStart, behind.distance(from: holeEnd) < 0 { holeStart = behind } else { holeEnd = start }
  }
}
