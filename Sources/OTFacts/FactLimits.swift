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
    /// A bound of one host was reached, or may have been by what all workers know of it together.
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

  /// - Parameter workers: how many of them know a part of each host.
  public func size(workers: Int = 1) -> Size {
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
    size.isHostBound = bitten[FactBound.identity.rawValue] > 0 || (workers > 1 && hasShareOfHostBound(workers))
    return size
  }

  /// Whether some host has so many values that with those of the other workers they may be too many: if all together are,
  /// one of the workers has more than its share.
  private func hasShareOfHostBound(_ workers: Int) -> Bool {
    // The MAC address of the latest packets is not among the others yet.
    if hosts.contains(where: { $0.macs.count + 1 > Limits.macsPerHost / workers }) { return true }
    let share = UInt32(bounds.valuesPerAttribute / workers)
    return attributeCounts.contains { Self.isOfHost($0.key) && $0.value > share }
  }
}
