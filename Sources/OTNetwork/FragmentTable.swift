import OTCore

/// Bounds on fragments that wait for others.
public struct FragmentLimits: Sendable {
  /// Incomplete datagrams per direction of a host pair; the oldest gives way.
  public var datagramsPerHostPair = 32
  /// Fragments per datagram; 65535 bytes over the smallest common MTU make 122.
  public var fragmentsPerDatagram = 256
  /// Host pairs with fragments, and bytes kept by all together: the last resort, as they make pairs depend on others.
  public var hostPairs = 1 << 16
  public var totalBytes = 1 << 26
  /// Capture time, in nanoseconds, after which an incomplete datagram is given up (RFC 791 and RFC 8200: up to 60 s).
  public var age: Int64 = 30_000_000_000
  public init() {}
}

/// Fragments of IP datagrams until they are whole (RFC 791 section 3.2, RFC 8200 section 4.5, RFC 5722).
///
/// Of overlapping fragments the first copy is kept and the overlap counted. Pieces are copied only when their datagram
/// is whole, so a small fragment with a large offset costs no more than it brings.
struct FragmentTable: Sendable {
  struct Key: Sendable, Equatable {
    let identification: UInt32
    let ipProtocol: UInt8
    let family: HostAddress.Family
  }

  struct Piece: Sendable {
    let offset: Int
    /// Announced bytes behind the captured ones.
    let missing: Int
    let isLast: Bool
  }

  enum Outcome: Equatable {
    case held
    case completed(missing: Int)
    case refused
  }

  private struct HostPair: Sendable {
    let source: HostAddress
    let destination: HostAddress
    var datagrams: [FragmentedDatagram] = []
  }

  /// Capture time, in nanoseconds, in which a repeated fragment is one of a datagram that is done.
  private static let doneAge: Int64 = 1_000_000_000
  private static let longestDatagram = 65_535

  private let limits: FragmentLimits
  private var index = IndexTable(capacityExponent: 6)
  private var pairs: [HostPair] = []
  private var bufferedBytes = 0
  /// Fragments that came when there was no room, since the last sweep.
  private var turnedAway = Int.max
  private var completed: [UInt8] = []

  init(limits: FragmentLimits) { self.limits = limits }

  /// The payload of the datagram that was completed last.
  mutating func takeCompleted() -> [UInt8] {
    var bytes: [UInt8] = []
    swap(&bytes, &completed)
    return bytes
  }

  mutating func add(
    _ piece: Piece, of key: Key, _ source: HostAddress, _ destination: HostAddress, _ payload: Span<UInt8>,
    _ now: Timestamp, _ counters: inout DecodeCounters
  ) -> Outcome {
    let end = piece.offset + payload.count + piece.missing
    guard end <= Self.longestDatagram, end > piece.offset, piece.isLast || (end - piece.offset) % 8 == 0 else {
      return .refused
    }
    if pairs.count >= limits.hostPairs || bufferedBytes + payload.count > limits.totalBytes { sweep(now, &counters) }
    guard let pair = place(source, destination) else {
      counters.refusedFragments += 1
      return .refused
    }
    let datagram = place(of: key, in: pair, now, &counters)
    if pairs[pair].datagrams[datagram].isDone { return .held }
    if let total = pairs[pair].datagrams[datagram].total, end > total || (piece.isLast && end != total) {
      return .refused
    }
    if piece.isLast {
      guard pairs[pair].datagrams[datagram].end <= end else { return .refused }
      pairs[pair].datagrams[datagram].total = end
    }
    guard pairs[pair].datagrams[datagram].parts.count < limits.fragmentsPerDatagram,
      bufferedBytes + payload.count <= limits.totalBytes
    else {
      counters.refusedFragments += 1
      return .refused
    }
    let bytes = pairs[pair].datagrams[datagram].bytes
    if pairs[pair].datagrams[datagram].insert(piece.offset, end, payload) { counters.overlappingFragments += 1 }
    bufferedBytes += pairs[pair].datagrams[datagram].bytes - bytes
    guard let total = pairs[pair].datagrams[datagram].total, pairs[pair].datagrams[datagram].isWhole else {
      return .held
    }
    bufferedBytes -= pairs[pair].datagrams[datagram].bytes
    completed = pairs[pair].datagrams[datagram].finish()
    return .completed(missing: total - completed.count)
  }

