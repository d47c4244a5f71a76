import OTCase
import OTCore

/// What was handed over, when it was taken, and what it cannot show. First, since everything after rests on it.
enum CoverageSection: ReportSection {
  static let title = "What was examined, and what could not be seen"
  static let id = "coverage"

  static func blocks(_ reading: CaseReading) throws -> [Block] {
    guard !reading.evidence.isEmpty else {
      return [.notice(.high, plain("No evidence is recorded in this case. Nothing below is an observation."))]
    }
    return [introduction(reading), evidence(reading)] + (try Blindness.blocks(reading))
      + (try Unreadable.blocks(reading))
  }

  private static func introduction(_ reading: CaseReading) -> Block {
    let captures = reading.captures
    let frames = captures.reduce(0) { $0 + $1.frames }
    let others = reading.evidence.count - captures.count
    var text = "\(Words.count(captures.count, "capture")) with \(Words.count(frames, "frame"))"
    text += others == 0 ? "" : " and \(Words.count(others, "other file"))"
    text += captures.count + others == 1 ? " was examined." : " were examined."
    if let span = reading.span {
      text += " Traffic was recorded between \(Words.moment(span.first)) and \(Words.moment(span.last)); all times in "
      text +=
        "this report are UTC. What happened at other times, or on links without a recording point, was not observed."
    }
    return .paragraph(plain(text))
  }

  /// A bar for each capture where there are several, and the table of all files.
  private static func evidence(_ reading: CaseReading) -> Block {
    let rows: [[[Inline]]] = reading.evidence.map { file in
      [
        code(file.name), plain(what(file)),
        plain(Words.bytes(file.size)), number(file.frames), plain(Words.moment(file.firstTime)), plain(length(file)),
        [
          file.status == "read" ? .text("read") : .tag(.medium, file.status),
          .text(file.statusReason.map { ": \($0)" } ?? ""),
        ],
        code(String(file.sha256.prefix(16))),
      ]
    }
    let table = Table(
      "Evidence; the whole SHA-256 of each file stands in the last chapter",
      [
        "File", "What it is", .number("Size"), .number("Frames or lines"), "From", .number("Length"), "Read",
        "SHA-256 begins",
      ], limit: 60, more: "manifest.json", rows: rows)
    let bars = reading.captures.compactMap { file in
      file.firstTime.flatMap { first in file.lastTime.map { TimeChart.Bar(file.name, first, $0) } }
    }
    guard bars.count > 1 else { return .table(table) }
    return .drawing(
      TimeChart.draw(
        bars, title: "When the captures were taken",
        caption: "Each bar is one capture. Half an hour or more without a recording is left out between the panels.",
        twin: table))
  }

  private static func what(_ file: EvidenceRow) -> String {
    switch file.kind {
    case "config": "configuration, \(file.format)"
    case "site": "site file"
    default: file.kind + (file.format.isEmpty || file.format == file.kind ? "" : ", \(file.format)")
    }
  }

  private static func length(_ file: EvidenceRow) -> String {
    guard let first = file.firstTime, let last = file.lastTime else { return "–" }
    return Words.duration(last.seconds(since: first))
  }
}
