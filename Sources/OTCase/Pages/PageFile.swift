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
  private static let lockPage = 0x4000_0000 / pageSize + 1
  private static let waitingAtMost = 1 << 20

  private let handle: FileHandle
  private var header: [UInt8]
  /// Pages of the file, waiting ones among them.
  private var pages: Int
  /// Appended pages that are not in the file yet.
  private var waiting: [UInt8] = []

  init(appendingTo path: String) throws {
    guard let handle = FileHandle(forUpdatingAtPath: path) else { throw CaseError.missing(path: path) }
    self.handle = handle
    header = [UInt8](try handle.read(upToCount: 100) ?? Data())
    pages = Int(try handle.seekToEnd()) / Self.pageSize
    guard header.count == 100, number(at: 16, bytes: 2) == UInt64(Self.pageSize), number(at: 52, bytes: 4) == 0 else {
      throw CaseError.noCase(path: path, reason: "its pages are not those this program makes")
    }
    waiting.reserveCapacity(Self.waitingAtMost)
  }

  /// Number of the page that will be appended next.
  var next: Int { pages + 1 == Self.lockPage ? pages + 2 : pages + 1 }
  /// Number of the one behind it.
  var afterNext: Int { next + 1 == Self.lockPage ? next + 2 : next + 1 }

  /// Appends a page and says its number.
  mutating func append(_ page: Span<UInt8>) throws -> Int {
    let number = next
    waiting.append(contentsOf: repeatElement(0, count: (number - pages - 1) * Self.pageSize))
    waiting.append(page)
    pages = number
    if waiting.count >= Self.waitingAtMost { try write() }
    return number
  }

  /// Puts a page in the place of another one.
  mutating func replace(_ number: Int, with page: Span<UInt8>) throws {
    try write()
    try handle.seek(toOffset: UInt64((number - 1) * Self.pageSize))
    try handle.write(contentsOf: Data(Array(copying: page)))
    try handle.seekToEnd()
  }

  /// Writes what waits, and tells in the header how long the file is and that it was changed, so that whoever read it
  /// before reads it anew.
  mutating func close() throws {
    try write()
    let change = number(at: 24, bytes: 4) &+ 1
    for (place, value) in [(24, change), (28, UInt64(pages)), (92, change)] {
      header.replaceSubrange(place..<(place + 4), with: [UInt8](bigEndian: UInt32(truncatingIfNeeded: value)))
    }
    try handle.seek(toOffset: 0)
    try handle.write(contentsOf: Data(header))
    try handle.close()
  }

  private mutating func write() throws {
    try handle.write(contentsOf: waiting)
    waiting.removeAll(keepingCapacity: true)
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
