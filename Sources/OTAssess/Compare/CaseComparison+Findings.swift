/// Findings are one where rule, key and matched assets are; ids of findings and of assets do not matter.
extension CaseComparison {
  func findings() -> ([CaseDiff.Entry], stillOpen: Int) {
    let before = Dictionary(old.findings.map { (cause($0, isOld: true), $0) }) { first, _ in first }
    let after = Dictionary(new.findings.map { (cause($0, isOld: false), $0) }) { first, _ in first }
    var entries: [CaseDiff.Entry] = []
    var stillOpen = 0
    for (parts, finding) in after {
      guard let earlier = before[parts] else {
        let approval = finding.approval.map { "; approved: \($0)" } ?? ""
        entries.append(
          CaseDiff.Entry(.opened, finding.id, text(finding, parts) + approval, evidence: finding.evidence))
        continue
      }
      if finding.approval == nil { stillOpen += 1 }
      let changes = changes(earlier, finding)
      guard !changes.isEmpty else { continue }
      entries.append(
        CaseDiff.Entry(.changed, finding.id, text(finding, parts), changes: changes, evidence: finding.evidence))
    }
    for (parts, finding) in before where after[parts] == nil {
      let verdict: CaseDiff.Verdict = new.notAssessable.contains(finding.rule) ? .notAssessable : .notObservedAgain
      entries.append(
        CaseDiff.Entry(
          verdict, finding.id, "\(text(finding, parts)); \(sight(of: finding))", evidence: finding.evidence))
    }
    return (Self.sorted(entries), stillOpen)
  }

  private func cause(_ finding: Visit.Finding, isOld: Bool) -> [String] {
    let assets = [finding.subject, finding.peer].map { id in id.map { isOld ? current($0) : $0 } ?? "" }
    return [finding.rule] + assets + [finding.key]
  }

  private func changes(_ earlier: Visit.Finding, _ finding: Visit.Finding) -> [CaseDiff.Change] {
    var changes: [CaseDiff.Change] = []
    if earlier.severity != finding.severity {
      changes.append(CaseDiff.Change(field: "severity", before: earlier.severity, after: finding.severity))
    }
    if (earlier.approval == nil) != (finding.approval == nil) {
      let words = [earlier, finding].map { $0.approval == nil ? "open" : "approved" }
      changes.append(CaseDiff.Change(field: "state", before: words[0], after: words[1]))
    }
    return changes
  }

  private func text(_ finding: Visit.Finding, _ parts: [String]) -> String {
    let assets = parts[1...2].filter { !$0.isEmpty }.map(name).joined(separator: ", by or with ")
    return "\(finding.severity): \(finding.title)" + (assets.isEmpty ? "" : ": \(assets)")
      + (finding.key.isEmpty ? "" : " (\(finding.key))")
  }

  /// Whether the visit after could have shown the finding again.
  private func sight(of finding: Visit.Finding) -> String {
    let heard = Set(new.assets.filter(\.wasHeard).map(\.id))
    let unheard = [finding.subject, finding.peer].compactMap { $0 }.filter { !heard.contains(current($0)) }
    return unheard.isEmpty
      ? "its devices were heard again" : "not heard again: \(unheard.map(name).joined(separator: ", "))"
  }
}
