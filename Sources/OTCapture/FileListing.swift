internal import Glibc

/// What the operating system says of a path.
struct FileStatus: Sendable {
  enum Kind { case file, folder, other }

  var kind: Kind
  var size: UInt64
  /// The same for every path to one file.
  var device: UInt64
  var inode: UInt64

  init?(_ path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .folder
    default: kind = .other
    }
    size = UInt64(clamping: status.st_size)
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
  }
}

/// The entries of a folder, sorted by name; hidden ones too, since a capture may be hidden.
func folderEntries(_ path: String) throws(CaptureError) -> [String] {
  guard let folder = unsafe opendir(path) else { throw .system(path, "cannot be opened") }
  defer { unsafe closedir(folder) }
  var names: [String] = []
  while let entry = unsafe readdir(folder) {
    let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
      // d_name is a C string in an array of 256.
      unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// Whether a path is a symbolic link (a folder behind one is not entered: it may lead round in circles).
func isSymbolicLink(_ path: String) -> Bool {
  var status = stat()
  guard unsafe lstat(path, &status) == 0 else { return false }
  return status.st_mode & S_IFMT == S_IFLNK
}
