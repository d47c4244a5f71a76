import GRDB

/// From where an asset was reached, as far as traffic shows: the exposure points of HANDBOOK §5.
struct Exposure {
  private struct Reach {
    var points: Int
    var peer: String
  }

  /// The farthest each asset was reached from.
  private var observed: [String: Reach] = [:]
  /// From where one asset reached another.
  private var pairs: [[String]: Reach] = [:]
  private let knowsZones: Bool
  private let knowsFilters: Bool

  init(_ database: Database, knowsZones: Bool) throws {
    self.knowsZones = knowsZones
    knowsFilters = try Int.fetchOne(database, sql: "SELECT 1 FROM device_acl_rule LIMIT 1") != nil
    for (own, other) in [("server", "client"), ("client", "server")] {
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT c.\(own)_asset, c.\(other)_asset, c.\(other)_address,
            CASE WHEN c.\(other)_scope = 'public' THEN 3 WHEN z.kind IN ('ENT', 'WLS', 'RMT') THEN 3
              WHEN c.\(other)_zone IS NOT c.\(own)_zone AND c.\(other)_zone IS NOT NULL AND c.\(own)_zone IS NOT NULL THEN 2
              ELSE 1 END AS points
          FROM v_conversation c LEFT JOIN zone z ON z.id = c.\(other)_zone
          WHERE c.\(own)_asset IS NOT NULL AND c.\(other)_asset IS NOT NULL AND c.is_answered
          ORDER BY 1, 4 DESC, c.id
          """)
      for row in rows {
        let (asset, peer): (String, String) = (row[0], row[1])
        let reach = Reach(points: row[3], peer: row[2])
        if reach.points > observed[asset]?.points ?? 0 { observed[asset] = reach }
        if reach.points > pairs[[asset, peer]]?.points ?? 0 { pairs[[asset, peer]] = reach }
      }
    }
  }

  /// Points of a finding about an asset and perhaps its peer: the peer was there, so the least is where it stands; the
  /// most is where anybody else was who talked with the asset. What a capture does not show, a filter may let through:
  /// where no filter was read that is one point more.
  func point(of asset: String?, peer: String?) -> RiskModel.Point {
    guard let asset, let farthest = observed[asset] else {
      return .init(.exposure, 0...3, "no conversation with it was captured")
    }
    let nearest = peer.flatMap { pairs[[asset, $0]] }
    let low = min(nearest?.points ?? farthest.points, farthest.points)
    let unseen = low == 3 || peer != nil && knowsZones || knowsFilters ? 0 : knowsZones || farthest.points == 2 ? 1 : 2
    var reason = Self.text(nearest ?? farthest, knowsZones)
    if farthest.points > low { reason += "; others: " + Self.text(farthest, knowsZones) }
    if unseen > 0 { reason += "; more may be permitted than was seen" }
    return .init(.exposure, low...min(3, max(low, farthest.points) + unseen), reason)
  }

  private static func text(_ reach: Reach, _ knowsZones: Bool) -> String {
    switch reach.points {
    case 3: "talks with \(reach.peer), which is public, enterprise, wireless or remote"
    case 2: "talks across zones with \(reach.peer)"
    default:
      knowsZones
        ? "talks within its zone (\(reach.peer))"
        : "talks with \(reach.peer); zones are not known: give a site file"
    }
  }
}
