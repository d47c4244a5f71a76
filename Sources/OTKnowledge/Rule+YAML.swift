extension Rule {
  static let keys = [
    "id", "title", "severity", "confidence", "type", "weakness", "techniques", "playbook", "controls", "why",
    "false_positives", "fix", "verify", "query", "group_by", "requires", "examples",
  ]

  /// Reads one rule file. `inputs` are the requirements a rule may name by id.
  public init(yaml text: String, file: String, inputs: [Requirement]) throws(YAMLError) {
    guard let document = try YAMLValue.document(text, file: file) else {
      throw YAMLError(file: file, line: 1, path: "", message: "empty file")
    }
    let rule = try document.mapping(Self.keys)
    let examples = try rule.required("examples").mapping(["fires", "quiet"])
    self.init(
      id: try rule.required("id").identifier(),
      title: try rule.required("title").string(),
      severity: try rule.required("severity").named(Severity.allCases, \.name),
      confidence: try rule.required("confidence").named(Confidence.allCases, \.name),
      type: try rule.required("type").named(Kind.allCases, \.rawValue),
      weakness: try rule.required("weakness").int(0...3),
      techniques: try rule.required("techniques").strings(),
      playbook: try rule.required("playbook").string(),
      controls: try rule.required("controls").strings(),
      why: try rule.required("why").prose(),
      falsePositives: try rule.required("false_positives").prose(),
      fix: try rule.required("fix").prose(),
      verify: try rule.required("verify").prose(),
      query: try rule.required("query").string(),
      groupBy: try Self.grouping(try rule.required("group_by")),
      requires: try Self.requirements(try rule.required("requires"), inputs),
      examples: Examples(
        fires: try Self.examples(try examples.required("fires")),
        quiet: try Self.examples(try examples.required("quiet"))),
      file: file)
  }

  private static func grouping(_ value: YAMLValue) throws(YAMLError) -> [String] {
    var columns: [String] = []
    for element in try value.list() { columns.append(try element.choice(groupColumns)) }
    guard columns.contains("subject") else { throw value.error("a finding needs its subject") }
    return groupColumns.filter(columns.contains)
  }

  private static func requirements(_ value: YAMLValue, _ inputs: [Requirement]) throws(YAMLError) -> [Requirement] {
    var requirements: [Requirement] = []
    for element in try value.list() {
      if element.isMapping {
        let own = try element.mapping(["query", "collect"])
        requirements.append(
          Requirement(
            id: "", query: try own.required("query").string(), collect: try own.required("collect").prose()))
        continue
      }
      let id = try element.choice(inputs.map(\.id))
      requirements.append(contentsOf: inputs.filter { $0.id == id })
    }
    guard !requirements.isEmpty else { throw value.error("a rule says what it needs") }
    return requirements
  }

  private static func examples(_ value: YAMLValue) throws(YAMLError) -> [YAMLValue] {
    let list = try value.list()
    guard !list.isEmpty else { throw value.error("a rule shows at least one example") }
    return list
  }
}

extension Rule.Requirement {
  /// Reads the file of named inputs: id → query and what to collect.
  public static func inputs(yaml text: String, file: String) throws(YAMLError) -> [Self] {
    guard let document = try YAMLValue.document(text, file: file) else { return [] }
    var inputs: [Self] = []
    for (id, value) in try document.mapping(nil).entries {
      let input = try value.mapping(["query", "collect"])
      inputs.append(
        Self(id: id, query: try input.required("query").string(), collect: try input.required("collect").prose()))
    }
    return inputs
  }
}

extension YAMLValue {
  /// A text whose lines and runs of blanks are joined by one blank.
  public func prose() throws(YAMLError) -> String {
    try string().split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Capital letters, digits and dashes: `OT-PROG-001`.
  func identifier() throws(YAMLError) -> String {
    let text = try string()
    let allowed = text.utf8.allSatisfy { (0x41...0x5a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
    guard allowed, text.utf8.count <= 40 else { throw error("an id is made of capitals, digits and dashes") }
    return text
  }

  func named<Value>(_ values: [Value], _ name: KeyPath<Value, String>) throws(YAMLError) -> Value {
    let text = try choice(values.map { $0[keyPath: name] })
    for value in values where value[keyPath: name] == text { return value }
    throw error("unknown value \"\(text)\"")
  }
}
