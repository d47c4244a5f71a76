import Yams

/// What is wrong in a YAML file, and where: `site.yaml:12: zones[1].level: not a number: "two"`.
public struct YAMLError: Error, Equatable, CustomStringConvertible {
  public var file: String
  /// From 1; 0 where the place is not known.
  public var line: Int
  /// Keys and indices from the document's root: `zones[1].level`; empty: the document.
  public var path: String
  public var message: String

  public init(file: String, line: Int, path: String, message: String) {
    self.file = file
    self.line = line
    self.path = path
    self.message = message
  }

  public var description: String {
    file + (line > 0 ? ":\(line): " : ": ") + (path.isEmpty ? "" : "\(path): ") + message
  }
}

/// A value of a YAML 1.1 document that knows where it stands. Reading is strict: nothing is converted silently, nothing
/// unknown is skipped, and each refusal names file, line and path.
public struct YAMLValue: Sendable, Equatable {
  indirect enum Content: Sendable, Equatable {
    /// `plain`: written without quotes, so that it may be a number.
    case scalar(String, plain: Bool)
    case list([YAMLValue])
    case mapping([Entry])
  }
  struct Entry: Sendable, Equatable {
    var key: String
    /// Line of the key, from 1.
    var line: Int
    var value: YAMLValue
  }

  let content: Content
  public let file: String
  /// From 1; 0 where the parser does not say.
  public let line: Int
  /// Keys and indices from the document's root: `zones[1].level`.
  public let path: String

  /// Longest document read, in UTF-8 bytes.
  public static let documentBytes = 4 << 20
  /// Most values read from one document, each use of an alias counted.
  public static let documentValues = 200_000
  /// Deepest nesting read.
  public static let nesting = 64

  /// Reads one document; an empty one is nil.
  public static func document(_ text: String, file: String) throws(YAMLError) -> YAMLValue? {
    guard text.utf8.count <= documentBytes else {
      throw YAMLError(file: file, line: 1, path: "", message: "longer than \(documentBytes) bytes")
    }
    if let line = lineNestedTooDeep(text) {
      throw YAMLError(file: file, line: line, path: "", message: "nested deeper than \(nesting)")
    }
    let root: Node?
    do {
      // What a scalar is, its reader decides: guessing each by its form was half of reading.
      root = try Yams.compose(yaml: text, .basic, .default, .utf8)
    } catch let error as YamlError {
      throw YAMLError(file: file, error)
    } catch {
      throw YAMLError(file: file, line: 1, path: "", message: "\(error)")
    }
    guard let root else { return nil }
    var budget = documentValues
    return try YAMLValue(root, file: file, path: "", depth: 0, budget: &budget)
  }

