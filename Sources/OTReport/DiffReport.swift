import OTAssess

/// What changed between two visits, as a document of the same blocks.
public enum DiffReport {
  private static let rowsAtMost = 200

  public static func document(for diff: CaseDiff, before: String = "first visit", after: String = "second visit")
    -> Document
  {
    Document(
      title: "What changed between two visits", subtitle: "\(before) compared with \(after); all times are UTC",
      blocks: summary(diff) + diff.sections.flatMap { section($0.name, $0.entries) })
  }

  private static func summary(_ diff: CaseDiff) -> [Block] {
    let rows: [[[Inline]]] = diff.sections.map { name, entries in
      [
        entries.isEmpty ? plain(Words.capitalised(name)) : [.link(Words.capitalised(name), id: anchor(name))],
        plain(entries.isEmpty ? "no change observed" : counts(entries)),
      ]
    }
    let opened = diff.findings.filter { $0.verdict == .opened }.count
    let closed = diff.findings.filter { $0.verdict == .notObservedAgain }.count
    return [
      .figures([
        figure(opened, "finding", "opened", opened > 0 ? .high : .plain),
        figure(closed, "finding", "not observed again"), figure(diff.stillOpen, "finding", "still open"),
        figure(diff.assets.count, "device", "new, gone, replaced or changed"),
      ]),
      .heading(level: 2, text: "Summary", id: "diff-summary"),
      .table(Table("Changes by kind", ["What", "Changes"], rows: rows)),
      .notice(
        .info,
        plain(
          "Only what lasts is compared: devices, identities, services, who talks to whom, operations and findings; no "
            + "counts and no timing. What a new or gone device does stands in its own line. “Not observed” is no proof of "
            + "absence, and a finding “not observed again” is no proof that it was mended: it takes a recording in which it "
            + "would have shown.")),
    ]
  }

  private static func figure(_ count: Int, _ noun: String, _ words: String, _ tone: Tone = .plain) -> Figure {
    Figure(String(count), "\(noun)\(count == 1 ? "" : "s") \(words)", tone)
  }

  private static func anchor(_ name: String) -> String { "diff-" + name.replacing(" ", with: "-") }

  private static func counts(_ entries: [CaseDiff.Entry]) -> String {
    CaseDiff.Verdict.allCases.compactMap { verdict in
      let count = entries.filter { $0.verdict == verdict }.count
      return count == 0 ? nil : "\(count) \(words(verdict))"
    }.joined(separator: ", ")
  }

  private static func section(_ name: String, _ entries: [CaseDiff.Entry]) -> [Block] {
    guard !entries.isEmpty else { return [] }
    let rows: [[[Inline]]] = entries.map { entry in
      [
        [.tag(tone(entry.verdict), words(entry.verdict))], plain(entry.detail), changes(entry.changes),
        entry.evidence.isEmpty ? plain("–") : code(entry.evidence),
      ]
    }
    return [
      .heading(level: 2, text: Words.capitalised(name), id: anchor(name)),
      .table(
        Table(
          "\(Words.count(entries.count, "change")): \(counts(entries))",
          ["Verdict", "What", "Before and after", "Evidence"],
          limit: rowsAtMost, more: "the comparison as JSON", rows: rows)),
    ]
  }

  private static func changes(_ changes: [CaseDiff.Change]) -> [Inline] {
    guard !changes.isEmpty else { return plain("–") }
    var line: [Inline] = []
    for change in changes {
      if !line.isEmpty { line.append("; ") }
      line += [
        .text("\(change.field.replacing("_", with: " ")): "), .code(change.before ?? "not known"), " → ",
        .code(change.after ?? "not known"),
      ]
    }
    return line
  }

  private static func words(_ verdict: CaseDiff.Verdict) -> String { verdict.rawValue }

  private static func tone(_ verdict: CaseDiff.Verdict) -> Tone {
    switch verdict {
    case .new, .opened: .high
    case .replaced, .changed: .medium
    // That a finding was not observed again is no pass, and is not coloured as one.
    case .gone, .notObserved, .notAssessable, .notObservedAgain: .info
    }
  }
}
