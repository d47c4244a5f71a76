import OTCore

/// What the rows of a table are found by in one of its indices: numbers, and texts of which there are few.
struct IndexKeys {
  /// Per column of the index whether it holds texts.
  private let isText: [Bool]
  /// The columns of a row one behind the other: a number, or the place of a text in ``texts``.
  private var keys: [Int64] = []
  private var texts: [String] = []

  init(_ columns: [Schema.Column]) { isText = columns.map { $0.type == .text } }

  /// Adds the value of the row's next column.
  mutating func add(_ number: Int64) { keys.append(number) }

  mutating func add(_ text: String) {
    let bytes = text.utf8Span.span
    // It mostly is that of the row before.
    let before = keys.count - isText.count
    var place = before >= 0 ? Int(keys[before]) : texts.count
    if place >= texts.count || !texts[place].utf8Span.span.equals(bytes) {
      place = texts.indices.first { texts[$0].utf8Span.span.equals(bytes) } ?? texts.count
      if place == texts.count { texts.append(text) }
    }
    keys.append(Int64(place))
  }

  /// Writes the index: a record of the keys and the number of its row for each, in the order of all of them.
  mutating func write(to tree: inout TreePages, in run: inout PageRun) {
    sortTexts()
    var record = RecordBytes()
    let (keys, width) = (keys.span, isText.count)
    for row in order() {
      record.removeAll()
      for column in 0..<width {
        let key = keys[row * width + column]
        if isText[column] { record.add(text: texts[Int(key)].utf8Span.span) } else { record.add(key) }
      }
      record.add(Int64(row + 1))
      tree.add(record, to: &run)
    }
    tree.finish(in: &run)
  }

  /// Puts the texts in order, so that their places compare as they do.
  private mutating func sortTexts() {
    let sorted = texts.indices.sorted { texts[$0].precedes(texts[$1]) }
    var ranks = Array(repeating: Int64(0), count: sorted.count)
    for (rank, place) in sorted.enumerated() { ranks[place] = Int64(rank) }
    texts = sorted.map { texts[$0] }
    for column in isText.indices where isText[column] {
      for place in stride(from: column, to: keys.count, by: isText.count) { keys[place] = ranks[Int(keys[place])] }
    }
  }

  private func order() -> [Int] {
    let (keys, width) = (keys.span, isText.count)
    var order = Self.order(by: stride(from: 0, to: keys.count, by: width).map { keys[$0] })
    guard width > 1 else { return order }
    func precedes(_ left: Int, _ right: Int) -> Bool {
      for column in 1..<width where keys[left * width + column] != keys[right * width + column] {
        return keys[left * width + column] < keys[right * width + column]
      }
      return left < right
    }
    // Rows of one first key mostly stand in the order of the others: that of time.
    var start = 0
    while start < order.count {
      var end = start + 1
      var isSorted = true
      while end < order.count, keys[order[end] * width] == keys[order[start] * width] {
        if isSorted { isSorted = precedes(order[end - 1], order[end]) }
        end += 1
      }
      if !isSorted { order[start..<end].sort(by: precedes) }
      start = end
    }
    return order
  }

  /// Rows by key, those of one key as they stand.
  private static func order(by keys: [Int64]) -> [Int] {
    guard let least = keys.min(), let most = keys.max() else { return [] }
    let (span, overflow) = most.subtractingReportingOverflow(least)
    // Keys are numbers of other rows and lie close together, so that counting sorts them.
    guard !overflow, span < 4 * keys.count + 1_024 else {
      return keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
    }
    var starts = Array(repeating: 0, count: Int(span) + 2)
    for key in keys { starts[Int(key - least) + 1] += 1 }
    for place in 1..<starts.count { starts[place] += starts[place - 1] }
    var order = Array(repeating: 0, count: keys.count)
    for row in keys.indices {
      let place = Int(keys[row] - least)
      order[starts[place]] = row
      starts[place] += 1
    }
    return order
  }
}
