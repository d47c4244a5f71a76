public import OTCore

/// Many capture files (rotated sets, several sensors, folders) read as one, in time order, each frame once.
///
/// ```swift
/// let set = try CaptureSet(paths: paths)
/// var capture = try LogicalCapture(set, filter: filter)
/// while capture.next() { engine.frame(capture.reference, capture.header, capture.bytes) }
/// let manifest = capture.manifest(digests: try set.digests())
/// ```
///
/// Frames come by (time, file, number in the file); a file whose own frames go back in time keeps its order. A file is
/// opened when the time of its first frame is reached and closed at its end, so a rotated set has one or two open.
/// While one file is open alone, `next` is that reader's, inlined. Where more than ``mostOpen`` files overlap, the
/// latest ones wait, which the manifest counts.
///
/// Opening one set several times gives the same frames in the same order: workers may each read it whole.
public struct LogicalCapture: ~Copyable {
  /// Most files open at once: 64 buffers of 384 KiB.
  public static let mostOpen = 64

  /// A reader that waits while another one is read; `reader` stands at a frame not given out yet.
  private final class Waiting {
    var reader: CaptureReader
    var file: Int
    init(_ reader: consuming CaptureReader, _ file: Int) {
      self.reader = reader
      self.file = file
    }
    func precedes(_ time: Timestamp, _ other: Int) -> Bool { (reader.current.time, file) < (time, other) }
  }

  private let files: [CaptureSet.File]
  /// When each file has to be opened: at its first frame's time, a pipe at once, a file without frames at the end.
  private let openings: [Timestamp]
  @usableFromInline var reader = CaptureReader.closed()
  /// Index of the file being read.
  @usableFromInline var file = 0
  /// Until this moment the file being read is alone and nothing has to be looked at; `min` when never.
  @usableFromInline var aloneUntil = Timestamp(nanoseconds: .min)

  private let dropsCopies: Bool
  /// `reader` stands at a frame that was not given out yet.
  private var isHeld = false
  private var isOpen = false
  /// Open files in falling order of (time, file), so that the next one is the last.
  private var waiting: [Waiting] = []
  /// Index of the next file to open.
  private var nextFile = 0
  private var window = DuplicateWindow()
  private var filter: CaptureFilter?

  private var results: [EvidenceFile]
  private var duplicates: UInt64 = 0
  private var lateFiles: UInt64 = 0
  /// Files before this one are counted in ``lateFiles`` if they were late.
  private var lateLooked = 0
  private var closedBytes: UInt64 = 0
  private var filteredOut: UInt64 = 0

  /// - Parameter filter: an expression of pcap-filter(7), or nil for all frames.
  public init(_ set: CaptureSet, filter: String? = nil) throws(CaptureError) {
    try self.init(set, filter: filter, dropsCopies: true)
  }

  init(_ set: CaptureSet, filter: String?, dropsCopies: Bool) throws(CaptureError) {
    files = set.files
    openings = files.map { file in
      file.size == nil ? Timestamp(nanoseconds: .min) : file.firstTime ?? Timestamp(nanoseconds: .max)
    }
    self.dropsCopies = dropsCopies
    if let filter {
      let linkTypes = Set(set.files.compactMap(\.linkType)).sorted()
      self.filter = try CaptureFilter(filter, linkTypes: linkTypes)
    }
    results = set.files.map { file in
      let name = file.path.split(separator: "/").last.map { String($0) } ?? file.path
      return EvidenceFile(
        path: file.path, name: name, size: file.size ?? 0, sha256: file.digest, copies: file.copies,
        summary: CaptureSummary(), failure: nil, duplicates: 0)
    }
  }

  // MARK: frames

  /// Moves to the next frame; false at the end.
  @inlinable
  public mutating func next() -> Bool {
    if aloneUntil.nanoseconds > .min {
      guard reader.next() else { return nextMerged(endOfFile: true) }
      if reader.current.time < aloneUntil { return true }
      return nextMerged(held: true)
    }
    return nextMerged()
  }

  /// What the file says of the frame.
  @inlinable public var header: FrameHeader { reader.current }

