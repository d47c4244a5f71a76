import OTCore
import Testing

@testable import OTCapture

private let frames = [
  TestFrame.marked(1, at: start + 1_000),
  TestFrame(time: start + 5_000, bytes: [2, 2, 2], originalLength: 90),
  TestFrame.marked(3, at: start + 3_000, count: 1),
]

private func numbered(_ frames: [TestFrame], linkType: UInt16 = 1) -> [TestFrame] {
  frames.enumerated().map { index, frame in
    var frame = frame
    frame.number = UInt64(index + 1)
    frame.linkType = linkType
    return frame
  }
}

@Test(arguments: [
  (UInt32(0xa1b2_c3d4), UInt16(4), false), (0xa1b2_c3d4, 4, true), (0xa1b2_3c4d, 4, false), (0xa1b2_3c4d, 4, true),
  (0xa1b2_cd34, 4, false), (0xa1b2_cd34, 4, true), (0xa1b2_c3d4, 2, false), (0xa1b2_c3d4, 2, true),
])
func everyLayoutOfPcapIsRead(magic: UInt32, minor: UInt16, bigEndian: Bool) throws {
  let folder = Folder()
  let file = folder.write("a.pcap", Bytes.pcap(magic: magic, minor: minor, bigEndian: bigEndian, frames))
  let (read, summary) = try readAll(file)
  #expect(read == numbered(frames))
  #expect(summary.format == .pcap)
  #expect(summary.byteOrder == (bigEndian ? .bigEndian : .littleEndian))
  #expect(summary.interfaces.map(\.resolution) == [magic == 0xa1b2_3c4d ? "10^-9 s" : "10^-6 s"])
  #expect(summary.frames == 3)
  #expect(summary.bytes == 64)
  #expect(summary.truncatedFrames == 1)
  #expect(summary.timeReversals == 1)
  #expect(summary.firstTime?.nanoseconds == start + 1_000)
  #expect(summary.lastTime?.nanoseconds == start + 5_000)
  #expect(summary.framesPerLinkType == [LinkTypeCount(linkType: 1, frames: 3)])
  #expect(summary.damage.isEmpty)
}

/// The type is in the lower 16 bits; the upper ones tell the length of the frame check sequence. DLT_RAW is 12 or 14.
@Test(arguments: [(UInt32(1), UInt16(1)), (0x3000_0084, 132), (12, 101), (14, 101), (101, 101), (0, 0), (108, 108)])
func linkTypesAreNumberedAsTheRegistryDoes(inFile: UInt32, shown: UInt16) throws {
  let folder = Folder()
  let file = folder.write("a.pcap", Bytes.pcap(linkType: inFile, frames))
  #expect(try readAll(file).frames == numbered(frames, linkType: shown))
}

/// More than the buffer of 1 MiB, so that frames lie across its end.
@Test(arguments: [false, true])
func framesAcrossTheEndOfTheBufferAreWhole(bigEndian: Bool) throws {
  let many = (0..<5000).map { index in
    TestFrame.marked(UInt8(index & 255), at: start + Int64(index) * 1000, count: index * 7919 % 1500)
  }
  let folder = Folder()
  let file = folder.write("a.pcap", Bytes.pcap(bigEndian: bigEndian, many))
  #expect(try readAll(file).frames == numbered(many))
}

/// What is cut off, how many frames are left, and what is said of it.
@Test(arguments: [
  (1, 2, "the file ends inside frame 3, which should have 1 bytes, 16 bytes of it are left"),
  (5, 2, "the file ends inside a record header, 12 bytes of it are left"),
  (17, 2, nil),
  (19, 1, "the file ends inside frame 2, which should have 3 bytes, 17 bytes of it are left"),
])
func aCutFileIsReadAsFarAsItGoes(cut: Int, left: Int, reason: String?) throws {
  let folder = Folder()
  let whole = Bytes.pcap(frames)
  let (read, summary) = try readAll(folder.write("a.pcap", Array(whole.dropLast(cut))))
  #expect(read == Array(numbered(frames)[..<left]))
  #expect(summary.damage.map(\.reason) == (reason.map { [$0] } ?? []))
  #expect(summary.damage.allSatisfy { $0.frame == UInt64(left) && $0.resumedAt == nil })
}

@Test func readingGoesOnBehindADamagedRecord() throws {
  let many = (0..<100).map { TestFrame.marked(UInt8($0), at: start + Int64($0) * oneSecond) }
  var file = Bytes.pcap(many)
  // Frame 41 claims 2 GiB: byte 24 + 40 * 76 is its header, its captured length stands 8 bytes further.
  let damaged = 24 + 40 * 76
  file[damaged + 11] = 0x80
  let folder = Folder()
  let (read, summary) = try readAll(folder.write("a.pcap", file))
  #expect(read.map { $0.bytes[0] } == (0..<40).map { UInt8($0) } + (41..<100).map { UInt8($0) })
  #expect(
    summary.damage == [
      Damage(
        offset: UInt64(damaged), frame: 40, reason: "a captured length of 2147483708 bytes",
        resumedAt: UInt64(damaged + 76))
    ])
}

@Test func aTailOfZerosIsDamage() throws {
  let folder = Folder()
  let file = folder.write("a.pcap", Bytes.pcap(frames) + [UInt8](repeating: 0, count: 4096))
  let (read, summary) = try readAll(file)
  #expect(read == numbered(frames))
  #expect(
    summary.damage.map(\.description) == [
      "byte 136, after frame 3: a record header of zeros, nothing after it was read"
    ])
}

@Test(
  arguments: [
    ([], CaptureError.Kind.empty, "is empty"),
    ([0xd4, 0xc3], .foreign, "has only 2 bytes, which is no capture"),
    ([0xd4, 0xc3, 0xb2, 0xa1, 2, 0], .foreign, "ends inside the pcap file header (6 of 24 bytes)"),
    (Array("hello, world".utf8), .foreign, "is no pcap or pcapng capture (it begins with 0x68656c6c)"),
    (
      Array("snoop\0\0\0".utf8), .foreign, "is a Solaris snoop capture; convert it with editcap -F pcap"
    ),
    ([0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 1, 2, 3, 4], .foreign, "begins like pcapng but has no byte-order magic"),
    (
      [0xd4, 0xc3, 0xb2, 0xa1, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 16), .unsupported,
      "is pcap of version 1.0; only version 2 is read"
    ),
  ] as [([UInt8], CaptureError.Kind, String)])
func whatIsNoCaptureIsRefusedInWords(content: [UInt8], kind: CaptureError.Kind, message: String) throws {
  let folder = Folder()
  let file = folder.write("some file", content)
  let error = #expect(throws: CaptureError.self) { _ = try readAll(file) }
  #expect(error?.kind == kind)
  #expect(error?.description == "\(file): \(message)")
}

@Test func aMissingFileIsNamed() {
  let error = #expect(throws: CaptureError.self) { _ = try readAll("/nowhere/a.pcap") }
  #expect(error?.description == "/nowhere/a.pcap: cannot be opened: No such file or directory")
}
