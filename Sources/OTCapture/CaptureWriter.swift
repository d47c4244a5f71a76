internal import Glibc
internal import OTCore

/// Writes frames into a new capture file: pcap (one link type) or pcapng (several), least significant byte first.
///
/// A written file that is not finished with ``finish()`` lacks its last frames.
@safe public struct CaptureWriter: ~Copyable {
  public let path: String
  private let descriptor: CInt
  private let format: CaptureFormat
  private let nanoseconds: Bool
  private let linkTypes: [UInt16]
  private var pending: [UInt8] = []

  private static let blockBytes = 1 << 16

  /// - Parameters:
  ///   - path: replaced if it exists; `-` is standard output.
  ///   - linkTypes: of the frames to come; a pcap takes one.
  ///   - nanoseconds: whether a pcap keeps nanoseconds or microseconds (pcapng always keeps nanoseconds).
  ///   - comment: for the section header of a pcapng.
  public init(
    path: String, format: CaptureFormat, linkTypes: [UInt16], nanoseconds: Bool = true, comment: String = ""
  ) throws(CaptureError) {
    guard format == .pcapng || linkTypes.count == 1 else {
      throw CaptureError(.usage, path, "a pcap holds one link type, not \(linkTypes.count)")
    }
    let opened =
      path == "-" ? dup(STDOUT_FILENO) : unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard opened >= 0 else { throw .system(path, "cannot be written") }
    descriptor = opened
    self.path = path
    self.format = format
    self.nanoseconds = nanoseconds
    self.linkTypes = linkTypes
    switch format {
    case .pcap: pcapHeader()
    case .pcapng: pcapngHeader(comment)
    }
  }

  deinit { close(descriptor) }

  /// Appends a frame. - Parameter comment: kept beside the frame in a pcapng, left out of a pcap.
  public mutating func write(
    _ header: FrameHeader, _ bytes: Span<UInt8>, comment: String = ""
  ) throws(CaptureError) {
    guard let interface = linkTypes.firstIndex(of: header.linkType) else {
      throw CaptureError(.usage, path, "was not made for link type \(header.linkType)")
    }
    let time = UInt64(clamping: header.time.nanoseconds)
    if format == .pcap {
      put32(UInt32(truncatingIfNeeded: time / 1_000_000_000))
      put32(UInt32(truncatingIfNeeded: time % 1_000_000_000 / (nanoseconds ? 1 : 1000)))
      put32(UInt32(truncatingIfNeeded: bytes.count))
      put32(UInt32(truncatingIfNeeded: header.originalLength))
      for index in bytes.indices { pending.append(bytes[index]) }
    } else {
      let start = openBlock(6)
      put32(UInt32(truncatingIfNeeded: interface))
      put32(UInt32(truncatingIfNeeded: time >> 32))
      put32(UInt32(truncatingIfNeeded: time))
      put32(UInt32(truncatingIfNeeded: bytes.count))
      put32(UInt32(truncatingIfNeeded: header.originalLength))
      for index in bytes.indices { pending.append(bytes[index]) }
      pad()
      option(1, comment)
      closeBlock(start)
    }
    if pending.count >= Self.blockBytes { try flush() }
  }

  /// Writes what is still in memory.
  public consuming func finish() throws(CaptureError) { try flush() }

  private mutating func flush() throws(CaptureError) {
    var done = 0
    while done < pending.count {
      let count = unsafe pending.withUnsafeBytes { bytes in
        unsafe Glibc.write(descriptor, bytes.baseAddress.map { unsafe $0 + done }, bytes.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .system(path, "cannot be written") }
      done += count
    }
    pending.removeAll(keepingCapacity: true)
  }

  // MARK: layouts

  private mutating func pcapHeader() {
    put32(nanoseconds ? 0xa1b2_3c4d : 0xa1b2_c3d4)
    put16(2)
    put16(4)
    put32(0)
    put32(0)
    put32(UInt32(CaptureReader.longestFrame))
    put32(UInt32(linkTypes[0]))
  }

  private mutating func pcapngHeader(_ comment: String) {
    let section = openBlock(0x0a0d_0d0a)
    put32(0x1a2b_3c4d)
    put16(1)
    put16(0)
    // Section length: not told.
    put32(0xffff_ffff)
    put32(0xffff_ffff)
    option(1, comment)
    option(4, "otassess")
    closeBlock(section)
    for linkType in linkTypes {
      let interface = openBlock(1)
      put16(linkType)
      put16(0)
      put32(0)
      // if_tsresol: 10^-9 s.
      put16(9)
      put16(1)
      put32(9)
      closeBlock(interface)
    }
  }

  private mutating func openBlock(_ type: UInt32) -> Int {
    let start = pending.count
    put32(type)
    put32(0)
    return start
  }

  private mutating func closeBlock(_ start: Int) {
    let length = UInt32(truncatingIfNeeded: pending.count - start + 4)
    for index in 0..<4 { pending[start + 4 + index] = UInt8(truncatingIfNeeded: length >> UInt32(8 * index)) }
    put32(length)
  }

  private mutating func option(_ code: UInt16, _ text: String) {
    let bytes = text.utf8.prefix(Limits.textBytes)
    guard !bytes.isEmpty else { return }
    put16(code)
    put16(UInt16(truncatingIfNeeded: bytes.count))
    pending.append(contentsOf: bytes)
    pad()
  }

  /// Blocks start at multiples of four bytes of the file, and what is written before one is such a multiple.
  private mutating func pad() { while pending.count % 4 != 0 { pending.append(0) } }

  private mutating func put16(_ value: UInt16) {
    pending.append(UInt8(truncatingIfNeeded: value))
    pending.append(UInt8(truncatingIfNeeded: value >> 8))
  }

  private mutating func put32(_ value: UInt32) {
    put16(UInt16(truncatingIfNeeded: value))
    put16(UInt16(truncatingIfNeeded: value >> 16))
  }
}
