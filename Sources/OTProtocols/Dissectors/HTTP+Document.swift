import OTCore

/// Bodies that are documents other dissectors read: EDI interchanges, SOAP and device descriptions in XML.
extension HTTPHead {
  /// A longer document is skipped like any other body: what tells a device or a message stands at its front.
  private static let documentBytes = 32_768

  /// Length of the document behind a request's or an answer's head; 0 for every other body.
  static func documentBytes(behind head: Span<UInt8>, _ lineEnd: Int) -> Int {
    guard head.hasASCII("HTTP/") || head.hasASCII("POST ") || head.hasASCII("PUT ") else { return 0 }
    let fields = HTTPHead(head, from: lineEnd)
    guard fields.isDocument, !fields.isChunked, let length = fields.contentLength, length <= documentBytes else {
      return 0
    }
    return length
  }

  /// RFC 1767 (EDI), RFC 3902 (SOAP 1.2), RFC 7303 (XML).
  static func isDocument(type: Span<UInt8>) -> Bool {
    type.hasASCII(ignoringCase: "application/edi") || type.hasASCII(ignoringCase: "application/soap+xml")
      || type.hasASCII(ignoringCase: "application/xml") || type.hasASCII(ignoringCase: "text/xml")
  }
}
