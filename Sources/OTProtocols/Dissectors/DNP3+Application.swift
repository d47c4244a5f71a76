import OTCore

extension DNP3Dissector {
  /// Function codes that are read closer. IEEE 1815-2012 clause 4.4.
  enum Function {
    static let confirm: UInt8 = 0
    static let write: UInt8 = 2
    static let select: UInt8 = 3
    static let directOperateWithoutAcknowledgement: UInt8 = 6
    static let response: UInt8 = 129
    static let unsolicitedResponse: UInt8 = 130
  }

  /// Clause 4.2.2: control, function, internal indications of a response, then objects.
  static func application(
    _ fragment: inout ByteCursor, fromMaster: Bool, station: UInt16, into out: inout ObservationBuffer
  ) throws(DecodeError) {
    try fragment.skip(1, "application control")
    let function = try fragment.u8("function code")
    let isResponse = function >= Function.response
    // Only a confirmation may come from either side; all other functions are a master's or an outstation's.
    let isAnswer = isResponse || (function == Function.confirm && !fromMaster)
    var operation = Operation(UInt64(function), isAnswer ? .response : .request)
    if isResponse {
      guard let indications = fragment.bytes.be16(fragment.offset) else {
        operation.object = Objects(station: station).object
        out.operation(operation)
        throw DecodeError("internal indications", at: fragment.offset, .truncated)
      }
      try fragment.skip(2, "internal indications")
      // IIN2.0 to IIN2.2: function not supported, object unknown, parameter error.
      let refused = indications & 0x07
      operation.outcome = refused == 0 ? .success : .failure(UInt32(refused))
    }
    var objects = Objects(station: station)
    do throws(DecodeError) {
      try objects.read(&fragment, function, into: &operation, &out)
    } catch {
      operation.object = objects.object
      operation.code |= objects.code
      out.operation(operation)
      throw error
    }
    operation.object = objects.object
    operation.code |= objects.code
    out.operation(operation)
  }

  /// What a fragment speaks of: the first object with its range, and up to two further ones.
  struct Objects {
    var station: UInt16
    var count = 0
    var first: UInt16 = 0
    private var second: UInt16 = 0
    private var third: UInt16 = 0
    private var start: UInt32 = 0
    private var stop: UInt32 = 0
    /// Of the last control relay output block of a request: clause 4.4.3, what the relay is to do.
    private var controlCode: UInt8 = 0

    init(station: UInt16) { self.station = station }

    var object: Operation.Object {
      .numbers(UInt32(station) | UInt32(first) << 16, start, stop, UInt32(second) << 16 | UInt32(third))
    }

    /// What an operation code holds above the function.
    var code: UInt64 { UInt64(first) << 8 | UInt64(controlCode) << 24 }

    /// Clause 4.2.2.7: object headers of group, variation, qualifier and range, each followed by its objects.
    mutating func read(
      _ fragment: inout ByteCursor, _ function: UInt8, into operation: inout Operation, _ out: inout ObservationBuffer
    ) throws(DecodeError) {
      while fragment.remaining >= 3, count < Limits.itemsPerPDU {
        let kind = try fragment.u16("group and variation")
        let qualifier = try fragment.u8("qualifier")
        let range = try Range(&fragment, qualifier)
        note(kind, range)
        let hasData = function >= Function.response || (2...6).contains(function) || function >= 25
        let prefix = qualifier >> 4 & 7
        if prefix >= 4 {
          try freeFormat(kind, prefix, range.count, &fragment, function, &out)
        } else if hasData || prefix > 0 {
          guard try data(kind, range, prefix, hasData, &fragment, into: &operation, &out) else { return }
        }
      }
    }

    private mutating func note(_ kind: UInt16, _ range: Range) {
      switch count {
      case 0:
        first = kind
        start = range.start
        stop = range.stop
      case 1: second = kind
      case 2: third = kind
      default: third = 0xffff
      }
      count += 1
    }

