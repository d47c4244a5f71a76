import GRDB
import OTKnowledge
import Testing

@testable import OTAssess

@Suite struct CharacterisationTests {
  static func role(_ yaml: String, of asset: String) throws -> Row? {
    let example = try #require(try YAMLValue.document(yaml, file: "example"))
    let queue = try DatabaseQueue()
    return try queue.write { database in
      let site = try ExampleCase.load(example, into: database)
      try site.write(to: database)
      try Characterisation(site).run(in: database)
      try Characterisation(site).run(in: database)
      return try Row.fetchOne(
        database,
        sql: """
          SELECT role, role_reason, is_ot, purdue_level, zone_id, device_type, criticality,
            (SELECT count(*) FROM asset_reason r WHERE r.asset_id = a.id AND field = 'role') AS votes FROM asset a
          WHERE id = ?
          """, arguments: [asset])
    }
  }

  static let poll = "kind: read, name: read, count: 50, cyclic: true"
  static let told = "kind: report, name: report, count: 50, cyclic: true"

  @Test(arguments: [
    ("operation: {protocol: s7comm, \(poll)}", "10.0.0.10", "plc", true as Bool?),
    ("operation: {protocol: s7comm, \(poll)}", "10.0.0.2", "hmi", true),
    (
      "operation: [{server: 10.0.0.10, protocol: modbus, \(poll)}, {server: 10.0.0.11, protocol: modbus, \(poll)}, "
        + "{server: 10.0.0.12, protocol: modbus, \(poll)}]", "10.0.0.2", "scada", true
    ),
    ("operation: {protocol: iec104, \(poll)}", "10.0.0.10", "rtu", true),
    // A controlling station of telecontrol is told things; who is told little, or for a moment, is not known as one.
    ("operation: {protocol: iec104, \(told)}", "10.0.0.2", "scada", true),
    ("operation: {protocol: dnp3, \(told)}", "10.0.0.2", "scada", true),
    ("operation: {protocol: dnp3, \(told)}", "10.0.0.10", "rtu", true),
    ("operation: {protocol: iec104, kind: report, name: report, count: 19, cyclic: true}", "10.0.0.2", "unknown", true),
    ("operation: {protocol: iec104, kind: report, name: report, count: 50}", "10.0.0.2", "unknown", true),
    (
      "operation: {protocol: iec104, kind: control, name: single command, count: 50, cyclic: true}", "10.0.0.2",
      "unknown", true
    ),
    (
      "operation: [{protocol: iec104, \(told)}, {client: 10.0.0.3, protocol: iec104, kind: read, name: interrogation}]",
      "10.0.0.2", "unknown", true
    ),
    ("operation: {protocol: mqtt, \(told)}", "10.0.0.2", "unknown", nil),
    (
      "operation: [{protocol: iec104, \(told)}, {client: 10.0.0.1, server: 10.0.0.2, protocol: iec104, \(told)}]",
      "10.0.0.2", "rtu", true
    ),
    ("event: {protocol: s7comm, kind: program, name: download block}", "10.0.0.2", "engineering_workstation", true),
    ("event: {protocol: dcerpc, kind: program, name: svcctl CreateServiceW}", "10.0.0.10", "unknown", nil),
    ("event: {protocol: redis, kind: program, name: eval}", "10.0.0.10", "unknown", nil),
    ("operation: {protocol: modbus, kind: write, name: write, count: 2}", "10.0.0.2", "unknown", true),
    ("identity: {attribute: product_name, value: SCALANCE X208, protocol: lldp}", "10.0.0.10", "switch", nil),
    ("identity: {attribute: order_number, value: 6ES7 315-2EH14-0AB0, protocol: s7comm}", "10.0.0.10", "plc", true),
    ("conversation: {server: 93.184.216.34, protocol: https, port: 443}", "93.184.216.34", "external", false),
    ("conversation: {protocol: rtsp, port: 554}", "10.0.0.10", "camera", nil),
    ("conversation: {protocol: https, port: 443}", "10.0.0.10", "unknown", nil),
    ("conversation: {protocol: http, port: 9100}", "10.0.0.10", "printer", nil),
    ("conversation: {protocol: http, port: 9100, answered: refused}", "10.0.0.10", "unknown", nil),
    ("{conversation: {protocol: https, port: 443}, roles: {10.0.0.10: drive}}", "10.0.0.10", "drive", true),
  ])
  func trafficAndIdentityTellTheRole(yaml: String, asset: String, role: String, isOT: Bool?) throws {
    let row = try #require(try Self.role(yaml.replacing("protocol: rtsp", with: "protocol: http"), of: asset))
    #expect(row["role"] == role)
    #expect((row["is_ot"] as Bool?) == isOT)
    #expect(((row["votes"] as Int) > 0) == (role != "unknown"), "each role has its reasons")
  }

  @Test func aSiteFilePlacesAndRatesHosts() throws {
    let yaml = """
      operation: {protocol: s7comm, kind: read, name: read, count: 50, cyclic: true}
      site:
        zones: [{id: Z-STS-01, kind: STS, level: 1, subnets: [10.0.0.0/24], criticality: 5}]
      """
    let row = try #require(try Self.role(yaml, of: "10.0.0.10"))
    #expect(row["zone_id"] == "Z-STS-01")
    #expect(row["purdue_level"] == 1.0)
    #expect(row["criticality"] == 5)
    #expect(row["device_type"] == "A01 quay crane controller")
    let unplaced = try #require(try Self.role("operation: {protocol: s7comm, kind: read, name: read}", of: "10.0.0.10"))
    #expect((unplaced["zone_id"] as String?) == nil)
    #expect((unplaced["criticality"] as Int?) == nil)
  }

  /// Where nobody named a host: what it is there for, or what the site file says of it.
  @Test(arguments: [
    ("conversation: [{protocol: dns, port: 53}, {protocol: dhcp, port: 67}]", "10.0.0.10", "DHCP and DNS server"),
    ("conversation: {protocol: ftp, port: 21}", "10.0.0.10", "10.0.0.10"),
    ("conversation: {protocol: dns, port: 53, answered: false}", "10.0.0.10", "10.0.0.10"),
    (
      "{conversation: {protocol: ssh, port: 22}, site: {approved: {vendor_channels: [10.0.0.2]}}}", "10.0.0.2",
      "vendor gateway"
    ),
  ])
  func whatNobodyNamedIsNamedByWhatItIsFor(yaml: String, asset: String, name: String) throws {
    let example = try #require(try YAMLValue.document(yaml, file: "example"))
    let queue = try DatabaseQueue()
    let found = try queue.write { database in
      let site = try ExampleCase.load(example, into: database)
      try site.write(to: database)
      try Characterisation(site).run(in: database)
      return try String.fetchOne(database, sql: "SELECT name FROM asset WHERE id = ?", arguments: [asset])
    }
    #expect(found == name)
  }
}
