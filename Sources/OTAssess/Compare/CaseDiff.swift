/// What changed between two visits. Entries stand in a fixed order; a case compared with itself has none.
public struct CaseDiff: Sendable, Equatable, Codable {
  /// Verdict on one thing.
  public enum Verdict: String, Sendable, Codable, CaseIterable {
    case new
    /// It was there, and the other visit could have seen it.
    case gone
    /// It was there, and the other visit could not have seen it, or nobody can tell.
    case notObserved = "not observed"
    /// Another device stands in its place: another serial number, or no MAC address in common.
    case replaced
    case changed
    /// A finding that was not there before.
    case opened
    /// A finding that the other visit does not show again. No proof that it is mended.
    case notObservedAgain = "not observed again"
    /// A finding that the other visit could not have shown: its rule was not assessable there.
    case notAssessable = "not assessable"
  }

  /// A field that differs; nil: not known.
  public struct Change: Sendable, Equatable, Codable {
    public var field: String
    public var before: String?
    public var after: String?
  }

  public struct Entry: Sendable, Equatable, Codable {
    public var verdict: Verdict
    /// What it is, the same text on both visits.
    public var subject: String
    /// One line that a reader understands without the case.
    public var detail: String
    public var changes: [Change]
    /// `name:frame` in the case that shows it; empty: no single place does.
    public var evidence: String

    public init(_ verdict: Verdict, _ subject: String, _ detail: String, changes: [Change] = [], evidence: String = "")
    {
      self.verdict = verdict
      self.subject = subject
      self.detail = detail
      self.changes = changes
      self.evidence = evidence
    }
  }

  public var assets: [Entry] = []
  public var identities: [Entry] = []
  /// Remote access, clouds and other services on the internet, by who uses them.
  public var clouds: [Entry] = []
  public var services: [Entry] = []
  public var conversations: [Entry] = []
  public var operations: [Entry] = []
  /// Shapes of traffic nobody recognised.
  public var unknownShapes: [Entry] = []
  public var findings: [Entry] = []
  /// Findings both visits show.
  public var stillOpen = 0

  public init() {}

  public var isEmpty: Bool { sections.allSatisfy(\.entries.isEmpty) }

  /// The parts by name, in the order they are told.
  public var sections: [(name: String, entries: [Entry])] {
    [
      ("assets", assets), ("findings", findings), ("operations", operations), ("clouds", clouds),
      ("conversations", conversations), ("services", services), ("identities", identities),
      ("unrecognised traffic", unknownShapes),
    ]
  }
}
