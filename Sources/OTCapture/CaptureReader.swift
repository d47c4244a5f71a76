public import OTCore

/// Reads one capture file front to back: pcap or pcapng, plain, gzip or zstd, from a path, a pipe or standard input.
///
/// ```swift
/// var reader = try CaptureReader(path: path)
/// while reader.next() { use(reader.header, reader.bytes) }
/// print(reader.summary.damage)
/// ```
///
/// One buffer of 1 MiB is filled by `read(2)` and frames are handed out inside it: nothing is allocated or copied per
/// frame. For plain pcap `next` inlines into the caller's loop (38 instructions a frame, libpcap 472); everything rare
/// is one call.
///
/// A damaged file is read as far as it goes, and past the damage where its record structure can be found again; the
/// summary says where it broke. Only what is no capture at all throws, when it is opened.
///
/// Unsafe code, and why it holds: `buffer` belongs to the reader for as long as it lives and is never handed out but as a
/// span that borrows the reader, so a frame cannot outlive the next `next`. Every load is at `position ..< end`, checked
/// before.
@safe public struct CaptureReader: ~Copyable {
  /// Longest captured length that is believed (libpcap's bound for all but USB and D-Bus).
  @inlinable public static var longestFrame: Int { 262_144 }
  public static let mostComments = 256
  public static let mostDamage = 64
  static let mostInterfaces = 65_536
  static let bufferBytes = 1 << 20
  /// Buffer of a reader that only looks at the first frame, or that is one of many.
  static let smallBufferBytes = 3 << 17

  /// Start of `memory`.
  @usableFromInline let buffer: UnsafeMutableRawPointer
  private let memory: FrameMemory
  let capacity: Int
  /// Where the next record starts.
  @usableFromInline var position = 0
  /// End of the bytes in the buffer.
  var end = 0
  /// End of the bytes that the inlined path may read: `end` for pcap of today's layout in our byte order, else 0.
  @usableFromInline var fastEnd = 0
  /// Offset of the buffer's first byte in the (decompressed) file.
  var base: UInt64 = 0

  @usableFromInline var frameStart = 0
  /// Before the first frame it is younger than any.
  @usableFromInline var current = FrameHeader(time: Timestamp(nanoseconds: .max))
  @usableFromInline var tally = FrameTally()
  /// Nanoseconds of the unit in which a pcap tells fractions of a second.
  @usableFromInline var fractionUnit: Int64 = 1000
  /// The file's (section's) byte order is not this machine's.
  var swapped = false

  let source: ByteSource?
  let path: String
  /// Layout of a pcap's record headers.
  var layout = PcapLayout()
  /// State of a pcapng's section.
  var section = PcapngSection()
  /// All but what is counted per frame.
  var notes = CaptureSummary()

  /// Opens a file, or `-` for standard input, and reads its header.
  public init(path: String) throws(CaptureError) {
    try self.init(path: path, bufferBytes: Self.bufferBytes)
  }

  /// - Parameter hashing: digest the bytes as they pass (for what cannot be read twice), see ``finishHash()``.
  init(path: String, bufferBytes: Int, hashing: Bool = false) throws(CaptureError) {
    self.init(source: ByteSource(path: path, hashing: hashing), path: path, memory: FrameMemory(bufferBytes))
    try readFileHeader()
  }

  /// A reader without a file, at its end.
  static func closed() -> CaptureReader { CaptureReader(source: nil, path: "", memory: FrameMemory(16)) }

  private init(source: ByteSource?, path: String, memory: FrameMemory) {
    self.memory = memory
    unsafe buffer = memory.start
    capacity = memory.count
    self.source = source
    self.path = path
  }

  // MARK: frames

  /// Moves to the next frame; false at the end of what can be read.
  @inlinable
  public mutating func next() -> Bool {
    // Wrapping arithmetic: positions are below 2^31 and 32-bit fields are lifted to 64 bits, so nothing can wrap.
    let start = position &+ 16
    guard start <= fastEnd else { return nextRecord() }
    let captured = Int(plainWord(8))
    let original = Int(plainWord(12))
    guard captured <= Self.longestFrame, start &+ captured <= fastEnd, original != 0 else { return nextRecord() }
    let time = Int64(plainWord(0)) &* 1_000_000_000 &+ Int64(Int32(bitPattern: plainWord(4))) &* fractionUnit
    frameStart = start
    position = start &+ captured
    accept(Timestamp(nanoseconds: time), captured: captured, original: original)
    return true
  }

  /// What the file says of the frame `next` moved to.
  @inlinable public var header: FrameHeader { current }

  /// The captured bytes of the frame `next` moved to.
  @inlinable
  public var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      let start = unsafe UnsafePointer(buffer.assumingMemoryBound(to: UInt8.self) + frameStart)
      let span = unsafe Span(_unsafeStart: start, count: current.capturedLength)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// 32 bits in this machine's byte order, `offset` bytes behind `position`; the caller has checked that they are there.
  @inlinable @inline(__always)
  func plainWord(_ offset: Int) -> UInt32 {
    unsafe buffer.loadUnaligned(fromByteOffset: position &+ offset, as: UInt32.self)
  }

  @inlinable @inline(__always)
  mutating func accept(_ time: Timestamp, captured: Int, original: Int) {
    tally.bytes &+= UInt64(truncatingIfNeeded: captured)
    if captured < original { tally.truncated &+= 1 }
    if time < current.time { noteReversal(time) }
    current.number &+= 1
    current.time = time
    current.capturedLength = captured
    current.originalLength = original
  }