    /// Objects of a known size; false when the rest cannot be told apart.
    private mutating func data(
      _ kind: UInt16, _ range: Range, _ prefix: UInt8, _ hasData: Bool, _ fragment: inout ByteCursor,
      into operation: inout Operation, _ out: inout ObservationBuffer
    ) throws(DecodeError) -> Bool {
      if kind >> 8 == 0 {
        for _ in 0..<min(range.count, Limits.itemsPerPDU) {
          if prefix > 0 { try fragment.skip(1 << (Int(prefix) - 1), "index prefix") }
          if hasData { try attribute(kind, &fragment, &out) }
        }
        return true
      }
      if let bits = ObjectSize.packedBits(kind), prefix == 0 {
        if hasData { try fragment.skip((range.count * bits + 7) / 8, "packed objects") }
        return true
      }
      guard let size = hasData ? ObjectSize.octets(kind) : 0 else { return false }
      let width = prefix == 0 ? 0 : 1 << (Int(prefix) - 1)
      let count = min(range.count, Limits.pduBytes)
      var index = 0
      if width == 0, size > 0, !Self.commands(kind) {
        // Values alone: nothing of them is read.
        index = min(count, fragment.remaining / size)
        try fragment.skip(index * size, "objects")
      }
      let isCommand = Self.commands(kind)
      for index in index..<count {
        guard fragment.remaining > 0 || (size == 0 && width == 0) else { break }
        if size == 0, width == 0 { break }
        let point = width == 0 ? nil : try Self.number(&fragment, width, "index prefix")
        if self.count == 1, index == 0, let point { (start, stop) = (point, point) }
        if self.count == 1, let point { stop = max(stop, point) }
        let value = try fragment.take(size, "object")
        if isCommand { control(kind, value, &operation) }
      }
      return true
    }

    /// Control relay output blocks with their patterns, and analogue outputs.
    private static func commands(_ kind: UInt16) -> Bool { kind == 0x0c01 || kind == 0x0c02 || kind >> 8 == 41 }

    /// Group 12 and 41: what is commanded, and the status that an answer adds.
    private mutating func control(_ kind: UInt16, _ value: Span<UInt8>, _ operation: inout Operation) {
      if kind == 0x0c01, case .none = operation.outcome, let code = value.byte(0) { controlCode = code }
      if operation.values == nil {
        switch kind {
        case 0x0c01, 0x0c02: operation.values = value.byte(0).map { .init(Double($0)) }
        case 0x2901: operation.values = value.le32(0).map { .init(Double(Int32(bitPattern: $0))) }
        case 0x2902: operation.values = value.le16(0).map { .init(Double(Int16(bitPattern: $0))) }
        case 0x2903:
          let real = value.le32(0).map { Double(Float(bitPattern: $0)) }
          if let real, real.isFinite { operation.values = .init(real) }
        default: break
        }
      }
      if case .success = operation.outcome, let status = value.byte(value.count - 1), status & 0x7f != 0 {
        operation.outcome = .failure(UInt32(status & 0x7f) << 8)
      }
    }

    @inline(__always)
    static func number(_ cursor: inout ByteCursor, _ width: Int, _ field: StaticString) throws(DecodeError) -> UInt32 {
      switch width {
      case 1: UInt32(try cursor.u8(field))
      case 2: UInt32(try cursor.u16le(field))
      default: try cursor.u32le(field)
      }
    }
  }

  /// Range of an object header, clause 4.2.2.7.3.3.
  struct Range {
    var start: UInt32 = 0
    var stop: UInt32 = 0
    var count = 0

    init(_ fragment: inout ByteCursor, _ qualifier: UInt8) throws(DecodeError) {
      let code = qualifier & 0x0f
      switch code {
      case 0...5:
        let width = 1 << Int(code % 3)
        start = try Objects.number(&fragment, width, "range start")
        stop = try Objects.number(&fragment, width, "range stop")
        count = stop >= start ? Int(stop - start) + 1 : 0
      case 7...9:
        count = Int(try Objects.number(&fragment, 1 << Int(code - 7), "range count"))
      case 11: count = Int(try fragment.u8("range count"))
      default: break
      }
    }
  }
}
