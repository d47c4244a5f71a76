public import OTCore

/// The capture files of one assessment, found, checked and put in order once; readers then share it.
///
/// Files are ordered by what they hold: time of the first frame, size, SHA-256 where those agree (standard input and
/// pipes, which can be read once only, stand before them). Neither names nor the order of the arguments matter, so a renamed or reordered folder gives the same ``EvidenceRef``s. Files with the
/// same bytes stand once. Only the first frame of each file is read.
public struct CaptureSet: Sendable {
  /// A capture to be read. Its index in ``files`` is ``EvidenceRef/file``.
  public struct File: Sendable {
    public var path: String
    /// Bytes on the disk; nil for standard input and pipes.
    public var size: UInt64?
    /// Time of the first frame; nil in a capture without frames.
    public var firstTime: Timestamp?
    /// Of the first frame, else of the first interface.
    public var linkType: UInt16?
    /// Known already where it was needed to tell files apart.
    public var digest: SHA256Digest?
    /// Other paths to the same bytes.
    public var copies: [String] = []
    var status: FileStatus?
  }

  public internal(set) var files: [File] = []
  /// What was named by the caller but is no capture or cannot be read.
  public private(set) var refused: [CaptureError] = []
  /// Files met in folders that are no captures.
  public private(set) var passedOver: [CaptureError] = []

  /// Bytes of all files, without standard input and pipes.
  public var totalBytes: UInt64 { files.reduce(0) { $0 + ($1.size ?? 0) } }

  /// Whether the set can be read more than once (no pipe in it).
  public var isRepeatable: Bool { files.allSatisfy { $0.size != nil } }

  static let mostDepth = 32

  /// - Parameters:
  ///   - paths: files, folders (searched recursively) and `-` for standard input, in any order.
  ///   - mayBeEmpty: whether to go on where there is no capture at all.
  /// - Throws: when there is nothing to read. What else cannot be read stands in ``refused``.
  public init(paths: [String], mayBeEmpty: Bool = false) throws(CaptureError) {
    var found: [File] = []
    for path in paths.sorted() { find(path, named: true, depth: 0, &found) }
    files = try Self.inOrder(Self.withoutRepeats(found))
    if files.isEmpty, !mayBeEmpty { throw nothingToRead(paths) }
  }

  /// Why a set is empty: the first file that was refused and how many were, or that there was none.
  public func nothingToRead(_ paths: [String]) -> CaptureError {
    let strangers = refused + passedOver
    guard let first = strangers.first else {
      return CaptureError(.usage, paths.first ?? "", "holds no files; nothing to read")
    }
    let others = strangers.count == 1 ? "" : "; none of the \(strangers.count) files can be read"
    return CaptureError(first.kind, first.path, first.message + others)
  }

  /// A few files of another set, in its order.
  init(_ files: [File]) { self.files = files }

  private mutating func find(_ path: String, named: Bool, depth: Int, _ found: inout [File]) {
    if path == "-" {
      found.append(File(path: path))
      return
    }
    guard let status = FileStatus(path) else {
      note(.system(path, "cannot be opened"), named)
      return
    }
    guard status.kind == .folder else {
      look(path, status, named, &found)
      return
    }
    if depth > 0, isSymbolicLink(path) {
      note(CaptureError(.usage, path, "is a link to a folder, which is not followed"), named)
      return
    }
    guard depth < Self.mostDepth else {
      note(CaptureError(.usage, path, "lies more than \(Self.mostDepth) folders deep"), named)
      return
    }
    do {
      let folder = path.hasSuffix("/") ? path : path + "/"
      for name in try folderEntries(path) { find(folder + name, named: false, depth: depth + 1, &found) }
    } catch {
      note(error, true)
    }
  }

  private mutating func look(_ path: String, _ status: FileStatus, _ named: Bool, _ found: inout [File]) {
    var file = File(path: path, status: status)
    // A pipe can be read once only: it is opened when its turn comes.
    guard status.kind == .file else {
      if named { found.append(file) }
      return
    }
    file.size = status.size
    do {
      var reader = try CaptureReader(path: path, bufferBytes: CaptureReader.smallBufferBytes)
      if reader.next() {
        file.firstTime = reader.header.time
        file.linkType = reader.header.linkType
      } else {
        file.linkType = reader.summary.interfaces.first?.linkType
      }
      found.append(file)
    } catch {
      note(error, named)
    }
  }

  private mutating func note(_ error: CaptureError, _ named: Bool) {
    if named { refused.append(error) } else { passedOver.append(error) }
  }

  /// One entry for all paths to one file.
  private static func withoutRepeats(_ found: [File]) -> [File] {
    var result: [File] = []
    var places: [[UInt64]: Int] = [:]
    for file in found {
      let key = file.status.map { [$0.device, $0.inode] } ?? []
      if let place = places[key] {
        result[place].copies.append(file.path)
      } else {
        places[key] = result.count
        result.append(file)
      }
    }
    return result
  }

  /// Sorts by content and joins equal contents.
  private static func inOrder(_ found: [File]) throws(CaptureError) -> [File] {
    // What can be read once only comes first: it is opened at once.
    func key(_ file: File) -> (Int64, UInt64) {
      guard let size = file.size else { return (.min, 0) }
      return (file.firstTime?.nanoseconds ?? .max, size)
    }
    var sorted = found.sorted { key($0) < key($1) }
    for index in sorted.indices where sorted[index].size != nil {
      let hasTwin =
        index > 0 && key(sorted[index - 1]) == key(sorted[index])
        || index + 1 < sorted.count && key(sorted[index + 1]) == key(sorted[index])
      if hasTwin { sorted[index].digest = try EvidenceHasher.hash(path: sorted[index].path) }
    }
    sorted.sort { left, right in
      if key(left) != key(right) { return key(left) < key(right) }
      if let first = left.digest, let second = right.digest, first != second { return first < second }
      return left.path < right.path
    }
    var result: [File] = []
    for file in sorted {
      if let digest = file.digest, let last = result.last, last.digest == digest, last.size == file.size {
        result[result.count - 1].copies += [file.path] + file.copies
      } else {
        result.append(file)
      }
    }
    return result
  }

  /// SHA-256 of every file that can be read again, in the order of ``files``. Call it on a thread of its own beside the
  /// reading; a pipe's digest comes from ``LogicalCapture/manifest(digests:)``.
  public func digests() throws(CaptureError) -> [SHA256Digest?] {
    var result: [SHA256Digest?] = []
    for file in files {
      if file.digest == nil, file.size != nil {
        result.append(try EvidenceHasher.hash(path: file.path))
      } else {
        result.append(file.digest)
      }
    }
    return result
  }
}
