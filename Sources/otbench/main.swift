import Foundation
import OTCase
import OTPipeline
import OTReport
import OTSurvey

// otbench STAGE CAPTURE…: runs the stages of an analysis up to STAGE on one thread, for measuring: read, fold, facts, or
// case (written and judged) and report (all files of `otassess analyze`), which stand in a folder of their own and go.
let arguments = CommandLine.arguments.dropFirst()
let paths = Array(arguments.dropFirst())
let usage = "usage: otbench read|fold|facts|case|report CAPTURE…"
guard let first = arguments.first, !paths.isEmpty else {
  print(usage)
  throw BenchError.usage
}
do {
  if let stage = Analysis.Stage(rawValue: first) {
    print(try Analysis.measure(paths, stage), "packets")
  } else if first == "case" || first == "report" {
    let folder = FileManager.default.temporaryDirectory.appending(path: "otbench-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: CaseSource.fileName).path
    let warnings = try Survey.runHere(Analysis.Options(paths: paths, hashes: false), to: path)
    if first == "report" { try ReportFiles.write(CaseStore(path: path), to: folder) }
    print(warnings.count, "warnings")
  } else {
    print(usage)
    throw BenchError.usage
  }
} catch {
  print(error)
  throw BenchError.failed
}

enum BenchError: Error { case usage, failed }
