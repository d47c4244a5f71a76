public import OTCore

/// What a capture file says about one frame, beside its bytes.
public struct FrameHeader: Sendable, Equatable {
  /// Position in its file, from 1. Every frame counts, whether a filter lets it through or not.
  public var number: UInt64
  /// When it was captured. A frame whose format keeps no time has that of the frame before it.
  public var time: Timestamp
  /// Bytes kept in the file.
  public var capturedLength: Int
  /// Bytes on the wire.
  public var originalLength: Int
  /// Index in the file's interface list (``CaptureSummary/interfaces``), which counts on over sections.
  public var interface: UInt32
  /// LINKTYPE number of the tcpdump.org registry; raw IP is always 101 (see ``LinkType``).
  public var linkType: UInt16

  @inlinable
  public init(
    number: UInt64 = 0, time: Timestamp = Timestamp(nanoseconds: 0), capturedLength: Int = 0, originalLength: Int = 0,
    interface: UInt32 = 0, linkType: UInt16 = 0
  ) {
    self.number = number
    self.time = time
    self.capturedLength = capturedLength
    self.originalLength = originalLength
    self.interface = interface
    self.linkType = linkType
  }
}
