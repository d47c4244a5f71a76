import OTCore

extension UnknownShape {
  /// A description in the format of `docs/protocol-descriptions.md`, as far as it can be told from the payload; empty for
  /// bare IP protocols, which no description can name.
  func draft(_ name: String) -> String {
    guard main.transport != .other else { return "" }
    let id = name.lowercased()
    let place = hasPorts ? "\(main.transport.name)/\(ports.first ?? 0)" : "EtherType \(Self.hex(main.place, digits: 4))"
    var lines = [
      "# Drafted from \(Self.count(members.count, "conversation")): each line is a guess to be checked with the maker's papers.",
      "protocol: \(id)", "title: Not recognised, met on \(place)", "transport: \(main.transport.name)",
    ]
    if hasPorts {
      lines.append("ports: [\(ports.prefix(16).map(String.init).joined(separator: ", "))]")
    } else {
      lines.append("ether_types: [\(Self.hex(main.place, digits: 4))]")
    }
    lines += magic + framing + direction + command
    return lines.joined(separator: "\n") + "\n"
  }

  /// What both directions begin with.
  private var shared: UnknownFields? {
    guard var fields = toServer.fields ?? toClient.fields else { return nil }
    if toServer.fields != nil, let other = toClient.fields { fields.intersect(other) }
    return fields
  }

  /// Runs of bytes that are always the same and belong to no number that was found.
  private var magic: [String] {
    guard let fields = shared else { return [] }
    var runs: [(offset: Int, bytes: [UInt8])] = []
    for index in 0..<Swift.min(8, fields.common) {
      guard let byte = fields.constant(index), !fields.isField(index) else { continue }
      if let last = runs.last, last.offset + last.bytes.count == index {
        runs[runs.count - 1].bytes.append(byte)
      } else {
        runs.append((index, [byte]))
      }
    }
    // Zeros alone are more often the upper half of a number.
    runs.removeAll { $0.bytes.allSatisfy { $0 == 0 } }
    guard !runs.isEmpty else { return [] }
    return ["magic:"] + runs.map { "  - {offset: \($0.offset), bytes: \"\(Self.hex($0.bytes))\"}" }
  }

  private var framing: [String] {
    guard main.transport == .tcp else { return [] }
    let fields = shared
    if let length = fields?.length {
      let endian = length.isBig ? "big" : "little"
      return [
        "framing:",
        "  length: {offset: \(length.offset), width: \(length.width), endian: \(endian), adjust: \(length.adjust)}",
      ]
    }
    let sides = [toServer, toClient].filter { $0.direction.units > 0 }
    if let size = sides.first?.direction.shortest, size <= 65535,
      sides.allSatisfy({ $0.direction.shortest == size && $0.direction.longest == size })
    {
      return ["framing: {fixed: \(size)}"]
    }
    if let ending = fields?.ending {
      let bytes = [UInt8(truncatingIfNeeded: ending >> 8), UInt8(truncatingIfNeeded: ending)]
      return ["framing: {terminator: \"\(Self.hex(bytes[1] == 0x0a && bytes[0] != 0x0d ? [bytes[1]] : bytes))\"}"]
    }
    return ["# No length was found: each segment is taken for a message.", "framing: segment"]
  }

  /// A byte that questions and answers always have, each their own.
  private var direction: [String] {
    guard let asked = toServer.fields, let answered = toClient.fields else { return [] }
    for index in 0..<8 where !asked.isField(index) && !answered.isField(index) {
      if let one = asked.constant(index), let other = answered.constant(index), one != other {
        return ["direction: {offset: \(index), request: \(Self.hex(UInt16(one), digits: 2))}"]
      }
    }
    return []
  }

  private var command: [String] {
    guard let fields = shared, let index = fields.command, !fields.commands.isEmpty, index < fields.common else {
      return []
    }
    let names = fields.commands.map {
      "    \(Self.hex(UInt16($0), digits: 2)): {name: command \(Self.hex([$0])), kind: other}"
    }
    return ["command:", "  offset: \(index)", "  width: 1", "  names:"] + names + ["  other: true"]
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String(decoding: [hexDigit($0 >> 4), hexDigit($0)], as: UTF8.self) }.joined(separator: " ")
  }

  private static func hex(_ value: UInt16, digits: Int) -> String {
    let text = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: Swift.max(0, digits - text.count)) + text
  }

  private static func count(_ number: Int, _ word: String) -> String {
    number == 1 ? "1 \(word)" : "\(number) \(word)s"
  }
}
