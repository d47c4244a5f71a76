import OTCore

/// What has come of one fragmented IP datagram.
struct FragmentedDatagram: Sendable {
  let key: FragmentTable.Key
  let started: Timestamp
  /// In order and without overlap.
  private(set) var parts: [Part] = []
  /// Total length, once the last fragment was seen.
  var total: Int?
  /// Already handed out; kept for a moment, so that a second copy of its fragments does not start it again.
  private(set) var isDone = false
  /// Bytes kept.
  private(set) var bytes = 0

  struct Part: Sendable {
    let start: Int
    /// Behind the last announced byte.
    let end: Int
    /// What was captured of it.
    let bytes: [UInt8]
  }

  init(key: FragmentTable.Key, started: Timestamp) {
    self.key = key
    self.started = started
  }

  /// Behind the last announced byte of all parts.
  var end: Int { parts.last?.end ?? 0 }

  /// Whether every byte was announced by some part.
  var isWhole: Bool {
    var covered = 0
    for part in parts {
      guard part.start == covered else { return false }
      covered = part.end
    }
    return covered == total
  }

  /// Puts in what is new of `start ..< end`, and says whether it overlapped other parts without repeating one.
  mutating func insert(_ start: Int, _ end: Int, _ payload: Span<UInt8>) -> Bool {
    var position = start
    var index = 0
    var overlaps = false
    while position < end {
      guard index < parts.count else {
        put(index, position, end, start, payload)
        return overlaps
      }
      let other = parts[index]
      if other.start == start, other.end == end { return false }
      if other.start > position {
        put(index, position, min(end, other.start), start, payload)
        index += 1
      }
      if other.start < end, other.end > position { overlaps = true }
      position = max(position, other.end)
      index += 1
    }
    return overlaps
  }

  private mutating func put(_ index: Int, _ low: Int, _ high: Int, _ start: Int, _ payload: Span<UInt8>) {
    let captured = payload.clamped(from: low - start, count: high - low)
    var copy: [UInt8] = []
    copy.reserveCapacity(captured.count)
    copy.append(captured)
    bytes += copy.count
    parts.insert(Part(start: low, end: high, bytes: copy), at: index)
  }

  /// Hands out the bytes up to the first that was not captured, and keeps only that this was done.
  mutating func finish() -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes)
    for part in parts {
      result.append(contentsOf: part.bytes)
      if part.bytes.count < part.end - part.start { break }
    }
    parts = []
    bytes = 0
    isDone = true
    return result
  }
}
