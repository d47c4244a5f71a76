import OTCore
import OTFacts

extension AssetResolver {
  /// Makes assets of the unions, in the order of their first address.
  mutating func gather() {
    resolution.assetOfHost = Array(repeating: nil, count: facts.hosts.count)
    resolution.hostReasons = Array(repeating: "", count: facts.hosts.count)
    var members: [Int: [Int]] = [:]
    for (index, host) in facts.hosts.enumerated() {
      if let reason = namesNobody(host) {
        resolution.hostReasons[index] = reason
      } else {
        members[root(index), default: []].append(index)
      }
    }
    let claims = Dictionary(grouping: facts.identities, by: \.host)
    for (_, hosts) in members.sorted(by: { $0.key < $1.key }) {
      let asset = makeAsset(hosts, claims: hosts.flatMap { claims[$0] ?? [] })
      for host in hosts {
        resolution.assetOfHost[host] = resolution.assets.count
        resolution.hostReasons[host] = hostReason(host, of: asset)
      }
      resolution.assets.append(asset)
    }
    gatherDevices()
    resolution.conflicts.sort {
      $0.kind != $1.kind ? $0.kind.rawValue < $1.kind.rawValue : $0.subject.precedes($1.subject)
    }
  }

  private func hostReason(_ host: Int, of asset: AssetResolution.Asset) -> String {
    if let reason = joinReasons[host] { return reason }
    if facts.hosts[host].address.scope == "public" { return "public address: an outside party of its own" }
    return asset.hosts.count > 1 && host == asset.primaryHost
      ? "the address it is named by" : "no other address was taken for the same device"
  }

  private func makeAsset(_ hosts: [Int], claims: [IdentityFact]) -> AssetResolution.Asset {
    let primary = primaryHost(hosts)
    let address = facts.hosts[primary].address
    let all = hosts.map { facts.hosts[$0] }
    let first = all.map(\.first).min() ?? facts.hosts[primary].first
    let macs = ownMACs(hosts)
    let candidates = AssetCharacteriser.candidates(claims, macs: macs.map(\.mac))
    let (name, reason) = AssetCharacteriser.name(claims) ?? (address.description, "no name was seen: its address")
    return .init(
      id: address.description, kind: address.scope == "public" ? .external : .internal,
      presence: all.contains { $0.packetsSent > 0 } ? .sent : .addressed, name: name, nameReason: reason,
      hosts: hosts, primaryHost: primary, macs: macs, candidates: candidates, first: first, last: all.map(\.last).max(),
      evidence: first)
  }

  /// The lowest IPv4 address, else IPv6, else MAC; a link-local one only where there is no other of its family.
  private func primaryHost(_ hosts: [Int]) -> Int {
    func rank(_ host: Int) -> (Int, Int) {
      let address = facts.hosts[host].address
      return (Int(address.family.rawValue) * 2 + (address.scope == "link-local" ? 1 : 0), host)
    }
    return hosts.min { rank($0) < rank($1) } ?? hosts[0]
  }

  private func ownMACs(_ hosts: [Int]) -> [(mac: MACAddress, reason: String)] {
    var macs: [MACAddress: String] = [:]
    for host in hosts {
      if case .own(let mac, let reason) = ownMAC(facts.hosts[host]), macs[mac] == nil { macs[mac] = reason }
    }
    return macs.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  // MARK: configured devices

  /// Ties each configuration to the asset that has one of its addresses; what was never seen becomes an asset of its own.
  private mutating func gatherDevices() {
    resolution.assetOfDevice = Array(repeating: nil, count: devices.count)
    resolution.deviceReasons = Array(repeating: nil, count: devices.count)
    var taken = Set(resolution.assets.map(\.id))
    for (index, device) in devices.enumerated() {
      let addresses = device.interfaces.compactMap { $0.address.flatMap { HostAddress($0) } }
        .filter { $0.isIP && !["loopback", "unspecified", "group"].contains($0.scope) }
      let seen = addresses.compactMap { address in hostOfAddress[address].flatMap { resolution.assetOfHost[$0] } }
      if let asset = seen.first {
        resolution.assetOfDevice[index] = asset
        resolution.deviceReasons[index] = "one of its configured addresses was seen: \(resolution.assets[asset].id)"
        characterise(asset, as: device)
        continue
      }
      let id = addresses.min()?.description ?? "device:\(device.hostname)"
      guard taken.insert(id).inserted else { continue }
      resolution.assetOfDevice[index] = resolution.assets.count
      resolution.deviceReasons[index] = "none of its addresses was seen on the wire"
      resolution.assets.append(
        .init(
          id: id, kind: .internal, presence: .configured, name: device.hostname.isEmpty ? id : device.hostname,
          nameReason: device.hostname.isEmpty ? "its address" : "host name in its configuration", hosts: [],
          primaryHost: nil, macs: [], candidates: [], first: nil, last: nil,
          evidence: Sighting(time: Timestamp(nanoseconds: 0), file: device.file, frame: 1)))
      characterise(resolution.assets.count - 1, as: device)
    }
  }

  /// A configuration says what it was written for: its words come before those read from the wire, except versions.
  private mutating func characterise(_ asset: Int, as device: DeviceFact) {
    let said: [(AssetField, String?)] = [
      (.vendor, device.vendor), (.firmware, device.version), (.hostname, device.hostname),
    ]
    for (field, value) in said {
      guard let value, !value.isEmpty else { continue }
      resolution.assets[asset].candidates.append(
        .init(
          field: field, value: value, source: "configuration", reason: "said by its configuration file",
          confidence: 0.9, isChosen: false,
          sighting: Sighting(time: Timestamp(nanoseconds: 0), file: device.file, frame: 1)))
    }
    AssetCharacteriser.choose(&resolution.assets[asset].candidates)
    if !device.hostname.isEmpty, resolution.assets[asset].name == resolution.assets[asset].id {
      resolution.assets[asset].name = device.hostname
      resolution.assets[asset].nameReason = "host name in its configuration"
    }
  }
}
