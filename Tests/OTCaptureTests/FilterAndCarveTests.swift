import OTCore
import Testing

@testable import OTCapture

/// An Ethernet frame with an IPv4 packet of the given protocol.
private func ethernet(ipProtocol: UInt8) -> [UInt8] {
  [UInt8](repeating: 2, count: 12) + [0x08, 0x00] + ipv4(ipProtocol)
}

/// An IPv4 header (RFC 791) without options or payload.
private func ipv4(_ ipProtocol: UInt8) -> [UInt8] {
  [0x45, 0, 0, 20, 0, 0, 0, 0, 64, ipProtocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
}

@Test func aFilterMeansTheSameOnEveryLinkType() throws {
  let folder = Folder()
  let first = folder.write(
    "a.pcap",
    Bytes.pcap(
      [6, 17, 6].enumerated().map { TestFrame(time: start + Int64($0.offset), bytes: ethernet(ipProtocol: $0.element)) }
    ))
  let second = folder.write(
    "b.pcap",
    Bytes.pcap(linkType: 101, [17, 6].map { TestFrame(time: start + oneSecond + Int64($0), bytes: ipv4($0)) }))
  let (frames, manifest) = try readLogical([first, second], filter: "tcp")
  #expect(frames.map(\.number) == [1, 3, 2])
  #expect(frames.map(\.file) == [0, 0, 1])
  #expect(manifest.filteredOut == 2)
  #expect(manifest.files.map(\.summary.frames) == [3, 2])
}

@Test func aWrongFilterIsToldInLibpcapsWords() throws {
  let folder = Folder()
  let file = folder.write("a.pcap", Bytes.pcap([TestFrame.marked(1, at: start)]))
  let error = #expect(throws: CaptureError.self) { _ = try readLogical([file], filter: "tcp prot 5") }
  #expect(error?.kind == .filter)
  #expect(error?.description == "filter \"tcp prot 5\": can't parse filter expression: syntax error")
}

/// What has no meaning on one link type is applied to the others, and the frames left out are counted.
@Test func framesThatAFilterCannotJudgeAreCounted() throws {
  let folder = Folder()
  let first = folder.write("a.pcap", Bytes.pcap([TestFrame(time: start, bytes: ethernet(ipProtocol: 6))]))
  let second = folder.write("b.pcap", Bytes.pcap(linkType: 101, [TestFrame(time: start + oneSecond, bytes: ipv4(6))]))
  let (frames, manifest) = try readLogical([first, second], filter: "ether src 02:02:02:02:02:02")
  #expect(frames.count == 1)
  #expect(manifest.filterMisfits.map(\.linkType) == [101])
  #expect(manifest.filterMisfits.map(\.frames) == [1])
}

@Test(arguments: [Int64(0), 1])
func carvedFramesOfOneLinkTypeMakeAPcap(nanoseconds: Int64) throws {
  let folder = Folder()
  let original = (1...9).map { mark in
    var frame = TestFrame.marked(UInt8(mark), at: start + Int64(mark) * oneSecond + nanoseconds)
    frame.originalLength = 70
    return frame
  }
  let files = [
    folder.write("a.pcap", Bytes.pcap(magic: 0xa1b2_3c4d, Array(original[..<5]))),
    folder.write("b.pcap", Bytes.pcap(magic: 0xa1b2_3c4d, Array(original[5...]))),
  ]
  let out = folder.path + "/carved.pcap"
  let wanted = [(1, 2), (0, 3), (0, 1), (0, 3), (0, 77), (9, 1)].map { EvidenceRef(file: $0.0, frame: $0.1) }
  let result = try FrameCarver.carve(wanted, from: CaptureSet(paths: files), to: out)
  #expect(
    result
      == FrameCarver.Result(
        format: .pcap, frames: 3, missing: [EvidenceRef(file: 0, frame: 77), EvidenceRef(file: 9, frame: 1)]))
  let (frames, summary) = try readAll(out)
  #expect(frames.map(\.bytes) == [original[0], original[2], original[6]].map(\.bytes))
  #expect(frames.map(\.time) == [original[0], original[2], original[6]].map(\.time))
  #expect(frames.map(\.originalLength) == [70, 70, 70])
  #expect(summary.interfaces.map(\.resolution) == [nanoseconds == 0 ? "10^-6 s" : "10^-9 s"])
}

@Test func carvedFramesOfSeveralLinkTypesMakeAPcapngThatSaysWhereTheyCameFrom() throws {
  let folder = Folder()
  let first = folder.write(
    "a.pcap", Bytes.pcap([TestFrame.marked(1, at: start), TestFrame.marked(2, at: start + 3000)]))
  let second = folder.write("b.pcap", Bytes.pcap(linkType: 101, [TestFrame.marked(3, at: start + 1000, count: 33)]))
  let out = folder.path + "/carved.pcapng"
  let set = try CaptureSet(paths: [second, first])
  let wanted = [EvidenceRef(file: 0, frame: 2), EvidenceRef(file: 1, frame: 1)]
  let result = try FrameCarver.carve(wanted, from: set, to: out, comment: "finding OT-PROG-001")
  #expect(result == FrameCarver.Result(format: .pcapng, frames: 2, missing: []))
  let (frames, summary) = try readAll(out)
  #expect(frames.map(\.linkType) == [101, 1])
  #expect(frames.map(\.time) == [start + 1000, start + 3000])
  #expect(frames.map { $0.bytes[0] } == [3, 2])
  #expect(
    summary.comments == [
      CaptureComment(frame: nil, text: "finding OT-PROG-001"), CaptureComment(frame: 1, text: "\(second) frame 1"),
      CaptureComment(frame: 2, text: "\(first) frame 2"),
    ])
}

@Test func evidenceIsNeverOverwritten() throws {
  let folder = Folder()
  let file = folder.write("a.pcap", Bytes.pcap([TestFrame.marked(1, at: start)]))
  let before = bytes(of: file)
  let error = #expect(throws: CaptureError.self) {
    _ = try FrameCarver.carve([EvidenceRef(file: 0, frame: 1)], from: CaptureSet(paths: [file]), to: file)
  }
  #expect(error?.description == "\(file): is evidence and is not overwritten")
  #expect(bytes(of: file) == before)
}
