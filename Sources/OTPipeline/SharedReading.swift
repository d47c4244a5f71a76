import BasicContainers
import Foundation
import OTCapture
import OTCore
import OTFacts
import OTNetwork
import OTProtocols

/// One reading of the captures by several workers: frames are read and dealt out once, in their order, and followed by
/// shards of host pairs beside each other.
///
/// No worker has a task of its own. Each takes what is to be done next: the next frames of the captures where too few wait,
/// else a batch that waits for a shard nobody follows just now. A worker waits only while another one works on what it
/// waits for, so that any number of threads comes to the end.
///
/// What is shared stands behind `lock`. What is taken (the captures, a shard) belongs to who took it until it is given
/// back; that makes the class safe to share.
final class SharedReading: @unchecked Sendable {
  /// What the shard of one worker hands over.
  typealias Part = PacketEngine.Result

  private let lock = NSCondition()
  private let progress: (@Sendable (UInt64) -> Void)?

  /// Belongs to the worker that set ``isReading``.
  private var arrival: Arrival
  private var isReading = false
  /// Whether the captures are at their end.
  private var isRead = false
  private var shards: [Shard]
  /// Batches that wait for all shards together.
  private var waiting = 0
  /// Followed batches, whose room is used again.
  private var spare = UniqueArray<FrameBatch>()

  /// Follows its host pairs; belongs to the worker that set ``isTaken``.
  private final class Shard {
    /// Nil once it is finished: it holds more than it hands over.
    var engine: PacketEngine?
    var result: Part?
    var isTaken = false
    /// Batches that wait, the oldest one first.
    var waiting = UniqueArray<FrameBatch>()
    /// The one that is followed: in one place only, or its room would be copied.
    var batch = FrameBatch()
    init(_ engine: consuming PacketEngine) { self.engine = consume engine }
  }

  private enum Task {
    case read
    case follow(Shard)
    case finish(Shard)
  }

  /// - Parameter limits: of what waits for a shard before it follows it.
  init(
    _ set: CaptureSet, filter: String?, shards count: Int, _ table: ProtocolTable, limits: FrameBatch.Limits? = nil,
    progress: (@Sendable (UInt64) -> Void)? = nil
  ) throws(CaptureError) {
    arrival = try Arrival(set, filter: filter, FrameDealer(shards: count, limits ?? FrameBatch.Limits(shards: count)))
    shards = (0..<count).map { _ in Shard(PacketEngine(table)) }
    self.progress = progress
  }

  // MARK: workers

  /// Works until nothing is left that another worker does not already do.
  func work() {
    lock.lock()
    while let task = next() {
      lock.unlock()
      switch task {
      case .read: read()
      case .follow(let shard):
        shard.engine?.follow(&shard.batch)
        giveBack(shard)
      case .finish(let shard):
        shard.result = shard.engine.take()?.finish()
        shard.result?.part.describeObjects()
        giveBack(shard)
      }
      lock.lock()
    }
    lock.unlock()
  }

  /// What is to be done next, taken; nil where nothing is left. Called behind the lock, which it leaves while it waits.
  private func next() -> Task? {
    while true {
      if !isReading, !isRead, waiting < shards.count {
        isReading = true
        arrival.dealer.use(&spare)
        return .read
      }
      if let shard = shards.first(where: { !$0.isTaken && !$0.waiting.isEmpty }) {
        shard.isTaken = true
        shard.batch = shard.waiting.remove(at: 0)
        waiting -= 1
        return .follow(shard)
      }
      if isRead {
        guard let shard = shards.first(where: { !$0.isTaken && $0.engine != nil }) else { return nil }
        shard.isTaken = true
        return .finish(shard)
      }
      lock.wait()
    }
  }

  private func giveBack(_ shard: Shard) {
    lock.lock()
    if shard.batch.hasRoom {
      var batch = FrameBatch()
      swap(&batch, &shard.batch)
      spare.append(batch)
    }
    shard.isTaken = false
    lock.broadcast()
    lock.unlock()
  }

  /// Reads until a batch is full, or to the end.
  private func read() {
    let full = arrival.next(progress)
    lock.lock()
    if let full {
      handOver(full)
    } else {
      isRead = true
      for shard in shards.indices { handOver(shard) }
    }
    isReading = false
    lock.broadcast()
    lock.unlock()
  }

  private func handOver(_ shard: Int) {
    shards[shard].waiting.append(arrival.dealer.handOver(shard))
    waiting += 1
  }

  // MARK: the end

  /// What all shards hand over, the counters of decoding and the evidence; once all workers are through.
  func results() -> (parts: [Part], counters: DecodeCounters, manifest: EvidenceManifest) {
    (shards.compactMap(\.result), arrival.dealer.counters, arrival.manifest())
  }
}

/// The frames of the captures on their way to who follows them.
private struct Arrival: ~Copyable {
  private var capture: LogicalCapture
  var dealer: FrameDealer
  private var packets: UInt64 = 0

  init(_ set: CaptureSet, filter: String?, _ dealer: consuming FrameDealer) throws(CaptureError) {
    capture = try LogicalCapture(set, filter: filter)
    self.dealer = dealer
  }

  /// Deals frames out until a shard's batch is full, and says whose; nil at the end of the captures.
  mutating func next(_ progress: (@Sendable (UInt64) -> Void)?) -> Int? {
    while capture.next() {
      let header = capture.header
      let full = dealer.deal(
        capture.bytes, linkType: header.linkType, originalLength: header.originalLength, time: header.time,
        file: capture.reference.file, number: header.number)
      packets &+= 1
      if let full {
        progress?(packets)
        return full
      }
    }
    return nil
  }

  func manifest() -> EvidenceManifest { capture.manifest() }
}
