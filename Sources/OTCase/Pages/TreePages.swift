import OTCore

/// Fills a tree of a database that stands empty, entries in their order: page after page, from the leaves up. Finding the
/// place of each row and parting pages that are full is most of what SQLite does to insert one.
struct TreePages {
  enum Kind { case table, index }

  private let kind: Kind
  /// Name of the root, which has a page already.
  private let root: String
  private var leaf: TreePage
  /// The page in work of each level above the leaves, from the lowest up.
  private var inner: [TreePage] = []
  /// Row of the last entry on the leaf.
  private var lastRow: UInt64 = 0

  init(_ kind: Kind, root: String) {
    self.kind = kind
    self.root = root
    leaf = TreePage(kind == .table ? .leafTable : .leafIndex)
  }

  /// Adds the record of a row, or of an index; `row` is the number of a table's row.
  mutating func add(_ record: RecordBytes, row: Int64 = 0, to run: inout PageRun) {
    let count = record.count
    let row = UInt64(bitPattern: row)
    let numbers = ByteRoom.size(varint: UInt64(count)) + (kind == .table ? ByteRoom.size(varint: row) : 0)
    let local = kind.bytesOnPage(of: count)
    let spilled = local < count ? Self.spill(record, from: local, to: &run) : nil
    if !leaf.hasRoom(for: numbers + local + (spilled == nil ? 0 : 4)) { endLeaf(in: &run) }
    leaf.add(isSpilled: spilled != nil) { [kind] room in
      room.add(varint: UInt64(count))
      if kind == .table { room.add(varint: row) }
      let start = room.count
      record.write(to: &room)
      guard let spilled else { return }
      room.count = start + local
      room.add(lowest: 4, of: UInt64(spilled))
    }
    lastRow = row
  }

  /// Ends the tree; what was its empty root becomes the topmost page.
  mutating func finish(in run: inout PageRun) {
    var page = leaf.finish()
    for level in inner.indices { page = inner[level].finish(rightmost: run.append(page)) }
    run.add(root: root, page)
  }

  /// What tells a full leaf from the next: of a table the number of its last row; of an index its last entry, which then
  /// stands above only.
  private mutating func endLeaf(in run: inout PageRun) {
    let border: TreePage.Border
    switch kind {
    case .table:
      var row = ByteRoom()
      row.add(varint: lastRow)
      border = TreePage.Border(bytes: Array(copying: row.span))
    case .index: border = leaf.removeLast()
    }
    add(run.append(leaf.finish()), border, level: 0, in: &run)
  }

  /// Adds a page and the border behind it to a level. Where there is no room, the last page added stays the rightmost of
  /// its level's page, and its border moves up.
  private mutating func add(_ page: Int, _ border: TreePage.Border, level: Int, in run: inout PageRun) {
    if level == inner.count { inner.append(TreePage(kind == .table ? .innerTable : .innerIndex)) }
    if !inner[level].hasRoom(for: 4 + border.bytes.count) {
      let last = inner[level].removeLastPage()
      add(run.append(inner[level].finish(rightmost: last.place)), last.border, level: level + 1, in: &run)
    }
    inner[level].add(page, border)
  }

  /// Appends what a page has no room for, a chain of pages of which each begins with the place of the next, and gives
  /// the place of the first.
  private static func spill(_ record: RecordBytes, from local: Int, to run: inout PageRun) -> Int {
    var room = ByteRoom()
    record.write(to: &room)
    let first = run.next
    var start = local
    while start < room.count {
      let end = min(start + PageFile.pageSize - 4, room.count)
      let isLast = end == room.count
      var page = [UInt8](bigEndian: isLast ? 0 : UInt32(truncatingIfNeeded: run.next + 1))
      page.append(room.span.extracting(start..<end))
      page.append(contentsOf: repeatElement(0, count: PageFile.pageSize - page.count))
      _ = run.append(PageRun.Page(bytes: page, links: isLast ? [] : [0]))
      start = end
    }
    return first
  }
}

extension TreePages.Kind {
  /// Bytes of a record that stand on its page; the rest spills over (section 1.6, "cell payload overflow").
  func bytesOnPage(of count: Int) -> Int {
    let usable = PageFile.pageSize
    let most = self == .table ? usable - 35 : (usable - 12) * 64 / 255 - 23
    if count <= most { return count }
    let least = (usable - 12) * 32 / 255 - 23
    let even = least + (count - least) % (usable - 4)
    return even <= most ? even : least
  }
}
