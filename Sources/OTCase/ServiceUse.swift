import OTCore
import OTFacts
import OTKnowledge

/// A service on the internet that a host uses, and by what it was told.
struct ServiceUse {
  /// What told it; the raw value is what the case holds.
  enum Via: String, CaseIterable {
    case serverName = "server name"
    case question = "name asked for"
    case certificate
    case hostField = "host field"
    case agent = "user agent"
    case recognised = "protocol"
    case addressName = "name of the address"
  }

  /// Hosts and the conversation by their index in the facts.
  var host: Int
  var peer: Int?
  var conversation: Int?
  var service: String
  var category: String
  var via: Via
  /// The name, certificate or protocol, as first seen.
  var value: String
  var count: UInt64
  var first: Sighting
  var last: Timestamp
}

/// Finds the services in joined facts, once a case: a name is looked up for each fact, never for each packet.
struct ServiceSearch {
  private let facts: Facts
  private let catalogue: ServiceCatalogue
  private var uses: [Key: ServiceUse] = [:]

  private struct Key: Hashable {
    var host: Int
    var conversation: Int?
    var service: String
    var via: ServiceUse.Via
  }

  /// Uses in the order of host, service, evidence and conversation.
  static func uses(in facts: Facts, _ catalogue: ServiceCatalogue = .embedded) -> [ServiceUse] {
    var search = ServiceSearch(facts: facts, catalogue: catalogue)
    search.searchProperties()
    search.searchIdentities()
    search.searchProtocols()
    return search.uses.values.sorted { left, right in
      if left.host != right.host { return left.host < right.host }
      if left.service != right.service { return left.service.precedes(right.service) }
      if left.via != right.via { return left.via.rawValue < right.via.rawValue }
      return (left.conversation ?? -1) < (right.conversation ?? -1)
    }
  }

  private init(facts: Facts, catalogue: ServiceCatalogue) {
    self.facts = facts
    self.catalogue = catalogue
  }

  private mutating func searchProperties() {
    var known: [String: ServiceCatalogue.Entry?] = [:]
    func lookUp(_ kind: String, _ value: String, _ find: (String) -> ServiceCatalogue.Entry?) -> ServiceCatalogue.Entry?
    {
      if let found = known[kind + value] { return found }
      let found = find(value)
      known[kind + value] = .some(found)
      return found
    }
    for property in facts.properties {
      let entry: ServiceCatalogue.Entry?
      let via: ServiceUse.Via
      switch property.attribute {
      case .serverName:
        entry = lookUp("n", property.value, catalogue.entry(host:))
        via = property.protocol == "http" || property.protocol == "http2" ? .hostField : .serverName
      case .queryName where property.protocol == "dns":
        entry = lookUp("n", property.value, catalogue.entry(host:))
        via = .question
      case .certificateSubject, .certificateIssuer:
        entry = lookUp("c", property.value, catalogue.entry(certificate:))
        via = .certificate
      default: continue
      }
      if let entry {
        add(
          entry, via, property.value, conversation: property.conversation, property.count, property.first, property.last
        )
      }
    }
  }

  /// What programs call themselves, and the names that name servers gave to addresses.
  private mutating func searchIdentities() {
    var named: [Int: (entry: ServiceCatalogue.Entry, name: String)] = [:]
    for identity in facts.identities {
      if identity.attribute == .application, identity.protocol == "http" || identity.protocol == "http2",
        let entry = catalogue.entry(agent: identity.value)
      {
        add(
          entry, .agent, identity.value, user: identity.host, peer: nil, conversation: nil, identity.count,
          identity.first, identity.last)
      }
      if identity.attribute == .name, identity.protocol == "dns", facts.hosts[identity.host].address.isPublic,
        named[identity.host] == nil, let entry = catalogue.entry(host: identity.value)
      {
        named[identity.host] = (entry, identity.value)
      }
    }
    guard !named.isEmpty else { return }
    for (index, conversation) in facts.conversations.enumerated() {
      guard let (entry, name) = named[conversation.server] ?? named[conversation.client] else { continue }
      add(
        entry, .addressName, name, conversation: index, conversation.connections, conversation.first, conversation.last)
    }
  }

  private mutating func searchProtocols() {
    for (index, conversation) in facts.conversations.enumerated() {
      for name in conversation.protocols {
        guard let entry = catalogue.entry(protocol: name) else { continue }
        add(
          entry, .recognised, name, conversation: index, conversation.connections, conversation.first, conversation.last
        )
      }
    }
  }

  /// Of the two sides of a conversation the one that is not on the internet uses the service; else the client.
  private mutating func add(
    _ entry: ServiceCatalogue.Entry, _ via: ServiceUse.Via, _ value: String, conversation index: Int, _ count: UInt64,
    _ first: Sighting, _ last: Timestamp
  ) {
    let conversation = facts.conversations[index]
    let isCalled =
      facts.hosts[conversation.client].address.isPublic && !facts.hosts[conversation.server].address.isPublic
    add(
      entry, via, value, user: isCalled ? conversation.server : conversation.client,
      peer: isCalled ? conversation.client : conversation.server, conversation: index, count, first, last)
  }

  private mutating func add(
    _ entry: ServiceCatalogue.Entry, _ via: ServiceUse.Via, _ value: String, user: Int, peer: Int?,
    conversation: Int?, _ count: UInt64, _ first: Sighting, _ last: Timestamp
  ) {
    let key = Key(host: user, conversation: conversation, service: entry.name, via: via)
    guard var use = uses[key] else {
      uses[key] = ServiceUse(
        host: user, peer: peer, conversation: conversation, service: entry.name, category: entry.category.rawValue,
        via: via, value: value, count: count, first: first, last: last)
      return
    }
    let (sum, overflow) = use.count.addingReportingOverflow(count)
    use.count = overflow ? .max : sum
    // Of several names the one seen first is told; of two in one frame the smaller.
    if first < use.first || (first == use.first && value.precedes(use.value)) { use.value = value }
    use.first = min(use.first, first)
    use.last = max(use.last, last)
    uses[key] = use
  }
}
