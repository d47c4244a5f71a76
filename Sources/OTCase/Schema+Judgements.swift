extension Schema {
  /// What is wrong, how it is known and what it could cost. Written by OTAssess.
  static let judgementTables: [Table] = [
    Table(
      "finding", "One cause for concern: a rule, a subject, a peer and a key.",
      [
        .text("id", "Stable text made of rule, subject, peer and key.").key,
        .text("rule_id", "Rule that found it.").to("rule_run.rule_id"),
        .text("title", "Title of the rule."),
        .text("severity", "How bad.", ["info", "low", "medium", "high", "critical"]),
        .text("confidence", "How sure.", ["low", "medium", "high"]),
        .text("type", "What the rule looks at.", ["indicator", "model", "configuration", "behaviour"]),
        .text("subject_asset", "Asset it is about; NULL: the site.").optional.to("asset.id"),
        .text("peer_asset", "The other asset.").optional.to("asset.id"),
        .text("key", "What tells two findings of one pair apart; empty: nothing."),
        .time("first_time", "When it was first seen.").optional,
        .time("last_time", "When it was last seen.").optional,
        .integer("count", "How many observations it joins."),
        .text("why", "Why it matters."),
        .text("fix", "What to do."),
        .text("verify", "What the next capture or configuration must show."),
        .text("false_positives", "When it is harmless."),
        .text("playbook", "Playbook id.").optional,
        .text("techniques", "ATT&CK for ICS techniques, joined by commas."),
        .text("controls", "Control ids, joined by commas."),
        .text("approved_reason", "Why the site approved it; NULL: not approved.").optional,
        .integer("likelihood_low", "Lower bound of likelihood.", unit: "1 to 5").optional,
        .integer("likelihood_high", "Upper bound of likelihood.", unit: "1 to 5").optional,
        .integer("consequence_low", "Lower bound of consequence.", unit: "1 to 5").optional,
        .integer("consequence_high", "Upper bound of consequence.", unit: "1 to 5").optional,
        .integer("risk_low", "Lower bound of likelihood times consequence.", unit: "1 to 25").optional,
        .integer("risk_high", "Upper bound of likelihood times consequence.", unit: "1 to 25").optional,
        .text("risk_band", "Band of the upper bound by the printed matrix.", ["low", "medium", "high", "critical"])
          .optional,
      ], indices: [["rule_id"], ["subject_asset"]]),
    Table(
      "finding_evidence", "Frames and lines a finding rests on.",
      [
        .text("finding_id", "The finding.").key.to("finding.id"),
        .integer("position", "Order, from 1.").key,
        .integer("evidence_id", "Evidence file.").to("evidence.id"),
        .integer("frame", "Frame or line in it, from 1."),
        .time("time", "When.").optional,
        .text("note", "What is to be seen there; empty: nothing to add."),
      ]),
    Table(
      "risk_point", "The points a finding's likelihood and consequence are made of.",
      [
        .text("finding_id", "The finding.").key.to("finding.id"),
        .integer("position", "Order, from 1.").key,
        .text("factor", "exposure, weakness, threat, controls, safety, throughput, environment, …"),
        .integer("points_low", "Lower bound."),
        .integer("points_high", "Upper bound; above the lower one where an input is unknown."),
        .text("reason", "Why."),
        .text("evidence", "What shows it; empty: an assumption, said in the reason."),
      ]),
    Table(
      "rule_run", "Every rule that was asked, and what it answered.",
      [
        .text("rule_id", "The rule.").key,
        .text("title", "Its title."),
        .text("status", "Its answer; not_assessable is no pass.", ["fired", "quiet", "not_assessable"]),
        .text("reason", "Why it was not assessable and what to collect; empty: it was."),
        .integer("findings", "Findings it made.", unit: "findings"),
      ]),
    Table(
      "zone_risk", "Risk of a zone: its worst findings and what it could cost.",
      [
        .text("zone_id", "The zone.").key.to("zone.id"),
        .integer("findings", "Open findings in it; what the site approved is not counted.", unit: "findings"),
        .integer("risk_low", "Lower bound.", unit: "1 to 25").optional,
        .integer("risk_high", "Upper bound.", unit: "1 to 25").optional,
        .text("risk_band", "Band.", ["low", "medium", "high", "critical"]).optional,
        .text("worst_finding", "Finding that sets it.").optional.to("finding.id"),
        .text("reason", "How it comes about."),
      ]),
    Table(
      "site_risk", "Measures of the whole site, each as a range.",
      [
        .text("key", "Measure: teu_lost, moves_lost, risk, inventory_confidence, …").key,
        .real("low", "Lower bound.").optional,
        .real("likely", "Best estimate.").optional,
        .real("high", "Upper bound.").optional,
        .text("unit", "Unit of the three."),
        .text("reason", "How it comes about, with numerator and denominator."),
      ]),
  ]
}
