import GRDB

/// What a comparison reads of one case.
public struct Visit {
  struct Asset {
    var id: String
    var name: String
    var hostname: String?
    var serial: String?
    var orderNumber: String?
    var stationName: String?
    var macs: [String] = []
    var addresses: [String] = []
    var zone: String?
    /// Whether it sent a packet itself.
    var wasHeard: Bool
    /// Fields whose change is told, in this order.
    var fields: [(name: String, value: String?)]
    var evidence: String
  }

  /// Something named by a text that both visits write alike once assets are matched.
  struct Item {
    /// Assets it speaks of, then what tells it apart.
    var assets: [String]
    var key: [String]
    var evidence: String
  }

  /// What was asked of a device.
  struct Operation {
    var client: String
    var server: String
    var `protocol`: String
    var kind: String
    var name: String
    /// What was touched, where it tells one operation from another; empty: nothing.
    var object: String
    /// When it was first seen, in nanoseconds since 1970.
    var first: Int64
    var evidence: String
  }

  struct Finding {
    var id: String
    var rule: String
    var title: String
    var severity: String
    var subject: String?
    var peer: String?
    var key: String
    /// Why the site approved it; nil: it did not.
    var approval: String?
    var evidence: String
  }

  /// Traffic nobody recognised.
  struct Shape {
    var name: String
    var transport: String
    var ports: String
    var looksLike: String
    var isComparable: Bool
    /// Assets that are asked in it, sorted.
    var servers: [String]
    var evidence: String
  }

  var assets: [Asset]
  /// Asset; attribute, value.
  var identities: [Item]
  /// Server; service, protocol.
  var services: [Item]
  /// Client, server; protocol, or service where none was recognised.
  var conversations: [Item]
  /// Who uses; service on the internet, its category.
  var serviceUses: [Item]
  var operations: [Operation]
  var findings: [Finding]
  var shapes: [Shape]
  /// Rules that could not be asked.
  var notAssessable: Set<String>
  /// Subnets (first three octets, or the zone) in which anything at all was heard.
  var networks: Set<String>

  static func network(of address: String) -> String {
    let parts = address.split(separator: ".")
    return parts.count == 4 ? parts.prefix(3).joined(separator: ".") : "other"
  }

  /// Reads a case that has been assessed.
  public init(_ database: Database) throws {
    assets = try Self.assets(database)
    networks = Set(assets.filter(\.wasHeard).flatMap { $0.places.map(Self.network) })
    identities = try Self.items(
      database, assets: 1,
      """
      SELECT asset, attribute, value, evidence, min(first_ns) FROM v_identity WHERE asset IS NOT NULL
        AND attribute NOT IN ('user_name', 'client_id', 'endpoint', 'address', 'port_name', 'banner', 'other')
      GROUP BY 1, 2, lower(value) ORDER BY 1, 2, 3
      """)
    services = try Self.items(
      database, assets: 1,
      """
      SELECT server_asset, \(Self.place), \(Self.talk), evidence, min(first_ns) FROM v_conversation c
      WHERE server_asset IS NOT NULL AND \(Self.isService) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      """)
    conversations = try Self.items(
      database, assets: 2,
      """
      SELECT client_asset, server_asset, CASE \(Self.talk) WHEN '' THEN service ELSE \(Self.talk) END, evidence,
        min(first_ns)
      FROM v_conversation c
      WHERE client_asset IS NOT NULL AND server_asset IS NOT NULL AND \(Self.isService)
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      """)
    // A case of an earlier version does not have them.
    serviceUses =
      try !database.viewExists("v_service_use")
      ? []
      : Self.items(
        database, assets: 1,
        """
        SELECT asset, service_name, category, evidence, min(first_ns) FROM v_service_use WHERE asset IS NOT NULL
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """)
    operations = try Self.operations(database)
    findings = try Row.fetchAll(
      database,
      sql: """
        SELECT f.id, f.rule_id, f.title, f.severity, f.subject_asset, f.peer_asset, f.key, f.approved_reason,
          coalesce((SELECT v.name || ':' || e.frame FROM finding_evidence e JOIN evidence v ON v.id = e.evidence_id
            WHERE e.finding_id = f.id AND e.position = 1), '')
        FROM finding f ORDER BY f.id
        """
    ).map { row in
      Finding(
        id: row[0], rule: row[1], title: row[2], severity: row[3], subject: row[4], peer: row[5], key: row[6],
        approval: row[7], evidence: row[8])
    }
    shapes = try Self.shapes(database)
    notAssessable = try String.fetchSet(
      database, sql: "SELECT rule_id FROM rule_run WHERE status = 'not_assessable'")
  }

  // MARK: what is no news

  /// Housekeeping of links and of addresses: every network has it, and no engineer would name it a service.
  static let housekeeping = """
    'arp', 'stp', 'lldp', 'cdp', 'mrp', 'lacp', 'icmp', 'icmpv6', 'igmp', 'nd', 'pn_ptcp'
    """

  /// The protocol a conversation is about: what is carried comes before what carries it (ISO transport, TLS, NetBIOS).
  private static let talk = """
    CASE WHEN c.protocol IN ('cotp', 'tls', 'nbss') THEN coalesce((SELECT q.protocol FROM conversation_protocol q
      WHERE q.conversation_id = c.id AND q.protocol <> c.protocol ORDER BY q.protocol LIMIT 1), c.protocol)
    ELSE c.protocol END
    """

  /// Protocols that run nowhere but where another conversation announced them.
  static let announced = ["ftp-data", "gvsp", "rtcp", "rtp"]

  /// Transport and port; what another conversation announces has another port every time.
  private static let place = """
    CASE WHEN c.protocol IN (\(announced.map { "'\($0)'" }.joined(separator: ", ")))
      OR c.protocol = 'tftp' AND c.server_port <> 69
      THEN c.transport || '/announced' ELSE c.service END
    """

