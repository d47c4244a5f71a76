import OTCore

/// Access to a node's objects (SDO) in an asynchronous send: EPSG DS 301 version 1.3.0, section 6.3.2. It is the same data
/// unit in a frame of POWERLINK and in a datagram.
extension Powerlink {
  enum Command {
    static let writeByIndex: UInt8 = 0x01
    static let readByIndex: UInt8 = 0x02
    static let writeAllByIndex: UInt8 = 0x03
    static let readAllByIndex: UInt8 = 0x04
    static let writeByName: UInt8 = 0x05
    static let readByName: UInt8 = 0x06
    static let writeFile: UInt8 = 0x20
    static let readFile: UInt8 = 0x21
    static let writeMultiple: UInt8 = 0x31
    static let readMultiple: UInt8 = 0x32
    static let segmentSize: UInt8 = 0x70
    static let linkName: UInt8 = 0x71

    static func isKnown(_ command: UInt8) -> Bool {
      switch command {
      case writeByIndex...readByName, writeFile, readFile, writeMultiple, readMultiple, segmentSize, linkName: true
      default: false
      }
    }
  }

  /// Bits of an operation code beside the command: what it is done to.
  enum ObjectCode {
    static let isManagement: UInt64 = 1 << 8
    /// A later part of a transfer in segments.
    static let isContinued: UInt64 = 1 << 9
    static let isProgram: UInt64 = 1 << 10
    static let isProcess: UInt64 = 1 << 11
  }

  /// A command that waits for its answer, and the object it is for.
  struct Asked: Sendable {
    var code: UInt64
    var object: Operation.Object
  }

  private static let sequenceBytes = 4
  private static let commandBytes = 8

  /// Section 6.3.2.3: two sequence numbers with the state of the connection, two reserved octets; then, where something is
  /// asked or answered, a command: reserved, transaction, flags, number, length of its data, reserved.
  mutating func objects(
    _ layers: Span<UInt8>, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    var pdu = ByteCursor(layers)
    try pdu.skip(Self.sequenceBytes, "SDO sequence layer")
    // A frame of the least length has nothing but filling there while the connection is made.
    guard let command = pdu.peek(3), command != 0 else { return }
    try pdu.skip(1, "reserved")
    let transaction = try pdu.u8("SDO transaction")
    let flags = try pdu.u8("SDO flags")
    try pdu.skip(1, "SDO command")
    let size = Int(try pdu.u16le("SDO segment size"))
    try pdu.skip(2, "reserved")
    var segment = try pdu.slice(Swift.min(size, pdu.remaining), "SDO segment")
    let isResponse = flags & 0x80 != 0
    let transfer = flags >> 4 & 3
    // Two nodes may ask each other.
    let key = UInt64(transaction) | (isResponse == (context.sender < context.receiver) ? 0 : 1 << 8)
    let asked = isResponse ? requests.request(key).flatMap { $0.code & 0xff == UInt64(command) ? $0 : nil } : nil
    var operation = Operation(asked?.code ?? UInt64(command), isResponse ? .response : .request, layer: Self.services)
    defer { out.operation(operation) }
    if flags & 0x40 != 0 {
      // The sender ends the transfer, and says why in four octets.
      operation.object = asked?.object ?? .none
      operation.outcome = .failure(segment.bytes.le32(0) ?? 0)
      return
    }
    if isResponse { operation.outcome = .success }
    guard transfer < Transfer.segment else {
      operation.code |= ObjectCode.isContinued
      return
    }
    operation.object = asked?.object ?? .none
    if transfer == Transfer.initiate { try segment.skip(4, "SDO data size") }
    let data = segment.rest()
    guard !isResponse else {
      if let asked { answer(to: asked, data, into: &out) }
      return
    }
    Self.request(command, data, isWhole: transfer == Transfer.expedited, &operation)
    requests.remember(Asked(code: operation.code, object: operation.object), for: key)
  }

  private enum Transfer {
    static let expedited: UInt8 = 0
    static let initiate: UInt8 = 1
    static let segment: UInt8 = 2
  }

