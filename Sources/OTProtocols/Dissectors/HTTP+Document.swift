import OTCore

/// Bodies that are documents other dissectors read: EDI interchanges, SOAP and device descriptions in XML, JSON, print
/// jobs.
extension HTTPHead {
  /// A longer document is skipped like any other body: what tells a device or a message stands at its front.
  private static let documentBytes = 32_768

  /// Length of the document behind the head of `bytes`, which ends at `end`; 0 for every other body.
  static func documentBytes(_ bytes: Span<UInt8>, headEnd end: Int, _ lineEnd: Int) -> Int {
    let head = bytes.extracting(0..<end)
    if head.hasASCII("HTTP/") {
      // 204 and 304 have no body whatever they announce, nor has the answer to HEAD: the next answer follows at once.
      let status = head.clamped(from: 9, count: 3).decimal ?? 0
      guard status >= 200, status != 204, status != 304, !bytes.hasASCII("HTTP/1.", at: end) else { return 0 }
    } else if !head.hasASCII("POST "), !head.hasASCII("PUT ") {
      return 0
    }
    let fields = HTTPHead(head, from: lineEnd)
    guard !fields.isChunked, let length = fields.contentLength else { return 0 }
    if fields.isDocument { return length <= documentBytes ? length : 0 }
    return asksThinClient(head.extracting(0..<lineEnd)) ? Swift.min(length, compressionMarkBytes) : 0
  }

  // MARK: Navis N4

  private static let compressionMarkBytes = 2

  /// Whether a request goes to an Ultra Light Client servlet, as the clients of the terminal operating system Navis N4
  /// do: CISA advisory ICSA-25-175-01 (CVE-2025-5087).
  static func asksThinClient(_ line: Span<UInt8>) -> Bool {
    line.hasASCII("POST ") && (line.first(ignoringCase: "/ulc") != nil || line.first(ignoringCase: ".ulc") != nil)
  }

  /// Whether a body begins as compressed data of RFC 1950 (deflate, window of 32 KiB): anybody can inflate it.
  static func isCompressed(_ body: Span<UInt8>) -> Bool {
    guard let mark = body.be16(0) else { return false }
    return mark >> 8 == 0x78 && mark % 31 == 0
  }

  /// RFC 1767 (EDI), RFC 3902 (SOAP 1.2), RFC 7303 (XML), RFC 8259 (JSON), RFC 8010 (IPP).
  static func isDocument(type: Span<UInt8>) -> Bool {
    type.hasASCII(ignoringCase: "application/edi") || type.hasASCII(ignoringCase: "application/soap+xml")
      || type.hasASCII(ignoringCase: "application/xml") || type.hasASCII(ignoringCase: "text/xml")
      || type.hasASCII(ignoringCase: "application/json") || type.hasASCII(ignoringCase: "application/ipp")
  }
}
