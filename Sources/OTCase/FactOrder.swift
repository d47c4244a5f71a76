import OTCore
import OTFacts

/// Brings facts into the one order their rows and ids have, whatever order they were gathered in.
///
/// Ids are positions in that order, so the same evidence gives the same ids for any number of workers.
struct FactOrder {
  private(set) var facts: Facts
  private(set) var evidence: [EvidenceFile]
  private(set) var devices: [DeviceFact]

  init(_ contents: CaseContents) throws(CaseError) {
    facts = contents.facts
    evidence = contents.evidence
    devices = contents.devices
    try checkReferences()
    orderEvidence()
    orderHosts()
    orderConversations()
    orderOperations()
    orderDetails()
  }

  // MARK: references

  /// Every index into another list must lie in it. Long lists are gone through once, and their items are not copied.
  private func checkReferences() throws(CaseError) {
    func check(_ what: StaticString, _ index: Int, _ count: Int) throws(CaseError) {
      guard index >= 0, index < count else { throw .inconsistent("\(what) refers to number \(index) of \(count)") }
    }
    let files = evidence.count
    func check(_ sighting: Sighting) throws(CaseError) { try check("sighting", Int(sighting.file), files) }
    let (hosts, conversations) = (facts.hosts.count, facts.conversations.count)
    for index in facts.hosts.indices { try check(facts.hosts[index].first) }
    for index in facts.identities.indices {
      try check("identity", facts.identities[index].host, hosts)
      try check(facts.identities[index].first)
    }
    for index in facts.conversations.indices {
      try check("conversation", facts.conversations[index].client, hosts)
      try check("conversation", facts.conversations[index].server, hosts)
      try check(facts.conversations[index].first)
    }
    for index in facts.operations.indices {
      try check("operation", facts.operations[index].conversation, conversations)
      try check("operation", facts.operations[index].client, hosts)
      try check("operation", facts.operations[index].server, hosts)
      try check(facts.operations[index].first)
    }
    for index in facts.events.indices {
      try check("event", facts.events[index].operation, facts.operations.count)
      try check(facts.events[index].sighting)
    }
    for index in facts.properties.indices {
      try check("property", facts.properties[index].conversation, conversations)
      try check("property", facts.properties[index].host, hosts)
      try check(facts.properties[index].first)
    }
    for credential in facts.credentials {
      try check("credential", credential.conversation, conversations)
      try check("credential", credential.client, hosts)
      try check("credential", credential.server, hosts)
      try check(credential.first)
    }
    for file in facts.files {
      try check("file", file.conversation, conversations)
      try check(file.first)
    }
    for neighbour in facts.neighbours {
      try check("neighbour", neighbour.host, hosts)
      try check(neighbour.first)
    }
    for binding in facts.bindings { try check(binding.first) }
    for anomaly in facts.anomalies {
      try check("anomaly", anomaly.conversation, conversations)
      try check(anomaly.first)
    }
    for shape in facts.unknownShapes { try check(shape.first) }
    for device in devices { try check("device", Int(device.file), files) }
  }

  // MARK: order

  /// Whether one item stands before another: they are compared where they lie, since a copy of a fact counts the
  /// references to all its texts.
  private typealias Precedes<Item> = (Span<Item>, Int, Int) -> Bool

  /// Sorts `items` and says where each went; nil: they stand in that order already, as folding mostly leaves them.
  private static func sort<Item>(_ items: inout [Item], _ precedes: Precedes<Item>) -> [Int]? {
    if isSorted(items.span, precedes) { return nil }
    let order = order(items.span, precedes)
    var place = Array(repeating: 0, count: items.count)
    for (new, old) in order.enumerated() { place[old] = new }
    items = order.map { items[$0] }
    return place
  }

  /// Positions of the items in their order; equal ones stay as they stand.
  private static func order<Item>(_ items: Span<Item>, _ precedes: Precedes<Item>) -> [Int] {
    items.indices.sorted { precedes(items, $0, $1) }
  }

  private static func isSorted<Item>(_ items: Span<Item>, _ precedes: Precedes<Item>) -> Bool {
    for index in items.indices.dropFirst() where precedes(items, index, index - 1) { return false }
    return true
  }

  /// Sorts only what needs it: the lists are shared with whoever gathered them, and writing would copy them.
  private static func arrange<Item>(_ items: inout [Item], _ precedes: (Item, Item) -> Bool) {
    let isSorted = isSorted(items.span) { precedes($0[$1], $0[$2]) }
    if !isSorted { items.sort(by: precedes) }
  }

