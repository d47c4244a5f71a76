import OTCore
import OTProtocols
import Testing

@testable import OTFacts

/// A protocol of one byte: its code. 7 is notable.
private struct OneByte: Dissector {
  static let protocols = [
    ProtocolInfo(
      id: "onebyte", name: "One byte", specification: "these tests", isIndustrial: true, depth: [.operations],
      reads: "the byte", displayFilter: "")
  ]
  static let claims: [Claim] = [.udp(7)]
  static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing { .pdu(byteCount: 1) }
  mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {}
  static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    OperationDescription(code: "\(code)", name: "code \(code)", kind: code == 7 ? .control : .read)
  }
  static func describe(
    object a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, operation code: UInt64, layer: Int
  ) -> String? { "item \(a)" }
}

private struct Numbers: HostNumbering {
  var addresses: [HostAddress]
  mutating func number(of address: HostAddress) -> UInt32? { place(of: address) }
  mutating func place(of address: HostAddress) -> UInt32 {
    if let index = addresses.firstIndex(of: address) { return UInt32(index) }
    addresses.append(address)
    return UInt32(addresses.count - 1)
  }
}

private let client = HostAddress.ipv4(0x0a00_0001)
private let server = HostAddress.ipv4(0x0a00_0002)
private let mac = MACAddress(value: 0x001b_1b00_0001)

private func sighting(_ milliseconds: Int64, _ frame: UInt64 = 1) -> Sighting {
  Sighting(time: Timestamp(nanoseconds: milliseconds * 1_000_000), file: 0, frame: frame)
}

/// A worker with its own host order, fed by `body(folder, numbers, conversation)`.
private func fold(
  hosts: [HostAddress], _ body: (inout FactFolder, inout Numbers, UInt32) -> Void
) -> FolderPart {
  var folder = FactFolder(ProtocolTable([OneByte.self]))
  var numbers = Numbers(addresses: hosts)
  let from = numbers.place(of: client)
  let to = numbers.place(of: server)
  let conversation =
    folder.conversation(.udp, client: from, server: to, port: 7, networkProtocol: 0, sighting(0)) ?? .max
  var flow = FlowTotals()
  flow.first = sighting(0)
  flow.packetsToServer = 1
  folder.add(flow, to: conversation)
  body(&folder, &numbers, conversation)
  return FolderPart(folder, numbers.addresses)
}

private func record(
  _ folder: inout FactFolder, _ numbers: inout Numbers, _ conversation: UInt32, at time: Int64, frame: UInt64 = 1,
  fromClient: Bool = true, _ observe: (inout ObservationBuffer) -> Void
) {
  var buffer = ObservationBuffer()
  observe(&buffer)
  let from = numbers.place(of: client)
  let to = numbers.place(of: server)
  folder.fold(
    &buffer,
    FactFolder.Scene(
      conversation: conversation, sender: fromClient ? from : to, receiver: fromClient ? to : from,
      sighting: sighting(time, frame)), &numbers)
}

@Suite struct Folding {
  @Test func requestsAndResponsesOfOneCodeAndObjectAreOneRow() throws {
    let part = fold(hosts: []) { folder, numbers, conversation in
      for turn in 0..<3 {
        record(&folder, &numbers, conversation, at: Int64(turn), frame: UInt64(turn + 1)) {
          $0.operation(Operation(3, .request, object: .numbers(9, 0, 0, 0), values: .init(Double(turn))))
        }
        record(&folder, &numbers, conversation, at: Int64(turn), frame: UInt64(turn + 1), fromClient: false) {
          $0.operation(
            Operation(3, .response, outcome: turn == 1 ? .failure(2) : .success, object: .numbers(9, 0, 0, 0)))
        }
      }
    }
    let facts = FactFolder.finish([part])
    let row = try #require(facts.operations.first)
    #expect(facts.operations.count == 1)
    #expect(row.requests == 3 && row.responses == 3 && row.failures == 1 && row.failureCode == 2)
    #expect(row.object == "item 9" && row.values == Operation.Values(low: 0, high: 2))
    #expect(facts.hosts[row.client].address == client && facts.hosts[row.server].address == server)
  }

