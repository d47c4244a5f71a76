import ArgumentParser
import OTImport
import OTProtocols
import OTSurvey

struct ProtocolsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "protocols",
    abstract: "Print the protocols that are decoded and how deep.",
    discussion: "Example: otassess protocols --format csv")

  @OptionGroup var output: OutputOptions

  @Flag(help: "Print docs/protocols.md.")
  var markdown = false

  func run() throws {
    if markdown {
      Terminal.write(ProtocolsPage.markdown())
    } else {
      output.print(Self.table)
    }
  }

  static var table: OutputTable {
    OutputTable(
      of: ProtocolTable.standard.protocols.sorted { $0.id < $1.id },
      [
        .init("protocol") { $0.id }, .init("name") { $0.name }, .init("is_industrial") { $0.isIndustrial },
        .init("identity") { $0.depth.contains(.identity) }, .init("operations") { $0.depth.contains(.operations) },
        .init("reads") { $0.reads }, .init("specification") { $0.specification },
        .init("display_filter") { $0.displayFilter },
      ])
  }
}
