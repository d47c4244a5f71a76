import OTCase
import OTCore

/// `findings.json`, schema `otassess.findings/1`: every finding with its evidence and the points of its risk, and every
/// rule with its answer, for ticket systems and for the next visit.
enum FindingsDocument {
  static func json(_ reading: CaseReading) -> [UInt8] {
    var writer = JSONWriter(pretty: true, about: length(reading))
    writer.object { writer in
      writer.field("schema", "otassess.findings/1")
      writer.key("findings")
      writer.array { writer in
        for finding in reading.findings + reading.approved {
          writer.object { writer in
            write(finding, reading, &writer)
            write(reading.details.evidence[finding.id] ?? [], reading, &writer)
            write(reading.details.points[finding.id] ?? [], &writer)
          }
        }
      }
      writer.key("rules")
      writer.array { writer in
        for rule in reading.rules {
          writer.object { writer in
            writer.field("rule", rule.ruleID)
            writer.field("title", rule.title)
            writer.field("status", rule.status)
            writer.field("reason", rule.reason)
            writer.field("findings", rule.findings)
          }
        }
      }
    }
    writer.newline()
    return writer.bytes
  }

  /// Bytes of the document, rather more than less.
  private static func length(_ reading: CaseReading) -> Int {
    let frames = reading.details.evidence.values.reduce(0) { $0 + $1.count }
    let points = reading.details.points.values.reduce(0) { $0 + $1.count }
    return 2_500 * (reading.findings.count + reading.approved.count) + 350 * frames + 250 * points
  }

  private static func write(_ finding: FindingRow, _ reading: CaseReading, _ writer: inout JSONWriter) {
    writer.field("id", finding.id)
    writer.field("rule", finding.ruleID)
    writer.field("title", finding.title)
    writer.field("severity", finding.severity)
    writer.field("confidence", finding.confidence)
    writer.field("type", finding.type)
    writer.field("subject", finding.subjectAsset)
    writer.field("subject_name", reading.asset(finding.subjectAsset)?.name)
    writer.field("peer", finding.peerAsset)
    writer.field("peer_name", reading.asset(finding.peerAsset)?.name)
    writer.field("key", finding.key)
    writer.field("first_time", finding.firstTime)
    writer.field("last_time", finding.lastTime)
    writer.field("count", finding.count)
    writer.field("risk_band", finding.riskBand)
    range("likelihood", finding.likelihoodLow, finding.likelihoodHigh, &writer)
    range("consequence", finding.consequenceLow, finding.consequenceHigh, &writer)
    range("risk", finding.riskLow, finding.riskHigh, &writer)
    writer.field("why", finding.why)
    writer.field("fix", finding.fix)
    writer.field("verify", finding.verify)
    writer.field("false_positives", finding.falsePositives)
    writer.field("playbook", finding.playbook)
    writer.field("techniques", finding.techniques.split(separator: ",").map(String.init))
    writer.field("controls", finding.controls.split(separator: ",").map(String.init))
    writer.field("approved_reason", finding.approvedReason)
  }

  private static func range(_ name: StaticString, _ low: Int?, _ high: Int?, _ writer: inout JSONWriter) {
    writer.key(name)
    guard let low, let high else { return writer.null() }
    writer.object { writer in
      writer.field("low", low)
      writer.field("high", high)
    }
  }

  private static func write(
    _ evidence: [FindingDetails.Evidence], _ reading: CaseReading, _ writer: inout JSONWriter
  ) {
    writer.key("evidence")
    writer.array { writer in
      var file: EvidenceRow?
      for row in evidence {
        if file.map({ Int64($0.id) }) != row.file { file = reading.evidence(row.file) }
        writer.object { writer in
          writer.field("file", file?.name)
          writer.field("sha256", file?.sha256)
          writer.field("frame", row.frame)
          writer.field("time", row.time)
          writer.field("note", row.note)
        }
      }
    }
  }

  private static func write(_ points: [FindingDetails.Point], _ writer: inout JSONWriter) {
    writer.key("points")
    writer.array { writer in
      for point in points {
        writer.object { writer in
          writer.field("factor", point.factor)
          writer.field("low", point.low)
          writer.field("high", point.high)
          writer.field("reason", point.reason)
          writer.field("evidence", point.evidence)
        }
      }
    }
  }
}
