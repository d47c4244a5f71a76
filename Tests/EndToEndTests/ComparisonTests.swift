import Foundation
import OTCase
import OTProtocols
import OTSurvey
import Testing

@testable import OTAssess

/// The two visits compared: what was planted is told, and nothing else that a reader could not explain.
@Suite struct ComparisonTests {
  static func diff(_ before: String, _ after: String) async throws -> CaseDiff {
    let old = try await NorthQuay.store(before).read(Visit.init)
    let new = try await NorthQuay.store(after).read(Visit.init)
    return CaseComparison(before: old, after: new).diff()
  }

  /// One line an entry: part, verdict, detail and changes.
  static func lines(_ diff: CaseDiff) -> [String] {
    diff.sections.flatMap { name, entries in
      entries.map { entry in
        let changes = entry.changes.map { "\($0.field): \($0.before ?? "") → \($0.after ?? "")" }
        return ([name, entry.verdict.rawValue, entry.detail] + changes).joined(separator: " | ")
      }
    }
  }

  /// What each planted change must be told by: pieces of one line each.
  static let planted: [String: [[String]]] = [
    "C01": [
      [
        "assets | replaced", "10.20.3.10", "6ES7 315-2EH14-0AB0 → 6ES7 516-3FN02-0AB0", "V3.2.6 → V2.9.2",
        "S C-C2UR31072012 → S C-N9T455102026", "00:1b:1b:10:03:0a → 28:63:36:10:03:5c",
      ]
    ],
    "C02": [["assets | changed", "10.20.5.10", "firmware: 20.11 → 20.14"]],
    "C03": [
      ["assets | new", "RUT955", "10.20.2.199"], ["findings | opened", "public address", "10.20.2.199", "45.83.91.17"],
      ["findings | opened", "Tunnel", "10.20.2.199", "45.83.91.17"],
      ["assets | new", "openvpn and tls of rms-relay.example (45.83.91.17)"],
    ],
    "C04": [
      ["findings | opened", "program downloaded", "10.20.1.10", "10.20.10.20"],
      ["operations | new", "10.20.10.20", "10.20.1.10", "download", "OB1"],
      ["operations | new", "10.20.10.20", "10.20.1.10", "download", "DB20"],
    ],
    "C05": [
      ["findings | opened", "Controller stopped", "10.20.1.10", "10.20.10.20"],
      ["operations | new", "10.20.10.20", "10.20.1.10", "plc stop"],
    ],
    "C06": [
      ["findings | opened", "One machine controls another", "10.20.2.10", "10.20.1.20"],
      ["operations | new", "10.20.1.20", "10.20.2.10", "write variable"],
    ],
    "C07": [["services | gone", "SW-QUAY-01", "10.20.10.10", "syslog"]],
    "C08": [["assets | gone", "10.20.20.12"]],
  ]

  /// Ports that are agreed on anew each time would be told as services come and gone.
  @Test func whatIsOnlyAnnouncedIsComparedWithoutItsPort() {
    let announced = ProtocolRegistry.dissectors.filter { dissector in
      let hasPort = dissector.claims.contains { claim in
        switch claim {
        case .tcp, .udp: true
        default: false
        }
      }
      return !hasPort && dissector.claims.contains { if case .announced = $0 { true } else { false } }
    }
    #expect(announced.flatMap { $0.protocols.map(\.id) }.sorted() == Visit.announced)
  }

  @Test func everyPlantedChangeIsTold() async throws {
    let lines = Self.lines(try await Self.diff("visit-1", "visit-2"))
    let changes = try Expectation.load().changes
    #expect(Set(changes.map(\.id)) == Set(Self.planted.keys))
    for (id, expected) in Self.planted.sorted(by: { $0.key < $1.key }) {
      for pieces in expected {
        #expect(lines.contains { line in pieces.allSatisfy(line.contains) }, "\(id): \(pieces)")
      }
    }
  }

  /// Lines that follow from a planted change without being it, and why. `docs/samples.md` tells the same.
  static let explained: [(pieces: [String], why: String)] = [
    (["10.20.2.199"], "C03: everything the new router is and does"),
    (["45.83.91.17"], "C03: whom it talks to"),
    (["10.20.10.20", "10.20.1.10", "s7comm"], "C04, C05: the steps of download, stop and start"),
    (["Several stations of its control", "10.20.1.10"], "C04: the engineering station beside the panel"),
    (["10.20.1.20", "10.20.2.10"], "C06: the conversation and its writes"),
    (["Several stations of its control", "10.20.2.10"], "C06: the other crane's panel beside its own"),
    (["One machine controls another", "10.20.2.10"], "C06"),
    (["syslog", "SW-QUAY-01"], "C07"),
    (["10.20.20.12"], "C08: everything the weighbridge was and did"),
  ]

  @Test func nothingIsToldThatDoesNotFollowFromWhatWasPlanted() async throws {
    let lines = Self.lines(try await Self.diff("visit-1", "visit-2"))
    let planted = Self.planted.values.flatMap(\.self)
    let beyond = lines.filter { line in
      !planted.contains { $0.allSatisfy(line.contains) }
        && !Self.explained.contains { $0.pieces.allSatisfy(line.contains) }
    }
    #expect(beyond.isEmpty, "\(beyond.joined(separator: "\n"))")
  }

  @Test(arguments: NorthQuay.visits)
  func aVisitComparedWithItselfYieldsNothing(visit: String) async throws {
    #expect(try await Self.diff(visit, visit).isEmpty)
    // Nor does the same evidence read again, in another order by other workers.
    let files = try NorthQuay.captures(visit)
    let new = try await Scratch.with { scratch in
      let again = scratch.appending(path: "again.otcase").path
      _ = try await Survey.run(
        .init(paths: [NorthQuay.path("config")] + files.reversed(), workers: 2), NorthQuay.judgement, to: again)
      return try CaseStore(path: again).read(Visit.init)
    }
    let old = try await NorthQuay.store(visit).read(Visit.init)
    #expect(CaseComparison(before: old, after: new).diff().isEmpty)
  }
}
