import ArgumentParser
import OTFacts

struct FactsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "facts",
    abstract: "Print what was seen: hosts with roles and identity, conversations with operations.",
    discussion: "Example: otassess facts --format json quay.pcapng | jq '.hosts[].identity'")

  @OptionGroup var inputs: Inputs

  @Option(help: "Only json: the document 'otassess.facts/1'.")
  var format: String = "json"

  func run() async throws {
    let result = try await inputs.analyse(hashes: false)
    Terminal.write(FactsDocument(result.facts).json())
  }
}
