import OTCore

public struct FindingRow: CaseRow {
  public static let source = "SELECT * FROM finding"
  /// Worst first.
  public static let order = """
    CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 ELSE 4 END, \
    rule_id, subject_asset, peer_asset, key, id
    """
  public var id, ruleID, title, severity, confidence, type, key: String
  public var subjectAsset, peerAsset: String?
  public var firstTime, lastTime: Timestamp?
  public var count: Int64
  public var why, fix, verify, falsePositives: String
  public var playbook, approvedReason: String?
  /// Joined by commas.
  public var techniques, controls: String
  public var likelihoodLow, likelihoodHigh, consequenceLow, consequenceHigh, riskLow, riskHigh: Int?
  public var riskBand: String?
}

public struct FindingEvidenceRow: CaseRow {
  public static let source = """
    SELECT f.*, v.name AS name, v.sha256 AS sha256, v.kind AS kind
    FROM finding_evidence f LEFT JOIN evidence v ON v.id = f.evidence_id
    """
  public static let order = "finding_id, position"
  public var findingID: String
  public var position, evidenceID: Int
  public var frame: Int64
  public var time: Timestamp?
  public var note: String
  /// Of the evidence file.
  public var name, sha256, kind: String?
}

public struct RiskPointRow: CaseRow {
  public static let source = "SELECT * FROM risk_point"
  public static let order = "finding_id, position"
  public var findingID: String
  public var position, pointsLow, pointsHigh: Int
  public var factor, reason, evidence: String
}

public struct RuleRunRow: CaseRow {
  public static let source = "SELECT * FROM rule_run"
  public static let order = "rule_id"
  public var ruleID, title, status, reason: String
  public var findings: Int
}

public struct ZoneRiskRow: CaseRow {
  public static let source = "SELECT * FROM zone_risk"
  public static let order = "zone_id"
  public var zoneID, reason: String
  public var findings: Int
  public var riskLow, riskHigh: Int?
  public var riskBand, worstFinding: String?
}

public struct SiteRiskRow: CaseRow {
  public static let source = "SELECT * FROM site_risk"
  public static let order = "key"
  public var key, unit, reason: String
  public var low, likely, high: Double?
}

/// A row of `derived`.
public struct DerivedRow: CaseRow {
  public static let source = """
    SELECT d.*, v.name || ':' || d.frame AS evidence FROM derived d LEFT JOIN evidence v ON v.id = d.evidence_id
    """
  public static let order = "d.id"
  public var id: Int
  public var kind, key, detail: String
  public var subjectAsset, peerAsset, evidence: String?
  public var value: Double?
  public var count: Int64
  public var firstTime, lastTime: Timestamp?
}
