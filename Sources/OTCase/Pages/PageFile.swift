import Foundation
import OTCore

/// The file of a database that nobody uses at the moment: pages are appended to it, and trees that stand empty in it are
/// filled.
///
/// SQLite, "Database File Format", sections 1.2 and 1.3. Numbers are big-endian, pages are counted from 1.
struct PageFile {
  /// SQLite's own choice; the header of the file must say so.
  static let pageSize = 4_096
  /// The page that locks lie on is never used (section 1.4).
  static let lockPage = 0x4000_0000 / pageSize + 1

  private let handle: FileHandle
  private var header: [UInt8]
  private var pages: Int
  /// Page each tree begins at, by name of table or index.
  private let roots: [String: Int]

  init(appendingTo path: String, roots: [String: Int]) throws {
    guard let handle = FileHandle(forUpdatingAtPath: path) else { throw CaseError.missing(path: path) }
    self.handle = handle
    self.roots = roots
    header = [UInt8](try handle.read(upToCount: 100) ?? Data())
    pages = Int(try handle.seekToEnd()) / Self.pageSize
    guard header.count == 100, number(at: 16, bytes: 2) == UInt64(Self.pageSize), number(at: 52, bytes: 4) == 0 else {
      throw CaseError.noCase(path: path, reason: "its pages are not those this program makes")
    }
  }

  /// Number that the page at a place of a list gets behind `pages` others.
  static func number(of place: Int, behind pages: Int) -> Int {
    let number = pages + place
    return pages < lockPage && number >= lockPage ? number + 1 : number
  }

  /// Appends pages, and fills the roots of their trees.
  mutating func append(_ run: consuming PageRun) throws {
    let before = pages
    for var chunk in run.chunks {
      PageRun.Page.resolve(chunk.links, in: &chunk.bytes) { Self.number(of: $0, behind: before) }
      try append(chunk.bytes)
    }
    for (name, root) in run.roots {
      guard let number = roots[name] else { throw CaseError.inconsistent("no table \(name)") }
      var page = root.bytes
      PageRun.Page.resolve(root.links, in: &page) { Self.number(of: $0, behind: before) }
      try handle.seek(toOffset: UInt64((number - 1) * Self.pageSize))
      try handle.write(contentsOf: page)
    }
    try handle.seekToEnd()
  }

  private mutating func append(_ bytes: [UInt8]) throws {
    let count = bytes.count / Self.pageSize
    let below = pages < Self.lockPage ? min(count, Self.lockPage - 1 - pages) : count
    if below == count {
      try handle.write(contentsOf: bytes)
    } else {
      try handle.write(contentsOf: bytes[..<(below * Self.pageSize)])
      try handle.write(contentsOf: Data(count: Self.pageSize))
      try handle.write(contentsOf: bytes[(below * Self.pageSize)...])
    }
    pages = Self.number(of: count, behind: pages)
  }

  /// Tells in the header how long the file is and that it was changed, so that whoever read it before reads it anew.
  mutating func close() throws {
    let change = number(at: 24, bytes: 4) &+ 1
    for (place, value) in [(24, change), (28, UInt64(pages)), (92, change)] {
      header.replaceSubrange(place..<(place + 4), with: [UInt8](bigEndian: UInt32(truncatingIfNeeded: value)))
    }
    try handle.seek(toOffset: 0)
    try handle.write(contentsOf: Data(header))
    try handle.close()
  }

  private func number(at place: Int, bytes: Int) -> UInt64 {
    header[place..<(place + bytes)].reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension [UInt8] {
  init(bigEndian value: UInt32) {
    self = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
  }

  init(copying bytes: Span<UInt8>) {
    self = []
    append(bytes)
  }
}
