import ArgumentParser
import OTAssess
import OTCase
import OTReport
import OTSurvey

struct DiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Tell what changed between two visits.",
    discussion: """
      Each side is a case, a capture or a folder of captures and configurations. Exit code 0: nothing changed; 1: \
      something did; 2: an error.

      Example: otassess diff visit-1/case.otcase visit-2/case.otcase --out diff
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case markdown, json, html }

  @Argument(help: "The earlier visit.")
  var before: String

  @Argument(help: "The later visit.")
  var after: String

  @Option(help: "How to print the changes.")
  var format: Format = .markdown

  @Option(help: "A folder to write diff.md, diff.json and diff.html to, instead of printing.")
  var out: String?

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var judging: JudgementOptions

  func run() async throws {
    try judging.refuse(reading, for: [try CaseSource([before]), try CaseSource([after])])
    let (options, progress) = try reading.analysis([])
    defer { progress?.clear() }
    let diff = try await Comparison.diff(before, after, options, judging.judgement) { warnings in
      progress?.clear()
      Terminal.warn(warnings)
    }
    progress?.clear()
    if let out {
      let folder = try OutputFolder.make(out)
      for format in Format.allCases {
        try OutputFolder.write(try text(diff, format), as: "diff.\(format.ending)", in: folder)
      }
      for (name, entries) in diff.sections where !entries.isEmpty {
        Terminal.write("\(name): \(entries.count)\n")
      }
      if diff.isEmpty { Terminal.write("no change observed\n") }
      Terminal.write("report: \(out)/diff.html\n")
    } else {
      Terminal.write(try text(diff, format))
    }
    if !diff.isEmpty { throw ExitCode(1) }
  }

  private func text(_ diff: CaseDiff, _ format: Format) throws -> String {
    let document = DiffReport.document(for: diff, before: Self.name(before), after: Self.name(after))
    return switch format {
    case .markdown: MarkdownRenderer.render(document)
    case .json: try diff.json()
    case .html: HTMLRenderer.render(document)
    }
  }

  /// What a side is called: the last part of its path, the folder's for a case that is called as all are.
  static func name(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }
    let own = parts.last == Substring(CaseSource.fileName) ? parts.dropLast().last : parts.last
    return own.map(String.init) ?? path
  }
}

extension DiffCommand.Format {
  var ending: String { self == .markdown ? "md" : rawValue }
}
