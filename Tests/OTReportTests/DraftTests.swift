import Foundation
import OTAssess
import OTKnowledge
import Testing

@testable import OTCase

/// A case judged while it is made says what one says that was made before.
@Suite struct DraftTests {
  @Test func aDraftIsJudgedAsACaseIs() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "draft-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "a.otcase").path
    var draft = try CaseWriter.begin(SampleCase.crane, at: path)
    let site = try SiteFile(yaml: SampleCase.site, file: "site.yaml")
    let judgements = try Assessment.judge(site, try RuleLibrary.embedded().rules, &draft)
    try draft.store.write { try judgements.writeShortTables(to: $0) }
    try draft.finish(filling: judgements.longTables)

    let made = try CaseStore(path: path)
    #expect(try made.query("SELECT * FROM pragma_integrity_check").rows == [[.text("ok")]])
    try SampleCase.withCase { judged in
      for table in Schema.tables {
        let rows = "SELECT * FROM \(table.name) ORDER BY \(table.columns.map(\.name).joined(separator: ", "))"
        #expect(try made.query(rows) == judged.query(rows), "\(table.name)")
      }
      let findings = try judged.query("SELECT count(*), count(risk_band) FROM finding").rows
      #expect(findings != [[.integer(0), .integer(0)]])
    }
  }
}
