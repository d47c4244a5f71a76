import Foundation
import OTCase

/// The files of a report folder. The same case gives the same bytes: no clock, no path, no chance.
public enum ReportFiles {
  public struct File: Sendable, Equatable {
    public var name: String
    public var bytes: [UInt8]
  }

  /// What is made of a case by itself, beside the report.
  private static let exports: [(name: String, bytes: @Sendable (CaseReading) throws -> [UInt8])] = [
    ("findings.json", { FindingsDocument.json($0) }), ("assets.csv", { Array(AssetsTable.csv($0).utf8) }),
    ("manifest.json", { try ManifestDocument.json($0) }),
  ]
  private static let reports: [(name: String, bytes: @Sendable (Document) -> [UInt8])] = [
    ("report.html", { Array(HTMLRenderer.render($0).utf8) }),
    ("report.md", { Array(MarkdownRenderer.render($0).utf8) }),
  ]

  /// `report.html`, `report.md`, `findings.json`, `assets.csv` and `manifest.json`.
  public static func files(for store: CaseStore) throws -> [File] { try each(of: store) { $0 } }

  /// The same, made by `workers` at a time.
  public static func files(for store: CaseStore, workers: Int) async throws -> [File] {
    try await each(of: store, workers: workers) { $0 }
  }

  /// Writes them into `folder`, which is made where it is not there; each file appears whole or not at all.
  public static func write(_ store: CaseStore, to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    _ = try each(of: store) { try $0.write(to: folder) }
  }

  /// The same, made and written by `workers` at a time.
  public static func write(_ store: CaseStore, to folder: URL, workers: Int) async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    _ = try await each(of: store, workers: workers) { try $0.write(to: folder) }
  }

  /// Makes all files and gives each to `use` when it is made.
  private static func each<Used>(of store: CaseStore, _ use: (File) throws -> Used) throws -> [Used] {
    let reading = try CaseReading(store)
    let document = try Report.document(reading)
    return try reports.map { try use(File(name: $0.name, bytes: $0.bytes(document))) }
      + exports.map { try use(File(name: $0.name, bytes: try $0.bytes(reading))) }
  }

  /// The same by `workers` at a time: the exports and the chapters of the report, then the report in each format.
  private static func each<Used: Sendable>(
    of store: CaseStore, workers: Int, _ use: @escaping @Sendable (File) throws -> Used
  ) async throws -> [Used] {
    guard workers > 1 else { return try each(of: store, use) }
    let reading = try await CaseReading.read(store, workers: workers)
    // The longest first.
    let parts = try await inParallel(exports.count + Report.sections.count, workers: workers) {
      var reading = reading
      reading.store = try store.another()
      return reading
    } _: { number, reading -> Part<Used> in
      if number < exports.count {
        return .export(try use(File(name: exports[number].name, bytes: try exports[number].bytes(reading))))
      }
      return .chapter(try Report.chapter(Report.sections[number - exports.count], reading))
    }
    var chapters: [[Block]] = []
    var exported: [Used] = []
    for part in parts {
      switch part {
      case .chapter(let blocks): chapters.append(blocks)
      case .export(let file): exported.append(file)
      }
    }
    let document = Report.document(reading, chapters)
    let rendered = try await inParallel(reports.count, workers: workers) {
    } _: { number, _ in
      try use(File(name: reports[number].name, bytes: reports[number].bytes(document)))
    }
    return rendered + exported
  }
}

/// What one worker makes.
private enum Part<Used: Sendable>: Sendable {
  case chapter([Block])
  case export(Used)
}

extension ReportFiles.File {
  fileprivate func write(to folder: URL) throws {
    try Data(bytes).write(to: folder.appending(path: name), options: .atomic)
  }
}
