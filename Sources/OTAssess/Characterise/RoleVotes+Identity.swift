import GRDB

/// What a host says it is. Product families named here are marks of a role, not a product list.
extension RoleVotes {
  /// Words in what a device says of itself, in lower case; the first of a role's words found in a claim votes once.
  static let words: [(role: AssetRole, weight: Double, words: [String])] = [
    (
      .plc, 0.8,
      [
        "programmable logic controller", "cpu 3", "cpu 4", "cpu 12", "cpu 15", "cpu3", "s7-300", "s7-400",
        "s7-1200", "s7-1500", "6es7 3", "6es7 4", "6es7 21", "6es7 51", "controllogix", "compactlogix", "micrologix",
        "modicon", "bmx p34", "bme p58", "ac500", "ac 800m", "pfc200", "melsec", "sysmac", "io-controller",
      ]
    ),
    (
      .drive, 0.8,
      ["sinamics", "acs880", "acs800", "powerflex", "ac drive", "altivar", "unidrive", "frequency converter"]
    ),
    (
      .io, 0.7,
      [
        "et200", "et 200", "im 15", "im15", "io-device", "communications adapter", "remote i/o", "axl f",
        "750-3",
      ]
    ),
    (
      .hmi, 0.7,
      [
        "human-machine interface", "comfort panel", "simatic hmi", "panelview", "magelis", "beijer", "ktp",
        "hmi",
      ]
    ),
    (
      .engineeringWorkstation, 0.6,
      [
        "tia portal", "step 7", "studio 5000", "rslogix", "control expert", "unity pro",
        "control builder", "codesys development", "engineering station",
      ]
    ),
    (.scada, 0.6, ["wincc", "citect", "ifix", "intouch", "zenon", "scada", "ignition"]),
    (.historian, 0.6, ["historian", "osisoft", "pi server", "proficy"]),
    (
      .switch, 0.8,
      [
        "scalance x", "ruggedcom", "hirschmann", "moxa eds", "stratix", "industrial ethernet switch",
        "catalyst", "cisco ios", "managed switch", "mach100", "rs20",
      ]
    ),
    (.router, 0.7, ["scalance s", "scalance m", "mguard", "ewon", "firewall", "teltonika", "fortigate", "router"]),
    (.gateway, 0.7, ["nport", "mgate", "anybus", "device server", "protocol gateway", "lantronix", "digi connect"]),
    (.camera, 0.8, ["ip camera", "network camera", "hikvision", "dahua", "axis communications", "nvr"]),
    (.printer, 0.8, ["laserjet", "jetdirect", "printer"]),
    (.meter, 0.7, ["power meter", "pm5", "sentron pac", "ion7"]),
    (.rtu, 0.7, ["siprotec", "rtu5", "relion", "protection relay", "sicam"]),
    (.sensor, 0.7, ["laser scanner", "lidar", "encoder", "weigh", "sick ag", "lms1", "lms5"]),
    (.server, 0.35, ["windows server", "ubuntu", "debian", "red hat", "esxi", "samba"]),
    (.workstation, 0.3, ["windows 7", "windows xp", "windows 10", "windows 11"]),
  ]

  /// Claims in which words are looked for: what a device is, not what it is called by people.
  static let attributes: [String] = [
    "vendor", "product_name", "device_type", "order_number", "operating_system", "module_name", "description", "banner",
    "application", "software_version",
  ]

  /// Words in the names people give, which weigh less.
  static let nameWords: [(role: AssetRole, weight: Double, words: [String])] = [
    (.plc, 0.3, ["plc", "cpu"]), (.hmi, 0.3, ["hmi", "panel"]),
    (.engineeringWorkstation, 0.3, ["ews", "eng-", "engineer"]),
    (.scada, 0.3, ["scada", "cms"]), (.historian, 0.3, ["hist"]), (.drive, 0.3, ["drive", "vfd", "hoist", "gantry"]),
    (.camera, 0.3, ["cam"]), (.switch, 0.3, ["switch", "sw-"]), (.printer, 0.3, ["printer", "prn"]),
    (.router, 0.3, ["router", "fw-", "gw-"]),
  ]
  static let nameAttributes: [String] = ["hostname", "station_name", "name"]

  mutating func addIdentity(_ database: Database) throws {
    let claims = try Row.fetchAll(
      database,
      sql: """
        SELECT asset, protocol, attribute, value, evidence_id, frame FROM v_identity WHERE asset IS NOT NULL
        ORDER BY asset, attribute, value, protocol, evidence_id, frame
        """)
    var seen: Set<String> = []
    for row in claims {
      let (asset, attribute, value): (String, String, String) = (row[0], row[2], row[3])
      let table =
        Self.attributes.contains(attribute)
        ? Self.words : Self.nameAttributes.contains(attribute) ? Self.nameWords : []
      let text = value.lowercased()
      for (role, weight, words) in table {
        guard let word = words.first(where: { text.contains($0) }), seen.insert("\(asset)\t\(role)\t\(word)").inserted
        else { continue }
        let reason = "\(attribute) \"\(value)\""
        add(asset, role, weight, row[1], reason, evidence: (row[4], row[5]))
        break
      }
    }
  }
}
