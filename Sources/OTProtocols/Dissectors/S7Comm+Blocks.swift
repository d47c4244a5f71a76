import OTCore

extension S7CommDissector {
  /// Function codes of jobs.
  enum Function {
    static let readVariable: UInt8 = 0x04
    static let writeVariable: UInt8 = 0x05
    static let requestDownload: UInt8 = 0x1a
    static let startUpload: UInt8 = 0x1d
    static let upload: UInt8 = 0x1e
    static let endUpload: UInt8 = 0x1f
    static let programInvocation: UInt8 = 0x28
    static let stop: UInt8 = 0x29
  }

  /// Download and upload of blocks: the first jobs name the block, further ones of an upload carry its number only.
  mutating func blockJob(
    _ function: UInt8, _ parameters: inout ByteCursor, of job: inout Job, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard function != Function.upload, function != Function.endUpload else {
      if !uploading.isEmpty { job.object = .text(Self.blockName(uploading.span, into: &out)) }
      return
    }
    try parameters.skip(7, "status and identification")
    let length = Int(try parameters.u8("length of file name"))
    let file = try parameters.take(length, "file name")
    let name = Self.blockName(file, into: &out)
    job.object = .text(name)
    switch function {
    case Function.startUpload:
      uploading.removeAll(keepingCapacity: true)
      for index in 0..<min(file.count, 16) { uploading.append(file[index]) }
      out.record(.file(FileSeen(name, .toClient)))
    case Function.requestDownload:
      // A second text follows: "1", six digits of load memory, six digits of machine code.
      let size =
        parameters.remaining >= 14 ? Self.decimal(parameters.bytes.clamped(from: parameters.offset + 2, count: 6)) : nil
      out.record(.file(FileSeen(name, .toServer, size: size)))
    default: break
    }
  }

  /// Program invocation services: start, activate and delete blocks, compress, copy to load memory.
  mutating func programInvocation(
    _ parameters: inout ByteCursor, of job: inout Job, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try parameters.skip(7, "reserved")
    let argumentLength = Int(try parameters.u16("length of arguments"))
    let arguments = try parameters.take(argumentLength, "arguments")
    let nameLength = Int(try parameters.u8("length of service name"))
    let name = try parameters.take(nameLength, "service name")
    var service = Service(name)
    // "C " asks for a cold restart, a blank or nothing for a warm one.
    if service == .start, arguments.byte(0) == UInt8(ascii: "C") { service = .coldStart }
    job.code |= UInt64(service.rawValue) << 8
    let start = out.textBytes.count
    _ = out.text(name)
    guard service == .insertBlocks || service == .deleteBlocks, let count = arguments.byte(0).map(Int.init) else {
      job.object = .text(out.text(since: start))
      return
    }
    // Count, a zero, then eight characters a block.
    for index in 0..<min(count, Limits.nesting) {
      let block = arguments.clamped(from: 2 + index * 8, count: 8)
      guard block.count == 8 else { break }
      _ = out.text(" ")
      _ = Self.blockName(block, into: &out)
    }
    job.object = .text(out.text(since: start))
  }

  /// What a program invocation does, kept in the second octet of the operation's code.
  enum Service: UInt8 {
    case other = 1
    case start, insertBlocks, deleteBlocks, copyToLoadMemory, compress, coldStart
    /// Services of SINUMERIK, whose names begin with `_N_`.
    case session, file

    init(_ name: Span<UInt8>) {
      if name.hasASCII("P_PROGRAM") {
        self = .start
      } else if name.hasASCII("_INSE") {
        self = .insertBlocks
      } else if name.hasASCII("_DELE") {
        self = .deleteBlocks
      } else if name.hasASCII("_MODU") {
        self = .copyToLoadMemory
      } else if name.hasASCII("_GARB") {
        self = .compress
      } else if name.hasASCII("_N_LOGIN") || name.hasASCII("_N_LOGOUT") {
        self = .session
      } else if name.hasASCII("_N_F_") {
        self = .file
      } else {
        self = .other
      }
    }
  }

  /// `_0800001P` is OB1: an optional underscore, two digits of the block's type, five of its number, its place.
  static func blockName(_ file: Span<UInt8>, into out: inout ObservationBuffer) -> TextRef {
    let start = out.textBytes.count
    let skip = file.byte(0) == UInt8(ascii: "_") || file.byte(0) == UInt8(ascii: "$") ? 1 : 0
    guard file.count >= skip + 7, file.byte(skip) == UInt8(ascii: "0"), let type = file.byte(skip + 1),
      let number = decimal(file.clamped(from: skip + 2, count: 5))
    else {
      return out.text(file)
    }
    switch type {
    case UInt8(ascii: "8"): _ = out.text("OB")
    case UInt8(ascii: "A"): _ = out.text("DB")
    case UInt8(ascii: "B"): _ = out.text("SDB")
    case UInt8(ascii: "C"): _ = out.text("FC")
    case UInt8(ascii: "D"): _ = out.text("SFC")
    case UInt8(ascii: "E"): _ = out.text("FB")
    case UInt8(ascii: "F"): _ = out.text("SFB")
    default: return out.text(file)
    }
    _ = out.text(number)
    return out.text(since: start)
  }

  static func decimal(_ digits: Span<UInt8>) -> UInt64? {
    guard !digits.isEmpty, digits.count <= 10 else { return nil }
    var number: UInt64 = 0
    for index in digits.indices {
      guard digits[index] >= 48, digits[index] <= 57 else { return nil }
      number = number * 10 + UInt64(digits[index] - 48)
    }
    return number
  }
}
