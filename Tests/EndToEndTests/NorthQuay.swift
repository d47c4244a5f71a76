import Foundation
import OTCase
import OTPipeline
import OTSurvey
import Testing

/// The sample terminal: what is in its recordings, as the lab that made them wrote it down, and what the program makes
/// of them.
enum NorthQuay {
  /// The package's root, from where this file stands.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let folder = root.appending(path: "Samples/north-quay")
  static let visits = ["visit-1", "visit-2"]

  static func path(_ name: String) -> String { folder.appending(path: name).path }

  /// Captures of a visit in the order of their names.
  static func captures(_ visit: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(visit)).sorted().map { path("\(visit)/\($0)") }
  }

  static let judgement = Survey.Judgement(siteFile: path("site.yaml"))

  /// The case of each visit, made once for all tests.
  static func store(_ visit: String) async throws -> CaseStore { try #require(try await cases.value[visit]) }

  private static let cases: Task<[String: CaseStore], any Error> = Task {
    try await Scratch.with { scratch in
      var stores: [String: CaseStore] = [:]
      for visit in visits {
        let file = scratch.appending(path: "\(visit).otcase").path
        _ = try await Survey.run(.init(paths: [path(visit), path("config")]), judgement, to: file)
        // An open file outlives its name.
        stores[visit] = try CaseStore(path: file)
      }
      return stores
    }
  }
}

/// A folder for what a test writes, gone when the test is over.
enum Scratch {
  static func with<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "otassess-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
  }
}

/// `expected.json`, as far as tests read it.
struct Expectation: Decodable {
  static func load() throws -> Expectation {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      Expectation.self, from: Data(contentsOf: NorthQuay.folder.appending(path: "expected.json")))
  }

  struct Visit: Decodable {
    var files: [File]
    var hosts: [Host]
    var externalPeers: [String]
    var cyclic: [Cycle]
    var weaknesses: [Weakness]
  }
  struct File: Decodable {
    var file: String
    var sha256: String
    var frames: Int64
  }
  struct Host: Decodable {
    struct Identity: Decodable {
      var attribute: String
      var value: String
    }
    struct Service: Decodable {
      var `protocol`: String
      var port: Int
    }
    var address: String
    var mac: String?
    var name: String
    var identity: [Identity]
    var services: [Service]
    var seenOnlyRouted: Bool?
  }
  struct Cycle: Decodable {
    var client: String
    var server: String
    var port: Int
    var period: Double
  }
  struct Weakness: Decodable {
    var id: String
    var what: String
    var client: String
    var server: String
  }
  struct Change: Decodable {
    var id: String
    var kind: String
    var subject: String
    var what: String
  }

  var visits: [String: Visit]
  var changes: [Change]
}
