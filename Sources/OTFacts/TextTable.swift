import OTCore

/// Texts by number: each distinct one is kept once.
struct TextTable: Sendable {
  private var bytes: [UInt8] = []
  private var ranges: [TextRef] = []
  private var index = IndexTable()
  private let mostBytes: Int
  /// Texts that came when there was no more room; all of them are ``unkept``.
  private(set) var refused: UInt64 = 0

  /// Number of the empty text.
  static let empty: UInt32 = 0
  /// Number of the text that stands for those not kept.
  static let unkept: UInt32 = 1

  init(mostBytes: Int = Limits.factTextBytes) {
    self.mostBytes = mostBytes
    ranges.append(.none)
    bytes += "…".utf8
    ranges.append(TextRef(start: 0, count: UInt32(truncatingIfNeeded: bytes.count)))
  }

  var count: Int { ranges.count }
  var byteCount: Int { bytes.count }

  /// The number of a text that was met before.
  func find(_ text: Span<UInt8>) -> UInt32? {
    text.isEmpty ? Self.empty : find(text, hashBytes(text))
  }

  private func find(_ text: Span<UInt8>, _ hash: UInt64) -> UInt32? {
    var probe = index.probe(hash)
    while let candidate = index.next(&probe) {
      if equals(candidate, text) { return candidate }
    }
    return nil
  }

  /// Whether an object is this text.
  func holds(_ text: Span<UInt8>, as object: ObjectKey) -> Bool { object.tag == .text && equals(object.a, text) }

  mutating func intern(_ text: Span<UInt8>) -> UInt32 {
    guard !text.isEmpty else { return Self.empty }
    let hash = hashBytes(text)
    if let known = find(text, hash) { return known }
    guard bytes.count + text.count <= mostBytes else {
      refused &+= 1
      return Self.unkept
    }
    let number = UInt32(truncatingIfNeeded: ranges.count)
    ranges.append(
      TextRef(start: UInt32(truncatingIfNeeded: bytes.count), count: UInt32(truncatingIfNeeded: text.count)))
    bytes.append(text)
    index.insert(hash, id: number)
    return number
  }

  /// A text of our own (field names).
  mutating func intern(_ text: StaticString) -> UInt32 {
    text.withUTF8Buffer { buffer in unsafe intern(buffer.span) }
  }

  private func equals(_ number: UInt32, _ text: Span<UInt8>) -> Bool {
    let range = ranges[Int(number)]
    guard Int(range.count) == text.count else { return false }
    return bytes.span.extracting(Int(range.start)..<(Int(range.start) + Int(range.count))).equals(text)
  }

  func string(_ number: UInt32) -> String {
    let range = ranges[Int(number)]
    let start = Int(range.start)
    return String(decoding: bytes[start..<(start + Int(range.count))], as: UTF8.self)
  }
}
