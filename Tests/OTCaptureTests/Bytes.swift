import Glibc
import OTCore

@testable import OTCapture

/// Builds capture files byte by byte, in either byte order.
struct Bytes {
  var bytes: [UInt8] = []
  var bigEndian = false

  mutating func u16(_ value: UInt16) { put(UInt64(value), 2) }
  mutating func u32(_ value: UInt32) { put(UInt64(value), 4) }
  mutating func u64(_ value: UInt64) { put(value, 8) }

  private mutating func put(_ value: UInt64, _ count: Int) {
    for index in 0..<count {
      bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * (bigEndian ? count - 1 - index : index))))
    }
  }

  // MARK: pcap (draft-ietf-opsawg-pcap)

  static func pcap(
    magic: UInt32 = 0xa1b2_c3d4, minor: UInt16 = 4, bigEndian: Bool = false, linkType: UInt32 = 1,
    _ frames: [TestFrame]
  ) -> [UInt8] {
    var file = Bytes(bigEndian: bigEndian)
    file.u32(magic)
    file.u16(2)  // major version
    file.u16(minor)
    file.u32(0)  // time zone
    file.u32(0)  // accuracy
    file.u32(65535)  // snap length
    file.u32(linkType)
    for frame in frames {
      let unit: Int64 = magic == 0xa1b2_3c4d ? 1 : 1000
      file.u32(UInt32(frame.time / 1_000_000_000))
      file.u32(UInt32(frame.time % 1_000_000_000 / unit))
      let lengths = [frame.bytes.count, frame.originalLength ?? frame.bytes.count]
      for length in minor < 3 ? lengths.reversed() : lengths { file.u32(UInt32(length)) }
      if magic == 0xa1b2_cd34 {
        file.u32(3)  // interface
        file.u16(0x0800)  // protocol
        file.u16(0)  // packet type, padding
      }
      file.bytes += frame.bytes
    }
    return file.bytes
  }

  // MARK: pcapng (draft-ietf-opsawg-pcapng)

  mutating func block(_ type: UInt32, _ body: (inout Bytes) -> Void) {
    var inner = Bytes(bigEndian: bigEndian)
    body(&inner)
    inner.pad()
    u32(type)
    u32(UInt32(inner.bytes.count + 12))
    bytes += inner.bytes
    u32(UInt32(inner.bytes.count + 12))
  }

  mutating func pad() { while bytes.count % 4 != 0 { bytes.append(0) } }

  mutating func option(_ code: UInt16, _ value: [UInt8]) {
    u16(code)
    u16(UInt16(value.count))
    bytes += value
    pad()
  }

  mutating func option(_ code: UInt16, number: UInt64) {
    var value = Bytes(bigEndian: bigEndian)
    value.u64(number)
    option(code, value.bytes)
  }

  mutating func section(_ options: (inout Bytes) -> Void = { _ in }) {
    block(0x0a0d_0d0a) { body in
      body.u32(0x1a2b_3c4d)  // byte-order magic
      body.u16(1)  // major version
      body.u16(0)
      body.u64(.max)  // section length unknown
      options(&body)
    }
  }

  mutating func interface(_ linkType: UInt16, snapLength: UInt32 = 0, _ options: (inout Bytes) -> Void = { _ in }) {
    block(1) { body in
      body.u16(linkType)
      body.u16(0)
      body.u32(snapLength)
      options(&body)
    }
  }

  mutating func enhanced(
    _ interface: UInt32, ticks: UInt64, _ frame: [UInt8], original: Int? = nil,
    _ options: (inout Bytes) -> Void = { _ in }
  ) {
    block(6) { body in
      body.u32(interface)
      body.u32(UInt32(ticks >> 32))
      body.u32(UInt32(truncatingIfNeeded: ticks))
      body.u32(UInt32(frame.count))
      body.u32(UInt32(original ?? frame.count))
      body.bytes += frame
      body.pad()
      options(&body)
    }
  }
}

/// A frame to be written into a test file, and one read back.
struct TestFrame: Equatable {
  /// Nanoseconds since 1970.
  var time: Int64
  var bytes: [UInt8]
  var originalLength: Int?
  var number: UInt64 = 0
  var linkType: UInt16 = 1
  var file: UInt32 = 0

  /// A frame that tells by its bytes which one it is.
  static func marked(_ mark: UInt8, at time: Int64, count: Int = 60) -> TestFrame {
    TestFrame(time: time, bytes: [UInt8](repeating: mark, count: count))
  }
}

let oneSecond: Int64 = 1_000_000_000
/// 2026-03-10T08:00:00Z
let start: Int64 = 1_773_129_600 * oneSecond

/// A folder that is gone when the test is over.
final class Folder {
  let path: String

  init() {
    var template = Array("/tmp/otcapture.XXXXXX".utf8CString)
    path = unsafe mkdtemp(&template).map { unsafe String(cString: $0) } ?? "/tmp"
  }

  deinit { remove(path) }

  private func remove(_ path: String) {
    if let folder = unsafe opendir(path) {
      while let entry = unsafe readdir(folder) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
          unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name != ".", name != ".." { remove(path + "/" + name) }
      }
      unsafe closedir(folder)
      unsafe rmdir(path)
    } else {
      unsafe unlink(path)
    }
  }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) -> String {
    let file = path + "/" + name
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    defer { close(descriptor) }
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    return file
  }

  func folder(_ name: String) { unsafe mkdir(path + "/" + name, 0o755) }
}

func bytes(of path: String) -> [UInt8] {
  let descriptor = unsafe open(path, O_RDONLY)
  defer { close(descriptor) }
  var result: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = unsafe read(descriptor, &block, block.count)
    if count <= 0 { return result }
    result += block[..<count]
  }
}

func copy(_ span: Span<UInt8>) -> [UInt8] { span.indices.map { span[$0] } }

/// Every frame of a file, and the summary.
func readAll(_ path: String) throws -> (frames: [TestFrame], summary: CaptureSummary) {
  var reader = try CaptureReader(path: path)
  var frames: [TestFrame] = []
  while reader.next() { frames.append(TestFrame(reader.header, copy(reader.bytes))) }
  return (frames, reader.summary)
}

/// Every frame of several files read as one, and the manifest.
func readLogical(
  _ paths: [String], filter: String? = nil
) throws -> (frames: [TestFrame], manifest: EvidenceManifest) {
  let set = try CaptureSet(paths: paths)
  var capture = try LogicalCapture(set, filter: filter)
  var frames: [TestFrame] = []
  while capture.next() {
    var frame = TestFrame(capture.header, copy(capture.bytes))
    frame.file = capture.reference.file
    frames.append(frame)
  }
  return (frames, capture.manifest(digests: try set.digests()))
}

extension TestFrame {
  init(_ header: FrameHeader, _ bytes: [UInt8]) {
    self.init(
      time: header.time.nanoseconds, bytes: bytes,
      originalLength: header.originalLength == header.capturedLength ? nil : header.originalLength,
      number: header.number, linkType: header.linkType)
  }
}
