import OTCore

/// The document that `otassess facts --format json` prints: schema `otassess.facts/1`.
///
/// Hosts with their addresses, roles by protocol and identity values; conversations by protocol, client, server and
/// port with their operations; shapes of what was not recognised.
public struct FactsDocument {
  private let facts: Facts
  private let pretty: Bool

  public init(_ facts: Facts, pretty: Bool = false) {
    self.facts = facts
    self.pretty = pretty
  }

  public func json() -> [UInt8] {
    var writer = JSONWriter(pretty: pretty)
    writer.object { writer in
      writer.field("schema", "otassess.facts/1")
      writer.field("packets", facts.packets)
      writer.field("bytes", facts.bytes)
      writer.field("first_time", facts.firstTime?.description)
      writer.field("last_time", facts.lastTime?.description)
      writer.key("hosts")
      writer.array(hosts)
      writer.key("conversations")
      writer.array(conversations)
      writer.key("unknown_shapes")
      writer.array(unknownShapes)
      writer.key("undecoded")
      writer.array { counts(facts.undecoded, &$0) }
      writer.key("limits")
      writer.array { counts(facts.limits, &$0) }
    }
    writer.newline()
    return writer.bytes
  }

  private func hosts(_ writer: inout JSONWriter) {
    let roles = roles()
    let identities = Dictionary(grouping: facts.identities, by: \.host)
    for (index, host) in facts.hosts.enumerated() where !Self.isNobody(host.address) {
      writer.object { writer in
        writer.field("address", host.address.description)
        writer.field("macs", host.macs.map(\.mac.description))
        writer.key("roles")
        writer.object { writer in
          for (name, held) in (roles[index] ?? [:]).sorted(by: { $0.key < $1.key }) {
            writer.key(text: name)
            writer.value(held.sorted())
          }
        }
        writer.key("identity")
        writer.array { writer in
          for identity in identities[index] ?? [] {
            writer.object { writer in
              writer.field("attribute", identity.attribute.name)
              writer.field("value", identity.value)
              writer.field("protocol", identity.protocol)
              writer.field("frame", identity.first.frame)
            }
          }
        }
        writer.field("packets_sent", host.packetsSent)
        writer.field("packets_received", host.packetsReceived)
      }
    }
  }

  /// Whether an address stands for no host: the zero address given to frames of links without addresses (MS/TP).
  private static func isNobody(_ address: HostAddress) -> Bool { address == .mac(.zero) }

  /// Address of a host, or nil for nobody.
  private func name(_ host: Int) -> String? {
    let address = facts.hosts[host].address
    return Self.isNobody(address) ? nil : address.description
  }

  /// As ``name(_:)``, and nil where all that is known are answers sent to many: who asked for them is not.
  private func client(_ host: Int) -> String? {
    facts.hosts[host].address.isGroup && facts.hosts[host].packetsSent == 0 ? nil : name(host)
  }

  /// Per host: protocol → client, server, publisher, subscriber. An address that names many, or nobody, plays no role.
  private func roles() -> [Int: [String: Set<String>]] {
    var roles: [Int: [String: Set<String>]] = [:]
    let playsNone = facts.hosts.map { $0.isGroup || $0.isMadeUp }
    var told: Set<Relation> = []
    for operation in facts.operations {
      told.insert(Relation(name: operation.protocol, client: operation.client, server: operation.server))
      let asker = operation.isPublished ? "publisher" : "client"
      let asked = operation.isPublished ? "subscriber" : "server"
      if !playsNone[operation.client] {
        roles[operation.client, default: [:]][operation.protocol, default: []].insert(asker)
      }
      if !playsNone[operation.server] {
        roles[operation.server, default: [:]][operation.protocol, default: []].insert(asked)
      }
    }
    // A protocol that was recognised between two hosts and asked nothing (link frames, acknowledgements) has two ends too;
    // but a station of a bus that was only polled for and never spoke plays no part in it.
    for conversation in facts.conversations {
      let (client, server) = (conversation.client, conversation.server)
      guard !facts.hosts[client].isGroup else { continue }
      for name in conversation.protocols {
        guard !told.contains(Relation(name: name, client: client, server: server)),
          !told.contains(Relation(name: name, client: server, server: client))
        else { continue }
        let isRouted = conversation.transport == .tcp || conversation.transport == .udp
        for (host, role) in [(client, "client"), (server, "server")]
        where (isRouted || facts.hosts[host].packetsSent > 0) && !playsNone[host] {
          roles[host, default: [:]][name, default: []].insert(role)
        }
      }
    }
    return roles
  }

