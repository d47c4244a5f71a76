import OTCore

/// What the operations of each asset come to.
struct OperationSums {
  typealias Pair = TrafficTable.Pair
  typealias Place = TrafficTable.Place

  /// Operations that were counted together.
  struct Sum {
    var count: Int64 = 0
    var first: Place
    mutating func add(_ count: Int64, _ place: Place) {
      self.count = self.count.addingReportingOverflow(count).overflow ? .max : self.count + count
      first.keepEarlier(place)
    }
  }

  /// What an asset asks of others in industrial protocols.
  struct Asking {
    var servers: Set<Int> = []
    var reads = 0.0
    /// Writing and controlling.
    var writes = 0.0
    /// Loading programs and firmware.
    var programs = 0.0
    var last: Int64
    var isCyclic = false
    var first: Place
    var seconds: Double { Double(last.subtractingReportingOverflow(first.time).partialValue) / 1e9 }

    fileprivate mutating func add(_ operation: Operation) {
      if let server = operation.server { servers.insert(server) }
      switch operation.kind {
      case .read: reads += Double(operation.count)
      case .write, .control: writes += Double(operation.count)
      case .program, .firmware: programs += Double(operation.count)
      default: break
      }
      last = max(last, operation.last)
      isCyclic = isCyclic || operation.isCyclic
      first.keepEarlier(operation.first)
    }
  }

  /// What a controlling station of telecontrol asks its stations and is told by them.
  struct Telecontrol {
    var stations: Set<Int> = []
    /// Reports of the stations, and what they were asked.
    var messages: Int64 = 0
    var last: Int64
    var isCyclic = false
    var first: Place
    var seconds: Double { Double(last.subtractingReportingOverflow(first.time).partialValue) / 1e9 }

    fileprivate mutating func add(_ operation: Operation, _ station: Int) {
      stations.insert(station)
      messages = messages.addingReportingOverflow(operation.count).overflow ? .max : messages + operation.count
      last = max(last, operation.last)
      isCyclic = isCyclic || operation.isCyclic
      first.keepEarlier(operation.first)
    }
  }

  /// A row of `operation`, assets and protocol by their numbers.
  struct Operation {
    var `protocol`: Int
    var isIndustrial: Bool
    var isTelecontrol: Bool
    /// nil: a group address.
    var client: Int?
    var server: Int?
    var kind: OperationKind
    var isPublished: Bool
    var requests: Int64
    var responses: Int64
    var failures: Int64
    var first: Place
    var last: Int64
    /// Whether its conversation is one in a steady rhythm.
    var isCyclic: Bool
    var count: Int64 { max(requests, responses) }
  }

  /// Answered requests by server and industrial protocol.
  private(set) var answered: [Pair: Sum] = [:]
  /// Unasked messages by sender and industrial protocol.
  private(set) var published: [Pair: Sum] = [:]
  /// Reports of telecontrol by station and protocol: what it sends on its own and, in DNP3, every answer.
  private(set) var reported: [Pair: Sum] = [:]
  /// By controlling station.
  private(set) var telecontrol: [Int: Telecontrol] = [:]
  /// Programs loaded or read by server, with the first industrial protocol by name.
  private(set) var programmed: [Int: (sum: Sum, protocol: Int)] = [:]
  /// By asset; nil: it asked nobody.
  private(set) var asking: [Asking?]

  init(assets: Int) { asking = Array(repeating: nil, count: assets) }

  mutating func add(_ operation: Operation) {
    guard operation.isIndustrial else { return }
    let (name, first) = (operation.protocol, operation.first)
    if let server = operation.server, operation.kind == .program || operation.kind == .firmware,
      operation.responses > operation.failures
    {
      var known = programmed[server] ?? (Sum(first: first), name)
      known.sum.add(operation.count, first)
      known.protocol = min(known.protocol, name)
      programmed[server] = known
    }
    if operation.isPublished {
      if let client = operation.client {
        published[Pair(asset: client, protocol: name), default: Sum(first: first)].add(operation.count, first)
      }
      return
    }
    if let server = operation.server, operation.responses > 0, operation.kind.isAskedOfDevices {
      answered[Pair(asset: server, protocol: name), default: Sum(first: first)].add(operation.count, first)
    }
    if operation.isTelecontrol { addTelecontrol(operation) }
    guard let client = operation.client else { return }
    if asking[client] == nil { asking[client] = Asking(last: operation.last, first: first) }
    asking[client]?.add(operation)
  }

  private mutating func addTelecontrol(_ operation: Operation) {
    guard let station = operation.server, operation.kind == .read || operation.kind == .report else { return }
    let first = operation.first
    if operation.kind == .report, operation.responses > 0 {
      reported[Pair(asset: station, protocol: operation.protocol), default: Sum(first: first)]
        .add(operation.responses, first)
    }
    guard let client = operation.client else { return }
    telecontrol[client, default: Telecontrol(last: operation.last, first: first)].add(operation, station)
  }
}

extension OperationKind {
  /// What only a device is asked to do.
  fileprivate var isAskedOfDevices: Bool {
    switch self {
    case .read, .write, .control, .program, .diagnose: true
    default: false
    }
  }
}
