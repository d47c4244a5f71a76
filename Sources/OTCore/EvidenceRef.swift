/// Where a fact was seen: a file of the evidence manifest and a frame (or line, or record) in it.
///
/// Files are numbered by what they hold, never by their names or their order on the command line, so the same evidence
/// gives the same references; references order as the evidence manifest does, then as the file does.
public struct EvidenceRef: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Index into the evidence manifest.
  public var file: UInt32
  /// Number of the frame in its file, from 1, as Wireshark numbers it.
  public var frame: UInt64

  @inlinable
  public init(file: UInt32, frame: UInt64) {
    self.file = file
    self.frame = frame
  }

  @inlinable
  public static func < (left: Self, right: Self) -> Bool {
    (left.file, left.frame) < (right.file, right.frame)
  }

  /// `FILE:FRAME`, both in decimal.
  public var description: String { "\(file):\(frame)" }
}
