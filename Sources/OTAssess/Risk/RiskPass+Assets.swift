import GRDB
import OTCase

extension RiskPass {
  /// What a case says of the assets that findings are about.
  struct Assets {
    struct Asset {
      var role: AssetRole?
      var zone: String?
      var addresses: Set<String> = []
    }

    private(set) var all: [String: Asset] = [:]
    /// Assets of which the site says what they are.
    private(set) var stated: Set<String> = []
    /// Why the site approved an asset for engineering or as a vendor's channel.
    private(set) var approvals: [String: String] = [:]

    init(_ database: Database) throws {
      var rows = try RowReader("SELECT id, role, zone_id FROM asset", in: database)
      while try rows.next() {
        all[rows.text(0)] = Asset(
          role: rows.optionalText(1).flatMap(AssetRole.init(rawValue:)), zone: rows.optionalText(2))
      }
      rows = try RowReader("SELECT asset_id, address FROM host WHERE asset_id IS NOT NULL", in: database)
      while try rows.next() { all[rows.text(0)]?.addresses.insert(rows.text(1)) }
      stated = try String.fetchSet(
        database, sql: "SELECT asset_id FROM asset_reason WHERE field = 'role' AND chosen AND source = 'site file'")
      rows = try RowReader(
        """
        SELECT h.asset_id, p.reason FROM approved p JOIN host h ON h.address = p.value
        WHERE p.kind IN ('engineering', 'vendor_channel') AND h.asset_id IS NOT NULL ORDER BY p.kind, p.value
        """, in: database)
      while try rows.next() {
        if approvals[rows.text(0)] == nil { approvals[rows.text(0)] = rows.text(1) }
      }
    }
  }
}
