import OTCore

/// Fills a tree of a database that stands empty, entries in their order: page after page, from the leaves up. Finding the
/// place of each row and parting pages that are full is most of what SQLite does to insert one.
struct TreePages {
  enum Kind { case table, index }

  private let kind: Kind
  /// Page of the root, which keeps its number.
  private let root: Int
  private var leaf: TreePage
  /// The page in work of each level above the leaves, from the lowest up.
  private var inner: [TreePage] = []
  /// Row of the last entry on the leaf.
  private var lastRow: UInt64 = 0

  init(_ kind: Kind, root: Int) {
    self.kind = kind
    self.root = root
    leaf = TreePage(kind == .table ? .leafTable : .leafIndex)
  }

  /// Adds the record of a row, or of an index; `row` is the number of a table's row.
  mutating func add(_ record: RecordBytes, row: Int64 = 0, to file: inout PageFile) throws {
    let count = record.count
    let row = UInt64(bitPattern: row)
    let numbers = ByteRoom.size(varint: UInt64(count)) + (kind == .table ? ByteRoom.size(varint: row) : 0)
    let local = kind.bytesOnPage(of: count)
    let spilled = local < count ? try Self.spill(record, from: local, to: &file) : nil
    if !leaf.hasRoom(for: numbers + local + (spilled == nil ? 0 : 4)) { try endLeaf(in: &file) }
    leaf.add { [kind] room in
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
  mutating func finish(in file: inout PageFile) throws {
    var page = leaf.finish()
    for level in inner.indices { page = inner[level].finish(rightmost: try file.append(page.span)) }
    try file.replace(root, with: page.span)
  }

  /// What tells a full leaf from the next: of a table the number of its last row; of an index its last entry, which then
  /// stands above only.
  private mutating func endLeaf(in file: inout PageFile) throws {
    let border: [UInt8]
    switch kind {
    case .table:
      var row = ByteRoom()
      row.add(varint: lastRow)
      border = Array(copying: row.span)
    case .index: border = leaf.removeLast()
    }
    try add(try file.append(leaf.finish().span), border, level: 0, in: &file)
  }

  /// Adds a page and the border behind it to a level. Where there is no room, the last page added stays the rightmost of
  /// its level's page, and its border moves up.
  private mutating func add(_ page: Int, _ border: [UInt8], level: Int, in file: inout PageFile) throws {
    if level == inner.count { inner.append(TreePage(kind == .table ? .innerTable : .innerIndex)) }
    let entry = [UInt8](bigEndian: UInt32(truncatingIfNeeded: page)) + border
    if !inner[level].hasRoom(for: entry.count) {
      let last = inner[level].removeLast()
      let rightmost = last.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      let full = inner[level].finish(rightmost: rightmost)
      try add(try file.append(full.span), Array(last.dropFirst(4)), level: level + 1, in: &file)
    }
    inner[level].add { $0.add(entry.span) }
  }

  /// Appends what a page has no room for, a chain of pages of which each begins with the number of the next, and gives
  /// the number of the first.
  private static func spill(_ record: RecordBytes, from local: Int, to file: inout PageFile) throws -> Int {
    var room = ByteRoom()
    record.write(to: &room)
    let first = file.next
    var start = local
    while start < room.count {
      let end = min(start + PageFile.pageSize - 4, room.count)
      var page = [UInt8](bigEndian: end < room.count ? UInt32(truncatingIfNeeded: file.afterNext) : 0)
      page.append(room.span.extracting(start..<end))
      page.append(contentsOf: repeatElement(0, count: PageFile.pageSize - page.count))
      _ = try file.append(page.span)
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
