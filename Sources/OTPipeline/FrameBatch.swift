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
struct FrameBatch: ~Copyable {
  struct Entry {
    /// The frame as it was measured when it came, or `.none` for a ``walked`` one.
    let plain: PlainFrame
    /// Where its bytes stand in ``bytes``: the payload alone of a plain one, of which all else is measured.
    let start: UInt32
    let count: UInt32
    /// Bytes on the wire of a plain frame; else the number of the ``walked`` one.
    let detail: UInt32
    /// See ``LaneTable/hash(_:)``.
    let laneHash: UInt16
    let time: Timestamp
    /// See ``Sighting/packed``.
    let evidence: UInt64

    /// None at all.
    static let none = Entry(
      plain: .none, start: 0, count: 0, detail: 0, laneHash: 0, time: Timestamp(nanoseconds: 0), evidence: 0)
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

  /// Of all frames.
  private(set) var bytes = Tray<UInt8>(of: 0, most: Limits().bytes / 8 * 9)
  private(set) var entries = Tray<Entry>(of: .none)
  /// Frames that were no plain ones, decoded when they came: fragments have to be put together in the order of all.
  private(set) var walked: [DecodedFrame] = []
  /// All packets that came, with those that are not followed.
  private(set) var tally = PacketTally()
  /// The bucket each entry's pair falls into: what ``PairOrder`` looks at.
  private(set) var buckets = Tray<UInt16>(of: 0)

  /// Whether it was ever used.
  var hasRoom: Bool { entries.hasRoom }
  @inline(__always)
  func isFull(_ limits: Limits) -> Bool { entries.count >= limits.frames || bytes.count >= limits.bytes }

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
    entries.append(
      Entry(
        plain: plain, start: UInt32(truncatingIfNeeded: bytes.count), count: UInt32(truncatingIfNeeded: frame.count),
        detail: detail, laneHash: LaneTable.hash(plain.key), time: sighting.time, evidence: sighting.packed))
    buckets.append(UInt16(truncatingIfNeeded: pair & UInt64(Self.bucketCount - 1)))
    bytes.append(frame)
  }

  mutating func removeAll() {
    entries.removeAll()
    buckets.removeAll()
    walked.removeAll(keepingCapacity: true)
    tally = PacketTally()
    bytes.removeAll()
  }
}
