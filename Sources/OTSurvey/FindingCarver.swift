import OTCapture
import OTCase
import OTCore

/// Cuts the packets behind a finding out of the evidence, after making sure that it is the same evidence.
public enum FindingCarver {
  public struct Result: Sendable {
    public var finding: FindingRow
    public var frames: UInt64
    public var format: CaptureFormat
    /// Lines of text files the finding rests on beside frames: `name:line`.
    public var lines: [String]
    /// Frames that the evidence does not hold: `name:frame`.
    public var missing: [String]
  }

  /// - Parameters:
  ///   - id: of the finding, or a beginning no other has.
  ///   - places: where to look for captures that were moved.
  ///   - path: the capture to write.
  public static func carve(
    _ id: String, from store: CaseStore, places: [String], to path: String
  ) throws -> Result {
    let finding = try finding(id, in: store)
    let sightings = try store.rows(FindingEvidenceRow.self, where: "finding_id", is: finding.id)
    let lines = sightings.filter { $0.kind != "capture" }.map { "\($0.name ?? ""):\($0.frame)" }
    let frames = sightings.filter { $0.kind == "capture" }
    guard !frames.isEmpty else { throw SurveyError.nothingToCarve(id: finding.id, lines: lines) }

    var search = try EvidenceSearch(places)
    var located: [Int: String] = [:]
    for evidence in try store.all(EvidenceRow.self) where frames.contains(where: { $0.evidenceID == evidence.id }) {
      let found = search.find(evidence.path, size: UInt64(clamping: evidence.size), sha256: evidence.sha256)
      guard found.state == .same, let path = found.path else {
        throw SurveyError.evidenceMissing(name: evidence.name, sha256: evidence.sha256, recorded: evidence.path)
      }
      located[evidence.id] = path
    }
    let set = try CaptureSet(paths: located.values.sorted())
    var references: [EvidenceRef: String] = [:]
    for frame in frames {
      guard let path = located[frame.evidenceID],
        let index = set.files.firstIndex(where: { $0.path == path || $0.copies.contains(path) })
      else { continue }
      let reference = EvidenceRef(file: UInt32(truncatingIfNeeded: index), frame: UInt64(clamping: frame.frame))
      references[reference] = "\(frame.name ?? path):\(frame.frame)"
    }
    let carved = try FrameCarver.carve(
      references.keys.sorted(), from: set, to: path, comment: "\(finding.id): \(finding.title)")
    return Result(
      finding: finding, frames: carved.frames, format: carved.format, lines: lines,
      missing: carved.missing.compactMap { references[$0] }.sorted())
  }

  private static func finding(_ id: String, in store: CaseStore) throws -> FindingRow {
    if let finding = try store.one(FindingRow.self, id: id) { return finding }
    let matching = try store.all(FindingRow.self).filter { $0.id.hasPrefix(id) }
    guard let first = matching.first, !id.isEmpty else { throw SurveyError.noSuchFinding(id: id) }
    guard matching.count == 1 else { throw SurveyError.ambiguousFinding(beginning: id, count: matching.count) }
    return first
  }
}
