import Foundation
import OTCase

/// Whether the evidence is still what the case or the manifest says.
public struct EvidenceCheck: Sendable {
  public struct Line: Sendable {
    public var name: String
    public var kind: String
    public var size: UInt64
    public var sha256: String
    public var found: EvidenceSearch.Result
  }

  public var lines: [Line]
  public var isIntact: Bool { lines.allSatisfy { $0.found.state == .same } }

  /// - Parameters:
  ///   - source: a case, a report folder or a `manifest.json`.
  ///   - places: where to look for files that were moved.
  public init(_ source: String, places: [String]) throws {
    var search = try EvidenceSearch(places)
    lines = []
    for entry in try Self.entries(source) {
      let found = search.find(entry.path ?? entry.name, size: entry.size, sha256: entry.sha256)
      lines.append(Line(name: entry.name, kind: entry.kind, size: entry.size, sha256: entry.sha256, found: found))
    }
  }

  private struct Entry: Decodable {
    var name: String
    var kind: String
    var sha256: String
    var size: UInt64
    /// As it was given on the command line; manifests, which travel, do not have it.
    var path: String?
  }

  private struct Manifest: Decodable {
    var schema: String
    var evidence: [Entry]
  }

  private static func entries(_ source: String) throws -> [Entry] {
    if let path = CaseSource.storedCase(source) {
      return try CaseStore(path: path).all(EvidenceRow.self).map {
        Entry(name: $0.name, kind: $0.kind, sha256: $0.sha256, size: UInt64(clamping: $0.size), path: $0.path)
      }
    }
    guard let kind = Files.kind(of: source) else { throw SurveyError.notThere(path: source) }
    let path = kind == .folder ? Files.join(source, "manifest.json") : source
    guard Files.kind(of: path) == .file else { throw SurveyError.holdsNeither(path: source) }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw SurveyError.noManifest(path: path, reason: "it cannot be read")
    }
    guard let manifest = try? JSONDecoder().decode(Manifest.self, from: data),
      manifest.schema.hasPrefix("otassess.manifest/")
    else { throw SurveyError.noManifest(path: path, reason: "its content is other") }
    return manifest.evidence
  }
}
