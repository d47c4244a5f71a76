import OTCore

/// Traffic that nobody recognised, of one shape: what describes it, and under which name it is met again.
public struct UnknownShapeFact: Sendable {
  /// `unknown-tcp-7A31C4`; the digits are made from what its data units have in common, so that the same protocol has the
  /// same name at other hosts, on another visit and for another sample of it.
  public var name: String
  public var transport: ConversationFact.Transport
  /// EtherType or IP protocol number where there are no ports, else 0.
  public var networkProtocol: UInt16
  /// Ports of the servers, ascending.
  public var ports: [UInt16]
  public var conversations: Int
  /// Distinct hosts.
  public var clients: Int
  public var servers: Int
  public var toServer: Direction
  public var toClient: Direction
  /// What a reader would call it: `encrypted or compressed`, `lines of text`, `RTP, audio or video`.
  public var looksLike: String
  /// Who speaks first and whether questions are answered.
  public var pattern: String
  /// Numbers found in the data units: a length, a counter, a clock; empty: none.
  public var fields: String
  /// Seconds between the client's messages where they come in a steady rhythm.
  public var period: Double?
  /// Whether enough was seen for the name to mean the same on another visit.
  public var isComparable: Bool
  /// A protocol description to start from; empty where none can be written.
  public var draft: String
  public var first: Sighting

  public struct Direction: Sendable, Equatable {
    /// Datagrams, frames, or segments with payload.
    public var units: UInt64 = 0
    /// Payload bytes.
    public var bytes: UInt64 = 0
    /// Sizes of its data units in bytes; 0 without any.
    public var shortest: UInt32 = 0
    public var longest: UInt32 = 0
    /// The power of two most sizes lie at: `32` for 32 to 63.
    public var commonSize: UInt32 = 0
    /// First bytes, `??` where they differ: `aa 55 ?? 01`; empty: nothing in common.
    public var begins: String = ""
    /// `text`, `binary`, `encrypted or compressed`; empty without payload.
    public var content: String = ""
    /// Shannon entropy of a sample in bits a byte.
    public var entropy: Double?
    public init() {}

    /// `12 to 48 bytes, most 32 to 63`.
    public var sizes: String {
      guard units > 0 else { return "" }
      if shortest == longest { return shortest == 1 ? "1 byte" : "\(shortest) bytes" }
      let most = commonSize > 0 ? ", most \(commonSize) to \(commonSize * 2 - 1)" : ""
      return "\(shortest) to \(longest) bytes" + most
    }
  }
}
