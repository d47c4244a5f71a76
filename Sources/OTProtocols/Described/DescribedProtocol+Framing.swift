import OTCore

extension DescribedProtocol {
  /// How long the data unit at the start of `bytes` is; the same contract as ``Dissector/frame(_:_:)``.
  public func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream == isStream, hint.isClaimed || claims.isEmpty else { return .notThisProtocol }
    // Whatever is there of the magic bytes must be right; whether all of it is there is asked with the least size.
    for match in magic where !match.agrees(with: bytes) { return .notThisProtocol }
    guard bytes.count >= leastBytes else { return isStream ? .needMore : .notThisProtocol }
    if !hint.isEstablished, !takesOtherCommands, !hasKnownCommand(bytes, hint) { return .notThisProtocol }
    return cut(bytes)
  }

  private func cut(_ bytes: Span<UInt8>) -> Framing {
    var count = bytes.count
    switch framing {
    case .whole: break
    case .fixed(let size): count = size
    case .length(let field, let scale, let adjust):
      guard let value = field.read(bytes) else { return isStream ? .needMore : .notThisProtocol }
      count = Int(value) * scale + adjust
    case .terminator(let end, let longest):
      guard let place = Self.find(end, in: bytes.clamped(from: 0, count: longest), from: 0) else {
        return isStream && bytes.count < longest ? .needMore : .notThisProtocol
      }
      count = place + end.count
    }
    return count >= leastBytes && count <= Limits.pduBytes ? .pdu(byteCount: count) : .notThisProtocol
  }

  /// Of a first data unit: whether its command has a name, whichever side sent it.
  private func hasKnownCommand(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Bool {
    let field = isRequest(bytes, senderIsClient: hint.senderIsClient) ? requestCommand : responseCommand
    guard let field else { return true }
    guard let code = field.read(bytes) else { return false }
    return name(of: code) != nil
  }

  func isRequest(_ bytes: Span<UInt8>, senderIsClient: Bool) -> Bool {
    switch direction {
    case .port: senderIsClient
    case .publish: true
    case .field(let field, let request): field.read(bytes).map { $0 == request } ?? senderIsClient
    }
  }

  func name(of code: UInt32) -> CommandName? {
    var low = 0
    var high = names.count
    while low < high {
      let middle = (low + high) / 2
      if names[middle].code == code { return names[middle] }
      if names[middle].code < code { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// Where `pattern` begins in `bytes`, at `start` or behind it.
  static func find(_ pattern: [UInt8], in bytes: Span<UInt8>, from start: Int) -> Int? {
    guard !pattern.isEmpty, start >= 0 else { return nil }
    var index = start
    while index <= bytes.count - pattern.count {
      var matched = 0
      while matched < pattern.count, bytes[index + matched] == pattern[matched] { matched += 1 }
      if matched == pattern.count { return index }
      index += 1
    }
    return nil
  }
}

extension DescribedProtocol.Match {
  /// Whether no byte that is there contradicts.
  func agrees(with other: Span<UInt8>) -> Bool {
    for index in bytes.indices {
      guard let byte = other.byte(offset + index) else { return true }
      let bits = index < mask.count ? mask[index] : 0xff
      if byte & bits != bytes[index] & bits { return false }
    }
    return true
  }
}