  /// Line on which more brackets are open, or a line stands further in, than nesting allows: the parser recurses.
  private static func lineNestedTooDeep(_ text: String) -> Int? {
    var line = 1
    var open = 0
    var indent: Int? = 0
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\n"):
        line += 1
        indent = 0
        continue
      case UInt8(ascii: "["), UInt8(ascii: "{"): open += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): open = max(0, open - 1)
      case UInt8(ascii: "-"), UInt8(ascii: "?"): break
      case UInt8(ascii: " "): break
      default: indent = nil
      }
      if open > nesting { return line }
      if let column = indent {
        indent = column + 1
        if column > 8 * nesting { return line }
      }
    }
    return nil
  }

  private init(_ node: Node, file: String, path: String, depth: Int, budget: inout Int) throws(YAMLError) {
    let line = node.mark?.line ?? 0
    self.file = file
    self.line = line
    self.path = path
    budget -= 1
    guard depth <= Self.nesting, budget > 0 else {
      throw YAMLError(file: file, line: line, path: path, message: "too many or too deeply nested values")
    }
    switch node {
    case .scalar(let scalar):
      content = .scalar(scalar.string, plain: scalar.style == .plain || scalar.style == .any)
    case .sequence(let sequence):
      var values: [YAMLValue] = []
      for (index, element) in sequence.enumerated() {
        values.append(
          try YAMLValue(element, file: file, path: "\(path)[\(index)]", depth: depth + 1, budget: &budget))
      }
      content = .list(values)
    case .mapping(let mapping):
      var entries: [Entry] = []
      for (key, value) in mapping {
        let keyLine = key.mark?.line ?? line
        guard let name = key.scalar?.string else {
          throw YAMLError(file: file, line: keyLine, path: path, message: "a key must be a text")
        }
        let below = path.isEmpty ? name : "\(path).\(name)"
        let child = try YAMLValue(value, file: file, path: below, depth: depth + 1, budget: &budget)
        entries.append(Entry(key: name, line: keyLine, value: child))
      }
      content = .mapping(entries)
    case .alias:
      throw YAMLError(file: file, line: line, path: path, message: "an alias without its anchor")
    }
  }

  public func error(_ message: String) -> YAMLError {
    YAMLError(file: file, line: line, path: path, message: message)
  }

  // MARK: shapes

  /// The value as a mapping that may only hold these keys; nil: any.
  public func mapping(_ known: [String]?) throws(YAMLError) -> YAMLMapping {
    guard case .mapping(let entries) = content else { throw error("expected a mapping, found \(kind)") }
    if let known {
      for entry in entries where !known.contains(entry.key) {
        let message = "unknown key \"\(entry.key)\"; known: \(known.joined(separator: ", "))"
        throw YAMLError(file: file, line: entry.line, path: path, message: message)
      }
    }
    return YAMLMapping(owner: self, entries: entries.map { ($0.key, $0.value) })
  }

  public func list() throws(YAMLError) -> [YAMLValue] {
    guard case .list(let values) = content else { throw error("expected a list, found \(kind)") }
    return values
  }

  public var isList: Bool { if case .list = content { true } else { false } }
  public var isMapping: Bool { if case .mapping = content { true } else { false } }

  public func strings() throws(YAMLError) -> [String] {
    var texts: [String] = []
    for value in try list() { texts.append(try value.string()) }
    return texts
  }

  /// A text; numbers and booleans written without quotes are taken as they stand, an empty value is refused.
  public func string() throws(YAMLError) -> String {
    guard case .scalar(let text, _) = content, !text.isEmpty, !isNull else {
      throw error("expected a text, found \(kind)")
    }
    return text
  }

  public func double(_ range: ClosedRange<Double>) throws(YAMLError) -> Double {
    guard let text = plainText, let value = Double(text), value.isFinite else {
      throw error("expected a number, found \(kind)")
    }
    guard range.contains(value) else {
      throw error("expected a number from \(range.lowerBound) to \(range.upperBound), found \(text)")
    }
    return value
  }

  public func int(_ range: ClosedRange<Int>) throws(YAMLError) -> Int {
    guard let text = plainText, let value = Int(text) else { throw error("expected a whole number, found \(kind)") }
    guard range.contains(value) else {
      throw error("expected a whole number from \(range.lowerBound) to \(range.upperBound), found \(value)")
    }
    return value
  }

  public func bool() throws(YAMLError) -> Bool {
    guard let text = plainText, text == "true" || text == "false" else {
      throw error("expected true or false, found \(kind)")
    }
    return text == "true"
  }

  /// A text that must be one of these.
  public func choice(_ choices: [String]) throws(YAMLError) -> String {
    let text = try string()
    guard choices.contains(text) else {
      throw error("expected one of \(choices.joined(separator: ", ")), found \"\(text)\"")
    }
    return text
  }

  public var isNull: Bool {
    guard let text = plainText else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  private var plainText: String? {
    if case .scalar(let text, plain: true) = content { text } else { nil }
  }

  private var kind: String {
    switch content {
    case .mapping: "a mapping"
    case .list: "a list"
    case .scalar(let text, _): isNull ? "nothing" : "\"\(text)\""
    }
  }
}

/// The entries of a mapping whose keys have been checked, in the order of the file.
public struct YAMLMapping {
  public let owner: YAMLValue
  public let entries: [(key: String, value: YAMLValue)]

  /// The value of a key, or nil where it is missing or empty.
  public subscript(key: String) -> YAMLValue? {
    for entry in entries where entry.key == key { return entry.value.isNull ? nil : entry.value }
    return nil
  }

  public func required(_ key: String) throws(YAMLError) -> YAMLValue {
    guard let value = self[key] else { throw owner.error("\(key) is missing") }
    return value
  }
}

extension YAMLError {
  /// What the parser says, without the quoted source it prints.
  init(file: String, _ error: YamlError) {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let text = [context?.text, problem].compactMap(\.self).joined(separator: ": ")
      self.init(file: file, line: mark.line, path: "", message: text)
    case .duplicatedKeysInMapping(let duplicates, let context):
      let keys = duplicates.sorted().joined(separator: ", ")
      self.init(file: file, line: context.mark.line, path: "", message: "key given twice in one mapping: \(keys)")
    case .reader(let problem, _, _, _), .writer(let problem), .emitter(let problem), .representer(let problem):
      self.init(file: file, line: 1, path: "", message: problem)
    case .memory, .no, .dataCouldNotBeDecoded:
      self.init(file: file, line: 1, path: "", message: "cannot be read as YAML")
    }
  }
}