  /// There are hundreds of thousands of them, and each message goes through one.
  @Test func aRowOfOperationsHasNoGaps() { #expect(MemoryLayout<OperationRecord>.stride == 128) }

  @Test func notableOperationsAreKeptAsEventsUpToThePrintedLimit() {
    let occurrences = Limits.eventsPerOperation + 5
    let part = fold(hosts: []) { folder, numbers, conversation in
      for turn in 0..<occurrences {
        record(&folder, &numbers, conversation, at: Int64(turn)) { $0.operation(Operation(7, .request)) }
      }
    }
    let facts = FactFolder.finish([part])
    #expect(facts.events.count == Limits.eventsPerOperation)
    #expect(facts.operations.first?.requests == UInt64(occurrences))
    #expect(facts.limits.map(\.count) == [5])
  }

  @Test func moreObjectsThanTheLimitAreCountedTogether() {
    let extra: UInt32 = 10
    let part = fold(hosts: []) { folder, numbers, conversation in
      for item in 0..<(UInt32(Limits.operationsPerConversation) + extra) {
        record(&folder, &numbers, conversation, at: 1) {
          $0.operation(Operation(3, .request, object: .numbers(item, 0, 0, 0)))
        }
      }
    }
    let facts = FactFolder.finish([part])
    #expect(facts.operations.count == Limits.operationsPerConversation + 1)
    #expect(facts.operations.first { $0.object.isEmpty }?.requests == UInt64(extra))
    #expect(!facts.limits.isEmpty)
  }

  @Test func workersAndTheirHostNumbersLeaveNoTrace() {
    let claim = { (value: StaticString, time: Int64) in
      { (folder: inout FactFolder, numbers: inout Numbers, conversation: UInt32) in
        folder.sent(
          numbers.place(of: client), client, mac: mac, vlan: 5, ttl: Lifetimes(64),
          Traffic(bytes: 60, toGroup: false, sighting(time)))
        record(&folder, &numbers, conversation, at: time) {
          $0.identity(.sender, .hostname, $0.text(value))
          $0.identity(.address(.ipv4(0x0a00_0063)), .hostname, $0.text("named"))
        }
      }
    }
    // What was folded is joined once.
    let one = { fold(hosts: [client, server], claim("crane", 5)) }
    let two = { fold(hosts: [server, .ipv4(9), client], claim("crane", 3)) }
    let facts = FactFolder.finish([one(), two()])
    #expect(FactsDocument(facts).json() == FactsDocument(FactFolder.finish([two(), one()])).json())
    let name = facts.identities.first { $0.value == "crane" }
    #expect(name?.count == 2 && name?.first == sighting(3))
    #expect(facts.hosts.first { $0.address == client }?.macs.first?.packets == 2)
  }

  /// A cycle of 100 ms is told from irregular traffic, and a burst of messages is one beat.
  @Test(
    arguments: [
      (Array(stride(from: Int64(0), to: 3000, by: 100)), true, 0.1),
      ([0, 10, 300, 310, 2000, 2100, 2150, 9000, 9900, 20000, 20100], false, nil),
    ] as [([Int64], Bool, Double?)])
  func rhythmIsMeasured(times: [Int64], isCyclic: Bool, median: Double?) throws {
    let part = fold(hosts: []) { folder, _, conversation in
      for time in times { folder.beat(conversation, Timestamp(nanoseconds: time * 1_000_000)) }
    }
    let timing = try #require(FactFolder.finish([part]).conversations.first?.timing)
    #expect(timing.isCyclic == isCyclic)
    #expect(timing.intervals == UInt64(times.count - 1))
    if let median { #expect(abs(timing.median - median) < median * 0.1) }
  }

  @Test(arguments: [Int64.min, 0, 1_000_000, 1 << 20, 1 << 40, .max])
  func everyIntervalHasABucket(interval: Int64) {
    #expect((0..<TimingRecord.bucketCount).contains(TimingRecord.bucket(interval)))
  }

  @Test func aGroupAddressPlaysNoRole() {
    var folder = FactFolder(ProtocolTable([OneByte.self]))
    var numbers = Numbers(addresses: [client, .ipv4(0x0a00_00ff)])
    folder.received(1, .ipv4(0x0a00_00ff), Traffic(bytes: 60, toGroup: true, sighting(0)))
    let conversation =
      folder.conversation(.udp, client: 0, server: 1, port: 7, networkProtocol: 0, sighting(0)) ?? .max
    folder.add(FlowTotals(), to: conversation)
    var buffer = ObservationBuffer()
    buffer.operation(Operation(3, .request))
    folder.fold(
      &buffer, FactFolder.Scene(conversation: conversation, sender: 0, receiver: 1, sighting: sighting(0)), &numbers)
    let facts = FactFolder.finish([FolderPart(folder, numbers.addresses)])
    #expect(facts.hosts.map(\.isGroup) == [false, true])
    let text = String(decoding: FactsDocument(facts).json(), as: UTF8.self)
    #expect(text.contains("\"client\"]") && !text.contains("\"server\"]"))
  }

  /// No card sends with the bit of a group set in its address (01:…): such frames are made, and mean nobody. A few of them
  /// among many good ones take no role away.
  @Test(arguments: [(good: 0, bad: 1, hasRole: false), (4, 5, false), (5, 4, true)])
  func whoMostlySendsAsAGroupPlaysNoRole(good: Int, bad: Int, hasRole: Bool) {
    let group = MACAddress(value: 0x0102_0304_0506)
    let part = fold(hosts: []) { folder, numbers, conversation in
      for (sender, count) in [(mac, good), (group, bad)] {
        for _ in 0..<count {
          folder.sent(
            numbers.place(of: client), client, mac: sender, vlan: 0, ttl: Lifetimes(64),
            Traffic(bytes: 60, toGroup: false, sighting(0)))
        }
      }
      record(&folder, &numbers, conversation, at: 0) { $0.operation(Operation(3, .request)) }
    }
    let facts = FactFolder.finish([part])
    #expect(facts.hosts.map(\.isMadeUp) == [!hasRole, false])
    let text = String(decoding: FactsDocument(facts).json(), as: UTF8.self)
    #expect(text.contains("\"client\"]") == hasRole && text.contains("\"server\"]"))
  }
}
