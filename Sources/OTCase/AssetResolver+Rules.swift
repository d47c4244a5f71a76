import OTCore
import OTFacts

extension AssetResolver {
  // MARK: same MAC

  /// The one MAC address that is a host's own, or why there is none.
  enum OwnMAC: Equatable {
    case own(MACAddress, reason: String)
    case forwarded(MACAddress)
    case contradictory(MACAddress, MACAddress, reason: String)
    case unknown
  }

  /// An address resolution message outweighs frames: behind a router frames carry the router's MAC.
  func ownMAC(_ host: HostFact) -> OwnMAC {
    if let mac = host.address.mac { return .own(mac, reason: "its address") }
    let bindings = forwarders.bindings[host.address] ?? []
    let said = Set(bindings.map(\.mac)).filter { !$0.isGroup }.sorted()
    if said.count > 1 {
      let sources = Set(bindings.map(\.source.name)).sorted().joined(separator: ", ")
      return .contradictory(said[0], said[1], reason: "\(sources) placed \(host.address) at \(list(said))")
    }
    if let mac = said.first, let binding = bindings.first {
      // A router's own address is bound to its MAC as well, but others may be too (proxy ARP).
      if let reason = forwarders.reasons[mac],
        !forwarders.isOnlyAddress(host.address, at: mac) || reason.hasPrefix("virtual")
      {
        return .forwarded(mac)
      }
      return .own(mac, reason: "\(binding.source.name) places \(host.address) at \(mac)")
    }
    let sent = host.macs.map(\.mac).filter { !$0.isGroup && $0 != .zero }
    let direct = sent.filter { forwarders.reasons[$0] == nil }
    if direct.count > 1 {
      return .contradictory(direct[0], direct[1], reason: "\(host.address) sends from \(list(direct))")
    }
    if let mac = direct.first { return .own(mac, reason: "\(host.address) sends from \(mac)") }
    return sent.first.map { .forwarded($0) } ?? .unknown
  }

  private func list(_ macs: [MACAddress]) -> String { macs.map(\.description).joined(separator: " and ") }

  mutating func joinByMAC() {
    var owners: [MACAddress: [(host: Int, reason: String)]] = [:]
    var behind: [MACAddress: [Int]] = [:]
    for (index, host) in facts.hosts.enumerated() where isMergeable(index) || host.address.scope == "public" {
      switch ownMAC(host) {
      case .own(let mac, let reason): owners[mac, default: []].append((index, reason))
      case .forwarded(let mac): behind[mac, default: []].append(index)
      case .contradictory(let one, let other, let reason):
        let sighting = forwarders.bindings[host.address]?.last?.first ?? host.first
        resolution.conflicts.append(
          .init(
            kind: .addressAtTwoMACs, subject: host.address.description, one: one.description,
            other: other.description, reason: reason, sighting: sighting))
        for mac in [one, other] {
          guard let station = hostOfAddress[.mac(mac)] else { continue }
          refuse(index, station, .sameMAC, "\(reason): a contradiction", sighting)
        }
      case .unknown: break
      }
    }
    for (mac, hosts) in owners.sorted(by: { $0.key < $1.key }) {
      let own = hosts.filter { isMergeable($0.host) }
      guard let first = own.first else { continue }
      for next in own.dropFirst() {
        let sighting = max(facts.hosts[first.host].first, facts.hosts[next.host].first)
        join(first.host, next.host, .sameMAC, "one MAC address \(mac): \(first.reason)", sighting)
      }
    }
    for (mac, hosts) in behind.sorted(by: { $0.key < $1.key }) {
      guard let station = hostOfAddress[.mac(mac)], let reason = forwarders.reasons[mac] else { continue }
      for host in hosts where isMergeable(host) {
        refuse(host, station, .sameMAC, "\(mac) forwards: \(reason)", facts.hosts[host].first)
      }
    }
  }

  // MARK: what devices say of themselves

  /// Ports that announce one management address are one device, with the host of that address where it was seen.
  mutating func joinByManagementAddress() {
    var announcers: [[String]: Int] = [:]
    for neighbour in facts.neighbours where neighbour.managementAddress.isIP {
      guard isMergeable(neighbour.host), facts.hosts[neighbour.host].address.family == .mac else { continue }
      let reason = "\(neighbour.protocol) announces the management address \(neighbour.managementAddress)"
      if let host = hostOfAddress[neighbour.managementAddress], isMergeable(host) {
        join(neighbour.host, host, .managementAddress, reason, neighbour.first)
      } else if !neighbour.systemName.isEmpty {
        let key = [neighbour.systemName, neighbour.managementAddress.description]
        guard let first = announcers[key] else {
          announcers[key] = neighbour.host
          continue
        }
        join(first, neighbour.host, .managementAddress, "\(reason) of \(neighbour.systemName)", neighbour.first)
      }
    }
  }

  mutating func joinByConfiguration() {
    for device in devices {
      var first: Int?
      for interface in device.interfaces {
        guard let text = interface.address, let address = HostAddress(text) else { continue }
        let line = UInt64(max(0, interface.line))
        for (host, reason) in holders(of: address, configuredOn: device) {
          guard let one = first else {
            first = host
            continue
          }
          join(
            one, host, .deviceConfiguration, reason,
            Sighting(time: facts.hosts[host].first.time, file: device.file, frame: line))
        }
      }
    }
  }

