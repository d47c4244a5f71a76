import OTCore

extension S7CommDissector {
  /// How an operation's code is packed: a function, group and sub-function of user data, or the kind of a message that
  /// names neither.
  enum OperationCode {
    static let userDataFlag: UInt64 = 1 << 32
    static let nameless: UInt64 = 2 << 32

    static func nameless(_ kind: Kind) -> UInt64 { nameless | UInt64(kind.rawValue) }

    static func userData(_ group: UInt8, _ subfunction: UInt8) -> UInt64 {
      userDataFlag | UInt64(group) << 8 | UInt64(subfunction)
    }
  }

  /// Function groups of user data.
  enum Group {
    static let modeTransition: UInt8 = 0
    static let programmer: UInt8 = 1
    static let cyclic: UInt8 = 2
    static let blocks: UInt8 = 3
    static let cpu: UInt8 = 4
    static let security: UInt8 = 5
    static let blockSend: UInt8 = 6
    static let time: UInt8 = 7
    static let numericalControl: UInt8 = 15
  }

  /// User data: parameters of 8 octets (asked) or 12 (answered or sent unasked), then return code, kind, length, data.
  mutating func userData(
    _ reference: UInt16, _ parameters: inout ByteCursor, _ data: inout ByteCursor, _ context: PDUContext,
    into out: inout ObservationBuffer
  ) throws(DecodeError) {
    // The head is 0x000112; a change of mode has another one, and the same fields behind it.
    try parameters.skip(5, "parameter head, length and method")
    // Of the type the lower two bits tell a numerical control's own messages.
    let kind = try parameters.u8("type and group")
    let group = kind & 0x0f
    let subfunction = try parameters.u8("sub-function")
    guard group != Group.modeTransition else { return modeTransition(subfunction, context, into: &out) }
    try parameters.skip(1, "sequence number")
    let isAsked = kind >> 6 == 1
    let lastUnit = parameters.peek(1) ?? 0
    let status = isAsked ? 0 : parameters.bytes.be16(parameters.offset + 2) ?? 0

    // What a controller sends unasked bears no mark of an answer: where the client is known, it decides.
    let isRequest = context.directionIsCertain ? context.senderIsClient : isAsked
    var operation = Operation(OperationCode.userData(group, subfunction), isRequest ? .request : .response)
    let askedByClient = isRequest == context.senderIsClient
    let key = Self.key(reference, isUserData: true, askedByClient: askedByClient)
    let returnCode = data.peek()
    if isRequest {
      operation.object = Self.object(group, subfunction, data.bytes)
      jobs.remember(Job(code: operation.code, object: operation.object), for: key)
    } else {
      if let asked = jobs.request(key), asked.code == operation.code { operation.object = asked.object }
      if operation.object == .none { operation.object = Self.object(group, subfunction, data.bytes) }
      operation.outcome = Self.outcome(status)
      if status == 0, let returnCode, returnCode != 0xff, kind >> 6 == 2 {
        operation.outcome = .failure(UInt32(returnCode))
      }
    }
    if kind & 0x3f == Group.security, subfunction == 1, isRequest {
      out.record(.credential(CredentialExposure(.protocolPassword, account: .none, strength: .unknown)))
    }
    out.operation(operation)

    guard !isRequest, group == Group.cpu, subfunction == 1, status == 0 else { return }
    try systemStatusList(&data, isLast: lastUnit == 0, into: &out)
  }

  /// Sent unasked when the controller changes its mode: the new one stands where others have a sub-function.
  private func modeTransition(_ mode: UInt8, _ context: PDUContext, into out: inout ObservationBuffer) {
    let isRequest = context.directionIsCertain && context.senderIsClient
    out.operation(
      Operation(
        OperationCode.userData(Group.modeTransition, 0), isRequest ? .request : .response,
        outcome: isRequest ? .none : .success))
    switch mode {
    case 0: out.property(.mode, out.text("STOP"))
    case 1, 3, 6: out.property(.mode, out.text("STARTUP"))
    case 2: out.property(.mode, out.text("RUN"))
    case 4: out.property(.mode, out.text("HOLD"))
    case 9: out.property(.mode, out.text("RUN redundant"))
    default: break
    }
  }

  /// What the request names: a system status list, a block, a kind of block.
  private static func object(_ group: UInt8, _ subfunction: UInt8, _ data: Span<UInt8>) -> Operation.Object {
    switch (group, subfunction) {
    case (Group.cpu, 1):
      guard let list = data.be16(4), let index = data.be16(6) else { return .none }
      return .numbers(ObjectTag.statusList.rawValue, UInt32(list), UInt32(index), 0)
    case (Group.blocks, 2):
      guard let type = data.byte(5), data.be16(2) == 2 else { return .none }
      return .numbers(ObjectTag.block.rawValue, UInt32(type), .max, 0)
    case (Group.blocks, 3):
      guard data.count == 12, let type = data.byte(5), let number = decimal(data.clamped(from: 6, count: 5)) else {
        return .none
      }
      return .numbers(ObjectTag.block.rawValue, UInt32(type), UInt32(truncatingIfNeeded: number), 0)
    default: return .none
    }
  }

  /// First number of an object that is no variable (variables have an area there, below 0x10000).
  enum ObjectTag: UInt32 {
    case statusList = 0x10000
    case block
  }
}
