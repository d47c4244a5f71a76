import Glibc
import OTCapture
import OTCore
import OTNetwork
import OTProtocols

/// Seeds from captures: of each protocol a few conversations that differ in their messages, as every mode reads them.
enum Seeds {
  /// Conversations kept of one protocol, messages of one conversation, bytes of one message.
  private static let mostConversations = 24
  private static let mostMessages = 24
  private static let mostBytes = 1500

  private struct Conversation {
    var place: DissectionEngine.Place
    var linkType: UInt16
    var isStream: Bool
    /// The side that sent first.
    var source: HostAddress
    var messages: [(isForward: Bool, bytes: [UInt8])] = []
    var frames: [[UInt8]] = []
  }

  static func write(_ captures: [String], to folder: String) {
    for mode in Mode.allCases { _ = unsafe mkdir("\(folder)/\(mode.rawValue)", 0o755) }
    var kept: [String: Int] = [:]
    var known: Set<[UInt8]> = []
    for path in captures {
      for conversation in conversations(path) {
        guard let dissector = dissector(of: conversation), let id = dissector.protocols.first?.id,
          kept[id, default: 0] < mostConversations
        else { continue }
        // What differs is the beginnings of messages: function codes, not transaction numbers or values.
        let shape = conversation.messages.prefix(6).flatMap {
          [UInt8(truncatingIfNeeded: $0.bytes.count)] + $0.bytes.prefix(3)
        }
        guard known.insert(shape).inserted else { continue }
        let number = kept[id, default: 0]
        kept[id] = number + 1
        let input = messages(conversation, Conversations.number(dissector))
        store(input, "\(folder)/engine/\(id)-\(number)")
        store(input, "\(folder)/dissector/\(id)-\(number)")
        store(frames(conversation), "\(folder)/network/\(id)-\(number)")
      }
    }
    for (id, count) in kept.sorted(by: { $0.key < $1.key }) { print("\(id): \(count) conversations") }
  }

  private static func messages(_ conversation: Conversation, _ number: UInt16) -> [UInt8] {
    var input: [UInt8] = [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
    input.append(conversation.isStream ? 1 : 0)
    for message in conversation.messages { Records.append(message.isForward ? 1 : 0, message.bytes, to: &input) }
    return input
  }

  private static func frames(_ conversation: Conversation) -> [UInt8] {
    var input: [UInt8] = [conversation.linkType == 1 ? 0 : 1, 0, 0]
    for frame in conversation.frames { Records.append(0, frame, to: &input) }
    return input
  }

  /// Who takes the conversation.
  private static func dissector(of conversation: Conversation) -> (any Dissector.Type)? {
    var engine = DissectionEngine()
    var out = ObservationBuffer()
    let channel = engine.open()
    for message in conversation.messages {
      var context = PDUContext(
        sender: .ipv4(1), receiver: .ipv4(2), senderIsClient: message.isForward, isStream: conversation.isStream)
      if conversation.isStream {
        engine.stream(
          channel, forward: message.isForward, message.bytes.span, gap: 0, &context, conversation.place, into: &out)
      } else {
        engine.datagram(channel, message.bytes.span, &context, conversation.place, into: &out)
      }
    }
    guard let number = engine.protocolNumber(channel) else { return nil }
    return engine.table.dissectors[engine.table.owners[Int(number)]]
  }

  private static func conversations(_ path: String) -> [Conversation] {
    guard var reader = try? CaptureReader(path: path) else { return [] }
    var decoder = FrameDecoder()
    var hosts = HostTable()
    var flows = FlowTable()
    var found: [UInt32: Conversation] = [:]
    while reader.next() {
      var frame = decoder.decode(
        reader.bytes, linkType: reader.header.linkType, originalLength: reader.header.originalLength,
        time: reader.header.time)
      guard let place = place(&frame), frame.payloadCount > 0, !frame.payloadIsReassembled else { continue }
      let hit = flows.observe(
        frame, source: hosts.intern(frame.source), destination: hosts.intern(frame.destination),
        time: reader.header.time, evidence: reader.header.number)
      var conversation =
        found[hit.id]
        ?? Conversation(
          place: place, linkType: reader.header.linkType, isStream: frame.transport == .tcp, source: frame.source)
      guard conversation.messages.count < mostMessages else { continue }
      var payload: [UInt8] = []
      payload.append(reader.bytes.clamped(from: frame.payloadStart, count: Swift.min(frame.payloadCount, mostBytes)))
      var whole: [UInt8] = []
      whole.append(reader.bytes.clamped(from: 0, count: mostBytes))
      conversation.messages.append((hit.side == .forward, payload))
      conversation.frames.append(whole)
      found[hit.id] = conversation
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  private static func place(_ frame: inout DecodedFrame) -> DissectionEngine.Place? {
    func stationary(_ kind: DissectionEngine.Place.Kind, _ value: UInt16, _ organisation: UInt32 = 0)
      -> DissectionEngine.Place
    { .init(kind, server: value, client: value, organisation: organisation) }
    switch frame.content {
    case .ip where frame.transport == .tcp:
      return .init(.tcp, server: frame.destinationPort, client: frame.sourcePort)
    case .ip where frame.transport == .udp:
      return .init(.udp, server: frame.destinationPort, client: frame.sourcePort)
    case .ip, .undecoded: return nil
    case .arp: return stationary(.etherType, 0x0806)
    case .etherType(let type): return stationary(.etherType, type)
    case .llc(let dsap, _, _): return stationary(.llc, UInt16(dsap))
    case .snap(let organisation, let id): return stationary(.snap, id, organisation)
    case .linkType(let type): return stationary(.linkType, type)
    }
  }

  private static func store(_ bytes: [UInt8], _ path: String) {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard file >= 0 else { return }
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
    close(file)
  }
}
