import OTCase

/// What `analyze` says when it is done: a few lines that are true of the whole case.
struct CaseSummary {
  private let store: CaseStore
  init(_ store: CaseStore) { self.store = store }

  private func count(_ number: some BinaryInteger, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  func text(folder: String) throws -> String {
    let evidence = try store.all(EvidenceRow.self)
    let assets = try store.all(AssetRow.self).filter { $0.kind == "internal" }
    let all = try store.all(FindingRow.self)
    let findings = all.filter { $0.approvedReason == nil }
    let approved = all.count - findings.count
    let asked = try store.all(RuleRunRow.self)
    let read = evidence.filter { $0.status == "read" }.count
    let frames = evidence.filter { $0.kind == "capture" }.reduce(0) { $0 + $1.frames }
    let bands = ["critical", "high", "medium", "low", "info"].compactMap { band in
      let count = findings.filter { $0.riskBand ?? $0.severity == band }.count
      return count == 0 ? nil : "\(count) \(band)"
    }
    // A band is the worst a finding may come to: what is not known widens its range.
    let lines = [
      ("evidence", "\(count(evidence.count, "file")), \(read) read wholly, \(count(frames, "frame"))"),
      ("assets", "\(assets.count), \(assets.filter { $0.isOT == true }.count) of them OT"),
      (
        "findings",
        "\(findings.count)" + (bands.isEmpty ? "" : ", at their worst: " + bands.joined(separator: ", "))
          + (approved == 0 ? "" : "; \(approved) more approved by the site")
      ),
      (
        "rules",
        "\(asked.count) asked, \(asked.filter { $0.status == "not_assessable" }.count) not assessable with this evidence"
      ),
      ("report", "\(folder)/report.html"),
    ]
    return lines.map { "\($0.0)\(String(repeating: " ", count: 10 - $0.0.count))\(TerminalText.escaped($0.1))\n" }
      .joined()
  }
}
