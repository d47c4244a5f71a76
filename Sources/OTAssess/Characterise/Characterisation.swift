import GRDB
import OTCore

/// Writes what hosts are: role, zone, whether they are OT, Purdue level, device class, criticality. Each with its reason;
/// what nothing tells stays NULL.
struct Characterisation {
  let site: SiteFile

  init(_ site: SiteFile) { self.site = site }

  func run(in database: Database) throws { try run(TrafficTable(database), in: database) }

  func run(_ traffic: TrafficTable, in database: Database) throws {
    let assets = try Asset.all(database)
    var votes = RoleVotes()
    try votes.addTraffic(traffic, database)
    try votes.addIdentity(database)
    addStatements(to: &votes, assets)
    try write(votes, to: database)
    let industrial = IndustrialTalk(traffic)
    let servers = ServerNames(traffic)
    try write(assets.map { judge($0, votes, industrial, servers) }, to: database)
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

  private func addStatements(to votes: inout RoleVotes, _ assets: [Asset]) {
    for asset in assets {
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
  ) -> Judgement {
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
    if let role, role.isControl { return (true, "is \(role.withArticle)") }
    if let reason = industrial.reasons[asset.id] { return (true, reason) }
    if let zone { return (true, "lies in \(zone.id)") }
    return nil
  }

  private func level(_ role: AssetRole?, _ zone: SiteFile.Zone?) -> Reasoned<Double> {
    // A machine's zone holds levels 0 to 2; there the role says more than the zone.
    if let zone, zone.kind.isMachine, let level = role?.purdueLevel, let role {
      return (level, "\(role.withArticle) in \(zone.id)")
    }
    if let zone, let level = zone.level { return (level, "level of \(zone.id)") }
    if let role, let level = role.purdueLevel { return (level, "usual level of \(role.withArticle)") }
    return nil
  }

  private func criticality(
    _ role: AssetRole?, _ zone: SiteFile.Zone?, _ stated: SiteFile.AssetOverride?
  ) -> Reasoned<Int> {
    if let value = stated?.criticality { return (value, "stated in the site file") }
    if let zone, let value = zone.criticality { return (value, "criticality of \(zone.id)") }
    if let role, let range = role.consequence?.criticality, range.count == 1 {
      return (range.lowerBound, "default of \(role.withArticle)")
    }
    return nil
  }
}

/// Assets that take part in industrial conversations that were answered, with the reason.
struct IndustrialTalk {
  private(set) var reasons: [String: String] = [:]

  init(_ traffic: TrafficTable) {
    // Who answers comes before who asks; of several protocols the first by name is told.
    var served: [Int: Int] = [:]
    var asked: [Int: Int] = [:]
    for talk in traffic.conversations {
      guard let name = talk.industrial else { continue }
      if talk.isAnswered, let server = traffic.hosts[talk.server].asset {
        served[server] = min(name, served[server] ?? name)
      }
      if let client = traffic.hosts[talk.client].asset { asked[client] = min(name, asked[client] ?? name) }
    }
    for (side, spoken) in [("server", served), ("client", asked)] {
      for (asset, name) in spoken where reasons[traffic.assets[asset]] == nil {
        reasons[traffic.assets[asset]] = "speaks \(traffic.protocols[name].id) as \(side)"
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

  init(_ traffic: TrafficTable) {
    var clients: [TrafficTable.Pair: Set<Int>] = [:]
    for talk in traffic.conversations where talk.isAnswered && !traffic.hosts[talk.server].isPublic {
      guard let server = traffic.hosts[talk.server].asset, let name = talk.protocol else { continue }
      let pair = TrafficTable.Pair(asset: server, protocol: name)
      clients[pair, default: []].formUnion(traffic.hosts[talk.client].asset.map { [$0] } ?? [])
    }
    var served: [String: [(word: String, reason: String)]] = [:]
    for (pair, asking) in clients.sorted(by: { $0.key < $1.key }) {
      let name = traffic.protocols[pair.protocol].id
      guard let word = Self.services[name] else { continue }
      served[traffic.assets[pair.asset], default: []].append((word, "\(name) to \(asking.count)"))
    }
    for (asset, services) in served {
      let words = services.map(\.word).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      let reasons = services.map(\.reason).joined(separator: ", ")
      names[asset] = ("\(words.joined(separator: " and ")) server", "told from what it serves: \(reasons)")
    }
  }
}
