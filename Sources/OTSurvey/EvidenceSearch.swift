import Foundation
import OTCapture

/// Finds evidence again by its SHA-256: where it was, or among other files when it was moved.
public struct EvidenceSearch {
  public enum State: String, Sendable {
    case same, different, missing
    /// The manifest holds no digest (evidence that came through a pipe): nobody can tell.
    case notHashed = "not hashed"
  }

  public struct Result: Sendable {
    public var state: State
    /// Where it is; nil: nowhere.
    public var path: String?
  }

  /// Files to look among, by size.
  private var elsewhere: [UInt64: [String]] = [:]
  private var digests: [String: String] = [:]

  /// - Parameter places: files and folders to look in.
  public init(_ places: [String] = []) throws {
    for place in places {
      switch Files.kind(of: place) {
      case nil: throw SurveyError.notThere(path: place)
      case .file: add(place)
      case .folder:
        let names = FileManager.default.enumerator(atPath: place)?.allObjects.compactMap { $0 as? String } ?? []
        for name in names.sorted() where Files.kind(of: Files.join(place, name)) == .file {
          add(Files.join(place, name))
        }
      }
    }
  }

  private mutating func add(_ path: String) {
    guard let size = Files.size(of: path) else { return }
    elsewhere[size, default: []].append(path)
  }

  public mutating func find(_ path: String, size: UInt64, sha256: String) -> Result {
    guard !sha256.isEmpty else { return Result(state: .notHashed, path: nil) }
    let isThere = Files.kind(of: path) == .file
    if isThere, digest(path) == sha256 { return Result(state: .same, path: path) }
    for candidate in elsewhere[size] ?? [] where digest(candidate) == sha256 {
      return Result(state: .same, path: candidate)
    }
    return Result(state: isThere ? .different : .missing, path: isThere ? path : nil)
  }

  private mutating func digest(_ path: String) -> String? {
    if let known = digests[path] { return known }
    let digest = (try? EvidenceHasher.hash(path: path))?.description
    digests[path] = digest
    return digest
  }
}
