import OTCapture
import OTCase
import OTFacts
import OTPipeline
import OTProtocols

extension CaseContents {
  /// What reading gave, as a case holds it: captures first in the manifest, then configurations, then the rest.
  ///
  /// - Parameter files: what was used beside it: the site file, descriptions of protocols.
  init(_ result: Analysis.Result, beside files: [OTFacts.EvidenceFile], program: String) {
    var evidence = result.manifest.files.map(OTFacts.EvidenceFile.init)
    var devices: [DeviceFact] = []
    for file in result.configurations {
      var device = file.device
      device.file = UInt32(truncatingIfNeeded: evidence.count)
      devices.append(device)
      evidence.append(OTFacts.EvidenceFile(file))
    }
    evidence += files
    evidence += result.refusals.filter { !$0.path.isEmpty }.map(OTFacts.EvidenceFile.init)
    for (index, name) in EvidenceNames.unique(evidence.map(\.path)).enumerated() { evidence[index].name = name }

    var facts = result.facts
    facts.limits += Self.counts(result.manifest)
    self.init(
      facts: facts, evidence: evidence, protocols: result.protocols.map(ProtocolFact.init),
      devices: devices, program: program)
  }

  /// How files are counted that were handed over beside one of the same content.
  static let copies = "files whose content another one has, read once"

  /// What the reader counted of the whole set.
  private static func counts(_ manifest: EvidenceManifest) -> [CountFact] {
    let copies = manifest.files.reduce(0) { sum, file in sum + file.copies.count { $0 != file.path } }
    let counts: [(String, String, UInt64)] = [
      ("duplicate", Self.copies, UInt64(copies)),
      ("filter", "frames that the capture filter left out", manifest.filteredOut),
      ("duplicate", "frames in more than one file, counted once", manifest.duplicates),
      ("limit", "frames of one moment, too many to look for duplicates among them", manifest.notCompared),
      ("limit", "files read late because too many overlap in time", manifest.lateFiles),
    ]
    return counts.filter { $0.2 > 0 }.map { CountFact(kind: $0.0, detail: $0.1, count: $0.2) }
  }
}

extension OTFacts.EvidenceFile {
  init(_ file: OTCapture.EvidenceFile) {
    let summary = file.summary
    var status = Status.read
    if let damage = summary.damage.first { status = .partlyRead(damage.description) }
    if let failure = file.failure { status = .notRead(failure.message) }
    self.init(
      kind: .capture, name: file.name, path: file.path, sha256: file.sha256?.description ?? "", size: file.size,
      format: summary.format.rawValue,
      compression: summary.compression == .none ? "" : summary.compression.rawValue, status: status)
    frames = summary.frames
    cutFrames = summary.truncatedFrames
    outOfOrder = summary.timeReversals
    firstTime = summary.firstTime
    lastTime = summary.lastTime
    func told(_ text: String) -> String? { text.isEmpty ? nil : text }
    interfaces = summary.interfaces.map { interface in
      Interface(
        name: told(interface.name), description: told(interface.description), linkType: interface.linkType,
        snapLength: interface.snapLength, received: interface.received, dropped: interface.dropped)
    }
    damages = summary.damage.map { Damage(offset: $0.offset, frame: $0.frame, reason: $0.description) }
    comments = summary.comments.map { Comment(frame: $0.frame, text: $0.text) }
  }

  init(_ file: ConfigurationFile) {
    var status = Status.read
    if file.linesLeftOut > 0 { status = .partlyRead("\(file.linesLeftOut) lines beyond the first \(file.lines)") }
    self.init(
      kind: .config, name: "", path: file.path, sha256: file.sha256.description, size: file.size,
      format: file.importer.id, status: status)
    frames = UInt64(file.lines)
  }

  /// A file that nothing reads: it was handed over, so it is listed.
  init(_ refusal: Refusal) {
    let size = Files.size(of: refusal.path) ?? 0
    let digest = try? EvidenceHasher.hash(path: refusal.path)
    self.init(
      kind: .other, name: "", path: refusal.path, sha256: digest?.description ?? "", size: size, format: "",
      status: .notRead(refusal.reason))
  }
}

extension ProtocolFact {
  init(_ info: ProtocolInfo) {
    self.init(
      id: info.id, name: info.name, specification: info.specification, isIndustrial: info.isIndustrial,
      readsIdentity: info.depth.contains(.identity), readsOperations: info.depth.contains(.operations),
      displayFilter: info.displayFilter)
  }
}
