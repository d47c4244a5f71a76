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

/// How often each 16-bit code was met. Few codes are: they stand in a sorted array, beside it the one met last.
public struct CodeCounts: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    public let code: UInt16
    public internal(set) var count: UInt64
  }
  private var settled: [Entry] = []
  private var lastCode: UInt16 = 0
  private var lastCount: UInt64 = 0

  public init() {}

  /// Ascending by code.
  public var entries: [Entry] {
    var copy = self
    copy.settle()
    return copy.settled
  }

  public subscript(_ code: UInt16) -> UInt64 {
    entries.first { $0.code == code }?.count ?? 0
  }

  @inline(__always)
  mutating func add(_ code: UInt16, _ times: UInt64 = 1) {
    if code != lastCode {
      settle()
      lastCode = code
    }
    lastCount += times
  }

  public mutating func merge(_ other: CodeCounts) {
    settle()
    for entry in other.entries {
      lastCode = entry.code
      lastCount = entry.count
      settle()
    }
  }

  public static func == (left: Self, right: Self) -> Bool { left.entries == right.entries }

  private mutating func settle() {
    guard lastCount > 0 else { return }
    let place = settled.firstIndex { $0.code >= lastCode } ?? settled.count
    if place < settled.count, settled[place].code == lastCode {
      settled[place].count += lastCount
    } else {
      settled.insert(Entry(code: lastCode, count: lastCount), at: place)
    }
    lastCount = 0
  }
}
