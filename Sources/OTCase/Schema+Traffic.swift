extension Schema {
  /// Who was there.
  static let hostTables: [Table] = [
    Table(
      "host", "An address that sent or was sent packets. Several addresses may be one asset.",
      [
        .id("Number of the host, in the order of addresses."),
        .text("address", "IPv4 (dotted), IPv6 (RFC 5952) or MAC address of a host without IP."),
        .text("family", "Kind of address.", ["ipv4", "ipv6", "mac"]),
        .text(
          "scope", "Who can reach it.",
          ["public", "private", "shared", "link-local", "loopback", "group", "unspecified", "reserved", "link"]),
        .text("asset_id", "Asset it belongs to; NULL: names no single device (group, unspecified).").optional
          .to("asset.id"),
        .text("asset_reason", "Why it belongs to that asset, or to none."),
      ] + .sightings + [
        .integer("packets_sent", "Packets with it as source.", unit: "packets"),
        .integer("bytes_sent", "Bytes of those packets, from the link layer on.", unit: "bytes"),
        .integer("packets_received", "Packets with it as destination.", unit: "packets"),
        .integer("bytes_received", "Bytes of those packets, from the link layer on.", unit: "bytes"),
        .integer("ttl_low", "Smallest IP time-to-live it sent with.", unit: "hops").optional,
        .integer("ttl_high", "Largest IP time-to-live it sent with.", unit: "hops").optional,
        .text("vlans", "VLAN ids of its packets, ascending, joined by commas; empty: untagged."),
        .integer("unanswered_attempts", "Connection attempts it made that nobody answered.", unit: "attempts"),
      ], indices: [["address"], ["asset_id"]]),
    Table(
      "host_mac", "MAC addresses a host's packets came from.",
      [
        .integer("host_id", "The host.").key.to("host.id"),
        .text("mac", "MAC address, lower-case hexadecimal with colons.").key,
        .integer("packets", "Packets of the host with it as source.", unit: "packets"),
        .text("vendor", "Whom the IEEE assigned it to; NULL: unknown or locally administered.").optional,
        .boolean("is_router", "Whether it forwards for other hosts, so that it is not this host's own."),
      ]),
    Table(
      "identity", "What a host said, or was said, to be. Raw claims; the conclusion is in asset.",
      [
        .integer("host_id", "The host it speaks of.").to("host.id"),
        .text("protocol", "Protocol it was read from.").to("protocol.id"),
        .text("attribute", "What is claimed: vendor, order_number, serial_number, firmware_version, hostname, …"),
        .text("value", "The claim, as it was on the wire."),
        .integer("count", "How often it was claimed.", unit: "claims"),
      ] + .sightings, indices: [["host_id"], ["attribute"]]),
    Table(
      "neighbour", "Devices that announced themselves on one link (LLDP, CDP, STP, …).",
      [
        .integer("host_id", "The host that announced itself.").to("host.id"),
        .text("protocol", "Protocol of the announcement.").to("protocol.id"),
        .text("chassis", "Chassis or bridge id."),
        .text("port", "Port it was sent from."),
        .text("system_name", "System name; empty: not given."),
        .text("management_address", "Management address; empty: not given."),
        .integer("count", "Announcements.", unit: "messages"),
      ] + .sightings, indices: [["host_id"]]),
    Table(
      "binding", "An IP address was said to be reached at a MAC address.",
      [
        .text("address", "The IP address."),
        .text("mac", "The MAC address."),
        .text("source", "Where it was said.", ["arp", "dhcp", "nd", "pn_dcp", "other"]),
        .integer("count", "How often.", unit: "messages"),
      ] + .sightings, indices: [["address"], ["mac"]]),
  ]

  /// Who talks to whom, and with which commands.
  static let trafficTables: [Table] = [
    Table(
      "conversation", "All traffic between a client and one service of a server, whatever the client's port.",
      [
        .id("Number of the conversation, in the order of client, server, transport and port."),
        .text("transport", "Transport.", ["tcp", "udp", "ethernet", "ip"]),
        .integer("client_id", "Host that asks.").to("host.id"),
        .integer("server_id", "Host that is asked; may be a group address.").to("host.id"),
        .integer("server_port", "Port of the server.").optional,
        .integer("network_protocol", "EtherType of ethernet, IP protocol number of ip, else 0."),
        .text("protocol", "Main application protocol; empty: not recognised.").to("protocol.id"),
        .text(
          "client_evidence", "Why one side is taken for the client.",
          ["handshake", "request bits", "known service port", "lower port", "first sender"]),
      ] + .sightings + [
        .integer("packets_to_server", "Packets from client to server.", unit: "packets"),
        .integer("bytes_to_server", "Bytes from client to server, from the link layer on.", unit: "bytes"),
        .integer("packets_to_client", "Packets from server to client.", unit: "packets"),
        .integer("bytes_to_client", "Bytes from server to client, from the link layer on.", unit: "bytes"),
        .integer("connections", "TCP connections or UDP port pairs it is made of.", unit: "connections"),
        .integer("handshakes", "Completed TCP handshakes.", unit: "connections"),
        .integer("resets", "Connections ended by a reset.", unit: "connections"),
        .integer("refused", "Connection attempts answered by a reset.", unit: "attempts"),
        .integer("retransmissions", "TCP segments sent again.", unit: "packets"),
        .integer("gap_bytes", "Bytes of its streams that the capture does not hold.", unit: "bytes"),
        .integer("intervals", "Intervals between the client's messages that were measured.", unit: "intervals"),
        .real("interval_mean", "Mean interval; 0 without intervals.", unit: "seconds"),
        .real("interval_deviation", "Standard deviation of the intervals.", unit: "seconds"),
        .real("interval_shortest", "Shortest interval.", unit: "seconds"),
        .real("interval_longest", "Longest interval.", unit: "seconds"),
        .real("interval_median", "Median interval, within 10 %.", unit: "seconds"),
        .real("regularity", "Share of intervals within 20 % of the median.", unit: "0 to 1"),
        .boolean("is_cyclic", "At least 8 intervals, nine tenths of them within 20 % of the median."),
        .text("unknown_shape", "Shape of its payload where nobody recognised it; NULL: recognised, or no payload.")
          .optional.to("unknown_shape.name"),
      ], indices: [["client_id"], ["server_id"], ["protocol"]]),
    Table(
      "unknown_shape",
      "What traffic that nobody recognised looks like, one row a shape; equal shapes have one name on every visit.",
      [
        .text("name", "Name, made from what its data units have in common: unknown-tcp-7A31C4.").key,
        .text("transport", "Transport.", ["tcp", "udp", "ethernet", "ip"]),
        .integer("network_protocol", "EtherType of ethernet, IP protocol number of ip, else 0."),
        .text("ports", "Ports of the servers, ascending, joined by commas."),
        .integer("conversations", "Conversations of this shape.", unit: "conversations"),
        .integer("clients", "Hosts that ask in it.", unit: "hosts"),
        .integer("servers", "Hosts that are asked in it.", unit: "hosts"),
        .integer("units_to_server", "Datagrams or segments with payload to the server.", unit: "messages"),
        .integer("bytes_to_server", "Their payload.", unit: "bytes"),
        .integer("units_to_client", "Datagrams or segments with payload to the client.", unit: "messages"),
        .integer("bytes_to_client", "Their payload.", unit: "bytes"),
        .text("looks_like", "What a reader would call it; a hint, no recognition."),
        .text("pattern", "Who speaks first and whether questions are answered."),
        .text("begins_to_server", "First bytes to the server, ?? where they differ; empty: nothing in common."),
        .text("begins_to_client", "First bytes to the client."),
        .text("sizes_to_server", "Sizes of the messages to the server."),
        .text("sizes_to_client", "Sizes of the messages to the client."),
        .text("fields", "Lengths, counters, clocks and commands found in the messages; empty: none."),
        .real("entropy_to_server", "Shannon entropy of a sample, 8 at most.", unit: "bits per byte").optional,
        .real("entropy_to_client", "Shannon entropy of a sample, 8 at most.", unit: "bits per byte").optional,
        .real("period", "Seconds between the client's messages where their rhythm is steady.", unit: "seconds")
          .optional,
        .boolean("is_comparable", "Whether enough was seen for the name to mean the same on another visit."),
        .text("draft", "A protocol description to start from (YAML); empty: none can be written."),
      ] + .sighting),
    Table(
      "conversation_protocol", "Application protocols recognised in a conversation.",
      [
        .integer("conversation_id", "The conversation.").key.to("conversation.id"),
        .integer("position", "1 for the main protocol, then in the order they were met.").key,
        .text("protocol", "The protocol.").to("protocol.id"),
      ], indices: [["protocol"]]),
    Table(
      "operation", "Operations of one code on one object in one conversation, with counts.",
      [
        .id("Number of the operation, in the order of conversation, protocol, code and object."),
        .integer("conversation_id", "The conversation.").to("conversation.id"),
        .text("protocol", "Its protocol.").to("protocol.id"),
        .integer("client_id", "Host that asked, or published.").to("host.id"),
        .integer("server_id", "Host that was asked.").to("host.id"),
        .text("code", "Wire code as the protocol writes it."),
        .text("name", "The specification's name of the code."),
        .text(
          "kind", "What it does to the one that is asked.",
          [
            "other", "read", "write", "control", "program", "firmware", "configure", "diagnose", "discover",
            "authenticate", "session", "report", "time",
          ]),
        .text("object", "What was touched; empty: the protocol does not say."),
        .boolean("is_published", "Sent unasked to whoever listens."),
        .integer("requests", "Requests (or publications).", unit: "operations"),
        .integer("responses", "Responses, good or bad.", unit: "operations"),
        .integer("failures", "Responses that refuse or fail.", unit: "operations"),
        .integer("failure_code", "The protocol's own status code of the first failure.").optional,
        .real("value_low", "Smallest value written or reported.").optional,
        .real("value_high", "Largest value written or reported.").optional,
      ] + .sightings, indices: [["conversation_id"], ["kind"]]),
    // Its index holds all that views and rules mostly ask of an event.
    Table(
      "event",
      "Single occurrences of operations of the kinds control, program, firmware, configure, authenticate, time.",
      [
        .id("Number of the event, in the order of time."),
        .integer("operation_id", "The operation it is one of.").to("operation.id"),
        .time("time", "When."),
        .integer("evidence_id", "Evidence file.").to("evidence.id"),
        .integer("frame", "Frame in it, from 1."),
        .text("role", "Which message of the exchange.", ["request", "response", "publish"]),
        .text("outcome", "What the message says; none: it does not.", ["none", "success", "failure"]),
        .integer("status_code", "The protocol's own status code of a failure.").optional,
        .real("value_low", "Smallest value in it.").optional,
        .real("value_high", "Largest value in it.").optional,
      ], indices: [["operation_id", "time", "evidence_id", "frame", "role"]]),
    Table(
      "property", "Properties of sessions: versions, ciphers, dialects, security modes, names asked for.",
      [
        .integer("conversation_id", "The conversation.").to("conversation.id"),
        .integer("host_id", "Host whose property it is.").to("host.id"),
        .text("protocol", "Protocol it was read from.").to("protocol.id"),
        .text("attribute", "What: protocol_version, cipher_suite, server_name, security_policy, dialect, …"),
        .text("value", "Its value."),
        .integer("count", "How often.", unit: "messages"),
      ] + .sightings, indices: [["conversation_id"], ["attribute"]]),
    Table(
      "credential", "Credentials that anybody on the wire could read. The secret itself is never kept.",
      [
        .integer("conversation_id", "The conversation.").to("conversation.id"),
        .integer("client_id", "Host that authenticates.").to("host.id"),
        .integer("server_id", "Host it authenticates to.").to("host.id"),
        .text("protocol", "Protocol it was read from.").to("protocol.id"),
        .text(
          "scheme", "How it was sent.",
          [
            "clear text", "HTTP Basic", "HTTP Digest", "HTTP form", "SNMP community", "NTLM challenge-response",
            "VNC challenge-response", "MQTT password", "protocol password", "challenge-response", "no authentication",
          ]),
        .text("account", "Account name; empty: none or not readable."),
        .text("strength", "What is known of the secret.", ["unknown", "well-known default", "empty", "other"]),
        .boolean("accepted", "Whether the server accepted it; NULL: the reply was not seen.").optional,
        .integer("count", "How often.", unit: "logins"),
      ] + .sightings, indices: [["conversation_id"]]),
    Table(
      "file", "Files, program blocks and firmware images named on the wire.",
      [
        .integer("conversation_id", "The conversation.").to("conversation.id"),
        .text("protocol", "Protocol it was read from.").to("protocol.id"),
        .text("name", "Name as it was on the wire."),
        .text("direction", "Where it went.", ["to server", "to client", "named"]),
        .integer("size", "Size, where announced.", unit: "bytes").optional,
        .integer("count", "How often.", unit: "transfers"),
      ] + .sighting, indices: [["conversation_id"]]),
    Table(
      "anomaly", "Malformed or contradictory bytes, by conversation, protocol, field and reason.",
      [
        .integer("conversation_id", "The conversation.").to("conversation.id"),
        .text("protocol", "Protocol that was being read.").to("protocol.id"),
        .text("field", "The specification's name of the field."),
        .text("reason", "What is wrong.", ["truncated", "invalid", "inconsistent", "too deep", "unsupported"]),
        .integer("count", "How often.", unit: "messages"),
      ] + .sighting, indices: [["conversation_id"]]),
    Table(
      "undecoded", "What was seen and not decoded: nothing is skipped silently.",
      [
        .text("kind", "On which layer: link type, ether type, ip protocol, tcp port, …").key,
        .text("detail", "Which number or name.").key,
        .integer("count", "How often.", unit: "packets"),
      ]),
    Table(
      "limit_reached", "Bounds on hostile input that bit.",
      [
        .text("kind", "Name of the limit.").key,
        .text("detail", "What was lost.").key,
        .integer("count", "How often.", unit: "times"),
      ]),
  ]
}
