import ArgumentParser
import OTCore
import OTSurvey

/// `otassess`: the OT security of a container terminal, from what was recorded there.
@main
struct OTAssess: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "otassess",
    abstract: "Assess the OT security of a container terminal from captures and configurations, offline.",
    discussion: """
      Captures are pcap or pcapng, also .gz and .zst, or - for standard input. A case is one SQLite file that \
      `analyze` makes; most commands take either.

      Exit codes: 0 done; 1 done, and something was found that a script should notice (changes in `diff`, evidence \
      that differs or is missing in `verify`); 2 an input could not be read, an output not be written, or the command \
      was wrong.
      """,
    version: Survey.version,
    groupedSubcommands: [
      CommandGroup(name: "Assess:", subcommands: [AnalyzeCommand.self, ReportCommand.self, DiffCommand.self]),
      CommandGroup(
        name: "Look:",
        subcommands: [
          FactsCommand.self, AssetsCommand.self, ConversationsCommand.self, OperationsCommand.self,
          FindingsCommand.self, QueryCommand.self,
        ]),
      CommandGroup(name: "Prove:", subcommands: [CarveCommand.self, VerifyCommand.self]),
      CommandGroup(
        name: "Know:",
        subcommands: [
          InitCommand.self, ProtocolsCommand.self, RulesCommand.self, SchemaCommand.self, LimitsCommand.self,
        ]),
    ])

  /// Ends with an error where the disk behind standard output was full: half a table must not pass for a whole one.
  private static func refuseHalfOutput() {
    guard let reason = Terminal.whatFailed else { return }
    Terminal.complain("standard output: \(reason)")
    exit(withError: ExitCode(2))
  }

  static func main() async {
    Terminal.outliveReaders()
    Interruption.watch()
    ProcessMemory.giveBack()
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      refuseHalfOutput()
    } catch let code as ExitCode {
      refuseHalfOutput()
      exit(withError: code)
    } catch {
      let text = fullMessage(for: error)
      if exitCode(for: error).isSuccess {
        Terminal.write(text + "\n")
        return
      }
      Terminal.complain(error)
      exit(withError: ExitCode(2))
    }
  }
}
