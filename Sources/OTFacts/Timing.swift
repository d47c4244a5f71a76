import OTCore

/// Accumulates the intervals between a client's messages: sums, extremes and a logarithmic histogram.
struct TimingRecord: Sendable {
  /// Intervals shorter than this are one burst, not a rhythm: 1 ms.
  static let shortest: Int64 = 1_000_000
  /// Eight buckets an octave from 2^20 ns (1 ms) on: a bucket is 9 % wide; 28 octaves end at 78 h.
  static let bucketCount = 28 * 8

  var last: Int64 = .min
  var intervals: UInt64 = 0
  var sum: Double = 0
  var sumOfSquares: Double = 0
  var low: Int64 = .max
  var high: Int64 = 0
  /// Index of the histogram in the folder's slab; made when there is a second interval.
  var histogram: UInt32 = .max
  /// Bucket of the first interval, until there is a histogram.
  var firstBucket: UInt16 = 0

  /// Takes the next message; where its interval is to be counted, or nil where there is none to count yet. The first
  /// histogram of a conversation begins at `nextHistogram`, and then the first interval's bucket is to be counted, too.
  @inline(__always)
  mutating func beat(_ now: Int64, nextHistogram: Int) -> (start: Int, bucket: Int)? {
    guard last != .min else {
      last = now
      return nil
    }
    let (interval, overflow) = now.subtractingReportingOverflow(last)
    guard !overflow, interval >= Self.shortest else {
      // A burst counts from its first message.
      if overflow || interval < 0 { last = now }
      return nil
    }
    last = now
    let seconds = Double(interval) / 1e9
    intervals &+= 1
    sum += seconds
    sumOfSquares += seconds * seconds
    if interval < low { low = interval }
    if interval > high { high = interval }
    let bucket = Self.bucket(interval)
    if histogram == .max {
      guard intervals >= 2 else {
        firstBucket = UInt16(truncatingIfNeeded: bucket)
        return nil
      }
      histogram = UInt32(truncatingIfNeeded: nextHistogram / Self.bucketCount)
    }
    return (Int(histogram) * Self.bucketCount, bucket)
  }

  @inline(__always)
  static func bucket(_ interval: Int64) -> Int {
    let value = UInt64(Swift.max(interval, 1 << 20))
    let octave = 63 - value.leadingZeroBitCount
    let eighth = Int(truncatingIfNeeded: value >> UInt64(octave - 3) & 7)
    return Swift.min((octave - 20) * 8 + eighth, bucketCount - 1)
  }

  /// Middle of a bucket in seconds.
  static func middle(_ bucket: Int) -> Double {
    let octave = Double(UInt64(1) << UInt64(20 + bucket / 8))
    return octave * (1 + (Double(bucket % 8) + 0.5) / 8) / 1e9
  }

  func fact(_ buckets: Span<UInt32>) -> TimingFact {
    var fact = TimingFact()
    guard intervals > 0 else { return fact }
    let count = Double(intervals)
    fact.intervals = intervals
    fact.mean = sum / count
    fact.standardDeviation = Swift.max(0, sumOfSquares / count - fact.mean * fact.mean).squareRoot()
    fact.shortest = Double(low) / 1e9
    fact.longest = Double(high) / 1e9
    fact.median = fact.mean
    var total: UInt64 = 0
    for offset in buckets.indices { total += UInt64(buckets[offset]) }
    guard total > 0 else { return fact }
    var seen: UInt64 = 0
    var middle = 0
    for offset in buckets.indices {
      seen += UInt64(buckets[offset])
      if seen * 2 >= total {
        middle = offset
        break
      }
    }
    fact.median = Self.middle(middle)
    // Two buckets to each side: 20 %.
    var near: UInt64 = 0
    for offset in Swift.max(0, middle - 2)...Swift.min(Self.bucketCount - 1, middle + 2) {
      near += UInt64(buckets[offset])
    }
    fact.regularity = Double(near) / Double(total)
    return fact
  }
}
