extension Schema {
  /// The public interface of rules and hunts: facts joined with hosts, assets and evidence, times as text beside numbers.
  public static let views: [View] = [
    View(
      name: "v_event", about: "Single occurrences of notable operations.",
      columns: [
        .init(name: "id", type: .integer, about: "Number of the event.", expression: "e.id"),
        .init(name: "operation_id", type: .integer, about: "The operation it is one of.", expression: "e.operation_id"),
      ] + operationColumns + [
        .init(name: "role", type: .text, about: "request, response or publish.", expression: "e.role"),
        .init(
          name: "outcome", type: .text, about: "success, failure; none: the message does not say.",
          expression: "e.outcome"),
        .init(
          name: "status_code", type: .integer, about: "The protocol's own status code of a failure.",
          expression: "e.status_code"),
        .init(name: "value_low", type: .real, about: "Smallest value in it.", expression: "e.value_low"),
        .init(name: "value_high", type: .real, about: "Largest value in it.", expression: "e.value_high"),
        .init(name: "time", type: .text, about: "When, ISO 8601 in UTC.", expression: iso("e.time")),
        .init(name: "time_ns", type: .time, about: "When, nanoseconds since 1970.", expression: "e.time"),
        .init(name: "count", type: .integer, about: "Always 1.", expression: "1"),
      ] + peers + seen("e", first: "time", last: "time") + evidence("e"),
      source: """
        FROM event e JOIN operation o ON o.id = e.operation_id JOIN conversation c ON c.id = o.conversation_id
        \(joins("o.client_id", "o.server_id", evidence: "e"))
        """),
    View(
      name: "v_operation", about: "Operations of one code on one object in one conversation, with counts.",
      columns: [
        .init(name: "id", type: .integer, about: "Number of the operation.", expression: "o.id")
      ] + operationColumns + [
        .init(
          name: "is_published", type: .boolean, about: "Sent unasked to whoever listens.", expression: "o.is_published"),
        .init(
          name: "outcome", type: .text,
          about: "success: answered and never refused; failure: always refused; mixed; none: no answer seen.",
          expression: """
            CASE WHEN o.responses = 0 THEN 'none' WHEN o.failures = 0 THEN 'success' \
            WHEN o.failures >= o.responses THEN 'failure' ELSE 'mixed' END
            """),
        .init(name: "requests", type: .integer, about: "Requests or publications.", expression: "o.requests"),
        .init(name: "responses", type: .integer, about: "Responses, good or bad.", expression: "o.responses"),
        .init(name: "failures", type: .integer, about: "Responses that refuse or fail.", expression: "o.failures"),
        .init(
          name: "failure_code", type: .integer, about: "Status code of the first failure.", expression: "o.failure_code"
        ),
        .init(name: "value_low", type: .real, about: "Smallest value written or reported.", expression: "o.value_low"),
        .init(name: "value_high", type: .real, about: "Largest value written or reported.", expression: "o.value_high"),
        .init(
          name: "count", type: .integer, about: "Requests, or responses where only those were seen.",
          expression: "max(o.requests, o.responses)"),
      ] + peers + seen("o") + evidence("o"),
      source: """
        FROM operation o JOIN conversation c ON c.id = o.conversation_id
        \(joins("o.client_id", "o.server_id", evidence: "o"))
        """),
    View(
      name: "v_conversation",
      about: "Who talks to which service of whom, with volumes, rhythm and where both sides lie.",
      columns: [
        .init(name: "id", type: .integer, about: "Number of the conversation.", expression: "c.id"),
        .init(name: "transport", type: .text, about: "tcp, udp, ethernet, ip.", expression: "c.transport"),
        .init(name: "protocol", type: .text, about: "Main protocol; empty: not recognised.", expression: "c.protocol"),
        .init(
          name: "is_industrial", type: .boolean, about: "Whether the main protocol is industrial.",
          expression: "coalesce((SELECT p.is_industrial FROM protocol p WHERE p.id = c.protocol), 0)"),
        .init(
          name: "client_evidence", type: .text, about: "Why one side is taken for the client.",
          expression: "c.client_evidence"),
      ]
        + [
          ("packets_to_server", "Packets from client to server."), ("bytes_to_server", "Bytes from client to server."),
          ("packets_to_client", "Packets from server to client."), ("bytes_to_client", "Bytes from server to client."),
          ("connections", "TCP connections or UDP port pairs."), ("handshakes", "Completed TCP handshakes."),
          ("resets", "Connections ended by a reset."), ("refused", "Attempts answered by a reset."),
          ("retransmissions", "TCP segments sent again."), ("gap_bytes", "Bytes the capture does not hold."),
          ("intervals", "Intervals between the client's messages."),
        ].map { ViewColumn(name: $0.0, type: .integer, about: $0.1, expression: "c.\($0.0)") }
        + [
          ("interval_mean", "Mean interval in seconds."), ("interval_deviation", "Standard deviation in seconds."),
          ("interval_shortest", "Shortest interval in seconds."), ("interval_longest", "Longest interval in seconds."),
          ("interval_median", "Median interval in seconds."),
          ("regularity", "Share of intervals within 20 % of the median, 0 to 1."),
        ].map { ViewColumn(name: $0.0, type: .real, about: $0.1, expression: "c.\($0.0)") }
        + [
          .init(
            name: "is_cyclic", type: .boolean, about: "Whether the client asks in a steady rhythm.",
            expression: "c.is_cyclic"),
          .init(
            name: "is_answered", type: .boolean,
            about: "Whether a handshake completed, or the server sent anything but refusals.",
            expression: isAnswered("c")),
          .init(
            name: "unknown_shape", type: .text, about: "Shape of unrecognised payload.",
            expression: "c.unknown_shape"),
          .init(
            name: "count", type: .integer, about: "Packets both ways.",
            expression: "c.packets_to_server + c.packets_to_client"),
        ] + peers + seen("c") + evidence("c"),
      source: "FROM conversation c\n\(joins("c.client_id", "c.server_id", evidence: "c"))"),
    View(
      name: "v_identity", about: "What hosts said, or were said, to be.",
      columns: [
        .init(name: "protocol", type: .text, about: "Protocol it was read from.", expression: "i.protocol"),
        .init(name: "attribute", type: .text, about: "What is claimed.", expression: "i.attribute"),
        .init(name: "value", type: .text, about: "The claim.", expression: "i.value"),
        .init(name: "count", type: .integer, about: "How often.", expression: "i.count"),
      ] + holder + seen("i") + evidence("i"),
      source: "FROM identity i\n\(holderJoins("i.host_id", evidence: "i"))"),
    View(
      name: "v_property", about: "Properties of sessions, with both sides and whose property it is.",
      columns: [
        .init(name: "conversation_id", type: .integer, about: "The conversation.", expression: "q.conversation_id"),
        .init(name: "protocol", type: .text, about: "Protocol it was read from.", expression: "q.protocol"),
        .init(
          name: "attribute", type: .text, about: "What: protocol_version, cipher_suite, …", expression: "q.attribute"),
        .init(name: "value", type: .text, about: "Its value.", expression: "q.value"),
        .init(
          name: "side", type: .text, about: "Whose property: client, server or other.",
          expression: "CASE q.host_id WHEN c.server_id THEN 'server' WHEN c.client_id THEN 'client' ELSE 'other' END"),
        .init(
          name: "asset", type: .text, about: "Asset whose property it is.",
          expression: "(SELECT w.asset_id FROM host w WHERE w.id = q.host_id)"),
        .init(
          name: "address", type: .text, about: "Address whose property it is.",
          expression: "(SELECT w.address FROM host w WHERE w.id = q.host_id)"),
        .init(name: "count", type: .integer, about: "How often.", expression: "q.count"),
      ] + peers + seen("q") + evidence("q"),
      source: """
        FROM property q JOIN conversation c ON c.id = q.conversation_id
        \(joins("c.client_id", "c.server_id", evidence: "q"))
        """),
    View(
      name: "v_credential", about: "Credentials anybody on the wire could read.",
      columns: [
        .init(name: "conversation_id", type: .integer, about: "The conversation.", expression: "k.conversation_id"),
        .init(name: "protocol", type: .text, about: "Protocol it was read from.", expression: "k.protocol"),
        .init(name: "scheme", type: .text, about: "How it was sent.", expression: "k.scheme"),
        .init(name: "account", type: .text, about: "Account name; empty: none.", expression: "k.account"),
        .init(name: "strength", type: .text, about: "What is known of the secret.", expression: "k.strength"),
        .init(name: "accepted", type: .boolean, about: "Whether accepted; NULL: not seen.", expression: "k.accepted"),
        .init(name: "count", type: .integer, about: "How often.", expression: "k.count"),
      ] + peers + seen("k") + evidence("k"),
      source: """
        FROM credential k JOIN conversation c ON c.id = k.conversation_id
        \(joins("k.client_id", "k.server_id", evidence: "k"))
        """),
    View(
      name: "v_host", about: "Addresses with their asset.",
      columns: [
        .init(name: "id", type: .integer, about: "Number of the host.", expression: "h.id"),
        .init(name: "family", type: .text, about: "ipv4, ipv6 or mac.", expression: "h.family"),
        .init(name: "scope", type: .text, about: "Who can reach it.", expression: "h.scope"),
        .init(name: "vlans", type: .text, about: "VLAN ids, joined by commas.", expression: "h.vlans"),
        .init(
          name: "macs", type: .text, about: "MAC addresses it sent from, joined by commas.",
          expression: "(SELECT group_concat(m.mac) FROM host_mac m WHERE m.host_id = h.id)"),
        .init(name: "packets_sent", type: .integer, about: "Packets it sent.", expression: "h.packets_sent"),
        .init(name: "bytes_sent", type: .integer, about: "Bytes it sent.", expression: "h.bytes_sent"),
        .init(
          name: "packets_received", type: .integer, about: "Packets it was sent.", expression: "h.packets_received"),
        .init(name: "bytes_received", type: .integer, about: "Bytes it was sent.", expression: "h.bytes_received"),
        .init(name: "ttl_low", type: .integer, about: "Smallest time-to-live it sent with.", expression: "h.ttl_low"),
        .init(name: "ttl_high", type: .integer, about: "Largest time-to-live it sent with.", expression: "h.ttl_high"),
        .init(
          name: "unanswered_attempts", type: .integer, about: "Connection attempts nobody answered.",
          expression: "h.unanswered_attempts"),
        .init(
          name: "count", type: .integer, about: "Packets sent and received.",
          expression: "h.packets_sent + h.packets_received"),
      ] + holder + seen("h") + evidence("h"),
      source: "FROM host h\nLEFT JOIN asset a ON a.id = h.asset_id\nLEFT JOIN evidence v ON v.id = h.evidence_id"),
    View(
      name: "v_service_use", about: "Services on the internet that hosts use, with both sides and what told it.",
      columns: [
        .init(name: "service_name", type: .text, about: "The service.", expression: "s.service_name"),
        .init(name: "category", type: .text, about: "What it is for.", expression: "s.category"),
        .init(name: "via", type: .text, about: "What told it.", expression: "s.via"),
        .init(
          name: "value", type: .text, about: "The name, certificate, user agent or protocol.", expression: "s.value"),
        .init(
          name: "conversation_id", type: .integer, about: "Conversation that tells it; NULL: told of a host.",
          expression: "s.conversation_id"),
        .init(name: "count", type: .integer, about: "How often it was told.", expression: "s.count"),
        .init(name: "level", type: .real, about: "Purdue level of the asset.", expression: "a.purdue_level"),
        .init(name: "is_ot", type: .boolean, about: "Whether the asset is OT.", expression: "a.is_ot"),
        .init(name: "scope", type: .text, about: "Who can reach the host.", expression: "h.scope"),
        .init(name: "peer_asset", type: .text, about: "Asset of the other side.", expression: "h2.asset_id"),
        .init(name: "peer_address", type: .text, about: "Address of the other side.", expression: "h2.address"),
        .init(name: "peer_scope", type: .text, about: "Who can reach the other side.", expression: "h2.scope"),
      ] + holder + seen("s") + evidence("s"),
      source: "FROM service_use s\n\(holderJoins("s.host_id", evidence: "s"))\nLEFT JOIN host h2 ON h2.id = s.peer_id"),
    View(
      name: "v_asset", about: "Devices and outside parties with their addresses.",
      columns: [
        .init(name: "id", type: .text, about: "Stable key.", expression: "a.id"),
        .init(
          name: "addresses", type: .text, about: "Its addresses, joined by commas.",
          expression: "(SELECT group_concat(h.address) FROM host h WHERE h.asset_id = a.id)"),
        .init(
          name: "macs", type: .text, about: "MAC addresses that are its own, joined by commas.",
          expression: "(SELECT group_concat(m.mac) FROM asset_mac m WHERE m.asset_id = a.id)"),
      ]
        + [
          ("kind", ColumnType.text, "internal or external."), ("presence", .text, "sent, addressed or configured."),
          ("name", .text, "What to call it."),
          ("role", .text, "What it does here."), ("device_type", .text, "Class of device."),
          ("vendor", .text, "Vendor."),
          ("product", .text, "Product."), ("order_number", .text, "Order number."),
          ("serial_number", .text, "Serial number."), ("hardware", .text, "Hardware version."),
          ("firmware", .text, "Firmware version."), ("operating_system", .text, "Operating system."),
          ("hostname", .text, "Host name."), ("purdue_level", .real, "Level of the Purdue model."),
          ("zone_id", .text, "Zone."), ("criticality", .integer, "1 to 5."), ("is_ot", .boolean, "Whether it is OT."),
        ].map { ViewColumn(name: $0.0, type: $0.1, about: $0.2, expression: "a.\($0.0)") }
        + [
          .init(
            name: "packets", type: .integer, about: "Packets its addresses sent.",
            expression: "(SELECT total(h.packets_sent) FROM host h WHERE h.asset_id = a.id)")
        ] + seen("a") + evidence("a"),
      source: "FROM asset a LEFT JOIN evidence v ON v.id = a.evidence_id"),
  ]

