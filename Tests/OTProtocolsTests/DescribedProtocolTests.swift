import OTCore
import Testing

@testable import OTProtocols

private func info(_ id: String) -> ProtocolInfo {
  ProtocolInfo(
    id: id, name: id, specification: "these tests", isIndustrial: true, depth: .operations, reads: "commands",
    displayFilter: "")
}

/// Omron FINS over UDP as one would describe it: W342 sections 3 and 5-1.
private let omron: DescribedProtocol = {
  var described = DescribedProtocol(info: info("omron-udp"), claims: [.udp(9600)], isStream: false)
  // Information control field: bit 7 always, bit 6 in answers; gateway count 02 in both.
  described.magic = [.init(offset: 0, bytes: [0x80], mask: [0x80]), .init(offset: 2, bytes: [0x02])]
  described.direction = .field(.init(offset: 0, width: 1, mask: 0x40), request: 0)
  described.requestCommand = .init(offset: 10, width: 2)
  described.responseCommand = described.requestCommand
  described.names = [
    .init(code: 0x0101, name: "memory area read", kind: .read),
    .init(code: 0x0102, name: "memory area write", kind: .write),
    .init(code: 0x0401, name: "run", kind: .control),
  ]
  described.status = .init(field: .init(offset: 12, width: 2), success: [0])
  described.objects = [
    .init(name: "area", field: .init(offset: 12, width: 1), commands: [0x0101, 0x0102]),
    .init(name: "word", field: .init(offset: 13, width: 2), commands: [0x0101, 0x0102]),
  ]
  described.leastBytes = 12
  return described
}()

/// A line of a scale on a stream: `?W` asks, `!W+001250` answers, `!I` tells type and version.
private let scale: DescribedProtocol = {
  var described = DescribedProtocol(info: info("scale"), claims: [.tcp(4001)], isStream: true)
  described.framing = .terminator([0x0d, 0x0a], longest: 64)
  described.direction = .field(.init(offset: 0, width: 1), request: 0x3f)
  described.requestCommand = .init(offset: 1, width: 1)
  described.responseCommand = described.requestCommand
  described.names = [
    .init(code: 0x49, name: "identify", kind: .discover), .init(code: 0x57, name: "weigh", kind: .read),
    .init(code: 0x5a, name: "zero", kind: .control),
  ]
  described.takesOtherCommands = false
  described.identities = [
    .init(.productName, .after(marker: Array("TYPE=".utf8), end: Array(";".utf8)), commands: [0x49]),
    .init(.firmwareVersion, .after(marker: Array("VER=".utf8), end: []), commands: [0x49]),
    .init(.serialNumber, .fixed(offset: 2, count: 2), format: .hexadecimal, commands: [0x49]),
  ]
  described.leastBytes = 2
  return described
}()

/// `4C` length value: a length of what follows, little-endian, and a signed value; known by its magic wherever it is.
private let meter: DescribedProtocol = {
  var described = DescribedProtocol(info: info("meter"), claims: [], isStream: true)
  described.magic = [.init(offset: 0, bytes: [0x4c, 0x4d, 0x4e, 0x4f])]
  described.framing = .length(.init(offset: 4, width: 2, isBig: false), scale: 1, adjust: 6)
  described.direction = .publish
  described.value = .init(field: .init(offset: 6, width: 2), format: .signed, side: .either)
  described.leastBytes = 6
  return described
}()

/// What one message said, one line an observation.
private func lines(_ described: DescribedProtocol, _ out: ObservationBuffer) -> [String] {
  out.observations.map { observation in
    switch observation {
    case .operation(let operation):
      let said = described.describe(operation: operation.code)
      var line = "\(operation.role) \(said.code) \(said.name)"
      if case .numbers(let a, let b, let c, let d) = operation.object {
        line += " [\(described.describe(object: [a, b, c, d]) ?? "")]"
      }
      switch operation.outcome {
      case .none: break
      case .success: line += " success"
      case .failure(let code): line += " failure(\(code))"
      }
      return operation.values.map { "\(line) = \($0.low)" } ?? line
    case .identity(let claim): return "\(claim.attribute.name) \"\(out.string(claim.value))\""
    case .anomaly(let anomaly): return "anomaly \(anomaly.field)"
    default: return "other"
    }
  }
}

/// Chunks given to an engine with a described protocol and the built-in ones of `dissectors`; what came out.
private func run(
  _ described: DescribedProtocol, _ dissectors: [any Dissector.Type] = [], port: UInt16,
  _ chunks: [(bytes: [UInt8], fromClient: Bool)]
) -> [String] {
  var engine = DissectionEngine(ProtocolTable(dissectors, described: [described]))
  var out = ObservationBuffer()
  let channel = engine.open()
  for chunk in chunks {
    var context = PDUContext(sender: .ipv4(1), receiver: .ipv4(2), senderIsClient: chunk.fromClient)
    let place = DissectionEngine.Place(described.isStream ? .tcp : .udp, server: port, client: 40000)
    if described.isStream {
      engine.stream(channel, forward: chunk.fromClient, chunk.bytes.span, gap: 0, &context, place, into: &out)
    } else {
      engine.datagram(channel, chunk.bytes.span, &context, place, into: &out)
    }
  }
  let number = engine.protocolNumber(channel).map { engine.table.protocols[Int($0)].id } ?? "nobody"
  return [number] + lines(described, out)
}

