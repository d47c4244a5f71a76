import OTCore

/// A page of a tree while entries are put on it (SQLite, "Database File Format", section 1.6): a header, the places of the
/// entries, a gap, the entries.
struct TreePage {
  enum Kind: UInt8 {
    case innerIndex = 2
    case innerTable = 5
    case leafIndex = 10
    case leafTable = 13
    var headerSize: Int { self == .innerIndex || self == .innerTable ? 12 : 8 }
  }

  /// What stands between two pages: an entry without the page it stands behind.
  struct Border {
    var bytes: [UInt8]
    /// Whether it ends in the place of a page with the rest of it.
    var isSpilled = false
  }

  private let kind: Kind
  private var entries = ByteRoom()
  /// Where in `entries` each begins.
  private var starts: [Int] = []
  /// Where in `entries` places of pages stand.
  private var links: [Int] = []

  init(_ kind: Kind) { self.kind = kind }

  /// Whether there is room for one more.
  func hasRoom(for size: Int) -> Bool {
    kind.headerSize + 2 * (starts.count + 1) + entries.count + size <= PageFile.pageSize
  }

  /// Adds an entry of a leaf, which is written into the room of all.
  ///
  /// - Parameter isSpilled: whether it ends in the place of a page.
  mutating func add(isSpilled: Bool, _ write: (inout ByteRoom) -> Void) {
    starts.append(entries.count)
    write(&entries)
    if isSpilled { links.append(entries.count - 4) }
  }

  /// Adds a page of the level below and the border behind it.
  mutating func add(_ place: Int, _ border: Border) {
    links.append(entries.count)
    add(isSpilled: border.isSpilled) { room in
      room.add(lowest: 4, of: UInt64(place))
      room.add(border.bytes.span)
    }
  }

  /// Takes the last entry of a leaf away.
  mutating func removeLast() -> Border {
    let start = starts.removeLast()
    var border = Border(bytes: Array(copying: entries.span.extracting(start..<entries.count)))
    while let link = links.last, link >= start {
      if link > start { border.isSpilled = true }
      links.removeLast()
    }
    entries.count = start
    return border
  }

  /// Takes the last page and its border away.
  mutating func removeLastPage() -> (place: Int, border: Border) {
    var border = removeLast()
    let place = border.bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    border.bytes.removeFirst(4)
    return (place, border)
  }

  /// Gives the page and begins an empty one.
  ///
  /// - Parameter rightmost: of an inner page, the page of what lies behind all its entries.
  mutating func finish(rightmost: Int = 0) -> PageRun.Page {
    let start = PageFile.pageSize - entries.count
    var page: [UInt8] = []
    page.reserveCapacity(PageFile.pageSize)
    func append(_ value: Int) {
      page.append(UInt8(truncatingIfNeeded: value >> 8))
      page.append(UInt8(truncatingIfNeeded: value))
    }
    page.append(kind.rawValue)
    append(0)
    append(starts.count)
    append(start)
    page.append(0)
    var places = links.map { start + $0 }
    if kind.headerSize == 12 {
      places.append(page.count)
      page += [UInt8](bigEndian: UInt32(truncatingIfNeeded: rightmost))
    }
    for entry in starts { append(start + entry) }
    page.append(contentsOf: repeatElement(0, count: start - page.count))
    page.append(entries.span)
    entries.count = 0
    starts.removeAll(keepingCapacity: true)
    links.removeAll(keepingCapacity: true)
    return PageRun.Page(bytes: page, links: places)
  }
}
