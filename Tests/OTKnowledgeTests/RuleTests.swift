import Foundation
import Testing

@testable import OTKnowledge

/// The tree the tests were built from.
let packageFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path

@Suite struct RuleTests {
  static let whole = """
    id: MY-001
    title: Something is read
    severity: low
    confidence: high
    type: behaviour
    weakness: 1
    techniques: [T0801]
    playbook: PB-01
    controls: [62443-3-3/SR-2.1]
    why: Because.
    false_positives: None.
    fix: Do.
    verify: Look.
    query: SELECT 1
    group_by: [peer, subject]
    requires: [capture, {query: SELECT 2, collect: Two.}]
    examples: {fires: [{event: {}}], quiet: [{event: {}}]}
    """
  static let inputs = [Rule.Requirement(id: "capture", query: "SELECT 1", collect: "One.")]

  @Test func aWholeRuleIsRead() throws {
    let rule = try Rule(yaml: Self.whole, file: "my.yaml", inputs: Self.inputs)
    #expect(rule.id == "MY-001" && rule.severity == .low && rule.type == .behaviour)
    #expect(rule.groupBy == ["subject", "peer"], "in one order, however it is written")
    #expect(rule.requires.map(\.collect) == ["One.", "Two."])
  }

  @Test(arguments: [
    ("severity: low", "severity: huge", "my.yaml:3: severity: expected one of info, low"),
    ("title: Something is read", "titel: x", "my.yaml:2: unknown key \"titel\""),
    ("playbook: PB-01\n", "", "my.yaml:1: playbook is missing"),
    ("id: MY-001", "id: my rule", "my.yaml:1: id: an id is made of capitals"),
    ("[peer, subject]", "[peer]", "group_by: a finding needs its subject"),
    ("[peer, subject]", "[subject, colour]", "group_by[1]: expected one of subject, peer, key"),
    ("requires: [capture,", "requires: [moon,", "requires[0]: expected one of capture, found \"moon\""),
    ("[{event: {}}], quiet", "[], quiet", "examples.fires: a rule shows at least one example"),
    ("techniques: [T0801]", "techniques: T0801", "my.yaml:7: techniques: expected a list"),
    ("weakness: 1", "weakness: 9", "my.yaml:6: weakness: expected a whole number from 0 to 3, found 9"),
    ("why: Because.", "why: [", "my.yaml:"),
  ])
  func aMistakeIsRefusedWithFileAndLine(old: String, new: String, message: String) {
    let text = Self.whole.replacing(old, with: new)
    let error = #expect(throws: YAMLError.self) { try Rule(yaml: text, file: "my.yaml", inputs: Self.inputs) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func anIdIsGivenOnce() throws {
    let pack = KnowledgePack(files: [
      .init(path: "Inputs.yaml", text: "capture: {query: SELECT 1, collect: One.}"),
      .init(path: "Rules/a.yaml", text: Self.whole), .init(path: "Rules/b.yaml", text: Self.whole),
    ])
    let error = #expect(throws: YAMLError.self) { try RuleLibrary(pack) }
    #expect(error?.description == "Rules/b.yaml:1: id: MY-001 is already in Rules/a.yaml")
  }

  @Test func thePackInsideTheBinaryIsNotStale() throws {
    let folder = try RuleLibrary.pack(knowledge: packageFolder + "/Sources/OTKnowledge")
    #expect(RuleLibrary.embeddedPack() == folder, "run make knowledge")
    #expect(try RuleLibrary.embedded() == RuleLibrary(knowledge: packageFolder + "/Sources/OTKnowledge"))
  }

  @Test func aConsultantsOwnRulesAreAdded() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "otassess-own-rules").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Self.whole.write(toFile: folder + "/mine.yaml", atomically: true, encoding: .utf8)
    var library = try RuleLibrary.embedded()
    let count = library.rules.count
    try library.add(folder: folder)
    #expect(library.rules.count == count + 1 && library.rules.first?.id == "MY-001")
    #expect(throws: YAMLError.self) { try library.add(folder: folder) }
    #expect(throws: YAMLError.self) { try library.add(folder: folder + "/nowhere") }
  }

  @Test func aPackIsReadBackAndACutOneRefused() {
    let pack = KnowledgePack(files: [.init(path: "b", text: "größe\n"), .init(path: "a", text: "")])
    #expect(KnowledgePack(pack.bytes) == pack)
    for count in 0..<pack.bytes.count { #expect(KnowledgePack(Array(pack.bytes.prefix(count))) == nil) }
    #expect(KnowledgePack(pack.bytes + [0]) == nil)
  }

  @Test func everyRuleIsNamedAsItsFileAndCitesWhatExists() throws {
    let library = try RuleLibrary.embedded()
    #expect(library.rules.count >= 16)
    let playbooks = Set((1...12).map { $0 < 10 ? "PB-0\($0)" : "PB-\($0)" })
    for rule in library.rules {
      #expect(rule.file == "Rules/\(rule.id).yaml")
      #expect(playbooks.contains(rule.playbook), "\(rule.id)")
      #expect(!rule.techniques.isEmpty && rule.techniques.allSatisfy(Self.techniques.contains), "\(rule.id)")
      #expect(!rule.controls.isEmpty && rule.controls.allSatisfy(isRequirement), "\(rule.id)")
    }
  }

  /// IEC 62443-3-3 system requirements: seven foundational requirements and how many each has.
  func isRequirement(_ control: String) -> Bool {
    let counts = [13, 12, 9, 3, 4, 2, 8]
    let prefix = "62443-3-3/SR-"
    let numbers = control.dropFirst(prefix.count).split(separator: ".").compactMap { Int($0) }
    return control.hasPrefix(prefix) && numbers.count == 2 && (1...7).contains(numbers[0])
      && (1...counts[numbers[0] - 1]).contains(numbers[1])
  }

  /// Techniques of ATT&CK for ICS v18.1 that rules cite and that are not deprecated there.
  static let techniques: Set<String> = [
    "T0800", "T0801", "T0806", "T0812", "T0816", "T0822", "T0823", "T0830", "T0835", "T0836", "T0837", "T0839", "T0842",
    "T0843", "T0845", "T0848", "T0849", "T0855", "T0856", "T0857", "T0858", "T0859", "T0866", "T0867", "T0869", "T0880",
    "T0882", "T0883", "T0885", "T0886", "T0888", "T0889",
  ]
}
