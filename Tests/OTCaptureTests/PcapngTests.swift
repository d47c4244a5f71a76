import OTCore
import Testing

@testable import OTCapture

/// Two sections of different byte order, three interfaces with clocks of their own, every kind of packet block.
private func wholeFile() -> [UInt8] {
  var file = Bytes()
  file.section { options in
    options.option(1, Array("crane 7, port B".utf8))  // opt_comment
    options.option(2, Array("x86".utf8))  // shb_hardware
    options.option(3, Array("Linux".utf8))  // shb_os
    options.option(4, Array("dumpcap".utf8))  // shb_userappl
    options.option(0, [])
  }
  file.interface(1, snapLength: 4) { options in
    options.option(2, Array("eth0".utf8))  // if_name
    options.option(3, Array("SPAN of switch 3".utf8))  // if_description
  }
  file.interface(101) { options in
    options.option(9, [9])  // if_tsresol: nanoseconds
    options.option(14, number: 100)  // if_tsoffset: seconds
  }
  file.enhanced(0, ticks: UInt64(start / 1000), [1, 1, 1], original: 60) { options in
    options.option(1, Array("look here".utf8))
    options.option(4, number: 5)  // epb_dropcount
  }
  file.enhanced(1, ticks: UInt64(start - 100 * oneSecond + 7), [2, 2])
  file.block(3) { body in  // simple packet block
    body.u32(9)  // original length; the snap length of 4 cuts it
    body.bytes += [3, 3, 3, 3]
  }
  file.block(2) { body in  // obsolete packet block
    body.u16(1)  // interface
    body.u16(2)  // drops
    body.u32(UInt32((start - 99 * oneSecond) >> 32))
    body.u32(UInt32(truncatingIfNeeded: start - 99 * oneSecond))
    body.u32(1)
    body.u32(1)
    body.bytes += [4]
  }
  file.block(5) { body in  // interface statistics block
    body.u32(0)
    body.u64(0)
    body.option(4, number: 1000)  // isb_ifrecv
    body.option(5, number: 17)  // isb_ifdrop
  }
  file.block(10) { body in body.u32(0x544c_534b) }  // decryption secrets block
  file.block(4) { body in body.u32(0) }  // name resolution block

  file.bigEndian = true
  file.section()
  file.interface(1) { options in options.option(9, [0x80 | 10]) }  // 2^-10 s
  file.enhanced(0, ticks: UInt64(start / oneSecond + 2) << 10 | 512, [5])
  return file.bytes
}

@Test func sectionsInterfacesAndBlocksAreRead() throws {
  let folder = Folder()
  let (frames, summary) = try readAll(folder.write("a.pcapng", wholeFile()))
  #expect(
    frames == [
      TestFrame(time: start, bytes: [1, 1, 1], originalLength: 60, number: 1, linkType: 1),
      TestFrame(time: start + 7, bytes: [2, 2], number: 2, linkType: 101),
      TestFrame(time: start + 7, bytes: [3, 3, 3, 3], originalLength: 9, number: 3, linkType: 1),
      TestFrame(time: start + oneSecond, bytes: [4], number: 4, linkType: 101),
      TestFrame(time: start + 2 * oneSecond + oneSecond / 2, bytes: [5], number: 5, linkType: 1),
    ])
  var first = CaptureInterface(linkType: 1, snapLength: 4, resolution: "10^-6 s")
  first.name = "eth0"
  first.description = "SPAN of switch 3"
  first.frames = 2
  first.received = 1000
  first.dropped = 17
  var second = CaptureInterface(linkType: 101, snapLength: 0, resolution: "10^-9 s")
  second.frames = 2
  second.dropped = 2
  var third = CaptureInterface(linkType: 1, snapLength: 0, resolution: "2^-10 s")
  third.frames = 1
  #expect(summary.interfaces == [first, second, third])
  #expect(summary.sections == 2)
  #expect(summary.byteOrder == .bigEndian)
  #expect(
    summary.comments == [
      CaptureComment(frame: nil, text: "crane 7, port B"), CaptureComment(frame: 1, text: "look here"),
    ])
  #expect(summary.hardware + summary.operatingSystems + summary.applications == ["x86", "Linux", "dumpcap"])
  #expect(summary.framesWithoutTime == 1)
  #expect(summary.secretsBlocks == 1)
  #expect(summary.otherBlocks == 1)
  #expect(
    summary.framesPerLinkType == [
      LinkTypeCount(linkType: 1, frames: 3), LinkTypeCount(linkType: 101, frames: 2),
    ])
  #expect(summary.damage.isEmpty)
}