  private struct Relation: Hashable, Comparable {
    var name: String
    var client: Int
    var server: Int
    var port: UInt16?
    static func < (left: Self, right: Self) -> Bool {
      (left.name, left.client, left.server, left.port ?? 0) < (right.name, right.client, right.server, right.port ?? 0)
    }
  }

  private func conversations(_ writer: inout JSONWriter) {
    var relations: [Relation: [OperationFact]] = [:]
    for operation in facts.operations {
      let conversation = facts.conversations[operation.conversation]
      let relation = Relation(
        name: operation.protocol, client: operation.client, server: operation.server, port: conversation.serverPort)
      relations[relation, default: []].append(operation)
    }
    for conversation in facts.conversations {
      for name in conversation.protocols {
        let relation = Relation(
          name: name, client: conversation.client, server: conversation.server, port: conversation.serverPort)
        let back = Relation(
          name: name, client: conversation.server, server: conversation.client, port: conversation.serverPort)
        if relations[relation] == nil, relations[back] == nil { relations[relation] = [] }
      }
    }
    for relation in relations.keys.sorted() {
      writer.object { writer in
        writer.field("protocol", relation.name)
        writer.field("client", client(relation.client))
        writer.field("server", name(relation.server))
        writer.key("server_port")
        if let port = relation.port { writer.value(port) } else { writer.null() }
        writer.key("operations")
        writer.array { operations(relations[relation] ?? [], &$0) }
      }
    }
  }

  /// Operations of one relation by code and name; objects are left out here.
  private func operations(_ rows: [OperationFact], _ writer: inout JSONWriter) {
    struct Total {
      var row: OperationFact
      var requests: UInt64 = 0
      var responses: UInt64 = 0
      var failures: UInt64 = 0
    }
    var totals: [String: Total] = [:]
    for row in rows {
      var total = totals[row.code + "\u{0}" + row.name] ?? Total(row: row)
      total.requests += row.requests
      total.responses += row.responses
      total.failures += row.failures
      if row.first < total.row.first { total.row = row }
      totals[row.code + "\u{0}" + row.name] = total
    }
    for (_, total) in totals.sorted(by: { $0.key < $1.key }) {
      writer.object { writer in
        writer.field("code", total.row.code)
        writer.field("name", total.row.name)
        writer.field("kind", total.row.kind.name)
        writer.field("requests", total.requests)
        writer.field("responses", total.responses)
        writer.field("failures", total.failures)
        writer.field("first_frame", total.row.first.frame)
      }
    }
  }

  private func unknownShapes(_ writer: inout JSONWriter) {
    for shape in facts.unknownShapes {
      writer.object { writer in
        writer.field("name", shape.name)
        writer.field("transport", shape.transport.name)
        writer.key("ports")
        writer.array { writer in
          for port in shape.ports { writer.value(port) }
        }
        writer.field("network_protocol", shape.networkProtocol)
        writer.field("conversations", shape.conversations)
        writer.field("looks_like", shape.looksLike)
        writer.field("pattern", shape.pattern)
        writer.field("fields", shape.fields)
        writer.field("is_comparable", shape.isComparable)
        let directions: [(StaticString, UnknownShapeFact.Direction)] = [
          ("to_server", shape.toServer), ("to_client", shape.toClient),
        ]
        for (key, direction) in directions {
          writer.key(key)
          writer.object { writer in
            writer.field("units", direction.units)
            writer.field("bytes", direction.bytes)
            writer.field("sizes", direction.sizes)
            writer.field("begins", direction.begins)
            writer.field("content", direction.content)
          }
        }
        writer.field("frame", shape.first.frame)
      }
    }
  }

  private func counts(_ rows: [CountFact], _ writer: inout JSONWriter) {
    for row in rows {
      writer.object { writer in
        writer.field("kind", row.kind)
        writer.field("detail", row.detail)
        writer.field("count", row.count)
      }
    }
  }
}
