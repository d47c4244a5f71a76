import OTCore
import OTKnowledge

extension SiteFile {
  /// Reads a site file; an empty one says nothing. Unknown keys, wrong types, zones nobody declared and subnets given
  /// twice are refused with their line.
  public init(yaml text: String, file: String) throws(YAMLError) {
    guard let document = try YAMLValue.document(text, file: file) else {
      self.init()
      return
    }
    try self.init(document)
  }

  /// Reads the same from a value of another document (an example of a rule).
  public init(_ document: YAMLValue) throws(YAMLError) {
    self.init()
    let root = try document.mapping(["site", "zones", "units", "assets", "approved"])
    if let value = root["site"] { site = try Site(value) }
    for value in try root["zones"]?.list() ?? [] { zones.append(try Zone(value)) }
    try Self.refuseRepetition(zones.map(\.id), "zone", root["zones"])
    try refuseSharedSubnets(root["zones"])
    for value in try root["units"]?.list() ?? [] { units.append(try Unit(value, zones: zones)) }
    try Self.refuseRepetition(units.map(\.id), "unit", root["units"])
    for value in try root["assets"]?.list() ?? [] { assets.append(try AssetOverride(value, zones: zones)) }
    try Self.refuseRepetition(assets.map(\.address.description), "asset", root["assets"])
    if let value = root["approved"] { approved = try Approved(value) }
  }

  private static func refuseRepetition(_ ids: [String], _ what: String, _ list: YAMLValue?) throws(YAMLError) {
    guard let elements = try list?.list() else { return }
    var seen: Set<String> = []
    for (id, element) in zip(ids, elements) where !seen.insert(id).inserted {
      throw element.error("\(what) \(id) is given twice")
    }
  }

  private func refuseSharedSubnets(_ list: YAMLValue?) throws(YAMLError) {
    guard let elements = try list?.list() else { return }
    var owners: [Subnet: String] = [:]
    for (zone, element) in zip(zones, elements) {
      for subnet in zone.subnets {
        if let owner = owners[subnet] { throw element.error("subnet \(subnet) already belongs to \(owner)") }
        owners[subnet] = zone.id
      }
    }
  }
}

extension SiteFile.Site {
  init(_ value: YAMLValue) throws(YAMLError) {
    let site = try value.mapping(["name", "locode", "timezone", "annual_teu", "teu_factor"])
    self.init()
    name = try site["name"]?.string() ?? ""
    locode = try site["locode"]?.string() ?? ""
    timezone = try site["timezone"]?.string() ?? timezone
    annualTEU = try site["annual_teu"]?.double(0...1e9)
    teuFactor = try site["teu_factor"]?.double(1...2)
  }
}

extension SiteFile.Zone {
  init(_ value: YAMLValue) throws(YAMLError) {
    let zone = try value.mapping([
      "id", "name", "kind", "level", "subnets", "criticality", "safety", "throughput", "environment", "target_sl",
    ])
    id = try zone.required("id").string()
    name = try zone["name"]?.string() ?? id
    kind = try zone.required("kind").zoneKind()
    level = try zone["level"]?.double(0...5)
    subnets = []
    for element in try zone["subnets"]?.list() ?? [] { subnets.append(try element.subnet()) }
    criticality = try zone["criticality"]?.int(1...5)
    safety = try zone["safety"]?.int(0...5)
    throughput = try zone["throughput"]?.int(0...5)
    environment = try zone["environment"]?.int(0...5)
    targetLevel = try zone["target_sl"]?.int(0...4)
  }
}

extension SiteFile.Unit {
  init(_ value: YAMLValue, zones: [SiteFile.Zone]) throws(YAMLError) {
    let unit = try value.mapping(["id", "kind", "zone", "moves_per_hour", "manual_fallback"])
    id = try unit.required("id").string()
    kind = try unit.required("kind").zoneKind()
    zone = try unit["zone"]?.declaredZone(zones)
    movesPerHour = try unit["moves_per_hour"]?.double(0...1000)
    manualFallback = try unit["manual_fallback"]?.double(0...1)
  }
}

extension SiteFile.AssetOverride {
  init(_ value: YAMLValue, zones: [SiteFile.Zone]) throws(YAMLError) {
    let asset = try value.mapping(["address", "name", "role", "zone", "criticality"])
    address = try asset.required("address").address()
    name = try asset["name"]?.string()
    role = nil
    if let value = asset["role"] { role = AssetRole(rawValue: try value.choice(AssetRole.allCases.map(\.rawValue))) }
    zone = try asset["zone"]?.declaredZone(zones)
    criticality = try asset["criticality"]?.int(1...5)
  }
}

extension SiteFile.Approved {
  init(_ value: YAMLValue) throws(YAMLError) {
    let approved = try value.mapping(["public_peers", "engineering", "vendor_channels"])
    self.init()
    for element in try approved["public_peers"]?.list() ?? [] { publicPeers.append(try element.subnet()) }
    for element in try approved["engineering"]?.list() ?? [] { engineering.append(try element.address()) }
    vendorChannels = try approved["vendor_channels"]?.strings() ?? []
  }
}

extension YAMLValue {
  func zoneKind() throws(YAMLError) -> ZoneKind {
    ZoneKind(rawValue: try choice(ZoneKind.allCases.map(\.rawValue))) ?? .other
  }

  func subnet() throws(YAMLError) -> Subnet {
    let text = try string()
    guard let subnet = Subnet(text) else { throw error("expected a subnet such as 10.20.1.0/24, found \"\(text)\"") }
    return subnet
  }

  func address() throws(YAMLError) -> HostAddress {
    let text = try string()
    guard let address = HostAddress(text) else { throw error("expected an address, found \"\(text)\"") }
    return address
  }

  func declaredZone(_ zones: [SiteFile.Zone]) throws(YAMLError) -> String {
    let id = try string()
    guard zones.contains(where: { $0.id == id }) else { throw error("zone \(id) is not declared under zones") }
    return id
  }
}
