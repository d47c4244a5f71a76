internal import OTCore

/// How a pcap's record headers are laid out (draft-ietf-opsawg-pcap, sections 4 and 5).
struct PcapLayout: Sendable {
  /// The lengths of old files stand the other way round: 2.0 to 2.2 always, 2.3 sometimes.
  enum Lengths { case inOrder, swapped, unsure }

  /// 16, or 24 with A. Kuznetzov's patch (interface, protocol and packet type behind the lengths).
  var recordHeader = 16
  var nanoseconds = false
  var lengths = Lengths.inOrder
  /// No pcap at all.
  var isPcap = false

  init() {}

  init?(magic: UInt32) {
    switch magic {
    case 0xa1b2_c3d4: break
    case 0xa1b2_3c4d: nanoseconds = true
    case 0xa1b2_cd34: recordHeader = 24
    default: return nil
    }
    isPcap = true
  }

  /// What the inlined path of ``CaptureReader/next()`` reads.
  var isPlain: Bool { isPcap && recordHeader == 16 && lengths == .inOrder }
}

extension CaptureReader {
  mutating func readPcapHeader() throws(CaptureError) {
    guard fill(24) else {
      throw CaptureError(.foreign, path, "ends inside the pcap file header (\(end) of 24 bytes)")
    }
    let (major, minor) = (half(at: 4), half(at: 6))
    // 543.0 is what old DG/UX wrote.
    guard major == 2 || major == 543 else {
      throw CaptureError(.unsupported, path, "is pcap of version \(major).\(minor); only version 2 is read")
    }
    if major == 543 || minor < 3 { layout.lengths = .swapped } else if minor == 3 { layout.lengths = .unsure }
    fractionUnit = layout.nanoseconds ? 1 : 1000
    // The upper bits tell the length of a frame check sequence; the type is in the lower 16.
    let linkType = LinkType.canonical(UInt16(truncatingIfNeeded: word(at: 20)))
    current.linkType = linkType
    notes.interfaces = [
      CaptureInterface(
        linkType: linkType, snapLength: word(at: 16), resolution: CaptureClock.describe(layout.nanoseconds ? 9 : 6))
    ]
    position = 24
    fastEnd = layout.isPlain && !swapped ? end : 0
  }

  /// A record's times and lengths.
  struct PcapRecord {
    /// Unsigned, as the specification says: it lasts until 2106 (libpcap reads it signed, until 2038).
    var seconds: UInt32
    /// Signed, as libpcap reads it: faulty writers leave small negative numbers, which unsigned would be hours.
    var fraction: Int32
    var captured: Int
    var original: Int
    var isZero: Bool { seconds == 0 && fraction == 0 && captured == 0 && original == 0 }
  }

  func pcapRecord(at index: Int) -> PcapRecord {
    var record = PcapRecord(
      seconds: word(at: index), fraction: Int32(bitPattern: word(at: index + 4)), captured: Int(word(at: index + 8)),
      original: Int(word(at: index + 12)))
    if layout.lengths == .swapped || (layout.lengths == .unsure && record.captured > record.original) {
      (record.captured, record.original) = (record.original, record.captured)
    }
    return record
  }

  private func time(_ record: PcapRecord) -> Timestamp {
    Timestamp(nanoseconds: Int64(record.seconds) * 1_000_000_000 + Int64(record.fraction) * fractionUnit)
  }

  /// The next record where the inlined path does not go: at the end of the buffer, in old layouts, at damage.
  mutating func nextPcapRecord() -> Bool {
    while true {
      guard fill(layout.recordHeader) else {
        noteEnd("a record header")
        return false
      }
      let record = pcapRecord(at: position)
      if record.isZero {
        guard resynchronise("a record header of zeros") else { return false }
        continue
      }
      if record.captured > Self.longestFrame {
        guard resynchronise("a captured length of \(record.captured) bytes") else { return false }
        continue
      }
      guard fill(layout.recordHeader + record.captured) else {
        noteEnd("frame \(current.number + 1), which should have \(record.captured) bytes")
        return false
      }
      frameStart = position + layout.recordHeader
      position = frameStart + record.captured
      accept(time(record), captured: record.captured, original: record.original)
      return true
    }
  }

  /// Length of what could be a whole pcap record, header included, or nil where the bytes cannot be one.
  func plausiblePcapRecord(at index: Int) -> Int? {
    let record = pcapRecord(at: index)
    guard record.captured > 0, record.captured <= Self.longestFrame, record.captured <= record.original,
      record.original <= 1 << 24, record.fraction >= 0,
      record.fraction < (layout.nanoseconds ? 1_000_000_000 : 1_000_000)
    else { return nil }
    // Within a year of the last good frame.
    if current.number > 0 {
      let distance = Int64(record.seconds) - current.time.nanoseconds / 1_000_000_000
      guard abs(distance) < 366 * 86_400 else { return nil }
    }
    return layout.recordHeader + record.captured
  }
}
