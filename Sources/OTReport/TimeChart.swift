import OTCore

/// Bars and dots over time. Times far apart get panels of their own, so that a night between two recordings does not
/// squeeze both into a line.
enum TimeChart {
  struct Bar {
    var label: String
    var first: Timestamp
    var last: Timestamp
    init(_ label: String, _ first: Timestamp, _ last: Timestamp) {
      self.label = label
      self.first = min(first, last)
      self.last = max(first, last)
    }
  }

  /// Moments on one line.
  struct Lane {
    var label: String
    var moments: [(time: Timestamp, tone: Tone)]
  }

  private static let width = 960
  private static let labels = 210
  private static let row = 26
  /// Seconds without anything after which a new panel begins.
  private static let gap = 1800.0
  private static let panelsAtMost = 6
  private static let rowsAtMost = 40
  private static let dotsAtMost = 200

  static func draw(_ bars: [Bar], title: String, caption: String, twin: Table) -> Drawing {
    let shown = Array(bars.prefix(rowsAtMost))
    var canvas = Canvas(panels(shown), rows: shown.map(\.label))
    for (index, bar) in shown.enumerated() {
      guard let from = canvas.x(bar.first), let to = canvas.x(bar.last) else { continue }
      canvas.shapes.append(
        .box(at: .init(from, 15 + index * row), width: max(4, to - from), height: row - 10, .info))
    }
    return canvas.drawing(title, caption, twin)
  }

  /// Dots on lanes; `recorded` is when anything could have been seen.
  static func draw(_ lanes: [Lane], recorded: [Bar], title: String, caption: String, twin: Table) -> Drawing {
    let shown = Array(lanes.prefix(rowsAtMost))
    var canvas = Canvas(panels(recorded), rows: shown.map(\.label))
    for (index, lane) in shown.enumerated() {
      for (time, tone) in lane.moments.prefix(dotsAtMost) {
        guard let x = canvas.x(time) else { continue }
        canvas.shapes.append(.dot(at: .init(x, 23 + index * row), radius: 5, tone))
      }
    }
    return canvas.drawing(title, caption, twin)
  }

  private struct Canvas {
    let panels: [(first: Timestamp, last: Timestamp)]
    let rows: Int
    let space: Int
    var shapes: [Drawing.Shape] = []

    init(_ panels: [(first: Timestamp, last: Timestamp)], rows labelTexts: [String]) {
      self.panels = panels
      rows = labelTexts.count
      space = (width - labels - 12 * max(0, panels.count - 1)) / max(1, panels.count)
      let bottom = rows * row + 30
      for (number, panel) in panels.enumerated() {
        let left = labels + number * (space + 12)
        shapes.append(.box(at: .init(left, 8), width: space, height: rows * row + 4, .plain))
        shapes.append(
          .text(
            at: .init(left, bottom), String(Words.moment(panel.first).prefix(space > 130 ? 16 : 10)), .start,
            isStrong: false))
        guard space > 260 else { continue }
        shapes.append(
          .text(at: .init(left + space, bottom), String(Words.moment(panel.last).suffix(8)), .end, isStrong: false))
      }
      for (index, label) in labelTexts.enumerated() {
        shapes.append(
          .text(at: .init(labels - 10, 27 + index * row), label.shortenedInside(to: 23), .end, isStrong: false))
      }
    }

    /// Where a moment lies; nil outside of all panels.
    func x(_ time: Timestamp) -> Int? {
      guard let number = panels.firstIndex(where: { $0.first <= time && time <= $0.last }) else { return nil }
      return labels + number * (space + 12) + place(time, in: panels[number], space)
    }

    func drawing(_ title: String, _ caption: String, _ twin: Table) -> Drawing {
      Drawing(title, caption: caption, width: width, height: rows * row + 40, shapes: shapes, twin: twin)
    }
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
}
