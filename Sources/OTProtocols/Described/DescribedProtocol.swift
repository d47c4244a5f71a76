import OTCore

/// A protocol as a file describes it, not code: `docs/protocol-descriptions.md`. Interpreted for every data unit, by
/// ``frame(_:_:)`` and ``dissect(_:_:_:into:)``.
///
/// The reader of the files keeps the bounds that are named here; what it let pass can still not make a read go astray,
/// for every field is looked for in the bytes that are there.
public struct DescribedProtocol: Sendable, Equatable {
  public var info: ProtocolInfo
  /// Ports or EtherTypes; empty: met anywhere by its magic bytes.
  public var claims: [Claim]
  public var isStream: Bool
  /// All of them must match.
  public var magic: [Match] = []
  public var framing = FramingRule.whole
  public var direction = Direction.port
  /// Where questions and answers say what is done; nil: they do not.
  public var requestCommand: NumberField?
  public var responseCommand: NumberField?
  /// By ascending code.
  public var names: [CommandName] = []
  /// Whether a command that is not among the names is one, too; else a data unit with such is no beginning of a
  /// conversation.
  public var takesOtherCommands = true
  public var status: Status?
  /// At most four: what was touched.
  public var objects: [ObjectField] = []
  public var value: ValueField?
  public var identities: [IdentityField] = []
  /// Bytes every data unit has, so that all fields of a number fit.
  public var leastBytes = 1

  public init(info: ProtocolInfo, claims: [Claim], isStream: Bool) {
    self.info = info
    self.claims = claims
    self.isStream = isStream
  }

  /// Bytes that stand at a fixed place.
  public struct Match: Sendable, Equatable {
    public var offset: Int
    public var bytes: [UInt8]
    /// As long as `bytes`; bits that are 0 here do not matter.
    public var mask: [UInt8]
    public init(offset: Int, bytes: [UInt8], mask: [UInt8]? = nil) {
      self.offset = offset
      self.mask = mask ?? Array(repeating: 0xff, count: bytes.count)
      self.bytes = bytes
    }
  }

  /// An unsigned number of 1 to 4 bytes at a fixed place; what `mask` leaves of it.
  public struct NumberField: Sendable, Equatable {
    public var offset: Int
    public var width: Int
    public var isBig: Bool
    public var mask: UInt32
    public init(offset: Int, width: Int, isBig: Bool = true, mask: UInt32 = .max) {
      self.offset = offset
      self.width = width
      self.isBig = isBig
      self.mask = mask
    }
    var end: Int { offset + width }

    /// nil where the bytes end before it.
    func read(_ bytes: Span<UInt8>) -> UInt32? {
      guard offset >= 0, width >= 1, width <= 4, offset <= bytes.count - width else { return nil }
      var value: UInt32 = 0
      for step in 0..<width { value = value << 8 | UInt32(bytes[offset + (isBig ? step : width - 1 - step)]) }
      return value & mask
    }
  }

  /// How the bytes of a stream are cut into data units.
  public enum FramingRule: Sendable, Equatable {
    /// Datagrams and frames; of a stream what one segment carries.
    case whole
    case fixed(Int)
    /// `value * scale + adjust` bytes.
    case length(NumberField, scale: Int, adjust: Int)
    /// Up to and with these bytes, which come within `longest`.
    case terminator([UInt8], longest: Int)
  }

  /// How a question is told from an answer.
  public enum Direction: Sendable, Equatable {
    /// The server, whose port it is, answers.
    case port
    /// A question has this value here.
    case field(NumberField, request: UInt32)
    /// Nobody answers: every data unit is sent to whoever listens.
    case publish
  }

  public enum Side: Sendable, Equatable { case request, response, either }

  public struct CommandName: Sendable, Equatable {
    public var code: UInt32
    public var name: String
    public var kind: OperationKind
    public init(code: UInt32, name: String, kind: OperationKind) {
      self.code = code
      self.name = name
      self.kind = kind
    }
  }

  /// Where an answer tells whether it did what was asked.
  public struct Status: Sendable, Equatable {
    public var field: NumberField
    /// Values that mean success.
    public var success: [UInt32]
    public init(field: NumberField, success: [UInt32]) {
      self.field = field
      self.success = success
    }
  }

  public struct ObjectField: Sendable, Equatable {
    public var name: String
    public var field: NumberField
    public var side: Side
    /// Only in data units of these commands; empty: in all.
    public var commands: [UInt32]
    public init(name: String, field: NumberField, side: Side = .request, commands: [UInt32] = []) {
      self.name = name
      self.field = field
      self.side = side
      self.commands = commands
    }
  }

  public struct ValueField: Sendable, Equatable {
    public enum Format: Sendable, Equatable { case unsigned, signed, float }
    public var field: NumberField
    public var format: Format
    public var side: Side
    public var commands: [UInt32]
    public init(field: NumberField, format: Format = .unsigned, side: Side = .request, commands: [UInt32] = []) {
      self.field = field
      self.format = format
      self.side = side
      self.commands = commands
    }
  }

  /// A text that says what the sender is.
  public struct IdentityField: Sendable, Equatable {
    public enum Place: Sendable, Equatable {
      /// `count` bytes from `offset` on; nil: all that follow.
      case fixed(offset: Int, count: Int?)
      /// Behind the first occurrence of `marker`, up to `end` or the end of the data unit.
      case after(marker: [UInt8], end: [UInt8])
    }
    public enum Format: Sendable, Equatable { case text, hexadecimal }
    public var attribute: IdentityAttribute
    public var place: Place
    public var format: Format
    public var side: Side
    public var commands: [UInt32]
    public init(
      _ attribute: IdentityAttribute, _ place: Place, format: Format = .text, side: Side = .response,
      commands: [UInt32] = []
    ) {
      self.attribute = attribute
      self.place = place
      self.format = format
      self.side = side
      self.commands = commands
    }
  }

  /// Bytes of magic that a protocol without ports must be known by.
  public static let leastMagic = 4
  /// Furthest offset of a field, in bytes.
  public static let furthestOffset = 1023
  /// Bytes a terminated data unit may have where the description says nothing.
  public static let terminatedBytes = 4096
}
