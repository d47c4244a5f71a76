import OTCore
import OTFacts

/// What a switch says of itself on every port: LLDP (IEEE 802.1AB-2016, section 8.5) and CDP. A switch with a virtual
/// interface in each segment speaks from as many MAC addresses, and is one device.
extension AssetResolver {
  /// One host's announcement over one protocol.
  private struct Announcement {
    var host: Int
    var `protocol`: String
    var chassis: String
    var systemName: String
    var port: String
    /// Platform and software as the protocol words them; empty: not said.
    var product: String
    var first: Sighting
  }

  /// Names devices leave the factory with, or that any device may have.
  private static let commonNames: Set<String> = [
    "", "switch", "router", "localhost", "(none)", "none", "unknown", "default", "system", "hostname", "linux",
    "openwrt",
  ]

  mutating func joinByAnnouncement() {
    let announcements = announcements()
    join(announcements.filter { Self.isTelling(chassis: $0.chassis) }) {
      "\($0.protocol) \($0.chassis)"
    } said: {
      "\($0.protocol) announces the chassis \($0.chassis) from both"
    }
    // A name alone is chosen by people; with platform and software it is told by one device or by sisters of one name,
    // which ``contradiction(_:_:)`` keeps apart.
    join(
      announcements.filter { !Self.commonNames.contains($0.systemName.lowercased()) && !$0.product.isEmpty },
      by: { "\($0.protocol)\t\($0.systemName)\t\($0.product)" },
      said: { "\($0.protocol) announces the system name \($0.systemName) and the same platform from both" })
  }

  private mutating func join(
    _ announcements: [Announcement], by key: (Announcement) -> String, said: (Announcement) -> String
  ) {
    let groups = Dictionary(grouping: announcements, by: key).sorted { $0.key.precedes($1.key) }
    for (_, group) in groups {
      guard let first = group.first else { continue }
      for (index, other) in group.enumerated().dropFirst() {
        if let reason = contradiction(group[..<index], other) {
          refuse(first.host, other.host, .announcement, "\(said(other)), but \(reason)", other.first)
        } else {
          join(first.host, other.host, .announcement, said(other), other.first)
        }
      }
    }
  }

  private func contradiction(_ earlier: ArraySlice<Announcement>, _ other: Announcement) -> String? {
    for one in earlier {
      if let reason = contradiction(one, other) { return reason }
    }
    return nil
  }

  /// Why two announcements cannot be one device's.
  private func contradiction(_ one: Announcement, _ other: Announcement) -> String? {
    guard one.host != other.host else { return nil }
    if one.protocol == "lldp", !one.chassis.isEmpty, !other.chassis.isEmpty, one.chassis != other.chassis {
      return "their chassis differ: \(one.chassis) and \(other.chassis)"
    }
    if !one.port.isEmpty, one.port == other.port { return "both call the port \(one.port)" }
    return nil
  }

  /// Announcements of MAC addresses, in the order of neighbours.
  private func announcements() -> [Announcement] {
    let told: Set<IdentityAttribute> = [.productName, .softwareVersion, .description]
    var products: [Int: [String: [String]]] = [:]
    for claim in facts.identities where told.contains(claim.attribute) {
      products[claim.host, default: [:]][claim.protocol, default: []].append("\(claim.attribute.name) \(claim.value)")
    }
    return facts.neighbours.compactMap { neighbour in
      guard isMergeable(neighbour.host), facts.hosts[neighbour.host].address.family == .mac else { return nil }
      let product = products[neighbour.host]?[neighbour.protocol] ?? []
      return Announcement(
        host: neighbour.host, protocol: neighbour.protocol, chassis: neighbour.chassis,
        systemName: neighbour.systemName, port: neighbour.port, product: product.sorted().joined(separator: "\n"),
        first: neighbour.first)
    }
  }

  /// Whether a chassis id tells one device from another: a MAC address that is nobody's default.
  private static func isTelling(chassis: String) -> Bool {
    guard let mac = HostAddress(chassis)?.mac else { return false }
    return mac != .zero && !mac.isGroup
  }
}
