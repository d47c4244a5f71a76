import GRDB
import OTCase
import OTKnowledge

/// Everything the rules found, with the ids it has in a case; not written yet.
struct Findings: Sendable {
  struct Item: Sendable {
    let id: String
    /// Index into ``answers``.
    let answer: Int
    let finding: Finding
  }

  /// In the order of their ids.
  let items: [Item]
  /// In the order of the rules' ids.
  let answers: [RuleEngine.Answer]
  /// Findings of one rule that are kept.
  private let most: Int

  init(_ answers: [RuleEngine.Answer], most: Int) {
    self.answers = answers.sorted { $0.rule.id < $1.rule.id }
    self.most = most
    var items: [Item] = []
    var used: Set<String> = []
    for (number, answer) in self.answers.enumerated() {
      for finding in answer.findings.prefix(most) {
        let cause = finding.cause
        var id = StableID.finding(rule: answer.rule.id, subject: cause.subject, peer: cause.peer, key: cause.key)
        while !used.insert(id).inserted { id += "+" }
        items.append(Item(id: id, answer: number, finding: finding))
      }
    }
    // As SQLite compares them.
    self.items = items.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
  }

  /// What each rule answered, and what is not listed of it.
  func writeRuns(to database: Database) throws {
    var run = try RowWriter("rule_run", in: database)
    var limit = try RowWriter(
      "INSERT OR REPLACE INTO limit_reached (kind, detail, count) VALUES (?, ?, ?)", parameters: 3,
      of: "limit_reached", in: database)
    func tell(_ kind: String, of detail: String, _ count: Int) throws {
      guard count > 0 else { return }
      limit.add(kind)
      limit.add(detail)
      limit.add(count)
      try limit.insert()
    }
    for answer in answers {
      run.add(answer.rule.id)
      run.add(answer.rule.title)
      run.add(answer.status)
      run.add(answer.reason)
      run.add(answer.findings.count)
      try run.insert()
      try tell("findings of a rule", of: answer.rule.id, answer.findings.count - most)
    }
    for item in items { try tell("evidence of a finding", of: item.id, item.finding.sightingsLeftOut) }
  }

  /// - Parameter ratings: of the findings that are rated, in their order.
  func write(_ ratings: [RiskPass.Rating], to database: Database) throws {
    var row = try RowWriter("finding", in: database)
    let words = answers.map { RuleWords($0.rule) }
    func told(_ text: String) -> String? { text.isEmpty ? nil : text }
    var rated = ratings[...]
    for item in items {
      let found = item.finding
      row.add(item.id)
      for text in words[item.answer].heading { row.add(text) }
      row.add(told(found.cause.subject))
      row.add(told(found.cause.peer))
      row.add(found.cause.key)
      row.add(found.first)
      row.add(found.last)
      row.add(found.count)
      for text in words[item.answer].advice { row.add(text) }
      row.add(found.approvedReason)
      if let rating = rated.first, rating.subject.id == item.id {
        rated.removeFirst()
        for range in [rating.likelihood, rating.consequenceRange, rating.product] {
          row.add(range.lowerBound)
          row.add(range.upperBound)
        }
        row.add(rating.band.upperBound.name)
      } else {
        for _ in 0..<7 { row.addNull() }
      }
      try row.insert()
    }
  }

  /// Rows of `finding_evidence`, in the order of its key.
  func writeEvidence(to row: inout some RowSink) throws {
    for item in items {
      for (index, sighting) in item.finding.sightings.enumerated() {
        row.add(item.id)
        row.add(index + 1)
        row.add(sighting.file)
        row.add(sighting.frame)
        row.add(sighting.time)
        row.add(sighting.note)
        try row.insert()
      }
    }
  }
}

/// What all findings of a rule say, in the order of the columns.
private struct RuleWords {
  let heading: [String]
  let advice: [String]

  init(_ rule: Rule) {
    heading = [rule.id, rule.title, rule.severity.name, rule.confidence.name, rule.type.rawValue]
    advice = [
      rule.why, rule.fix, rule.verify, rule.falsePositives, rule.playbook, rule.techniques.joined(separator: ","),
      rule.controls.joined(separator: ","),
    ]
  }
}