  private mutating func orderEvidence() {
    let place = Self.sort(&evidence) { all, left, right in
      if all[left].kind != all[right].kind { return all[left].kind.rawValue < all[right].kind.rawValue }
      if all[left].name != all[right].name { return all[left].name.precedes(all[right].name) }
      return all[left].sha256 != all[right].sha256
        ? all[left].sha256 < all[right].sha256 : all[left].path.precedes(all[right].path)
    }
    if let place {
      for index in devices.indices { devices[index].file = UInt32(truncatingIfNeeded: place[Int(devices[index].file)]) }
    }
    devices.sort { $0.file != $1.file ? $0.file < $1.file : $0.hostname.precedes($1.hostname) }
    guard let place else { return }
    func move(_ sighting: inout Sighting) { sighting.file = UInt32(truncatingIfNeeded: place[Int(sighting.file)]) }
    for index in facts.hosts.indices { move(&facts.hosts[index].first) }
    for index in facts.identities.indices { move(&facts.identities[index].first) }
    for index in facts.conversations.indices { move(&facts.conversations[index].first) }
    for index in facts.operations.indices { move(&facts.operations[index].first) }
    for index in facts.events.indices { move(&facts.events[index].sighting) }
    for index in facts.properties.indices { move(&facts.properties[index].first) }
    for index in facts.credentials.indices { move(&facts.credentials[index].first) }
    for index in facts.files.indices { move(&facts.files[index].first) }
    for index in facts.neighbours.indices { move(&facts.neighbours[index].first) }
    for index in facts.bindings.indices { move(&facts.bindings[index].first) }
    for index in facts.anomalies.indices { move(&facts.anomalies[index].first) }
    for index in facts.unknownShapes.indices { move(&facts.unknownShapes[index].first) }
  }

  private mutating func orderHosts() {
    let place = Self.sort(&facts.hosts) { $0[$1].address < $0[$2].address }
    for index in facts.hosts.indices {
      let (macs, vlans) = (facts.hosts[index].macs, facts.hosts[index].vlans)
      if !Self.isSorted(macs.span, { $0[$1].mac < $0[$2].mac }) { facts.hosts[index].macs.sort { $0.mac < $1.mac } }
      if !Self.isSorted(vlans.span, { $0[$1] < $0[$2] }) { facts.hosts[index].vlans.sort() }
    }
    guard let place else { return }
    for index in facts.identities.indices { facts.identities[index].host = place[facts.identities[index].host] }
    for index in facts.conversations.indices {
      facts.conversations[index].client = place[facts.conversations[index].client]
      facts.conversations[index].server = place[facts.conversations[index].server]
    }
    for index in facts.operations.indices {
      facts.operations[index].client = place[facts.operations[index].client]
      facts.operations[index].server = place[facts.operations[index].server]
    }
    for index in facts.properties.indices { facts.properties[index].host = place[facts.properties[index].host] }
    for index in facts.credentials.indices {
      facts.credentials[index].client = place[facts.credentials[index].client]
      facts.credentials[index].server = place[facts.credentials[index].server]
    }
    for index in facts.neighbours.indices { facts.neighbours[index].host = place[facts.neighbours[index].host] }
  }

  private mutating func orderConversations() {
    let place = Self.sort(&facts.conversations) { all, left, right in
      if all[left].client != all[right].client { return all[left].client < all[right].client }
      if all[left].server != all[right].server { return all[left].server < all[right].server }
      let (one, other) = (all[left].transport, all[right].transport)
      if one != other { return one.rawValue < other.rawValue }
      let (port, otherPort) = (Int(all[left].serverPort ?? 0), Int(all[right].serverPort ?? 0))
      if port != otherPort { return port < otherPort }
      let (number, otherNumber) = (all[left].networkProtocol, all[right].networkProtocol)
      return number != otherNumber ? number < otherNumber : all[left].first < all[right].first
    }
    guard let place else { return }
    for index in facts.operations.indices {
      facts.operations[index].conversation = place[facts.operations[index].conversation]
    }
    for index in facts.properties.indices {
      facts.properties[index].conversation = place[facts.properties[index].conversation]
    }
    for index in facts.credentials.indices {
      facts.credentials[index].conversation = place[facts.credentials[index].conversation]
    }
    for index in facts.files.indices { facts.files[index].conversation = place[facts.files[index].conversation] }
    for index in facts.anomalies.indices {
      facts.anomalies[index].conversation = place[facts.anomalies[index].conversation]
    }
  }