  /// The host of a configured address, and the ports that announce it as their management address.
  private func holders(of address: HostAddress, configuredOn device: DeviceFact) -> [(host: Int, reason: String)] {
    guard address.isIP else { return [] }
    var holders: [(host: Int, reason: String)] = []
    if let host = hostOfAddress[address], isMergeable(host) {
      holders.append((host, "both are configured on \(device.hostname)"))
    }
    for neighbour in facts.neighbours
    where neighbour.managementAddress == address && isMergeable(neighbour.host)
      && facts.hosts[neighbour.host].address.family == .mac
    {
      let reason = "\(neighbour.protocol) announces \(address), which is configured on \(device.hostname)"
      holders.append((neighbour.host, reason))
    }
    return holders
  }

  /// Values of an attribute, each with the hosts that were said to have it.
  private func holders(of attribute: IdentityAttribute) -> [(key: [String], claims: [IdentityFact])] {
    var groups: [[String]: [IdentityFact]] = [:]
    for claim in facts.identities where claim.attribute == attribute && isMergeable(claim.host) {
      groups[[claim.value, claim.protocol], default: []].append(claim)
    }
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
  }

  /// What is known of each union, kept as unions grow.
  private struct Traits {
    var values: [Int: [IdentityAttribute: Set<String>]] = [:]
    /// Roots that have a MAC address of their own.
    var stations: Set<Int> = []

    mutating func merge(_ one: Int, _ other: Int, into root: Int) {
      for part in [one, other] where part != root {
        values[root, default: [:]].merge(values.removeValue(forKey: part) ?? [:]) { $0.union($1) }
        if stations.remove(part) != nil { stations.insert(root) }
      }
    }

    /// The first attribute of which two unions have no value in common, in words.
    func contradiction(in attributes: [IdentityAttribute], _ one: Int, _ other: Int) -> String? {
      for attribute in attributes {
        guard let left = values[one]?[attribute], let right = values[other]?[attribute], left.isDisjoint(with: right)
        else { continue }
        return "\(attribute.name) differs: \(left.union(right).sorted().prefix(4).joined(separator: ", "))"
      }
      return nil
    }
  }

  private func traits(_ attributes: Set<IdentityAttribute>) -> Traits {
    var traits = Traits()
    for claim in facts.identities where attributes.contains(claim.attribute) {
      traits.values[root(claim.host), default: [:]][claim.attribute, default: []].insert(claim.value)
    }
    for (index, host) in facts.hosts.enumerated() {
      if case .own = ownMAC(host) { traits.stations.insert(root(index)) }
    }
    return traits
  }

  mutating func joinBySerialNumber() {
    var traits = traits([.orderNumber, .vendor])
    for (key, claims) in holders(of: .serialNumber) where Self.isTelling(serial: key[0]) {
      let said = "serial number \(key[0]) over \(key[1])"
      joinClaims(claims, .serialNumber, .serialNumberTwice, key[0], said, &traits) { traits, one, other in
        traits.contradiction(in: [.orderNumber, .vendor], one, other)
      }
    }
  }

  mutating func joinByStationName() {
    var traits = traits([.vendor, .vendorID, .deviceID])
    for (key, claims) in holders(of: .stationName) {
      let said = "station name \(key[0]) over \(key[1])"
      joinClaims(claims, .stationName, .stationNameTwice, key[0], said, &traits) { traits, one, other in
        traits.stations.isSuperset(of: [one, other])
          ? "each has a MAC address of its own" : traits.contradiction(in: [.vendor, .vendorID, .deviceID], one, other)
      }
    }
  }

  /// Joins the hosts that make one claim with the first of them, unless something speaks against it.
  private mutating func joinClaims(
    _ claims: [IdentityFact], _ rule: AssetResolution.Decision.Rule, _ kind: AssetResolution.Conflict.Kind,
    _ subject: String, _ said: String, _ traits: inout Traits, against: (Traits, Int, Int) -> String?
  ) {
    guard let first = claims.first else { return }
    for claim in claims.dropFirst() {
      let (one, other) = (root(first.host), root(claim.host))
      guard one != other else { continue }
      if let reason = against(traits, one, other) {
        refuse(first.host, claim.host, rule, "\(said), but \(reason)", claim.first)
        conflict(kind, subject, first, claim, "\(said), but \(reason)")
      } else {
        join(first.host, claim.host, rule, said, claim.first)
        traits.merge(one, other, into: root(first.host))
      }
    }
  }

  private mutating func conflict(
    _ kind: AssetResolution.Conflict.Kind, _ subject: String, _ one: IdentityFact, _ other: IdentityFact,
    _ reason: String
  ) {
    resolution.conflicts.append(
      .init(
        kind: kind, subject: subject, one: facts.hosts[one.host].address.description,
        other: facts.hosts[other.host].address.description, reason: reason, sighting: other.first))
  }

  /// Whether a serial number tells one device from another: not all one digit, not a count, not a word for none.
  static func isTelling(serial: String) -> Bool {
    let letters = serial.lowercased().filter { $0.isLetter || $0.isNumber }
    guard letters.count >= 5, Set(letters).count > 2 else { return false }
    return !["12345", "unknown", "default", "notset", "serial", "none"].contains { letters.hasPrefix($0) }
  }
}
