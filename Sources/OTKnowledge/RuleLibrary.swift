import CKnowledge
import Foundation

/// The rules, in the order of their ids.
public struct RuleLibrary: Sendable, Equatable {
  public var rules: [Rule]
  /// Requirements a rule may name by id.
  public var inputs: [Rule.Requirement]

  static let inputsPath = "Inputs.yaml"
  static let rulesFolder = "Rules/"

  /// Reads every rule of a pack; the first mistake stops it.
  public init(_ pack: KnowledgePack) throws(YAMLError) {
    rules = []
    inputs = []
    for file in pack.files where file.path == Self.inputsPath {
      inputs = try Rule.Requirement.inputs(yaml: file.text, file: file.path)
    }
    try add(pack.files.filter { $0.path.hasPrefix(Self.rulesFolder) })
  }

  /// The rules inside the binary.
  public static func embedded() throws(YAMLError) -> RuleLibrary { try RuleLibrary(embeddedPack()) }

  /// The rules of a knowledge folder (`--knowledge DIR`).
  public init(knowledge folder: String) throws(YAMLError) {
    try self.init(try Self.pack(knowledge: folder))
  }

  /// Adds a consultant's own rules (`--rules DIR`); they may name the same inputs.
  public mutating func add(folder: String) throws(YAMLError) {
    try add(try Self.files(in: folder, prefix: ""))
  }

  mutating func add(_ files: [KnowledgePack.File]) throws(YAMLError) {
    for file in files {
      let rule = try Rule(yaml: file.text, file: file.path, inputs: inputs)
      if let first = rules.first(where: { $0.id == rule.id }) {
        throw YAMLError(file: file.path, line: 1, path: "id", message: "\(rule.id) is already in \(first.file)")
      }
      rules.append(rule)
    }
    rules.sort { $0.id < $1.id }
  }

  /// What `make knowledge` packed.
  public static func embeddedPack() -> KnowledgePack {
    let bytes = unsafe Array(UnsafeBufferPointer(start: ot_rules_pack(), count: ot_rules_pack_count()))
    return KnowledgePack(bytes) ?? KnowledgePack(files: [])
  }

  /// The same files, read from a knowledge folder.
  public static func pack(knowledge folder: String) throws(YAMLError) -> KnowledgePack {
    var files = try files(in: folder + "/Rules", prefix: rulesFolder)
    for path in [inputsPath, ServiceCatalogue.path] {
      files.append(KnowledgePack.File(path: path, text: try TextFile.read(folder + "/" + path)))
    }
    return KnowledgePack(files: files)
  }

  private static func files(in folder: String, prefix: String) throws(YAMLError) -> [KnowledgePack.File] {
    var files: [KnowledgePack.File] = []
    for name in try TextFile.names(in: folder) {
      files.append(KnowledgePack.File(path: prefix + name, text: try TextFile.read(folder + "/" + name)))
    }
    guard !files.isEmpty else { throw YAMLError(file: folder, line: 0, path: "", message: "holds no rule (.yaml)") }
    return files
  }
}
