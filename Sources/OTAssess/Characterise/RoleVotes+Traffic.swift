import GRDB

/// What the direction and kind of operations say of a host: who is asked is a device, who asks in a rhythm shows or
/// collects, who loads programs engineers.
extension RoleVotes {
  mutating func addTraffic(_ traffic: TrafficTable, _ database: Database) throws {
    addServers(traffic)
    addClients(traffic)
    addTelecontrol(traffic)
    addServices(traffic)
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
    // Stations of pipelines and of signalling.
    case "bsap_ip", "bsap_serial", "roc_plus", "genisys": (.rtu, 0.45)
    case "bacnet", "hart_ip", "nmea0183", "ais", "iec61162_450", "rtcm3", "ntrip", "asterix", "ivef", "llrp", "osdp",
      "mt_sics", "veeder_root":
      (.sensor, 0.3)
    case "sick_cola", "sick_cola2": (.sensor, 0.6)
    case "gvcp", "gvsp": (.camera, 0.6)
    case "moxa", "addp", "lantronix": (.gateway, 0.5)
    case "opcua": (.server, 0.3)
    case "pn_io_cm", "pn_rt", "ethercat": (.io, 0.35)
    default: (.plc, 0.3)
    }
  }

  private mutating func addServers(_ traffic: TrafficTable) {
    for (pair, sum) in traffic.work.answered.sorted(by: { $0.key < $1.key }) {
      let name = traffic.protocols[pair.protocol].id
      let (role, weight) = Self.device(speaking: name)
      add(
        traffic.assets[pair.asset], role, weight, name,
        "answers \(sum.count) \(name) \(sum.count == 1 ? "request" : "requests")", at: sum.first)
    }
    for (pair, sum) in traffic.work.reported.sorted(by: { $0.key < $1.key }) where traffic.work.answered[pair] == nil {
      let name = traffic.protocols[pair.protocol].id
      let (role, weight) = Self.device(speaking: name)
      add(
        traffic.assets[pair.asset], role, weight, name,
        "sends \(sum.count) \(name) \(sum.count == 1 ? "report" : "reports")", at: sum.first)
    }
    for (asset, loaded) in traffic.work.programmed.sorted(by: { $0.key < $1.key }) {
      let name = traffic.protocols[loaded.protocol].id
      add(traffic.assets[asset], .plc, 0.5, name, "lets programs be loaded or read", at: loaded.sum.first)
    }
    for (pair, sum) in traffic.work.published.sorted(by: { $0.key < $1.key }) {
      let name = traffic.protocols[pair.protocol].id
      let (role, weight) = Self.device(speaking: name)
      add(
        traffic.assets[pair.asset], role, weight, name,
        "publishes \(sum.count) \(name) \(sum.count == 1 ? "message" : "messages")", at: sum.first)
    }
  }

  /// Fewest reads, and least seconds they must spread over, for an asker to count as one that polls.
  static let polling = (reads: Int64(20), seconds: 60.0)

  private mutating func addClients(_ traffic: TrafficTable) {
    for (number, asker) in traffic.work.asking.enumerated() {
      guard let asker else { continue }
      let (asset, servers) = (traffic.assets[number], asker.servers.count)
      func vote(_ role: AssetRole, _ weight: Double, _ reason: String) {
        add(asset, role, weight, "operations", reason, at: asker.first)
      }
      let devices = servers == 1 ? "1 device" : "\(servers) devices"
      if asker.programs > 0 { vote(.engineeringWorkstation, 0.5, "loads or reads programs of \(devices)") }
      let isSteady = asker.seconds >= Self.polling.seconds || asker.isCyclic
      guard asker.reads >= Double(Self.polling.reads), isSteady else { continue }
      if servers >= 3 {
        vote(.scada, asker.writes > 0 ? 0.5 : 0.35, "polls \(devices)")
      } else {
        vote(.hmi, asker.writes > 0 ? 0.45 : 0.35, "polls \(devices)")
      }
      if asker.writes == 0, servers >= 3 { vote(.historian, 0.2, "only reads from \(servers) devices") }
    }
  }

  /// Least seconds that a controlling station is told something by its stations. They speak on their own, and it is asked
  /// for little; it stays connected longer than the idle time after which IEC 60870-5-104 tests a connection (t3, 20
  /// seconds, clause 9.6), who only looks in does not. Where two of them ask one station nothing tells which one is in
  /// charge.
  static let telecontrolSeconds = 30.0

  private mutating func addTelecontrol(_ traffic: TrafficTable) {
    var masters: [Int: Int] = [:]
    for master in traffic.work.telecontrol.values {
      for station in master.stations { masters[station, default: 0] += 1 }
    }
    for (asset, master) in traffic.work.telecontrol.sorted(by: { $0.key < $1.key }) {
      guard master.messages >= Self.polling.reads,
        master.seconds >= Self.telecontrolSeconds || master.isCyclic,
        master.stations.allSatisfy({ masters[$0] == 1 })
      else { continue }
      let count = master.stations.count
      add(
        traffic.assets[asset], .scada, 0.5, "operations",
        "asks and is told by \(count == 1 ? "1 telecontrol station" : "\(count) telecontrol stations")",
        at: master.first)
    }
  }

  /// A service of an asset: its protocol, empty where none was recognised, and its port.
  private struct Service: Hashable, Comparable {
    var asset: Int
    var name: String
    var port: Int64
    static func < (left: Self, right: Self) -> Bool {
      (left.asset, left.name, left.port) < (right.asset, right.name, right.port)
    }
  }

  private mutating func addServices(_ traffic: TrafficTable) {
    var services: [Service: (clients: Set<Int>, first: TrafficTable.Place)] = [:]
    var askers: [Service: TrafficTable.Place] = [:]
    for talk in traffic.conversations where talk.isAnswered {
      let name = talk.protocol.map { traffic.protocols[$0].id } ?? ""
      let (client, server) = (traffic.hosts[talk.client].asset, traffic.hosts[talk.server].asset)
      if let client, ["smb", "kerberos", "ldap", "rdp"].contains(name) {
        askers[Service(asset: client, name: name, port: 0), default: talk.first].keepEarlier(talk.first)
      }
      guard let server, let port = talk.port, talk.protocol.map({ traffic.protocols[$0].isIndustrial }) != true else {
        continue
      }
      let service = Service(asset: server, name: name, port: port)
      services[service, default: ([], talk.first)].first.keepEarlier(talk.first)
      if let client { services[service]?.clients.insert(client) }
    }
    for (served, (clients, first)) in services.sorted(by: { $0.key < $1.key }) {
      let service = served.name.isEmpty ? "port \(served.port)" : served.name
      func vote(_ role: AssetRole, _ weight: Double, _ reason: String) {
        add(traffic.assets[served.asset], role, weight, service, reason, at: first)
      }
      switch (served.name, served.port) {
      case ("rtsp", _), ("onvif", _), ("dahua", _), ("sadp", _), (_, 554):
        vote(.camera, 0.6, "serves video (\(service))")
      case ("ipp", _), ("print_job", _), (_, 9100), (_, 515): vote(.printer, 0.6, "prints (\(service))")
      case (_, 5450): vote(.historian, 0.6, "serves a historian's port")
      case ("smb", _), ("dns", _), ("kerberos", _), ("ldap", _), ("dhcp", _), ("tds", _), ("ntp", _), ("mqtt", _):
        vote(.server, clients.count > 1 ? 0.4 : 0.3, "serves \(service) to \(clients.count)")
      default: break
      }
    }
    for (asker, first) in askers.sorted(by: { $0.key < $1.key }) {
      add(traffic.assets[asker.asset], .workstation, 0.15, asker.name, "uses \(asker.name) as a client", at: first)
    }
  }

  private mutating func add(
    _ asset: String, _ role: AssetRole, _ weight: Double, _ source: String, _ reason: String,
    at place: TrafficTable.Place
  ) {
    add(asset, role, weight, source, reason, evidence: (place.file, place.frame))
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
