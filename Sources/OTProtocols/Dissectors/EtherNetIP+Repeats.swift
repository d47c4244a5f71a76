import OTCore

/// What need not be read, because the request is kept: its repetition, and an answer that says no more than it did.
extension EtherNetIPDissector {
  /// Records the operations of a request that is repeated, or of an answer of as many. (Nothing changes in it: what is
  /// handed on as changeable is not copied.)
  static func record(
    _ request: inout MessageSurvey, _ role: Operation.Role, _ outcome: Operation.Outcome, _ value: Operation.Values?,
    into out: inout ObservationBuffer
  ) {
    for index in request.parts.indices {
      let part = request.parts[index]
      out.operation(
        Operation(
          part.code, role, layer: messageLayer, outcome: outcome,
          object: object(part.path, request.symbols.span, into: &out), values: value))
    }
  }

  /// Whether each service of a request is answered in its turn, without a failure, and no answer is read any further than
  /// the value of a tag: most of what a scanner polls.
  static func isPlainAnswer(_ data: Span<UInt8>, to asked: inout MessageSurvey) -> Bool {
    guard asked.isPlain, asked.parts[0].isAnswered(by: data) else { return false }
    guard asked.parts[0].service == Service.multipleServicePacket else { return true }
    let inner = data.extracting(4..<data.count)
    guard asked.parts.count - 1 == innerCount(inner) else { return false }
    for index in 1..<asked.parts.count {
      guard let range = innerRange(inner, index - 1), asked.parts[index].isAnswered(by: inner.extracting(range)) else {
        return false
      }
    }
    return true
  }
}
