import CKnowledge
import OTCore

/// Whom the IEEE assigned a MAC address to: the registries MA-L, MA-M, MA-S and IAB as Debian's `ieee-data` packs them.
///
/// It names who made a network interface, which is not always who made the device, and never who stands behind a
/// router. The format of the pack is described in `tools/pack-oui`.
public struct OUITable: Sendable {
  /// The table this program carries.
  public static let embedded: OUITable = {
    let bytes = unsafe Array(UnsafeBufferPointer(start: ot_oui_pack(), count: ot_oui_pack_count()))
    return OUITable(bytes) ?? OUITable()
  }()

  /// Vendor by the embedded table; nil: not assigned, private, group or locally administered.
  public static func vendor(of mac: MACAddress) -> String? { embedded.vendor(of: mac) }

  /// Day the data is of, `2022-08-27`; empty: there is no table.
  public let date: String
  /// Number of assigned prefixes.
  public var count: Int { prefixes.reduce(0) { $0 + $1.count } }

  /// Prefixes of one length, in `bytes`: addresses ascending, then the number of each one's name.
  private struct Prefixes {
    var bits: Int
    var count: Int
    var start: Int
    /// Bytes of one prefix.
    var width: Int { (bits + 7) / 8 }
  }

  private static let namesPerBlock = 16
  private let bytes: [UInt8]
  private let nameCount: Int
  private let blockStart: Int
  private let textStart: Int
  private let textEnd: Int
  /// Longest first: a small block lies within another's large one.
  private let prefixes: [Prefixes]

  private init() {
    (date, bytes, nameCount, blockStart, textStart, textEnd, prefixes) = ("", [], 0, 0, 0, 0, [])
  }

  /// nil where the bytes are no pack or are cut.
  public init?(_ bytes: [UInt8]) {
    let header = Array("otoui 1\n".utf8)
    let counts = header.count + 11
    guard bytes.count >= counts + 20, bytes.starts(with: header), bytes[counts - 1] == 0x0a else { return nil }
    self.bytes = bytes
    date = String(decoding: bytes[header.count..<(counts - 1)], as: UTF8.self)
    let numbers = (0..<5).map { index in (0..<4).reduce(0) { $0 << 8 | Int(bytes[counts + index * 4 + $1]) } }
    nameCount = numbers[0]
    blockStart = counts + 20
    textStart = blockStart + (nameCount + Self.namesPerBlock - 1) / Self.namesPerBlock * 4
    textEnd = textStart + numbers[1]
    var start = textEnd
    var prefixes: [Prefixes] = []
    for (bits, count) in zip([24, 28, 36], numbers[2...]) {
      let part = Prefixes(bits: bits, count: count, start: start)
      start += count * (part.width + 2)
      prefixes.append(part)
    }
    guard start == bytes.count else { return nil }
    self.prefixes = prefixes.reversed()
  }

  /// The longest assigned prefix wins.
  public func vendor(of mac: MACAddress) -> String? {
    guard !mac.isLocal, !mac.isGroup else { return nil }
    for part in prefixes {
      if let index = find(mac.value, in: part) {
        let number = part.start + part.count * part.width + index * 2
        return name(big(number, 2))
      }
    }
    return nil
  }

  /// A number of `width` bytes, most significant first; 0 beyond the end.
  private func big(_ start: Int, _ width: Int) -> Int {
    guard start >= 0, start + width <= bytes.count else { return 0 }
    return bytes[start..<(start + width)].reduce(0) { $0 << 8 | Int($1) }
  }

  private func find(_ address: UInt64, in part: Prefixes) -> Int? {
    let unused = part.width * 8 - part.bits
    let wanted = Int(truncatingIfNeeded: address >> UInt64(48 - part.bits)) << unused
    var (low, high) = (0, part.count)
    while low < high {
      let middle = (low + high) / 2
      let found = big(part.start + middle * part.width, part.width)
      if found == wanted { return middle }
      if found < wanted { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// Reads names from the start of their block: each says how much it shares with the one before.
  private func name(_ number: Int) -> String? {
    guard number < nameCount else { return nil }
    var position = textStart + big(blockStart + number / Self.namesPerBlock * 4, 4)
    var text: [UInt8] = []
    for _ in 0...(number % Self.namesPerBlock) {
      guard position + 2 <= textEnd else { return nil }
      let (shared, more) = (Int(bytes[position]), Int(bytes[position + 1]))
      position += 2
      guard shared <= text.count, position + more <= textEnd else { return nil }
      text.removeSubrange(shared...)
      text += bytes[position..<(position + more)]
      position += more
    }
    return String(decoding: text, as: UTF8.self)
  }
}
