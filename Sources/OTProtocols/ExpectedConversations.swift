import OTCore

/// A conversation that is to come, as it is kept until it does.
public struct Expectation: Sendable {
  public var service: Announcement.Service
  /// The announced port, by which the conversation tells its sides apart.
  public var port: UInt16
  /// What the announcing dissector said of it.
  public var code: UInt64
  public var name: [UInt8]
  fileprivate var time: Timestamp

  public init(
    _ service: Announcement.Service, port: UInt16, code: UInt64 = 0, name: [UInt8] = [],
    time: Timestamp = Timestamp(nanoseconds: 0)
  ) {
    self.service = service
    self.port = port
    self.code = code
    self.name = name
    self.time = time
  }
}

/// Where conversations of a worker are expected that others have announced.
///
/// A hint for the first bytes of a conversation that no claim explains: they must still pass the framing of a dissector
/// that claims the service. Announcements count between the two hosts that exchanged them; so what is found does not
/// depend on which host pairs a worker has.
struct ExpectedConversations: Sendable {
  private struct Place: Hashable {
    var host: HostAddress
    var peer: HostAddress
    var port: UInt16
    var isStream: Bool
  }

  private var kept: [Place: Expectation] = [:]
  /// Most that were kept at one time.
  private(set) var most = 0
  /// How many were forgotten because of ``Limits/announcements``.
  private(set) var forgotten: UInt64 = 0
  private let limit: Int

  init(limit: Int = Limits.announcements) { self.limit = limit }

  mutating func add(_ announcement: Announcement, _ context: PDUContext, _ out: borrowing ObservationBuffer) {
    let place = Place(
      host: announcement.isSenders ? context.sender : context.receiver,
      peer: announcement.isSenders ? context.receiver : context.sender, port: announcement.port,
      isStream: announcement.isStream)
    if kept.count >= limit, kept[place] == nil {
      forgotten += UInt64(kept.count)
      kept.removeAll(keepingCapacity: true)
    }
    kept[place] = Expectation(
      announcement.service, port: announcement.port, code: announcement.code,
      name: out.copy(announcement.name, atMost: Limits.announcedNameBytes), time: context.time)
    most = Swift.max(most, kept.count)
  }

  /// What is expected at the receiver's port, or else at the sender's.
  func find(_ context: PDUContext) -> Expectation? {
    guard !kept.isEmpty else { return nil }
    for isReceivers in [true, false] {
      if let found = kept[Self.place(context, isReceivers)], !Self.isLate(found, context.time) { return found }
    }
    return nil
  }

  /// The conversation has come.
  mutating func met(_ expected: Expectation, _ context: PDUContext) {
    guard expected.service.isOnce else { return }
    kept[Self.place(context, context.receiverPort == expected.port)] = nil
  }

  private static func place(_ context: PDUContext, _ isReceivers: Bool) -> Place {
    Place(
      host: isReceivers ? context.receiver : context.sender, peer: isReceivers ? context.sender : context.receiver,
      port: isReceivers ? context.receiverPort : context.senderPort, isStream: context.isStream)
  }

  private static func isLate(_ expected: Expectation, _ now: Timestamp) -> Bool {
    let (age, overflow) = now.nanoseconds.subtractingReportingOverflow(expected.time.nanoseconds)
    return expected.service.isOnce && (overflow || age > Limits.announcementNanoseconds)
  }
}
