internal import OTCore

extension CaptureReader {
  /// Reads what stands before the first record, and decides what the file is by its first four bytes.
  mutating func readFileHeader() throws(CaptureError) {
    if let error = source?.openError { throw error }
    notes.compression = source?.compression ?? .none
    guard fill(4) else {
      let why = source?.failure ?? "has only \(end) bytes, which is no capture"
      throw CaptureError(source?.failure == nil ? .foreign : .system, path, why)
    }
    let magic = word(at: 0)
    if magic == 0x0a0d_0d0a {
      notes.format = .pcapng
      notes.sections = 0
      guard fill(12), let order = byteOrderMark() else {
        throw CaptureError(.foreign, path, "begins like pcapng but has no byte-order magic")
      }
      swapped = order
    } else if let found = PcapLayout(magic: magic) {
      layout = found
    } else if let found = PcapLayout(magic: magic.byteSwapped) {
      layout = found
      swapped = true
    } else {
      throw CaptureError(.foreign, path, foreignMessage())
    }
    if notes.format == .pcap { try readPcapHeader() }
  }

  /// What a file is that is no capture of ours, as far as its first bytes tell.
  private func foreignMessage() -> String {
    let known: [(StaticString, String)] = [
      ("snoop\0", "is a Solaris snoop capture; convert it with editcap -F pcap"),
      ("GMBU", "is a Microsoft Network Monitor capture; convert it with editcap -F pcap"),
      ("RTSS", "is a Microsoft Network Monitor 1 capture; convert it with editcap -F pcap"),
      ("TRSNIFF", "is a Network General Sniffer capture; convert it with editcap -F pcap"),
      ("XCP\0", "is a NetXRay or Windows Sniffer capture; convert it with editcap -F pcap"),
      ("PK\u{3}\u{4}", "is a zip archive; unpack it first"),
      ("7z\u{bc}", "is a 7z archive; unpack it first"),
      ("BZh", "is compressed with bzip2; decompress it first (gzip and zstd are read as they are)"),
      ("ElfFile\0", "is a Windows event log, not a capture"),
      ("SQLite format 3\0", "is an SQLite database, not a capture"),
    ]
    let start = unsafe UnsafePointer(buffer.assumingMemoryBound(to: UInt8.self))
    let bytes = unsafe Span(_unsafeStart: start, count: end)
    for (magic, message) in known where bytes.hasASCII(magic) { return message }
    if bytes.be32(0) == 0xfd37_7a58 {
      return "is compressed with xz; decompress it first (gzip and zstd are read as they are)"
    }
    var hex: [UInt8] = []
    for index in 0..<min(4, end) {
      hex.append(hexDigit(byte(at: index) >> 4))
      hex.append(hexDigit(byte(at: index)))
    }
    return "is no pcap or pcapng capture (it begins with 0x\(String(decoding: hex, as: UTF8.self)))"
  }
}
