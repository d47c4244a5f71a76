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
    let addresses = PrimaryAddress(facts, devices)
    for (_, hosts) in members.sorted(by: { $0.key < $1.key }) {
      let asset = makeAsset(hosts, claims: hosts.flatMap { claims[$0] ?? [] }, addresses)
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
    if facts.hosts[host].address.scope == "public" { return "public address: an outside party of its own" }
    guard asset.hosts.count > 1 else { return "no other address was taken for the same device" }
    if host == asset.primaryHost { return "the address it is named by: \(asset.primaryReason)" }
    return joinReasons[host] ?? "others were taken for the same device as it"
  }

  private func makeAsset(
    _ hosts: [Int], claims: [IdentityFact], _ addresses: PrimaryAddress
  ) -> AssetResolution.Asset {
    let (primary, why) = addresses.choose(of: hosts) ?? (hosts[0], "its only address")
    let address = facts.hosts[primary].address
    let all = hosts.map { facts.hosts[$0] }
    let first = all.map(\.first).min() ?? facts.hosts[primary].first
    let macs = ownMACs(hosts)
    let candidates = AssetCharacteriser.candidates(claims, macs: macs.map(\.mac))
    let (name, reason) = AssetCharacteriser.name(claims) ?? (address.description, "no name was seen: its address")
    return .init(
      id: address.description, kind: address.scope == "public" ? .external : .internal,
      presence: all.contains { $0.packetsSent > 0 } ? .sent : .addressed, name: name, nameReason: reason,
      hosts: hosts, primaryHost: primary, primaryReason: why, macs: macs, candidates: candidates, first: first,
      last: all.map(\.last).max(),
      evidence: first)
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
      let told = facts.neighbours.first { addresses.contains($0.managementAddress) }
      if let asset = seen.first ?? told.flatMap({ resolution.assetOfHost[$0.host] }) {
        resolution.assetOfDevice[index] = asset
        let word = seen.isEmpty ? "announced" : "seen"
        resolution.deviceReasons[index] = "one of its configured addresses was \(word): \(resolution.assets[asset].id)"
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
