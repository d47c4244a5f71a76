import OTCore
import Testing

@testable import OTProtocols

/// A segment may end anywhere in a data unit: on its own port nobody may refuse the beginning of what it takes whole.
@Suite struct CutStreams {
  /// Whose data units are told by something at their end, or that need more than a glance at the beginning.
  private static let allowed: [String: String] = [
    "bittorrent": "one octet says nothing on a port of everybody",
    "dns": "a name cut in the middle is not a name",
    "edifact": "one letter says nothing",
    "modbus": "frames of serial lines have no mark but their checksum",
    "openvpn": "a first packet is as long as its first octets say",
    "print_job": "one octet says nothing",
    "rsh": "a first line has nothing but its end",
    "socks": "one octet is a version, and many things are",
    "ssh": "a greeting is a line of text",
    "tls": "met in the middle, records must be whole",
  ]

  @Test func theBeginningOfADataUnitIsNotRefused() {
    for sample in Samples.all where Self.allowed[sample.id] == nil {
      guard let type = sample.dissector else { continue }
      let refused = refusals(type, sample)
      #expect(refused == [], "\(sample)")
    }
  }

  /// Lengths of beginnings that are refused, of each message's first data unit.
  private func refusals<D: Dissector>(_ type: D.Type, _ sample: Sample) -> [String] {
    var lines: [String] = []
    for (number, message) in sample.messages.enumerated() where message.isStream {
      let bytes = message.bytes.span
      let hint = FramingHint(
        isStream: true, isClaimed: true, senderIsClient: message.fromClient, isEstablished: number > 0)
      guard case .pdu(let whole) = D.frame(bytes, hint), whole <= bytes.count else { continue }
      for count in 1..<Swift.max(1, whole) where D.frame(bytes.extracting(0..<count), hint) == .notThisProtocol {
        lines.append("message \(number): \(count) of \(whole)")
      }
    }
    return lines
  }

  /// Whose data units end where the bytes end, because nothing in them says so, or belong to one state of a session.
  private static let openEnded: Set<String> = [
    "ftp-data", "modbus", "ntrip", "pgsql", "print_job", "proconos", "rsh", "socks", "teamviewer", "telnet", "vnc",
    "x11",
  ]

  /// Two data units in one segment are two.
  @Test func whatFollowsADataUnitDoesNotChangeIt() {
    for sample in Samples.all where !Self.openEnded.contains(sample.id) {
      guard let type = sample.dissector else { continue }
      let changed = changes(type, sample)
      #expect(changed == [], "\(sample)")
    }
  }

  private func changes<D: Dissector>(_ type: D.Type, _ sample: Sample) -> [String] {
    var lines: [String] = []
    for (number, message) in sample.messages.enumerated() where message.isStream {
      let hint = FramingHint(
        isStream: true, isClaimed: true, senderIsClient: message.fromClient, isEstablished: number > 0)
      let alone = D.frame(message.bytes.span, hint)
      guard alone == .pdu(byteCount: message.bytes.count) else { continue }
      for (other, next) in sample.messages.enumerated() where next.isStream && next.fromClient == message.fromClient {
        guard other > 0 || number == 0, D.frame((message.bytes + next.bytes).span, hint) != alone else { continue }
        lines.append("message \(number), then \(other)")
      }
    }
    return lines
  }
}