  /// Answered at a port that is no client's, or recognised and of a kind that waits for no answer. Group messages, link
  /// housekeeping and bare IP protocols without ports are left out.
  private static let isService = """
    (c.is_answered AND (c.protocol <> '' OR c.server_port < 32768) OR c.transport = 'udp' AND c.protocol <> '')
      AND c.protocol NOT IN (\(housekeeping)) AND (c.protocol <> '' OR c.service NOT IN ('ip/1', 'ip/2', 'ip/58'))
    """

  /// Objects are kept of what changes a controller; what is read changes from hour to hour. An answer without an object
  /// says no more than its request with one.
  private static func operations(_ database: Database) throws -> [Operation] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT o.client_asset, o.server_asset, o.protocol, o.kind, o.name,
          CASE WHEN p.is_industrial AND o.kind IN ('write', 'control', 'program', 'firmware', 'configure')
            THEN o.object ELSE '' END AS touched, o.evidence, min(o.first_ns)
        FROM v_operation o LEFT JOIN protocol p ON p.id = o.protocol
        WHERE o.client_asset IS NOT NULL AND o.server_asset IS NOT NULL AND o.kind NOT IN ('session', 'other')
          AND o.protocol NOT IN (\(housekeeping))
        GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
        """)
    let operations = rows.map { row in
      Operation(
        client: row[0], server: row[1], protocol: row[2], kind: row[3], name: row[4], object: row[5],
        first: row[7], evidence: row[6] ?? "")
    }
    let withObject = Set(operations.filter { !$0.object.isEmpty }.map(\.withoutObject))
    return operations.filter { !$0.object.isEmpty || !withObject.contains($0.withoutObject) }
  }

  // MARK: reading

  private static func assets(_ database: Database) throws -> [Asset] {
    func grouped(_ sql: String) throws -> [String: [String]] {
      var values: [String: [String]] = [:]
      for row in try Row.fetchAll(database, sql: sql) { values[row[0], default: []].append(row[1]) }
      return values
    }
    let macs = try grouped("SELECT asset_id, mac FROM asset_mac ORDER BY 1, 2")
    let addresses = try grouped(
      "SELECT asset_id, address FROM host WHERE asset_id IS NOT NULL AND family <> 'mac' ORDER BY asset_id, id")
    let stations = try grouped(
      "SELECT asset, min(value) FROM v_identity WHERE attribute = 'station_name' AND asset IS NOT NULL GROUP BY 1")
    let heard = try String.fetchSet(
      database, sql: "SELECT DISTINCT asset_id FROM host WHERE packets_sent > 0 AND asset_id IS NOT NULL")
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, name, hostname, serial_number, order_number, zone_id, coalesce(evidence, ''), role, vendor, product,
          hardware, firmware, operating_system,
          (SELECT name_reason LIKE 'told from%' FROM asset a WHERE a.id = v_asset.id) FROM v_asset ORDER BY id
        """)
    return rows.map { row in
      let id: String = row[0]
      let names = [
        "name", "role", "zone_id", "vendor", "product", "order_number", "serial_number", "hardware", "firmware",
        "operating_system", "hostname",
      ]
      let values: [String?] = [
        // A name made from what a device did follows what it did.
        row[13] == 1 ? nil : row[1], row[7], row[5], row[8], row[9], row[4], row[3], row[10], row[11], row[12], row[2],
      ]
      return Asset(
        id: id, name: row[1], hostname: row[2], serial: row[3], orderNumber: row[4], stationName: stations[id]?.first,
        macs: macs[id] ?? [], addresses: addresses[id] ?? [], zone: row[5], wasHeard: heard.contains(id),
        fields: Array(zip(names, values)).map { (name: $0.0, value: $0.1) }, evidence: row[6])
    }
  }

  private static func shapes(_ database: Database) throws -> [Shape] {
    let servers = try Row.fetchAll(
      database,
      sql: """
        SELECT DISTINCT unknown_shape, server_asset FROM v_conversation
        WHERE unknown_shape IS NOT NULL AND server_asset IS NOT NULL ORDER BY 1, 2
        """)
    let byShape = Dictionary(grouping: servers) { row -> String in row[0] }.mapValues { rows in
      rows.map { row -> String in row[1] }
    }
    return try Row.fetchAll(
      database,
      sql: """
        SELECT u.name, u.transport, u.ports, u.looks_like, u.is_comparable, coalesce(v.name || ':' || u.frame, '')
        FROM unknown_shape u LEFT JOIN evidence v ON v.id = u.evidence_id ORDER BY u.name
        """
    ).map { row in
      let name: String = row[0]
      return Shape(
        name: name, transport: row[1], ports: row[2], looksLike: row[3], isComparable: row[4],
        servers: byShape[name] ?? [], evidence: row[5])
    }
  }

  /// Rows of `count` assets, texts, the evidence and, last, when.
  private static func items(_ database: Database, assets count: Int, _ sql: String) throws -> [Item] {
    try Row.fetchAll(database, sql: sql).map { row in
      let values = row.databaseValues.map { String.fromDatabaseValue($0) ?? "" }
      return Item(
        assets: Array(values.prefix(count)), key: Array(values.dropFirst(count).dropLast(2)),
        evidence: values.dropLast().last ?? "")
    }
  }
}

extension Visit.Asset {
  /// Where it stands: its IP addresses, else what it is called by.
  var places: [String] { addresses.isEmpty ? [id] : addresses }
  /// `STS01-PLC (10.20.1.10)`.
  var label: String { name == id ? id : "\(name) (\(id))" }
}

extension Visit.Operation {
  var withoutObject: [String] { [client, server, `protocol`, kind, name] }
}
