import OTPipeline

// otbench STAGE CAPTURE…: runs the stages of an analysis up to STAGE (read, fold, facts) on one thread, for measuring.
let arguments = CommandLine.arguments.dropFirst()
guard let first = arguments.first, let stage = Analysis.Stage(rawValue: first), arguments.count > 1 else {
  print("usage: otbench \(Analysis.Stage.allCases.map(\.rawValue).joined(separator: "|")) CAPTURE…")
  throw BenchError.usage
}
do {
  print(try Analysis.measure(Array(arguments.dropFirst()), stage), "packets")
} catch {
  print(error)
  throw BenchError.failed
}

enum BenchError: Error { case usage, failed }
