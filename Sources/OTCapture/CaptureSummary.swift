public import OTCore

/// What one capture file said of itself and what was met while reading it.
public struct CaptureSummary: Sendable, Equatable {
  public var format = CaptureFormat.pcap
  public var compression = Compression.none
  /// Of the file (pcap) or its last section (pcapng).
  public var byteOrder = ByteOrder.littleEndian
  /// Section header blocks (pcapng), 1 for pcap.
  public var sections = 1
  public var interfaces: [CaptureInterface] = []
  /// Comments on sections, interfaces and frames, the first ``CaptureReader/mostComments``.
  public var comments: [CaptureComment] = []
  public var commentsLeftOut: UInt64 = 0
  /// What the capturing computer called itself (pcapng section header).
  public var hardware: [String] = []
  public var operatingSystems: [String] = []
  public var applications: [String] = []

  public var frames: UInt64 = 0
  /// Captured bytes of all frames.
  public var bytes: UInt64 = 0
  /// Earliest and latest frame; nil without frames.
  public var firstTime: Timestamp?
  public var lastTime: Timestamp?
  /// Frames by LINKTYPE number, lowest number first.
  public var framesPerLinkType: [LinkTypeCount] = []
  /// Frames of which less was captured than was on the wire.
  public var truncatedFrames: UInt64 = 0
  /// Frames older than the frame before them.
  public var timeReversals: UInt64 = 0
  /// Frames without a time of their own (pcapng simple packet blocks), dated like the frame before.
  public var framesWithoutTime: UInt64 = 0
  /// Blocks of types that are not read (pcapng).
  public var otherBlocks: UInt64 = 0
  /// Blocks that hold decryption secrets (pcapng): the capture discloses keys.
  public var secretsBlocks: UInt64 = 0

  /// Where the file broke, the first ``CaptureReader/mostDamage``.
  public var damage: [Damage] = []
  public var damageLeftOut: UInt64 = 0
}

public enum CaptureFormat: String, Sendable { case pcap, pcapng }
public enum Compression: String, Sendable { case none, gzip, zstd }
public enum ByteOrder: String, Sendable { case littleEndian, bigEndian }

public struct LinkTypeCount: Sendable, Equatable {
  public var linkType: UInt16
  public var frames: UInt64
}

/// An interface that frames were captured on (pcapng), or the one that a pcap implies.
public struct CaptureInterface: Sendable, Equatable {
  public var name = ""
  public var description = ""
  /// LINKTYPE number.
  public var linkType: UInt16
  /// Longest captured length; 0 is none given.
  public var snapLength: UInt32
  /// Units of the time stamps: `10^-6 s`, `2^-20 s`.
  public var resolution: String
  /// Frames of it in this file.
  public var frames: UInt64 = 0
  /// Frames the interface received and dropped, as its statistics say; nil where it has none.
  public var received: UInt64?
  public var dropped: UInt64?
}

/// A note that someone left in a pcapng file.
public struct CaptureComment: Sendable, Equatable {
  /// The frame it stands at, or nil for a section's or an interface's.
  public var frame: UInt64?
  public var text: String
}

/// A place where a capture file broke.
public struct Damage: Sendable, Equatable, CustomStringConvertible {
  /// Bytes from the start of the (decompressed) file.
  public var offset: UInt64
  /// The last whole frame before it, 0 for none.
  public var frame: UInt64
  public var reason: String
  /// Where reading went on, or nil where the rest is lost.
  public var resumedAt: UInt64?

  public var description: String {
    let rest = resumedAt.map { $0 == offset ? "" : ", reading went on at byte \($0)" } ?? ", nothing after it was read"
    return "byte \(offset), after frame \(frame): \(reason)\(rest)"
  }
}
