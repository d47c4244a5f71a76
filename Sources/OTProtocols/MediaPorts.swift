import OTCore

/// Where media will flow, as signalling says it.
extension ObservationBuffer {
  /// Announces RTP at a port, and its control beside it.
  mutating func announceMedia(isSenders: Bool, port: UInt16, controlPort: UInt16?) {
    announce(Announcement(.rtp, isStream: false, isSenders: isSenders, port: port))
    guard let controlPort else { return }
    announce(Announcement(.rtcp, isStream: false, isSenders: isSenders, port: controlPort))
  }

  /// Announces the ports at which the sender of a session description waits (RFC 8866 section 5.14: `m=audio 49170
  /// RTP/AVP 0`); RTCP is one higher unless `a=rtcp:` says otherwise (RFC 3605). Port 0 refuses.
  mutating func announceMedia(ofSession body: Span<UInt8>) {
    guard body.hasASCII("v=0") else { return }
    var index = 0
    var port = 0
    var control = 0
    for _ in 0..<Limits.itemsPerPDU where index < body.count {
      let end = body.lineEnd(from: index) ?? body.count
      let line = body.extracting(index..<end).trimmed()
      index = end
      if line.hasASCII("m=") {
        announceMedia(port, control)
        let blank = line.first(32) ?? line.count
        let next = line.first(32, from: blank + 1) ?? line.count
        let isMedia = line.hasASCII("RTP/", at: next + 1)
        port = isMedia ? line.clamped(from: blank + 1, count: next - blank - 1).decimal ?? 0 : 0
        control = port + 1
      } else if line.hasASCII("a=rtcp:"), port > 0 {
        control = line.extracting(7..<line.count).decimal ?? 0
      }
    }
    announceMedia(port, control)
  }

  private mutating func announceMedia(_ port: Int, _ control: Int) {
    guard port > 0, port < 65_536 else { return }
    announceMedia(
      isSenders: true, port: UInt16(port), controlPort: control > 0 && control < 65_536 ? UInt16(control) : nil)
  }

  /// Announces the two ports of a transport field (RFC 2326 section 12.39) behind a parameter's name and `=`:
  /// `client_port=4588-4589`.
  mutating func announceMedia(_ parameter: StaticString, in transport: Span<UInt8>, isSenders: Bool) {
    guard let at = transport.first(ignoringCase: parameter) else { return }
    let value = transport.clamped(from: at + parameter.utf8CodeUnitCount, count: 16)
    guard let port = value.decimal, port > 0, port < 65_536 else { return }
    let dash = value.first(UInt8(ascii: "-")).map { $0 + 1 } ?? value.count
    let end = value.first(UInt8(ascii: ";")) ?? value.count
    let control = dash < end ? value.extracting(dash..<value.count).decimal ?? 0 : 0
    announceMedia(
      isSenders: isSenders, port: UInt16(port), controlPort: control > 0 && control < 65_536 ? UInt16(control) : nil)
  }
}
