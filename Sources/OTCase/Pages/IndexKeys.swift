import OTCore

/// What the rows of a table are found by in one of its indices: numbers, or texts of which there are few.
struct IndexKeys {
  /// Per row its number, or the place of its text in ``texts``.
  private var keys: [Int64] = []
  private var texts: [[UInt8]] = []
  private var places: [[UInt8]: Int] = [:]
  /// Text of the row before, which mostly is the next one's.
  private var last: [UInt8] = []

  mutating func add(_ number: Int64) { keys.append(number) }

  mutating func add(_ text: Span<UInt8>) {
    if let place = keys.last, last.span.equals(text) { return keys.append(place) }
    let bytes = Array(copying: text)
    last = bytes
    let place = places[bytes] ?? texts.count
    if place == texts.count {
      places[bytes] = place
      texts.append(bytes)
    }
    keys.append(Int64(place))
  }

  /// Writes the index: a record of the key and the number of its row for each, in the order of both.
  func write(to tree: inout TreePages, in file: inout PageFile) throws {
    var record = RecordBytes()
    for row in Self.order(by: texts.isEmpty ? keys : ranks()) {
      record.removeAll()
      if texts.isEmpty {
        record.add(keys[row])
      } else {
        let text = texts[Int(keys[row])]
        record.add(text: text.span)
      }
      record.add(Int64(row + 1))
      try tree.add(record, to: &file)
    }
    try tree.finish(in: &file)
  }

  /// Per row the place of its text among all in the order of their bytes.
  private func ranks() -> [Int64] {
    var ranks = Array(repeating: Int64(0), count: texts.count)
    let sorted = texts.indices.sorted { texts[$0].lexicographicallyPrecedes(texts[$1]) }
    for (rank, place) in sorted.enumerated() { ranks[place] = Int64(rank) }
    return keys.map { ranks[Int($0)] }
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
