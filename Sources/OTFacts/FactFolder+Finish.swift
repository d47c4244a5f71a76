import OTCore
import OTProtocols

extension FactFolder {
  /// Joins what the workers folded into one set of facts: hosts by address, everything sorted by content and never by
  /// the number a worker happened to give, so that the result is the same for any number of workers.
  ///
  /// - Parameter parts: joined only once; taken, so that what is joined can go.
  public static func finish(taking parts: inout [FolderPart]) -> Facts {
    var joiner = FactJoiner(parts)
    joiner.joinOthers(parts)
    let events = EventJoiner(taking: parts)
    var operations: OperationJoiner? = OperationJoiner(taking: parts, joiner.numbers)
    parts = []
    var order = operations?.order() ?? OperationJoiner.Order()
    let facts = operations?.facts(order) ?? []
    operations = nil
    order.forgetPlaces()
    return joiner.finish(facts, events.facts(order.facts))
  }

  public static func finish(_ parts: [FolderPart]) -> Facts {
    var parts = parts
    return finish(taking: &parts)
  }

  /// The same by `workers` at a time: operations beside all else, and events beside them.
  public static func finish(taking parts: inout [FolderPart], workers: Int) async -> Facts {
    guard workers > 1 else { return finish(taking: &parts) }
    var joiner = FactJoiner(parts)
    let numbers = joiner.numbers
    let events = EventJoiner(taking: parts)
    let operations = OperationJoiner(taking: parts, numbers)
    async let ordered = operations.order()
    joiner.joinOthers(parts)
    parts = []
    let order = await ordered
    async let eventFacts = events.facts(order.facts)
    let facts = operations.facts(order)
    return joiner.finish(facts, await eventFacts)
  }
}

/// From each worker's numbers to the numbers of the result.
struct FactNumbers: Sendable {
  /// Per worker: host number → index into `Facts.hosts`.
  var hosts: [[Int]] = []
  /// Per worker: conversation number → index into `Facts.conversations`.
  var conversations: [[Int]] = []

  func host(_ number: UInt32, of worker: Int) -> Int {
    Int(number) < hosts[worker].count ? hosts[worker][Int(number)] : 0
  }
}

/// State of the joining.
struct FactJoiner {
  var facts = Facts()
  private(set) var numbers = FactNumbers()
  private var limits: [String: UInt64] = [:]
  /// What nobody recognised, by conversation.
  private var unknowns: [UnknownSketch] = []

  /// Joins hosts and conversations, which everything else is numbered by.
  init(_ parts: [FolderPart]) {
    joinHosts(parts)
    for (number, part) in parts.enumerated() { joinConversations(part.folder, number) }
    sortConversations()
  }

  private mutating func joinHosts(_ parts: [FolderPart]) {
    var merged: [HostAddress: HostRecord] = [:]
    for part in parts {
      facts.packets += part.folder.packets
      facts.bytes += part.folder.bytes
      facts.firstTime = [facts.firstTime, part.folder.first].compactMap { $0 }.min()
      facts.lastTime = [facts.lastTime, part.folder.last].compactMap { $0 }.max()
      for (number, address) in part.addresses.enumerated() {
        var record =
          number < part.folder.hosts.count ? part.folder.hosts[number] : HostRecord(address: address)
        record.address = address
        record.flushMAC()
        merged[address] = merged[address].map { Self.merge($0, record) } ?? record
      }
    }
    // Hosts that are only named in payloads, to whichever worker, are first seen where they are first named.
    for part in parts {
      let addresses = part.addresses
      func named(_ host: UInt32, _ sighting: Sighting) {
        guard Int(host) < addresses.count else { return }
        let address = addresses[Int(host)]
        guard merged[address]?.packetsSent == 0, merged[address]?.packetsReceived == 0 else { return }
        if let known = merged[address]?.first, known <= sighting { return }
        merged[address]?.first = sighting
      }
      for identity in part.folder.identities { named(identity.host, identity.first) }
      for property in part.folder.properties { named(property.host, property.first) }
    }
    let sorted = merged.keys.sorted()
    var numbers: [HostAddress: Int] = [:]
    for (index, address) in sorted.enumerated() {
      numbers[address] = index
      guard let record = merged[address] else { continue }
      facts.hosts.append(Self.fact(record))
      if record.strayPackets > 0 { limits[FactBound.macs.words(FactLimits()), default: 0] += record.strayPackets }
    }
    self.numbers.hosts = parts.map { part in part.addresses.map { numbers[$0] ?? 0 } }
  }

