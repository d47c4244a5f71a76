import OTCore

/// One file of the evidence manifest: what was handed over, and how far it was read.
///
/// ``Sighting/file`` is an index into the list of these.
public struct EvidenceFile: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case capture, config, log, historian, register, site, other
    /// What a consultant wrote of a protocol, for the reading of the captures.
    case protocolDescription = "protocol"
  }
  public enum Status: Sendable, Equatable {
    case read
    /// Read up to a damage or a limit; the reason.
    case partlyRead(String)
    case notRead(String)
  }

  /// An interface a capture was taken at; in the order of the file, through all its sections.
  public struct Interface: Sendable {
    public var name: String?
    public var description: String?
    public var filter: String?
    /// LINKTYPE_ number.
    public var linkType: UInt16
    /// 0: unlimited.
    public var snapLength: UInt32
    /// Packets the interface counted and lost, where the file tells.
    public var received: UInt64?
    public var dropped: UInt64?
    public init(
      name: String? = nil, description: String? = nil, filter: String? = nil, linkType: UInt16,
      snapLength: UInt32 = 0, received: UInt64? = nil, dropped: UInt64? = nil
    ) {
      self.name = name
      self.description = description
      self.filter = filter
      self.linkType = linkType
      self.snapLength = snapLength
      self.received = received
      self.dropped = dropped
    }
  }

  /// A place where the file is damaged or ends too early.
  public struct Damage: Sendable {
    /// Bytes from the start of the uncompressed file.
    public var offset: UInt64
    /// Last whole frame before it.
    public var frame: UInt64?
    public var reason: String
    public init(offset: UInt64, frame: UInt64?, reason: String) {
      self.offset = offset
      self.frame = frame
      self.reason = reason
    }
  }

  public struct Comment: Sendable {
    /// nil: the whole file.
    public var frame: UInt64?
    public var text: String
    public init(frame: UInt64?, text: String) {
      self.frame = frame
      self.text = text
    }
  }

  public var kind: Kind
  /// Shortest name that is unique in the manifest.
  public var name: String
  public var path: String
  /// Of the file as it lies on disk, lower-case hexadecimal.
  public var sha256: String
  /// Bytes on disk.
  public var size: UInt64
  /// `pcap`, `pcapng`, `cisco-ios`…; empty: not recognised.
  public var format: String
  /// `gzip`, `zstd`; empty: none.
  public var compression: String
  public var status: Status
  /// Frames of a capture, lines of a text file.
  public var frames: UInt64 = 0
  public var cutFrames: UInt64 = 0
  public var outOfOrder: UInt64 = 0
  public var firstTime: Timestamp?
  public var lastTime: Timestamp?
  public var interfaces: [Interface] = []
  public var damages: [Damage] = []
  public var comments: [Comment] = []

  public init(
    kind: Kind, name: String, path: String, sha256: String, size: UInt64, format: String, compression: String = "",
    status: Status = .read
  ) {
    self.kind = kind
    self.name = name
    self.path = path
    self.sha256 = sha256
    self.size = size
    self.format = format
    self.compression = compression
    self.status = status
  }
}

/// A protocol the program knows, as the case lists it.
public struct ProtocolFact: Sendable {
  public var id: String
  public var name: String
  public var specification: String
  public var isIndustrial: Bool
  public var readsIdentity: Bool
  public var readsOperations: Bool
  public var displayFilter: String
  public init(
    id: String, name: String, specification: String, isIndustrial: Bool, readsIdentity: Bool, readsOperations: Bool,
    displayFilter: String
  ) {
    self.id = id
    self.name = name
    self.specification = specification
    self.isIndustrial = isIndustrial
    self.readsIdentity = readsIdentity
    self.readsOperations = readsOperations
    self.displayFilter = displayFilter
  }
}
