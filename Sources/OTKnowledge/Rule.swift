/// A question asked of the facts, with everything a reader needs to judge its answer. One file of
/// `Sources/OTKnowledge/Rules`, or of a consultant's own folder.
public struct Rule: Sendable, Equatable {
  /// Never reused and never renumbered: finding ids are made of it.
  public var id: String
  public var title: String
  public var severity: Severity
  public var confidence: Confidence
  public var type: Kind
  /// Weakness points of the risk model (HANDBOOK §5): 0 none known, 1 hardening gap, 2 control or credentials without
  /// protection, 3 default credentials or known exploited.
  public var weakness: Int
  /// ATT&CK for ICS technique ids.
  public var techniques: [String]
  /// Id of the playbook to follow: `PB-01`.
  public var playbook: String
  /// Requirements the finding bears on: `62443-3-3/SR-2.1`.
  public var controls: [String]
  /// One or two sentences an engineer at the crane accepts.
  public var why: String
  public var falsePositives: String
  public var fix: String
  /// What the next capture or configuration must show.
  public var verify: String
  /// SQL over the case's views; gives the columns ``requiredColumns`` and perhaps `key` and `detail`.
  public var query: String
  /// Which of ``groupColumns`` make one finding; rows that agree in them are folded.
  public var groupBy: [String]
  /// What must have been collected, else the rule is not assessable.
  public var requires: [Requirement]
  public var examples: Examples
  /// The file it was read from.
  public var file: String

  public static let requiredColumns = ["subject", "peer", "first_seen", "last_seen", "count", "evidence"]
  public static let groupColumns = ["subject", "peer", "key"]

  public enum Severity: Int, Sendable, CaseIterable, Comparable {
    case info, low, medium, high, critical
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    public var name: String {
      switch self {
      case .info: "info"
      case .low: "low"
      case .medium: "medium"
      case .high: "high"
      case .critical: "critical"
      }
    }
  }

  /// How far the evidence carries the claim.
  public enum Confidence: Int, Sendable, CaseIterable, Comparable {
    case low, medium, high
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    public var name: String {
      switch self {
      case .low: "low"
      case .medium: "medium"
      case .high: "high"
      }
    }
  }

  /// What the rule looks for: a known bad mark, a deviation from the site's own model, a setting, or an action.
  public enum Kind: String, Sendable, CaseIterable {
    case indicator, model, configuration, behaviour
  }

  /// Something that must have been collected.
  public struct Requirement: Sendable, Equatable {
    /// `capture`, `control_operations`, …, or empty for one of the rule's own.
    public var id: String
    /// SQL that gives at least one row where it was collected.
    public var query: String
    /// What to do to collect it, as one says it to the site.
    public var collect: String
    public init(id: String, query: String, collect: String) {
      self.id = id
      self.query = query
      self.collect = collect
    }
  }

  /// Small cases on which the rule must and must not fire; each is YAML that the assessor's example loader reads.
  public struct Examples: Sendable, Equatable {
    public var fires: [YAMLValue]
    public var quiet: [YAMLValue]
  }
}
