import OTCore

/// The records of what nobody recognises, found by conversation.
struct UnknownTable: Sendable {
  /// Conversations described of one host pair: a scan must not fill the memory.
  static let conversationsPerHostPair = Limits.unknownConversationsPerHostPair

  private(set) var records: [UnknownRecord] = []
  /// Per conversation the number of its record; `.max` for none, `.max - 1` where the limit left it out.
  private var numbers: [UInt32] = []
  private var pairs: [UInt64: Int] = [:]

  private static let none = UInt32.max
  private static let leftOut = UInt32.max - 1

  /// Number of the record of a conversation, made where there is none; nil where the limit leaves it out. `isFirstLoss`
  /// when this is the first time.
  fileprivate mutating func record(
    _ conversation: UInt32, _ ends: ConversationRecord, toServer: Bool, _ time: Timestamp
  ) -> (number: Int?, isFirstLoss: Bool) {
    let index = Int(conversation)
    while numbers.count <= index { numbers.append(Self.none) }
    if numbers[index] < Self.leftOut { return (Int(numbers[index]), false) }
    guard numbers[index] != Self.leftOut else { return (nil, false) }
    let (low, high) = (Swift.min(ends.client, ends.server), Swift.max(ends.client, ends.server))
    let pair = UInt64(low) << 32 | UInt64(high)
    guard pairs[pair, default: 0] < Self.conversationsPerHostPair, records.count < Limits.unknownConversations else {
      numbers[index] = Self.leftOut
      return (nil, true)
    }
    pairs[pair, default: 0] += 1
    numbers[index] = UInt32(truncatingIfNeeded: records.count)
    records.append(UnknownRecord(conversation: conversation, toServer: toServer, time))
    return (records.count - 1, false)
  }

  fileprivate mutating func add(
    _ unit: Span<UInt8>, wireCount: Int, toServer: Bool, edge: UInt64, to number: Int
  ) {
    records[number].add(unit, wireCount: wireCount, toServer: toServer, edge: edge)
  }
}

extension FactFolder {
  /// Payload of a conversation in which nothing is recognised so far.
  ///
  /// - Parameters:
  ///   - wireCount: bytes of it on the wire; more than `unit` holds where the capture cut it.
  ///   - edge: where a segment ends, flow and sequence number, so that what is sent again is not counted; 0 for datagrams.
  public mutating func unrecognised(
    _ conversation: UInt32, _ unit: Span<UInt8>, wireCount: Int, toServer: Bool, edge: UInt64, _ time: Timestamp
  ) {
    let found = unknowns.record(conversation, conversations[Int(conversation)], toServer: toServer, time)
    if found.isFirstLoss { reached(.unknown) }
    guard let number = found.number else { return }
    unknowns.add(unit, wireCount: wireCount, toServer: toServer, edge: edge, to: number)
  }
}
