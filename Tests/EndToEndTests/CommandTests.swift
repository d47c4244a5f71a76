import Foundation
import Testing

@testable import otassess

/// The commands, as typed: what they print, where they complain, and how they end.
@Suite struct CommandTests {
  static let sample = "Samples/north-quay"
  static let gate = "Samples/north-quay/visit-1/gate-reefer.pcap"

  /// Arguments, exit code, and a piece of standard output, of standard error where it ends with 2.
  static let calls: [(arguments: [String], code: Int32, says: String)] = [
    (["--help"], 0, "Exit codes: 0 done; 1 done"),
    (["--version"], 0, "0.1.0"),
    (["init"], 0, "moves_per_hour"),
    (["protocols", "--format", "csv"], 0, "modbus,"),
    (["protocols", "--protocols", "Samples/protocols", "--format", "csv"], 0, "zep,ZigBee Encapsulation Protocol"),
    (["protocols", "check", "Samples/protocols/zep.yaml"], 0, "zep: right; 2 named commands"),
    (["protocols", "check", "Samples/protocols/zep.yaml", "--against", gate], 1, "zep: 0 data units"),
    (["protocols", "check", "LICENSE"], 2, "LICENSE:"),
    (["protocols", "draft", "unknown-tcp-000000", gate], 2, "no traffic of shape"),
    (["facts", gate, "--protocols", "no/such"], 2, "no/such: no such folder"),
    (["rules", "--format", "json"], 0, "\"rule\": \"OT-PROG-001\""),
    (["schema"], 0, "v_operation"), (["limits"], 0, "nesting"),
    (["facts", gate], 0, "\"schema\":\"otassess.facts/1\""),
    (["conversations", gate, "--filter", "vlan and tcp port 21"], 0, "ftp"),
    (["operations", gate, "--kind", "write", "--format", "csv"], 0, "write multiple registers"),
    (["findings", "--rules-asked", sample + "/config"], 0, "not_assessable"),
    (["query", "SELECT 40 + 2 AS answer", gate], 0, "answer\n    42"),
    (["verify", "Reports/north-quay/visit-1", "--captures", sample], 0, "same"),
    (["verify", "Reports/north-quay/visit-1/manifest.json"], 1, "missing"),
    (["diff", gate, gate], 0, "no change observed"),
    (["analyze"], 2, "Missing expected argument"),
    (["no-such-command"], 2, "Unexpected argument"),
    (["facts", "LICENSE"], 2, "otassess: LICENSE: is no pcap"),
    (["query", "LICENSE", "SELECT 1"], 2, "LICENSE is a file: the question comes first"),
    (["carve", "LICENSE", "OT-PROG-001", "--out", "x.pcap"], 2, "LICENSE is a file: the finding comes first"),
    (["facts", "no/such.pcap"], 2, "no/such.pcap"),
    (["facts", gate, "--filter", "prot tcp"], 2, "filter"),
    (["assets", "no/such.otcase"], 2, "no/such.otcase does not exist"),
    (["query", "DROP TABLE asset", gate], 2, "only a single SELECT"),
    (["query", "SELECT 1; SELECT 2", gate], 2, "only a single SELECT may be asked: SELECT 1; SELECT 2"),
    (["query", "SELECT colour FROM v_asset", gate], 2, "the query is not understood: no such column: colour"),
    (["operations", gate, "--kind", "wrote"], 2, "--kind wrote: no such kind; there are other, read"),
    (["findings", gate, "--site", "LICENSE"], 2, "LICENSE"),
    (["findings", gate, "--site", "no/such.yaml"], 2, "otassess: no/such.yaml: no such file"),
    (["findings", gate, "--site", "docs"], 2, "docs: is a folder; a file is needed"),
    (["findings", gate, "--rules", "no/such"], 2, "no/such: no such folder"),
    (["findings", gate, "--rules", "docs"], 2, "docs: holds no rule (.yaml)"),
    (["rules", "--rules", "LICENSE"], 2, "LICENSE: is a file; a folder is needed"),
    (["facts", "-"], 2, "-: is empty"),
    (["verify", "no/such"], 2, "no/such: no such file"),
    (["verify", "docs"], 2, "docs holds neither a case (case.otcase) nor a manifest.json"),
  ]

