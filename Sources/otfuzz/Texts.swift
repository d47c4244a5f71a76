import OTCore
import OTImport
import OTKnowledge

/// What people hand over beside captures.
enum Texts {
  static func importConfiguration(_ input: Span<UInt8>) {
    guard let text = ConfigurationText(bytes(input)) else { return }
    for importer in ImporterRegistry.importers {
      _ = importer.recognises(text)
      _ = importer.read(text, file: 0)
    }
  }

  static func readYAML(_ input: Span<UInt8>) {
    let text = String(decoding: bytes(input), as: UTF8.self)
    _ = try? Rule(yaml: text, file: "fuzz.yaml", inputs: [])
    _ = try? Rule.Requirement.inputs(yaml: text, file: "fuzz.yaml")
  }

  private static func bytes(_ input: Span<UInt8>) -> [UInt8] {
    var copy: [UInt8] = []
    copy.append(input)
    return copy
  }
}
