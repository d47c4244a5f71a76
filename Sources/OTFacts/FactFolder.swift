import BasicContainers
import OTCore
import OTProtocols

/// Folds observations into facts, one packet after the other, in memory that grows with what is distinct and not with
/// what is repeated. One value a worker; hosts are the worker's own dense numbers.
///
/// A conversation belongs to one worker (packets are shared out by host pair), so only host-wide facts need merging.
public struct FactFolder: ~Copyable, Sendable {
  /// What is known of the packet whose observations are folded.
  public struct Scene: Sendable {
    public var conversation: UInt32
    public var sender: UInt32
    public var receiver: UInt32
    public var sighting: Sighting
    public init(conversation: UInt32, sender: UInt32, receiver: UInt32, sighting: Sighting) {
      self.conversation = conversation
      self.sender = sender
      self.receiver = receiver
      self.sighting = sighting
    }
  }

  let table: ProtocolTable
  let bounds: FactLimits
  var texts: TextTable
  var hosts = UniqueArray<HostRecord>()
  var conversations = UniqueArray<ConversationRecord>()
  var conversationIndex = IndexTable()
  /// Conversations of their own, by client and server.
  var conversationCounts: [UInt64: Int] = [:]
  var histograms = UniqueArray<UInt32>()
  var operations = UniqueArray<OperationRecord>()
  /// See ``describeObjects()``.
  var objects: [String] = []
  var operationIndex = IndexTable()
  /// Kinds of operations by code and protocol, each where its hash says.
  var kinds: [(code: UInt64, layer: UInt8, kind: OperationKind)?] = Array(repeating: nil, count: 256)
  var events: [EventRecord] = []
  var identities: [IdentityRecord] = []
  var identityIndex = IndexTable()
  var properties: [PropertyRecord] = []
  var propertyIndex = IndexTable()
  var credentials: [CredentialRecord] = []
  var files: [FileRecord] = []
  var neighbours: [NeighbourRecord] = []
  var bindings: [BindingRecord] = []
  var bindingIndex = IndexTable()
  var anomalies: [AnomalyRecord] = []
  var unknowns = UnknownTable()
  /// Index of the small tables: credentials, files, neighbours, anomalies, told apart by a tag in the hash.
  var smallIndex = IndexTable()
  var attributeCounts: [UInt64: UInt32] = [:]
  /// How often each bound was reached, by ``FactBound``.
  var bitten = Array(repeating: UInt64(0), count: FactBound.allCases.count)
  public internal(set) var packets: UInt64 = 0
  public internal(set) var bytes: UInt64 = 0
  private var earliest = Int64.max
  private var latest = Int64.min

  public init(_ table: ProtocolTable, limits: FactLimits = FactLimits()) {
    self.table = table
    bounds = limits
    texts = TextTable(mostBytes: limits.textBytes)
  }

  // MARK: packets and hosts

  /// Counts packets of the capture, whoever they belong to.
  public mutating func packets(_ more: PacketTally) {
    packets &+= more.packets
    bytes &+= more.bytes
    earliest = Swift.min(earliest, more.earliest)
    latest = Swift.max(latest, more.latest)
  }

  var first: Timestamp? { packets == 0 ? nil : Timestamp(nanoseconds: earliest) }
  var last: Timestamp? { packets == 0 ? nil : Timestamp(nanoseconds: latest) }

  /// What `host` sent from one MAC address on one VLAN. Host numbers are dense: a new one is the next.
  public mutating func sent(
    _ host: UInt32, _ address: HostAddress, mac: MACAddress, vlan: UInt16, ttl: Lifetimes, _ traffic: Traffic
  ) {
    if Int(host) >= hosts.count { makeRoom(host) }
    hosts[Int(host)].sent(address, mac: mac, vlan: vlan, ttl: ttl, traffic)
  }

  /// What `host` was sent.
  public mutating func received(_ host: UInt32, _ address: HostAddress, _ traffic: Traffic) {
    if Int(host) >= hosts.count { makeRoom(host) }
    hosts[Int(host)].received(address, traffic)
  }

  private mutating func makeRoom(_ host: UInt32) {
    while hosts.count <= Int(host) { hosts.append(HostRecord(address: .none)) }
  }

