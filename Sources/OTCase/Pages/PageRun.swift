import OTCore

/// Pages that are made apart from the file they will stand in, so that several lists of them can be made at a time. Until
/// they are appended to a ``PageFile`` they refer to each other by their place in the list, from 1.
struct PageRun: Sendable {
  /// A page, and where on it such places stand: big-endian, four bytes each.
  struct Page: Sendable {
    var bytes: [UInt8]
    var links: [Int] = []
  }

  /// Pages one behind the other, and where in them places of pages stand.
  struct Chunk: Sendable {
    var bytes: [UInt8] = []
    var links: [Int] = []
  }

  /// Pages of a chunk: so few that memory which is used again and again is enough for most.
  private static let chunkPages = 128

  private(set) var chunks: [Chunk] = []
  /// Number of all pages in ``chunks``.
  private(set) var count = 0
  /// Pages that have a place in the file already: the roots of trees, by name of table or index.
  private(set) var roots: [(name: String, page: Page)] = []

  /// Place of the page that will be appended next.
  var next: Int { count + 1 }

  /// Appends a page and says its place.
  mutating func append(_ page: Page) -> Int {
    if count % Self.chunkPages == 0 {
      chunks.append(Chunk())
      chunks[chunks.count - 1].bytes.reserveCapacity(Self.chunkPages * PageFile.pageSize)
    }
    let last = chunks.count - 1
    let start = chunks[last].bytes.count
    for link in page.links { chunks[last].links.append(start + link) }
    chunks[last].bytes.append(page.bytes.span)
    count += 1
    return count
  }

  mutating func add(root name: String, _ page: Page) { roots.append((name, page)) }
}

extension PageRun.Page {
  /// Puts the numbers of pages where their places stand.
  static func resolve(_ links: [Int], in bytes: inout [UInt8], _ number: (Int) -> Int) {
    for link in links {
      let place = bytes[link..<(link + 4)].reduce(0) { $0 << 8 | Int($1) }
      let resolved = [UInt8](bigEndian: UInt32(truncatingIfNeeded: number(place)))
      bytes.overwrite(at: link, with: resolved.span)
    }
  }
}
