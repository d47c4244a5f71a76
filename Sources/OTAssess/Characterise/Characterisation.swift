import GRDB
import OTCore

/// Writes what hosts are: role, zone, whether they are OT, Purdue level, device class, criticality. Each with its reason;
/// what nothing tells stays NULL.
struct Characterisation {
  let site: SiteFile

  init(_ site: SiteFile) { self.site = site }

  func run(in database: Database) throws {
    var votes = RoleVotes()
    try votes.addTraffic(database)
    try votes.addIdentity(database)
    try addStatements(to: &votes, database)
    try write(votes, to: database)
    let industrial = try IndustrialTalk(database)
    let servers = try ServerNames(database)
    for asset in try Asset.all(database) { try write(try judge(asset, votes, industrial, servers), to: database) }
  }

  /// An asset as resolution left it.
  struct Asset {
    var id: String
    /// As resolution named it; its id where nothing names it.
    var name: String
    var isExternal: Bool
    var addresses: [HostAddress]

    static func all(_ database: Database) throws -> [Asset] {
      var addresses: [String: [HostAddress]] = [:]
      let hosts = try Row.fetchAll(
        database, sql: "SELECT asset_id, address FROM host WHERE asset_id IS NOT NULL ORDER BY id")
      for row in hosts {
        if let address = HostAddress(row[1] as String) { addresses[row[0], default: []].append(address) }
      }
      return try Row.fetchAll(database, sql: "SELECT id, kind, name FROM asset ORDER BY id").map { row in
        Asset(id: row[0], name: row[2], isExternal: row[1] == "external", addresses: addresses[row[0]] ?? [])
      }
    }
  }

  /// A value and why; nil: not known.
  typealias Reasoned<Value> = (value: Value, reason: String)?

  struct Judgement {
    var id: String
    var name: Reasoned<String>
    var role: Reasoned<AssetRole>
    var zone: Reasoned<SiteFile.Zone>
    var isOT: Reasoned<Bool>
    var level: Reasoned<Double>
    var deviceType: Reasoned<String>
    var criticality: Reasoned<Int>
  }

  private func override(for asset: Asset) -> SiteFile.AssetOverride? {
    site.assets.first { asset.addresses.contains($0.address) }
  }

  private func addStatements(to votes: inout RoleVotes, _ database: Database) throws {
    for asset in try Asset.all(database) {
      if let role = override(for: asset)?.role {
        votes.add(asset.id, role, 1, "site file", "stated in the site file")
      } else if let station = site.approved.engineering.first(where: asset.addresses.contains) {
        votes.add(asset.id, .engineeringWorkstation, 1, "site file", "\(station) is approved for engineering")
      } else if isVendorChannel(asset) {
        votes.add(asset.id, .gateway, 1, "site file", "a vendor channel by the site file")
      }
    }
  }

  // MARK: judging

  private func judge(
    _ asset: Asset, _ votes: RoleVotes, _ industrial: IndustrialTalk, _ servers: ServerNames
  ) throws -> Judgement {
    let stated = override(for: asset)
    let role: Reasoned<AssetRole> = votes.winner(of: asset.id).map { ($0.role, $0.reason) }
    let zone = zone(of: asset, stated)
    let level = level(role?.value, zone?.value)
    return Judgement(
      id: asset.id,
      name: name(of: asset, stated, servers),
      role: role, zone: zone,
      isOT: isOT(asset, role?.value, zone?.value, industrial),
      level: level,
      deviceType: DeviceClass.of(role?.value, in: zone?.value.kind).map { ($0.text, $0.reason) },
      criticality: criticality(role?.value, zone?.value, stated))
  }

  /// What the site calls it; where nobody named it, what it is there for.
  private func name(
    of asset: Asset, _ stated: SiteFile.AssetOverride?, _ servers: ServerNames
  ) -> Reasoned<String> {
    if let name = stated?.name { return (name, "stated in the site file") }
    guard asset.name == asset.id else { return nil }
    if isVendorChannel(asset) { return ("vendor gateway", "a vendor channel by the site file") }
    return servers.names[asset.id]
  }

