public import OTCore

/// Cuts the frames behind a finding out of the evidence into a small capture of their own.
public enum FrameCarver {
  public struct Result: Sendable, Equatable {
    public var format: CaptureFormat
    public var frames: UInt64
    /// References to frames that the evidence does not have.
    public var missing: [EvidenceRef]
  }

  /// Writes the frames in time order: as pcap where they are of one link type, else as pcapng with a comment on each
  /// frame that says where it came from. Reads the evidence twice: what to write, then writing it.
  ///
  /// - Parameters:
  ///   - references: in any order; repeated ones count once.
  ///   - set: the set the references were made with.
  ///   - path: the capture to write; never one of the evidence.
  public static func carve(
    _ references: [EvidenceRef], from set: CaptureSet, to path: String, comment: String = ""
  ) throws(CaptureError) -> Result {
    if let target = FileStatus(path), target.kind == .file {
      for file in set.files where file.status?.inode == target.inode && file.status?.device == target.device {
        throw CaptureError(.usage, path, "is evidence and is not overwritten")
      }
    }
    let selection = Selection(references, set)
    guard !selection.set.files.isEmpty else {
      throw CaptureError(.usage, path, "nothing to carve: no reference leads to a file of the evidence")
    }
    guard selection.set.isRepeatable else { throw CaptureError(.usage, path, "a pipe cannot be carved from") }
    var linkTypes: Set<UInt16> = []
    var nanoseconds = false
    var search = try Search(selection)
    while search.next() {
      linkTypes.insert(search.capture.header.linkType)
      nanoseconds = nanoseconds || search.capture.header.time.nanoseconds % 1000 != 0
    }
    let missing = search.missing()
    guard !linkTypes.isEmpty else {
      throw CaptureError(.usage, path, "nothing to carve: none of \(missing.count) frames was found")
    }

    let format = linkTypes.count == 1 ? CaptureFormat.pcap : .pcapng
    var writer = try CaptureWriter(
      path: path, format: format, linkTypes: linkTypes.sorted(), nanoseconds: nanoseconds, comment: comment)
    var frames: UInt64 = 0
    search = try Search(selection)
    while search.next() {
      let reference = search.reference
      let origin = "\(set.files[Int(reference.file)].path) frame \(reference.frame)"
      try writer.write(search.capture.header, search.capture.bytes, comment: origin)
      frames += 1
    }
    try writer.finish()
    return Result(format: format, frames: frames, missing: missing)
  }

  /// The files that hold wanted frames, and the numbers of those frames in each, rising.
  private struct Selection {
    var set: CaptureSet
    /// Index in the whole set of each file.
    var indices: [UInt32] = []
    var frames: [[UInt64]] = []
    var strangers: [EvidenceRef] = []

    init(_ references: [EvidenceRef], _ whole: CaptureSet) {
      var files: [CaptureSet.File] = []
      for reference in Set(references).sorted() {
        guard Int(reference.file) < whole.files.count else {
          strangers.append(reference)
          continue
        }
        if indices.last != reference.file {
          indices.append(reference.file)
          files.append(whole.files[Int(reference.file)])
          frames.append([])
        }
        frames[frames.count - 1].append(reference.frame)
      }
      set = CaptureSet(files)
    }
  }

  /// Goes through the selected files and stops at the wanted frames, no further than the last of them.
  private struct Search: ~Copyable {
    let selection: Selection
    var capture: LogicalCapture
    /// Per file: index of the next wanted frame.
    var cursors: [Int]
    var left: Int
    var skipped: [EvidenceRef] = []

    init(_ selection: Selection) throws(CaptureError) {
      self.selection = selection
      capture = try LogicalCapture(selection.set, filter: nil, dropsCopies: false)
      cursors = selection.frames.map { _ in 0 }
      left = selection.frames.reduce(0) { $0 + $1.count }
    }

    /// The frame's reference in the whole set.
    var reference: EvidenceRef {
      EvidenceRef(file: selection.indices[Int(capture.reference.file)], frame: capture.reference.frame)
    }

    mutating func next() -> Bool {
      while left > 0, capture.next() {
        let file = Int(capture.reference.file)
        let number = capture.reference.frame
        let wanted = selection.frames[file]
        while cursors[file] < wanted.count, wanted[cursors[file]] < number {
          skipped.append(EvidenceRef(file: selection.indices[file], frame: wanted[cursors[file]]))
          cursors[file] += 1
          left -= 1
        }
        if cursors[file] < wanted.count, wanted[cursors[file]] == number {
          cursors[file] += 1
          left -= 1
          return true
        }
      }
      return false
    }

    /// Frames that were not met, once `next` was false.
    func missing() -> [EvidenceRef] {
      var result = selection.strangers + skipped
      for file in selection.frames.indices {
        for frame in selection.frames[file][cursors[file]...] {
          result.append(EvidenceRef(file: selection.indices[file], frame: frame))
        }
      }
      return result.sorted()
    }
  }
}
