import BasicContainers
import OTCore

/// A list of plain values that is filled and emptied over and over: what was put in once leaves its room for what comes
/// next, and nobody else can have it, so that nothing is asked before it is changed. Once grown, filling it allocates
/// nothing.
struct Tray<Element>: ~Copyable {
  /// The first ``count`` of them are there; the others are older ones.
  private var room = UniqueArray<Element>()
  private(set) var count = 0
  private let filler: Element
  private let most: Int

  /// - Parameters:
  ///   - filler: what stands where nothing was put in yet. (One that is to be put in would have to lie in memory for
  ///     that, and would be copied from there instead of being written where it belongs.)
  ///   - most: elements up to which room is doubled; beyond them it grows by what is needed.
  init(of filler: Element, most: Int = .max) {
    self.filler = filler
    self.most = most
  }

  /// Whether it was ever used.
  var hasRoom: Bool { room.count > 0 }

  var span: Span<Element> {
    @_lifetime(borrow self)
    get { room.span.extracting(first: count) }
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count >= room.count { makeRoom(1) }
    room[count] = element
    count &+= 1
  }

  mutating func removeAll() { count = 0 }

  /// Makes room for `more` elements at least. Room grows with what comes, and is never given back.
  @inline(never)
  private mutating func makeRoom(_ more: Int) {
    var larger = UniqueArray(
      repeating: filler, count: Swift.max(count + more, Swift.min(2 * room.count, most), 64))
    for index in 0..<count { larger[index] = room[index] }
    room = larger
  }
}

extension Tray where Element == UInt8 {
  /// Appends bytes of the wire in one copy.
  @inline(__always)
  mutating func append(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }
    if room.count - count < bytes.count { makeRoom(bytes.count) }
    let place = count
    count &+= bytes.count
    var all = room.mutableSpan
    all.overwrite(at: place, with: bytes)
  }
}
