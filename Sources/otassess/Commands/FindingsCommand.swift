import ArgumentParser
import OTCase

struct FindingsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "findings",
    abstract: "Print what is wrong, how sure that is and what it puts at risk.",
    discussion: """
      A rule that could not be asked is no pass: `--rules-asked` prints every rule with its answer.

      Example: otassess findings quay.pcapng --site site.yaml
      """)

  @OptionGroup var source: SourceOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Print every rule and whether it fired, was quiet or was not assessable.")
  var rulesAsked = false

  func run() async throws {
    try await source.open { store in
      output.print(rulesAsked ? Self.answers(try store.all(RuleRunRow.self)) : try Self.table(store))
    }
  }

  static func table(_ store: CaseStore) throws -> OutputTable {
    let names = Dictionary(try store.all(AssetRow.self).map { ($0.id, $0.name) }) { first, _ in first }
    return OutputTable(
      of: try store.all(FindingRow.self),
      [
        .init("finding") { $0.id }, .init("severity", isBand: true) { $0.severity },
        .init("risk_band", isBand: true) { $0.riskBand }, .init("risk_low") { $0.riskLow },
        .init("risk_high") { $0.riskHigh }, .init("title") { $0.title }, .init("subject") { $0.subjectAsset },
        .init("subject_name") { $0.subjectAsset.flatMap { names[$0] } }, .init("peer") { $0.peerAsset },
        .init("peer_name") { $0.peerAsset.flatMap { names[$0] } }, .init("key") { $0.key },
        .init("count") { $0.count }, .init("confidence") { $0.confidence }, .init("first_time") { $0.firstTime },
        .init("last_time") { $0.lastTime }, .init("approved") { $0.approvedReason },
      ])
  }

  private static func answers(_ rules: [RuleRunRow]) -> OutputTable {
    OutputTable(
      of: rules,
      [
        .init("rule") { $0.ruleID }, .init("title") { $0.title }, .init("status") { $0.status },
        .init("findings") { $0.findings }, .init("reason") { $0.reason },
      ])
  }
}
