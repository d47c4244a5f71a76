import OTCore
import Testing

@testable import OTProtocols

/// What holds for each registered dissector, over all samples.
@Suite struct EveryDissector {
  @Test(arguments: Samples.all)
  func aSampleIsDissectedAsWritten(_ sample: Sample) throws {
    let dissector = try #require(sample.dissector, "no dissector is registered for \(sample.id)")
    #expect(transcript(dissector, sample.messages) == sample.expected)
  }

  @Test func everyDissectorHasASample() {
    let without = ProtocolRegistry.dissectors.filter { type in
      !Samples.all.contains { sample in type.protocols.contains { $0.id == sample.id } }
    }
    #expect(without.map { $0.protocols.first?.id } == [])
  }

  /// Also of a dissector's second and third protocol: nothing is reported that no sample shows.
  @Test func everyProtocolIsShownByASample() {
    var shown = Set(Samples.all.map(\.id))
    for line in Samples.all.flatMap(\.expected) {
      shown.insert(line.split(separator: " ").first.map(String.init) ?? "")
    }
    let ids = ProtocolRegistry.dissectors.flatMap { $0.protocols.map(\.id) }
    #expect(ids.filter { !shown.contains($0) } == [])
  }

  /// Whoever registers a dissector has it swept, with or without samples: lengths, values and hints that are boundaries,
  /// and noise that is the same each time.
  @Test(arguments: ProtocolRegistry.dissectors.indices)
  func noNoiseTraps(index: Int) {
    let type = ProtocolRegistry.dissectors[index]
    var noise = Noise(state: UInt64(index) + 1)
    for length in [0, 1, 2, 3, 4, 7, 8, 12, 16, 24, 40, 64, 128, 300, 1500] {
      for fill: UInt8 in [0, 1, 0x30, 0x7f, 0x80, 0xff] { meet(type, Array(repeating: fill, count: length)) }
      for _ in 0..<20 { meet(type, (0..<length).map { _ in noise.byte() }) }
    }
  }

  private func meet<D: Dissector>(_ type: D.Type, _ bytes: [UInt8]) {
    for kind in 0..<4 {
      var message = Message(bytes: bytes, fromClient: kind & 1 == 0)
      message.isStream = kind & 2 == 0
      var dissector = D()
      _ = dissectAll(&dissector, message)
      _ = dissectUnframed(&dissector, message)
      _ = dissectUnframed(&dissector, message)
    }
  }

  @Test func identifiersAreUniqueAndEveryProtocolIsDescribed() {
    var seen: Set<String> = []
    for info in ProtocolRegistry.dissectors.flatMap({ $0.protocols }) {
      #expect(seen.insert(info.id).inserted, "\(info.id) stands twice")
      #expect(!info.name.isEmpty && !info.specification.isEmpty && !info.reads.isEmpty, "\(info.id) says too little")
    }
  }

  /// Hostile input: every prefix of a message, and every byte of it replaced by values that are often a boundary.
  @Test(arguments: Samples.all)
  func noPrefixAndNoChangedByteTraps(_ sample: Sample) throws {
    let dissector = try #require(sample.dissector)
    #expect(sweep(dissector, sample.messages) > 0)
  }

  private func sweep<D: Dissector>(_ type: D.Type, _ messages: [Message]) -> Int {
    var runs = 0
    var state = D()
    for message in messages {
      // Each damaged message meets the state that the ones before it left behind.
      let before = state
      func offer(_ damaged: [UInt8]) {
        for claimed in [true, false] {
          let hint = FramingHint(isStream: message.isStream, isClaimed: claimed, senderIsClient: message.fromClient)
          if case .pdu(let count) = D.frame(damaged.span, hint), count < 1 {
            Issue.record("frame answered \(count) bytes")
          }
        }
        var dissector = before
        var changed = message
        changed.bytes = damaged
        _ = dissectAll(&dissector, changed)
        _ = dissectUnframed(&dissector, changed)
        runs += 1
      }
      for length in 0..<message.bytes.count { offer(Array(message.bytes[..<length])) }
      for index in message.bytes.indices.prefix(256) {
        for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff, message.bytes[index] ^ 1, message.bytes[index] &+ 16] {
          var damaged = message.bytes
          damaged[index] = value
          offer(damaged)
        }
      }
      _ = dissectAll(&state, message)
    }
    return runs
  }

  /// A dissector must survive bytes that its own framing would have refused.
  private func dissectUnframed<D: Dissector>(_ dissector: inout D, _ message: Message) -> Bool {
    var out = ObservationBuffer()
    var cursor = ByteCursor(message.bytes.span)
    let context = PDUContext(
      sender: .ipv4(1), receiver: .ipv4(2), senderIsClient: !message.fromClient, isStream: message.isStream,
      missingBytes: 3)
    do {
      try dissector.dissect(&cursor, context, into: &out)
      return true
    } catch {
      return false
    }
  }
}