  // MARK: what views share

  /// ISO 8601 in UTC with microseconds of a column in nanoseconds; NULL stays NULL.
  static func iso(_ column: String) -> String {
    "strftime('%Y-%m-%dT%H:%M:%S', \(column) / 1000000000, 'unixepoch') || printf('.%06dZ', \(column) / 1000 % 1000000)"
  }

  private static let operationColumns: [ViewColumn] = [
    .init(name: "conversation_id", type: .integer, about: "The conversation.", expression: "o.conversation_id"),
    .init(name: "kind", type: .text, about: "read, write, control, program, firmware, …", expression: "o.kind"),
    .init(name: "protocol", type: .text, about: "Its protocol.", expression: "o.protocol"),
    .init(name: "code", type: .text, about: "Wire code.", expression: "o.code"),
    .init(name: "name", type: .text, about: "The specification's name of the code.", expression: "o.name"),
    .init(name: "object", type: .text, about: "What was touched; empty: not said.", expression: "o.object"),
  ]

  /// Whether the server of a conversation answered. A refusal that is recorded twice, as where a port is mirrored in both
  /// directions, is still none: not all connections may have been refused.
  public static func isAnswered(_ table: String) -> String {
    let (c, refused) = (table, "\(table).refused")
    return "(\(c).handshakes > 0 OR \(c).packets_to_client > \(refused) AND \(c).connections > \(refused))"
  }

