import BasicContainers
import OTCore

extension UniqueArray {
  /// The same as of an array: room for one more element of a list that never has more than `limit`.
  @inline(__always)
  mutating func makeRoom(limit: Int) {
    if freeCapacity == 0, count >= [Element].mostCopied { reserveCapacity(limit) }
  }
}