  private static func merge(_ left: HostRecord, _ right: HostRecord) -> HostRecord {
    var merged = left
    merged.first = [left.first, right.first].compactMap { $0 }.min()
    merged.last = Swift.max(left.last, right.last)
    merged.packetsSent += right.packetsSent
    merged.bytesSent += right.bytesSent
    merged.packetsReceived += right.packetsReceived
    merged.bytesReceived += right.bytesReceived
    merged.unansweredAttempts += right.unansweredAttempts
    merged.groupPackets += right.groupPackets
    merged.lifetimes.add(right.lifetimes)
    merged.macs.merge(right.macs, uniquingKeysWith: +)
    merged.strayPackets += right.strayPackets
    for vlan in right.vlans where !merged.vlans.contains(vlan) { merged.vlans.append(vlan) }
    return merged
  }

  private static func fact(_ record: HostRecord) -> HostFact {
    let zero = Timestamp(nanoseconds: 0)
    let first = record.first ?? Sighting(time: zero, file: 0, frame: 0)
    return HostFact(
      address: record.address, first: first, last: record.last.nanoseconds == .min ? first.time : record.last,
      packetsSent: record.packetsSent, bytesSent: record.bytesSent, packetsReceived: record.packetsReceived,
      bytesReceived: record.bytesReceived,
      macs: record.macs.map { (mac: $0.key, packets: $0.value) }.sorted { $0.mac < $1.mac },
      vlans: record.vlans.sorted(), ttlLow: record.lifetimes.low, ttlHigh: record.lifetimes.high,
      isGroup: record.address.isGroup
        || (record.packetsSent == 0 && record.packetsReceived > 0 && record.groupPackets == record.packetsReceived),
      unansweredAttempts: record.unansweredAttempts)
  }

  /// Joins everything but operations and events, and puts it in order.
  mutating func joinOthers(_ parts: [FolderPart]) {
    for (number, part) in parts.enumerated() { join(part.folder, number) }
    finishOthers()
  }

  private mutating func join(_ folder: borrowing FactFolder, _ worker: Int) {
    let (hosts, conversations) = (numbers.hosts[worker], numbers.conversations[worker])
    let host = { (number: UInt32) -> Int in Int(number) < hosts.count ? hosts[Int(number)] : 0 }
    let name = { [table = folder.table] (layer: UInt8) -> String in table.name(ofLayer: layer) }
    let conversation = { (number: UInt32) -> Int in conversations[Int(number)] }
    for record in folder.identities {
      facts.identities.append(
        IdentityFact(
          host: host(record.host), protocol: name(record.layer), attribute: record.attribute,
          value: folder.texts.string(record.value), count: record.count, first: record.first, last: record.last))
    }
    for record in folder.properties {
      facts.properties.append(
        PropertyFact(
          conversation: conversation(record.conversation), host: host(record.host), protocol: name(record.layer),
          attribute: record.attribute, value: folder.texts.string(record.value), count: record.count,
          first: record.first, last: record.last))
    }
    for record in folder.credentials {
      facts.credentials.append(
        CredentialFact(
          conversation: conversation(record.conversation), client: host(record.client), server: host(record.server),
          protocol: name(record.layer), scheme: record.scheme, account: folder.texts.string(record.account),
          strength: record.strength, accepted: record.accepted, count: record.count, first: record.first,
          last: record.last))
    }
    for record in folder.files {
      facts.files.append(
        FileFact(
          conversation: conversation(record.conversation), protocol: name(record.layer),
          name: folder.texts.string(record.name), direction: record.direction, size: record.size,
          count: record.count, first: record.first))
    }
    for record in folder.neighbours {
      facts.neighbours.append(
        NeighbourFact(
          host: host(record.host), protocol: name(record.layer), chassis: folder.texts.string(record.chassis),
          port: folder.texts.string(record.port), systemName: folder.texts.string(record.systemName),
          managementAddress: record.managementAddress, count: record.count, first: record.first, last: record.last))
    }
    for record in folder.bindings {
      facts.bindings.append(
        BindingFact(
          address: record.address, mac: record.mac, source: record.source, count: record.count, first: record.first,
          last: record.last))
    }
    for record in folder.anomalies {
      facts.anomalies.append(
        AnomalyFact(
          conversation: conversation(record.conversation), protocol: name(record.layer),
          field: folder.texts.string(record.field), reason: record.reason, count: record.count, first: record.first))
    }
    for (limit, count) in folder.limits { limits[limit, default: 0] += count }
  }

