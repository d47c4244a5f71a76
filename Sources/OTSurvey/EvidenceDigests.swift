import Foundation
import OTCapture
import OTFacts
import Synchronization

/// Digests of captures, taken while what was read of them is joined and the case is made.
///
/// Hashing a gigabyte takes a core for a second. Where the workers leave one free it is done beside them; where they take
/// all, it begins when the first of them is through. The case is the same byte for byte.
final class EvidenceDigests: Sendable {
  private let hashing = Mutex<Task<[String: String], Never>?>(nil)

  /// Whether hashing waits until the workers are through.
  static func wait(for workers: Int) -> Bool { workers >= ProcessInfo.processInfo.activeProcessorCount && workers > 1 }

  /// Begins to hash captures that can be read.
  func begin(_ paths: [String]) {
    let readable = paths.filter { FileManager.default.isReadableFile(atPath: $0) }
    let task = Task {
      readable.reduce(into: [:]) { digests, path in
        digests[path] = (try? EvidenceHasher.hash(path: path))?.description ?? ""
      }
    }
    hashing.withLock { $0 = task }
  }

  /// Leaves room for the digests of captures that have none yet, and says whose are to come.
  static func leaveRoom(in evidence: inout [OTFacts.EvidenceFile]) -> [(name: String, path: String)] {
    var places: [(name: String, path: String)] = []
    for index in evidence.indices where evidence[index].kind == .capture && evidence[index].sha256.isEmpty {
      guard FileManager.default.isReadableFile(atPath: evidence[index].path) else { continue }
      places.append((evidence[index].name, evidence[index].path))
      evidence[index].sha256 = String(repeating: "0", count: 64)
    }
    return places
  }

  /// When all are there.
  func taken(_ places: [(name: String, path: String)]) async -> [(name: String, sha256: String)] {
    let digests = await hashing.withLock { $0 }?.value ?? [:]
    return places.map { ($0.name, digests[$0.path] ?? "") }
  }
}
