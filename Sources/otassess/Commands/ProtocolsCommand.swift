import ArgumentParser
import OTPipeline
import OTProtocols
import OTSurvey

struct ProtocolsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "protocols",
    abstract: "Print the protocols that are decoded and how deep; check your own descriptions of others.",
    discussion: """
      A protocol nobody decodes can be described in a small YAML file (docs/protocol-descriptions.md) and is then \
      recognised by every command that takes --protocols.

      Example: otassess protocols --format csv
      Example: otassess protocols --protocols my-protocols
      Example: otassess protocols draft unknown-tcp-9B18F4 quay.pcapng > my-protocols/crane.yaml
      Example: otassess protocols check my-protocols/crane.yaml --against quay.pcapng
      """,
    subcommands: [List.self, Check.self, Draft.self], defaultSubcommand: List.self)
}

extension ProtocolsCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Print the protocols that are decoded and how deep.",
      discussion: "Example: otassess protocols list --protocols my-protocols")

    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("A folder of protocols you described.", valueName: "folder"))
    var protocols: String?

    @Flag(help: "Print docs/protocols.md.")
    var markdown = false

    func run() throws {
      if markdown {
        Terminal.write(ProtocolsPage.markdown())
      } else {
        output.print(Self.table(try protocols.map { try ProtocolDescriptions(folder: $0) } ?? ProtocolDescriptions()))
      }
    }

    static func table(_ own: ProtocolDescriptions) -> OutputTable {
      let files = Dictionary(own.descriptions.map { ($0.described.info.id, $0.file) }) { first, _ in first }
      let all = ProtocolTable.standard.protocols + own.protocols.map(\.info)
      return OutputTable(
        of: all.sorted { $0.id < $1.id },
        [
          .init("protocol") { $0.id }, .init("name") { $0.name }, .init("is_industrial") { $0.isIndustrial },
          .init("identity") { $0.depth.contains(.identity) }, .init("operations") { $0.depth.contains(.operations) },
          .init("reads") { $0.reads }, .init("specification") { $0.specification },
          .init("display_filter") { $0.displayFilter }, .init("described_in") { files[$0.id] },
        ])
    }
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Check descriptions of protocols, alone or against captures.",
      discussion: """
        Exit code 0: all are right; 1: right, but one of them matched nothing in the captures; 2: one is wrong, and \
        the line is said.

        Example: otassess protocols check my-protocols/crane.yaml --against quay.pcapng
        """)

    @Argument(help: "Description files.")
    var files: [String]

    @Option(parsing: .upToNextOption, help: "Captures in which to look for them.")
    var against: [String] = []

    func run() async throws {
      var descriptions = ProtocolDescriptions()
      for file in files { try descriptions.add(file: file) }
      var lines: [String] = []
      for one in descriptions.descriptions {
        lines.append("\(one.file): \(one.described.info.id): right; \(one.described.info.reads)")
        lines += one.notes.map { "\(one.file): note: \($0)" }
      }
      guard !against.isEmpty else { return Terminal.write(Self.text(lines)) }

      var options = Analysis.Options(paths: against, hashes: false)
      options.described = descriptions.protocols
      let result = try await Analysis.run(options)
      Terminal.warn(result.refusals.map { "not read: \($0)" })
      let matches = descriptions.protocols.map { DescriptionMatch($0, in: result.facts) }
      lines += matches.flatMap(\.lines)
      Terminal.write(Self.text(lines))
      if matches.contains(where: { $0.dataUnits == 0 }) { throw ExitCode(1) }
    }

    private static func text(_ lines: [String]) -> String {
      lines.map { TerminalText.escaped($0) + "\n" }.joined()
    }
  }

  struct Draft: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "draft", abstract: "Print a description to start from, for a shape nobody recognised.",
      discussion: """
        Shapes stand in `otassess conversations` and in the report. What is printed is a guess, line by line.

        Example: otassess protocols draft unknown-tcp-9B18F4 out > my-protocols/crane.yaml
        """)

    @Argument(help: "The shape's name, unknown-tcp-….")
    var shape: String

    @OptionGroup var source: SourceOptions

    func run() async throws {
      try await source.open { Terminal.write(try DescriptionDraft.text(of: shape, in: $0)) }
    }
  }
}
