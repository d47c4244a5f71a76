import Foundation
import OTFacts
import OTProtocols
import Testing

@testable import OTPipeline

private let corpus = URL(
  fileURLWithPath: ProcessInfo.processInfo.environment["OT_CORPUS"]
    ?? URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../shared/corpus").standardized.path)
private let hasCorpus = FileManager.default.fileExists(atPath: corpus.appendingPathComponent("pcaps").path)

private func described(_ id: String, _ claims: [Claim], isStream: Bool) -> DescribedProtocol {
  DescribedProtocol(
    info: ProtocolInfo(
      id: id, name: id, specification: "these tests", isIndustrial: true, depth: .operations, reads: "commands",
      displayFilter: ""), claims: claims, isStream: isStream)
}

/// Protocols that are built in, described under another name and read with the built-in one turned off.
@Suite(.enabled(if: hasCorpus, "skipped: no ../shared/corpus beside the project"))
struct DescribedProtocolsOnCaptures {
  /// Omron FINS: direction in a bit, a command of two bytes.
  private static var omron: DescribedProtocol {
    var omron = described("omron", [.udp(9600)], isStream: false)
    omron.magic = [.init(offset: 0, bytes: [0x80], mask: [0x80])]
    omron.direction = .field(.init(offset: 0, width: 1, mask: 0x40), request: 0)
    omron.requestCommand = .init(offset: 10, width: 2)
    omron.responseCommand = omron.requestCommand
    omron.leastBytes = 12
    return omron
  }

  /// Genisys: control characters from 0xf1 on, a terminator.
  private static var signals: DescribedProtocol {
    var signals = described("signals", [.tcp(10001)], isStream: true)
    signals.framing = .terminator([0xf6], longest: 1024)
    signals.requestCommand = .init(offset: 0, width: 1)
    signals.responseCommand = signals.requestCommand
    signals.names = (0xf1...0xfe).map { .init(code: $0, name: "control \($0)", kind: .other) }
    signals.takesOtherCommands = false
    return signals
  }

  static let twins: [(capture: String, builtIn: String, description: DescribedProtocol)] = [
    ("pcaps/cisagov+icsnpp-omron-fins/testing__traces__omron.pcap", "fins", omron),
    ("pcaps/idaholab+Malcolm-Test-Artifacts/pcap__protocols__GENISYS.pcap", "genisys", signals),
  ]

  @Test(arguments: twins)
  func aDescriptionCountsWhatTheDissectorCounts(
    _ twin: (capture: String, builtIn: String, description: DescribedProtocol)
  ) async throws {
    var options = Analysis.Options(paths: [corpus.appendingPathComponent(twin.capture).path], hashes: false)
    let known = try await Analysis.run(options)
    options.described = [twin.description]
    // With the dissector in place the description is not asked.
    #expect(Self.messages(try await Analysis.run(options).facts, twin.description.info.id).isEmpty)

    let others = ProtocolRegistry.dissectors.filter { type in !type.protocols.contains { $0.id == twin.builtIn } }
    let read = try await Analysis.run(options, table: ProtocolTable(others))
    let counted = Self.messages(read.facts, twin.description.info.id)
    #expect(!counted.isEmpty && counted == Self.messages(known.facts, twin.builtIn))
  }

  /// Questions and answers by code.
  private static func messages(_ facts: Facts, _ id: String) -> [String: UInt64] {
    var counts: [String: UInt64] = [:]
    for row in facts.operations where row.protocol == id {
      counts[row.code, default: 0] += row.requests + row.responses
    }
    return counts
  }
}