  private func isVendorChannel(_ asset: Asset) -> Bool {
    asset.addresses.contains { site.approved.vendorChannels.contains($0.description) }
  }

  private func zone(of asset: Asset, _ stated: SiteFile.AssetOverride?) -> Reasoned<SiteFile.Zone> {
    if let id = stated?.zone, let zone = site.zones.first(where: { $0.id == id }) {
      return (zone, "stated in the site file")
    }
    for address in asset.addresses {
      if let zone = site.zone(of: address) { return (zone, "\(address) lies in its subnets") }
    }
    return nil
  }

  private func isOT(
    _ asset: Asset, _ role: AssetRole?, _ zone: SiteFile.Zone?, _ industrial: IndustrialTalk
  ) -> Reasoned<Bool> {
    if asset.isExternal { return (false, "reached through the public internet") }
    if let zone, zone.kind.isEnterprise { return (false, "lies in \(zone.id)") }
    if let role, role.isControl { return (true, "is a \(role.rawValue)") }
    if let reason = industrial.reasons[asset.id] { return (true, reason) }
    if let zone { return (true, "lies in \(zone.id)") }
    return nil
  }

  private func level(_ role: AssetRole?, _ zone: SiteFile.Zone?) -> Reasoned<Double> {
    // A machine's zone holds levels 0 to 2; there the role says more than the zone.
    if let zone, zone.kind.isMachine, let level = role?.purdueLevel, let role {
      return (level, "a \(role.rawValue) in \(zone.id)")
    }
    if let zone, let level = zone.level { return (level, "level of \(zone.id)") }
    if let role, let level = role.purdueLevel { return (level, "usual level of a \(role.rawValue)") }
    return nil
  }

  private func criticality(
    _ role: AssetRole?, _ zone: SiteFile.Zone?, _ stated: SiteFile.AssetOverride?
  ) -> Reasoned<Int> {
    if let value = stated?.criticality { return (value, "stated in the site file") }
    if let zone, let value = zone.criticality { return (value, "criticality of \(zone.id)") }
    if let role, let range = role.consequence?.criticality, range.count == 1 {
      return (range.lowerBound, "default of a \(role.rawValue)")
    }
    return nil
  }
}

/// Assets that take part in industrial conversations that were answered, with the reason.
struct IndustrialTalk {
  private(set) var reasons: [String: String] = [:]

  init(_ database: Database) throws {
    for side in ["server", "client"] {
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT c.\(side)_asset, min(q.protocol) FROM v_conversation c JOIN (
            SELECT conversation_id, protocol FROM conversation_protocol UNION SELECT id, protocol FROM conversation
          ) q ON q.conversation_id = c.id JOIN protocol p ON p.id = q.protocol AND p.is_industrial
          WHERE c.\(side)_asset IS NOT NULL AND (c.is_answered OR '\(side)' = 'client') GROUP BY 1 ORDER BY 1
          """)
      for row in rows where reasons[row[0]] == nil {
        reasons[row[0]] = "speaks \(row[1] as String) as \(side)"
      }
    }
  }
}

/// Names for servers nobody named, told from what they serve to others.
struct ServerNames {
  private(set) var names: [String: (value: String, reason: String)] = [:]
  /// Services that tell what a server is there for.
  private static let services = [
    "dns": "DNS", "dhcp": "DHCP", "ntp": "time", "mqtt": "MQTT", "ldap": "directory", "kerberos": "directory",
  ]

  init(_ database: Database) throws {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT server_asset, protocol, count(DISTINCT client_asset) FROM v_conversation
        WHERE is_answered AND server_asset IS NOT NULL AND server_scope <> 'public' GROUP BY 1, 2 ORDER BY 1, 2
        """)
    var served: [String: [(word: String, reason: String)]] = [:]
    for row in rows {
      guard let word = Self.services[row[1]] else { continue }
      served[row[0], default: []].append((word, "\(row[1] as String) to \(row[2] as Int64)"))
    }
    for (asset, services) in served {
      let words = services.map(\.word).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      let reasons = services.map(\.reason).joined(separator: ", ")
      names[asset] = ("\(words.joined(separator: " and ")) server", "told from what it serves: \(reasons)")
    }
  }
}