  /// An attempt of `host` to connect that nobody answered.
  public mutating func unanswered(_ host: UInt32) {
    if Int(host) < hosts.count { hosts[Int(host)].unansweredAttempts &+= 1 }
  }

  // MARK: conversations

  /// Number of the conversation between a client and a service; new ones begin at `sighting`. Where there are too many
  /// it is the one that the two hosts' further services share, and nil where there are too many of those.
  public mutating func conversation(
    _ transport: ConversationFact.Transport, client: UInt32, server: UInt32, port: UInt16, networkProtocol: UInt16,
    _ sighting: Sighting
  ) -> UInt32? {
    let shared = UInt64(transport.rawValue) << 32
    let place = shared | UInt64(port) << 16 | UInt64(networkProtocol)
    if let known = findConversation(client, server, place) { return known }
    let pair = UInt64(client) << 32 | UInt64(server)
    let ofPair = conversationCounts[pair, default: 0]
    if ofPair < bounds.conversationsPerHostPair, conversations.count < bounds.conversations {
      conversationCounts[pair] = ofPair + 1
      return makeConversation(client, server, place, sighting)
    }
    reached(ofPair < bounds.conversationsPerHostPair ? .conversations : .conversationsOfPair)
    if let known = findConversation(client, server, shared) { return known }
    guard conversations.count < bounds.conversations + bounds.sharedConversations else {
      reached(.allConversations)
      return nil
    }
    return makeConversation(client, server, shared, sighting)
  }

  /// The conversation of all that are too many, of a host that is nobody.
  public mutating func conversation(ofNobody nobody: UInt32, _ sighting: Sighting) -> UInt32 {
    let place = UInt64(ConversationFact.Transport.other.rawValue) << 32
    return findConversation(nobody, nobody, place) ?? makeConversation(nobody, nobody, place, sighting)
  }

  private func findConversation(_ client: UInt32, _ server: UInt32, _ place: UInt64) -> UInt32? {
    var probe = conversationIndex.probe(mix(UInt64(client) << 32 | UInt64(server), place))
    while let candidate = conversationIndex.next(&probe) {
      if conversations[Int(candidate)].isBetween(client, server, place) { return candidate }
    }
    return nil
  }

  private mutating func makeConversation(
    _ client: UInt32, _ server: UInt32, _ place: UInt64, _ sighting: Sighting
  ) -> UInt32 {
    let number = UInt32(truncatingIfNeeded: conversations.count)
    conversations.append(ConversationRecord(client: client, server: server, place: place, first: sighting))
    conversationIndex.insert(mix(UInt64(client) << 32 | UInt64(server), place), id: number)
    return number
  }

  /// Adds a finished (or still open) flow to its conversation.
  public mutating func add(_ flow: FlowTotals, to conversation: UInt32) {
    conversations[Int(conversation)].add(flow)
  }

  /// A message from the client of a conversation: one beat of its rhythm.
  public mutating func beat(_ conversation: UInt32, _ time: Timestamp) {
    let place = conversations[Int(conversation)].timing.beat(time.nanoseconds, nextHistogram: histograms.count)
    guard let place else { return }
    if place.start == histograms.count { beginHistogram(conversations[Int(conversation)].timing.firstBucket) }
    histograms[place.start &+ place.bucket] &+= 1
  }

  /// - Parameter firstBucket: where the interval before this one is to be counted.
  @inline(never)
  private mutating func beginHistogram(_ firstBucket: UInt16) {
    let start = histograms.count
    for _ in 0..<TimingRecord.bucketCount { histograms.append(0) }
    histograms[start + Int(firstBucket)] &+= 1
  }

  /// Notes that a protocol was recognised in a conversation.
  public mutating func recognise(_ conversation: UInt32, _ protocolNumber: UInt8) {
    conversations[Int(conversation)].protocols.insert(protocolNumber)
  }

  // MARK: observations

  /// The operation that was counted last in a conversation, for ``fold(_:_:after:_:)``. Changes nothing; but
  /// what may change something is lent where it lies, and not copied for the call.
  public mutating func lastOperation(of conversation: UInt32) -> UInt32 {
    conversations[Int(conversation)].lastOperation
  }