  /// Both sides of a conversation `c`, by host and by asset.
  private static let peers: [ViewColumn] =
    side("client", host: "h1", asset: "a1") + side("server", host: "h2", asset: "a2") + [
      .init(name: "server_port", type: .integer, about: "Port of the server.", expression: "c.server_port"),
      .init(
        name: "service", type: .text, about: "Transport and server port: tcp/502; ethernet/0x8892; ip/1.",
        expression: """
          CASE WHEN c.server_port IS NOT NULL THEN c.transport || '/' || c.server_port \
          WHEN c.transport = 'ethernet' THEN printf('ethernet/0x%04x', c.network_protocol) \
          ELSE c.transport || '/' || c.network_protocol END
          """),
    ]

  private static func side(_ name: String, host: String, asset: String) -> [ViewColumn] {
    [
      .init(
        name: "\(name)_asset", type: .text, about: "Asset of the \(name); NULL: a group address.",
        expression: "\(host).asset_id"),
      .init(name: "\(name)_address", type: .text, about: "Address of the \(name).", expression: "\(host).address"),
      .init(name: "\(name)_scope", type: .text, about: "Who can reach the \(name).", expression: "\(host).scope"),
      .init(name: "\(name)_name", type: .text, about: "Name of the \(name).", expression: "\(asset).name"),
      .init(name: "\(name)_role", type: .text, about: "Role of the \(name).", expression: "\(asset).role"),
      .init(name: "\(name)_zone", type: .text, about: "Zone of the \(name).", expression: "\(asset).zone_id"),
      .init(
        name: "\(name)_level", type: .real, about: "Purdue level of the \(name).", expression: "\(asset).purdue_level"),
      .init(name: "\(name)_is_ot", type: .boolean, about: "Whether the \(name) is OT.", expression: "\(asset).is_ot"),
    ]
  }

