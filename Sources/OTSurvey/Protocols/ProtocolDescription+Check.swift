import OTCore
import OTKnowledge
import OTProtocols

/// What a description must hold as a whole, and what is said about it.
extension ProtocolDescriptions.Description {
  /// Magic bytes and the numbers that are read of every data unit must fit into it; what only one side sends, and what
  /// tells objects, status and identity, may be missing.
  static func leastBytes(_ described: DescribedProtocol) -> Int {
    var ends = described.magic.map { $0.offset + $0.bytes.count }
    func add(_ field: DescribedProtocol.NumberField?) { if let field { ends.append(field.offset + field.width) } }
    if let asked = described.requestCommand, let answered = described.responseCommand {
      ends.append(min(asked.offset + asked.width, answered.offset + answered.width))
    }
    if case .length(let field, _, _) = described.framing { add(field) }
    if case .field(let field, _) = described.direction { add(field) }
    return max(1, ends.max() ?? 1)
  }

  static func check(_ described: DescribedProtocol, _ top: YAMLMapping) throws(YAMLError) {
    if described.claims.isEmpty, fixedBytes(described) < DescribedProtocol.leastMagic {
      throw top.owner.error(
        "without ports it must be known by at least \(DescribedProtocol.leastMagic) whole bytes of magic")
    }
    if case .fixed(let size) = described.framing, size < described.leastBytes {
      throw top.owner.error("messages of \(size) bytes do not hold the fields, which end at \(described.leastBytes)")
    }
    if case .terminator(_, let longest) = described.framing, longest < described.leastBytes {
      throw top.owner.error(
        "messages of up to \(longest) bytes do not hold the fields, which end at \(described.leastBytes)")
    }
  }

  private static func fixedBytes(_ described: DescribedProtocol) -> Int {
    described.magic.reduce(0) { $0 + $1.mask.count { $0 == 0xff } }
  }

  /// One line for the list of protocols.
  static func summary(_ described: DescribedProtocol) -> String {
    var parts = [described.names.isEmpty ? "recognised only" : "\(described.names.count) named commands"]
    if !described.objects.isEmpty { parts.append(described.objects.map(\.name).joined(separator: ", ")) }
    if described.status != nil { parts.append("outcome") }
    if !described.identities.isEmpty { parts.append("identity") }
    return parts.joined(separator: "; ")
  }

  static func notes(_ described: DescribedProtocol) -> [String] {
    var notes: [String] = []
    let isTold = !described.magic.isEmpty || !described.takesOtherCommands
    if !isTold {
      if case .length = described.framing {
        notes.append("no magic and any command: only the length tells it from other traffic on its ports")
      } else {
        notes.append("no magic and any command: whatever is met on its ports is taken for it")
      }
    }
    if described.isStream, described.framing == .whole {
      notes.append("framing segment: messages that share a segment are counted as one")
    }
    return notes
  }
}