  /// Folds everything in the buffer, and empties it. `names` gives the number of a host named in a payload.
  public mutating func fold(_ buffer: inout ObservationBuffer, _ scene: Scene, _ names: inout some HostNumbering) {
    var last = conversations[Int(scene.conversation)].lastOperation
    fold(&buffer, scene, after: &last, &names)
    conversations[Int(scene.conversation)].lastOperation = last
  }

  /// The same where somebody else remembers what was counted last: either side's messages follow their own ones.
  ///
  /// - Parameter last: ``lastOperation(of:)`` at first.
  public mutating func fold(
    _ buffer: inout ObservationBuffer, _ scene: Scene, after last: inout UInt32, _ names: inout some HostNumbering
  ) {
    for position in 0..<buffer.count {
      // Nearly all are operations.
      if case .operation(let operation) = buffer[position] {
        fold(operation, buffer, scene, &last)
        continue
      }
      switch buffer[position] {
      case .operation: break
      case .identity(let claim): fold(claim, buffer, scene, &names)
      case .property(let property): fold(property, buffer, scene, &names)
      case .credential(let exposure): fold(exposure, buffer, scene)
      case .file(let file): fold(file, buffer, scene)
      case .neighbour(let neighbour): fold(neighbour, buffer, scene)
      case .binding(let binding): fold(binding, scene)
      case .anomaly(let anomaly): fold(anomaly, scene)
      }
    }
    buffer.removeAll()
  }

  /// Nil for a host that is only named, beyond the limit of hosts.
  func host(_ subject: Subject, _ scene: Scene, _ names: inout some HostNumbering) -> UInt32? {
    switch subject {
    case .sender: scene.sender
    case .receiver: scene.receiver
    case .address(let address): names.number(of: address)
    }
  }

  mutating func text(_ reference: TextRef, _ buffer: borrowing ObservationBuffer) -> UInt32 {
    texts.intern(buffer.octets(reference))
  }

  mutating func reached(_ bound: FactBound) { bitten[bound.rawValue] &+= 1 }

  /// What was left out and how often, in words.
  var limits: [String: UInt64] {
    var limits: [String: UInt64] = [:]
    for bound in FactBound.allCases where bitten[bound.rawValue] > 0 {
      limits[bound.words(bounds)] = bitten[bound.rawValue]
    }
    if texts.refused > 0 { limits["texts of facts, not kept (\(bounds.textBytes >> 20) MiB kept)"] = texts.refused }
    return limits
  }
}

/// Gives hosts their numbers; the worker's host table.
public protocol HostNumbering {
  /// Nil where there are too many.
  mutating func number(of address: HostAddress) -> UInt32?
}

/// What the flow table knows of one flow when it is added to its conversation; directions as client and server.
public struct FlowTotals: Sendable {
  public var clientEvidence: ConversationFact.ClientEvidence = .firstSender
  public var first = Sighting(time: Timestamp(nanoseconds: 0), file: 0, frame: 0)
  public var last = Timestamp(nanoseconds: 0)
  public var packetsToServer: UInt64 = 0
  public var bytesToServer: UInt64 = 0
  public var packetsToClient: UInt64 = 0
  public var bytesToClient: UInt64 = 0
  public var handshake = false
  public var reset = false
  public var refused = false
  public var retransmissions: UInt64 = 0
  public var gapBytes: UInt64 = 0
  public init() {}
}

/// What one worker folded, with the addresses of its host numbers. Belongs to who holds it, one after the other.
public final class FolderPart: @unchecked Sendable {
  var folder: FactFolder
  public let addresses: [HostAddress]

  public init(_ folder: consuming FactFolder, _ addresses: [HostAddress]) {
    self.folder = folder
    self.addresses = addresses
  }

  /// Calls `body` with each host that sent or was sent something.
  func forEachHost(_ body: (HostRecord, HostAddress) -> Void) {
    for number in 0..<Swift.min(folder.hosts.count, addresses.count) { body(folder.hosts[number], addresses[number]) }
  }

  /// See ``FactFolder/describeObjects()``.
  public func describeObjects() { folder.describeObjects() }
}
