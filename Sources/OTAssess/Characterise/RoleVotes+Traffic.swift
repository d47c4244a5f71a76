import GRDB

/// What the direction and kind of operations say of a host: who is asked is a device, who asks in a rhythm shows or
/// collects, who loads programs engineers.
extension RoleVotes {
  mutating func addTraffic(_ database: Database) throws {
    try addServers(database)
    try addClients(database)
    try addServices(database)
    try addNetworkGear(database)
  }

  /// Role that the one asked usually has in an industrial protocol, and how far the protocol alone shows it.
  static func device(speaking protocol: String) -> (role: AssetRole, weight: Double) {
    switch `protocol` {
    case "s7comm", "s7comm_plus", "umas", "fins", "melsoft", "slmp", "ge_srtp", "codesys_v3", "ads", "pcworx",
      "tristation":
      (.plc, 0.6)
    case "cip", "enip": (.plc, 0.45)
    case "modbus": (.plc, 0.4)
    case "iec104", "dnp3", "mms", "goose", "sv": (.rtu, 0.6)
    case "bacnet", "hart_ip", "nmea0183": (.sensor, 0.3)
    case "opcua": (.server, 0.3)
    case "pn_io_cm", "pn_rt", "ethercat": (.io, 0.35)
    default: (.plc, 0.3)
    }
  }

  private mutating func addServers(_ database: Database) throws {
    let asked = try Row.fetchAll(
      database,
      sql: """
        SELECT o.server_asset, o.protocol, sum(o.count), o.evidence_id, o.frame, min(o.first_ns) FROM v_operation o
        JOIN protocol p ON p.id = o.protocol AND p.is_industrial
        WHERE NOT o.is_published AND o.responses > 0 AND o.kind IN ('read', 'write', 'control', 'program', 'diagnose')
        GROUP BY 1, 2 ORDER BY 1, 2
        """)
    for row in asked {
      let name: String = row[1]
      let (role, weight) = Self.device(speaking: name)
      let reason = "answers \(row[2] as Int64) \(name) requests"
      add(row[0], role, weight, name, reason, evidence: (row[3], row[4]))
    }
    let programmed = try Row.fetchAll(
      database,
      sql: """
        SELECT server_asset, sum(count), evidence_id, frame, min(first_ns), min(protocol) FROM v_operation
        WHERE kind IN ('program', 'firmware') AND responses > failures GROUP BY 1 ORDER BY 1
        """)
    for row in programmed {
      let name: String = row[5]
      add(row[0], .plc, 0.5, name, "lets programs be loaded or read", evidence: (row[2], row[3]))
    }
    let published = try Row.fetchAll(
      database,
      sql: """
        SELECT o.client_asset, o.protocol, sum(o.count), o.evidence_id, o.frame, min(o.first_ns) FROM v_operation o
        JOIN protocol p ON p.id = o.protocol AND p.is_industrial WHERE o.is_published GROUP BY 1, 2 ORDER BY 1, 2
        """)
    for row in published {
      let name: String = row[1]
      let (role, weight) = Self.device(speaking: name)
      add(row[0], role, weight, name, "publishes \(row[2] as Int64) \(name) messages", evidence: (row[3], row[4]))
    }
  }

  /// Fewest reads, and least seconds they must spread over, for an asker to count as one that polls.
  static let polling = (reads: Int64(20), seconds: 60.0)

