import Glibc
import OTCore
import Testing

@testable import OTCapture

private func file(_ marks: ClosedRange<UInt8>, every step: Int64 = oneSecond) -> [UInt8] {
  Bytes.pcap(marks.map { TestFrame.marked($0, at: start + Int64($0) * step) })
}

private func marks(_ frames: [TestFrame]) -> [UInt8] { frames.map { $0.bytes[0] } }

/// Rotated files, overlapping ones and one without frames, in two orders and under other names.
@Test func filesAreReadAsOneInTimeOrder() throws {
  let folder = Folder()
  let contents = [
    file(1...20), file(21...30),
    Bytes.pcap([10, 26, 50].map { TestFrame.marked(100 + $0, at: start + Int64($0) * oneSecond) }),
    file(40...49), Bytes.pcap([]),
  ]
  let expected =
    Array(1...10) + [110] + Array(11...25) + [126] + Array(26...30) + Array(40...49) + [150] as [UInt8]
  var references: [[EvidenceRef]] = []
  for (round, order) in [[0, 1, 2, 3, 4], [4, 2, 0, 3, 1]].enumerated() {
    let paths = order.enumerated().map { folder.write("\(round)-\($0.offset)", contents[$0.element]) }
    let (frames, manifest) = try readLogical(paths)
    #expect(marks(frames) == expected)
    #expect(manifest.files.map(\.summary.frames) == [20, 3, 10, 10, 0])
    #expect(manifest.duplicates == 0)
    references.append(frames.map { EvidenceRef(file: $0.file, frame: $0.number) })
  }
  #expect(references[0] == references[1])
  #expect(references[0][10] == EvidenceRef(file: 1, frame: 1))
}

@Test func foldersAreSearchedAndWhatIsNoCaptureIsNamed() throws {
  let folder = Folder()
  folder.folder("deep")
  folder.folder("deep/er")
  folder.write("b.pcap", file(3...4))
  folder.write("deep/er/a.cap", file(1...2))
  folder.write("notes.txt", Array("no capture".utf8))
  let set = try CaptureSet(paths: [folder.path, "/nowhere"])
  #expect(set.files.map(\.path) == [folder.path + "/deep/er/a.cap", folder.path + "/b.pcap"])
  #expect(set.passedOver.map(\.path) == [folder.path + "/notes.txt"])
  #expect(set.refused.map(\.description) == ["/nowhere: cannot be opened: No such file or directory"])
  #expect(try marks(readLogical([folder.path]).frames) == [1, 2, 3, 4])
}

@Test func nothingToReadIsAnError() {
  let folder = Folder()
  let error = #expect(throws: CaptureError.self) { _ = try CaptureSet(paths: [folder.path]) }
  #expect(error?.description == "\(folder.path): holds no files; nothing to read")
}

@Test func theSameBytesAreReadOnce() throws {
  let folder = Folder()
  let first = folder.write("a.pcap", file(1...3))
  let second = folder.write("copy of a.pcap", file(1...3))
  let (frames, manifest) = try readLogical([second, first, first])
  #expect(marks(frames) == [1, 2, 3])
  #expect(manifest.files.map(\.path) == [first])
  #expect(manifest.files.map(\.copies) == [[first, second]])
}

/// Files 1 and 2 share frames 5...8; frame 6 is twice in the second one: once more than in the first.
@Test func framesOfOverlappingCapturesCountOnce() throws {
  let folder = Folder()
  let first = folder.write("a.pcap", file(1...8))
  let twice = [5, 6, 6, 7, 8, 9].map { TestFrame.marked($0, at: start + Int64($0) * oneSecond) }
  let second = folder.write("b.pcap", Bytes.pcap(magic: 0xa1b2_3c4d, twice))
  for paths in [[first, second], [second, first]] {
    let (frames, manifest) = try readLogical(paths)
    #expect(marks(frames) == [1, 2, 3, 4, 5, 6, 6, 7, 8, 9])
    #expect(manifest.duplicates == 4)
    #expect(manifest.files.map(\.duplicates) == [0, 4])
  }
}

@Test(arguments: ["time", "bytes", "length", "link type"])
func framesThatDifferAreNoDuplicates(in what: String) throws {
  let folder = Folder()
  let frame = TestFrame(time: start, bytes: [1, 2, 3], originalLength: 9)
  var other = frame
  if what == "time" { other.time += 1000 }
  if what == "bytes" { other.bytes[2] = 4 }
  if what == "length" { other.originalLength = 10 }
  let first = folder.write("a.pcap", Bytes.pcap([frame]))
  let second = folder.write("b.pcap", Bytes.pcap(linkType: what == "link type" ? 105 : 1, [other]))
  #expect(try readLogical([first, second]).frames.count == 2)
}

/// One hundred files that overlap all the way: 64 are open, the others wait, no frame is lost.
@Test func moreFilesThanMayBeOpenAreReadLate() throws {
  let folder = Folder()
  let paths = (0..<100).map { index in
    let frames = (0..<5).map { TestFrame.marked(UInt8(index), at: start + Int64($0) * oneSecond + Int64(index) * 1000) }
    return folder.write("\(index)", Bytes.pcap(frames))
  }
  let (frames, manifest) = try readLogical(paths)
  #expect(frames.count == 500)
  #expect(manifest.lateFiles == 36)
  #expect(marks(Array(frames[..<64])) == (0..<64).map { UInt8($0) })
}

/// A pipe can be read once only: it is merged all the same, and digested as it passes.
@Test func aPipeIsReadOnceAndDigested() throws {
  let folder = Folder()
  let content = file(2...4)
  let other = folder.write("a.pcap", file(1...5, every: oneSecond + 1000))
  // The few bytes fit into the pipe; with its writing end closed it ends behind them.
  var ends: [CInt] = [0, 0]
  unsafe pipe(&ends)
  defer { close(ends[0]) }
  _ = unsafe content.withUnsafeBytes { unsafe write(ends[1], $0.baseAddress, $0.count) }
  close(ends[1])
  let set = try CaptureSet(paths: [other, "/dev/fd/\(ends[0])"])
  #expect(!set.isRepeatable)
  var capture = try LogicalCapture(set)
  var read: [UInt8] = []
  while capture.next() { read.append(capture.bytes[0]) }
  #expect(read == [1, 2, 2, 3, 3, 4, 4, 5])
  let manifest = capture.manifest()
  #expect(manifest.files[0].sha256 == (try EvidenceHasher.hash(path: folder.write("same", content))))
  #expect(manifest.files[0].size == UInt64(content.count))
}

/// FIPS 180-4: the digest of "abc" (NIST's example).
@Test func digestsAreSHA256() throws {
  let folder = Folder()
  let digest = try EvidenceHasher.hash(path: folder.write("abc", Array("abc".utf8)))
  #expect(digest.description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
}
