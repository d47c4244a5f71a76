import ArgumentParser
import OTAssess

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Print a commented site file to fill in.",
    discussion: "Example: otassess init > site.yaml")

  func run() throws { Terminal.write(SiteFile.template()) }
}
