/// Every bound the program puts on hostile input, where it does not belong to one reader alone. A limit that bites is
/// counted under its name and printed: `otassess limits`, `docs/limits.md`.
///
/// The numbers of the tables are far above what a terminal has (a large one: 5,000 devices, 50,000 conversations), and
/// such that a capture made to reach all of them is assessed in less than 1 GB of memory.
public struct Limits: Sendable, Equatable {
  // MARK: one message

  /// Longest text kept from the wire, in bytes; the rest is cut and the text marked.
  public static let textBytes = 512
  /// Deepest nesting any dissector follows (BER, CIP routes, DNS pointers, multiple-service packets).
  public static let nesting = 16
  /// Most repeated items a dissector reads from one protocol data unit.
  public static let itemsPerPDU = 512
  /// Longest protocol data unit the engine waits for on a stream, in bytes.
  public static let pduBytes = 1 << 20
  /// Bytes of incomplete data units kept for all streams together.
  public static let pendingBytes = 1 << 26

  // MARK: hosts and conversations

  /// Addresses kept apart, whoever they are. Beyond, an address has to be met in an exchange: answered, or seen sending
  /// again and again.
  public static let hosts = 1 << 15
  /// Addresses kept apart at all.
  public static let exchangingHosts = 1 << 16
  /// Connections and port pairs followed at one time; when there are more, those that are over, never answered or idle
  /// are added to their conversations.
  public static let flows = 1 << 18
  /// Services between two hosts that are conversations of their own; further ones share one for each transport.
  public static let conversationsPerHostPair = 1 << 12
  /// Conversations of their own in all; further ones share one for each pair of hosts and transport.
  public static let conversations = 1 << 17
  /// Shared conversations beside them; what comes then is counted in one of nobody.
  public static let sharedConversations = 1 << 15

  /// Announced conversations that are waited for; one more, and all are forgotten.
  public static let announcements = 1 << 16
  /// Longest kept name of what an announced conversation is about, in bytes.
  public static let announcedNameBytes = 128
  /// How long an announced conversation is waited for, in nanoseconds of capture time; a service that stays is not.
  public static let announcementNanoseconds: Int64 = 600_000_000_000

  /// Conversations whose payload nobody recognises that are described, of two hosts and in all.
  public static let unknownConversationsPerHostPair = 256
  public static let unknownConversations = 1 << 15

  // MARK: facts

  /// MAC addresses kept of one host.
  public static let macsPerHost = 64
  /// Operations of one conversation told apart by object; further ones are counted without their object.
  public static let operationsPerConversation = 1 << 12
  /// The same of all conversations together.
  public static let operations = 1 << 18
  /// Occurrences of one operation kept as events of their own, and of all operations together.
  public static let eventsPerOperation = 200
  public static let events = 1 << 18
  /// Distinct values of one attribute of one host, of one property, and rows of one kind of a conversation. A building
  /// controller names hundreds of objects.
  public static let valuesPerAttribute = 1024
  /// Distinct values of all hosts and conversations together, for each kind of fact.
  public static let values = 1 << 17
  /// Bytes of the texts of all facts.
  public static let factTextBytes = 1 << 26

  // MARK: judgements

  /// Findings of one rule that are kept; further ones are counted.
  public static let findingsPerRule = 2000

  public init() {}
}
