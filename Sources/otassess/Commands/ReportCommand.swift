import ArgumentParser
import Foundation
import OTReport
import OTSurvey

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the report of a case again.",
    discussion: "Example: otassess report case.otcase --out report")

  @Argument(help: "The case (case.otcase, or the folder it lies in).")
  var `case`: String

  @Option(help: "The folder to write; files of the same names in it are replaced, others are left alone.")
  var out: String

  func run() throws {
    try ReportFiles.write(try CaseSource.openStored(`case`), to: try OutputFolder.make(out))
    Terminal.write("\(out)/report.html\n")
  }
}