  /// Adds the folder's conversations. One that only a first guess of the direction made, and no
  /// flow ended in, is the same as its reverse.
  private mutating func joinConversations(_ folder: borrowing FactFolder, _ worker: Int) {
    let host = { [numbers] (number: UInt32) -> Int in numbers.host(number, of: worker) }
    let names = folder.table.protocols
    var reverse: [UInt64: Int] = [:]
    for number in folder.conversations.indices where folder.conversations[number].connections > 0 {
      let record = folder.conversations[number]
      reverse[UInt64(record.client) << 32 | UInt64(record.server)] = number
    }
    var alias = Array(folder.conversations.indices)
    var protocols = folder.conversations.indices.map { folder.conversations[$0].protocols }
    for number in folder.conversations.indices where folder.conversations[number].connections == 0 {
      let record = folder.conversations[number]
      guard let other = reverse[UInt64(record.server) << 32 | UInt64(record.client)],
        folder.conversations[other].transport == record.transport
      else { continue }
      alias[number] = other
      for bit in UInt8.min...UInt8.max where record.protocols.contains(bit) { protocols[other].insert(bit) }
    }
    var numbers = Array(repeating: 0, count: folder.conversations.count)
    for number in folder.conversations.indices where alias[number] == number {
      let record = folder.conversations[number]
      numbers[number] = facts.conversations.count
      // What commands the process comes before what carries it (S7comm before COTP).
      let met = names.indices.filter { protocols[number].contains(UInt8(truncatingIfNeeded: $0)) }
      let industrial = met.filter { names[$0].isIndustrial }
      let others = met.filter { !names[$0].isIndustrial }
      let ids = (industrial + others).map { names[$0].id }
      var timing = TimingFact()
      if record.timing.histogram != .max {
        let start = Int(record.timing.histogram) * TimingRecord.bucketCount
        timing = record.timing.fact(folder.histograms.span.extracting(start..<(start + TimingRecord.bucketCount)))
      } else {
        timing = record.timing.fact(Span())
      }
      facts.conversations.append(
        ConversationFact(
          transport: record.transport, client: host(record.client), server: host(record.server),
          serverPort: record.transport == .tcp || record.transport == .udp ? record.port : nil,
          networkProtocol: record.networkProtocol, protocols: ids, clientEvidence: record.clientEvidence,
          first: record.first, last: Swift.max(record.last, record.first.time),
          packetsToServer: record.packetsToServer, bytesToServer: record.bytesToServer,
          packetsToClient: record.packetsToClient, bytesToClient: record.bytesToClient,
          connections: record.connections, handshakes: record.handshakes, resets: record.resets,
          refused: record.refused, retransmissions: record.retransmissions, gapBytes: record.gapBytes,
          timing: timing, unknownShape: nil))
    }
    for number in alias.indices where alias[number] != number { numbers[number] = numbers[alias[number]] }
    joinUnknowns(folder, alias, numbers)
    self.numbers.conversations.append(numbers)
  }

  /// Keeps what describes the conversations without a protocol; what was seen before the client was known belongs to
  /// the same conversation, turned around.
  private mutating func joinUnknowns(_ folder: borrowing FactFolder, _ alias: [Int], _ numbers: [Int]) {
    var records: [Int: UnknownRecord] = [:]
    for var record in folder.unknowns.records {
      let own = Int(record.conversation)
      guard facts.conversations[numbers[own]].protocols.isEmpty else { continue }
      if alias[own] != own { record.turnAround() }
      if records[alias[own]] == nil { records[alias[own]] = record } else { records[alias[own]]?.absorb(record) }
    }
    for (own, record) in records {
      let conversation = facts.conversations[numbers[own]]
      unknowns.append(
        UnknownSketch(
          numbers[own], record, conversation.transport,
          place: conversation.serverPort ?? conversation.networkProtocol))
    }
  }

