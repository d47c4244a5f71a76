import GRDB
import OTCore
import OTFacts
import OTKnowledge

extension CaseWriter {
  static func writeHosts(_ facts: Facts, _ assets: AssetResolution, in database: Database) throws {
    var row = try RowWriter("host", in: database)
    var mac = try RowWriter("host_mac", in: database)
    for (index, host) in facts.hosts.enumerated() {
      row.add(index + 1)
      row.add(host.address.description)
      row.add(host.address.family.name)
      row.add(host.isGroup ? "group" : host.address.scope)
      row.add(assets.assetOfHost[index].map { assets.assets[$0].id })
      row.add(assets.hostReasons[index])
      row.add(host.first, last: host.last)
      row.add(host.packetsSent)
      row.add(host.bytesSent)
      row.add(host.packetsReceived)
      row.add(host.bytesReceived)
      row.add(host.ttlHigh == 0 ? nil : Int(host.ttlLow))
      row.add(host.ttlHigh == 0 ? nil : Int(host.ttlHigh))
      row.add(host.vlans.map { String($0) }.joined(separator: ","))
      row.add(host.unansweredAttempts)
      try row.insert()
      for entry in host.macs {
        mac.add(index + 1)
        mac.add(entry.mac.description)
        mac.add(entry.packets)
        mac.add(OUITable.vendor(of: entry.mac))
        mac.add(assets.forwarders[entry.mac] != nil)
        try mac.insert()
      }
    }
    try writeClaims(facts, in: database)
  }

  static func writeIdentities(_ facts: Facts, _ row: inout PageRows) throws {
    for identity in facts.identities {
      row.add(identity.host + 1)
      row.add(identity.protocol)
      row.add(identity.attribute.name)
      row.add(identity.value)
      row.add(identity.count)
      row.add(identity.first, last: identity.last)
      try row.insert()
    }
  }

  private static func writeClaims(_ facts: Facts, in database: Database) throws {
    var row = try RowWriter("neighbour", in: database)
    for neighbour in facts.neighbours {
      row.add(neighbour.host + 1)
      row.add(neighbour.protocol)
      row.add(neighbour.chassis)
      row.add(neighbour.port)
      row.add(neighbour.systemName)
      row.add(neighbour.managementAddress.description)
      row.add(neighbour.count)
      row.add(neighbour.first, last: neighbour.last)
      try row.insert()
    }
    row = try RowWriter("binding", in: database)
    for binding in facts.bindings {
      row.add(binding.address.description)
      row.add(binding.mac.description)
      row.add(binding.source.name)
      row.add(binding.count)
      row.add(binding.first, last: binding.last)
      try row.insert()
    }
  }

  static func writeAssets(_ resolution: AssetResolution, in database: Database) throws {
    var row = try RowWriter("asset", in: database)
    var address = try RowWriter("asset_address", in: database)
    var mac = try RowWriter("asset_mac", in: database)
    var reason = try RowWriter("asset_reason", in: database)
    let fields = AssetField.allCases
    for asset in resolution.assets {
      row.add(asset.id)
      row.add(asset.kind.rawValue)
      row.add(asset.presence.rawValue)
      row.add(asset.name)
      row.add(asset.nameReason)
      for field in fields {
        let chosen = asset.candidates.first { $0.field == field && $0.isChosen }
        row.add(chosen?.value)
        row.add(chosen?.reason)
      }
      // Level, zone, criticality and whether it is OT are judged by OTAssess.
      for _ in 0..<8 { row.addNull() }
      row.add(asset.first?.time)
      row.add(Int(asset.evidence.file) + 1)
      row.add(asset.evidence.frame)
      row.add(asset.last)
      try row.insert()
      for host in asset.hosts {
        address.add(host + 1)
        address.add(asset.id)
        address.add(host == asset.primaryHost)
        address.add(resolution.hostReasons[host])
        try address.insert()
      }
      for own in asset.macs {
        mac.add(asset.id)
        mac.add(own.mac.description)
        mac.add(OUITable.vendor(of: own.mac))
        mac.add(own.reason)
        try mac.insert()
      }
      for candidate in asset.candidates {
        reason.add(asset.id)
        reason.add(candidate.field.rawValue)
        reason.add(candidate.value)
        reason.add(candidate.source)
        reason.add(candidate.reason)
        reason.add(candidate.confidence)
        reason.add(candidate.isChosen)
        reason.add(candidate.sighting.map { Int($0.file) + 1 })
        reason.add(candidate.sighting?.frame)
        try reason.insert()
      }
    }
    try writeDecisions(resolution, in: database)
  }

  private static func writeDecisions(_ resolution: AssetResolution, in database: Database) throws {
    var row = try RowWriter("asset_merge", in: database)
    for (index, decision) in resolution.decisions.enumerated() {
      row.add(index + 1)
      row.add(decision.isMerged)
      row.add(decision.rule.rawValue)
      row.add(decision.address.description)
      row.add(decision.other.description)
      row.add(resolution.asset(of: decision.address)?.id)
      row.add(decision.reason)
      row.add(decision.sighting.map { Int($0.file) + 1 })
      row.add(decision.sighting?.frame)
      try row.insert()
    }
    row = try RowWriter("asset_conflict", in: database)
    for conflict in resolution.conflicts {
      row.add(conflict.kind.rawValue)
      row.add(conflict.subject)
      row.add(conflict.one)
      row.add(conflict.other)
      row.add(conflict.reason)
      row.add(conflict.sighting)
      try row.insert()
    }
  }
}

extension HostAddress.Family {
  var name: String {
    switch self {
    case .none: "none"
    case .ipv4: "ipv4"
    case .ipv6: "ipv6"
    case .mac: "mac"
    }
  }
}

extension HostAddress {
  /// Who can reach the address: the words of `host.scope` (IANA special-purpose address registries).
  var scope: String {
    if isUnspecified { return "unspecified" }
    if isGroup { return "group" }
    switch family {
    case .none: return "unspecified"
    case .mac: return "link"
    case .ipv4:
      if low >> 24 == 127 { return "loopback" }
      if low >> 16 == 0xa9fe { return "link-local" }
      if low >> 24 == 10 || low >> 20 == 0xac1 || low >> 16 == 0xc0a8 { return "private" }
      if low >> 22 == 0x6440_0000 >> 22 { return "shared" }
    case .ipv6:
      if high == 0, low == 1 { return "loopback" }
      if high >> 54 == 0xfe80 >> 6 { return "link-local" }
      if high >> 57 == 0xfc >> 1 { return "private" }
    }
    return isPublic ? "public" : "reserved"
  }
}
