import OTCore

public struct HostRow: CaseRow {
  public static let source = "SELECT * FROM v_host"
  public static let order = "id"
  public var id: Int
  public var address, family, scope, vlans: String
  public var asset, name, role, zone, macs, evidence: String?
  public var packetsSent, bytesSent, packetsReceived, bytesReceived, unansweredAttempts: Int64
  public var ttlLow, ttlHigh: Int?
  public var firstSeen, lastSeen: String
}

public struct AssetRow: CaseRow {
  public static let source = """
    SELECT a.*, x.addresses, x.macs, x.packets, x.first_seen, x.last_seen, x.evidence
    FROM asset a JOIN v_asset x ON x.id = a.id
    """
  /// In the order of the addresses they are named by; what is only configured comes last.
  public static let order = """
    coalesce((SELECT p.host_id FROM asset_address p WHERE p.asset_id = a.id AND p.is_primary), 1 << 40), a.id
    """
  public var id, kind, presence, name, nameReason: String
  /// Joined by commas.
  public var addresses, macs: String?
  public var role, roleReason, deviceType, deviceTypeReason, vendor, vendorReason, product, productReason: String?
  public var orderNumber, orderNumberReason, serialNumber, serialNumberReason, hardware, hardwareReason: String?
  public var firmware, firmwareReason, operatingSystem, operatingSystemReason, hostname, hostnameReason: String?
  public var purdueLevel: Double?
  public var purdueLevelReason, zoneID, zoneIDReason: String?
  public var criticality: Int?
  public var criticalityReason: String?
  public var isOT: Bool?
  public var isOTReason: String?
  public var packets: Int64
  public var firstSeen, lastSeen, evidence: String?
}

public struct AssetMergeRow: CaseRow {
  public static let source = "SELECT * FROM asset_merge"
  public static let order = "id"
  public var id: Int
  public var merged: Bool
  public var rule, address, otherAddress, reason: String
  public var assetID: String?
  public var evidenceID: Int?
  public var frame: Int64?
}

public struct AssetReasonRow: CaseRow {
  public static let source = """
    SELECT r.*, v.name || ':' || r.frame AS evidence FROM asset_reason r LEFT JOIN evidence v ON v.id = r.evidence_id
    """
  public static let order = "r.rowid"
  public var assetID, field, value, source, reason: String
  public var confidence: Double
  public var chosen: Bool
  public var evidence: String?
}

public struct AssetConflictRow: CaseRow {
  public static let source = """
    SELECT c.*, v.name || ':' || c.frame AS evidence FROM asset_conflict c LEFT JOIN evidence v ON v.id = c.evidence_id
    """
  public static let order = "c.rowid"
  public var kind, subject, one, other, reason: String
  public var time: Timestamp
  public var evidence: String?
}

public struct IdentityRow: CaseRow {
  public static let source = "SELECT * FROM v_identity"
  public static let order = "address, protocol, attribute, value"
  public var `protocol`, attribute, value, address, firstSeen, lastSeen: String
  public var asset, evidence: String?
  public var count: Int64
}

public struct ZoneRow: CaseRow {
  public static let source = """
    SELECT z.*, (SELECT count(*) FROM asset a WHERE a.zone_id = z.id) AS assets,
      (SELECT group_concat(s.subnet) FROM zone_subnet s WHERE s.zone_id = z.id) AS subnets FROM zone z
    """
  public static let order = "id"
  public var id, name, kind: String
  public var level: Double?
  public var criticality, safety, throughput, environment, targetSL: Int?
  public var isProposed: Bool
  public var assets: Int
  /// Joined by commas.
  public var subnets: String?
}

public struct DeviceRow: CaseRow {
  public static let source = """
    SELECT d.*, v.name AS evidence FROM device d LEFT JOIN evidence v ON v.id = d.evidence_id
    """
  public static let order = "d.id"
  public var id, evidenceID: Int
  public var hostname, vendor, platform: String
  public var version, assetID, assetReason, evidence: String?
  public var linesTotal, understood, ignored, unrecognised: Int
}
