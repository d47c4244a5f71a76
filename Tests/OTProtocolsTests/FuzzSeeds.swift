import Foundation
import OTCore
import Testing

@testable import OTProtocols

/// The samples as the fuzzer's seeds, in the form that `Sources/otfuzz/Conversations.swift` describes.
@Suite struct FuzzSeeds {
  /// Writes into `$OT_FUZZ_SEEDS/engine` and `…/dissector`; without it only the form is looked at.
  @Test func theFuzzerLearnsFromEverySample() throws {
    let folder = ProcessInfo.processInfo.environment["OT_FUZZ_SEEDS"]
    for (index, sample) in Samples.all.enumerated() {
      let seed = try #require(Self.seed(sample))
      #expect(seed.count > 3 + 3 * sample.messages.count)
      guard let folder else { continue }
      for mode in ["engine", "dissector"] {
        let path = URL(filePath: folder).appending(path: "\(mode)/\(sample.id)-sample-\(index)")
        try Data(seed).write(to: path)
      }
    }
  }

  private static func seed(_ sample: Sample) -> [UInt8]? {
    guard let dissector = sample.dissector, let first = sample.messages.first else { return nil }
    var hash: UInt32 = 0x811c_9dc5
    for byte in (dissector.protocols.first?.id ?? "").utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    let number = UInt16(truncatingIfNeeded: hash ^ hash >> 16)
    var seed = [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8), first.isStream ? 1 : 0]
    for message in sample.messages {
      let bytes = message.bytes.prefix(4000)
      seed += [
        message.fromClient ? 1 : 0, UInt8(truncatingIfNeeded: bytes.count), UInt8(truncatingIfNeeded: bytes.count >> 8),
      ]
      seed += bytes
    }
    return seed
  }
}
