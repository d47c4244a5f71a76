import ArgumentParser
import OTSurvey

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Hash the evidence again and compare it with the case or the manifest.",
    discussion: """
      Exit code 1 where a file differs, is missing or was never hashed.

      Example: otassess verify out/case.otcase --captures /mnt/evidence
      """)

  @Argument(help: "A case, a report folder or a manifest.json.")
  var source: String

  @Option(parsing: .upToNextOption, help: "Files and folders to look in for evidence that was moved.")
  var captures: [String] = []

  @OptionGroup var output: OutputOptions

  func run() throws {
    let check = try EvidenceCheck(source, places: captures)
    output.print(
      OutputTable(
        of: check.lines,
        [
          .init("state") { $0.found.state.rawValue }, .init("name") { $0.name }, .init("kind") { $0.kind },
          .init("size") { Int64(clamping: $0.size) }, .init("sha256") { $0.sha256 },
          .init("path") { $0.found.path },
        ]))
    let missing = check.lines.count { $0.found.state == .missing }
    if missing > 0 {
      Terminal.complain(
        "\(missing) of \(check.lines.count) files were not found"
          + (captures.isEmpty ? "; --captures says where to look" : " there"))
    }
    if !check.isIntact { throw ExitCode(1) }
  }
}
