import Foundation
import OTCore
import OTFacts
import Testing

@testable import OTPipeline

/// The package's root, from where this file stands.
private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()
private let samples = root.appendingPathComponent("Samples/north-quay")
/// Captures beside the project; their absence skips the tests that need them.
private let corpus = URL(
  fileURLWithPath: ProcessInfo.processInfo.environment["OT_CORPUS"]
    ?? root.appendingPathComponent("../shared/corpus").path)
private let hasCorpus = FileManager.default.fileExists(atPath: corpus.appendingPathComponent("pcaps").path)

private func captures(under folder: URL) -> [String] {
  let suffixes = ["pcap", "pcapng", "gz", "zst", "cap"]
  let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
  var found: [String] = []
  while let file = walk?.nextObject() as? URL {
    if suffixes.contains(file.pathExtension) { found.append(file.path) }
  }
  return found.sorted()
}

private func document(_ paths: [String], workers: Int) async throws -> [UInt8] {
  let result = try await Analysis.run(.init(paths: paths, workers: workers, hashes: false))
  return FactsDocument(result.facts).json()
}

@Suite struct Pipeline {
  @Test(arguments: ["visit-1", "visit-2"])
  func workersAndOrderOfFilesLeaveNoTrace(visit: String) async throws {
    let files = captures(under: samples.appendingPathComponent(visit))
    #expect(files.count > 1)
    let one = try await document(files, workers: 1)
    #expect(one.count > 1000)
    for workers in [2, 5] { #expect(try await document(files.reversed(), workers: workers) == one) }
  }

  @Test func aForeignFileIsRefusedByNameAndTheOthersAreRead() async throws {
    let files = captures(under: samples.appendingPathComponent("visit-1"))
    let foreign = root.appendingPathComponent("LICENSE").path
    let result = try await Analysis.run(.init(paths: [foreign, files[0]], hashes: true))
    #expect(result.facts.packets > 0)
    #expect(result.refusals.contains { $0.description.contains("LICENSE") })
    #expect(result.manifest.files.allSatisfy { $0.sha256 != nil })
  }

  @Test func nothingReadableIsAnError() async {
    await #expect(throws: (any Error).self) {
      try await Analysis.run(.init(paths: [root.appendingPathComponent("LICENSE").path]))
    }
  }

  /// 974 real and damaged files: none ends the program, each packet is counted. Needs ../shared/corpus.
  @Test(.enabled(if: hasCorpus, "skipped: no ../shared/corpus beside the project"))
  func everyCaptureOfTheCorpusIsRead() async throws {
    var read = 0
    for file in captures(under: corpus.appendingPathComponent("pcaps")) {
      let result = try await Analysis.run(.init(paths: [file], hashes: false))
      if result.facts.packets > 0 { read += 1 }
    }
    #expect(read > 900)
    for file in captures(under: corpus.appendingPathComponent("broken")) {
      // A clear refusal or a partial reading; both are answers.
      _ = try? await Analysis.run(.init(paths: [file], hashes: false))
    }
  }
}
