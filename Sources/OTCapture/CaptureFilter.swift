internal import CPcap
internal import Glibc

/// libpcap's filter language (pcap-filter(7)), applied to frames of any link type.
///
/// An expression means something else on every link layer, so it is compiled for each link type that turns up.
struct CaptureFilter {
  /// Owns a compiled program.
  @safe private final class Program {
    let linkType: UInt16
    /// Allocated here and freed in deinit; libpcap only reads it.
    let code: UnsafeMutablePointer<bpf_program>
    var misfits: UInt64 = 0
    /// libpcap's words where the expression has no meaning on this link type.
    let message: String?

    init(_ expression: String, linkType: UInt16) {
      self.linkType = linkType
      unsafe code = .allocate(capacity: 1)
      unsafe code.initialize(to: bpf_program())
      guard let handle = unsafe pcap_open_dead(LinkType.dataLink(linkType), CInt(CaptureReader.longestFrame)) else {
        message = "out of memory"
        return
      }
      defer { unsafe pcap_close(handle) }
      let failed = unsafe pcap_compile(handle, code, expression, 1, bpf_u_int32.max) != 0
      message = failed ? unsafe String(cString: pcap_geterr(handle)) : nil
    }

    deinit {
      unsafe pcap_freecode(code)
      unsafe code.deallocate()
    }
  }

  let expression: String
  private var programs: [Program] = []

  /// - Throws: libpcap's message, when the expression fits none of the link types.
  init(_ expression: String, linkTypes: [UInt16]) throws(CaptureError) {
    self.expression = expression
    for linkType in linkTypes.isEmpty ? [LinkType.ethernet] : linkTypes { _ = program(linkType) }
    if let message = programs[0].message, programs.allSatisfy({ $0.message != nil }) {
      throw CaptureError(.filter, "", "filter \"\(expression)\": \(message)")
    }
  }

  private mutating func program(_ linkType: UInt16) -> Program {
    for program in programs where program.linkType == linkType { return program }
    let program = Program(expression, linkType: linkType)
    programs.append(program)
    return program
  }

  /// Whether a frame passes. Frames of a link type on which the expression has no meaning do not; they are counted.
  mutating func passes(_ header: FrameHeader, _ bytes: Span<UInt8>) -> Bool {
    let program = program(header.linkType)
    guard program.message == nil else {
      program.misfits += 1
      return false
    }
    var packet = pcap_pkthdr()
    packet.caplen = UInt32(truncatingIfNeeded: bytes.count)
    packet.len = UInt32(truncatingIfNeeded: header.originalLength)
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe pcap_offline_filter(program.code, &packet, bytes.baseAddress) != 0
    }
  }

  /// Link types on which the expression had no meaning, with libpcap's words and the frames left out.
  var misfits: [FilterMisfit] {
    programs.compactMap { program in
      program.message.map { FilterMisfit(linkType: program.linkType, message: $0, frames: program.misfits) }
    }.filter { $0.frames > 0 }.sorted { $0.linkType < $1.linkType }
  }
}

/// Frames that a filter could not judge.
public struct FilterMisfit: Sendable, Equatable {
  public var linkType: UInt16
  public var message: String
  public var frames: UInt64
}
