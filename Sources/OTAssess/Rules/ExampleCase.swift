import GRDB
import OTCase
import OTCore
import OTKnowledge

/// Makes a small case from an example of a rule, so that every rule carries its own test.
///
/// An example is a mapping of kinds of facts, each with one fact or a list of them. `client` is 10.0.0.2 and `server`
/// 10.0.0.10 where they are not given; a fact stands at second `at` (default 0) of an invented hour. A conversation is
/// `answered: true`, `false`, or `refused`, by resets that were recorded twice.
/// ```yaml
/// - event: {protocol: s7comm, kind: program, name: download}
///   roles: {10.0.0.2: engineering_workstation}
/// ```
public struct ExampleCase {
  static let keys = [
    "event", "operation", "conversation", "credential", "property", "identity", "binding", "service", "account", "acl",
    "service_use", "sender", "site", "roles",
  ]
  /// Protocols that are not industrial; any other that an example names is.
  static let ordinary: Set<String> = [
    "", "arp", "dcerpc", "dhcp", "dns", "ftp", "http", "https", "icmp", "ldap", "lldp", "mdns", "mqtt", "ntp", "onvif",
    "print_job", "rdp", "redis", "rsh", "smb", "snmp", "ssh", "telnet", "tftp", "tls", "vnc", "winrm",
  ]
  /// 2026-03-10T08:00:00Z in nanoseconds since 1970.
  static let start: Int64 = 1_773_129_600_000_000_000

  private let database: Database
  private var hosts: [String: Int64] = [:]
  private var conversations: [String: Int64] = [:]
  private var devices: [String: Int64] = [:]
  private var nextOperation: Int64 = 1
  private var nextEvent: Int64 = 1
  private var frame: Int64 = 0

  /// Fills an empty database with the example's facts and gives the site file it implies.
  public static func load(_ example: YAMLValue, into database: Database) throws -> SiteFile {
    try Schema.create(in: database)
    var loader = ExampleCase(database: database)
    return try loader.load(example)
  }

  private init(database: Database) { self.database = database }

  private mutating func load(_ example: YAMLValue) throws -> SiteFile {
    try insert("evidence", ["id": 1, "kind": "capture", "name": "example", "status": "read"])
    let facts = try example.mapping(Self.keys)
    for (kind, value) in facts.entries where kind != "site" && kind != "roles" {
      for fact in value.isList ? try value.list() : [value] { try add(kind, fact) }
    }
    var site = SiteFile()
    if let value = facts["site"] { site = try SiteFile(value) }
    for (address, role) in try facts["roles"]?.mapping(nil).entries ?? [] {
      guard let host = HostAddress(address) else { throw role.error("expected an address") }
      let name = try role.choice(AssetRole.allCases.map(\.rawValue))
      site.assets.append(
        SiteFile.AssetOverride(address: host, name: nil, role: AssetRole(rawValue: name), zone: nil, criticality: nil))
    }
    return site
  }

  private mutating func add(_ kind: String, _ value: YAMLValue) throws {
    frame += 1
    switch kind {
    case "event", "operation": try addOperation(value, withEvent: kind == "event")
    case "conversation": _ = try conversation(try ExampleFact(value, []))
    case "credential": try addCredential(value)
    case "property": try addProperty(value)
    case "identity": try addIdentity(value)
    case "binding": try addBinding(value)
    case "service_use": try addServiceUse(value)
    case "sender": try addSender(value)
    case "service": try addDeviceRow("device_service", value, ["name", "enabled", "detail"])
    case "account": try addDeviceRow("device_account", value, ["name", "privilege", "credential_type", "strength"])
    case "acl":
      try addDeviceRow(
        "device_acl_rule", value,
        ["list", "action", "protocol", "source", "destination", "destination_port", "enabled", "interface"])
    default: throw value.error("unknown kind of fact")
    }
  }

  // MARK: facts

  private mutating func addOperation(_ value: YAMLValue, withEvent: Bool) throws {
    let fact = try ExampleFact(value, ["kind", "name", "code", "object", "count", "failures", "published"])
    let conversation = try conversation(fact)
    let id = nextOperation
    nextOperation += 1
    let count = try fact.number("count") ?? 1
    let failures = try fact.number("failures") ?? 0
    try insert(
      "operation",
      [
        "id": id, "conversation_id": conversation, "protocol": fact.text("protocol") ?? "",
        "client_id": try host(fact.text("client") ?? ExampleFact.client),
        "server_id": try host(fact.text("server") ?? ExampleFact.server),
        "code": fact.text("code") ?? "0", "name": fact.text("name") ?? "", "kind": fact.text("kind") ?? "other",
        "object": fact.text("object") ?? "", "is_published": fact.text("published") == "true", "requests": count,
        "responses": count, "failures": failures,
      ].merging(try sighting(fact)) { $1 })
    guard withEvent else { return }
    try insert(
      "event",
      [
        "id": nextEvent, "operation_id": id, "time": try time(fact, "at"), "evidence_id": 1, "frame": frame,
        "role": "request", "outcome": "none",
      ])
    nextEvent += 1
  }

