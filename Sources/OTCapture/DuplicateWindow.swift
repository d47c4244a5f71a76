internal import Glibc
internal import OTCore

/// Finds frames that several overlapping files hold: the same bytes at the same nanosecond on the same link type.
///
/// Holds the frames of one moment only. A file that holds a frame twice keeps both; so many are counted as the file
/// with the most of them holds.
struct DuplicateWindow: Sendable {
  private struct Entry: Sendable {
    var file: UInt32
    /// The last file whose copy of this frame was dropped.
    var matched: UInt32
    var linkType: UInt16
    var originalLength: Int
    var start: Int
    var count: Int
  }

  /// Frames of one moment that are remembered; more (a capture without times) are not compared.
  static let mostFrames = 256
  static let mostBytes = 1 << 20

  private var time = Timestamp(nanoseconds: 0)
  private var entries: [Entry] = []
  private var kept: [UInt8] = []
  private(set) var notCompared: UInt64 = 0

  var isEmpty: Bool { entries.isEmpty }

  /// Whether a frame was there before, from another file; remembers it if not and if another file may still bring it.
  mutating func isDuplicate(_ header: FrameHeader, _ bytes: Span<UInt8>, file: UInt32, remember: Bool) -> Bool {
    if header.time != time {
      entries.removeAll(keepingCapacity: true)
      kept.removeAll(keepingCapacity: true)
      time = header.time
    }
    for index in entries.indices {
      let entry = entries[index]
      if entry.file != file, entry.matched != file, entry.count == bytes.count, entry.linkType == header.linkType,
        entry.originalLength == header.originalLength, isEqual(entry, bytes)
      {
        entries[index].matched = file
        return true
      }
    }
    guard remember else { return false }
    guard entries.count < Self.mostFrames, kept.count + bytes.count <= Self.mostBytes else {
      notCompared += 1
      return false
    }
    entries.append(
      Entry(
        file: file, matched: file, linkType: header.linkType, originalLength: header.originalLength,
        start: kept.count, count: bytes.count))
    unsafe bytes.withUnsafeBufferPointer { unsafe kept.append(contentsOf: $0) }
    return false
  }

  private func isEqual(_ entry: Entry, _ bytes: Span<UInt8>) -> Bool {
    // Within bounds: the entry was kept there, and both have `count` bytes.
    unsafe bytes.withUnsafeBufferPointer { new in
      unsafe kept.withUnsafeBufferPointer { old in
        guard let old = old.baseAddress, let new = new.baseAddress else { return true }
        return unsafe memcmp(old + entry.start, new, entry.count) == 0
      }
    }
  }
}
