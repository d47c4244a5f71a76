import ArgumentParser
import OTCase
import OTReport
import OTSurvey

struct AnalyzeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Read captures and configurations, judge what they show and write the report.",
    discussion: """
      Writes report.html, report.md, findings.json, assets.csv, case.otcase and manifest.json. What could not be read \
      is said on standard error and stands in the report.

      Example: otassess analyze visit-1 config --site site.yaml --out out
      """)

  @Argument(
    help: "Captures (pcap, pcapng, also .gz or .zst), device configurations, folders of both; - is standard input.")
  var paths: [String]

  @Option(help: "The folder to write; files of the same names in it are replaced, others are left alone.")
  var out: String

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var judging: JudgementOptions

  func run() async throws {
    let folder = try OutputFolder.make(out)
    let path = folder.appending(path: CaseSource.fileName).path
    let (options, progress) = try reading.analysis(paths)
    defer { progress?.clear() }
    let warnings = try await Survey.run(options, judging.judgement, to: path, replacing: true)
    progress?.clear()
    Terminal.warn(warnings)
    let store = try CaseStore(path: path, isOwn: true)
    try await ReportFiles.write(store, to: folder, workers: options.workers)
    Terminal.write(try CaseSummary(store).text(folder: out))
  }
}
