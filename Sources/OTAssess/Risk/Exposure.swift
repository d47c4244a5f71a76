import GRDB
import OTCase

/// From where an asset was reached, as far as traffic shows: the exposure points of HANDBOOK §5.
struct Exposure {
  private struct Reach {
    var points: Int
    var peer: String
    var isPublic: Bool
  }

  /// One asset and the one it was reached from, by their numbers.
  private struct Pair: Hashable {
    var asset: Int
    var peer: Int
  }

  /// The farthest each asset was reached from.
  private var observed: [Int: Reach] = [:]
  /// From where one asset reached another.
  private var pairs: [Pair: Reach] = [:]
  private let traffic: TrafficTable
  private let knowsZones: Bool
  private let knowsFilters: Bool

  /// Assets must have their zones already.
  init(_ traffic: TrafficTable, _ database: Database, knowsZones: Bool) throws {
    self.traffic = traffic
    self.knowsZones = knowsZones
    knowsFilters = try Int.fetchOne(database, sql: "SELECT 1 FROM device_acl_rule LIMIT 1") != nil
    let zones = try Self.zones(traffic, database)
    for isServer in [true, false] {
      for talk in traffic.conversations where talk.isAnswered {
        let (own, other) = isServer ? (talk.server, talk.client) : (talk.client, talk.server)
        guard let asset = traffic.hosts[own].asset, let peer = traffic.hosts[other].asset else { continue }
        var points = 1
        if let zone = zones[peer] {
          if let here = zones[asset], here.id != zone.id { points = 2 }
          if zone.isOutside { points = 3 }
        }
        if traffic.hosts[other].isPublic { points = 3 }
        let pair = Pair(asset: asset, peer: peer)
        let reach = Reach(
          points: points, peer: traffic.hosts[other].address, isPublic: traffic.hosts[other].isPublic)
        if points > observed[asset]?.points ?? 0 {
          observed[asset] = reach
        }
        if points > pairs[pair]?.points ?? 0 {
          pairs[pair] = reach
        }
      }
    }
  }

  /// Zone of each asset, and whether it is one that others than the terminal's machines stand in.
  private static func zones(
    _ traffic: TrafficTable, _ database: Database
  ) throws -> [Int: (id: String, isOutside: Bool)] {
    var zones: [Int: (id: String, isOutside: Bool)] = [:]
    var rows = try RowReader(
      "SELECT a.id, a.zone_id, z.kind FROM asset a LEFT JOIN zone z ON z.id = a.zone_id WHERE a.zone_id IS NOT NULL",
      in: database)
    while try rows.next() {
      guard let asset = traffic.number(of: rows.text(0)) else { continue }
      zones[asset] = (rows.text(1), ["ENT", "WLS", "RMT"].contains(rows.text(2)))
    }
    return zones
  }

  /// Points of a finding about an asset and perhaps its peer: the peer was there, so the least is where it stands; the
  /// most is where anybody else was who talked with the asset. What a capture does not show, a filter may let through:
  /// where no filter was read that is one point more.
  func point(of asset: String?, peer: String?) -> RiskModel.Point {
    guard let asset = asset.flatMap(traffic.number), let farthest = observed[asset] else {
      return .init(.exposure, 0...3, "no conversation with it was captured")
    }
    let nearest = peer.flatMap(traffic.number).flatMap { pairs[Pair(asset: asset, peer: $0)] }
    let low = min(nearest?.points ?? farthest.points, farthest.points)
    let unseen = low == 3 || peer != nil && knowsZones || knowsFilters ? 0 : knowsZones || farthest.points == 2 ? 1 : 2
    var reason = Self.text(nearest ?? farthest, knowsZones)
    if farthest.points > low { reason += "; others: " + Self.text(farthest, knowsZones) }
    if unseen > 0 { reason += "; more may be permitted than was seen" }
    return .init(.exposure, low...min(3, max(low, farthest.points) + unseen), reason)
  }

  private static func text(_ reach: Reach, _ knowsZones: Bool) -> String {
    switch reach.points {
    case 3 where reach.isPublic: "talks with \(reach.peer), a public address"
    case 3: "talks with \(reach.peer), which is in an enterprise, wireless or remote zone"
    case 2: "talks across zones with \(reach.peer)"
    default:
      knowsZones
        ? "talks within its zone (\(reach.peer))"
        : "talks with \(reach.peer); zones are not known: give a site file"
    }
  }
}
