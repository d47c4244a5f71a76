import Foundation
import Testing

/// One new file and one line: a file without its line is found here.
@Suite struct RegistryTests {
  /// Folder, what its types conform to, the file that lists them.
  static let registries: [(folder: String, kind: String, list: String)] = [
    ("Sources/OTProtocols/Dissectors", "Dissector", "Sources/OTProtocols/ProtocolRegistry.swift"),
    ("Sources/OTImport/Config", "Importer", "Sources/OTImport/Importer.swift"),
    ("Sources/OTReport/Sections", "ReportSection", "Sources/OTReport/Report.swift"),
    ("Sources/OTReport/Renderers", "Renderer", "Sources/OTReport/ReportFiles.swift"),
    ("Sources/otassess/Commands", "ParsableCommand", "Sources/otassess/OTAssess.swift"),
    ("Sources/otassess/Commands", "AsyncParsableCommand", "Sources/otassess/OTAssess.swift"),
  ]

  @Test(arguments: registries)
  func everyTypeOfTheFolderIsListed(_ registry: (folder: String, kind: String, list: String)) throws {
    let folder = NorthQuay.root.appending(path: registry.folder)
    let list = try String(contentsOf: NorthQuay.root.appending(path: registry.list), encoding: .utf8)
    let declaration = try Regex<(Substring, Substring)>("(?m)^(?:public )?(?:struct|enum) (\\w+): \(registry.kind)\\b")
    var found = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      for match in text.matches(of: declaration) {
        found += 1
        let isListed = list.contains("\(match.1).self") || list.contains("\(match.1).render")
        #expect(isListed, "\(match.1) of \(name) is missing in \(registry.list)")
      }
    }
    #expect(found > 0)
  }
}
