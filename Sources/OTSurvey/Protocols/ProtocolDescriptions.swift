import Foundation
import OTCapture
import OTCore
import OTFacts
import OTKnowledge
import OTProtocols

/// Protocols that files describe (`docs/protocol-descriptions.md`), as `--protocols DIR` brings them.
public struct ProtocolDescriptions: Sendable {
  public struct Description: Sendable {
    public var described: DescribedProtocol
    /// Path of its file.
    public var file: String
    /// What is allowed and rarely meant.
    public var notes: [String]
  }

  public private(set) var descriptions: [Description] = []
  /// The files, for the manifest of a case.
  public private(set) var files: [OTFacts.EvidenceFile] = []

  public init() {}

  /// Reads every `.yaml` and `.yml` of a folder, in the order of their names; the first mistake stops it.
  public init(folder: String) throws(YAMLError) {
    for name in try TextFile.names(in: folder) { try add(file: Files.join(folder, name)) }
    guard !descriptions.isEmpty else {
      throw YAMLError(file: folder, line: 0, path: "", message: "holds no protocol description (.yaml)")
    }
  }

  /// Reads one file beside those that were read before.
  public mutating func add(file: String) throws(YAMLError) {
    let text = try TextFile.read(file)
    let known = Set(ProtocolTable.standard.protocols.map(\.id))
    let description = try Description(yaml: text, file: file)
    let id = description.described.info.id
    if known.contains(id) {
      throw YAMLError(file: file, line: 1, path: "protocol", message: "\(id) is built in; give it another name")
    }
    if let other = descriptions.first(where: { $0.described.info.id == id }) {
      throw YAMLError(file: file, line: 1, path: "protocol", message: "\(id) is already in \(other.file)")
    }
    guard descriptions.count < ProtocolTable.standard.room else {
      throw YAMLError(file: file, line: 0, path: "", message: "more than \(descriptions.count) descriptions")
    }
    descriptions.append(description)
    var evidence = OTFacts.EvidenceFile(
      kind: .protocolDescription, name: "", path: file,
      sha256: (try? EvidenceHasher.hash(path: file))?.description ?? "",
      size: Files.size(of: file) ?? UInt64(text.utf8.count), format: "protocol description")
    let ends = text.utf8.count { $0 == UInt8(ascii: "\n") }
    evidence.frames = UInt64(text.isEmpty || text.hasSuffix("\n") ? ends : ends + 1)
    files.append(evidence)
  }

  public var protocols: [DescribedProtocol] { descriptions.map(\.described) }
}
