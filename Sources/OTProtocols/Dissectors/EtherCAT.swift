import OTCore

/// EtherCAT: fieldbus over Ethernet in which one frame passes all devices and comes back.
/// IEC 61158-4-12 (ETG.1000.4), sections 4.3 and 5.
public struct EtherCAT: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "ethercat", name: "EtherCAT", specification: "IEC 61158-4-12 (ETG.1000.4), section 5", isIndustrial: true,
      depth: [.identity, .operations],
      reads:
        "commands of the datagrams, device and register addressed; in mailboxes objects read and written (CoE), files "
        + "(FoE), drive parameters (SoE) and addresses set (EoE) with outcome; what devices and their memories say of them; "
        + "not the process data",
      displayFilter: "ecat")
  ]
  public static let claims: [Claim] = [.etherType(0x88a4), .udp(34980), .tcp(34980)]

  var told = RecentValues()
  /// What was asked last of a device's objects and files.
  var requests = RequestTable<UInt8>()
  var files = RequestTable<UInt8>()

  public init() {}

  private enum FrameType {
    static let commands: UInt16 = 1
    static let networkVariables: UInt16 = 4
    static let mailbox: UInt16 = 5
  }

  /// Length of what follows in 11 bits, type in the upper four.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isClaimed || hint.isStream && hint.isEstablished else { return .notThisProtocol }
    guard let header = bytes.le16(0) else { return hint.isStream ? .needMore : .notThisProtocol }
    let length = Int(header & 0x7ff)
    guard header & 0x0800 == 0, length >= 6 else { return .notThisProtocol }
    if hint.isStream { return gateway(bytes, type: header >> 12, length) }
    switch header >> 12 {
    case FrameType.commands where length >= 12 && isChain(bytes.clamped(from: 2, count: length)),
      FrameType.networkVariables where !hint.isUDP || areVariables(bytes.clamped(from: 2, count: length)),
      FrameType.mailbox where !hint.isUDP:
      return .pdu(byteCount: Swift.max(bytes.count, 2 + length))
    case FrameType.mailbox: return gateway(bytes, type: FrameType.mailbox, length)
    default: return .notThisProtocol
    }
  }

  /// IEC 61158-6-12 section 4.4 (network variables): publisher (6 octets), how many, cycle, reserved; each variable with
  /// its number, hash, length and quality. In a datagram they must be what the frame is long.
  private static func areVariables(_ bytes: Span<UInt8>) -> Bool {
    guard let count = bytes.le16(6), count > 0 else { return false }
    var end = 12
    for _ in 0..<count {
      guard let length = bytes.le16(end + 4) else { return false }
      end += 8 + Int(length)
    }
    return end == bytes.count
  }

  /// ETG.8200 section 4: over TCP come mailboxes alone, for the devices behind a master. One is as long as its frame says,
  /// of a known kind and has a counter of three bits.
  private static func gateway(_ bytes: Span<UInt8>, type: UInt16, _ length: Int) -> Framing {
    guard type == FrameType.mailbox else { return .notThisProtocol }
    guard let inner = bytes.le16(2), let channel = bytes.byte(6), let field = bytes.byte(7) else { return .needMore }
    guard 6 + Int(inner) == length, channel & 0x3f == 0, field & 0x80 == 0, field & 15 <= Mailbox.Kind.drive else {
      return .notThisProtocol
    }
    return .pdu(byteCount: 2 + length)
  }

  /// Whether the datagrams' lengths lead from one to the next: known commands, reserved bits 0, the bit for more set.
  private static func isChain(_ datagrams: Span<UInt8>) -> Bool {
    var index = 0
    for _ in 0..<Limits.itemsPerPDU {
      guard let command = datagrams.byte(index), let field = datagrams.le16(index + 6) else { return index > 0 }
      guard command <= 14, field & 0x3800 == 0 else { return false }
      index += 12 + Int(field & 0x7ff)
      if field & 0x8000 == 0 { return true }
    }
    return true
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let header = try pdu.u16le("frame header")
    let length = Int(header & 0x7ff)
    if header >> 12 == FrameType.mailbox { return gateway(pdu.rest(), context, into: &out) }
    guard header >> 12 == FrameType.commands else { return }
    var datagrams = try pdu.slice(Swift.min(length, pdu.remaining), "datagrams")
    // The first device sets the local bit of the source address: what carries it is the master's frame on its way back.
    let isBack = context.senderMAC.isLocal
    for _ in 0..<Limits.itemsPerPDU {
      guard datagrams.remaining >= 12 else { return }
      let command = try datagrams.u8("command")
      try datagrams.skip(1, "index")
      let position = try datagrams.u16le("device address")
      let register = try datagrams.u16le("register")
      let field = try datagrams.u16le("length")
      try datagrams.skip(2, "interrupt")
      let data = try datagrams.take(Swift.min(Int(field & 0x7ff), datagrams.remaining), "data")
      let answers = datagrams.remaining >= 2 ? try datagrams.u16le("working counter") : 0
      var operation = Self.operation(command, position, register, isBack)
      if register >= Self.firstMemory, Self.isPhysical(command, isBack) {
        let way = Mailbox.Way(
          position: position, isFromDevice: isBack && (command == 1 || command == 4),
          isEcho: isBack && (command == 2 || command == 5), master: Self.master(context))
        mailbox(data, way, &operation, into: &out)
      } else if register == Register.memoryControl {
        if Self.isWrite(command) {
          if (data.byte(1) ?? 0) & 7 == 2 { operation.code |= Self.isMemoryWrite }
        } else if isBack, command == 4, answers == 1 {
          memory(data, of: position, Self.master(context), into: &out)
        }
      }
      out.operation(operation)
      if field & 0x8000 == 0 { return }
    }
  }

  /// What the memory of a device holds, as it is read when a bus starts: status (busy, errors, command all 0), address in
  /// words, octets from there. From word 8 on stand the four numbers that object 0x1018 has, too (ETG.1000.6, section 5.4).
  private mutating func memory(
    _ data: Span<UInt8>, of position: UInt16, _ master: Subject, into out: inout ObservationBuffer
  ) {
    guard data.count >= 10, let status = data.le16(0), status & 0xff00 == 0, let address = data.le32(2) else { return }
    // Some devices give four octets at once, some eight.
    for part in 0..<2 {
      let (word, start) = (address &+ UInt32(part) * 2, 6 + 4 * part)
      guard (8...14).contains(word), word & 1 == 0, start + 4 <= data.count else { return }
      if part == 1, status & 0x40 == 0 { return }
      told(
        0x1018, UInt8(truncatingIfNeeded: (word - 6) / 2), data.extracting(start..<(start + 4)),
        Mailbox.Way(position: position, isFromDevice: true, isEcho: false, master: master), into: &out)
    }
  }

  /// A mailbox that is sent to a master for one of its devices, whose address it has, and the answer.
  private mutating func gateway(
    _ data: Span<UInt8>, _ context: PDUContext, into out: inout ObservationBuffer
  ) {
    var operation = Operation(Self.gatewayCommand, context.senderIsClient ? .request : .response)
    let way = Mailbox.Way(
      position: data.le16(2) ?? 0, isFromDevice: !context.senderIsClient, isEcho: false, master: .sender)
    mailbox(data, way, &operation, into: &out)
    if operation.code & Mailbox.isMailbox != 0 { out.operation(operation) }
  }

  private static let gatewayCommand: UInt64 = 0xff

  /// Who sent a frame that comes back: without the bit that the first device set, where there are no other addresses.
  private static func master(_ context: borrowing PDUContext) -> Subject {
    guard context.sender == .mac(context.senderMAC) else { return .sender }
    return .address(.mac(MACAddress(value: context.senderMAC.value & ~(1 << 41))))
  }

  /// What the numbers of an operation's object are.
  enum ObjectForm {
    static let register: UInt32 = 0
    static let entry: UInt32 = 1
    static let drive: UInt32 = 2
  }

  /// Memory of the device from here on holds mailboxes and process data, registers stand below.
  private static let firstMemory: UInt16 = 0x1000
  private static let isMemoryWrite: UInt64 = 1 << 9

  private enum Register {
    static let control: UInt16 = 0x0120
    /// Command of the memory that keeps a device's identity and settings: in bits 8 to 10 1 reads, 2 writes, 4 reloads.
    static let memoryControl: UInt16 = 0x0502
  }

  /// Whether a datagram carries what a device is told or says: a write by address, or a read that comes back.
  private static func isPhysical(_ command: UInt8, _ isBack: Bool) -> Bool {
    switch command {
    case 2, 5: true
    case 1, 4: isBack
    default: false
    }
  }

  /// Logical and process memory (from 0x1000) is cyclic data and gets no object; the registers below are what a device
  /// is controlled by.
  private static func operation(_ command: UInt8, _ position: UInt16, _ register: UInt16, _ isBack: Bool) -> Operation {
    var operation = Operation(UInt64(command), isBack ? .response : .request)
    operation.isCallback = isBack
    // A device adds one to a position as the frame passes.
    if (4...6).contains(command), register < firstMemory {
      operation.object = .numbers(UInt32(position), UInt32(register), 0, 0)
    }
    if register == Register.control, command != 10, command != 11, command != 12, isWrite(command) {
      operation.code |= 1 << 8
    }
    return operation
  }

  private static func isWrite(_ command: UInt8) -> Bool {
    switch command {
    case 2, 3, 5, 6, 8, 9, 11, 12, 13, 14: true
    default: false
    }
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    let (name, kind): (String, OperationKind) =
      switch code & 0xff {
      case 0: ("no operation", .other)
      case 1: ("auto increment read", .read)
      case 2: ("auto increment write", .write)
      case 3: ("auto increment read write", .write)
      case 4: ("configured address read", .read)
      case 5: ("configured address write", .write)
      case 6: ("configured address read write", .write)
      case 7: ("broadcast read", .read)
      case 8: ("broadcast write", .write)
      case 9: ("broadcast read write", .write)
      case 10: ("logical memory read", .read)
      case 11: ("logical memory write", .write)
      case 12: ("logical memory read write", .write)
      case 13: ("auto increment read, multiple write", .time)
      case 14: ("configured read, multiple write", .time)
      default: ("command \(code & 0xff)", .other)
      }
    let text = hexadecimal(code & 0xff, digits: 2)
    if let (mailbox, kind) = Mailbox.describe(code) {
      if code & 0xff == gatewayCommand { return OperationDescription(code: "mailbox", name: mailbox, kind: kind) }
      return OperationDescription(code: text, name: "\(name): \(mailbox)", kind: kind)
    }
    if code & 1 << 8 != 0 { return OperationDescription(code: text, name: "\(name) of device state", kind: .control) }
    if code & isMemoryWrite != 0 {
      return OperationDescription(code: text, name: "\(name) of device memory", kind: .configure)
    }
    return OperationDescription(code: text, name: name, kind: kind)
  }

  public static func describe(
    object position: UInt32, _ number: UInt32, _ part: UInt32, _ form: UInt32, operation code: UInt64, layer: Int
  ) -> String? {
    switch form {
    case ObjectForm.entry: "device \(position) object \(hexadecimal(number, digits: 4)):\(part)"
    case ObjectForm.drive:
      // Standard or product, parameter set, number: IEC 61800-7-204.
      "device \(position) drive \(part) \(number & 0x8000 == 0 ? "S" : "P")-\(number >> 12 & 7)-\(number & 0xfff)"
    default: "device \(position) register \(hexadecimal(number, digits: 4))"
    }
  }
}
