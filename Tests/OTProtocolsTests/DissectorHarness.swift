import OTCore

@testable import OTProtocols

/// One message of a sample: who sent it, and its bytes.
struct Message: Sendable {
  var bytes: [UInt8]
  var fromClient: Bool
  var isStream = true
  /// 0: the sample's dissector needs no port.
  var serverPort: UInt16 = 0

  /// From client to server; see ``bytes(_:)`` for the notation.
  static func request(_ notation: String, isStream: Bool = true, serverPort: UInt16 = 0) -> Message {
    Message(bytes: OTProtocolsTests.bytes(notation), fromClient: true, isStream: isStream, serverPort: serverPort)
  }

  /// From server to client.
  static func response(_ notation: String, isStream: Bool = true, serverPort: UInt16 = 0) -> Message {
    Message(bytes: OTProtocolsTests.bytes(notation), fromClient: false, isStream: isStream, serverPort: serverPort)
  }
}

/// A short conversation and what its dissector must make of it, one line an observation; see ``transcript(_:_:)``.
/// Samples also feed the sweep that no dissector traps, so each shape of message deserves one.
struct Sample: Sendable, CustomStringConvertible {
  /// Identifier of (one of) the dissector's protocols.
  var id: String
  /// What the sample shows, as a sentence.
  var name: String
  var messages: [Message]
  var expected: [String]

  init(_ id: String, _ name: String, _ messages: [Message], _ expected: [String]) {
    self.id = id
    self.name = name
    self.messages = messages
    self.expected = expected
  }

  var description: String { "\(id): \(name)" }

  var dissector: (any Dissector.Type)? {
    ProtocolRegistry.dissectors.first { $0.protocols.contains { $0.id == id } }
  }
}

/// Bytes of annotated text: hexadecimal digits in pairs, ASCII in single quotes, blanks and `|` free, `#` comments to the
/// end of the line: `0001 0000 0006 01 # MBAP`. Anything else is a mistake of the test and ends the bytes.
func bytes(_ notation: String) -> [UInt8] {
  var result: [UInt8] = []
  for line in notation.split(whereSeparator: \.isNewline) {
    var high: UInt8?
    var quoted = false
    for character in line.utf8 {
      if character == UInt8(ascii: "'") {
        quoted.toggle()
      } else if quoted {
        result.append(character)
      } else if character == UInt8(ascii: "#") {
        break
      } else if let digit = Character(UnicodeScalar(character)).hexDigitValue {
        let nibble = UInt8(truncatingIfNeeded: digit)
        if let first = high {
          result.append(first << 4 | nibble)
          high = nil
        } else {
          high = nibble
        }
      } else if character != UInt8(ascii: " "), character != UInt8(ascii: "|") {
        return result
      }
    }
  }
  return result
}

/// Runs messages through one dissector as the engine would (frame, then dissect, until the bytes are used up) and tells
/// each observation in a line:
///
///     modbus request 3 [unit 1 holding registers 0, 10]
///     modbus response 3 failure(2) = 1...7 ×2
///     modbus sender vendor "Schneider Electric"
///     handOff isoTransport 4 bytes
///     announce ftpData sender tcp 5001 "plc.bin"
///     anomaly length truncated at 4
///     skip 512 bytes
func transcript<D: Dissector>(_ type: D.Type, _ messages: [Message]) -> [String] {
  var dissector = D()
  var lines: [String] = []
  for (index, message) in messages.enumerated() {
    lines += dissectAll(&dissector, message, isEstablished: index > 0)
  }
  return lines
}

