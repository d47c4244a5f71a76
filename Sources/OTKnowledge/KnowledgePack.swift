/// Readable files of the tree, packed into one block of bytes that travels inside the binary.
///
/// Format: a line `otpack 1`, a line `path<TAB>bytes` for each file in the order of the paths, an empty line, then the
/// files' bytes one after the other. Written by `tools/pack-knowledge`.
public struct KnowledgePack: Sendable, Equatable {
  public struct File: Sendable, Equatable {
    /// From the knowledge folder, with slashes: `Rules/OT-PROG-001.yaml`.
    public var path: String
    public var text: String
    public init(path: String, text: String) {
      self.path = path
      self.text = text
    }
  }

  /// In the order of their paths.
  public var files: [File]

  public init(files: [File]) { self.files = files.sorted { $0.path < $1.path } }

  /// nil where the bytes are no pack or are cut.
  public init?(_ bytes: [UInt8]) {
    var position = 0
    func line() -> String? {
      guard let end = bytes[position...].firstIndex(of: 0x0a) else { return nil }
      defer { position = end + 1 }
      return String(decoding: bytes[position..<end], as: UTF8.self)
    }
    guard line() == "otpack 1" else { return nil }
    var entries: [(path: String, count: Int)] = []
    while true {
      guard let entry = line() else { return nil }
      if entry.isEmpty { break }
      let parts = entry.split(separator: "\t")
      guard parts.count == 2, let count = Int(parts[1]), count >= 0, count <= bytes.count else { return nil }
      entries.append((String(parts[0]), count))
    }
    var files: [File] = []
    for (path, count) in entries {
      guard count <= bytes.count - position else { return nil }
      files.append(File(path: path, text: String(decoding: bytes[position..<(position + count)], as: UTF8.self)))
      position += count
    }
    guard position == bytes.count else { return nil }
    self.init(files: files)
  }

  /// What ``init(_:)`` reads.
  public var bytes: [UInt8] {
    var index = "otpack 1\n"
    for file in files { index += "\(file.path)\t\(file.text.utf8.count)\n" }
    return Array((index + "\n").utf8) + files.flatMap { Array($0.text.utf8) }
  }
}
