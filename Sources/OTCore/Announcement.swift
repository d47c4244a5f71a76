/// A conversation that another one says is to come: "what follows runs at this port of mine".
///
/// It is always one of the two hosts that announce it: their conversations meet in one place, those of others may be
/// another worker's (``ObservationBuffer``'s driver shares them out by host pair). Whose port it is says the side and
/// not the address in the message, which address translation may have left as it was.
public struct Announcement: Sendable {
  /// Who is to read what comes; dissectors claim it with `Claim.announced`.
  public enum Service: UInt8, Sendable, CaseIterable {
    case ftpData, tftp, rtp, rtcp, gvsp, oncRPC

    /// Whether one conversation uses the announcement up. Others name a service that stays.
    public var isOnce: Bool {
      switch self {
      case .ftpData, .tftp, .rtp, .rtcp: true
      case .gvsp, .oncRPC: false
      }
    }
  }

  public var service: Service
  /// TCP, else UDP.
  public var isStream: Bool
  /// Whether the port is that of the message's sender, else of its receiver.
  public var isSenders: Bool
  public var port: UInt16
  /// What the announcing dissector knows of it before it begins: the operation it belongs to and its object.
  public var code: UInt64
  public var name: TextRef

  public init(
    _ service: Service, isStream: Bool, isSenders: Bool, port: UInt16, code: UInt64 = 0, name: TextRef = .none
  ) {
    self.service = service
    self.isStream = isStream
    self.isSenders = isSenders
    self.port = port
    self.code = code
    self.name = name
  }
}
