import OTCore

/// What the decoder met and what it could not read. Checksums are not verified: captures of a sending host hold
/// unfinished ones.
public struct DecodeCounters: Sendable, Equatable {
  public internal(set) var frames: UInt64 = 0
  public internal(set) var ipv4: UInt64 = 0
  public internal(set) var ipv6: UInt64 = 0
  public internal(set) var arp: UInt64 = 0
  public internal(set) var vlanTagged: UInt64 = 0
  public internal(set) var tunnelled: UInt64 = 0
  /// Frames some of whose payload the capture cut off.
  public internal(set) var cut: UInt64 = 0
  public internal(set) var fragments: UInt64 = 0
  public internal(set) var reassembledDatagrams: UInt64 = 0
  /// Fragments that overlapped others of their datagram; the first copy was kept.
  public internal(set) var overlappingFragments: UInt64 = 0
  /// Datagrams given up incomplete because of their age.
  public internal(set) var expiredDatagrams: UInt64 = 0
  /// Fragments refused because of a limit in ``FragmentLimits``.
  public internal(set) var refusedFragments: UInt64 = 0
  /// Frames by ``DecodeProblem/rawValue``.
  public internal(set) var problems = Array(repeating: UInt64(0), count: DecodeProblem.allCases.count)
  /// Frames by link type.
  public internal(set) var linkTypes = CodeCounts()
  /// Frames by EtherType, those of IP and ARP not among them.
  public internal(set) var etherTypes = CodeCounts()

  public init() {}

  public func count(of problem: DecodeProblem) -> UInt64 { problems[Int(problem.rawValue)] }

  public mutating func merge(_ other: DecodeCounters) {
    frames += other.frames
    ipv4 += other.ipv4
    ipv6 += other.ipv6
    arp += other.arp
    vlanTagged += other.vlanTagged
    tunnelled += other.tunnelled
    cut += other.cut
    fragments += other.fragments
    reassembledDatagrams += other.reassembledDatagrams
    overlappingFragments += other.overlappingFragments
    expiredDatagrams += other.expiredDatagrams
    refusedFragments += other.refusedFragments
    for index in problems.indices { problems[index] += other.problems[index] }
    linkTypes.merge(other.linkTypes)
    etherTypes.merge(other.etherTypes)
  }
}

/// How often each 16-bit code was met. Few codes are: they stand in a sorted array, the last one met is tried first.
public struct CodeCounts: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    public let code: UInt16
    public internal(set) var count: UInt64
  }
  /// Ascending by code.
  public private(set) var entries: [Entry] = []
  private var last = 0

  public init() {}

  public subscript(_ code: UInt16) -> UInt64 {
    let place = place(of: code)
    return place < entries.count && entries[place].code == code ? entries[place].count : 0
  }

  public mutating func add(_ code: UInt16, _ count: UInt64 = 1) {
    if last < entries.count, entries[last].code == code {
      entries[last].count += count
      return
    }
    last = place(of: code)
    if last < entries.count, entries[last].code == code {
      entries[last].count += count
    } else {
      entries.insert(Entry(code: code, count: count), at: last)
    }
  }

  public mutating func merge(_ other: CodeCounts) {
    for entry in other.entries { add(entry.code, entry.count) }
  }

  public static func == (left: Self, right: Self) -> Bool { left.entries == right.entries }

  /// The first place whose code is not below `code`.
  private func place(of code: UInt16) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].code < code { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
