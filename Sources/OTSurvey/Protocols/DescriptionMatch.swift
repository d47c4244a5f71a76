import OTFacts
import OTProtocols

/// How a described protocol fares with captures.
public struct DescriptionMatch: Sendable {
  public var dataUnits: UInt64 = 0
  /// What a consultant reads.
  public var lines: [String] = []

  /// - Parameter facts: of captures that were read with the description.
  public init(_ described: DescribedProtocol, in facts: Facts) {
    let id = described.info.id
    let operations = facts.operations.filter { $0.protocol == id }
    dataUnits = operations.reduce(0) { $0 + $1.requests + $1.responses }
    let spoken = facts.conversations.filter { $0.protocols.contains(id) }
    lines.append(
      "\(id): \(Self.count(Int(clamping: dataUnits), "data unit")) in \(Self.count(spoken.count, "conversation"))")
    for (name, rows) in Dictionary(grouping: operations, by: { "\($0.code) \($0.name)" }).sorted(by: { $0.key < $1.key }
    ) {
      let asked = rows.reduce(0) { $0 + $1.requests }
      let answered = rows.reduce(0) { $0 + $1.responses }
      let failed = rows.reduce(0) { $0 + $1.failures }
      lines.append("  \(name): \(asked) asked, \(answered) answered" + (failed > 0 ? ", \(failed) refused" : ""))
    }
    for (field, rows) in Dictionary(grouping: facts.anomalies.filter { $0.protocol == id }, by: { $0.field })
      .sorted(by: { $0.key < $1.key })
    {
      lines.append("  does not fit: \(field) in \(rows.reduce(0) { $0 + $1.count }) places")
    }
    // Where it was expected and not met.
    let own = facts.conversations.filter { Self.isExpected(described, $0) && !$0.protocols.contains(id) }
    let unknown = own.filter(\.protocols.isEmpty)
    if !unknown.isEmpty {
      let shapes = Set(unknown.compactMap(\.unknownShape)).sorted().joined(separator: ", ")
      lines.append(
        "  \(Self.count(unknown.count, "conversation")) on its ports did not match"
          + (shapes.isEmpty ? " (no payload)" : ": \(shapes)"))
    }
    let taken = Set(own.compactMap(\.protocols.first)).sorted()
    if !taken.isEmpty { lines.append("  its ports also carry what is recognised: \(taken.joined(separator: ", "))") }
  }

  private static func isExpected(_ described: DescribedProtocol, _ conversation: ConversationFact) -> Bool {
    described.claims.contains { claim in
      switch claim {
      case .tcp(let port): conversation.transport == .tcp && conversation.serverPort == port
      case .udp(let port): conversation.transport == .udp && conversation.serverPort == port
      case .etherType(let type): conversation.transport == .ethernet && conversation.networkProtocol == type
      default: false
      }
    }
  }

  private static func count(_ number: Int, _ word: String) -> String {
    number == 1 ? "1 \(word)" : "\(number) \(word)s"
  }
}
