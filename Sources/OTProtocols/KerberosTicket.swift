import OTCore

/// The ticket that a client shows a service, RFC 4120 sections 5.3 and 5.5.1, in a token of GSS-API (RFC 4121 section 4.1),
/// bare or within SPNEGO: it names in clear text whom a login is for.
enum KerberosTicket {
  /// The mechanism 1.2.840.113554.1.2.2, then the token's number for AP-REQ, then AP-REQ itself, [APPLICATION 14].
  private static let start: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x01, 0x00, 0x6e]

  /// Records realm and name of the service, which receives the blob; looks for the ticket in its first 512 bytes.
  static func read(_ blob: Span<UInt8>, layer: UInt8 = 0, into out: inout ObservationBuffer) {
    guard let place = find(in: blob) else { return }
    var outer = BERReader(blob.extracting(place..<blob.count))
    guard let request = outer.content(of: 0x6e), let fields = BERReader(request).first else { return }
    var members = BERReader(fields)
    guard let wrapped = members.first(0xa3), let ticket = BERReader(wrapped.content).first,
      let sequence = BERReader(ticket).first
    else { return }
    var parts = BERReader(sequence)
    guard let realm = parts.first(0xa1), let domain = BERReader(realm.content).first, !realm.isCut else { return }
    out.identity(.receiver, .domain, out.text(domain), layer: layer)
    // PrincipalName, section 5.2.2: service and host.
    guard let name = parts.first(0xa2), !name.isCut, let principal = BERReader(name.content).first else { return }
    var pair = BERReader(principal)
    guard let strings = pair.first(0xa1), let list = BERReader(strings.content).first else { return }
    var texts = BERReader(list)
    guard texts.next() != nil, let host = texts.next() else { return }
    out.identity(.receiver, .name, out.text(host.content), layer: layer)
  }

  private static func find(in blob: Span<UInt8>) -> Int? {
    var index = 0
    while index + start.count <= min(blob.count, 512) {
      var length = 0
      while length < start.count, blob[index + length] == start[length] { length += 1 }
      if length == start.count { return index + start.count - 1 }
      index += 1
    }
    return nil
  }
}
