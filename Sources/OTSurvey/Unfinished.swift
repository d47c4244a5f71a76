import Foundation
import Synchronization

/// Files and folders that are gone when a run is over, however it ends: they say what a customer's network looks like.
public enum Unfinished {
  private static let paths = Mutex<Set<String>>([])

  static func add(_ path: String) { paths.withLock { _ = $0.insert(path) } }

  /// Removes one; it need not be there.
  static func remove(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
    paths.withLock { _ = $0.remove(path) }
  }

  /// Removes all there are, for a program that is told to end.
  public static func removeAll() { for path in paths.withLock(\.self) { remove(path) } }
}
