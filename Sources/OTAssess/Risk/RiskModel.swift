/// The risk model of HANDBOOK §5: likelihood points, consequence scales and the printed five-by-five matrix. What is not
/// known is a range, and a range stays one to the end.
public enum RiskModel {
  /// Version printed beside every figure; figures of different versions are not compared.
  public static let version = "2"

  /// What likelihood is made of.
  public enum Factor: String, Sendable, CaseIterable, Codable {
    case exposure, weakness, threat, controls
    /// Points the factor can give; controls are subtracted.
    public var bounds: ClosedRange<Int> {
      switch self {
      case .exposure, .weakness: 0...3
      case .threat, .controls: 0...2
      }
    }
  }

  /// Points given for one factor, with the reason a reader can check.
  public struct Point: Sendable, Equatable {
    public var factor: Factor
    public var points: ClosedRange<Int>
    public var reason: String
    /// `file:frame`, or empty where the reason is no observation.
    public var evidence: String
    public init(_ factor: Factor, _ points: ClosedRange<Int>, _ reason: String, evidence: String = "") {
      self.factor = factor
      self.points = points.clamped(to: factor.bounds)
      self.reason = reason
      self.evidence = evidence
    }
  }

  /// Likelihood 1...5 of a number of points: 0–1, 2, 3–4, 5–6, 7–8.
  public static func likelihood(points: Int) -> Int {
    switch points {
    case ...1: 1
    case 2: 2
    case 3...4: 3
    case 5...6: 4
    default: 5
    }
  }

  /// Likelihood of a set of points. A factor without a point is unknown: it may give anything it can.
  public static func likelihood(_ points: [Point]) -> ClosedRange<Int> {
    var low = 0
    var high = 0
    for factor in Factor.allCases {
      let given = points.filter { $0.factor == factor }
      let from = given.isEmpty ? factor.bounds.lowerBound : given.map(\.points.lowerBound).max() ?? 0
      let to = given.isEmpty ? factor.bounds.upperBound : given.map(\.points.upperBound).max() ?? 0
      if factor == .controls {
        low -= to
        high -= from
      } else {
        low += from
        high += to
      }
    }
    return likelihood(points: max(0, low))...likelihood(points: max(0, high))
  }

  /// Consequence 1...5: the worst of its scales; nil (nothing known) may be anything.
  public static func consequence(_ consequence: Consequence?) -> ClosedRange<Int> {
    guard let consequence else { return 1...5 }
    let scales = [consequence.safety, consequence.throughput, consequence.environment]
    let low = scales.map(\.lowerBound).max() ?? 1
    let high = scales.map(\.upperBound).max() ?? 5
    return min(max(low, 1), 5)...min(max(high, 1), 5)
  }

  /// Bands of the printed matrix.
  public enum Band: Int, Sendable, CaseIterable, Comparable {
    case low, medium, high, critical
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    public var name: String {
      switch self {
      case .low: "low"
      case .medium: "medium"
      case .high: "high"
      case .critical: "critical"
      }
    }
  }

  public static func band(likelihood: Int, consequence: Int) -> Band {
    if likelihood >= 4 && consequence == 5 || likelihood == 5 && consequence >= 4 { return .critical }
    switch likelihood * consequence {
    case 12...: return .high
    case 6...11: return .medium
    default: return .low
    }
  }

  /// The band grows with both, so the corners of the two ranges bound it.
  public static func band(likelihood: ClosedRange<Int>, consequence: ClosedRange<Int>) -> ClosedRange<Band> {
    band(
      likelihood: likelihood.lowerBound, consequence: consequence.lowerBound)...band(
        likelihood: likelihood.upperBound, consequence: consequence.upperBound)
  }
}
