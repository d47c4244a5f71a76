import ArgumentParser
import OTSurvey

struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "Print the rules that are asked of a case.",
    discussion: "Example: otassess rules --rules my-rules")

  @Option(help: ArgumentHelp("A folder of rules of your own, beside the program's.", valueName: "folder"))
  var rules: String?

  @Option(help: ArgumentHelp("A folder of knowledge to use instead of the program's.", valueName: "folder"))
  var knowledge: String?

  @OptionGroup var output: OutputOptions

  func run() throws {
    let rules = try Survey.Judgement(rulesFolder: rules, knowledgeFolder: knowledge).rules()
    output.print(
      OutputTable(
        of: rules,
        [
          .init("rule") { $0.id }, .init("severity", isBand: true) { $0.severity.name }, .init("title") { $0.title },
          .init("type") { $0.type.rawValue }, .init("confidence") { $0.confidence.name },
          .init("weakness") { $0.weakness }, .init("techniques") { $0.techniques.joined(separator: " ") },
          .init("controls") { $0.controls.joined(separator: " ") }, .init("playbook") { $0.playbook },
          .init("file") { $0.file },
        ]))
  }
}