/// Observations of one message given to one dissector; `isEstablished` where messages were dissected before.
func dissectAll<D: Dissector>(_ dissector: inout D, _ message: Message, isEstablished: Bool = false) -> [String] {
  var lines: [String] = []
  var skipped: [String] = []
  var out = ObservationBuffer()
  var start = 0
  let span = message.bytes.span
  var hint = FramingHint(
    isStream: message.isStream, isClaimed: true, senderIsClient: message.fromClient, isEstablished: isEstablished)
  let client = HostAddress.ipv4(0x0a00_0001)
  let server = HostAddress.ipv4(0x0a00_0002)
  let context = PDUContext(
    sender: message.fromClient ? client : server, receiver: message.fromClient ? server : client,
    senderMAC: MACAddress(value: message.fromClient ? 1 : 2),
    receiverMAC: MACAddress(value: message.fromClient ? 2 : 1),
    senderPort: message.fromClient ? 49152 : message.serverPort,
    receiverPort: message.fromClient ? message.serverPort : 49152,
    senderIsClient: message.fromClient, directionIsCertain: true, isStream: message.isStream)
  while start < span.count {
    let rest = span.extracting(start..<span.count)
    guard case .pdu(let count) = D.frame(rest, hint), count > 0, count <= rest.count else {
      lines.append("\(D.frame(rest, hint)) at \(start)")
      break
    }
    var cursor = ByteCursor(rest.extracting(0..<count))
    do {
      try dissector.dissect(&cursor, context, into: &out)
    } catch {
      out.anomaly(error.field, error.reason, at: error.offset)
    }
    start += count
    hint.isEstablished = true
    if out.skipCount > 0 {
      skipped.append(out.skipCount == Int.max ? "skip the rest" : "skip \(out.skipCount) bytes")
      start += min(out.skipCount, span.count - start)
      out.clearSkip()
    }
  }
  for observation in out.observations { lines.append(describe(observation, by: D.self, in: out)) }
  for payload in out.payloads { lines.append("handOff \(payload.layer) \(payload.bytes.count) bytes") }
  for announced in out.announcements {
    let name = announced.name.isEmpty ? "" : " \"\(out.string(announced.name))\""
    lines.append(
      "announce \(announced.service) \(announced.isSenders ? "sender" : "receiver") "
        + "\(announced.isStream ? "tcp" : "udp") \(announced.port)\(name)")
  }
  lines += skipped
  return lines
}

func describe<D: Dissector>(_ observation: Observation, by type: D.Type, in out: ObservationBuffer) -> String {
  func id(_ layer: UInt8) -> String {
    Int(layer) < D.protocols.count ? D.protocols[Int(layer)].id : "layer \(layer) of none"
  }
  switch observation {
  case .operation(let operation):
    let said = D.describe(operation: operation.code, layer: Int(operation.layer))
    var line = "\(id(operation.layer)) \(operation.role) \(said.code)"
    switch operation.object {
    case .none: break
    case .numbers(let a, let b, let c, let d):
      let text = D.describe(object: a, b, c, d, operation: operation.code, layer: Int(operation.layer))
      line += " [\(text ?? "\(a) \(b) \(c) \(d)")]"
    case .text(let text): line += " [\(out.string(text))]"
    }
    switch operation.outcome {
    case .none: break
    case .success: line += " success"
    case .failure(let status): line += " failure(\(status))"
    }
    if let values = operation.values {
      line += values.low == values.high ? " = \(values.low)" : " = \(values.low)...\(values.high)"
    }
    return operation.count == 1 ? line : line + " ×\(operation.count)"
  case .identity(let claim):
    return "\(id(claim.layer)) \(claim.subject) \(claim.attribute.name) \"\(out.string(claim.value))\""
  case .property(let property):
    let side = property.subject == .sender ? "" : "\(property.subject) "
    return "\(id(property.layer)) \(side)property \(property.attribute.name) \"\(out.string(property.value))\""
  case .credential(let credential):
    let accepted = credential.accepted.map { $0 ? " accepted" : " refused" } ?? ""
    return "\(id(credential.layer)) credential \(credential.scheme.name) \"\(out.string(credential.account))\""
      + " \(credential.strength.name)\(accepted)"
  case .file(let file):
    let size = file.size.map { " \($0) bytes" } ?? ""
    return "\(id(file.layer)) file \(file.direction.name) \"\(out.string(file.name))\"\(size)"
  case .neighbour(let neighbour):
    return
      "\(id(neighbour.layer)) neighbour \"\(out.string(neighbour.chassis))\" port \"\(out.string(neighbour.port))\""
      + " \"\(out.string(neighbour.systemName))\" \(neighbour.managementAddress)"
  case .binding(let binding):
    return "binding \(binding.address) \(binding.mac) \(binding.source.name)"
  case .anomaly(let anomaly):
    return "anomaly \(anomaly.field) \(anomaly.reason.name) at \(anomaly.offset)"
  }
}
