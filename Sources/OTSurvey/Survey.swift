import Foundation
import OTAssess
import OTCapture
import OTCase
import OTCore
import OTFacts
import OTKnowledge
import OTPipeline
import OTProtocols

/// The whole run: what was handed over becomes a judged case.
///
/// ```
/// paths ─► Analysis ─► facts, devices, manifest ─► CaseWriter ─► case ─► Assessment ─► judged case
/// ```
public enum Survey {
  /// Version of the program, as cases and reports name it.
  public static let version = "0.1.0"

  /// With what a case is judged.
  public struct Judgement: Sendable, Equatable {
    /// The site file; nil: the site says nothing of itself.
    public var siteFile: String?
    /// A consultant's own rules, beside the program's.
    public var rulesFolder: String?
    /// Read instead of the knowledge inside the binary.
    public var knowledgeFolder: String?

    public init(siteFile: String? = nil, rulesFolder: String? = nil, knowledgeFolder: String? = nil) {
      self.siteFile = siteFile
      self.rulesFolder = rulesFolder
      self.knowledgeFolder = knowledgeFolder
    }

    public func rules() throws -> [Rule] {
      var library = try knowledgeFolder.map { folder throws(YAMLError) in try RuleLibrary(knowledge: folder) }
      if library == nil { library = try RuleLibrary.embedded() }
      if let rulesFolder { try library?.add(folder: rulesFolder) }
      return library?.rules ?? []
    }

    /// The site file as evidence, and what it says.
    fileprivate func site() throws -> (site: SiteFile, evidence: [OTFacts.EvidenceFile]) {
      guard let siteFile else { return (SiteFile(), []) }
      let text = try TextFile.read(siteFile)
      var evidence = OTFacts.EvidenceFile(
        kind: .site, name: "", path: siteFile, sha256: try EvidenceHasher.hash(path: siteFile).description,
        size: Files.size(of: siteFile) ?? UInt64(text.utf8.count), format: "site")
      // The manifest counts lines; a last line need not end.
      let ends = text.utf8.count { $0 == UInt8(ascii: "\n") }
      evidence.frames = UInt64(text.isEmpty || text.hasSuffix("\n") ? ends : ends + 1)
      return (try SiteFile(yaml: text, file: siteFile), [evidence])
    }
  }

  /// Reads everything into a new case at `path`, judges it, and says what a reader has to be warned of. The case
  /// appears there whole or not at all.
  public static func run(
    _ inputs: Analysis.Options, _ judgement: Judgement = Judgement(), to path: String, replacing: Bool = false
  ) async throws -> [String] {
    // What may be wrong on the command line is found before hours of reading.
    let rules = try judgement.rules()
    let site = try judgement.site()
    var options = inputs
    let digests = inputs.hashes && EvidenceDigests.wait(for: inputs.workers) ? EvidenceDigests() : nil
    if let digests {
      options.hashes = false
      options.begun = { digests.begin($0) }
    }
    let result = try await Analysis.run(options)
    var contents = CaseContents(result, beside: site.evidence + inputs.descriptions, program: version)
    let warnings = Warnings.list(contents)
    let places = digests == nil ? [] : EvidenceDigests.leaveRoom(in: &contents.evidence)
    try await replace(path, replacing) { unfinished in
      var draft = try await CaseWriter.begin(contents, at: unfinished, workers: inputs.workers)
      contents.facts = Facts()
      let judgements = try await Assessment.judge(site.site, rules, &draft, workers: inputs.workers)
      let taken = await digests?.taken(places) ?? []
      try await draft.finish(filling: judgements.longTables, workers: inputs.workers) { database in
        try CaseWriter.replaceDigests(taken, in: database)
        try judgements.writeShortTables(to: database)
      }
    }
    return warnings
  }

  /// What a run has done when it says so.
  public enum Step: String, Sendable { case rules, facts, written, judged }

  /// The same on the calling thread, with one worker and without hashing; see ``Analysis/runHere(_:table:)``.
  public static func runHere(
    _ inputs: Analysis.Options, _ judgement: Judgement = Judgement(), to path: String, replacing: Bool = false,
    passed: (Step) -> Void = { _ in }
  ) throws -> [String] {
    let rules = try judgement.rules()
    let site = try judgement.site()
    passed(.rules)
    let result = try Analysis.runHere(inputs)
    var contents = CaseContents(result, beside: site.evidence + inputs.descriptions, program: version)
    let warnings = Warnings.list(contents)
    passed(.facts)
    try replace(path, replacing) { unfinished in
      var draft = try CaseWriter.begin(contents, at: unfinished)
      contents.facts = Facts()
      passed(.written)
      let judgements = try Assessment.judge(site.site, rules, &draft)
      try draft.store.write { try judgements.writeShortTables(to: $0) }
      try draft.finish(filling: judgements.longTables)
      passed(.judged)
    }
    return warnings
  }

  /// Gives the file that `make` makes under another name its own, whole or not at all.
  private static func replace(_ path: String, _ replacing: Bool, _ make: (String) throws -> Void) throws {
    let unfinished = path + ".new"
    Unfinished.add(unfinished)
    defer { Unfinished.remove(unfinished) }
    do { try make(unfinished) } catch { throw CaseError.telling(error, of: path) ?? error }
    try move(unfinished, path, replacing)
  }

  private static func replace(
    _ path: String, _ replacing: Bool, _ make: (String) async throws -> Void
  ) async throws {
    let unfinished = path + ".new"
    Unfinished.add(unfinished)
    defer { Unfinished.remove(unfinished) }
    do { try await make(unfinished) } catch { throw CaseError.telling(error, of: path) ?? error }
    try move(unfinished, path, replacing)
  }

  private static func move(_ unfinished: String, _ path: String, _ replacing: Bool) throws {
    if FileManager.default.fileExists(atPath: path) {
      guard replacing else { throw CaseError.exists(path: path) }
      try FileManager.default.removeItem(atPath: path)
    }
    try FileManager.default.moveItem(atPath: unfinished, toPath: path)
  }
}

/// What could not be read or was cut short, one line each.
enum Warnings {
  static func list(_ contents: CaseContents) -> [String] {
    var lines: [String] = []
    for file in contents.evidence {
      switch file.status {
      case .read: break
      case .notRead(let reason): lines.append("not read: \(file.path): \(reason)")
      case .partlyRead(let reason):
        let more = file.damages.count > 1 ? " (the first of \(file.damages.count) places)" : ""
        lines.append("partly read: \(file.path): \(reason)\(more)")
      }
      for interface in file.interfaces {
        if let dropped = interface.dropped, dropped > 0 {
          let name = interface.name.map { " on \($0)" } ?? ""
          lines.append("incomplete: \(file.path): \(dropped) packets were lost\(name) while it was recorded")
        }
      }
    }
    let left = contents.facts.limits.filter { $0.kind == "filter" }
    if contents.facts.packets == 0, let left = left.first {
      lines.append(
        "no frame matches the filter, \(left.count) were left out; what stands in VLAN tags needs 'vlan and …'")
    }
    lines += contents.facts.limits.filter { $0.detail == CaseContents.copies }.map { "\($0.count) \($0.detail)" }
    let limits = contents.facts.limits.filter { $0.kind != "filter" && $0.kind != "duplicate" }
    return lines + limits.map { "limit reached: \($0.detail): \($0.count)" }
  }
}
