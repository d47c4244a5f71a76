import OTCase

/// What devices are configured to do, as far as their files were understood.
enum ConfigurationSection: ReportSection {
  static let title = "Configuration"
  static let id = "configuration"

  static func blocks(_ reading: CaseReading) throws -> [Block] {
    let devices = try reading.store.all(DeviceRow.self)
    guard !devices.isEmpty else {
      return [
        .paragraph(
          plain(
            "No configuration of a switch, router or firewall was handed over. What is permitted was not assessed; only "
              + "what happened was observed."))
      ]
    }
    return [understood(devices, reading)] + (try filters(reading)) + (try services(reading)) + (try accounts(reading))
      + (try interfaces(reading)) + (try unrecognised(reading))
  }

  private static func understood(_ devices: [DeviceRow], _ reading: CaseReading) -> Block {
    .table(
      Table(
        "Devices whose configuration was read, and how far",
        [
          "Device", "Format", "Recognised as", .number("Lines"), .number("Understood"), .number("Without meaning here"),
          .number("Not recognised"),
        ], limit: 60, more: "table device of the case",
        rows: devices.lazy.map { device in
          [
            [.strong(device.hostname.ifEmpty("no name")), .text(" "), .code(device.evidence ?? "")],
            plain(
              [device.vendor, device.platform, device.version ?? ""].filter { !$0.isEmpty }.joined(separator: " ")),
            plain(device.assetID.map { reading.name($0) } ?? "no observed device"), number(device.linesTotal),
            plain(Words.share(device.understood, of: device.linesTotal)), number(device.ignored),
            number(device.unrecognised),
          ]
        }))
  }

  // MARK: filters

  private struct FilterList: CaseRow {
    static let source = """
      SELECT d.hostname, r.list, count(*) AS rules, sum(r.action = 'permit') AS permits, sum(r.action = 'deny') AS denies,
        sum(r.action = 'permit' AND r.source = 'any' AND r.destination = 'any' AND r.destination_port = 'any' AND r.enabled)
          AS permit_all, coalesce(sum(r.logged), 0) AS logged, sum(NOT r.enabled) AS disabled,
        group_concat(DISTINCT r.interface) AS interfaces, min(r.line) AS line, v.name AS file
      FROM device_acl_rule r JOIN device d ON d.id = r.device_id JOIN evidence v ON v.id = d.evidence_id
      GROUP BY d.id, r.list
      """
    static let order = "d.id, r.list"
    var hostname, list, file: String
    var rules, permits, denies, permitAll, logged, disabled, line: Int
    var interfaces: String?
  }

  private static func filters(_ reading: CaseReading) throws -> [Block] {
    let lists = try reading.store.all(FilterList.self)
    guard !lists.isEmpty else {
      return [.paragraph(plain("No filter rule was recognised in these configurations."))]
    }
    return [
      .table(
        Table(
          "Filter lists as configured; whether they are ever hit was not observed here",
          [
            "Device", "List", .number("Rules"), .number("Permit"), .number("Deny"), .number("Permit everything"),
            .number("Logged"), "Applied to", "Evidence",
          ], limit: 60, more: Commands.query("SELECT * FROM device_acl_rule"),
          rows: lists.lazy.map { list in
            [
              plain(list.hostname), plain(list.list), number(list.rules), number(list.permits), number(list.denies),
              list.permitAll > 0 ? [.tag(.high, String(list.permitAll))] : plain("0"), number(list.logged),
              list.interfaces.map { plain($0) } ?? [.tag(.medium, "nowhere in this file")],
              code("\(list.file):\(list.line)"),
            ]
          }))
    ]
  }

  // MARK: services and accounts

  private struct ServiceRow: CaseRow {
    static let source = """
      SELECT d.hostname, s.name, s.enabled, s.detail, s.line, v.name AS file FROM device_service s
      JOIN device d ON d.id = s.device_id JOIN evidence v ON v.id = d.evidence_id
      """
    static let order = "d.id, s.name, s.line, s.detail"
    var hostname, name, file: String
    var detail: String?
    var enabled: Bool
    var line: Int
  }

