import Foundation
import OTFacts
import OTKnowledge
import OTPipeline
import OTProtocols
import Testing

@testable import OTSurvey

/// Descriptions of protocols: how they are read, refused and used.
@Suite struct ProtocolDescriptionTests {
  private static let good = """
    protocol: crane-link
    title: Crane link
    transport: tcp
    ports: [4001]
    magic:
      - {offset: 0, bytes: "aa 55"}
    framing:
      length: {offset: 2, width: 2, endian: big, adjust: 4}
    command:
      offset: 6
      names:
        0x01: {name: read, kind: read}
    """

  @Test func aDescriptionIsReadAsWritten() throws {
    let described = try ProtocolDescriptions.Description(yaml: Self.good, file: "crane.yaml").described
    #expect(described.info.id == "crane-link" && described.claims == [.tcp(4001)] && described.isStream)
    #expect(described.magic == [.init(offset: 0, bytes: [0xaa, 0x55])] && described.leastBytes == 7)
    #expect(described.framing == .length(.init(offset: 2, width: 2, mask: 0xffff), scale: 1, adjust: 4))
    #expect(described.info.depth == .operations && described.info.specification == "described in crane.yaml")
  }

  /// What is replaced in the good one, by what, the line and a piece of the message.
  static let mistakes: [(from: String, to: String, line: Int, says: String)] = [
    ("title: Crane link", "titel: Crane link", 2, "unknown key \"titel\""),
    ("protocol: crane-link\n", "", 1, "protocol is missing"),
    ("crane-link", "Crane Link", 1, "short name"), ("crane-link", "../../etc", 1, "short name"),
    ("transport: tcp", "transport: sctp", 3, "expected one of tcp, udp, ethernet"),
    ("[4001]", "[70000]", 4, "from 1 to 65535"), ("[4001]", "[4001, 4001]", 4, "stands twice"),
    ("[4001]", "[]", 4, "empty list"), ("[4001]", "4001", 4, "expected a list"),
    ("ports", "ether_types", 4, "tcp has ports"), ("ports: [4001]\n", "", 1, "at least 4 whole bytes"),
    ("\"aa 55\"", "\"aa5\"", 6, "two hexadecimal digits"), ("\"aa 55\"", "\"+a 55\"", 6, "two hexadecimal digits"),
    ("bytes: \"aa 55\"", "bytes: \"aa 55\", mask: \"ff\"", 6, "the mask has 1 bytes"),
    ("bytes: \"aa 55\"", "bytes: \"aa 55\", mask: \"0f ff\"", 6, "the mask takes away"),
    ("offset: 0", "offset: -1", 6, "from 0 to 1023"), ("offset: 0", "offset: 99999999999999999999", 6, "whole number"),
    ("width: 2, endian: big", "width: 9, endian: big", 8, "from 1 to 4"), ("endian: big, ", "", 8, "endian is missing"),
    ("adjust: 4", "adjust: 0x7fffffffffffffff", 8, "-65536 to 65536"),
    ("  length: {offset: 2, width: 2, endian: big, adjust: 4}", "  fixed: 3", 1, "do not hold the fields"),
    ("  length: {offset: 2, width: 2, endian: big, adjust: 4}", "  {}", 8, "expected one of length"),
    ("framing:\n  length: {offset: 2, width: 2, endian: big, adjust: 4}\n", "", 1, "framing is missing"),
    ("0x01:", "0x101:", 12, "can never be"), ("0x01:", "one:", 12, "expected a number"),
    ("kind: read}", "kind: delete}", 12, "expected one of other, read"),
    ("0x01: {name: read, kind: read}", "0x01: {name: a, kind: read}\n    1: {name: b, kind: read}", 13, "stands twice"),
    ("title: Crane link", "title: Crane link\ntitle: again", 2, "given twice"),
    ("title: Crane link", "title: [", 4, "c.yaml:4:"),
    ("title: Crane link", "title: " + String(repeating: "[", count: 500), 2, "nested deeper"),
  ]

