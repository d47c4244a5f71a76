import Foundation
import OTCapture
import OTFacts

/// Digests of captures, taken while the case is made of them.
///
/// Hashing a gigabyte takes a core for a second. Where the workers leave one free it is done beside them; where they take
/// all, it waits for the time in which one thread writes the case. The case is the same byte for byte.
struct EvidenceDigests: Sendable {
  private let hashing: Task<[(name: String, sha256: String)], Never>

  /// Whether hashing waits until the workers are through.
  static func wait(for workers: Int) -> Bool { workers >= ProcessInfo.processInfo.activeProcessorCount && workers > 1 }

  /// Begins to hash the captures that can be read and have no digest yet; until then something as long stands there.
  init(of evidence: inout [OTFacts.EvidenceFile]) {
    var places: [(name: String, path: String)] = []
    for index in evidence.indices where evidence[index].kind == .capture && evidence[index].sha256.isEmpty {
      guard FileManager.default.isReadableFile(atPath: evidence[index].path) else { continue }
      places.append((evidence[index].name, evidence[index].path))
      evidence[index].sha256 = String(repeating: "0", count: 64)
    }
    hashing = Task { [places] in
      places.map { ($0.name, (try? EvidenceHasher.hash(path: $0.path))?.description ?? "") }
    }
  }

  /// When all are there.
  func taken() async -> [(name: String, sha256: String)] { await hashing.value }
}
