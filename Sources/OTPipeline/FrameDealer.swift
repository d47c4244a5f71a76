import BasicContainers
import OTCapture
import OTCore
import OTFacts
import OTNetwork

/// Decodes frames as far as it takes to know whose they are, and deals them out: both directions of a host pair, its
/// fragments and everything between the two to one shard.
struct FrameDealer: ~Copyable {
  private var decoder = FrameDecoder()
  /// A field, so that a frame which is no plain one is decoded in place.
  private var frame = DecodedFrame()
  private var plain = PlainCount()
  let shards: Int
  /// Of what waits for one of them.
  private let limits: FrameBatch.Limits
  /// What waits for each shard.
  private var waiting = UniqueArray<FrameBatch>()

  init(shards: Int, _ limits: FrameBatch.Limits) {
    self.shards = shards
    self.limits = limits
    for _ in 0..<shards { waiting.append(FrameBatch()) }
  }

  /// What was decoded, and what could not be.
  var counters: DecodeCounters {
    var decoder = decoder
    decoder.count(plain)
    return decoder.counters
  }

  /// Takes one frame of the capture.
  /// - Parameters:
  ///   - file: index of the evidence file; below 2²⁴.
  ///   - number: frame number in that file, from 1.
  /// - Returns: the shard whose batch is full now; nil for none.
  @inline(__always)
  mutating func deal(
    _ bytes: Span<UInt8>, linkType: UInt16, originalLength: Int, time: Timestamp, file: UInt32, number: UInt64
  ) -> Int? {
    let sighting = Sighting(time: time, file: file, frame: number)
    guard let plain = PlainFrame(bytes, linkType: linkType) else {
      return walk(bytes, linkType: linkType, originalLength: originalLength, sighting)
    }
    self.plain.add(plain)
    let pair = Self.pair(plain.source, plain.destination)
    let wireBytes = Swift.max(bytes.count, originalLength)
    let shard = shard(pair)
    waiting[shard].add(plain, bytes, wireBytes: wireBytes, pair: pair, sighting)
    return waiting[shard].isFull(limits) ? shard : nil
  }

  /// Takes a frame that is no plain one, or may not be sound.
  @inline(never)
  private mutating func walk(
    _ bytes: Span<UInt8>, linkType: UInt16, originalLength: Int, _ sighting: Sighting
  ) -> Int? {
    decoder.walk(bytes, linkType: linkType, originalLength: originalLength, time: sighting.time, into: &frame)
    let pair = Self.pair(frame.source, frame.destination)
    let shard = shard(pair)
    if !Self.address(&frame) {
      waiting[shard].pass(wireBytes: frame.wireBytes, sighting.time)
    } else if frame.payloadIsReassembled {
      let datagram = decoder.reassembled
      waiting[shard].add(frame, datagram.span, pair: pair, sighting)
    } else {
      waiting[shard].add(frame, bytes, pair: pair, sighting)
    }
    return waiting[shard].isFull(limits) ? shard : nil
  }

  /// Hands over what waits for a shard.
  mutating func handOver(_ shard: Int) -> FrameBatch {
    var batch = FrameBatch()
    swap(&waiting[shard], &batch)
    return batch
  }

  /// Goes on with the room of batches that are not needed any more, where one was handed over.
  mutating func use(_ spare: inout UniqueArray<FrameBatch>) {
    for shard in 0..<shards where !waiting[shard].hasRoom {
      if let more = spare.popLast() { waiting[shard] = more }
    }
  }

  private func shard(_ pair: UInt64) -> Int {
    Int(truncatingIfNeeded: pair.multipliedFullWidth(by: UInt64(truncatingIfNeeded: shards)).high)
  }

  /// Gives a frame without addresses some, and says whether it is to be followed at all. A link type that is one
  /// protocol alone names no address, and a cooked capture only the sender's: they still speak.
  private static func address(_ frame: inout DecodedFrame) -> Bool {
    guard frame.source.family == .none || frame.destination.family == .none else { return true }
    switch frame.content {
    case .ip, .undecoded: return false
    case .arp, .etherType, .llc, .snap, .linkType: break
    }
    if frame.source.family == .none { frame.source = .mac(.zero) }
    if frame.destination.family == .none { frame.destination = .mac(.zero) }
    return true
  }

  /// A hash of two hosts, whoever of them sent.
  private static func pair(_ source: HostAddress, _ destination: HostAddress) -> UInt64 {
    guard source.family == .ipv4, destination.family == .ipv4 else {
      return mix(source.high, source.low, seed: 1) &+ mix(destination.high, destination.low, seed: 1)
    }
    return pair(UInt32(truncatingIfNeeded: source.low), UInt32(truncatingIfNeeded: destination.low))
  }

  @inline(__always)
  private static func pair(_ source: UInt32, _ destination: UInt32) -> UInt64 {
    let both = UInt64(source ^ destination) | UInt64(source &+ destination) << 32
    let product = both.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    return product.high &* 0xd6e8_feb8_6659_fd93 ^ product.low
  }
}
