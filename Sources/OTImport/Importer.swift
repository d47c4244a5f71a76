import OTCore
import OTFacts

/// Reads one kind of file that is no capture: a switch's configuration, say.
///
/// An importer never fails on strange content: what it does not understand is kept as an unrecognised line, so that a
/// check on it can say "not assessable" and not "passed".
public protocol Importer: Sendable {
  static var info: ImporterInfo { get }
  /// Whether a text is of this kind, judged by its content.
  static func recognises(_ text: ConfigurationText) -> Bool
  static func read(_ text: ConfigurationText, file: UInt32) -> DeviceFact
}

/// What is said of an importer in `otassess protocols`' sister table and the documents.
public struct ImporterInfo: Sendable, Equatable {
  /// `cisco-ios`.
  public let id: String
  public let name: String
  /// What of the file is read.
  public let reads: String
}

/// Every importer, in the order they are asked. One line each.
public enum ImporterRegistry {
  public static let importers: [any Importer.Type] = [
    CiscoIOSConfiguration.self
  ]

  /// The first importer that recognises the text.
  public static func importer(for text: ConfigurationText) -> (any Importer.Type)? {
    importers.first { $0.recognises(text) }
  }
}

/// The lines of a text file, safe to keep: at most ``mostLines`` of at most ``Limits/textBytes`` each, control
/// characters made visible.
public struct ConfigurationText: Sendable {
  public static let mostLines = 200_000
  /// Lines without their ends; line 1 is at index 0.
  public let lines: [String]
  /// Lines beyond ``mostLines``, which were not read.
  public let linesLeftOut: Int

  /// - Returns: nil where the bytes are no text (a NUL among the first 4,096).
  public init?(_ bytes: [UInt8]) {
    guard !bytes.isEmpty, !bytes.prefix(4096).contains(0) else { return nil }
    var lines: [String] = []
    var left = 0
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      guard lines.count < Self.mostLines else {
        left += 1
        continue
      }
      var body = line
      if body.last == 13 { body.removeLast() }
      // Leading blanks tell a block's lines from its head: they are kept apart from the cleaned text.
      let indent = body.prefix { $0 == 32 || $0 == 9 }.count
      var clean: [UInt8] = Array(repeating: 32, count: Swift.min(indent, 64))
      _ = WireText.append(Array(body.dropFirst(indent)).span, to: &clean)
      lines.append(String(decoding: clean, as: UTF8.self))
    }
    if lines.last?.isEmpty == true { lines.removeLast() }
    self.lines = lines
    linesLeftOut = left
  }
}
