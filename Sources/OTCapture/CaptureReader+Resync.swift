extension CaptureReader {
  /// Records that must follow each other before they are believed: a pcap record has no mark of its own, a pcapng block
  /// repeats its length at its end.
  private var chainLength: Int { notes.format == .pcap ? 24 : 3 }
  /// How many suffice where the end of the buffer cuts the chain.
  private var cutChainLength: Int { notes.format == .pcap ? 3 : 1 }

  /// Looks behind damage at `position` for the next place from which records follow each other, and notes the damage.
  /// False where there is no such place; the reader is then at its end.
  mutating func resynchronise(_ reason: String) -> Bool {
    let start = offset(position)
    position += 1
    while true {
      // At the end of the file every place is tried, before it those with half a buffer to judge them by.
      let isLast = !fill(capacity)
      let stop = isLast ? end - 11 : capacity / 2
      while position < stop {
        if recordsFollow(position, isLast: isLast) {
          noteDamage(at: start, reason, resumedAt: offset(position))
          return true
        }
        position += 1
      }
      if isLast { break }
    }
    position = end
    noteDamage(at: start, reason + failureNote)
    return false
  }

  private func recordsFollow(_ start: Int, isLast: Bool) -> Bool {
    let header = notes.format == .pcap ? layout.recordHeader : 12
    var index = start
    for count in 0..<chainLength {
      if isLast, index == end { return count > 0 }
      guard end - index >= header else { return !isLast && count >= cutChainLength }
      guard let length = notes.format == .pcap ? plausiblePcapRecord(at: index) : plausibleBlock(at: index) else {
        return false
      }
      guard length <= end - index else { return !isLast && count >= cutChainLength }
      index += length
    }
    return true
  }
}
