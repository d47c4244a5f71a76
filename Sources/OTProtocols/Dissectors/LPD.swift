import OTCore

/// Line Printer Daemon protocol, RFC 1179: print jobs of Unix hosts, terminal systems and label printers.
public struct LPD: Dissector {
  public static let protocols = [
    ProtocolInfo(
      id: "lpd", name: "Line Printer Daemon", specification: "RFC 1179", isIndustrial: false, depth: .operations,
      reads: "commands and the queue they are for, names and sizes of files; nothing of what is printed",
      displayFilter: "lpd")
  ]
  public static let claims: [Claim] = [.tcp(515)]

  public init() {}

  /// Whether a job is being received: lines are then subcommands (section 6).
  private var isReceiving = false

  private static let lineBytes = 512
  private static let receive: UInt8 = 2
  private static let subcommand: UInt64 = 0x10

  /// A command's octet (sections 5 and 6), printable operands, a line feed; or the octet that acknowledges.
  public static func frame(_ bytes: Span<UInt8>, _ hint: FramingHint) -> Framing {
    guard hint.isStream, hint.isClaimed, let first = bytes.byte(0) else { return .notThisProtocol }
    if hint.isEstablished, first == 0 || !hint.senderIsClient { return .pdu(byteCount: 1) }
    guard first >= 1, first <= 5 else { return .notThisProtocol }
    guard let end = bytes.lineEnd(limit: lineBytes) else {
      return bytes.count < lineBytes && bytes.extracting(1..<bytes.count).isPrintable ? .needMore : .notThisProtocol
    }
    return bytes.extracting(1..<(end - 1)).isPrintable ? .pdu(byteCount: end) : .notThisProtocol
  }

  public mutating func dissect(
    _ pdu: inout ByteCursor, _ context: PDUContext, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    let first = try pdu.u8("command")
    guard first > 0, context.senderIsClient else { return }
    let operands = pdu.rest().trimmed()
    if isReceiving, first == 2 || first == 3 {
      // Size, blank, name; then that many octets and one that ends them. Size 0 of a data file: up to the end.
      let blank = operands.first(32) ?? operands.count
      let size = operands.decimal ?? 0
      let name = out.text(operands.rest(from: blank + 1))
      out.operation(Operation(Self.subcommand | UInt64(first), .request, object: .text(name)))
      if first == 3 { out.record(.file(FileSeen(name, .toServer, size: size > 0 ? UInt64(size) : nil))) }
      out.skip(size == 0 ? Int.max : size)
      return
    }
    isReceiving = first == Self.receive
    let queue = out.text(operands.extracting(0..<(operands.first(32) ?? operands.count)))
    out.operation(Operation(UInt64(first), .request, object: queue.isEmpty ? .none : .text(queue)))
  }

  public static func describe(operation code: UInt64, layer: Int) -> OperationDescription {
    switch code {
    case 1: OperationDescription(code: "1", name: "print any waiting jobs", kind: .control)
    case 2: OperationDescription(code: "2", name: "receive a printer job", kind: .write)
    case 3, 4: OperationDescription(code: "\(code)", name: "send queue state", kind: .read)
    case 5: OperationDescription(code: "5", name: "remove jobs", kind: .control)
    case 0x12: OperationDescription(code: "2.2", name: "receive control file", kind: .write)
    default: OperationDescription(code: "2.3", name: "receive data file", kind: .write)
    }
  }
}