  private mutating func addCredential(_ value: YAMLValue) throws {
    let fact = try ExampleFact(value, ["scheme", "account", "strength", "accepted"])
    let conversation = try conversation(fact)
    try insert(
      "credential",
      [
        "conversation_id": conversation, "client_id": try host(fact.text("client") ?? ExampleFact.client),
        "server_id": try host(fact.text("server") ?? ExampleFact.server), "protocol": fact.text("protocol") ?? "",
        "scheme": fact.text("scheme") ?? "clear text", "account": fact.text("account") ?? "",
        "strength": fact.text("strength") ?? "unknown", "accepted": fact.text("accepted").map { $0 == "true" },
        "count": 1,
      ].merging(try sighting(fact)) { $1 })
  }

  private mutating func addProperty(_ value: YAMLValue) throws {
    let fact = try ExampleFact(value, ["attribute", "value", "side"])
    let conversation = try conversation(fact)
    let isServer = fact.text("side") == "server"
    let owner = isServer ? fact.text("server") ?? ExampleFact.server : fact.text("client") ?? ExampleFact.client
    try insert(
      "property",
      [
        "conversation_id": conversation, "host_id": try host(owner), "protocol": fact.text("protocol") ?? "",
        "attribute": fact.text("attribute") ?? "", "value": fact.text("value") ?? "", "count": 1,
      ].merging(try sighting(fact)) { $1 })
  }

  private mutating func addIdentity(_ value: YAMLValue) throws {
    let fact = try ExampleFact(value, ["address", "attribute", "value"])
    try insert(
      "identity",
      [
        "host_id": try host(fact.text("address") ?? ExampleFact.server), "protocol": fact.text("protocol") ?? "",
        "attribute": fact.text("attribute") ?? "", "value": fact.text("value") ?? "", "count": 1,
      ].merging(try sighting(fact)) { $1 })
  }

  private mutating func addServiceUse(_ value: YAMLValue) throws {
    let fact = try ExampleFact(value, ["name", "category", "via", "value"])
    try insert(
      "service_use",
      [
        "conversation_id": try conversation(fact), "host_id": try host(fact.text("client") ?? ExampleFact.client),
        "peer_id": try host(fact.text("server") ?? ExampleFact.server), "service_name": fact.text("name") ?? "",
        "category": fact.text("category") ?? "", "via": fact.text("via") ?? "server name",
        "value": fact.text("value") ?? "", "count": 1,
      ].merging(try sighting(fact)) { $1 })
  }

  private mutating func addBinding(_ value: YAMLValue) throws {
    let fact = try ExampleFact(value, ["address", "mac", "source", "count"])
    let address = fact.text("address") ?? ExampleFact.server
    _ = try host(address)
    try insert(
      "binding",
      [
        "address": address, "mac": fact.text("mac") ?? "", "source": fact.text("source") ?? "arp",
        "count": try fact.number("count") ?? 1,
      ].merging(try sighting(fact)) { $1 })
  }

  private mutating func addSender(_ value: YAMLValue) throws {
    let fact = try ExampleFact(value, ["address", "mac", "packets"])
    try insert(
      "host_mac",
      [
        "host_id": try host(fact.text("address") ?? ExampleFact.client), "mac": fact.text("mac") ?? "",
        "packets": try fact.number("packets") ?? 1, "is_router": false,
      ])
  }

  private mutating func addDeviceRow(_ table: String, _ value: YAMLValue, _ columns: [String]) throws {
    let fact = try ExampleFact(value, columns + ["device", "line"])
    let name = fact.text("device") ?? "example-switch"
    if devices[name] == nil {
      devices[name] = Int64(devices.count + 1)
      try insert(
        "device",
        ["id": devices[name], "evidence_id": 1, "hostname": name, "vendor": "Cisco", "platform": "ios"])
    }
    var row: [String: (any DatabaseValueConvertible)?] = ["device_id": devices[name], "enabled": true]
    for column in columns { if let text = fact.text(column) { row[column] = text == "false" ? "0" : text } }
    if fact.text("enabled") == "true" { row["enabled"] = true }
    row["line"] = try fact.number("line") ?? frame
    try insert(table, row)
  }

