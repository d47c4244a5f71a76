import GRDB
import OTCase
import OTCore

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
    let asked = (Self.attributes + Self.nameAttributes).map { "'\($0)'" }.joined(separator: ", ")
    var claims = try RowReader(
      """
      SELECT h.asset_id, i.protocol, i.attribute, i.value, i.evidence_id, i.frame
      FROM identity i JOIN host h ON h.id = i.host_id WHERE h.asset_id IS NOT NULL AND i.attribute IN (\(asked))
      ORDER BY 1, 3, 4, 2, 5, 6
      """, in: database)
    /// An asset's mark of a role.
    struct Mark: Hashable {
      var asset: String
      var role: AssetRole
      var word: String
    }
    var seen: Set<Mark> = []
    var marks = WordMarks(Self.words)
    var nameMarks = WordMarks(Self.nameWords)
    while try claims.next() {
      let (asset, attribute, value) = (claims.text(0), claims.text(2), claims.text(3))
      let found = Self.attributes.contains(attribute) ? marks.find(in: value) : nameMarks.find(in: value)
      for mark in found where seen.insert(Mark(asset: asset, role: mark.role, word: mark.word)).inserted {
        let evidence = (file: claims.integer(4), frame: claims.integer(5))
        add(asset, mark.role, mark.weight, claims.text(1), "\(attribute) \"\(value)\"", evidence: evidence)
        break
      }
    }
  }
}

/// Looks for the words of roles in what devices say of themselves; the same claim, which many make, is read once.
private struct WordMarks {
  typealias Mark = (role: AssetRole, weight: Double, word: String)
  private let table: [(role: AssetRole, weight: Double, words: [String])]
  private var known: [String: [Mark]] = [:]

  init(_ table: [(role: AssetRole, weight: Double, words: [String])]) {
    self.table = table
  }

  /// Per role, in the table's order, its first word that stands in the text.
  mutating func find(in text: String) -> [Mark] {
    if let found = known[text] { return found }
    let lower = text.lowercased()
    let found = table.compactMap { role, weight, words -> Mark? in
      words.first { lower.holds($0) }.map { (role, weight, $0) }
    }
    known[text] = found
    return found
  }
}
