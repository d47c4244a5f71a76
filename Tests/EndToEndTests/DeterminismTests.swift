import Foundation
import OTCase
import OTFacts
import OTPipeline
import OTReport
import OTSurvey
import Testing

/// The same evidence gives the same bytes, whoever reads it and in whatever order.
@Suite struct DeterminismTests {
  /// Every file of the report folder, the case itself included, and the rows of the case.
  private static func outcome(_ paths: [String], workers: Int) async throws -> [String: [UInt8]] {
    try await Scratch.with { scratch in
      let path = scratch.appending(path: "case.otcase").path
      _ = try await Survey.run(.init(paths: paths, workers: workers), NorthQuay.judgement, to: path)
      let store = try CaseStore(path: path)
      var files: [String: [UInt8]] = [:]
      for file in try await ReportFiles.files(for: store, workers: workers) { files[file.name] = file.bytes }
      for table in Schema.tables {
        let order = (1...table.columns.count).map(String.init).joined(separator: ", ")
        let answer = try store.query("SELECT * FROM \(table.name) ORDER BY \(order)", rows: .max)
        let rows = answer.rows.map { $0.map(\.description).joined(separator: "\t") }
        files["table \(table.name)"] = Array(rows.joined(separator: "\n").utf8)
      }
      files["case.otcase"] = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      return files
    }
  }

  @Test(arguments: NorthQuay.visits)
  func theReportIsTheSameForAnyWorkersAndAnyOrderOfFiles(visit: String) async throws {
    let files = try NorthQuay.captures(visit) + [NorthQuay.path("config/sw-quay-01.cfg")]
    let one = try await Self.outcome(files, workers: 1)
    #expect(one["report.html"]?.isEmpty == false && one["table finding"]?.isEmpty == false)
    let orders = [files.reversed(), Array(files.dropFirst(2) + files.prefix(2))]
    for (workers, order) in zip([2, 5], orders) {
      let other = try await Self.outcome(Array(order), workers: workers)
      let different = Set(one.keys).union(other.keys).filter { one[$0] != other[$0] }.sorted()
      #expect(different.isEmpty, "with \(workers) workers")
    }
  }

  @Test func factsAreTheSameForAnyWorkersAndAnyOrderOfFiles() async throws {
    let files = try NorthQuay.visits.flatMap(NorthQuay.captures)
    func document(_ paths: [String], _ workers: Int) async throws -> [UInt8] {
      FactsDocument(try await Analysis.run(.init(paths: paths, workers: workers, hashes: false)).facts).json()
    }
    let one = try await document(files, 1)
    #expect(one.count > 10_000)
    for (workers, order) in [(2, Array(files.reversed())), (5, Array(files.dropFirst(4) + files.prefix(4)))] {
      #expect(try await document(order, workers) == one)
    }
  }
}
