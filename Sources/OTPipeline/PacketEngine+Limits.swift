import OTCore
import OTFacts
import OTNetwork

/// What becomes of packets and conversations when there are too many to keep apart.
extension PacketEngine {
  /// Counts a packet one of whose ends is not to become a host, to the other end.
  mutating func passBy() {
    let traffic = Traffic(bytes: met.frame.wireBytes, toGroup: met.frame.destinationMAC.isGroup, met.scene.sighting)
    if let source = hosts.table.id(of: met.frame.source) { sent(source, traffic) }
    if let destination = hosts.table.id(of: met.frame.destination) {
      folder.received(destination, met.frame.destination, traffic)
    }
  }

  /// Seconds of capture time, in nanoseconds, after which a connection is idle.
  private static let idle: Int64 = 60_000_000_000

  /// Puts away conversations of the flow table: those that are over, that nobody answered or that are idle, and where
  /// that is not enough the idlest. They are added to the folder's conversations as at the end of a capture; one that
  /// goes on is met anew, in the middle.
  mutating func makeRoom() {
    turns += 1
    closeAllLanes()
    func last(_ id: FlowID) -> Timestamp {
      Swift.max(flows.side(id, .forward).lastTime, flows.side(id, .reverse).lastTime)
    }
    // A batch is followed pair by pair: its last frame is not the latest.
    var now = met.scene.sighting.time
    for id in flows.flows.indices { now = Swift.max(now, last(FlowID(truncatingIfNeeded: id))) }
    var kept: [FlowID] = []
    for id in flows.flows.indices {
      let number = FlowID(truncatingIfNeeded: id)
      let flow = flows.flows[id]
      let isAnswered = flows.side(number, .forward).packets > 0 && flows.side(number, .reverse).packets > 0
      let (age, _) = now.nanoseconds.subtractingReportingOverflow(last(number).nanoseconds)
      if isAnswered, !flow.state.isOver, !states[id].isOver, !flow.isOverflow, age < Self.idle { kept.append(number) }
    }
    if kept.count > flows.roomyCount {
      kept.sort { (last($0), $0) > (last($1), $1) }
      kept = Array(kept.prefix(flows.roomyCount)).sorted()
    }
    var isKept = Array(repeating: false, count: flows.count)
    for number in kept { isKept[Int(number)] = true }
    for id in flows.flows.indices where !isKept[id] { putAway(id) }
    streams.keep(kept)
    states = kept.map { states[Int($0)] }
    flows.keep(kept)
  }

  private mutating func putAway(_ id: Int) {
    let flow = flows.flows[id]
    if flow.transport == .tcp, !states[id].isOver, !flow.isOverflow { finishOpen(id, flow) }
    streams.release(FlowID(truncatingIfNeeded: id))
    addFlow(id)
    if states[id].channel != .max { dissection.close(states[id].channel) }
  }

  // MARK: the account

  /// What was left out, and how often.
  func limitsReached() -> [CountFact] {
    var reached: [CountFact] = []
    func limit(_ name: String, _ count: UInt64) {
      if count > 0 { reached.append(CountFact(kind: "limit", detail: name, count: count)) }
    }
    let admission = hosts.table.admission
    limit(
      "addresses not kept apart, about: beyond the first \(admission.limits.hosts) only those of an exchange are, "
        + "\(admission.limits.exchangingHosts) in all", admission.refusedAddresses)
    limit("packets of addresses not kept apart, not looked into", admission.refusedPackets)
    limit(
      "times the \(flows.limits.flows) connections followed at one time were too many; idle ones were put away", turns)
    limit("packets of host pairs with too many conversations, counted together", flows.overflowPackets)
    limit("data units longer than \(Limits.pduBytes) bytes, not read", dissection.oversized)
    limit(
      "incomplete data units, dropped as all together were longer than \(Limits.pendingBytes >> 20) MiB",
      dissection.dropped)
    limit(
      "announced conversations, forgotten when more than \(Limits.announcements) were waited for", dissection.forgotten)
    limit("streams whose waiting segments passed a limit", streams.counters.streamLimitHits)
    limit("segments that waited beyond the limit of all streams", streams.counters.totalLimitHits)
    return reached
  }

  /// How much of what is limited for all conversations together one worker has met. Their sum tells whether one worker
  /// that sees everything would have reached a limit.
  struct Size: Sendable {
    var hosts = 0
    var flows = 0
    var announcements = 0
    var facts = FactFolder.Size()

    /// Whether workers with these sizes and hosts together may have reached a limit of all.
    static func isLimited(_ sizes: [Size], _ hosts: [[HostAddress]]) -> Bool {
      var sum = Size()
      for size in sizes {
        sum.hosts += size.hosts
        sum.flows += size.flows
        sum.announcements += size.announcements
        sum.facts.add(size.facts)
      }
      if sum.flows >= Limits.flows || sum.announcements >= Limits.announcements || sum.facts.isLimited(FactLimits()) {
        return true
      }
      // Most hosts are met by several workers.
      guard sum.hosts + 2 > Limits.hosts else { return false }
      return Set(hosts.joined()).count + 2 > Limits.hosts
    }
  }

  var size: Size {
    Size(
      hosts: hosts.table.count, flows: turns > 0 ? .max >> 8 : flows.count, announcements: dissection.mostExpected,
      facts: folder.size)
  }
}
