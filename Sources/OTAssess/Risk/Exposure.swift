import GRDB

/// From where an asset was reached, as far as traffic shows: the exposure points of HANDBOOK §5.
struct Exposure {
  /// Observed points of each asset, with the reason.
  private var observed: [String: (points: Int, reason: String)] = [:]
  private let knowsZones: Bool

  init(_ database: Database, knowsZones: Bool) throws {
    self.knowsZones = knowsZones
    for (own, other) in [("server", "client"), ("client", "server")] {
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT c.\(own)_asset, c.\(other)_address,
            CASE WHEN c.\(other)_scope = 'public' THEN 3 WHEN z.kind IN ('ENT', 'WLS', 'RMT') THEN 3
              WHEN c.\(other)_zone IS NOT c.\(own)_zone AND c.\(other)_zone IS NOT NULL AND c.\(own)_zone IS NOT NULL THEN 2
              ELSE 1 END AS points
          FROM v_conversation c LEFT JOIN zone z ON z.id = c.\(other)_zone
          WHERE c.\(own)_asset IS NOT NULL AND c.\(other)_asset IS NOT NULL AND c.is_answered
          ORDER BY 1, 3 DESC, c.id
          """)
      for row in rows {
        let asset: String = row[0]
        let points: Int = row[2]
        if points > observed[asset]?.points ?? 0 { observed[asset] = (points, "\(row[1] as String)") }
      }
    }
  }

  /// What was observed is the least: a capture does not show what else a firewall would let through.
  func point(of asset: String?) -> RiskModel.Point {
    guard let asset, let (points, peer) = observed[asset] else {
      return .init(.exposure, 0...3, "no conversation with it was captured")
    }
    switch points {
    case 3: return .init(.exposure, 3...3, "talks with \(peer), which is public, enterprise, wireless or remote")
    case 2: return .init(.exposure, 2...3, "talks across zones with \(peer); more may be permitted than was seen")
    default:
      return knowsZones
        ? .init(.exposure, 1...2, "talks within its zone (\(peer)); more may be permitted than was seen")
        : .init(.exposure, 1...3, "talks with \(peer); zones are not known: give a site file")
    }
  }
}
