import GRDB
import OTCore

extension SiteFile {
  /// Writes what the site says into the case, replacing what an earlier site file said. Must run before
  /// characterisation, which places hosts in zones.
  public func write(to database: Database) throws {
    for table in ["site", "zone_subnet", "unit", "zone", "approved"] {
      try database.execute(sql: "DELETE FROM \(table)")
    }
    try writeProfile(database)
    for zone in zones.sorted(by: { $0.id < $1.id }) {
      try database.execute(
        sql: """
          INSERT INTO zone (id, name, kind, level, criticality, safety, throughput, environment, target_sl, is_proposed)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
          """,
        arguments: [
          zone.id, zone.name, zone.kind.rawValue, zone.level, zone.criticality, zone.safety, zone.throughput,
          zone.environment, zone.targetLevel,
        ])
      for subnet in zone.subnets.sorted() {
        try database.execute(
          sql: "INSERT INTO zone_subnet (subnet, zone_id) VALUES (?, ?)", arguments: [subnet.description, zone.id])
      }
    }
    for unit in units.sorted(by: { $0.id < $1.id }) {
      try database.execute(
        sql: """
          INSERT INTO unit (id, kind, zone_id, moves_per_hour, manual_fallback, is_default) VALUES (?, ?, ?, ?, ?, 0)
          """,
        arguments: [unit.id, unit.kind.rawValue, unit.zone, unit.movesPerHour, unit.manualFallback])
    }
    try writeApprovals(database)
  }

  private func writeProfile(_ database: Database) throws {
    var profile: [(String, String)] = [("name", site.name), ("locode", site.locode), ("timezone", site.timezone)]
    if let annual = site.annualTEU { profile.append(("annual_teu", String(annual))) }
    if let factor = site.teuFactor { profile.append(("teu_factor", String(factor))) }
    for (key, value) in profile where !value.isEmpty {
      try database.execute(sql: "INSERT INTO site (key, value, is_default) VALUES (?, ?, 0)", arguments: [key, value])
    }
    if site.teuFactor == nil {
      try database.execute(
        sql: "INSERT INTO site (key, value, is_default) VALUES ('teu_factor', ?, 1)",
        arguments: [String(ThroughputLoss.defaultFactor)])
    }
  }

  /// Approvals as rules ask for them: one row for each observed address, however the site file groups them.
  private func writeApprovals(_ database: Database) throws {
    func approve(_ kind: String, _ value: String, _ reason: String) throws {
      try database.execute(
        sql: "INSERT OR IGNORE INTO approved (kind, value, reason) VALUES (?, ?, ?)", arguments: [kind, value, reason])
    }
    for address in approved.engineering.sorted() {
      try approve("engineering", address.description, "engineering station by the site file")
    }
    for channel in approved.vendorChannels.sorted() {
      try approve("vendor_channel", channel, "vendor channel by the site file")
    }
    guard !approved.publicPeers.isEmpty else { return }
    for text in try String.fetchAll(database, sql: "SELECT address FROM host WHERE scope = 'public' ORDER BY id") {
      guard let address = HostAddress(text) else { continue }
      for subnet in approved.publicPeers.sorted() where subnet.contains(address) {
        try approve("public_peer", text, "public peer by the site file (\(subnet))")
      }
    }
  }
}