  @Test(arguments: calls)
  func aCommandEndsAndSpeaksAsDocumented(_ call: (arguments: [String], code: Int32, says: String)) throws {
    let outcome = try Program.run(call.arguments)
    #expect(outcome.code == call.code, "\(outcome.error)")
    let speaks = (call.code == 2 ? outcome.error : outcome.output).contains(call.says)
    #expect(speaks, "\(outcome.output.prefix(400))\(outcome.error)")
    if call.code == 2 { #expect(outcome.output.isEmpty) }
  }

  @Test func everyCommandExplainsItselfWithAnExample() throws {
    let groups = OTAssess.configuration.groupedSubcommands.flatMap(\.subcommands)
    #expect(groups.count == 16)
    for command in groups {
      let name = try #require(command.configuration.commandName)
      let outcome = try Program.run([name, "--help"])
      #expect(outcome.code == 0 && outcome.output.contains("Example: otassess \(name)"), "\(name)")
    }
  }

  @Test func aCaseIsMadeReadCarvedAndVerified() async throws {
    try await Scratch.with { scratch in
      let out = scratch.appending(path: "out").path
      let made = try Program.run(
        [
          "analyze", "\(Self.sample)/visit-2", "\(Self.sample)/config", "--site", "\(Self.sample)/site.yaml", "--out",
          out,
        ])
      #expect(made.code == 0 && made.error.isEmpty, "\(made.error)")
      #expect(made.output.contains("findings  "))
      let own = try FileManager.default.contentsOfDirectory(atPath: out).sorted()
      #expect(own == ["assets.csv", "case.otcase", "findings.json", "manifest.json", "report.html", "report.md"])

      // What is not ours stays when it is made again.
      try Data("mine".utf8).write(to: scratch.appending(path: "out/notes.txt"))
      let again = try Program.run(["report", out, "--out", out])
      #expect(again.code == 0 && FileManager.default.fileExists(atPath: "\(out)/notes.txt"))

      let findings = try Program.run(["findings", out, "--format", "csv"])
      let download = findings.output.split(separator: "\r\n").first { $0.hasPrefix("OT-PROG-001") }
      let id = try #require(download?.split(separator: ",").first.map(String.init))
      let carved = scratch.appending(path: "download.pcap").path
      let outcome = try Program.run(["carve", String(id.dropLast(4)), out, "--out", carved])
      #expect(outcome.code == 0 && outcome.output.contains(id), "\(outcome.error)")
      // The carved frames show the same finding on their own.
      let shown = try Program.run(["operations", carved, "--kind", "program", "--format", "csv"])
      #expect(shown.output.contains("request download,"), "\(shown.output)\(shown.error)")
      #expect(try Program.run(["verify", out]).code == 0)

      // Evidence that was moved is found by its digest; evidence that was changed is not taken.
      let moved = try Program.run(["verify", "\(out)/manifest.json", "--captures", Self.sample])
      #expect(moved.code == 0, "\(moved.output)")
      let copy = scratch.appending(path: "quay.pcapng")
      var bytes = try Data(contentsOf: NorthQuay.folder.appending(path: "visit-2/quay.pcapng"))
      bytes[bytes.count - 1] ^= 1
      try bytes.write(to: copy)
      let changed = try Program.run(["verify", "\(out)/manifest.json", "--captures", copy.path])
      #expect(changed.code == 1 && changed.output.contains("missing  quay.pcapng"))
    }
  }

  /// Half a table that a full disk left must not pass for a whole one.
  @Test(arguments: [["facts", gate], ["diff", gate, gate], ["rules"]])
  func aFullDiskBehindStandardOutputIsAnError(arguments: [String]) throws {
    let outcome = try Program.run(arguments, output: "/dev/full")
    #expect(outcome.code == 2 && outcome.error.contains("standard output: No space left on device"), "\(outcome)")
  }

  @Test func packetsOnStandardOutputAreAlone() async throws {
    try await Scratch.with { scratch in
      let out = scratch.appending(path: "out").path
      _ = try Program.run(["analyze", Self.gate, "--out", out])
      let carved = try Program.run(["carve", "OT-CRED-003", out, "--out", scratch.appending(path: "x.pcap").path])
      #expect(carved.code == 0 && carved.output.contains("frame"), "\(carved)")
      let piped = try Program.run(
        ["carve", "OT-CRED-003", out, "--out", "-"], output: scratch.appending(path: "y.pcap").path)
      let told = try Data(contentsOf: scratch.appending(path: "x.pcap"))
      #expect(piped.code == 0 && piped.error.contains("-: ") && !told.isEmpty)
      #expect(try Data(contentsOf: scratch.appending(path: "y.pcap")) == told)
    }
  }

  @Test func whatCannotBeWrittenIsNamedInPlainWords() async throws {
    try await Scratch.with { scratch in
      let out = scratch.appending(path: "out").path
      _ = try Program.run(["analyze", Self.gate, "--out", out])
      // A folder stands where a file should be.
      let folder = scratch.appending(path: "again")
      try FileManager.default.createDirectory(
        at: folder.appending(path: "report.html/x"), withIntermediateDirectories: true)
      let outcome = try Program.run(["report", out, "--out", folder.path])
      #expect(outcome.code == 2 && outcome.error.contains("report.html: cannot be written"), "\(outcome.error)")
      #expect(!outcome.error.contains("NSCocoa"))
    }
  }

  @Test func aCaseIsNotReadAnew() async throws {
    try await Scratch.with { scratch in
      let out = scratch.appending(path: "out").path
      _ = try Program.run(["analyze", Self.gate, "--out", out])
      for arguments in [["diff", out, out, "--filter", "tcp"], ["assets", out, "--site", "LICENSE"]] {
        let outcome = try Program.run(arguments)
        #expect(outcome.code == 2 && outcome.error.contains("a case was judged when it was made"), "\(outcome)")
      }
      #expect(try Program.run(["diff", out, out, "--out", out]).output.contains("no change observed"))
    }
  }

  /// Ctrl-C leaves nothing of a customer's network in the folder for temporary files, nor half a case.
  @Test(arguments: [["assets"], ["analyze", "--out", "out"]])
  func whoIsInterruptedLeavesNothingBehind(arguments: [String]) async throws {
    try await Scratch.with { scratch in
      let process = Process()
      process.executableURL = Program.url

      let pipe = Pipe()
      process.standardInput = pipe
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      process.arguments = [arguments[0], "-"] + arguments.dropFirst()
      process.currentDirectoryURL = scratch
      process.environment = ["TMPDIR": scratch.path]
      try process.run()
      // It waits for more of the capture.
      try pipe.fileHandleForWriting.write(contentsOf: Data([0xd4, 0xc3, 0xb2, 0xa1]))
      try await Task.sleep(for: .milliseconds(500))
      process.interrupt()
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGINT)
      let left = FileManager.default.enumerator(atPath: scratch.path)?.allObjects.compactMap { $0 as? String } ?? []
      #expect(left.allSatisfy { $0 == "out" }, "\(left)")
    }
  }

