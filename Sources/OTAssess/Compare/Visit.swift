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

  struct Finding {
    var id: String
    var rule: String
    var title: String
    var severity: String
    var subject: String?
    var peer: String?
    var key: String
    var isApproved: Bool
    var evidence: String
  }

  var assets: [Asset]
  var identities: [Item]
  var services: [Item]
  var conversations: [Item]
  var operations: [Item]
  var findings: [Finding]
  /// Rules that could not be asked.
  var notAssessable: Set<String>
  /// Subnets (first three octets, or the zone) in which anything at all was heard.
  var networks: Set<String>

  static func network(of address: String) -> String {
    let parts = address.split(separator: ".")
    return parts.count == 4 ? parts.prefix(3).joined(separator: ".") : "other"
  }

  /// Reads a case that has been assessed. Address resolution is left out: who asks for whose MAC address, and when, is
  /// a matter of how long each remembers.
  public init(_ database: Database) throws {
    assets = try Self.assets(database)
    networks = Set(assets.filter(\.wasHeard).flatMap { $0.addresses.map(Self.network) })
    identities = try Self.items(
      database, assets: 1,
      """
      SELECT asset, attribute, value, min(evidence) FROM v_identity WHERE asset IS NOT NULL AND attribute NOT IN
        ('user_name', 'client_id', 'endpoint', 'address', 'port_name', 'banner', 'other')
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      """)
    services = try Self.items(
      database, assets: 1,
      """
      SELECT server_asset, service, protocol, min(evidence) FROM v_conversation
      WHERE server_asset IS NOT NULL AND is_answered AND protocol <> 'arp' AND (protocol <> '' OR server_port < 32768 OR server_port IS NULL)
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      """)
    conversations = try Self.items(
      database, assets: 2,
      """
      SELECT client_asset, server_asset, CASE protocol WHEN '' THEN service ELSE protocol END, min(evidence)
      FROM v_conversation
      WHERE client_asset IS NOT NULL AND server_asset IS NOT NULL AND is_answered AND protocol <> 'arp'
        AND (protocol <> '' OR server_port < 32768 OR server_port IS NULL)
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      """)
    operations = try Self.items(
      database, assets: 2,
      """
      SELECT client_asset, server_asset, protocol, kind, code, name,
        CASE WHEN kind IN ('control', 'program', 'firmware', 'configure') THEN object ELSE '' END, min(evidence)
      FROM v_operation
      WHERE client_asset IS NOT NULL AND server_asset IS NOT NULL AND kind NOT IN ('session', 'other')
        AND protocol <> 'arp'
      GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
      """)
    findings = try Row.fetchAll(
      database,
      sql: """
        SELECT f.id, f.rule_id, f.title, f.severity, f.subject_asset, f.peer_asset, f.key, f.approved_reason IS NOT NULL,
          coalesce((SELECT v.name || ':' || e.frame FROM finding_evidence e JOIN evidence v ON v.id = e.evidence_id
            WHERE e.finding_id = f.id AND e.position = 1), '')
        FROM finding f ORDER BY f.id
        """
    ).map { row in
      Finding(
        id: row[0], rule: row[1], title: row[2], severity: row[3], subject: row[4], peer: row[5], key: row[6],
        isApproved: row[7], evidence: row[8])
    }
    notAssessable = try String.fetchSet(
      database, sql: "SELECT rule_id FROM rule_run WHERE status = 'not_assessable'")
  }

  private static func assets(_ database: Database) throws -> [Asset] {
    func grouped(_ sql: String) throws -> [String: [String]] {
      var values: [String: [String]] = [:]
      for row in try Row.fetchAll(database, sql: sql) { values[row[0], default: []].append(row[1]) }
      return values
    }
    let macs = try grouped("SELECT asset_id, mac FROM asset_mac ORDER BY 1, 2")
    let addresses = try grouped("SELECT asset_id, address FROM host WHERE asset_id IS NOT NULL ORDER BY asset_id, id")
    let stations = try grouped(
      "SELECT asset, min(value) FROM v_identity WHERE attribute = 'station_name' AND asset IS NOT NULL GROUP BY 1")
    let heard = try String.fetchSet(
      database, sql: "SELECT DISTINCT asset_id FROM host WHERE packets_sent > 0 AND asset_id IS NOT NULL")
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, name, hostname, serial_number, order_number, zone_id, coalesce(evidence, ''), role, vendor, product,
          hardware, firmware, operating_system FROM v_asset ORDER BY id
        """)
    return rows.map { row in
      let id: String = row[0]
      let names = [
        "name", "role", "zone_id", "vendor", "product", "order_number", "serial_number", "hardware", "firmware",
        "operating_system", "hostname",
      ]
      let values: [String?] = [
        row[1], row[7], row[5], row[8], row[9], row[4], row[3], row[10], row[11], row[12], row[2],
      ]
      return Asset(
        id: id, name: row[1], hostname: row[2], serial: row[3], orderNumber: row[4], stationName: stations[id]?.first,
        macs: macs[id] ?? [], addresses: addresses[id] ?? [], zone: row[5], wasHeard: heard.contains(id),
        fields: Array(zip(names, values)).map { (name: $0.0, value: $0.1) }, evidence: row[6])
    }
  }

  /// Rows of `count` assets, texts, and the evidence last.
  private static func items(_ database: Database, assets count: Int, _ sql: String) throws -> [Item] {
    try Row.fetchAll(database, sql: sql).map { row in
      let values = row.databaseValues.map { String.fromDatabaseValue($0) ?? "" }
      return Item(
        assets: Array(values.prefix(count)), key: Array(values.dropFirst(count).dropLast()), evidence: values.last ?? ""
      )
    }
  }
}
