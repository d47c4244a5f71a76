/// What a report is made of. Sections say what is to be said in blocks; a renderer says it in one format.
///
/// Every text is plain: it may hold anything the wire held, and only a renderer escapes it, in one place.
public enum Block: Sendable, Equatable {
  /// A heading with the id it can be linked by; level 1 is the report's title.
  case heading(level: Int, text: String, id: String)
  case paragraph([Inline])
  case list([[Inline]])
  case table(Table)
  /// A remark that must not be overlooked: what could not be seen.
  case notice(Tone, [Inline])
  /// Text as it stood in the evidence, or a command.
  case code(String)
  /// Big numbers with a word each.
  case figures([Figure])
  /// The five-by-five risk matrix.
  case matrix(RiskMatrix)
  /// A drawing with the table that says the same.
  case drawing(Drawing)
  /// Blocks that belong together and should not be torn apart by a page break; with a tone on their edge.
  case card(Tone, [Block])
}

/// How loud something is.
public enum Tone: String, Sendable, CaseIterable {
  case plain, good, info, low, medium, high, critical

  /// The tone of a severity or a risk band.
  public init(band: String) {
    self = Tone(rawValue: band.lowercased()) ?? .plain
  }
}

/// A run of text within a line.
public enum Inline: Sendable, Equatable, ExpressibleByStringLiteral {
  case text(String)
  case strong(String)
  /// Addresses, file names, filter expressions: set in a fixed width.
  case code(String)
  case tag(Tone, String)
  /// A link to a heading of this report.
  case link(String, id: String)

  public init(stringLiteral value: String) { self = .text(value) }

  /// The bare words.
  public var words: String {
    switch self {
    case .text(let text), .strong(let text), .code(let text), .tag(_, let text), .link(let text, _): text
    }
  }
}

public struct Table: Sendable, Equatable {
  public enum Alignment: Sendable { case leading, trailing }
  public struct Column: Sendable, Equatable {
    public var title: String
    public var alignment: Alignment
    public init(_ title: String, _ alignment: Alignment = .leading) {
      self.title = title
      self.alignment = alignment
    }
  }
  public var caption: String
  public var columns: [Column]
  public var rows: [[[Inline]]]
  /// Rows that exist and are not shown here; the renderers say so, and ``more`` says where they are.
  public var omitted: Int
  public var more: String

  public init(_ caption: String, _ columns: [Column], omitted: Int = 0, more: String = "", rows: [[[Inline]]] = []) {
    self.caption = caption
    self.columns = columns
    self.rows = rows
    self.omitted = omitted
    self.more = more
  }

  /// A table of at most `limit` of the rows; the rest is counted, and not made if the rows are lazy.
  public init(
    _ caption: String, _ columns: [Column], limit: Int, more: String, rows: some Collection<[[Inline]]>
  ) {
    self.init(
      caption, columns, omitted: Swift.max(0, rows.count - limit), more: more, rows: Array(rows.prefix(limit)))
  }
}

public struct Figure: Sendable, Equatable {
  public var value: String
  public var label: String
  public var tone: Tone
  public init(_ value: String, _ label: String, _ tone: Tone = .plain) {
    self.value = value
    self.label = label
    self.tone = tone
  }
}

/// Findings by likelihood and consequence. A finding whose inputs are not all known covers a range of cells.
public struct RiskMatrix: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    public var label: String
    public var likelihood: ClosedRange<Int>
    public var consequence: ClosedRange<Int>
    public init(_ label: String, likelihood: ClosedRange<Int>, consequence: ClosedRange<Int>) {
      self.label = label
      self.likelihood = likelihood
      self.consequence = consequence
    }
  }
  public var entries: [Entry]
  public init(_ entries: [Entry]) { self.entries = entries }

  /// How many findings certainly lie in a cell, and how many may.
  public func count(likelihood: Int, consequence: Int) -> (certain: Int, possible: Int) {
    var certain = 0
    var possible = 0
    for entry in entries where entry.likelihood.contains(likelihood) && entry.consequence.contains(consequence) {
      if entry.likelihood.count == 1, entry.consequence.count == 1 { certain += 1 } else { possible += 1 }
    }
    return (certain, possible)
  }

  /// The printed bands: critical where likelihood ≥ 4 and consequence 5, or likelihood 5 and consequence ≥ 4; else high
  /// from a product of 12, medium from 6, low below.
  public static func band(likelihood: Int, consequence: Int) -> Tone {
    if (likelihood >= 4 && consequence == 5) || (likelihood == 5 && consequence >= 4) { return .critical }
    switch likelihood * consequence {
    case 12...: return .high
    case 6...: return .medium
    default: return .low
    }
  }
}

/// A whole report.
public struct Document: Sendable, Equatable {
  public var title: String
  /// One line under the title.
  public var subtitle: String
  public var blocks: [Block]
  public init(title: String, subtitle: String, blocks: [Block]) {
    self.title = title
    self.subtitle = subtitle
    self.blocks = blocks
  }
}

/// One way to say a document.
public protocol Renderer: Sendable {
  /// Ending of the file's name.
  static var fileExtension: String { get }
  static func render(_ document: Document) -> String
}