  /// The captured bytes of the frame.
  @inlinable
  public var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get { reader.bytes }
  }

  /// Where the frame stands in the evidence.
  @inlinable
  public var reference: EvidenceRef {
    EvidenceRef(file: UInt32(truncatingIfNeeded: file), frame: reader.current.number)
  }

  @usableFromInline
  mutating func nextMerged(held: Bool = false, endOfFile: Bool = false) -> Bool {
    isHeld = held
    if endOfFile { closeReader() }
    while true {
      guard standAtEarliest() else { return false }
      isHeld = false
      if dropsCopies, !waiting.isEmpty || !window.isEmpty {
        let index = UInt32(truncatingIfNeeded: file)
        if window.isDuplicate(reader.current, reader.bytes, file: index, remember: !waiting.isEmpty) {
          duplicates += 1
          results[file].duplicates += 1
          continue
        }
      }
      if filter != nil, !filter!.passes(reader.current, reader.bytes) {
        filteredOut += 1
        continue
      }
      setAlone()
      return true
    }
  }

  /// Lets `next` read on by itself for as long as no other file has a say.
  private mutating func setAlone() {
    guard waiting.isEmpty, window.isEmpty, filter == nil else {
      aloneUntil = Timestamp(nanoseconds: .min)
      return
    }
    aloneUntil = nextFile < files.count ? openings[nextFile] : Timestamp(nanoseconds: .max)
  }

  /// Makes `reader` stand at the earliest frame of all files; false when there is none left.
  private mutating func standAtEarliest() -> Bool {
    aloneUntil = Timestamp(nanoseconds: .min)
    if isOpen, !isHeld, !reader.next() { closeReader() }
    if !isOpen, let first = waiting.popLast() {
      swap(&reader, &first.reader)
      file = first.file
      isOpen = true
    }
    while nextFile < files.count, !isOpen || openings[nextFile] <= reader.current.time {
      if isOpen, waiting.count + 1 >= Self.mostOpen {
        noteLate()
        break
      }
      open(nextFile)
      nextFile += 1
    }
    guard isOpen else { return false }
    if let first = waiting.last, first.precedes(reader.current.time, file) {
      waiting.removeLast()
      swap(&reader, &first.reader)
      swap(&file, &first.file)
      insert(first)
    }
    return true
  }

  // MARK: opening and closing

  private mutating func open(_ index: Int) {
    do {
      let bytes = waiting.count < 8 ? CaptureReader.bufferBytes : CaptureReader.smallBufferBytes
      var opened = try CaptureReader(path: files[index].path, bufferBytes: bytes, hashing: files[index].size == nil)
      guard opened.next() else {
        close(&opened, index)
        return
      }
      if isOpen {
        insert(Waiting(opened, index))
      } else {
        reader = opened
        file = index
        isOpen = true
      }
    } catch {
      results[index].failure = error
    }
  }

  private mutating func closeReader() {
    var closed = CaptureReader.closed()
    swap(&closed, &reader)
    close(&closed, file)
    isOpen = false
  }

  private mutating func close(_ reader: inout CaptureReader, _ index: Int) {
    results[index].summary = reader.summary
    if files[index].size == nil {
      results[index].sha256 = reader.finishHash()
      results[index].size = reader.bytesRead
    }
    closedBytes += reader.bytesRead
  }

  private mutating func insert(_ entry: Waiting) {
    var place = waiting.endIndex
    while place > 0, waiting[place - 1].precedes(entry.reader.current.time, entry.file) { place -= 1 }
    waiting.insert(entry, at: place)
  }

  private mutating func noteLate() {
    guard lateLooked <= nextFile else { return }
    lateFiles += 1
    lateLooked = nextFile + 1
  }

  // MARK: the account

  /// Bytes of the files read so far, for showing progress against ``CaptureSet/totalBytes``.
  public var bytesRead: UInt64 {
    waiting.reduce(closedBytes + reader.bytesRead) { $0 + $1.reader.bytesRead }
  }

  /// The evidence and what reading it showed; complete once `next` was false.
  ///
  /// - Parameter digests: as ``CaptureSet/digests()`` gave them, perhaps on another thread.
  public func manifest(digests: [SHA256Digest?] = []) -> EvidenceManifest {
    var shown = results
    if isOpen { shown[file].summary = reader.summary }
    for entry in waiting { shown[entry.file].summary = entry.reader.summary }
    for (index, digest) in zip(shown.indices, digests) where shown[index].sha256 == nil { shown[index].sha256 = digest }
    return EvidenceManifest(
      files: shown, duplicates: duplicates, notCompared: window.notCompared, lateFiles: lateFiles,
      filteredOut: filteredOut, filterMisfits: filter?.misfits ?? [])
  }
}