  @Test(arguments: mistakes)
  func aMistakeIsToldWithItsLine(_ mistake: (from: String, to: String, line: Int, says: String)) throws {
    let text = Self.good.replacing(mistake.from, with: mistake.to, maxReplacements: 1)
    #expect(text != Self.good)
    let error = #expect(throws: YAMLError.self) { try ProtocolDescriptions.Description(yaml: text, file: "c.yaml") }
    #expect(
      error?.line == mistake.line && error?.description.contains(mistake.says) == true, "\(error.debugDescription)")
  }

  /// Every byte of a description replaced by what YAML means something by: refused or read, never a trap.
  @Test func noDamagedDescriptionTraps() {
    var refused = 0
    let good = Array(Self.good.utf8)
    for index in good.indices {
      for byte in Array(":-{}[]\"'&*!|>%#\n\t0z".utf8) + [0, 0xff] {
        var damaged = good
        damaged[index] = byte
        let text = String(decoding: damaged, as: UTF8.self)
        if (try? ProtocolDescriptions.Description(yaml: text, file: "x")) == nil { refused += 1 }
      }
    }
    #expect(refused > 1000)
  }

  @Test func theSamplesAreRight() throws {
    let samples = try ProtocolDescriptions(folder: NorthQuay.root.path + "/Samples/protocols")
    #expect(samples.descriptions.map(\.described.info.id) == ["ncp", "zep"])
    #expect(samples.files.allSatisfy { $0.sha256.count == 64 && $0.kind == .protocolDescription })
  }

  /// From a capture nobody can read to a draft, and from a description to a case that knows it.
  @Test func aCaseKnowsWhatWasDescribedAndWithWhichFile() async throws {
    try await Scratch.with { scratch in
      let folder = scratch.appending(path: "mine")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
      try Data(Self.good.utf8).write(to: folder.appending(path: "crane.yaml"))
      let capture = scratch.appending(path: "crane.pcap")
      try CraneLink.capture().write(to: capture)
      let out = scratch.appending(path: "out").path

      // Without the description it is a shape with a draft that is right.
      let shape = try Program.run(["conversations", capture.path, "--format", "csv"])
      let name = try #require(shape.output.firstMatch(of: /unknown-tcp-[0-9A-F]{6}/)).output
      let draft = try Program.run(["protocols", "draft", String(name), capture.path])
      try Data(draft.output.utf8).write(to: scratch.appending(path: "draft.yaml"))
      let checked = try Program.run(
        ["protocols", "check", scratch.appending(path: "draft.yaml").path, "--against", capture.path])
      #expect(checked.code == 0 && checked.output.contains("40 data units in 1 conversation"), "\(checked)")

      let made = try Program.run(["analyze", capture.path, "--protocols", folder.path, "--out", out])
      #expect(made.code == 0, "\(made.error)")
      let operations = try Program.run(["operations", out, "--format", "csv"])
      #expect(operations.output.contains("crane-link,read,0x01,read"), "\(operations.output)")
      let manifest = try String(contentsOfFile: out + "/manifest.json", encoding: .utf8)
      #expect(manifest.contains("crane.yaml") && manifest.contains("\"protocol\""))
      let known = try Program.run(["protocols", "--protocols", folder.path, "--format", "csv"])
      #expect(known.output.contains("crane-link,Crane link") && known.output.contains("crane.yaml"))
      // A case was read when it was made.
      #expect(try Program.run(["operations", out, "--protocols", folder.path]).code == 2)
    }
  }
}

/// Twenty questions and answers of the link described above, on tcp/4001.
private enum CraneLink {
  static func capture() -> Data {
    var data = Data(
      [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + [UInt8](repeating: 0, count: 8) + [0xff, 0xff, 0, 0, 1, 0, 0, 0])
    var sequences: [UInt32] = [1, 1]
    func number(_ value: UInt32, big: Bool = true) -> [UInt8] {
      let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
      return big ? bytes : bytes.reversed()
    }
    for turn in 0..<40 {
      let side = turn % 2
      let body = [UInt8](repeating: 7, count: 1 + turn % 5)
      let payload: [UInt8] = [0xaa, 0x55, 0, UInt8(3 + body.count), 0, UInt8(turn / 2), 1] + body
      let ports: [UInt8] = side == 0 ? [0xc0, 0x01, 0x0f, 0xa1] : [0x0f, 0xa1, 0xc0, 0x01]
      let tcp = ports + number(sequences[side]) + number(sequences[1 - side]) + [0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]
      sequences[side] += UInt32(payload.count)
      let addresses: [UInt8] = side == 0 ? [10, 0, 0, 1, 10, 0, 0, 2] : [10, 0, 0, 2, 10, 0, 0, 1]
      let total = UInt8(40 + payload.count)
      let ip: [UInt8] = [0x45, 0, 0, total, 0, 0, 0x40, 0, 64, 6, 0, 0] + addresses
      let ends: [UInt8] = side == 0 ? [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1] : [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]
      let frame = ends + [0x08, 0x00] + ip + tcp + payload
      let time = number(1_700_000_000 + UInt32(turn), big: false) + [0, 0, 0, 0]
      data.append(contentsOf: time + number(UInt32(frame.count), big: false) + number(UInt32(frame.count), big: false))
      data.append(contentsOf: frame)
    }
    return data
  }
}