  private mutating func place(_ source: HostAddress, _ destination: HostAddress) -> Int? {
    let hash = Self.hash(source, destination, index.seed)
    var probe = index.probe(hash)
    while let id = index.next(&probe) {
      if pairs[Int(id)].source == source, pairs[Int(id)].destination == destination { return Int(id) }
    }
    guard pairs.count < limits.hostPairs else { return nil }
    index.insert(hash, id: UInt32(truncatingIfNeeded: pairs.count))
    pairs.append(HostPair(source: source, destination: destination))
    while index.isCrowded {
      index.reseed()
      for (id, pair) in pairs.enumerated() {
        index.insert(Self.hash(pair.source, pair.destination, index.seed), id: UInt32(truncatingIfNeeded: id))
      }
    }
    return pairs.count - 1
  }

  private static func hash(_ source: HostAddress, _ destination: HostAddress, _ seed: UInt64) -> UInt64 {
    mix(mix(source.high, source.low, seed: seed), mix(destination.high, destination.low, seed: seed), seed: seed)
  }

  /// The datagram a fragment belongs to, among those of its hosts that are not too old.
  private mutating func place(
    of key: Key, in pair: Int, _ now: Timestamp, _ counters: inout DecodeCounters
  ) -> Int {
    var position = 0
    while position < pairs[pair].datagrams.count {
      let datagram = pairs[pair].datagrams[position]
      let (age, _) = now.nanoseconds.subtractingReportingOverflow(datagram.started.nanoseconds)
      if age > (datagram.isDone ? Self.doneAge : limits.age) {
        remove(pair, position, &counters)
      } else if datagram.key == key {
        return position
      } else {
        position += 1
      }
    }
    if pairs[pair].datagrams.count >= max(1, limits.datagramsPerHostPair) {
      let done = pairs[pair].datagrams.firstIndex { $0.isDone }
      remove(pair, done ?? 0, &counters)
    }
    pairs[pair].datagrams.append(FragmentedDatagram(key: key, started: now))
    return pairs[pair].datagrams.count - 1
  }

  /// Forgets what is too old to be completed, of all pairs: not for every fragment, as it looks at all that wait.
  private mutating func sweep(_ now: Timestamp, _ counters: inout DecodeCounters) {
    guard turnedAway >= pairs.count / 4 else {
      turnedAway += 1
      return
    }
    turnedAway = 0
    var kept: [HostPair] = []
    for var pair in pairs {
      var live: [FragmentedDatagram] = []
      for datagram in pair.datagrams {
        let (age, _) = now.nanoseconds.subtractingReportingOverflow(datagram.started.nanoseconds)
        if age <= (datagram.isDone ? Self.doneAge : limits.age) {
          live.append(datagram)
        } else {
          if !datagram.isDone { counters.expiredDatagrams += 1 }
          bufferedBytes -= datagram.bytes
        }
      }
      if live.isEmpty { continue }
      pair.datagrams = live
      kept.append(pair)
    }
    pairs = kept
    index = IndexTable(seed: index.seed, capacityExponent: 6)
    for (id, pair) in pairs.enumerated() {
      index.insert(Self.hash(pair.source, pair.destination, index.seed), id: UInt32(truncatingIfNeeded: id))
    }
  }

  private mutating func remove(_ pair: Int, _ position: Int, _ counters: inout DecodeCounters) {
    if !pairs[pair].datagrams[position].isDone { counters.expiredDatagrams += 1 }
    bufferedBytes -= pairs[pair].datagrams[position].bytes
    pairs[pair].datagrams.remove(at: position)
  }
}
