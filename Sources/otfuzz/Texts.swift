import OTAssess
import OTCore
import OTImport
import OTKnowledge
import OTSurvey

/// What people hand over beside captures.
enum Texts {
  static func importConfiguration(_ input: Span<UInt8>) {
    guard let text = ConfigurationText(bytes(input)) else { return }
    for importer in ImporterRegistry.importers {
      _ = importer.recognises(text)
      _ = importer.read(text, file: 0)
    }
  }

  static func readRule(_ input: Span<UInt8>) {
    let text = String(decoding: bytes(input), as: UTF8.self)
    _ = try? Rule(yaml: text, file: "fuzz.yaml", inputs: [])
    _ = try? Rule.Requirement.inputs(yaml: text, file: "fuzz.yaml")
  }

  static func readSite(_ input: Span<UInt8>) {
    _ = try? SiteFile(yaml: String(decoding: bytes(input), as: UTF8.self), file: "fuzz.yaml")
  }

  /// A description up to the first NUL; what it can be made of reads the rest.
  static func describe(_ input: Span<UInt8>) {
    var end = 0
    while end < input.count, input[end] != 0 { end += 1 }
    let text = String(decoding: bytes(input.extracting(0..<end)), as: UTF8.self)
    guard let description = try? ProtocolDescriptions.Description(yaml: text, file: "fuzz.yaml") else { return }
    Conversations.meetDescribed(description.described, input.rest(from: end + 1))
  }

  private static func bytes(_ input: Span<UInt8>) -> [UInt8] {
    var copy: [UInt8] = []
    copy.append(input)
    return copy
  }
}