  private mutating func finishOthers() {
    UnknownShapes.describe(unknowns, in: &facts)
    mergeIdentities()
    mergeBindings()
    facts.properties.sort { left, right in
      if left.conversation != right.conversation { return left.conversation < right.conversation }
      if left.host != right.host { return left.host < right.host }
      if left.protocol != right.protocol { return left.protocol < right.protocol }
      if left.attribute != right.attribute { return left.attribute.rawValue < right.attribute.rawValue }
      return left.value < right.value
    }
    facts.credentials.sort {
      ($0.first, $0.conversation, $0.account, $0.scheme.rawValue, Self.order($0.accepted))
        < ($1.first, $1.conversation, $1.account, $1.scheme.rawValue, Self.order($1.accepted))
    }
    facts.files.sort {
      ($0.first, $0.conversation, $0.name, $0.direction.rawValue) < (
        $1.first, $1.conversation, $1.name, $1.direction.rawValue
      )
    }
    facts.neighbours.sort { ($0.host, $0.chassis, $0.port, $0.first) < ($1.host, $1.chassis, $1.port, $1.first) }
    facts.anomalies.sort {
      ($0.conversation, $0.protocol, $0.field, $0.reason.rawValue) < (
        $1.conversation, $1.protocol, $1.field, $1.reason.rawValue
      )
    }
    facts.limits = limits.sorted { $0.key < $1.key }.map { CountFact(kind: "limit", detail: $0.key, count: $0.value) }
  }

  consuming func finish(_ operations: [OperationFact], _ events: [EventFact]) -> Facts {
    facts.operations = operations
    facts.events = events
    return facts
  }

  private static func order(_ value: Bool?) -> Int { value.map { $0 ? 2 : 1 } ?? 0 }

  private mutating func sortConversations() {
    let order = facts.conversations.indices.sorted { left, right in
      let a = facts.conversations[left]
      let b = facts.conversations[right]
      return (a.client, a.server, a.transport.rawValue, a.serverPort ?? 0, a.networkProtocol, a.first)
        < (b.client, b.server, b.transport.rawValue, b.serverPort ?? 0, b.networkProtocol, b.first)
    }
    var place = Array(repeating: 0, count: order.count)
    for (new, old) in order.enumerated() { place[old] = new }
    facts.conversations = order.map { facts.conversations[$0] }
    for index in unknowns.indices { unknowns[index].conversation = place[unknowns[index].conversation] }
    numbers.conversations = numbers.conversations.map { $0.map { place[$0] } }
  }

  private mutating func mergeIdentities() {
    facts.identities.sort { left, right in
      if left.host != right.host { return left.host < right.host }
      if left.protocol != right.protocol { return left.protocol < right.protocol }
      if left.attribute != right.attribute { return left.attribute.rawValue < right.attribute.rawValue }
      return left.value == right.value ? left.first < right.first : left.value < right.value
    }
    var merged: [IdentityFact] = []
    for identity in facts.identities {
      if let last = merged.last, last.host == identity.host, last.protocol == identity.protocol,
        last.attribute == identity.attribute, last.value == identity.value
      {
        merged[merged.count - 1].count += identity.count
        merged[merged.count - 1].last = Swift.max(last.last, identity.last)
      } else {
        merged.append(identity)
      }
    }
    facts.identities = merged
  }

  private mutating func mergeBindings() {
    facts.bindings.sort {
      ($0.address, $0.mac, $0.source.rawValue, $0.first) < ($1.address, $1.mac, $1.source.rawValue, $1.first)
    }
    var merged: [BindingFact] = []
    for binding in facts.bindings {
      if let last = merged.last, last.address == binding.address, last.mac == binding.mac, last.source == binding.source
      {
        merged[merged.count - 1].count += binding.count
        merged[merged.count - 1].last = Swift.max(last.last, binding.last)
      } else {
        merged.append(binding)
      }
    }
    facts.bindings = merged
  }
}

extension ProtocolTable {
  /// What a layer's protocol is called in facts; empty for none.
  func name(ofLayer layer: UInt8) -> String { Int(layer) < protocols.count ? protocols[Int(layer)].id : "" }
}
