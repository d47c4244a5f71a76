import ArgumentParser

/// `otassess`: the OT security of a container terminal, from what was recorded there.
@main
struct OTAssess: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "otassess",
    abstract: "Assess the OT security of a container terminal from captures and configurations, offline.",
    discussion: """
      Exit codes: 0 done; 1 done, and something was found that a script should notice (differences, a broken \
      evidence hash); 2 an input could not be read or a command was wrong.
      """,
    version: "0.1.0",
    subcommands: [FactsCommand.self])
}
