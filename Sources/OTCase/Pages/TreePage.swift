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

  private let kind: Kind
  private var entries = ByteRoom()
  /// Where in `entries` each begins.
  private var starts: [Int] = []

  init(_ kind: Kind) { self.kind = kind }

  /// Whether there is room for one more.
  func hasRoom(for size: Int) -> Bool {
    kind.headerSize + 2 * (starts.count + 1) + entries.count + size <= PageFile.pageSize
  }

  /// Adds an entry, which is written into the room of all.
  mutating func add(_ write: (inout ByteRoom) -> Void) {
    starts.append(entries.count)
    write(&entries)
  }

  mutating func removeLast() -> [UInt8] {
    let start = starts.removeLast()
    let entry = Array(copying: entries.span.extracting(start..<entries.count))
    entries.count = start
    return entry
  }

  /// Gives the page's bytes and begins an empty one.
  ///
  /// - Parameter rightmost: of an inner page, the page of what lies behind all its entries.
  mutating func finish(rightmost: Int = 0) -> [UInt8] {
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
    if kind.headerSize == 12 { page += [UInt8](bigEndian: UInt32(truncatingIfNeeded: rightmost)) }
    for entry in starts { append(start + entry) }
    page.append(contentsOf: repeatElement(0, count: start - page.count))
    page.append(entries.span)
    entries.count = 0
    starts.removeAll(keepingCapacity: true)
    return page
  }
}
