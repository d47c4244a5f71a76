import OTCore
import OTProtocols

/// Conversations as dissectors meet them.
///
/// An input: a dissector's number in 16 bits, flags, then records, one a message or segment. Flags: bit 0 a stream,
/// bit 1 on a port nobody claims, bits 2 and 3 which of the dissector's claims, bits 4 to 7 the length segments are cut
/// to (0: as they are, else 2 to the power of that less 1). A record's head: bit 0 from the client, bit 1 behind a gap,
/// bit 2 bytes cut off by the snap length, bit 3 in a second conversation between the client's port and another one of
/// the server, as the first may have announced it, bit 4 with the other transport there.
enum Conversations {
  /// Stays the same when other dissectors come and go, so that a corpus keeps its value.
  static func number(_ dissector: any Dissector.Type) -> UInt16 {
    var hash: UInt32 = 0x811c_9dc5
    for byte in (dissector.protocols.first?.id ?? "").utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    return UInt16(truncatingIfNeeded: hash ^ hash >> 16)
  }

  private static let numbered = ProtocolRegistry.dissectors.map { (number($0), $0, ProtocolTable([$0])) }
    .sorted { $0.0 < $1.0 }
  private static let lone = numbered.map(\.2)

  private struct Plan {
    var which = 0
    var flags: UInt8 = 0
    /// Of the second conversation.
    static let port: UInt16 = 5001
    var place = DissectionEngine.Place(.udp, server: 9, client: 9)
    var isStream: Bool { flags & 1 == 1 }
    func isStream(_ head: UInt8) -> Bool { isStream != (head & 0x18 == 0x18) }
    func place(_ head: UInt8) -> DissectionEngine.Place {
      head & 8 == 0 ? place : .init(isStream(head) ? .tcp : .udp, server: Self.port, client: 49152)
    }
    var cut: Int { flags >> 4 == 0 ? .max : 1 << (Int(flags >> 4) - 1) }

    init?(_ input: Span<UInt8>) {
      guard let number = input.le16(0), input.count > 3 else { return nil }
      which = numbered.firstIndex { $0.0 >= number } ?? 0
      flags = input[2]
      let claims = numbered[which].1.claims
      guard flags & 2 == 0, !claims.isEmpty else {
        place = .init(isStream ? .tcp : .udp, server: 9, client: 49152)
        return
      }
      if let place = Self.place(claims[Int(flags >> 2 & 3) % claims.count]) { self.place = place }
    }

    init?(_ flags: UInt8, at claim: Claim, isStream: Bool) {
      guard let place = Self.place(claim) else { return nil }
      self.flags = isStream ? flags | 1 : flags & ~1
      self.place = place
    }

    private static func place(_ claim: Claim) -> DissectionEngine.Place? {
      switch claim {
      case .tcp(let port): .init(.tcp, server: port, client: 49152)
      case .udp(let port): .init(.udp, server: port, client: 49152)
      case .ipProtocol(let number): .init(.ipProtocol, server: UInt16(number), client: UInt16(number))
      case .etherType(let type): .init(.etherType, server: type, client: type)
      case .llc(let point): .init(.llc, server: UInt16(point), client: UInt16(point))
      case .linkType(let type): .init(.linkType, server: type, client: type)
      case .snap(let organisation, let id): .init(.snap, server: id, client: id, organisation: organisation)
      case .inner, .announced: nil
      }
    }
  }

  static func meetAll(_ input: Span<UInt8>) {
    guard let plan = Plan(input) else { return }
    converse(plan, .standard, input.extracting(3..<input.count))
  }

  /// Messages as a described protocol reads them, on each of its places.
  ///
  /// An input: the description up to the first NUL, then flags and records as elsewhere.
  static func meetDescribed(_ described: DescribedProtocol, _ messages: Span<UInt8>) {
    guard let flags = messages.byte(0) else { return }
    let table = ProtocolTable([], described: [described])
    for claim in described.claims.isEmpty ? [described.isStream ? .tcp(9) : .udp(9)] : described.claims.prefix(4) {
      guard let plan = Plan(flags, at: claim, isStream: described.isStream) else { continue }
      converse(plan, table, messages.extracting(1..<messages.count))
    }
  }

