/// One capture file as evidence: what it is, and what reading it showed.
public struct EvidenceFile: Sendable, Equatable {
  /// As the caller named it, or as it was found in a folder.
  public var path: String
  /// Last component of the path.
  public var name: String
  /// Bytes on the disk, or that came through the pipe.
  public var size: UInt64
  /// Of the file as it lies on the disk, compressed or not.
  public var sha256: SHA256Digest?
  /// Other paths to the same bytes, which were read once.
  public var copies: [String]
  public var summary: CaptureSummary
  /// Why it could not be read when its turn came (it was there when the set was made).
  public var failure: CaptureError?
  /// Frames in it that another file holds too and that were counted there.
  public var duplicates: UInt64
}

/// The evidence of a run. ``EvidenceRef/file`` is an index into ``files``.
public struct EvidenceManifest: Sendable, Equatable {
  public var files: [EvidenceFile]
  /// Frames held by more than one file, counted once.
  public var duplicates: UInt64
  /// Frames that shared their moment with so many others that duplicates among them were not looked for.
  public var notCompared: UInt64
  /// Files that had to wait for another one to end, because too many overlap: their frames are out of time order.
  public var lateFiles: UInt64
  /// Frames that the filter left out.
  public var filteredOut: UInt64
  public var filterMisfits: [FilterMisfit]
}
