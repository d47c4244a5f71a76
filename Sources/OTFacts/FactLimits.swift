import OTCore

/// How much folding keeps; see ``OTCore/Limits`` for what each number is.
public struct FactLimits: Sendable {
  public var conversationsPerHostPair = Limits.conversationsPerHostPair
  public var conversations = Limits.conversations
  public var sharedConversations = Limits.sharedConversations
  public var operationsPerConversation = Limits.operationsPerConversation
  public var operations = Limits.operations
  public var eventsPerOperation = Limits.eventsPerOperation
  public var events = Limits.events
  public var valuesPerAttribute = Limits.valuesPerAttribute
  public var values = Limits.values
  public var textBytes = Limits.factTextBytes
  public init() {}
}

/// A bound of folding that was reached; how often is counted.
enum FactBound: Int, CaseIterable, Sendable {
  case conversationsOfPair, conversations, allConversations, objects, allObjects, operations, events, allEvents
  case identity, allIdentities, namedHosts, property, allProperties, accounts, files, rows, bindings, macs, unknown

  /// What was counted, in words; ends with how many are kept.
  func words(_ limits: FactLimits) -> String {
    switch self {
    case .conversationsOfPair:
      "services between two hosts, counted together (\(limits.conversationsPerHostPair) kept apart)"
    case .conversations: "conversations, counted together for each pair of hosts (\(limits.conversations) kept apart)"
    case .allConversations:
      "conversations of further pairs of hosts, counted as one (\(limits.sharedConversations) kept apart)"
    case .objects: "objects of one conversation (\(limits.operationsPerConversation) kept)"
    case .allObjects: "objects of all conversations (\(limits.operations) kept)"
    case .operations: "operations of all conversations, not kept (\(limits.operations * 5 / 4) kept)"
    case .events: "events of one operation (\(limits.eventsPerOperation) kept)"
    case .allEvents: "events of all operations (\(limits.events) kept)"
    case .identity: "values of one attribute of one host (\(limits.valuesPerAttribute) kept)"
    case .allIdentities: "values of attributes of all hosts (\(limits.values) kept)"
    case .namedHosts: "hosts only named in messages, beyond the limit of hosts"
    case .property: "values of one property of one conversation (\(limits.valuesPerAttribute) kept)"
    case .allProperties: "values of properties of all conversations (\(limits.values) kept)"
    case .accounts: "accounts of one conversation (\(limits.valuesPerAttribute) kept)"
    case .files: "files of one conversation (\(limits.valuesPerAttribute) kept)"
    case .rows: "accounts, files, neighbours or anomalies of all conversations (\(limits.values) kept of each)"
    case .bindings: "bindings of addresses to MAC addresses (\(limits.values) kept)"
    case .unknown:
      "conversations whose unrecognised payload was not described (\(Limits.unknownConversationsPerHostPair) of one host "
        + "pair are, \(Limits.unknownConversations) in all)"
    case .macs: "packets from further MAC addresses of one host (\(Limits.macsPerHost) kept)"
    }
  }
}

extension FactFolder {
  /// Rows of what is limited for all conversations together.
  public struct Size: Sendable {
    var conversations = 0
    var operations = 0
    var events = 0
    /// The largest of the tables of values.
    var values = 0
    var textBytes = 0
    var unknowns = 0
    /// A bound of one host was reached, of which a host may have several workers' shares.
    var isHostBound = false
    public init() {}

    public mutating func add(_ other: Size) {
      conversations += other.conversations
      operations += other.operations
      events += other.events
      values += other.values
      textBytes += other.textBytes
      unknowns += other.unknowns
      isHostBound = isHostBound || other.isHostBound
    }

    public func isLimited(_ limits: FactLimits) -> Bool {
      conversations >= limits.conversations || operations >= limits.operations || events >= limits.events
        || unknowns >= Limits.unknownConversations || values >= limits.values || textBytes >= limits.textBytes
        || isHostBound
    }
  }

  public var size: Size {
    var size = Size()
    size.conversations = conversations.count
    size.operations = operations.count
    size.events = events.count
    size.values =
      [
        identities.count, properties.count, credentials.count, files.count, neighbours.count, anomalies.count,
        bindings.count,
      ].max() ?? 0
    size.textBytes = texts.byteCount
    size.unknowns = unknowns.records.count
    size.isHostBound = bitten[FactBound.identity.rawValue] > 0
    return size
  }

  /// Whether several workers together know more of some host than is kept of one, though none of them alone does.
  ///
  /// - Parameter parts: the folders with the addresses of their host numbers.
  public static func isHostBound(_ parts: [FolderPart]) -> Bool {
    // Where all together are too many, one of them knows more than its share: most hosts are not looked at again.
    var macs: [HostAddress: Set<MACAddress>] = [:]
    var values: [HostValues: UInt32] = [:]
    for part in parts {
      part.forEachHost { host, address in
        if host.knownMACs.count > Limits.macsPerHost / parts.count { macs[address] = [] }
      }
      let most = part.folder.bounds.valuesPerAttribute / parts.count
      for (kind, count) in part.folder.attributeCounts where Int(count) > most {
        if let place = HostValues(kind, part.addresses) { values[place] = 0 }
      }
    }
    for part in parts {
      if !macs.isEmpty { part.forEachHost { host, address in macs[address]?.formUnion(host.knownMACs) } }
      if !values.isEmpty {
        for (kind, count) in part.folder.attributeCounts {
          if let place = HostValues(kind, part.addresses) { values[place]? += count }
        }
      }
    }
    let mostValues = parts.first?.folder.bounds.valuesPerAttribute ?? 0
    return macs.values.contains { $0.count > Limits.macsPerHost } || values.values.contains { $0 > mostValues }
  }

  /// Values of one attribute of one host, or its neighbours, by address: what ``attributeCounts`` counts by number.
  private struct HostValues: Hashable {
    let address: HostAddress
    let attribute: UInt64

    /// Nil for what is counted of a conversation, which one worker knows alone.
    init?(_ kind: UInt64, _ addresses: [HostAddress]) {
      let isNeighbours = kind >> 60 == 1
      guard isNeighbours || kind < 1 << 48 else { return nil }
      let host = Int(isNeighbours ? kind & 0xffff_ffff : kind >> 16)
      guard host < addresses.count else { return nil }
      address = addresses[host]
      attribute = isNeighbours ? .max : kind & 0xffff
    }
  }
}

extension HostRecord {
  /// MAC addresses it sent from, the latest among them.
  fileprivate var knownMACs: Set<MACAddress> {
    var known = Set(macs.keys)
    if mac != .zero { known.insert(mac) }
    return known
  }
}
