import ArgumentParser
import OTSurvey

struct LimitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "limits",
    abstract: "Print the bounds on hostile input: what is kept, what becomes of the rest, where that is told.",
    discussion: "Example: otassess limits --format csv")

  @OptionGroup var output: OutputOptions

  @Flag(help: "Print docs/limits.md.")
  var markdown = false

  func run() throws {
    if markdown {
      Terminal.write(LimitsPage.markdown())
      return
    }
    output.print(
      OutputTable(
        of: LimitsPage.entries,
        [
          .init("stage") { $0.stage }, .init("what") { $0.what }, .init("at_most") { $0.value },
          .init("unit") { $0.unit }, .init("beyond") { $0.beyond }, .init("told") { $0.told },
        ]))
  }
}
