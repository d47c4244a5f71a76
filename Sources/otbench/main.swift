import Foundation
import OTCase
import OTCore
import OTPipeline
import OTReport
import OTSurvey

// otbench STAGE CAPTURE…: runs the stages of an analysis up to STAGE on one thread, for measuring: read, fold, facts, or
// case (written and judged) and report (all files of `otassess analyze`), which stand in a folder of their own and go.
// otbench workers N CAPTURE…: all of them by N workers, as `otassess analyze` does it but for the hash of the evidence.
var arguments = Array(CommandLine.arguments.dropFirst())
let workers = arguments.first == "workers" && arguments.count > 1 ? Int(arguments.remove(at: 1)) : nil
let paths = Array(arguments.dropFirst())

ProcessMemory.giveBack()
do {
  switch arguments.first {
  case let first? where !paths.isEmpty && Analysis.Stage(rawValue: first) != nil:
    print(try Analysis.measure(paths, Analysis.Stage(rawValue: first) ?? .read), "packets")
  case "case" where !paths.isEmpty: try onOneThread(isReported: false)
  case "report" where !paths.isEmpty: try onOneThread(isReported: true)
  case "workers" where !paths.isEmpty && (workers ?? 0) > 0: try await byWorkers(workers ?? 1)
  default:
    print("usage: otbench read|fold|facts|case|report CAPTURE…\n       otbench workers N CAPTURE…")
    exit(2)
  }
} catch {
  print(error)
  exit(1)
}

func onOneThread(isReported: Bool) throws {
  let folder = try Folder()
  defer { folder.remove() }
  var clock = StageClock()
  let warnings = try Survey.runHere(Analysis.Options(paths: paths, hashes: false), to: folder.casePath) { step in
    clock.passed(step.rawValue)
  }
  if isReported {
    try ReportFiles.write(CaseStore(path: folder.casePath, isOwn: true), to: folder.url)
    clock.passed("report")
  }
  print(warnings.count, "warnings")
}

func byWorkers(_ workers: Int) async throws {
  let folder = try Folder()
  defer { folder.remove() }
  var clock = StageClock()
  let options = Analysis.Options(paths: paths, workers: workers, hashes: false)
  _ = try await Survey.run(options, to: folder.casePath)
  clock.passed("case")
  try await ReportFiles.write(CaseStore(path: folder.casePath, isOwn: true), to: folder.url, workers: workers)
  clock.passed("report")
}

/// A folder that goes when it was measured how long it takes to fill it.
struct Folder {
  let url = FileManager.default.temporaryDirectory.appending(path: "otbench-\(getpid())")
  var casePath: String { url.appending(path: CaseSource.fileName).path }

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  func remove() { try? FileManager.default.removeItem(at: url) }
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
