import ArgumentParser
import OTCase

struct AssetsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assets",
    abstract: "Print the devices that are there, or why each is taken for what it is.",
    discussion: """
      Example: otassess assets quay.pcapng --site site.yaml
      Example: otassess assets case.otcase --why --format csv > why.csv
      """)

  @OptionGroup var source: SourceOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Print every merge of addresses, every candidate for a field and every conflict, with its reason.")
  var why = false

  func run() async throws {
    try await source.open { store in
      output.print(
        why
          ? try Self.reasons(store)
          : Self.table(try store.all(AssetRow.self), ServiceNames(try store.all(ServiceUseRow.self))))
    }
  }

  static func table(_ assets: [AssetRow], _ services: ServiceNames = ServiceNames([])) -> OutputTable {
    OutputTable(
      of: assets,
      [
        .init("asset") { $0.id }, .init("name") { $0.name }, .init("role") { $0.role }, .init("zone") { $0.zoneID },
        .init("vendor") { $0.vendor }, .init("product") { $0.product }, .init("order_number") { $0.orderNumber },
        .init("serial_number") { $0.serialNumber }, .init("firmware") { $0.firmware },
        .init("operating_system") { $0.operatingSystem }, .init("device_type") { $0.deviceType },
        .init("is_ot") { $0.isOT }, .init("criticality") { $0.criticality }, .init("kind") { $0.kind },
        .init("presence") { $0.presence }, .init("addresses") { $0.addresses }, .init("macs") { $0.macs },
        .init("service_names") { services.names(asset: $0.id) }, .init("packets") { $0.packets },
        .init("first_seen") { $0.firstSeen }, .init("last_seen") { $0.lastSeen },
        .init("evidence") { $0.evidence },
      ])
  }

  /// A decision of the asset resolution: what was decided of which asset, by which rule or source.
  private struct Reason {
    var asset: String?
    var about: String
    var value: String
    var decision: String
    var by: String
    var confidence: Double?
    var reason: String
    var evidence: String?
  }

  private static func reasons(_ store: CaseStore) throws -> OutputTable {
    let merges = try store.all(AssetMergeRow.self).map { merge in
      Reason(
        asset: merge.assetID, about: "address", value: "\(merge.address) and \(merge.otherAddress)",
        decision: merge.merged ? "merged" : "kept apart", by: merge.rule, reason: merge.reason)
    }
    let fields = try store.all(AssetReasonRow.self).map { row in
      Reason(
        asset: row.assetID, about: row.field, value: row.value, decision: row.chosen ? "chosen" : "not chosen",
        by: row.source, confidence: row.confidence, reason: row.reason, evidence: row.evidence)
    }
    let conflicts = try store.all(AssetConflictRow.self).map { conflict in
      Reason(
        about: conflict.kind, value: "\(conflict.subject): \(conflict.one), \(conflict.other)", decision: "conflict",
        by: conflict.kind, reason: conflict.reason, evidence: conflict.evidence)
    }
    return OutputTable(
      of: merges + fields + conflicts,
      [
        .init("asset") { $0.asset }, .init("about") { $0.about }, .init("value") { $0.value },
        .init("decision") { $0.decision }, .init("by") { $0.by }, .init("confidence") { $0.confidence },
        .init("reason") { $0.reason }, .init("evidence") { $0.evidence },
      ])
  }
}
