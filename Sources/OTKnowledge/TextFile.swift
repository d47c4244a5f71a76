import Foundation

/// Files that people write for this program: rules, site files, descriptions of protocols. Each is read whole or refused
/// with the reason.
public enum TextFile {
  public static func read(_ path: String) throws(YAMLError) -> String {
    switch isFolder(path) {
    case nil: throw refusal(path, "no such file")
    case true: throw refusal(path, "is a folder; a file is needed")
    case false: break
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw refusal(path, "cannot be read; look at its owner and permissions")
    }
    guard let text = String(data: data, encoding: .utf8) else { throw refusal(path, "is no UTF-8 text") }
    return text
  }

  /// Names of the YAML files in a folder, sorted.
  public static func names(in folder: String) throws(YAMLError) -> [String] {
    switch isFolder(folder) {
    case nil: throw refusal(folder, "no such folder")
    case false: throw refusal(folder, "is a file; a folder is needed")
    case true: break
    }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw refusal(folder, "cannot be listed; look at its owner and permissions")
    }
    return names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
  }

  /// nil: nothing is there.
  private static func isFolder(_ path: String) -> Bool? {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
    return isFolder.boolValue
  }

  private static func refusal(_ path: String, _ message: String) -> YAMLError {
    YAMLError(file: path, line: 0, path: "", message: message)
  }
}
