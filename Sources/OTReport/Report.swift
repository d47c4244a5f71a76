import OTCase

/// One chapter: asks the case, answers in blocks.
protocol ReportSection: Sendable {
  /// Heading of the chapter.
  static var title: String { get }
  /// What links lead to.
  static var id: String { get }
  static func blocks(_ reading: CaseReading) throws -> [Block]
}

/// The report of one case. What could not be seen stands before what was found.
public enum Report {
  /// The chapters in their order; a new one is a file in `Sections` and a line here.
  static let sections: [any ReportSection.Type] = [
    CoverageSection.self, SummarySection.self, AssetSection.self, TalkSection.self, ControllerSection.self,
    FindingSection.self, RiskSection.self, ConfigurationSection.self, MethodSection.self,
  ]

  public static func document(for store: CaseStore) throws -> Document {
    try document(CaseReading(store))
  }

  static func document(_ reading: CaseReading) throws -> Document {
    document(reading, try sections.map { try chapter($0, reading) })
  }

  /// A section with its heading.
  static func chapter(_ section: any ReportSection.Type, _ reading: CaseReading) throws -> [Block] {
    [.heading(level: 2, text: section.title, id: section.id)] + (try section.blocks(reading))
  }

  /// The report of its chapters.
  static func document(_ reading: CaseReading, _ chapters: [[Block]]) -> Document {
    let seen =
      reading.span.map { "observed from \(Words.moment($0.first)) to \(Words.moment($0.last)) UTC" }
      ?? "no traffic was observed"
    return Document(
      title: "OT security assessment: \(reading.siteName ?? "site without a name")",
      subtitle: "\(seen); made by otassess \(reading.meta["program_version"] ?? "(version not recorded)")",
      blocks: Array(chapters.joined()))
  }
}
