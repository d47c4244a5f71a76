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
    var clock = StageClock()
    let warnings = try Survey.runHere(Analysis.Options(paths: paths, hashes: false), to: path) { step in
      clock.passed(step.rawValue)
    }
    if first == "report" {
      try ReportFiles.write(CaseStore(path: path), to: folder)
      clock.passed("report")
    }
    print(warnings.count, "warnings")
  } else {
    print(usage)
    throw BenchError.usage
  }
} catch {
  print(error)
  throw BenchError.failed
}

/// Prints what each stage of a run took.
struct StageClock {
  private var last = StageClock.used()

  /// CPU seconds of the process so far, user and system, and the most memory it had, in MiB.
  private static func used() -> (cpu: Double, memory: Int) {
    var usage = rusage()
    guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return (0, 0) }
    let times = [usage.ru_utime, usage.ru_stime].map { Double($0.tv_sec) + Double($0.tv_usec) / 1e6 }
    return (times[0] + times[1], usage.ru_maxrss / 1024)
  }

  mutating func passed(_ stage: String) {
    let now = Self.used()
    let hundredths = Int(((now.cpu - last.cpu) * 1000).rounded())
    print("\(stage): \(hundredths) ms CPU, at most \(now.memory) MiB so far")
    last = now
  }
}

enum BenchError: Error { case usage, failed }