  // MARK: rows they stand on

  private mutating func host(_ text: String) throws -> Int64 {
    if let id = hosts[text] { return id }
    let id = Int64(hosts.count + 1)
    hosts[text] = id
    guard let address = HostAddress(text) else { return id }
    let scope = address.isPublic ? "public" : address.isGroup ? "group" : "private"
    let asset = address.isGroup || address.isUnspecified ? nil : text
    let seen: [String: (any DatabaseValueConvertible)?] = [
      "first_time": Self.start, "last_time": Self.start, "evidence_id": 1, "frame": frame,
    ]
    try insert(
      "host",
      ["id": id, "address": text, "family": "\(address.family)", "scope": scope, "asset_id": asset]
        .merging(seen) { $1 })
    if asset != nil {
      try insert(
        "asset",
        ["id": asset, "kind": address.isPublic ? "external" : "internal", "name": text].merging(seen) { $1 })
    }
    return id
  }

  private mutating func conversation(_ fact: ExampleFact) throws -> Int64 {
    let name = fact.text("protocol") ?? ""
    let client = try host(fact.text("client") ?? ExampleFact.client)
    let server = try host(fact.text("server") ?? ExampleFact.server)
    let port = try fact.number("port")
    let key = "\(client) \(server) \(name) \(port ?? 0)"
    if let id = conversations[key] { return id }
    let id = Int64(conversations.count + 1)
    conversations[key] = id
    try database.execute(
      sql: """
        INSERT OR IGNORE INTO protocol (id, name, specification, is_industrial, reads_identity, reads_operations,
          display_filter) VALUES (?, ?, '', ?, 1, 1, '')
        """, arguments: [name, name, !Self.ordinary.contains(name)])
    let answer = fact.text("answered") ?? "true"
    let (isAnswered, isRefused) = (answer == "true", answer == "refused")
    try insert(
      "conversation",
      [
        "id": id, "transport": fact.text("transport") ?? "tcp", "client_id": client, "server_id": server,
        "server_port": port, "protocol": name, "client_evidence": "handshake", "packets_to_server": 4,
        "packets_to_client": isAnswered ? 4 : isRefused ? 2 : 0, "connections": 1, "handshakes": isAnswered ? 1 : 0,
        "refused": isRefused ? 1 : 0,
        "is_cyclic": fact.text("cyclic") == "true",
      ].merging(try sighting(fact)) { $1 })
    return id
  }

  private func time(_ fact: ExampleFact, _ key: String) throws -> Int64 {
    Self.start + Int64(try fact.number(key) ?? 0) * 1_000_000_000
  }

  private func sighting(_ fact: ExampleFact) throws -> [String: (any DatabaseValueConvertible)?] {
    let first = try time(fact, "at")
    return [
      "first_time": first, "last_time": max(first, try time(fact, "until")), "evidence_id": 1, "frame": frame,
    ]
  }

  /// Inserts a row; a column that may not be NULL and is not given is 0 or empty.
  private func insert(_ table: String, _ values: [String: (any DatabaseValueConvertible)?]) throws {
    guard let columns = Schema.table(table)?.columns else { return }
    let row = columns.map { column -> (any DatabaseValueConvertible)? in
      if let value = values[column.name] ?? nil { return value }
      if column.isOptional { return nil }
      return column.type == .text ? "" : 0
    }
    let names = columns.map(\.name).joined(separator: ", ")
    let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
    try database.execute(sql: "INSERT INTO \(table) (\(names)) VALUES (\(marks))", arguments: StatementArguments(row))
  }
}

/// One fact of an example: its fields as texts.
struct ExampleFact {
  static let client = "10.0.0.2"
  static let server = "10.0.0.10"
  static let common = [
    "client", "server", "protocol", "transport", "port", "answered", "cyclic", "at", "until",
  ]
  private var fields: [String: YAMLValue] = [:]

  /// Refuses fields that neither every fact nor this kind of fact has.
  init(_ value: YAMLValue, _ own: [String]) throws {
    for (key, field) in try value.mapping(Self.common + own).entries where !field.isNull {
      _ = try field.string()
      fields[key] = field
    }
  }

  func text(_ key: String) -> String? { try? fields[key]?.string() }
  func number(_ key: String) throws -> Int? { try fields[key]?.int(0...1_000_000_000) }
}
