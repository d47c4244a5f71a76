import Foundation
import OTCapture
import OTCore
import OTFacts
import OTNetwork
import Testing

@testable import OTPipeline

/// The package's root, from where this file stands.
private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()
private let samples = root.appendingPathComponent("Samples/north-quay")
/// Captures beside the project; their absence skips the tests that need them.
private let corpus = URL(
  fileURLWithPath: ProcessInfo.processInfo.environment["OT_CORPUS"]
    ?? root.appendingPathComponent("../shared/corpus").path)
private let hasCorpus = FileManager.default.fileExists(atPath: corpus.appendingPathComponent("pcaps").path)

private func captures(under folder: URL) -> [String] {
  let suffixes = ["pcap", "pcapng", "gz", "zst", "cap"]
  let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
  var found: [String] = []
  while let file = walk?.nextObject() as? URL {
    if suffixes.contains(file.pathExtension) { found.append(file.path) }
  }
  return found.sorted()
}

private func document(_ paths: [String], workers: Int) async throws -> [UInt8] {
  let result = try await Analysis.run(.init(paths: paths, workers: workers, hashes: false))
  return FactsDocument(result.facts).json()
}

@Suite struct Pipeline {
  @Test(arguments: ["visit-1", "visit-2"])
  func workersAndOrderOfFilesLeaveNoTrace(visit: String) async throws {
    let files = captures(under: samples.appendingPathComponent(visit))
    #expect(files.count > 1)
    let one = try await document(files, workers: 1)
    #expect(one.count > 1000)
    for workers in [2, 5] { #expect(try await document(files.reversed(), workers: workers) == one) }
  }

  /// Batches of a few frames, so that there are hundreds of them; and fewer, as many and more threads than shards.
  @Test(arguments: [(2, 2), (3, 1), (5, 2), (2, 4)]) func batchesLeaveNoTrace(shards: Int, threads: Int) async throws {
    let files = captures(under: samples.appendingPathComponent("visit-1"))
    var limits = FrameBatch.Limits()
    limits.frames = 50
    let reading = try SharedReading(
      CaptureSet(paths: files), filter: nil, shards: shards, .standard, limits: limits)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<threads { group.addTask { reading.work() } }
    }
    let (parts, counters, manifest) = reading.results()
    #expect(parts.count == shards && counters.frames == manifest.files.reduce(0) { $0 + $1.summary.frames })
    var facts = FactFolder.finish(parts.map(\.part))
    let whole = try await Analysis.run(.init(paths: files, workers: 1, hashes: false)).facts
    (facts.undecoded, facts.limits) = (whole.undecoded, whole.limits)
    #expect(FactsDocument(facts).json() == FactsDocument(whole).json())
  }

  @Test func aForeignFileIsRefusedByNameAndTheOthersAreRead() async throws {
    let files = captures(under: samples.appendingPathComponent("visit-1"))
    let foreign = root.appendingPathComponent("LICENSE").path
    let result = try await Analysis.run(.init(paths: [foreign, files[0]], hashes: true))
    #expect(result.facts.packets > 0)
    #expect(result.refusals.contains { $0.description.contains("LICENSE") })
    #expect(result.manifest.files.allSatisfy { $0.sha256 != nil })
  }

  @Test func nothingReadableIsAnError() async {
    await #expect(throws: (any Error).self) {
      try await Analysis.run(.init(paths: [root.appendingPathComponent("LICENSE").path]))
    }
  }

  /// 974 real and damaged files: none ends the program, each packet is counted. Needs ../shared/corpus.
  @Test(.enabled(if: hasCorpus, "skipped: no ../shared/corpus beside the project"))
  func everyCaptureOfTheCorpusIsRead() async throws {
    var read = 0
    for file in captures(under: corpus.appendingPathComponent("pcaps")) {
      let result = try await Analysis.run(.init(paths: [file], hashes: false))
      if result.facts.packets > 0 { read += 1 }
    }
    #expect(read > 900)
    for file in captures(under: corpus.appendingPathComponent("broken")) {
      // A clear refusal or a partial reading; both are answers.
      _ = try? await Analysis.run(.init(paths: [file], hashes: false))
    }
  }
}

/// Frames on the short way from where they are dealt out to who follows them.
struct OneShard: ~Copyable {
  private var dealer = FrameDealer(shards: 1, FrameBatch.Limits())
  var engine: PacketEngine

  init(limits: FlowTable.Limits = FlowTable.Limits()) { engine = PacketEngine(.standard, limits: limits) }

  /// Takes an Ethernet frame, the next one of the capture.
  mutating func frame(_ bytes: [UInt8], time: Timestamp, number: UInt64) {
    let full = dealer.deal(
      bytes.span, linkType: 1, originalLength: bytes.count, time: time, file: 0, number: number)
    if full != nil { settle() }
  }

  /// Follows all frames that wait.
  mutating func settle() {
    var batch = dealer.handOver(0)
    engine.follow(&batch)
  }

  consuming func finish() -> PacketEngine.Result {
    settle()
    return engine.finish()
  }
}