  private mutating func orderOperations() {
    let place = Self.sort(&facts.operations) { all, left, right in
      if all[left].conversation != all[right].conversation { return all[left].conversation < all[right].conversation }
      if all[left].client != all[right].client { return all[left].client < all[right].client }
      if all[left].protocol != all[right].protocol { return all[left].protocol.precedes(all[right].protocol) }
      if all[left].code != all[right].code { return all[left].code.precedes(all[right].code) }
      if all[left].object != all[right].object { return all[left].object.precedes(all[right].object) }
      return all[left].first < all[right].first
    }
    if let place {
      for index in facts.events.indices { facts.events[index].operation = place[facts.events[index].operation] }
    }
    Self.arrange(&facts.events) {
      $0.sighting != $1.sighting ? $0.sighting < $1.sighting : $0.operation < $1.operation
    }
  }

  private mutating func orderDetails() {
    Self.arrange(&facts.identities) { left, right in
      if left.host != right.host { return left.host < right.host }
      if left.protocol != right.protocol { return left.protocol.precedes(right.protocol) }
      if left.attribute != right.attribute { return left.attribute.rawValue < right.attribute.rawValue }
      return left.value.precedes(right.value)
    }
    Self.arrange(&facts.properties) { left, right in
      if left.conversation != right.conversation { return left.conversation < right.conversation }
      if left.host != right.host { return left.host < right.host }
      if left.protocol != right.protocol { return left.protocol.precedes(right.protocol) }
      if left.attribute != right.attribute { return left.attribute.rawValue < right.attribute.rawValue }
      return left.value.precedes(right.value)
    }
    Self.arrange(&facts.credentials) { left, right in
      if left.conversation != right.conversation { return left.conversation < right.conversation }
      if left.client != right.client { return left.client < right.client }
      if left.protocol != right.protocol { return left.protocol.precedes(right.protocol) }
      if left.scheme != right.scheme { return left.scheme.rawValue < right.scheme.rawValue }
      if left.account != right.account { return left.account.precedes(right.account) }
      if left.strength != right.strength { return left.strength.rawValue < right.strength.rawValue }
      return left.first < right.first
    }
    Self.arrange(&facts.files) { left, right in
      if left.conversation != right.conversation { return left.conversation < right.conversation }
      if left.protocol != right.protocol { return left.protocol.precedes(right.protocol) }
      if left.name != right.name { return left.name.precedes(right.name) }
      return left.direction != right.direction
        ? left.direction.rawValue < right.direction.rawValue : left.first < right.first
    }
    Self.arrange(&facts.neighbours) { left, right in
      if left.host != right.host { return left.host < right.host }
      if left.protocol != right.protocol { return left.protocol.precedes(right.protocol) }
      if left.chassis != right.chassis { return left.chassis.precedes(right.chassis) }
      return left.port != right.port ? left.port.precedes(right.port) : left.first < right.first
    }
    Self.arrange(&facts.bindings) { left, right in
      if left.address != right.address { return left.address < right.address }
      if left.mac != right.mac { return left.mac < right.mac }
      return left.source.rawValue < right.source.rawValue
    }
    Self.arrange(&facts.anomalies) { left, right in
      if left.conversation != right.conversation { return left.conversation < right.conversation }
      if left.protocol != right.protocol { return left.protocol.precedes(right.protocol) }
      if left.field != right.field { return left.field.precedes(right.field) }
      return left.reason.rawValue < right.reason.rawValue
    }
    facts.undecoded = Self.summed(facts.undecoded)
    facts.limits = Self.summed(facts.limits)
  }

  /// Counts of the same kind and detail added.
  private static func summed(_ counts: [CountFact]) -> [CountFact] {
    let sorted = counts.sorted { $0.kind != $1.kind ? $0.kind.precedes($1.kind) : $0.detail.precedes($1.detail) }
    return sorted.reduce(into: []) { result, count in
      guard let last = result.last, last.kind == count.kind, last.detail == count.detail else {
        return result.append(count)
      }
      let (sum, overflow) = last.count.addingReportingOverflow(count.count)
      result[result.count - 1].count = overflow ? .max : sum
    }
  }
}

extension String {
  /// Order of the bytes: the one SQLite sorts by, and one that tells apart what Unicode holds for equal.
  func precedes(_ other: String) -> Bool {
    let (own, others) = (utf8Span.span, other.utf8Span.span)
    for index in 0..<min(own.count, others.count) where own[index] != others[index] {
      return own[index] < others[index]
    }
    return own.count < others.count
  }
}
