import Foundation
import OTSurvey

/// The folder a command writes its files to.
enum OutputFolder {
  /// Makes it where it is not there; what is in it stays.
  static func make(_ path: String) throws -> URL {
    let url = URL(fileURLWithPath: path, isDirectory: true)
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw FileManager.default.fileExists(atPath: path)
        ? SurveyError.notOurs(path: path) : SurveyError.notWritable(path: path)
    }
    return url
  }

  /// Writes a file whole or not at all.
  static func write(_ text: String, as name: String, in folder: URL) throws {
    try Data(text.utf8).write(to: folder.appending(path: name), options: .atomic)
  }
}