  /// Section 6.3.2.4.2: index, subindex and a reserved octet; behind them what is written. In a list each object that is
  /// written has in front where the next one begins.
  private static func request(
    _ command: UInt8, _ data: Span<UInt8>, isWhole: Bool, _ operation: inout Operation
  ) {
    switch command {
    case Command.writeByIndex, Command.readByIndex, Command.writeAllByIndex, Command.readAllByIndex:
      name(data, 0, &operation)
      guard command == Command.writeByIndex else { return }
      if let index = data.le16(0) { operation.code |= target(index) }
      if isWhole { operation.values = CANopenObject.number(data.rest(from: 4)) }
    case Command.readMultiple:
      name(data, 0, &operation)
      operation.count = UInt32(truncatingIfNeeded: Swift.max(1, data.count / 4))
    case Command.writeMultiple:
      name(data, 4, &operation)
      var start = 0
      var count: UInt32 = 0
      while let next = data.le32(start), let index = data.le16(start + 4), count < UInt32(Limits.itemsPerPDU) {
        count += 1
        operation.code |= target(index)
        guard next > UInt32(truncatingIfNeeded: start), Int(next) < data.count else { break }
        start = Int(next)
      }
      operation.count = Swift.max(1, count)
    default: break
    }
  }

  private static func name(_ data: Span<UInt8>, _ start: Int, _ operation: inout Operation) {
    guard let index = data.le16(start), let sub = data.byte(start + 2) else { return }
    operation.object = .numbers(UInt32(index), UInt32(sub), 0, 0)
  }

  private static func target(_ index: UInt16) -> UInt64 {
    switch CANopenObject.writeKind(index) {
    case .firmware: ObjectCode.isProgram
    case .write: ObjectCode.isProcess
    default: 0
    }
  }

  /// An object that was read and tells what the node is.
  private mutating func answer(to asked: Asked, _ data: Span<UInt8>, into out: inout ObservationBuffer) {
    guard asked.code & 0xff == UInt64(Command.readByIndex), case .numbers(let index, let sub, _, _) = asked.object,
      let object = CANopenObject.identity(UInt16(truncatingIfNeeded: index), UInt8(truncatingIfNeeded: sub)),
      told.isNew(data, salt: UInt64(index) << 8 | UInt64(sub)),
      let value = CANopenObject.value(data, of: object, into: &out)
    else { return }
    out.identity(.sender, object.attribute, value)
  }

  /// Whether octets behind the service of a datagram are such layers: reserved ones are 0, a command is a known one and as
  /// long as it says.
  static func areObjects(_ layers: Span<UInt8>) -> Bool {
    guard layers.count >= sequenceBytes, layers.be16(2) == 0 else { return false }
    guard layers.count > sequenceBytes else { return true }
    guard layers.count >= sequenceBytes + commandBytes, let command = layers.byte(sequenceBytes + 3),
      let flags = layers.byte(sequenceBytes + 2), let size = layers.le16(sequenceBytes + 4)
    else { return false }
    if command == 0 { return layers.be32(sequenceBytes) == 0 && layers.be32(sequenceBytes + 4) == 0 }
    // The capture may have cut it off.
    return Command.isKnown(command) && layers.byte(sequenceBytes) == 0 && flags & 0x0f == 0
      && layers.be16(sequenceBytes + 6) == 0 && size <= 1500
  }

  static func describe(objects code: UInt64) -> (String, OperationKind) {
    let (what, write): (String, OperationKind) =
      code & ObjectCode.isProgram != 0
      ? ("write program ", .firmware)
      : code & ObjectCode.isProcess != 0 ? ("write process ", .write) : ("write ", .configure)
    let (name, kind): (String, OperationKind) =
      switch UInt8(truncatingIfNeeded: code) {
      case Command.writeByIndex: (what + "object", write)
      case Command.readByIndex: ("read object", .read)
      case Command.writeAllByIndex: ("write all of an object", .configure)
      case Command.readAllByIndex: ("read all of an object", .read)
      case Command.writeByName: ("write object by name", .configure)
      case Command.readByName: ("read object by name", .read)
      case Command.writeFile: ("write file", .program)
      case Command.readFile: ("read file", .read)
      case Command.writeMultiple: (what + "objects", write)
      case Command.readMultiple: ("read objects", .read)
      case Command.segmentSize: ("negotiate segment size", .session)
      case Command.linkName: ("link name to index", .session)
      default: ("command \(code & 0xff)", .other)
      }
    return code & ObjectCode.isContinued != 0 ? (name + ", continued", .other) : (name, kind)
  }
}
