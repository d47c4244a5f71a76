import OTCore

/// What an interpreted conversation remembers: what was asked last, for answers that do not repeat it.
public struct DescribedState: Sendable {
  var code = DescribedProtocol.noCommand
  var object = Operation.Object.none
  public init() {}
}

extension DescribedProtocol {
  /// The code of data units that do not say what they do.
  static let noCommand = UInt64.max
  /// An object field that a data unit does not have.
  private static let absent = UInt32.max

  /// Reads one data unit: an operation, and what it says of its sender; nil or why it stopped.
  public func dissect(
    _ pdu: Span<UInt8>, _ context: PDUContext, _ state: inout DescribedState, into out: inout ObservationBuffer
  ) -> DecodeError? {
    let isRequest = isRequest(pdu, senderIsClient: context.senderIsClient)
    let role: Operation.Role = direction == .publish ? .publish : (isRequest ? .request : .response)
    var code = Self.noCommand
    if let field = isRequest ? requestCommand : responseCommand {
      guard let value = field.read(pdu) else { return .truncated("command", pdu.count) }
      code = UInt64(value)
    } else if !isRequest, responseCommand == nil {
      code = state.code
    }
    var operation = Operation(code, role, object: object(pdu, isRequest, code))
    if isRequest {
      state.code = code
      state.object = operation.object
    } else {
      if operation.object == .none, code == state.code { operation.object = state.object }
      operation.outcome = outcome(pdu)
    }
    operation.values = value(pdu, isRequest, code)
    out.operation(operation)
    for identity in identities where Self.applies(identity.side, identity.commands, isRequest, code) {
      claim(identity, pdu, into: &out)
    }
    return nil
  }

  private static func applies(_ side: Side, _ commands: [UInt32], _ isRequest: Bool, _ code: UInt64) -> Bool {
    guard side == .either || (side == .request) == isRequest else { return false }
    guard !commands.isEmpty else { return true }
    for command in commands where UInt64(command) == code { return true }
    return false
  }

  private func outcome(_ pdu: Span<UInt8>) -> Operation.Outcome {
    guard let status, let value = status.field.read(pdu) else { return .none }
    for success in status.success where success == value { return .success }
    return .failure(value)
  }

  private func object(_ pdu: Span<UInt8>, _ isRequest: Bool, _ code: UInt64) -> Operation.Object {
    var numbers = InlineArray<4, UInt32>(repeating: Self.absent)
    var isThere = false
    for index in 0..<Swift.min(4, objects.count) {
      guard Self.applies(objects[index].side, objects[index].commands, isRequest, code),
        let number = objects[index].field.read(pdu)
      else { continue }
      numbers[index] = number
      isThere = true
    }
    return isThere ? .numbers(numbers[0], numbers[1], numbers[2], numbers[3]) : .none
  }

  private func value(_ pdu: Span<UInt8>, _ isRequest: Bool, _ code: UInt64) -> Operation.Values? {
    guard let value, Self.applies(value.side, value.commands, isRequest, code), let bits = value.field.read(pdu) else {
      return nil
    }
    switch value.format {
    case .unsigned: return Operation.Values(Double(bits))
    case .signed:
      let unused = UInt32(truncatingIfNeeded: 32 - 8 * value.field.width)
      return Operation.Values(Double(Int32(bitPattern: bits << unused) >> Int32(bitPattern: unused)))
    case .float:
      let number = Float(bitPattern: bits)
      return number.isFinite ? Operation.Values(Double(number)) : nil
    }
  }

  private func claim(_ identity: IdentityField, _ pdu: Span<UInt8>, into out: inout ObservationBuffer) {
    var start = 0
    var count = 0
    switch identity.place {
    case .fixed(let offset, let length):
      start = offset
      count = length ?? pdu.count
    case .after(let marker, let end):
      guard let place = Self.find(marker, in: pdu, from: 0) else { return }
      start = place + marker.count
      count = (Self.find(end, in: pdu, from: start) ?? pdu.count) - start
    }
    let bytes = pdu.clamped(from: start, count: count)
    switch identity.format {
    case .text: out.identity(.sender, identity.attribute, out.text(Self.trimmed(bytes)))
    case .hexadecimal: out.identity(.sender, identity.attribute, out.text(hex: bytes))
    }
  }

  /// Up to the first zero, without line ends behind it.
  @_lifetime(copy bytes)
  private static func trimmed(_ bytes: Span<UInt8>) -> Span<UInt8> {
    var count = 0
    while count < bytes.count, bytes[count] != 0 { count += 1 }
    while count > 0, [0x0a, 0x0d].contains(bytes[count - 1]) { count -= 1 }
    return bytes.clamped(from: 0, count: count)
  }

  // MARK: words

  func describe(operation code: UInt64) -> OperationDescription {
    guard code != Self.noCommand else { return OperationDescription(code: "", name: "message", kind: .other) }
    let number = UInt32(truncatingIfNeeded: code)
    let digits = 2 * (requestCommand?.width ?? responseCommand?.width ?? 1)
    let text = hexadecimal(code, digits: digits)
    guard let known = name(of: number) else {
      return OperationDescription(code: text, name: "command \(text)", kind: .other)
    }
    return OperationDescription(code: text, name: known.name, kind: known.kind)
  }

  /// `station 3 register 40`.
  func describe(object numbers: [UInt32]) -> String? {
    let parts = zip(objects, numbers).filter { $0.1 != Self.absent }.map { "\($0.0.name) \($0.1)" }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }
}