@Suite struct Described {
  /// The built-in dissector turned off, the description says the same of the same messages.
  @Test func aDescriptionOfFINSSaysWhatTheDissectorSays() throws {
    let sample = try #require(Samples.all.first { $0.id == "fins" && $0.messages.first?.isStream == false })
    let others = ProtocolRegistry.dissectors.filter { $0 != FINSDissector.self }
    let said = run(omron, others, port: 9600, sample.messages.map { ($0.bytes, $0.fromClient) })
    #expect(
      said == [
        "omron-udp", "request 0x0101 memory area read [area 130 word 100]",
        "response 0x0101 memory area read [area 130 word 100] success",
        "request 0x0102 memory area write [area 48 word 10]",
        "response 0x0102 memory area write [area 48 word 10] failure(8194)", "request 0x0401 run",
      ])
    // With it, nobody asks the description.
    #expect(
      run(omron, ProtocolRegistry.dissectors, port: 9600, sample.messages.map { ($0.bytes, $0.fromClient) })[0]
        == "fins")
  }

  @Test func linesAreCutHoweverTheSegmentsFallAndTellWhatSpeaks() {
    let said = run(
      scale, port: 4001,
      [
        (bytes("'?W' 0d"), true), (bytes("0a"), true), (bytes("'!W+001250' 0d0a"), false),
        (bytes("'?I' 0d0a '?Z' 0d0a"), true), (bytes("'!ITYPE=CS2000;VER=1.7' 0d0a"), false),
      ])
    #expect(
      said == [
        "scale", "request 0x57 weigh", "response 0x57 weigh", "request 0x49 identify", "request 0x5a zero",
        "response 0x49 identify", "product_name \"CS2000\"", "firmware_version \"1.7\"", "serial_number \"5459\"",
      ])
  }

  @Test func magicAloneIsFoundOnAnyPortAndTheLengthCuts() {
    let two = bytes("4c4d4e4f 0200 fffe | 4c4d4e4f 0300 0010 00")
    #expect(run(meter, port: 7, [(two, true)]) == ["meter", "publish  message = -2.0", "publish  message = 16.0"])
  }

  /// Description, bytes of the first message, why they are not taken.
  static let refused: [(described: DescribedProtocol, port: UInt16, notation: String)] = [
    (omron, 9601, "80 00 02 00 01 00 00 fb 00 19 | 0101 82 0064 00 0002"),  // another port
    (omron, 9600, "80 00 03 00 01 00 00 fb 00 19 | 0101 82 0064 00 0002"),  // another gateway count
    (omron, 9600, "80 00 02 00 01 00 00 fb 00 19 | 01"),  // no room for the command
    (scale, 4001, "'?Q' 0d0a"),  // no command of it
    (
      scale, 4001,
      "'?W' 3030303030303030303030303030303030303030303030303030303030303030"
        + "3030303030303030303030303030303030303030303030303030303030303030 0d0a"
    ),  // no end within 64 bytes
    (meter, 7, "4c4d4e50 0200 fffe"),  // one bit of the magic
  ]

  @Test(arguments: refused)
  func whatDoesNotFitIsNotTaken(_ refused: (described: DescribedProtocol, port: UInt16, notation: String)) {
    #expect(run(refused.described, port: refused.port, [(bytes(refused.notation), true)]) == ["nobody"])
  }

  /// Hostile bytes: every prefix of a message and every byte replaced, framed or not, each against each description.
  @Test(arguments: [omron, scale, meter])
  func noPrefixAndNoChangedByteTraps(_ described: DescribedProtocol) {
    let messages = [
      bytes("80 00 02 00 01 00 00 fb 00 19 | 0101 82 0064 00 0002"), bytes("'!ITYPE=CS2000;VER=1.7' 0d0a"),
      bytes("4c4d4e4f 0200 fffe"), bytes("4c4d4e4f ffff ffff ffff ffff"),
    ]
    var runs = 0
    for message in messages {
      var damaged = (0...message.count).map { Array(message[..<$0]) }
      for index in message.indices {
        for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff, message[index] ^ 1] {
          var changed = message
          changed[index] = value
          damaged.append(changed)
        }
      }
      for bytes in damaged {
        for isClaimed in [true, false] {
          let hint = FramingHint(isStream: described.isStream, isClaimed: isClaimed, senderIsClient: true)
          if case .pdu(let count) = described.frame(bytes.span, hint) { #expect(count > 0) }
        }
        var state = DescribedState()
        var out = ObservationBuffer()
        for senderIsClient in [true, false] {
          let context = PDUContext(sender: .ipv4(1), receiver: .ipv4(2), senderIsClient: senderIsClient)
          _ = described.dissect(bytes.span, context, &state, into: &out)
        }
        runs += 1
      }
    }
    #expect(runs > 200)
  }
}
