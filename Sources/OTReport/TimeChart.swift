import OTCore

/// Bars and dots over time. Times far apart get panels of their own, so that a night between two recordings does not
/// squeeze both into a line.
enum TimeChart {
  struct Bar {
    var label: String
    var first: Timestamp
    var last: Timestamp
    var tone = Tone.info
    init(_ label: String, _ first: Timestamp, _ last: Timestamp, _ tone: Tone = .info) {
      self.label = label
      self.first = min(first, last)
      self.last = max(first, last)
      self.tone = tone
    }
  }

  private static let width = 960
  private static let labels = 210
  private static let row = 26
  /// Seconds without anything after which a new panel begins.
  private static let gap = 1800.0
  private static let panelsAtMost = 6
  private static let barsAtMost = 40

  static func draw(_ bars: [Bar], title: String, caption: String) -> Drawing {
    let shown = Array(bars.prefix(barsAtMost))
    let panels = Self.panels(shown)
    var shapes: [Drawing.Shape] = []
    let height = shown.count * row + 40
    let space = (width - labels - 12 * max(0, panels.count - 1)) / max(1, panels.count)
    for (number, panel) in panels.enumerated() {
      let left = labels + number * (space + 12)
      shapes.append(.box(at: .init(left, 8), width: space, height: shown.count * row + 4, .plain))
      let bottom = shown.count * row + 30
      shapes.append(.text(at: .init(left, bottom), label(panel.first, wide: true), .start, isStrong: false))
      if space > 260 {
        shapes.append(.text(at: .init(left + space, bottom), label(panel.last, wide: false), .end, isStrong: false))
      }
    }
    for (index, bar) in shown.enumerated() {
      let y = 12 + index * row
      shapes.append(.text(at: .init(labels - 10, y + 14), bar.label.shortened(to: 28), .end, isStrong: false))
      guard let number = panels.firstIndex(where: { $0.first <= bar.first && bar.last <= $0.last }) else { continue }
      let left = labels + number * (space + 12)
      let from = place(bar.first, in: panels[number], space)
      let to = place(bar.last, in: panels[number], space)
      shapes.append(.box(at: .init(left + from, y + 3), width: max(4, to - from), height: row - 10, bar.tone))
    }
    return Drawing(title, caption: caption, width: width, height: height, shapes: shapes, twin: twin(bars))
  }

  private static func twin(_ bars: [Bar]) -> Table {
    Table(
      "The same as a table", ["What", "From", "To", .number("Length")], limit: barsAtMost, more: "the case",
      rows: bars.map { bar in
        [
          plain(bar.label), plain(Words.moment(bar.first)), plain(Words.moment(bar.last)),
          plain(Words.duration(bar.last.seconds(since: bar.first))),
        ]
      })
  }

  /// Spans of time that something lies in, joined where they are near; beyond the most, the last takes the rest.
  private static func panels(_ bars: [Bar]) -> [(first: Timestamp, last: Timestamp)] {
    var panels: [(first: Timestamp, last: Timestamp)] = []
    for bar in bars.sorted(by: { ($0.first, $0.last) < ($1.first, $1.last) }) {
      if let open = panels.last, bar.first.seconds(since: open.last) < gap || panels.count == panelsAtMost {
        panels[panels.count - 1].last = max(open.last, bar.last)
      } else {
        panels.append((bar.first, bar.last))
      }
    }
    return panels
  }

  /// 0...space.
  private static func place(_ time: Timestamp, in panel: (first: Timestamp, last: Timestamp), _ space: Int) -> Int {
    let length = panel.last.seconds(since: panel.first)
    guard length > 0 else { return 0 }
    let share = min(1, max(0, time.seconds(since: panel.first) / length))
    return Int(exactly: (share * Double(space)).rounded()) ?? 0
  }

  private static func label(_ time: Timestamp, wide: Bool) -> String {
    wide ? String(Words.moment(time).prefix(16)) : String(Words.moment(time).suffix(8))
  }
}
