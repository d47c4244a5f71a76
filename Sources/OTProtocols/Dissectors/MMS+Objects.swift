import OTCore

/// What a service touches: names of variables, of lists of variables and of files.
extension MMSDissector {
  /// The first name in the parameters of a service: ObjectName of ISO 9506-2 section 7.5.1, however it is wrapped.
  mutating func object(
    _ content: Span<UInt8>, of subject: Subject, into out: inout ObservationBuffer
  ) -> Operation.Object {
    var level = content
    for _ in 0..<Limits.nesting {
      var fields = BERReader(level)
      guard var field = fields.next() else { return .none }
      // Specification with result, a Boolean that may stand in front.
      if field.identifier == 0x80, field.content.count == 1, let second = fields.next() { field = second }
      switch field.identifier {
      case 0x1a: return domainSpecific(level, of: subject, into: &out)
      case 0x80, 0x81, 0x82:
        return field.content.isPlainText && !field.isCut ? .text(out.text(field.content)) : .none
      default:
        guard field.isConstructed else { return .none }
        level = field.content
      }
    }
    return .none
  }

  /// Domain and item: `IED1LD0/LLN0$CO$Pos`.
  private mutating func domainSpecific(
    _ content: Span<UInt8>, of subject: Subject, into out: inout ObservationBuffer
  ) -> Operation.Object {
    var names = BERReader(content)
    // Half a name is another name.
    guard let first = names.next(), first.identifier == 0x1a, !first.isCut else { return .none }
    let domain = first.content
    let start = tell(domain, of: subject, into: &out)
    guard let second = names.next(), second.identifier == 0x1a, !second.isCut else { return .text(start) }
    let item = second.content
    let again = start.start + start.count == UInt32(truncatingIfNeeded: out.textBytes.count) ? start : out.text(domain)
    _ = out.text("/")
    return .text(again.through(out.text(item)))
  }

  /// Where the list of variables stands in the parameters of a service.
  enum VariableList {
    /// Read: [1] of a VariableAccessSpecification, of which [0] is the list.
    case read
    /// Write and InformationReport: the specification itself stands in front.
    case write, informationReport
    /// DefineNamedVariableList: behind the name of the list, which is never of tag [0] and constructed.
    case definition
  }

  /// The domains of a list of variables, of which ``object(_:of:into:)`` tells the first only. ISO 9506-2 section 14.
  mutating func domains(
    ofVariablesOf place: VariableList, _ content: Span<UInt8>, of subject: Subject,
    into out: inout ObservationBuffer
  ) {
    var fields = BERReader(content)
    switch place {
    case .read:
      guard let specification = fields.first(0xa1) else { return }
      var inner = specification.reader
      guard let list = inner.content(of: 0xa0) else { return }
      domains(ofVariables: list, of: subject, into: &out)
    case .write, .informationReport:
      guard let list = fields.content(of: 0xa0) else { return }
      domains(ofVariables: list, of: subject, into: &out)
    case .definition:
      guard let list = fields.first(0xa0) else { return }
      domains(ofVariables: list.content, of: subject, into: &out)
    }
  }

  /// Variables are each a sequence of [0] name, of which [1] is of a domain. Neighbours mostly share theirs.
  mutating func domains(ofVariables list: Span<UInt8>, of subject: Subject, into out: inout ObservationBuffer) {
    var variables = BERReader(list)
    var last: UInt64 = 0
    for _ in 0..<Limits.itemsPerPDU {
      guard let variable = variables.next() else { return }
      var specification = variable.reader
      guard let name = specification.content(of: 0xa0) else { continue }
      var choice = BERReader(name)
      guard let scoped = choice.content(of: 0xa1) else { continue }
      var names = BERReader(scoped)
      guard let domain = names.next(), domain.identifier == 0x1a, !domain.isCut else { continue }
      let fingerprint = domain.content.fingerprint
      if fingerprint != last { _ = tell(domain.content, of: subject, into: &out) }
      last = fingerprint
    }
  }

  /// FileName: a sequence of GraphicStrings, of which one is the rule.
  static func fileName(_ content: Span<UInt8>, into out: inout ObservationBuffer) -> Operation.Object {
    var level = content
    for _ in 0..<4 {
      var fields = BERReader(level)
      guard let field = fields.next() else { return .none }
      if field.identifier == 0x19 { return .text(out.text(field.content)) }
      guard field.isConstructed else { return .none }
      level = field.content
    }
    return .none
  }

  /// Code of the first variable that could not be read or written: DataAccessError, ISO 9506-2 section 14.4.3.1.
  static func accessFailure(_ content: Span<UInt8>, isRead: Bool) -> UInt32? {
    var results = BERReader(content)
    if isRead {
      guard let list = results.first(0xa1) else { return nil }
      results = BERReader(list.content)
    }
    for _ in 0..<Limits.itemsPerPDU {
      guard let result = results.next() else { return nil }
      if result.identifier == 0x80 { return UInt32(truncatingIfNeeded: result.integer ?? 0) }
    }
    return nil
  }

  /// Functional constraint of a written variable, IEC 61850-7-2 table 18: control blocks and commands are no plain
  /// values.
  static func variant(of object: Operation.Object, in out: borrowing ObservationBuffer) -> UInt64 {
    guard case .text(let name) = object else { return 0 }
    let start = Int(name.start)
    let bytes = out.textBytes.span.clamped(from: start, count: Int(name.count))
    guard let mark = bytes.first(UInt8(ascii: "$")) else { return 0 }
    let constraint = bytes.clamped(from: mark + 1, count: 3)
    for (text, variant) in constraints where constraint.hasASCII(text) { return variant }
    return 0
  }

  static let control: UInt64 = 1 << 32
  static let setting: UInt64 = 2 << 32
  static let reporting: UInt64 = 3 << 32
}

private let constraints: [(StaticString, UInt64)] = [
  ("CO$", MMSDissector.control), ("SP$", MMSDissector.setting), ("SE$", MMSDissector.setting),
  ("SG$", MMSDissector.setting), ("CF$", MMSDissector.setting), ("DC$", MMSDissector.setting),
  ("GO$", MMSDissector.setting), ("MS$", MMSDissector.setting), ("BR$", MMSDissector.reporting),
  ("RP$", MMSDissector.reporting), ("LG$", MMSDissector.reporting),
]
