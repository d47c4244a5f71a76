import ArgumentParser
import OTFacts
import OTPipeline

struct FactsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "facts",
    abstract: "Print what was seen: hosts with roles and identity, conversations with operations.",
    discussion: """
      Facts are what was decoded, before assets are resolved and rules are asked.

      Example: otassess facts quay.pcapng | jq '.hosts[].identity'
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case json }

  @Argument(help: "Captures, or folders of them; - is standard input.")
  var paths: [String]

  @OptionGroup var reading: ReadingOptions

  @Option(help: "The document 'otassess.facts/1'.")
  var format: Format = .json

  func run() async throws {
    let (options, progress) = try reading.analysis(paths, hashes: false)
    defer { progress?.clear() }
    let result = try await Analysis.run(options)
    progress?.clear()
    Terminal.warn(result.refusals.map { "not read: \($0)" })
    Terminal.write(FactsDocument(result.facts).json())
  }
}
