import OTCore
import OTFacts

/// Resolves addresses to devices by written rules, in this order:
///
/// 1. Group, unspecified and loopback addresses name no device. A public address is an outside party of its own.
/// 2. A MAC address that forwards for others (public or far addresses behind it, several networks, a virtual router's
///    prefix) belongs to none of them: ``ForwarderSearch``.
/// 3. Addresses that send from one MAC address that does not forward are one asset, and so is the MAC address itself.
/// 4. A management address a device announces of itself (LLDP, CDP) is its own.
/// 5. Ports that announce one LLDP chassis, or one system name with one platform and software (LLDP, CDP), are one
///    device, unless they announce one port name, two chassis, or a name devices leave the factory with.
/// 6. Addresses configured on one device are one asset, and so is a port that announces one of them.
/// 7. The same serial number read over the same protocol is one device, unless order numbers or vendors contradict.
/// 8. The same PROFINET station name is one device, unless both have MAC addresses of their own.
///
/// An asset is named by the address ``PrimaryAddress`` chooses.
///
/// Each merge and each refusal is recorded. What two rules contradict stays apart.
public struct AssetResolver {
  let facts: Facts
  let devices: [DeviceFact]
  let forwarders: ForwarderSearch
  var resolution = AssetResolution()
  /// Union of hosts: each host's parent, a root is its own.
  var parents: [Int]
  /// Reason for which a host was joined to another.
  var joinReasons: [Int: String] = [:]
  let hostOfAddress: [HostAddress: Int]

  /// `facts` must be in the order of ``FactOrder``.
  public static func resolve(_ facts: Facts, devices: [DeviceFact] = []) -> AssetResolution {
    var resolver = AssetResolver(facts, devices)
    resolver.joinByMAC()
    resolver.joinByManagementAddress()
    resolver.joinByAnnouncement()
    resolver.joinByConfiguration()
    resolver.joinBySerialNumber()
    resolver.joinByStationName()
    resolver.gather()
    return resolver.resolution
  }

  private init(_ facts: Facts, _ devices: [DeviceFact]) {
    self.facts = facts
    self.devices = devices
    forwarders = ForwarderSearch(facts)
    parents = Array(facts.hosts.indices)
    var hosts: [HostAddress: Int] = [:]
    for (index, host) in facts.hosts.enumerated() { hosts[host.address] = index }
    hostOfAddress = hosts
    resolution.hostOfAddress = hosts
    resolution.forwarders = forwarders.reasons
  }

  // MARK: union

  func root(_ host: Int) -> Int {
    var host = host
    while parents[host] != host { host = parents[host] }
    return host
  }

  /// Takes two hosts for one; the smaller index (IPv4 before IPv6 before MAC) stays the root.
  mutating func join(
    _ one: Int, _ other: Int, _ rule: AssetResolution.Decision.Rule, _ reason: String, _ sighting: Sighting?
  ) {
    let (first, second) = (root(one), root(other))
    guard first != second else { return }
    parents[max(first, second)] = min(first, second)
    // Short chains: what is asked often leads straight to the root.
    parents[max(one, other)] = min(first, second)
    let joined = first > second ? one : other
    if joinReasons[joined] == nil { joinReasons[joined] = reason }
    decide(true, one, other, rule, reason, sighting)
  }

  mutating func refuse(
    _ one: Int, _ other: Int, _ rule: AssetResolution.Decision.Rule, _ reason: String, _ sighting: Sighting?
  ) {
    guard root(one) != root(other) else { return }
    decide(false, one, other, rule, reason, sighting)
  }

  private mutating func decide(
    _ merged: Bool, _ one: Int, _ other: Int, _ rule: AssetResolution.Decision.Rule, _ reason: String,
    _ sighting: Sighting?
  ) {
    resolution.decisions.append(
      .init(
        isMerged: merged, rule: rule, address: facts.hosts[min(one, other)].address,
        other: facts.hosts[max(one, other)].address, reason: reason, sighting: sighting))
  }

  /// Why the address of a host names no single device, or nil.
  func namesNobody(_ host: HostFact) -> String? {
    switch host.address.scope {
    case "unspecified": return "unspecified address: names nobody"
    case "group": return "group address: names whoever listens"
    case "loopback": return "loopback address: every device's own"
    default: break
    }
    if host.isGroup { return "never sent, and only frames to groups carried it: a broadcast address" }
    return nil
  }

  func isMergeable(_ host: Int) -> Bool {
    facts.hosts[host].address.scope != "public" && namesNobody(facts.hosts[host]) == nil
  }
}