  /// The one host `h` a row speaks of.
  private static let holder: [ViewColumn] = [
    .init(name: "asset", type: .text, about: "Asset; NULL: a group address.", expression: "h.asset_id"),
    .init(name: "address", type: .text, about: "Address.", expression: "h.address"),
    .init(name: "name", type: .text, about: "Name of the asset.", expression: "a.name"),
    .init(name: "role", type: .text, about: "Role of the asset.", expression: "a.role"),
    .init(name: "zone", type: .text, about: "Zone of the asset.", expression: "a.zone_id"),
  ]

  private static func seen(_ table: String, first: String = "first_time", last: String = "last_time") -> [ViewColumn] {
    [
      .init(
        name: "first_seen", type: .text, about: "When first seen, ISO 8601 in UTC.",
        expression: iso("\(table).\(first)"), number: "\(table).\(first) / 1000 * 1000"),
      .init(
        name: "last_seen", type: .text, about: "When last seen, ISO 8601 in UTC.",
        expression: iso("\(table).\(last)"), number: "\(table).\(last) / 1000 * 1000"),
      .init(name: "first_ns", type: .time, about: "When first seen.", expression: "\(table).\(first)"),
      .init(name: "last_ns", type: .time, about: "When last seen.", expression: "\(table).\(last)"),
    ]
  }

  private static func evidence(_ table: String) -> [ViewColumn] {
    [
      .init(
        name: "evidence_id", type: .integer, about: "Evidence file of the first occurrence.",
        expression: "\(table).evidence_id"),
      .init(name: "frame", type: .integer, about: "Frame of the first occurrence.", expression: "\(table).frame"),
      .init(
        name: "evidence", type: .text, about: "The two as text: name:frame.",
        expression: "v.name || ':' || \(table).frame",
        number: "\(table).evidence_id << \(View.frameBits) | \(table).frame"),
    ]
  }

  private static func joins(_ client: String, _ server: String, evidence table: String) -> String {
    """
    JOIN host h1 ON h1.id = \(client) JOIN host h2 ON h2.id = \(server)
    LEFT JOIN asset a1 ON a1.id = h1.asset_id LEFT JOIN asset a2 ON a2.id = h2.asset_id
    LEFT JOIN evidence v ON v.id = \(table).evidence_id
    """
  }

  private static func holderJoins(_ host: String, evidence table: String) -> String {
    """
    JOIN host h ON h.id = \(host) LEFT JOIN asset a ON a.id = h.asset_id
    LEFT JOIN evidence v ON v.id = \(table).evidence_id
    """
  }
}
