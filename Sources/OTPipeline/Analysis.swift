import OTCapture
import OTCore
import OTFacts
import OTNetwork
import OTProtocols

/// One reading of what was handed over: captures and configurations in, facts, devices and manifest out.
public struct Analysis: Sendable {
  public struct Options: Sendable {
    /// Capture files, configuration files, folders of both, or `-` for a capture on standard input.
    public var paths: [String]
    /// Expression of pcap-filter(7); nil for all frames.
    public var filter: String?
    /// Threads that read and decode; each reads all headers and keeps its own host pairs.
    public var workers: Int
    /// Whether the evidence is hashed (beside the reading).
    public var hashes: Bool
    /// Protocols that files describe, beside those the program knows.
    public var described: [DescribedProtocol] = []
    /// Those files, for the manifest.
    public var descriptions: [OTFacts.EvidenceFile] = []
    /// Told the captures when all workers were given their work: what is begun then gets the thread of the first that is
    /// through, while the others end and what they read is joined.
    public var begun: (@Sendable (_ paths: [String]) -> Void)?
    /// Told the packets read so far, now and then, from another thread.
    public var progress: (@Sendable (UInt64) -> Void)?
    public init(
      paths: [String], filter: String? = nil, workers: Int = 1, hashes: Bool = true,
      progress: (@Sendable (UInt64) -> Void)? = nil
    ) {
      self.paths = paths
      self.filter = filter
      self.workers = Swift.max(1, workers)
      self.hashes = hashes
      self.progress = progress
    }
  }

  public struct Result: Sendable {
    public var facts: Facts
    public var manifest: EvidenceManifest
    /// Every protocol that could be recognised, described ones last.
    public var protocols: [ProtocolInfo]
    /// Configurations that an importer read; in the manifest of a case they follow the captures.
    public var configurations: [ConfigurationFile]
    /// Files that nothing here reads, named or met in folders, each with its reason.
    public var refusals: [Refusal]
  }

  /// Packets between two calls of `progress`.
  private static let progressStep: UInt64 = 1 << 16

  /// Reads everything. Throws when a filter is wrong or nothing at all could be read.
  public static func run(_ options: Options, table: ProtocolTable = .standard) async throws(CaptureError) -> Result {
    let table = options.described.isEmpty ? table : table.adding(options.described)
    let set = try CaptureSet(paths: options.paths, mayBeEmpty: true)
    let (configurations, refusals) = ConfigurationFile.read(among: set.refused + set.passedOver)
    guard !set.files.isEmpty || !configurations.isEmpty else { throw set.nothingToRead(options.paths) }
    // A pipe can be read once: then one worker reads it, and reading comes before hashing.
    let workers = set.isRepeatable ? options.workers : 1
    let outcome = await withTaskGroup(of: Outcome.self) { group in
      for index in 0..<workers {
        group.addTask { work(set, options, table, PacketEngine.Shard(index: index, count: workers)) }
      }
      if options.hashes, set.isRepeatable { group.addTask { hash(set) } }
      options.begun?(set.files.map(\.path))
      var all: [Outcome] = []
      for await result in group { all.append(result) }
      return all
    }
    let isAlone = workers > 1 && isLimited(outcome)
    let gathered = try gather(isAlone ? alone(outcome, set, options, table) : outcome)
    let facts = await FactFolder.finish(gathered.folders, workers: workers)
    return gathered.result(facts, configurations, refusals, table)
  }

  /// Whether what several workers met together goes beyond a limit of the whole run.
  private static func isLimited(_ outcome: [Outcome]) -> Bool {
    let results = outcome.compactMap { part in
      if case .read(_, let result, _) = part { result } else { nil }
    }
    return PacketEngine.Size.isLimited(results.map(\.size), results.map(\.addresses))
      || FactFolder.isHostBound(results.map { ($0.folder, $0.addresses) })
  }

  /// Where a limit bites, what is kept depends on all packets before. So that it does not depend on the number of workers,
  /// one reads everything again.
  private static func alone(
    _ outcome: [Outcome], _ set: CaptureSet, _ options: Options, _ table: ProtocolTable
  ) -> [Outcome] {
    let digests = outcome.filter { if case .hashed = $0 { true } else { false } }
    return [work(set, options, table, .whole)] + digests
  }

  /// The same by one worker on the calling thread, without hashing: for measuring, as tools that count instructions do
  /// not follow tasks.
  public static func runHere(_ options: Options, table: ProtocolTable = .standard) throws(CaptureError) -> Result {
    let table = options.described.isEmpty ? table : table.adding(options.described)
    let set = try CaptureSet(paths: options.paths, mayBeEmpty: true)
    let (configurations, refusals) = ConfigurationFile.read(among: set.refused + set.passedOver)
    guard !set.files.isEmpty || !configurations.isEmpty else { throw set.nothingToRead(options.paths) }
    let gathered = try gather([work(set, options, table, .whole)])
    return gathered.result(FactFolder.finish(gathered.folders), configurations, refusals, table)
  }

