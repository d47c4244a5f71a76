/// Boxes that would not move, as a triple: never one number.
public struct ThroughputLoss: Sendable, Equatable {
  /// Twenty-foot equivalent units.
  public var low: Double
  public var likely: Double
  public var high: Double

  /// How long an event of a kind stops machines, in hours (HANDBOOK §5; estimates, to be replaced by the site's own).
  public enum Scenario: String, Sendable, CaseIterable {
    case ransomware
    case controller = "crane controller"
    case position = "position or time loss"
    case feeder = "power feeder"

    public var hours: ClosedRange<Double> {
      switch self {
      case .ransomware: 48...96
      case .controller: 8...24
      case .position: 4...8
      case .feeder: 2...12
      }
    }
  }

  /// TEU per move where the site does not say (HANDBOOK §1.2, an estimate).
  public static let defaultFactor = 1.65

  /// Moves an hour times TEU a move times what cannot be done by hand, over the hours of the scenario; `likely` is the
  /// middle. A fallback the site did not state may be anything, so it widens the triple. A box passes quay, yard and gate:
  /// only the kind of unit that loses most is counted, so that no box is counted twice. nil: no unit states its moves.
  public init?(units: [SiteFile.Unit], factor: Double?, scenario: Scenario) {
    let moving = units.filter { $0.movesPerHour != nil }
    guard !moving.isEmpty else { return nil }
    var least = 0.0
    var most = 0.0
    for kind in ZoneKind.allCases {
      let rates = moving.filter { $0.kind == kind }.map { unit in
        let rate = (unit.movesPerHour ?? 0) * (factor ?? Self.defaultFactor)
        return (least: rate * (1 - (unit.manualFallback ?? 1)), most: rate * (1 - (unit.manualFallback ?? 0)))
      }
      let sum = rates.reduce((least: 0.0, most: 0.0)) { ($0.least + $1.least, $0.most + $1.most) }
      if sum.most > most { (least, most) = sum }
    }
    let hours = scenario.hours
    low = least * hours.lowerBound
    high = most * hours.upperBound
    likely = (least + most) / 2 * (hours.lowerBound + hours.upperBound) / 2
  }
}