  @Test func aFilterThatMatchesNothingSaysSo() throws {
    // Every frame of this recording stands in a VLAN tag, which `tcp` alone does not look behind.
    let outcome = try Program.run(["conversations", Self.gate, "--filter", "tcp"])
    #expect(outcome.code == 0 && outcome.error.contains("no frame matches the filter"), "\(outcome.error)")
  }

  @Test func aCaptureOnStandardInputIsRead() throws {
    let outcome = try Program.run(
      ["conversations", "-", "--format", "json"], input: NorthQuay.root.path + "/" + Self.gate)
    #expect(outcome.code == 0 && outcome.output.contains("\"protocol\": \"mqtt\""), "\(outcome.error)")
  }

  @Test func aCopyIsReadOnceAndSaid() async throws {
    try await Scratch.with { scratch in
      for name in ["a.pcap", "b.pcap", "c.pcap"] {
        try FileManager.default.copyItem(
          at: NorthQuay.root.appending(path: Self.gate), to: scratch.appending(path: name))
      }
      let outcome = try Program.run(["assets", scratch.path])
      #expect(outcome.code == 0 && outcome.error.contains("otassess: 2 files whose content another one has, read once"))
      let again = try Program.run(["assets", Self.gate, Self.gate])
      #expect(again.code == 0 && again.error.isEmpty, "the same path twice is no copy")
    }
  }

  @Test func whenNothingCanBeReadItIsSaidOfAll() throws {
    let outcome = try Program.run(["assets", "LICENSE", "README.md"])
    #expect(outcome.code == 2 && outcome.error.contains("none of the 2 files can be read"), "\(outcome.error)")
  }

  @Test func oneBadFileDoesNotStopTheOthers() throws {
    let outcome = try Program.run(["assets", "LICENSE", Self.gate, "--format", "csv"])
    #expect(outcome.code == 0 && outcome.output.contains("10.20.20.10"))
    #expect(outcome.error.contains("not read: LICENSE: is neither a capture nor a configuration of a known kind"))
  }

  /// Columns are the same in every format.
  @Test(arguments: ["assets", "conversations", "operations", "findings"])
  func columnsAreTheSameInEveryFormat(command: String) throws {
    let csv = try Program.run([command, Self.gate, "--format", "csv"]).output
    let json = try Program.run([command, Self.gate, "--format", "json"]).output
    let table = try Program.run([command, Self.gate]).output
    let columns = try #require(csv.split(separator: "\r\n").first).split(separator: ",").map(String.init)
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
    #expect(!rows.isEmpty && rows.allSatisfy { Set($0.keys) == Set(columns) })
    let heads = try #require(table.split(separator: "\n").first)
    #expect(columns.allSatisfy { heads.contains($0.replacing("_", with: " ")) })
  }
}