  private static func services(_ reading: CaseReading) throws -> [Block] {
    let services = try reading.store.all(ServiceRow.self)
    guard !services.isEmpty else { return [] }
    return [
      .table(
        Table(
          "Services as configured", ["Device", "Service", "State", "Detail", "Evidence"], limit: 40,
          more: Commands.query("SELECT * FROM device_service"),
          rows: services.lazy.map { row in
            [
              plain(row.hostname), plain(row.name), plain(row.enabled ? "on" : "off"), plain(row.detail ?? "–"),
              row.line > 0 ? code("\(row.file):\(row.line)") : plain("a default the file does not change"),
            ]
          }))
    ]
  }

  private struct AccountRow: CaseRow {
    static let source = """
      SELECT d.hostname, a.name, a.privilege, a.credential_type, a.strength, a.line, v.name AS file FROM device_account a
      JOIN device d ON d.id = a.device_id JOIN evidence v ON v.id = d.evidence_id
      """
    static let order = "d.id, a.line, a.name"
    var hostname, name, credentialType, strength, file: String
    var privilege: String?
    var line: Int
  }

  private static func accounts(_ reading: CaseReading) throws -> [Block] {
    let accounts = try reading.store.all(AccountRow.self)
    guard !accounts.isEmpty else { return [] }
    return [
      .table(
        Table(
          "Accounts as configured; no secret is kept in the case",
          ["Device", "Account", "Privilege", "Stored as", "Strength", "Evidence"], limit: 40,
          more: Commands.query("SELECT * FROM device_account"),
          rows: accounts.lazy.map { row in
            [
              plain(row.hostname), plain(row.name), plain(row.privilege ?? "–"), plain(row.credentialType),
              plain(row.strength), code("\(row.file):\(row.line)"),
            ]
          }))
    ]
  }

  // MARK: interfaces and lines

  private struct InterfaceRow: CaseRow {
    static let source = """
      SELECT d.hostname, i.name, i.description, i.address, i.prefix_length, i.mode, i.vlans, i.zone, i.enabled, i.line,
        v.name AS file
      FROM device_interface i JOIN device d ON d.id = i.device_id JOIN evidence v ON v.id = d.evidence_id
      """
    static let order = "d.id, i.line, i.name"
    var hostname, name, vlans, file: String
    var description, address, mode, zone: String?
    var prefixLength: Int?
    var enabled: Bool?
    var line: Int
  }

  private static func interfaces(_ reading: CaseReading) throws -> [Block] {
    let interfaces = try reading.store.all(InterfaceRow.self)
    guard !interfaces.isEmpty else { return [] }
    return [
      .table(
        Table(
          "Interfaces as configured", ["Device", "Interface", "Address", "Mode and VLANs", "State", "Evidence"],
          limit: 40,
          more: Commands.query("SELECT * FROM device_interface"),
          rows: interfaces.lazy.map { row in
            [
              plain(row.hostname), plain(row.name + (row.description.map { " (\($0))" } ?? "")),
              plain(row.address.map { $0 + (row.prefixLength.map { "/\($0)" } ?? "") } ?? "–"),
              plain(switching(row)),
              plain(row.enabled.map { $0 ? "up" : "shut down" } ?? "not said"), code("\(row.file):\(row.line)"),
            ]
          }))
    ]
  }

  private static func switching(_ row: InterfaceRow) -> String {
    if row.mode == "trunk", row.vlans.isEmpty { return "trunk, VLANs not restricted" }
    return [row.mode ?? "", row.vlans].filter { !$0.isEmpty }.joined(separator: " ").ifEmpty("–")
  }

  private struct LineRow: CaseRow {
    static let source = """
      SELECT v.name AS file, l.line, l.text, l.status FROM config_line l JOIN evidence v ON v.id = l.evidence_id
      """
    static let order = "l.evidence_id, l.line"
    var file, text, status: String
    var line: Int
  }

  private static func unrecognised(_ reading: CaseReading) throws -> [Block] {
    let lines = try reading.store.all(LineRow.self)
    guard !lines.isEmpty else {
      return [.paragraph(plain("Every line of these files was understood or is known to say nothing here."))]
    }
    return [
      .table(
        Table(
          "Lines that were not understood: not assessed, to be read by eye", ["Where", "Line", "What"], limit: 40,
          more: Commands.query("SELECT * FROM config_line"),
          rows: lines.lazy.map { [code("\($0.file):\($0.line)"), code($0.text), plain($0.status)] }))
    ]
  }
}