  private mutating func addClients(_ database: Database) throws {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT o.client_asset, count(DISTINCT o.server_asset),
          total(CASE WHEN o.kind = 'read' THEN o.count END), total(CASE WHEN o.kind IN ('write', 'control') THEN o.count END),
          total(CASE WHEN o.kind IN ('program', 'firmware') THEN o.count END),
          (max(o.last_ns) - min(o.first_ns)) / 1e9, max(c.is_cyclic), o.evidence_id, o.frame, min(o.first_ns)
        FROM v_operation o JOIN conversation c ON c.id = o.conversation_id
        JOIN protocol p ON p.id = o.protocol AND p.is_industrial
        WHERE NOT o.is_published GROUP BY 1 ORDER BY 1
        """)
    for row in rows {
      let (asset, servers): (String?, Int64) = (row[0], row[1])
      let (reads, writes, programs): (Double, Double, Double) = (row[2], row[3], row[4])
      let evidence: (file: Int64, frame: Int64) = (row[7], row[8])
      if programs > 0 {
        let reason = "loads or reads programs of \(servers) devices"
        add(asset, .engineeringWorkstation, 0.5, "operations", reason, evidence: evidence)
      }
      let isPolling = reads >= Double(Self.polling.reads) && (row[5] as Double >= Self.polling.seconds || row[6] == 1)
      guard isPolling else { continue }
      if servers >= 3 {
        add(asset, .scada, writes > 0 ? 0.5 : 0.35, "operations", "polls \(servers) devices", evidence: evidence)
      } else {
        add(asset, .hmi, writes > 0 ? 0.45 : 0.35, "operations", "polls \(servers) device(s)", evidence: evidence)
      }
      if writes == 0, servers >= 3 {
        add(asset, .historian, 0.2, "operations", "only reads from \(servers) devices", evidence: evidence)
      }
    }
  }

  private mutating func addServices(_ database: Database) throws {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT c.server_asset, c.protocol, c.server_port, count(DISTINCT c.client_asset), c.evidence_id, c.frame,
          min(c.first_ns)
        FROM v_conversation c LEFT JOIN protocol p ON p.id = c.protocol
        WHERE c.is_answered AND coalesce(p.is_industrial, 0) = 0 AND c.server_port IS NOT NULL
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """)
    for row in rows {
      let (asset, name, port): (String?, String, Int64) = (row[0], row[1], row[2])
      let clients: Int64 = row[3]
      let evidence: (file: Int64, frame: Int64) = (row[4], row[5])
      let service = name.isEmpty ? "port \(port)" : name
      switch (name, port) {
      case ("rtsp", _), (_, 554): add(asset, .camera, 0.6, service, "serves video (\(service))", evidence: evidence)
      case ("ipp", _), (_, 9100), (_, 515):
        add(asset, .printer, 0.6, service, "prints (\(service))", evidence: evidence)
      case (_, 5450): add(asset, .historian, 0.6, service, "serves a historian's port", evidence: evidence)
      case ("smb", _), ("dns", _), ("kerberos", _), ("ldap", _), ("dhcp", _), ("tds", _), ("ntp", _), ("mqtt", _):
        add(asset, .server, clients > 1 ? 0.4 : 0.3, service, "serves \(service) to \(clients)", evidence: evidence)
      default: break
      }
    }
    let askers = try Row.fetchAll(
      database,
      sql: """
        SELECT c.client_asset, c.protocol, c.evidence_id, c.frame, min(c.first_ns) FROM v_conversation c
        WHERE c.is_answered AND c.protocol IN ('smb', 'kerberos', 'ldap', 'rdp') GROUP BY 1, 2 ORDER BY 1, 2
        """)
    for row in askers {
      let name: String = row[1]
      add(row[0], .workstation, 0.15, name, "uses \(name) as a client", evidence: (row[2], row[3]))
    }
  }

  private mutating func addNetworkGear(_ database: Database) throws {
    for id in try String.fetchAll(database, sql: "SELECT id FROM asset WHERE kind = 'external' ORDER BY id") {
      add(id, .external, 0.95, "address", "reached through the public internet")
    }
    let routers = try Row.fetchAll(
      database,
      sql: """
        SELECT DISTINCT a.asset_id, m.mac FROM asset_mac a JOIN host_mac m ON m.mac = a.mac AND m.is_router ORDER BY 1, 2
        """)
    for row in routers {
      add(row[0], .router, 0.5, "address", "forwards for other hosts from \(row[1] as String)")
    }
    let bridges = try Row.fetchAll(
      database,
      sql: """
        SELECT h.asset_id, n.protocol, n.evidence_id, n.frame, min(n.first_time) FROM neighbour n
        JOIN host h ON h.id = n.host_id WHERE n.protocol IN ('stp', 'cdp', 'mrp') GROUP BY 1, 2 ORDER BY 1, 2
        """)
    for row in bridges {
      let name: String = row[1]
      add(row[0], .switch, 0.5, name, "announces itself by \(name)", evidence: (row[2], row[3]))
    }
  }
}
