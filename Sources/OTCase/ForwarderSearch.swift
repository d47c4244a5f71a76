import OTCore
import OTFacts

/// Finds MAC addresses that forward for others: a router's MAC stands in every frame of the hosts behind it and is the
/// MAC of none of them.
///
/// A MAC address forwards when
/// - it is a virtual router's (VRRP RFC 5798, HSRP, GLBP);
/// - a public IPv4 address sends from it that no ARP message placed there;
/// - an address sends from it with a time-to-live no device starts with, that is, from behind a router;
/// - IPv4 addresses of several /24 networks send from it, and ARP did not place each of them there;
/// - more than two IPv4 addresses, or IPv6 addresses of more than two /64 networks, send from it.
struct ForwarderSearch {
  /// Most IPv4 addresses one device is believed to have on one MAC address.
  static let addressesPerMAC = 2
  /// Initial time-to-live values of known stacks; 1 is link-local multicast. Others were counted down by a router.
  static let initialHops: Set<UInt8> = [0, 1, 30, 32, 60, 64, 100, 128, 150, 200, 255]

  /// Why each of them forwards.
  private(set) var reasons: [MACAddress: String] = [:]
  /// Hosts that send from each MAC address, ascending.
  private(set) var senders: [MACAddress: [Int]] = [:]
  /// How many addresses of each family are placed at each MAC address.
  private var boundAddresses: [MACAddress: [HostAddress.Family: Set<HostAddress>]] = [:]
  /// Which MAC addresses ARP, ND, DHCP or DCP placed each IP address at, ascending.
  private(set) var bindings: [HostAddress: [BindingFact]] = [:]

  init(_ facts: Facts) {
    for (index, host) in facts.hosts.enumerated() where host.address.isIP && !host.address.isUnspecified {
      for entry in host.macs where !entry.mac.isGroup && entry.mac != .zero {
        senders[entry.mac, default: []].append(index)
      }
    }
    for binding in facts.bindings where !binding.mac.isGroup && binding.mac != .zero {
      bindings[binding.address, default: []].append(binding)
      boundAddresses[binding.mac, default: [:]][binding.address.family, default: []].insert(binding.address)
    }
    for (mac, hosts) in senders {
      if let reason = reason(mac, hosts.map { facts.hosts[$0] }) { reasons[mac] = reason }
    }
    for binding in facts.bindings where reasons[binding.mac] == nil {
      reasons[binding.mac] = virtualRouter(binding.mac)
    }
  }

  /// Whether an address resolution message placed the IP address at the MAC address.
  func isBound(_ address: HostAddress, to mac: MACAddress) -> Bool {
    bindings[address]?.contains { $0.mac == mac } ?? false
  }

  /// Whether no other address of its family is placed at the MAC address.
  func isOnlyAddress(_ address: HostAddress, at mac: MACAddress) -> Bool {
    boundAddresses[mac]?[address.family]?.count == 1
  }

  private func reason(_ mac: MACAddress, _ hosts: [HostFact]) -> String? {
    if let virtual = virtualRouter(mac) { return virtual }
    let loose = hosts.filter { !isBound($0.address, to: mac) }
    if let outside = loose.first(where: { $0.address.family == .ipv4 && $0.address.isPublic }) {
      return "the public address \(outside.address) sends from it"
    }
    if let far = loose.first(where: { !Self.initialHops.contains($0.ttlHigh) }) {
      return "\(far.address) sends from it with time-to-live \(far.ttlHigh), that is, from behind a router"
    }
    let ipv4 = hosts.map(\.address).filter { $0.family == .ipv4 && $0.scope != "link-local" }
    if Set(ipv4.map { $0.low >> 8 }).count > 1, loose.contains(where: { $0.address.family == .ipv4 }) {
      return "addresses of several networks send from it: \(list(ipv4))"
    }
    if ipv4.count > Self.addressesPerMAC { return "\(ipv4.count) IPv4 addresses send from it: \(list(ipv4))" }
    let ipv6 = hosts.map(\.address).filter { $0.family == .ipv6 && $0.scope != "link-local" }
    if Set(ipv6.map(\.high)).count > 2 { return "IPv6 addresses of more than two networks send from it: \(list(ipv6))" }
    return nil
  }

  private func list(_ addresses: [HostAddress]) -> String {
    addresses.prefix(3).map(\.description).joined(separator: ", ") + (addresses.count > 3 ? ", …" : "")
  }

  private func virtualRouter(_ mac: MACAddress) -> String? {
    switch mac.value >> 8 {
    case 0x00005e_0001, 0x00005e_0002: "virtual router address (VRRP)"
    case 0x00000c_07ac: "virtual router address (HSRP)"
    default:
      mac.value >> 12 == 0x00000c_9ff || mac.value >> 24 == 0x0007b4 ? "virtual router address (HSRP, GLBP)" : nil
    }
  }
}
