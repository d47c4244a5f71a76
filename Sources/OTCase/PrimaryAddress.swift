import OTCore
import OTFacts

/// Chooses the address an asset is named by. A router or switch has many, and which of them a capture shows depends on
/// where it was taken; so the choice goes by what the device is for, and by the lowest address only at last:
///
/// 1. the address of the interface its configuration sends its own messages from (log, time, traps);
/// 2. the management address it announces (LLDP, CDP);
/// 3. an address at which it was managed (SNMP, SSH, Telnet and HTTP were answered there);
/// 4. the lowest IPv4 address, else IPv6, else MAC; a link-local one only where there is no other of its family.
///
/// The first three do not change when one address more is seen. An id is always an address that was seen.
struct PrimaryAddress {
  /// Settings that name the interface a device sends its own messages from.
  private static let sourceSettings: Set<String> = [
    "logging source-interface", "ntp source", "snmp-server trap-source", "snmp-server source-interface",
  ]
  private static let managementProtocols: Set<String> = ["snmp", "ssh", "telnet", "http", "https"]

  private let facts: Facts
  private var configured: [HostAddress: String] = [:]
  private var announced: [HostAddress: String] = [:]
  private var managed: [Int: String] = [:]

  init(_ facts: Facts, _ devices: [DeviceFact]) {
    self.facts = facts
    for device in devices {
      for setting in device.settings where Self.sourceSettings.contains(setting.name) {
        let interface = device.interfaces.first { $0.name.lowercased() == setting.value.lowercased() }
        guard let text = interface?.address, let address = HostAddress(text), configured[address] == nil else {
          continue
        }
        configured[address] = "its configuration sends its own messages from it (\(setting.name) \(setting.value))"
      }
    }
    for neighbour in facts.neighbours where neighbour.managementAddress.isIP {
      announced[neighbour.managementAddress] = "\(neighbour.protocol) announces it as the management address"
    }
    for conversation in facts.conversations
    where conversation.packetsToClient > 0 && managed[conversation.server] == nil {
      guard let name = conversation.protocols.first(where: Self.managementProtocols.contains) else { continue }
      managed[conversation.server] = "it answered \(name) at it"
    }
  }

  /// The host to name an asset by, of the hosts it has, and why.
  func choose(of hosts: [Int]) -> (host: Int, reason: String)? {
    let ranked = hosts.map { host -> (rank: [Int], host: Int, reason: String) in
      let address = facts.hosts[host].address
      let family = Int(address.family.rawValue) * 2 + (address.scope == "link-local" ? 1 : 0)
      if let reason = configured[address] { return ([0, family, host], host, reason) }
      if let reason = announced[address] { return ([1, family, host], host, reason) }
      if let reason = managed[host] { return ([2, family, host], host, reason) }
      return ([3, family, host], host, "its lowest address")
    }
    return ranked.min { $0.rank.lexicographicallyPrecedes($1.rank) }.map { ($0.host, $0.reason) }
  }
}