/// Resolution, ticks, and the nanoseconds since 1970 they tell.
@Test(
  arguments: [
    (0, 5, 5 * oneSecond), (3, 5, 5_000_000), (9, 5, 5), (12, 5_999, 5), (127, UInt64.max, 1), (0, .max, .max),
    (0x80, 7, 7 * oneSecond), (0x80 | 32, 3 << 31, oneSecond + oneSecond / 2), (0x80 | 63, 1 << 63, oneSecond),
    (0x80 | 64, 1 << 63, oneSecond / 2), (0xff, .max, 0),
  ] as [(UInt8, UInt64, Int64)])
func everyClockIsConvertedWithoutOverflow(resolution: UInt8, ticks: UInt64, nanoseconds: Int64) throws {
  var file = Bytes()
  file.section()
  file.interface(1) { options in options.option(9, [resolution]) }
  file.enhanced(0, ticks: ticks, [1])
  let folder = Folder()
  #expect(try readAll(folder.write("a.pcapng", file.bytes)).frames.map(\.time) == [nanoseconds])
}

/// Damage inside a block costs that block; damage to its lengths costs what lies up to the next block.
@Test(arguments: [
  ("interface", "a frame of interface 7, which was not described"),
  ("captured", "a packet block with 1000000 bytes in 4"),
  ("trailer", "a block whose lengths differ"),
  ("length", "a block length of 4294967295 bytes"),
  ("short", "a packet block that is too short"),
])
func damageCostsOneFrameOfMany(place: String, reason: String) throws {
  var file = Bytes()
  file.section()
  file.interface(1)
  file.enhanced(0, ticks: 1, [1])
  let block = file.bytes.count
  if place == "short" {
    file.block(6) { body in body.u32(0) }
  } else {
    file.enhanced(place == "interface" ? 7 : 0, ticks: 2, [2])
  }
  if place == "captured" { file.bytes.replaceSubrange(block + 20..<block + 24, with: [0x40, 0x42, 0x0f, 0]) }
  if place == "trailer" { file.bytes[file.bytes.count - 4] ^= 0xff }
  if place == "length" { file.bytes.replaceSubrange(block + 4..<block + 8, with: [255, 255, 255, 255]) }
  let next = file.bytes.count
  for index in UInt8(3)..<9 { file.enhanced(0, ticks: UInt64(index), [index]) }
  let folder = Folder()
  let (frames, summary) = try readAll(folder.write("a.pcapng", file.bytes))
  #expect(frames.map { $0.bytes } == [[1], [3], [4], [5], [6], [7], [8]])
  #expect(summary.damage == [Damage(offset: UInt64(block), frame: 1, reason: reason, resumedAt: UInt64(next))])
}

@Test func aCutBlockIsReportedOnce() throws {
  let folder = Folder()
  let file = folder.write("a.pcapng", Array(wholeFile().dropLast(5)))
  var reader = try CaptureReader(path: file)
  while reader.next() {}
  let more = reader.next()
  #expect(!more)
  #expect(reader.summary.frames == 4)
  #expect(reader.summary.damage.map(\.reason) == ["the file ends inside a block of 36 bytes, 31 bytes of it are left"])
}

@Test func blocksLargerThanTheBufferAreSteppedOver() throws {
  var file = Bytes()
  file.section()
  file.interface(1)
  file.enhanced(0, ticks: 1, [1])
  let block = UInt64(file.bytes.count)
  file.block(0x4000_0000) { body in body.bytes = [UInt8](repeating: 9, count: 3 << 20) }
  let next = UInt64(file.bytes.count)
  file.enhanced(0, ticks: 2, [2])
  let folder = Folder()
  let (frames, summary) = try readAll(folder.write("a.pcapng", file.bytes))
  #expect(frames.map { $0.bytes } == [[1], [2]])
  #expect(
    summary.damage == [
      Damage(offset: block, frame: 1, reason: "a block of 3145740 bytes, stepped over", resumedAt: next)
    ])
}
