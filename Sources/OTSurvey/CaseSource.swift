import Foundation
import OTCase
import OTPipeline

/// What a command is asked about: a case, or captures and configurations a case is made of for the moment.
public enum CaseSource: Sendable {
  case stored(path: String)
  case evidence(paths: [String])

  /// Name of the case in a report folder.
  public static let fileName = "case.otcase"

  /// A case file, or a report folder with one in it, stands alone; anything else is evidence.
  public init(_ paths: [String]) throws(SurveyError) {
    let stored = paths.compactMap(Self.storedCase)
    guard let first = stored.first else {
      self = .evidence(paths: paths)
      return
    }
    guard paths.count == 1 else { throw .caseAmongOthers(path: first) }
    self = .stored(path: first)
  }

  /// The case at `path`, where only a case will do.
  public static func openStored(_ path: String) throws -> CaseStore {
    try CaseStore(path: storedCase(path) ?? path)
  }

  /// The case a path leads to; nil where it leads to none.
  static func storedCase(_ path: String) -> String? {
    guard path != "-", let kind = Files.kind(of: path) else {
      // What is called a case and is not there is missing, not a capture of a strange name.
      return path.hasSuffix(".otcase") ? path : nil
    }
    if kind == .folder {
      let inside = Files.join(path, fileName)
      return Files.kind(of: inside) == .file ? inside : nil
    }
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    return (try? file.read(upToCount: 16)) == Data("SQLite format 3\0".utf8) ? path : nil
  }

  /// Opens the case, or makes one that is gone when `body` has ended.
  ///
  /// - Parameter options: of the reading; its paths are replaced by the source's.
  public func open<Value>(
    _ options: Analysis.Options, _ judgement: Survey.Judgement, warn: ([String]) -> Void,
    _ body: (CaseStore) throws -> Value
  ) async throws -> Value {
    switch self {
    case .stored(let path):
      return try body(CaseStore(path: path))
    case .evidence(let paths):
      let folder = FileManager.default.temporaryDirectory.appending(path: "otassess-\(UUID().uuidString)")
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      Unfinished.add(folder.path)
      defer { Unfinished.remove(folder.path) }
      let path = folder.appending(path: Self.fileName).path
      var options = options
      options.paths = paths
      warn(try await Survey.run(options, judgement, to: path))
      return try body(CaseStore(path: path))
    }
  }
}
