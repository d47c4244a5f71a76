import OTCore

/// One column of an index: per row its number, or its text, of which there are few.
struct KeyColumn {
  /// Per row its number, or the place of its text in ``texts``.
  fileprivate var keys: [Int64] = []
  fileprivate var texts: [String] = []

  mutating func add(_ number: Int64) { keys.append(number) }

  mutating func add(_ text: String) {
    let bytes = text.utf8Span.span
    // It mostly is that of the row before.
    var place = Int(keys.last ?? 0)
    if place >= texts.count || !texts[place].utf8Span.span.equals(bytes) {
      place = texts.indices.first { texts[$0].utf8Span.span.equals(bytes) } ?? texts.count
      if place == texts.count { texts.append(text) }
    }
    keys.append(Int64(place))
  }

  /// Per row a number that stands in the order of the column's values.
  fileprivate func ranks() -> [Int64] {
    if texts.isEmpty { return keys }
    var ranks = Array(repeating: Int64(0), count: texts.count)
    let sorted = texts.indices.sorted { texts[$0].precedes(texts[$1]) }
    for (rank, place) in sorted.enumerated() { ranks[place] = Int64(rank) }
    return keys.map { ranks[Int($0)] }
  }
}

/// What the rows of a table are found by in one of its indices.
struct IndexKeys {
  private let columns: ArraySlice<KeyColumn>

  init(_ columns: ArraySlice<KeyColumn>) { self.columns = columns }

  /// Writes the index: a record of the keys and the number of its row for each, in the order of all of them.
  func write(to tree: inout TreePages, in file: inout PageFile) throws {
    var record = RecordBytes()
    for row in order() {
      record.removeAll()
      for place in columns.indices {
        let key = columns[place].keys[row]
        if columns[place].texts.isEmpty {
          record.add(key)
        } else {
          record.add(text: columns[place].texts[Int(key)].utf8Span.span)
        }
      }
      record.add(Int64(row + 1))
      try tree.add(record, to: &file)
    }
    try tree.finish(in: &file)
  }

  private func order() -> [Int] {
    guard let first = columns.first?.ranks() else { return [] }
    var order = Self.order(by: first)
    let others = columns.dropFirst().map { $0.ranks() }
    guard !others.isEmpty else { return order }
    func precedes(_ left: Int, _ right: Int) -> Bool {
      for place in others.indices where others[place][left] != others[place][right] {
        return others[place][left] < others[place][right]
      }
      return left < right
    }
    // Rows of one first key mostly stand in the order of the others: that of time.
    var start = 0
    while start < order.count {
      var end = start + 1
      var isSorted = true
      while end < order.count, first[order[end]] == first[order[start]] {
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
