import BasicContainers
import OTCore
import OTNetwork

/// The lanes of a ``PacketEngine``: where each direction of a conversation has its own, and which one gives way.
///
/// A hash of addresses and ports says where a lane is kept: there or in the place beside it. As many are kept as
/// directions of conversations are busy at one time, so that they begin as a few and grow with what comes (8 MB at most).
struct LaneTable: ~Copyable {
  var all: UniqueArray<PacketEngine.Lane>
  /// Bits of a hash beyond those that say where a lane is kept.
  private var shift: UInt16 = 6
  /// Lanes of which another conversation took the place since the last ``grow()``.
  private var taken = 0

  static let fewest = 1 << 10
  private static let most = 1 << 15

  init() { all = UniqueArray(repeating: PacketEngine.Lane(), count: Self.fewest) }

  private init(_ all: consuming UniqueArray<PacketEngine.Lane>) { self.all = all }

  /// Stands where the lanes are when they are taken out of the engine.
  static var none: LaneTable { LaneTable(UniqueArray()) }

  /// A hash of addresses and ports, whose upper bits say where a lane is kept.
  @inline(__always)
  static func hash(_ key: PlainFrame.Key) -> UInt16 {
    let product = (key.addresses ^ UInt64(key.ports) << 17).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    return UInt16(truncatingIfNeeded: (product.high ^ product.low) >> 48)
  }

  /// The first of the two places of a lane; the other one is the place whose number differs in the last bit.
  @inline(__always)
  func first(_ hash: UInt16) -> Int { Int(hash &>> shift) }

  /// Has the processor fetch the lane that a frame probably goes on with.
  @inline(__always)
  func fetchAhead(_ hash: UInt16) { all.span.fetchAhead(first(hash), isLong: true) }

  /// The lane of a frame; nil where there is none.
  @inline(__always)
  func lane(_ key: PlainFrame.Key, _ hash: UInt16) -> Int? {
    let first = first(hash)
    if all[first].key == key { return first }
    return all[first ^ 1].key == key ? first ^ 1 : nil
  }

  /// The lane of frames with these addresses and ports, on whatever VLAN; nil where there is none.
  func find(_ key: PlainFrame.Key, _ hash: UInt16) -> Int? {
    let first = first(hash)
    if all[first].key.isSameDirection(as: key) { return first }
    return all[first ^ 1].key.isSameDirection(as: key) ? first ^ 1 : nil
  }

  /// Where a lane is to be kept: its own place, one that is closed, or that of the one that was gone on with longest ago.
  mutating func room(_ key: PlainFrame.Key, _ hash: UInt16) -> Int {
    if let own = find(key, hash) { return own }
    let first = first(hash)
    guard let one = all[first].steady else { return first }
    guard let other = all[first ^ 1].steady else { return first ^ 1 }
    taken += 1
    return one.lastTime <= other.lastTime ? first : first ^ 1
  }

  /// Whether many lanes took the place of others that were still gone on with, and there may be more; asked once a batch.
  mutating func isCrowded() -> Bool {
    defer { taken = 0 }
    return taken > all.count / 16 && all.count < Self.most
  }

  /// Makes twice as many; all have to be closed.
  mutating func grow() {
    all = UniqueArray(repeating: PacketEngine.Lane(), count: 2 * all.count)
    shift -= 1
  }
}
