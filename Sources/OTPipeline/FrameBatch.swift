import OTCore
import OTFacts
import OTNetwork

/// Frames that wait to be followed, some thousands at a time, so that those of one host pair come right behind each
/// other.
///
/// Everything known of a conversation is a dozen cache lines. Taken as they come, the frames of thousands of
/// conversations fetch theirs from memory for each frame anew; taken pair by pair, the first frame fetches them for all
/// of its batch. Within a pair the order stays. Between pairs it means nothing: they could as well belong to different
/// workers.
struct FrameBatch {
  struct Entry {
    /// The frame as it was measured when it came, or `.none` for a ``walked`` one.
    let plain: PlainFrame
    /// Where its bytes stand in ``bytes``: the payload alone of a plain one, of which all else is measured.
    let start: UInt32
    let count: UInt32
    /// Bytes on the wire of a plain frame; else the number of the ``walked`` one.
    let detail: UInt32
    let bucket: UInt16
    /// See ``PacketEngine/laneHash(_:)``.
    let laneHash: UInt16
    let time: Timestamp
    /// See ``Sighting/packed``.
    let evidence: UInt64
  }

  /// Most frames and bytes that wait: enough that a pair comes several times, few enough to stay near the processor (most
  /// captures of a plant fill half the bytes).
  struct Limits {
    var frames = 1 << 16
    var bytes = 1 << 24

    init() {}

    /// Of one of several shards: all together wait for twice as much, however many there are.
    init(shards: Int) {
      guard shards > 2 else { return }
      frames = 2 * frames / shards
      bytes = 2 * bytes / shards
    }
  }

  static let bucketCount = 1 << 14

  /// Of all frames, the first ``used`` of them.
  private(set) var bytes: [UInt8] = []
  private var used = 0
  private(set) var entries: [Entry] = []
  /// Frames that were no plain ones, decoded when they came: fragments have to be put together in the order of all.
  private(set) var walked: [DecodedFrame] = []
  /// All packets that came, with those that are not followed.
  private(set) var tally = PacketTally()
  /// The bucket each entry's pair falls into: what ``sort(by:)`` looks at.
  private var buckets: [UInt16] = []
  /// Numbers of the entries, pair by pair; made by ``sort(by:)``.
  private(set) var order: [UInt32] = []
  private var places: [UInt32] = []

  /// Whether it was ever used.
  var hasRoom: Bool { entries.capacity > 0 }
  @inline(__always)
  func isFull(_ limits: Limits) -> Bool { entries.count >= limits.frames || used >= limits.bytes }

  @inline(__always)
  mutating func add(_ frame: PlainFrame, _ bytes: Span<UInt8>, wireBytes: Int, pair: UInt64, _ sighting: Sighting) {
    tally.add(wireBytes, sighting.time)
    let payload = bytes.clamped(from: frame.payloadStart, count: frame.payloadCount)
    add(frame, payload, UInt32(truncatingIfNeeded: wireBytes), pair, sighting)
  }

  /// - Parameter bytes: the frame, or the datagram that it completed.
  mutating func add(_ frame: DecodedFrame, _ bytes: Span<UInt8>, pair: UInt64, _ sighting: Sighting) {
    tally.add(frame.wireBytes, sighting.time)
    add(.none, bytes, UInt32(truncatingIfNeeded: walked.count), pair, sighting)
    walked.append(frame)
  }

  /// Counts a packet that is not followed.
  mutating func pass(wireBytes: Int, _ time: Timestamp) { tally.add(wireBytes, time) }

  @inline(__always)
  private mutating func add(
    _ plain: PlainFrame, _ frame: Span<UInt8>, _ detail: UInt32, _ pair: UInt64, _ sighting: Sighting
  ) {
    let bucket = UInt16(truncatingIfNeeded: pair & UInt64(Self.bucketCount - 1))
    entries.append(
      Entry(
        plain: plain, start: UInt32(truncatingIfNeeded: used), count: UInt32(truncatingIfNeeded: frame.count),
        detail: detail, bucket: bucket, laneHash: PacketEngine.laneHash(plain.key),
        time: sighting.time, evidence: sighting.packed))
    buckets.append(bucket)
    guard frame.count > 0 else { return }
    if bytes.count - used < frame.count { makeRoom(frame.count) }
    bytes.overwrite(at: used, with: frame)
    used += frame.count
  }

  /// Room grows with what comes, and is never given back.
  @inline(never)
  private mutating func makeRoom(_ count: Int) {
    let most = Limits().bytes
    let wanted = Swift.max(used + count, Swift.min(2 * used, most + most / 8), 1 << 16)
    bytes.append(contentsOf: repeatElement(0, count: wanted - bytes.count))
  }

  /// Puts the numbers of all entries into ``order``: by pair, those of a pair as they came. Pairs that spoke the same
  /// protocol last time come one behind the other, so that what reads it is at hand, too.
  /// - Parameter kinds: the protocol that each bucket's pairs spoke last.
  mutating func sort(by kinds: [UInt8]) {
    if places.isEmpty { places = Array(repeating: 0, count: Self.bucketCount) }
    while order.count < entries.count { order.append(0) }
    let buckets = buckets
    Self.sort(buckets.span, by: kinds.span, &places, into: &order)
  }

  private static func sort(
    _ buckets: Span<UInt16>, by kinds: Span<UInt8>, _ places: inout [UInt32], into order: inout [UInt32]
  ) {
    var starts = places.mutableSpan
    var order = order.mutableSpan
    for bucket in starts.indices { starts[bucket] = 0 }
    for number in buckets.indices { starts[Int(buckets[number])] += 1 }
    var starting = InlineArray<256, UInt32>(repeating: 0)
    for bucket in starts.indices { starting[Int(kinds[bucket])] += starts[bucket] }
    var before: UInt32 = 0
    for kind in starting.indices {
      let count = starting[kind]
      starting[kind] = before
      before += count
    }
    for bucket in starts.indices {
      let count = starts[bucket]
      let kind = Int(kinds[bucket])
      starts[bucket] = starting[kind]
      starting[kind] += count
    }
    for number in buckets.indices {
      let bucket = Int(buckets[number])
      order[Int(starts[bucket])] = UInt32(truncatingIfNeeded: number)
      starts[bucket] += 1
    }
  }

  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    buckets.removeAll(keepingCapacity: true)
    walked.removeAll(keepingCapacity: true)
    tally = PacketTally()
    used = 0
  }
}
