import OTCase

/// The blind spots: what was lost, cut, not decoded, not understood and not assessable, each with what to collect.
enum Blindness {
  struct Spot {
    var what: String
    var amount: String
    var meaning: String
    var remedy: String
  }

  static func blocks(_ reading: CaseReading) throws -> [Block] {
    var blocks: [Block] = [.heading(level: 3, text: "What could not be seen", id: "blind-spots")]
    let spots = try recording(reading) + traffic(reading) + decoding(reading)
    blocks.append(
      .table(
        Table(
          "Blind spots of this assessment", ["What", "How much", "What that means", "What would help"], limit: 60,
          more: "the tables undecoded and limit_reached of the case",
          rows: spots.map { [plain($0.what), plain($0.amount), plain($0.meaning), plain($0.remedy)] })))
    return blocks + rules(reading)
  }

  // MARK: recording

  private static func recording(_ reading: CaseReading) throws -> [Spot] {
    var spots: [Spot] = []
    let interfaces = try reading.store.all(EvidenceInterfaceRow.self)
    let counted = interfaces.filter { $0.dropped != nil }
    let lost = counted.reduce(0) { $0 + ($1.dropped ?? 0) }
    spots.append(
      Spot(
        what: "Packets lost while recording",
        amount: counted.isEmpty
          ? "not counted at any of \(Words.count(interfaces.count, "interface"))"
          : "\(Words.grouped(lost)) at \(counted.count) of \(Words.count(interfaces.count, "interface")) that count them",
        meaning: lost == 0 ? "Losses at the mirror port itself are never counted." : "Single messages are missing.",
        remedy: "A tap, or a recorder that writes pcapng with its drop counters."))
    let frames = reading.captures.reduce(0) { $0 + $1.frames }
    let cut = reading.captures.reduce(0) { $0 + $1.cutFrames }
    if cut > 0 {
      spots.append(
        Spot(
          what: "Frames cut while recording", amount: Words.share(cut, of: frames),
          meaning: "What stood behind the cut was not read.", remedy: "Record whole frames (no snap length)."))
    }
    for filter in interfaces.compactMap(\.filter).filter({ !$0.isEmpty }) {
      spots.append(
        Spot(
          what: "Capture filter in force", amount: filter, meaning: "What it excludes was never recorded.",
          remedy: "Record without a filter."))
    }
    let damages = try reading.store.all(EvidenceDamageRow.self)
    if !damages.isEmpty {
      let files = Set(damages.map(\.evidenceID)).count
      let names = Dictionary(reading.evidence.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
      spots.append(
        Spot(
          what: "Damaged places", amount: "\(damages.count) in \(Words.count(files, "file"))",
          meaning: Words.few(damages.map { "\(names[$0.evidenceID] ?? "not known"): \($0.reason)" }, separator: "; "),
          remedy: "The original file, copied anew."))
    }
    for file in reading.evidence where file.status == "not read" {
      spots.append(
        Spot(
          what: "File not read", amount: file.name, meaning: file.statusReason ?? "no reason recorded",
          remedy: "The file in a format this program reads."))
    }
    return spots
  }

  // MARK: traffic

  private static func traffic(_ reading: CaseReading) -> [Spot] {
    let totals = reading.totals
    guard totals.conversations > 0 else {
      return [
        Spot(
          what: "Traffic", amount: "no conversation observed", meaning: "Nothing can be said about who talks to whom.",
          remedy: "Captures from the mirror ports of the machines' switches.")
      ]
    }
    let silent = reading.assets.filter { $0.presence == "addressed" }.count
    let configured = reading.assets.filter { $0.presence == "configured" }.count
    let empty = reading.zones.filter { $0.assets == 0 }
    let spots = [
      Spot(
        what: "TCP conversations of which one direction was recorded",
        amount: Words.share(totals.oneWay, of: totals.tcp),
        meaning: "Either nobody answered, or the recording point sees one direction only.",
        remedy: "Mirror both directions of the port."),
      Spot(
        what: "Conversations of a protocol this program does not know",
        amount: "\(Words.share(totals.unknown, of: totals.conversations)), "
          + "\(Words.share(totals.unknownPackets, of: totals.packets)) of the packets",
        meaning: "Seen and counted; what they carry was not assessed.",
        remedy: "Ask the maker what runs there: the traffic nobody could read is told by shape below."),
      Spot(
        what: "Encrypted conversations", amount: Words.share(totals.encrypted, of: totals.conversations),
        meaning: "Who talks to whom was observed; what is said was not.",
        remedy: "Logs or settings of the two ends."),
      Spot(
        what: "Conversations with bytes the captures do not hold",
        amount: totals.gapped == 0
          ? "0" : "\(Words.share(totals.gapped, of: totals.conversations)), \(Words.bytes(totals.gapBytes))",
        meaning: "Commands inside the gaps were not observed.", remedy: "A tap, or a faster recorder."),
      Spot(
        what: "Devices that were addressed but never sent", amount: Words.share(silent, of: reading.assets.count),
        meaning: "They may be off, gone, or beyond the recording point.", remedy: "A capture in their own network."),
      Spot(
        what: "Devices known from configurations only", amount: Words.share(configured, of: reading.assets.count),
        meaning: "Configured, not observed.", remedy: "A capture in their own network."),
      Spot(
        what: "Zones of the site without an observed device", amount: Words.share(empty.count, of: reading.zones.count),
        meaning: empty.isEmpty
          ? "" : "Not assessed: " + Words.few(empty.map { reading.zoneName($0.id) }, limit: 5) + ".",
        remedy: empty.isEmpty ? "" : "A capture there."),
    ]
    return spots.filter { !$0.amount.hasPrefix("0 of") && $0.amount != "0" }
  }

  // MARK: decoding

  private static func decoding(_ reading: CaseReading) throws -> [Spot] {
    var spots = try reading.store.all(UndecodedRow.self).map { row in
      Spot(
        what: "Not decoded: \(row.kind)", amount: "\(row.detail): \(Words.count(row.count, "packet"))",
        meaning: "Counted, not read.", remedy: "")
    }
    let limits = try reading.store.all(LimitRow.self)
    // One line for all findings whose frames are too many, before which others must not get lost.
    let crowded = limits.filter { $0.kind == "evidence of a finding" }
    if !crowded.isEmpty {
      spots.append(
        Spot(
          what: "Limit reached: frames of a finding",
          amount:
            "\(Words.count(crowded.count, "finding")): \(Words.grouped(crowded.reduce(0) { $0 + $1.count })) frames",
          meaning: "Counted in the finding, not listed.", remedy: "The view v_operation of the case."))
    }
    spots += limits.filter { $0.kind != "evidence of a finding" }.map(leftOut)
    let malformed = try reading.store.all(MalformedSum.self).first
    if let malformed, malformed.messages > 0 {
      spots.append(
        Spot(
          what: "Malformed messages",
          amount: "\(Words.grouped(malformed.messages)) in \(Words.count(malformed.conversations, "conversation"))",
          meaning: "Read as far as they hold together. Cut recordings, odd devices or an attack look alike here.",
          remedy: "Look at the frames: table anomaly of the case."))
    }
    let devices = try reading.store.all(DeviceRow.self)
    let lines = devices.reduce(0) { $0 + $1.linesTotal }
    let unknown = devices.reduce(0) { $0 + $1.unrecognised }
    if unknown > 0 {
      spots.append(
        Spot(
          what: "Configuration lines not understood", amount: Words.share(unknown, of: lines),
          meaning: "What they configure was not assessed.", remedy: "Read them by eye: chapter Configuration."))
    }
    return spots
  }

  /// What was counted and not looked into: by the reader's wish, because it was there twice, or because of a limit.
  private static func leftOut(_ row: LimitRow) -> Spot {
    let amount = "\(Words.grouped(row.count)) \(row.detail)"
    switch row.kind {
    case "filter":
      return Spot(
        what: "Filter of this assessment", amount: amount, meaning: "They were not looked into.",
        remedy: "An assessment without --filter.")
    case "duplicate":
      return Spot(
        what: "Recorded or handed over twice", amount: amount,
        meaning: "Nothing is missing: each was counted once.", remedy: "")
    default:
      return Spot(
        what: "Limit reached: \(row.kind)", amount: "\(row.detail): \(Words.grouped(row.count))",
        meaning: "What goes beyond was counted and left out.", remedy: "A narrower filter, if it matters.")
    }
  }

  struct MalformedSum: CaseRow {
    static let source = """
      SELECT coalesce(sum(count), 0) AS messages, count(DISTINCT conversation_id) AS conversations FROM anomaly
      """
    static let order = "1"
    var messages: Int64
    var conversations: Int
  }

  // MARK: rules

  private static func rules(_ reading: CaseReading) -> [Block] {
    guard reading.isAssessed else {
      return [
        .notice(.high, plain("No rule was asked of this case: not assessed. That nothing is listed means nothing."))
      ]
    }
    let blind = reading.rules.filter { $0.status == "not_assessable" }
    let quiet = reading.rules.filter { $0.status == "quiet" }.count
    let fired = reading.rules.count - blind.count - quiet
    let blocks: [Block] = [
      .paragraph(
        plain(
          "Of \(Words.count(reading.rules.count, "rule")), \(fired) found something, \(quiet) found nothing in what was "
            + "recorded (which is no proof that there is nothing), and \(blind.count) could not be assessed."))
    ]
    guard !blind.isEmpty else { return blocks }
    return blocks + [
      .table(
        Table(
          "Rules that could not be assessed, and what to collect", ["Rule", "Question", "What to collect"],
          rows: blind.map { [code($0.ruleID), plain($0.title), plain($0.reason)] }))
    ]
  }
}