  static func meetOne(_ input: Span<UInt8>) {
    guard let plan = Plan(input) else { return }
    let messages = input.extracting(3..<input.count)
    converse(plan, lone[plan.which], messages)
    insist(numbered[plan.which].1, plan, messages)
  }

  private static func converse(_ plan: Plan, _ table: ProtocolTable, _ messages: Span<UInt8>) {
    var engine = DissectionEngine(table)
    var out = ObservationBuffer()
    let first = engine.open()
    let others = [engine.open(), engine.open()]
    var records = Records(messages)
    var turn: UInt64 = 0
    while records.next() {
      let forward = records.head & 1 == 1
      let place = plan.place(records.head)
      let channel = records.head & 8 == 0 ? first : others[Int(records.head >> 4 & 1)]
      var context = context(forward, place, isStream: plan.isStream(records.head), frame: turn)
      let body = records.body
      if context.isStream {
        var gap = records.head & 2 == 0 ? 0 : Int(records.head) << 3
        var at = 0
        repeat {
          let count = Swift.min(body.count - at, plan.cut)
          engine.stream(
            channel, forward: forward, body.extracting(at..<(at + count)), gap: gap, &context, place, into: &out)
          gap = 0
          at += count
          look(at: &out, table)
        } while at < body.count
      } else {
        context.missingBytes = records.head & 4 == 0 ? 0 : Int(records.head >> 3)
        engine.datagram(channel, body, &context, place, into: &out)
        look(at: &out, table)
      }
      turn += 1
    }
    for channel in [first] + others { engine.close(channel) }
  }

  /// Bytes its own framing would have refused.
  private static func insist<D: Dissector>(_ type: D.Type, _ plan: Plan, _ messages: Span<UInt8>) {
    var states = [D()]
    var out = ObservationBuffer()
    var records = Records(messages)
    while records.next() {
      let forward = records.head & 1 == 1
      var context = context(forward, plan.place, isStream: plan.isStream, frame: 1)
      context.missingBytes = records.head & 4 == 0 ? 0 : Int(records.head >> 3)
      let hint = FramingHint(isStream: plan.isStream, isClaimed: plan.flags & 2 == 0, senderIsClient: forward)
      if case .pdu(let count) = D.frame(records.body, hint), count < 1 { fatalError("a data unit of \(count) bytes") }
      _ = D.dissect(records.body, context, at: 0, into: &out, of: &states)
      look(at: &out, lone[plan.which])
    }
  }

  private static func context(
    _ forward: Bool, _ place: DissectionEngine.Place, isStream: Bool, frame: UInt64
  ) -> PDUContext {
    let (client, server) = (HostAddress.ipv4(0x0a00_0001), HostAddress.ipv4(0x0a00_0002))
    return PDUContext(
      sender: forward ? client : server, receiver: forward ? server : client,
      senderPort: forward ? place.client : place.server, receiverPort: forward ? place.server : place.client,
      senderIsClient: forward, isStream: isStream, frame: frame + 1,
      time: Timestamp(nanoseconds: Int64(frame) * 1_000_000))
  }

  /// What was recorded has to be describable, and little.
  private static func look(at out: inout ObservationBuffer, _ table: ProtocolTable) {
    guard out.observations.count <= 1 << 16, out.textBytes.count <= 1 << 22 else { fatalError("too much recorded") }
    for observation in out.observations {
      guard case .operation(let operation) = observation else { continue }
      _ = table.describe(code: operation.code, layer: operation.layer)
      if case .numbers(let a, let b, let c, let d) = operation.object {
        _ = table.describe(object: a, b, c, d, code: operation.code, layer: operation.layer)
      }
      if let values = operation.values, !(values.low <= values.high) { fatalError("a range that is none") }
    }
    out.removeAll()
  }
}
