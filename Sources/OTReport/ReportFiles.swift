import Foundation
import OTCase

/// The files of a report folder. The same case gives the same bytes: no clock, no path, no chance.
public enum ReportFiles {
  public struct File: Sendable, Equatable {
    public var name: String
    public var bytes: [UInt8]
  }

  /// `report.html`, `report.md`, `findings.json`, `assets.csv` and `manifest.json`.
  public static func files(for store: CaseStore) throws -> [File] {
    let reading = try CaseReading(store)
    let document = try Report.document(reading)
    return [
      File(name: "report.html", bytes: Array(HTMLRenderer.render(document).utf8)),
      File(name: "report.md", bytes: Array(MarkdownRenderer.render(document).utf8)),
      File(name: "findings.json", bytes: try FindingsDocument.json(reading)),
      File(name: "assets.csv", bytes: Array(AssetsTable.csv(reading).utf8)),
      File(name: "manifest.json", bytes: try ManifestDocument.json(reading)),
    ]
  }

  /// Writes them into `folder`, which is made where it is not there; each file appears whole or not at all.
  public static func write(_ store: CaseStore, to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for file in try files(for: store) {
      try Data(file.bytes).write(to: folder.appending(path: file.name), options: .atomic)
    }
  }
}