  /// The next frame is the first one, or older than the one before it: only then do earliest and latest change course.
  @usableFromInline
  mutating func noteReversal(_ time: Timestamp) {
    tally.earliest = min(tally.earliest, time)
    guard current.number > 0 else { return }
    tally.reversals += 1
    tally.latest = max(tally.latest, current.time)
  }

  @usableFromInline
  mutating func nextRecord() -> Bool {
    notes.format == .pcap ? nextPcapRecord() : nextBlock()
  }

  // MARK: bytes

  /// Makes at least `count` bytes stand at `position`, or as many as the file still has; whether there are enough.
  @inline(__always)
  mutating func fill(_ count: Int) -> Bool {
    end &- position >= count || refill(count)
  }

  @inline(never)
  private mutating func refill(_ count: Int) -> Bool {
    unsafe buffer.copyMemory(from: buffer + position, byteCount: end - position)
    base += UInt64(position)
    end -= position
    position = 0
    while end < min(count, capacity), let source {
      let got = unsafe source.read(into: UnsafeMutableRawBufferPointer(start: buffer + end, count: capacity - end))
      if got == 0 { break }
      end += got
    }
    fastEnd = layout.isPlain && !swapped ? end : 0
    return end >= count
  }

  /// Steps over `count` bytes, in the buffer or not; false where the file ends before.
  mutating func skip(_ count: Int) -> Bool {
    var left = count
    while left > end - position {
      left -= end - position
      position = end
      guard fill(1) else { return false }
    }
    position += left
    return true
  }

  func byte(at index: Int) -> UInt8 { unsafe buffer.load(fromByteOffset: index, as: UInt8.self) }

  /// 16 bits at an index of the buffer, in the file's byte order.
  func half(at index: Int) -> UInt16 {
    let value = unsafe buffer.loadUnaligned(fromByteOffset: index, as: UInt16.self)
    return swapped ? value.byteSwapped : value
  }

  /// 32 bits, likewise.
  func word(at index: Int) -> UInt32 {
    let value = unsafe buffer.loadUnaligned(fromByteOffset: index, as: UInt32.self)
    return swapped ? value.byteSwapped : value
  }

  /// 64 bits, likewise.
  func long(at index: Int) -> UInt64 {
    let value = unsafe buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self)
    return swapped ? value.byteSwapped : value
  }

  /// Text of the file's author, made safe.
  func text(at index: Int, count: Int) -> String {
    var kept: [UInt8] = []
    let start = unsafe UnsafePointer(buffer.assumingMemoryBound(to: UInt8.self) + index)
    _ = unsafe WireText.append(Span(_unsafeStart: start, count: count), to: &kept)
    return String(decoding: kept, as: UTF8.self)
  }

  // MARK: the account

  /// What is known so far; complete once `next` was false.
  public var summary: CaptureSummary {
    var result = notes
    result.frames = current.number
    result.bytes = tally.bytes
    result.truncatedFrames = tally.truncated
    if current.number > 0 {
      result.timeReversals = tally.reversals
      result.firstTime = tally.earliest
      result.lastTime = max(tally.latest, current.time)
    }
    if notes.format == .pcap {
      for index in result.interfaces.indices { result.interfaces[index].frames = current.number }
    } else {
      for index in result.interfaces.indices { result.interfaces[index].frames = section.interfaces[index].frames }
    }
    var counts: [UInt16: UInt64] = [:]
    for interface in result.interfaces { counts[interface.linkType, default: 0] += interface.frames }
    result.framesPerLinkType = counts.sorted { $0.key < $1.key }.filter { $0.value > 0 }
      .map { LinkTypeCount(linkType: $0.key, frames: $0.value) }
    result.byteOrder = swapped == (UInt16(littleEndian: 1) == 1) ? .bigEndian : .littleEndian
    return result
  }

  /// Bytes of the file itself read so far, for showing progress.
  public var bytesRead: UInt64 { source?.bytesRead ?? 0 }

  /// SHA-256 of the whole file, when opened to digest what passes; reads the rest.
  func finishHash() -> SHA256Digest? { source?.finishHash() }

  /// Bytes from the start of the file to an index of the buffer.
  func offset(_ index: Int) -> UInt64 { base + UInt64(index) }

  mutating func noteDamage(at offset: UInt64, _ reason: String, resumedAt: UInt64? = nil) {
    guard notes.damage.count < Self.mostDamage else {
      notes.damageLeftOut += 1
      return
    }
    notes.damage.append(Damage(offset: offset, frame: current.number, reason: reason, resumedAt: resumedAt))
  }

  /// Why the bytes ended before they should have, to be added to what that broke.
  var failureNote: String { source?.failure.map { " (\($0))" } ?? "" }

  /// The file ended: says so if it should not have, once.
  mutating func noteEnd(_ inside: String) {
    if end > position {
      let reason = "the file ends inside \(inside), \(end - position) bytes of it are left\(failureNote)"
      noteDamage(at: offset(position), reason)
    } else if let failure = source?.failure, notes.damage.last?.offset != offset(end) {
      noteDamage(at: offset(end), failure)
    }
    position = end
  }
}

/// Owns the memory that a reader's frames lie in.
@safe private final class FrameMemory {
  let start: UnsafeMutableRawPointer
  let count: Int

  init(_ count: Int) {
    self.count = count
    unsafe start = .allocate(byteCount: count, alignment: 16)
  }

  deinit { unsafe start.deallocate() }
}

/// What is counted for every frame.
@usableFromInline
struct FrameTally {
  @usableFromInline var bytes: UInt64 = 0
  @usableFromInline var truncated: UInt64 = 0
  @usableFromInline var reversals: UInt64 = 0
  @usableFromInline var earliest = Timestamp(nanoseconds: .max)
  @usableFromInline var latest = Timestamp(nanoseconds: .min)

  @usableFromInline init() {}
}