  /// What all workers brought, in their order.
  private struct Gathered {
    let results: [PacketEngine.Result]
    let manifest: EvidenceManifest

    var folders: [(folder: FactFolder, addresses: [HostAddress])] { results.map { ($0.folder, $0.addresses) } }

    /// - Parameter joined: the facts that ``folders`` were joined to.
    func result(
      _ joined: Facts, _ configurations: [ConfigurationFile], _ refusals: [Refusal], _ table: ProtocolTable
    ) -> Result {
      Result(
        facts: Analysis.complete(joined, results, table), manifest: manifest, protocols: table.protocols,
        configurations: configurations, refusals: refusals)
    }
  }

  private static func gather(_ outcome: [Outcome]) throws(CaptureError) -> Gathered {
    var parts: [(index: Int, result: PacketEngine.Result, manifest: EvidenceManifest)] = []
    var digests: [SHA256Digest?] = []
    for part in outcome {
      switch part {
      case .failed(let error): throw error
      case .hashed(let found): digests = found
      case .read(let index, let result, let manifest): parts.append((index, result, manifest))
      }
    }
    parts.sort { $0.index < $1.index }
    // Every worker reads every header, so the first one's manifest is everybody's.
    var manifest = parts[0].manifest
    for (index, digest) in digests.enumerated() where index < manifest.files.count {
      if let digest { manifest.files[index].sha256 = digest }
    }
    return Gathered(results: parts.map(\.result), manifest: manifest)
  }

  /// Stages a benchmark can stop behind.
  public enum Stage: String, Sendable, CaseIterable {
    /// Frames out of the file, nothing looked at.
    case read
    /// Everything up to folded facts, not joined.
    case fold
    /// Joined facts.
    case facts
  }

  /// One worker on the calling thread, without hashing: what `otbench` measures. Returns the packets read.
  public static func measure(
    _ paths: [String], _ stage: Stage, table: ProtocolTable = .standard
  ) throws(CaptureError) -> UInt64 {
    let set = try CaptureSet(paths: paths)
    if stage == .read {
      var capture = try LogicalCapture(set)
      var packets: UInt64 = 0
      while capture.next() { packets &+= UInt64(capture.bytes.count > 0 ? 1 : 0) }
      return packets
    }
    guard case .read(_, let result, let manifest) = work(set, Options(paths: paths), table, .whole) else { return 0 }
    if stage == .facts { _ = complete(FactFolder.finish([(result.folder, result.addresses)]), [result], table) }
    return manifest.files.reduce(0) { $0 + $1.summary.frames }
  }

  private enum Outcome: Sendable {
    case read(Int, PacketEngine.Result, EvidenceManifest)
    case hashed([SHA256Digest?])
    case failed(CaptureError)
  }

  private static func work(
    _ set: CaptureSet, _ options: Options, _ table: ProtocolTable, _ shard: PacketEngine.Shard
  ) -> Outcome {
    do throws(CaptureError) {
      var capture = try LogicalCapture(set, filter: options.filter)
      var engine = PacketEngine(table, shard: shard)
      var packets: UInt64 = 0
      while capture.next() {
        let header = capture.header
        engine.frame(
          capture.bytes, linkType: header.linkType, originalLength: header.originalLength, time: header.time,
          file: capture.reference.file, number: header.number)
        packets &+= 1
        if shard.index == 0, packets % progressStep == 0 { options.progress?(packets) }
      }
      return .read(shard.index, engine.finish(), capture.manifest())
    } catch {
      return .failed(error)
    }
  }

  private static func hash(_ set: CaptureSet) -> Outcome {
    .hashed(
      set.files.map { file in
        if let digest = file.digest { return digest }
        return try? EvidenceHasher.hash(path: file.path)
      })
  }

  /// Adds to the joined facts what was not decoded and which limits were reached. Every worker decodes every frame that
  /// something can be wrong with, so the first one's counters of what was not decoded are everybody's.
  private static func complete(_ joined: Facts, _ parts: [PacketEngine.Result], _ table: ProtocolTable) -> Facts {
    var facts = joined
    if let counters = parts.first?.counters { facts.undecoded = Undecoded.list(counters, table) }
    var limits: [String: UInt64] = [:]
    for limit in facts.limits + parts.flatMap(\.limits) { limits[limit.detail, default: 0] += limit.count }
    facts.limits = limits.sorted { $0.key < $1.key }.map { CountFact(kind: "limit", detail: $0.key, count: $0.value) }
    return facts
  }
}
