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
    /// Threads that read and follow; there are as many shards of host pairs.
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

  /// Reads everything. Throws when a filter is wrong or nothing at all could be read.
  public static func run(_ options: Options, table: ProtocolTable = .standard) async throws(CaptureError) -> Result {
    let table = options.described.isEmpty ? table : table.adding(options.described)
    let set = try CaptureSet(paths: options.paths, mayBeEmpty: true)
    let (configurations, refusals) = ConfigurationFile.read(among: set.refused + set.passedOver)
    guard !set.files.isEmpty || !configurations.isEmpty else { throw set.nothingToRead(options.paths) }
    // A pipe can be read once: then one worker reads it, and its digest comes with the reading.
    let workers = set.isRepeatable ? options.workers : 1
    var read = try await reading(set, options, table, workers, hashing: options.hashes && set.isRepeatable)
    if workers > 1, read.isLimited {
      // Where a limit bites, what is kept depends on all packets before. So that it does not depend on the number of
      // workers, one reads everything again.
      let digests = read.manifest.files.map(\.sha256)
      read.folders = []
      read = try await reading(set, options, table, 1, hashing: false)
      read.add(digests)
    }
    if configurations.isEmpty, let failure = read.soleFailure { throw failure }
    let facts = await FactFolder.finish(taking: &read.folders, workers: options.workers)
    return read.result(facts, configurations, refusals, table)
  }

  /// The same by one worker on the calling thread, without hashing: for measuring, as tools that count instructions do
  /// not follow tasks.
  public static func runHere(_ options: Options, table: ProtocolTable = .standard) throws(CaptureError) -> Result {
    let table = options.described.isEmpty ? table : table.adding(options.described)
    let set = try CaptureSet(paths: options.paths, mayBeEmpty: true)
    let (configurations, refusals) = ConfigurationFile.read(among: set.refused + set.passedOver)
    guard !set.files.isEmpty || !configurations.isEmpty else { throw set.nothingToRead(options.paths) }
    var read = try readingHere(set, options, table)
    if configurations.isEmpty, let failure = read.soleFailure { throw failure }
    let facts = FactFolder.finish(taking: &read.folders)
    return read.result(facts, configurations, refusals, table)
  }

  /// What all workers read.
  private struct Read {
    /// What was folded, until it is joined.
    var folders: [FolderPart]
    private let limits: [CountFact]
    /// Whether what several workers met together goes beyond a limit of the whole run.
    let isLimited: Bool
    private let counters: DecodeCounters
    private(set) var manifest: EvidenceManifest

    init(_ reading: SharedReading) {
      let (parts, counters, manifest) = reading.results()
      folders = parts.map(\.part)
      limits = parts.flatMap(\.limits)
      isLimited =
        PacketEngine.Size.isLimited(parts.map(\.size), folders.map(\.addresses)) || FactFolder.isHostBound(folders)
      self.counters = counters
      self.manifest = manifest
    }

    /// Why nothing was read at all, as of an empty pipe; nil where any file could be.
    var soleFailure: CaptureError? {
      manifest.files.allSatisfy { $0.failure != nil } ? manifest.files.first?.failure : nil
    }

    mutating func add(_ digests: [SHA256Digest?]) {
      for (index, digest) in digests.enumerated() where index < manifest.files.count {
        if let digest { manifest.files[index].sha256 = digest }
      }
    }

    /// - Parameter joined: the facts that the folders were joined to.
    func result(
      _ joined: Facts, _ configurations: [ConfigurationFile], _ refusals: [Refusal], _ table: ProtocolTable
    ) -> Result {
      Result(
        facts: complete(joined, table), manifest: manifest, protocols: table.protocols, configurations: configurations,
        refusals: refusals)
    }

    /// Adds to the joined facts what was not decoded and which limits were reached.
    func complete(_ joined: Facts, _ table: ProtocolTable) -> Facts {
      var facts = joined
      facts.undecoded = Undecoded.list(counters, table)
      var sums: [String: UInt64] = [:]
      for limit in facts.limits + limits { sums[limit.detail, default: 0] += limit.count }
      if counters.refusedFragments > 0 { sums["fragments refused"] = counters.refusedFragments }
      facts.limits = sums.sorted { $0.key < $1.key }
        .map { CountFact(kind: "limit", detail: $0.key, count: $0.value) }
      return facts
    }
  }

  /// Reads everything by so many workers, and digests it beside them.
  private static func reading(
    _ set: CaptureSet, _ options: Options, _ table: ProtocolTable, _ workers: Int, hashing: Bool
  ) async throws(CaptureError) -> Read {
    let reading = try SharedReading(
      set, filter: options.filter, shards: workers, table, progress: options.progress)
    let digests = await withTaskGroup(of: [SHA256Digest?].self) { group in
      for _ in 0..<workers {
        group.addTask {
          reading.work()
          return []
        }
      }
      if hashing { group.addTask { hash(set) } }
      options.begun?(set.files.map(\.path))
      return await group.reduce(into: []) { $0 += $1 }
    }
    var read = Read(reading)
    read.add(digests)
    return read
  }

  private static func readingHere(
    _ set: CaptureSet, _ options: Options, _ table: ProtocolTable
  ) throws(CaptureError) -> Read {
    let reading = try SharedReading(set, filter: options.filter, shards: 1, table, progress: options.progress)
    reading.work()
    return Read(reading)
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
    var read = try readingHere(set, Options(paths: paths), table)
    if stage == .facts {
      let facts = FactFolder.finish(taking: &read.folders)
      _ = read.complete(facts, table)
    }
    return read.manifest.files.reduce(0) { $0 + $1.summary.frames }
  }

  private static func hash(_ set: CaptureSet) -> [SHA256Digest?] {
    set.files.map { file in file.digest ?? (try? EvidenceHasher.hash(path: file.path)) }
  }
}
