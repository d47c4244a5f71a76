/// The order of frames in which those of one host pair follow each other.
///
/// Pairs that spoke the same protocol last time come one behind the other, so that what reads it is at hand, too.
struct PairOrder {
  /// Numbers of the frames; room that grows and is kept, of which only as many as were sorted last mean something.
  private(set) var numbers: [UInt32] = []
  private var places: [UInt32] = []
  private let bucketCount: Int

  /// - Parameter buckets: how many pairs, or groups of pairs, are told apart.
  init(buckets: Int) { bucketCount = buckets }

  /// - Parameters:
  ///   - buckets: into which bucket the pair of each frame falls.
  ///   - kinds: the protocol that each bucket's pairs spoke last.
  mutating func sort(_ buckets: Span<UInt16>, by kinds: Span<UInt8>) {
    if places.isEmpty { places = Array(repeating: 0, count: bucketCount) }
    while numbers.count < buckets.count { numbers.append(0) }
    Self.sort(buckets, by: kinds, &places, into: &numbers)
  }

  private static func sort(
    _ buckets: Span<UInt16>, by kinds: Span<UInt8>, _ places: inout [UInt32], into numbers: inout [UInt32]
  ) {
    var starts = places.mutableSpan
    var order = numbers.mutableSpan
    for bucket in starts.indices { starts[bucket] = 0 }
    // None of the sums is above the number of frames.
    for number in buckets.indices { starts[Int(buckets[number])] &+= 1 }
    var starting = InlineArray<256, UInt32>(repeating: 0)
    for bucket in starts.indices { starting[Int(kinds[bucket])] &+= starts[bucket] }
    var before: UInt32 = 0
    for kind in starting.indices {
      let count = starting[kind]
      starting[kind] = before
      before &+= count
    }
    for bucket in starts.indices {
      let count = starts[bucket]
      let kind = Int(kinds[bucket])
      starts[bucket] = starting[kind]
      starting[kind] &+= count
    }
    for number in buckets.indices {
      let bucket = Int(buckets[number])
      let place = starts[bucket]
      order[Int(place)] = UInt32(truncatingIfNeeded: number)
      starts[bucket] = place &+ 1
    }
  }
}
