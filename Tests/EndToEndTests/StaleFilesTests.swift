import Foundation
import OTCase
import OTReport
import OTSurvey
import Testing

/// Files of the tree that the program writes are as it would write them now.
@Suite struct StaleFilesTests {
  private static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: NorthQuay.root.appending(path: path)))
  }

  @Test func docsSchemaIsCurrent() throws {
    let isCurrent = try Self.bytes("docs/schema.md") == Array(Schema.markdown().utf8)
    #expect(isCurrent, "run: make docs")
  }

  @Test func docsProtocolsIsCurrent() throws {
    let isCurrent = try Self.bytes("docs/protocols.md") == Array(ProtocolsPage.markdown().utf8)
    #expect(isCurrent, "run: make docs")
  }

  @Test func docsLimitsIsCurrent() throws {
    let isCurrent = try Self.bytes("docs/limits.md") == Array(LimitsPage.markdown().utf8)
    #expect(isCurrent, "run: make docs")
  }

  /// Every number of `Limits` stands in the page.
  @Test func noLimitIsLeftOutOfThePage() throws {
    let source = String(decoding: try Self.bytes("Sources/OTCore/Limits.swift"), as: UTF8.self)
    let page = String(
      decoding: try Self.bytes("Sources/OTSurvey/LimitsPage.swift")
        + Self.bytes("Sources/OTAssess/Rules/RuleEngine.swift"),
      as: UTF8.self)
    let names = source.matches(of: /static let (\w+)/).map { String($0.1) }
    #expect(names.count >= 20)
    #expect(names.filter { !page.contains("Limits.\($0)") } == [])
  }

  @Test(arguments: NorthQuay.visits)
  func theReportOfAVisitIsCurrent(visit: String) async throws {
    let folder = "Reports/north-quay/\(visit)"
    let files = try ReportFiles.files(for: try await NorthQuay.store(visit))
    let kept = try FileManager.default.contentsOfDirectory(atPath: NorthQuay.root.appending(path: folder).path)
    #expect(Set(kept) == Set(files.map(\.name)))
    let stale = try files.filter { try Self.bytes("\(folder)/\($0.name)") != $0.bytes }.map(\.name)
    #expect(stale.isEmpty, "run: make reports")
  }

  /// What the README shows as output is output.
  @Test func theReadmeShowsWhatTheProgramPrints() async throws {
    let readme = try String(contentsOf: NorthQuay.root.appending(path: "README.md"), encoding: .utf8)
    let sample = "Samples/north-quay"
    let question = "SELECT name, vendor, product, firmware FROM v_asset WHERE role = 'plc'"
    #expect(readme.contains(question))
    try await Scratch.with { scratch in
      let out = scratch.appending(path: "out").path
      var printed: [Program.Outcome] = []
      for visit in NorthQuay.visits {
        let arguments = ["analyze", "\(sample)/\(visit)", "\(sample)/config", "--site", "\(sample)/site.yaml"]
        let outcome = try Program.run(arguments + ["--out", "\(out)/\(visit)"])
        if visit == "visit-1" { printed.append(outcome) }
      }
      let carved = scratch.appending(path: "download.pcap").path
      printed.append(try Program.run(["query", question, "\(out)/visit-2"]))
      printed.append(try Program.run(["carve", "OT-PROG-001", "\(out)/visit-2", "--out", carved]))
      printed.append(try Program.run(["diff", "\(out)/visit-1", "\(out)/visit-2", "--out", "\(out)/diff"]))
      for outcome in printed {
        // As typed in a folder of the reader's.
        let text = outcome.output.replacing(scratch.path + "/", with: "")
        #expect(!text.isEmpty && readme.contains(text), "\(text)")
      }
    }
  }

  @Test func theComparisonOfTheVisitsIsCurrent() async throws {
    let diff = try await ComparisonTests.diff("visit-1", "visit-2")
    let document = DiffReport.document(for: diff, before: "visit-1", after: "visit-2")
    let isMarkdown = try Self.bytes("Reports/north-quay/diff/diff.md") == Array(MarkdownRenderer.render(document).utf8)
    let isJSON = try Self.bytes("Reports/north-quay/diff/diff.json") == Array(try diff.json().utf8)
    #expect(isMarkdown && isJSON, "run: make reports")
  }
}