/// A flood of made-up addresses as a capture, with a Modbus exchange behind it.
enum MadeUp {
  static func frame(
    _ from: UInt32, _ to: UInt32, port: (UInt16, UInt16), flags: UInt8, sequence: UInt32 = 1, acknowledged: UInt32 = 1,
    ttl: UInt8 = 64, _ payload: [UInt8]
  ) -> [UInt8] {
    func word(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
    func half(_ value: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)] }
    return [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]  // Ethernet, IPv4
      + [0x45, 0] + half(40 + payload.count) + [0, 0, 0, 0, ttl, 6, 0, 0] + word(from) + word(to)
      + half(Int(port.0)) + half(Int(port.1)) + word(sequence) + word(acknowledged) + [
        0x50, flags, 0x20, 0, 0, 0, 0, 0,
      ] + payload
  }

  static func capture(addresses: Int) -> [UInt8] {
    var file: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]
    func add(_ frame: [UInt8]) {
      let count = [UInt8(truncatingIfNeeded: frame.count), 0, 0, 0]
      file += [0, 0x65, 0x4e, 0x65, 0, 0, 0, 0] + count + count + frame
    }
    for index in 0..<addresses {
      let from = 0x0b00_0000 + UInt32(truncatingIfNeeded: index)
      add(frame(from, 0x0a00_0002, port: (40000, 80), flags: 2, []))
    }
    for _ in 0..<2 {
      let request: [UInt8] = [0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 2]  // read holding registers
      add(frame(0x0a00_0001, 0x0a00_0002, port: (49152, 502), flags: 0x18, request))
      let answer: [UInt8] = [0, 1, 0, 0, 0, 7, 1, 3, 4, 0, 1, 0, 2]
      add(frame(0x0a00_0002, 0x0a00_0001, port: (502, 49152), flags: 0x18, answer))
    }
    return file
  }
}

@Suite struct Floods {
  /// Whoever talks behind a flood is seen, what was left out is told, and the number of workers leaves no trace.
  @Test func aFloodOfAddressesHidesNobody() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "flood-\(UUID().uuidString).pcap")
    defer { try? FileManager.default.removeItem(at: path) }
    try Data(MadeUp.capture(addresses: Limits.hosts + 2000)).write(to: path)
    let result = try await Analysis.run(.init(paths: [path.path], workers: 1, hashes: false))
    let addresses = result.facts.hosts.map(\.address)
    #expect(addresses.count <= Limits.hosts + 1)
    #expect(addresses.contains(.ipv4(0x0a00_0001)) && addresses.contains(.ipv4(0x0a00_0002)))
    #expect(result.facts.conversations.contains { $0.protocols == ["modbus"] })
    #expect(result.facts.packets == UInt64(Limits.hosts + 2004))
    #expect(
      result.facts.limits.contains { $0.detail.hasPrefix("packets of addresses not kept apart") && $0.count > 1990 })
    #expect(try await document([path.path], workers: 2) == FactsDocument(result.facts).json())
  }

  /// A host that sends from a hundred MAC addresses, to peers that different workers read: none of them meets too many.
  @Test func aHostOfManyMACAddressesIsTheSameForAnyNumberOfWorkers() async throws {
    var file: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]
    for index in 0..<100 {
      let peer = 0x0a00_0100 + UInt32(index % 8)
      var frame = MadeUp.frame(
        0x0a00_0001, peer, port: (49152, 502), flags: 0x18, [0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1])
      frame[11] = UInt8(index)
      let count = [UInt8(frame.count), 0, 0, 0]
      file += [0, 0x65, 0x4e, 0x65, 0, 0, 0, 0] + count + count + frame
    }
    let path = FileManager.default.temporaryDirectory.appending(path: "macs-\(UUID().uuidString).pcap")
    defer { try? FileManager.default.removeItem(at: path) }
    try Data(file).write(to: path)
    let facts = try await Analysis.run(.init(paths: [path.path], workers: 1, hashes: false)).facts
    #expect(facts.hosts.map(\.macs.count).max() == Limits.macsPerHost)
    for workers in [2, 5] { #expect(try await document([path.path], workers: workers) == FactsDocument(facts).json()) }
  }
}

@Suite struct Announcements {
  /// FTP of many host pairs at once; each data connection is its own pair's, whichever worker reads it.
  @Test func dataConnectionsAreFoundByAnyNumberOfWorkers() async throws {
    var file: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]
    func add(_ client: UInt32, _ port: (UInt16, UInt16), sequence: UInt32, _ text: String, fromServer: Bool) {
      let (from, to) = fromServer ? (0x0a00_0002, client) : (client, 0x0a00_0002)
      let frame = MadeUp.frame(from, to, port: port, flags: 0x18, sequence: sequence, Array(text.utf8))
      let count = [UInt8(truncatingIfNeeded: frame.count), 0, 0, 0]
      file += [0, 0x65, 0x4e, 0x65, 0, 0, 0, 0] + count + count + frame
    }
    let clients = 0x0a00_0100..<0x0a00_0110 as Range<UInt32>
    for client in clients { add(client, (21, 40000), sequence: 1, "220 FTP\r\n", fromServer: true) }
    for client in clients { add(client, (21, 40000), sequence: 10, "227 (10,0,0,2,19,137)\r\n", fromServer: true) }
    for client in clients { add(client, (40000, 21), sequence: 1, "STOR plc\(client).bin\r\n", fromServer: false) }
    for client in clients { add(client, (40001, 5001), sequence: 1, "GET / HTTP/1.1\r\n\r\n", fromServer: false) }
    let path = FileManager.default.temporaryDirectory.appending(path: "ftp-\(UUID().uuidString).pcap")
    defer { try? FileManager.default.removeItem(at: path) }
    try Data(file).write(to: path)
    let facts = try await Analysis.run(.init(paths: [path.path], workers: 1, hashes: false)).facts
    #expect(facts.conversations.filter { $0.protocols == ["ftp-data"] }.count == clients.count)
    #expect(facts.operations.filter { $0.object.hasPrefix("plc") }.count == 2 * clients.count)
    let one = FactsDocument(facts).json()
    for workers in [2, 5] { #expect(try await document([path.path], workers: workers) == one) }
  }
}
