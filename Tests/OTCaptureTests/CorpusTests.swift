import CPcap
import Glibc
import Testing

@testable import OTCapture

/// Where the corpus lies: OT_CORPUS, or beside the package. It is not part of the package.
private let corpus: String? = {
  if let path = unsafe getenv("OT_CORPUS").map({ unsafe String(cString: $0) }) { return path }
  // …/Tests/OTCaptureTests/CorpusTests.swift
  let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  let path = "/\(package)/../shared/corpus"
  return FileStatus(path)?.kind == .folder ? path : nil
}()

/// Holds the files of the corpus against libpcap; runs where the corpus is at hand.
@Suite(.enabled(if: corpus != nil, "skipped: no corpus"))
struct CorpusTests {
  private func files(_ folder: String) throws -> [String] {
    try folderEntries(folder).flatMap { name in
      let path = folder + "/" + name
      return FileStatus(path)?.kind == .folder ? try files(path) : [path]
    }
  }

  /// Frame by frame: time, lengths, link type, bytes. libpcap cuts frames at the snap length that the file claims; ours
  /// are whole, and begin alike.
  @Test func everyFrameIsWhatLibpcapReads() throws {
    var compared = (files: 0, frames: 0, refused: 0)
    for path in try files((corpus ?? "") + "/pcaps") {
      var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
      guard
        let handle = unsafe pcap_open_offline_with_tstamp_precision(
          path, UInt32(PCAP_TSTAMP_PRECISION_NANO), &message)
      else {
        compared.refused += 1
        continue
      }
      defer { unsafe pcap_close(handle) }
      compared.files += 1
      var reader = try CaptureReader(path: path)
      let dataLink = unsafe pcap_datalink(handle)
      var header: UnsafeMutablePointer<pcap_pkthdr>?
      unsafe header = nil
      var data: UnsafePointer<UInt8>?
      unsafe data = nil
      var result = unsafe pcap_next_ex(handle, &header, &data)
      while result == 1, let expected = unsafe header?.pointee, let bytes = unsafe data {
        guard reader.next() else {
          // To libpcap a tail of zeros is a row of empty frames of 1970.
          if reader.summary.damage.last?.reason == "a record header of zeros", expected.len == 0 { break }
          Issue.record("\(path): ends after frame \(reader.header.number)")
          break
        }
        let ours = reader.header
        let time = Int64(expected.ts.tv_sec) * oneSecond + Int64(expected.ts.tv_usec)
        let count = Int(expected.caplen)
        // libpcap reads the seconds of a pcap signed.
        let since1970 = ours.time.nanoseconds - (1 << 32) * oneSecond
        var isSame = count <= ours.capturedLength && ours.originalLength == Int(expected.len)
        isSame = isSame && (count == ours.capturedLength || count == Int(unsafe pcap_snapshot(handle)))
        isSame = isSame && LinkType.dataLink(ours.linkType) == dataLink
        // A simple packet block has no time; libpcap says 1970.
        isSame =
          isSame
          && (ours.time.nanoseconds == time || since1970 == time || (time == 0 && reader.summary.framesWithoutTime > 0))
        if isSame {
          isSame = unsafe reader.bytes.withUnsafeBufferPointer { ours in
            unsafe ours.baseAddress.map { unsafe memcmp($0, bytes, count) == 0 } ?? (count == 0)
          }
        }
        guard isSame else {
          Issue.record("\(path): frame \(ours.number) differs: \(ours), libpcap \(time) \(expected.len) \(count)")
          break
        }
        compared.frames += 1
        result = unsafe pcap_next_ex(handle, &header, &data)
      }
      guard result != 1 else { continue }
      // Where libpcap meets an error we may read on; where it meets the end, so do we.
      if result == PCAP_ERROR_BREAK {
        let more = reader.next()
        #expect(!more, "\(path): more than libpcap's frames")
        #expect(reader.summary.damage.isEmpty, "\(path)")
      } else {
        while reader.next() {}
        #expect(!reader.summary.damage.isEmpty || reader.summary.interfaces.count > 1, "\(path)")
      }
    }
    print("compared \(compared.frames) frames of \(compared.files) files, \(compared.refused) not opened by libpcap")
    #expect(compared.frames > 100_000)
  }

  /// 22 damaged or foreign files: frames read, and what is said (`refused:` where it is no capture at all).
  @Test func brokenFilesEndInAClearMessage() throws {
    var said: [String: String] = [:]
    for path in try files((corpus ?? "") + "/broken") {
      let name = path.split(separator: "/").last.map { String($0) } ?? ""
      do {
        let (frames, summary) = try readAll(path)
        said[name] = ([String(frames.count)] + summary.damage.map(\.description)).joined(separator: "; ")
      } catch let error as CaptureError {
        #expect(error.path == path)
        said[name] = "refused: \(error.message)"
      }
    }
    #expect(said.count == 22)
    for (name, message) in said where name.hasPrefix("src__fuzzers") {
      #expect(message == "refused: is no pcap or pcapng capture (it begins with 0x01504b54)")
    }
    #expect(
      said["pcaps__MELSEC__melsoft_129_clean.pcap"]
        == "2041; byte 331665, after frame 2041: the file ends inside frame 2042, which should have 157 bytes, "
        + "111 bytes of it are left, nothing after it was read")
    #expect(
      said["tests__bug-1450-05__tls_DER-incomplete-content.pcap"]
        == "13; byte 5035, after frame 6: a captured length of 4325376 bytes, reading went on at byte 5115")
    #expect(
      said["tests__cfgs__default__pcap__fuzz-2021-10-13.pcap"]
        == "1; byte 237, after frame 1: the file ends inside a record header, 2 bytes of it are left, "
        + "nothing after it was read")
  }
}
