import ArgumentParser
import OTCapture
import OTFacts
import OTPipeline

/// Options of all commands that read captures.
struct Inputs: ParsableArguments {
  @Argument(help: "Captures (pcap, pcapng, also .gz or .zst), folders of them, or - for standard input.")
  var paths: [String]

  @Option(help: "Only packets that match this expression of libpcap's filter language, as 'tcp port 502'.")
  var filter: String?

  @Option(help: "Threads that decode; the result does not depend on it.")
  var workers: Int = 1

  func validate() throws {
    guard workers >= 1, workers <= 64 else { throw ValidationError("--workers is a number from 1 to 64.") }
  }

  /// Reads the captures; says on standard error what could not be read.
  func analyse(hashes: Bool = true) async throws -> Analysis.Result {
    let progress = Progress.forTerminal("reading")
    let options = Analysis.Options(
      paths: paths, filter: filter, workers: workers, hashes: hashes, progress: progress?.report)
    let result: Analysis.Result
    do {
      result = try await Analysis.run(options)
    } catch {
      progress?.clear()
      Terminal.complain(error.description)
      throw ExitCode(2)
    }
    progress?.clear()
    for failure in result.failures { Terminal.complain(failure.description) }
    return result
  }
}
