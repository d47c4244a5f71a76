import OTCore

/// A tag block in front of a sentence: `\s:GP0001,n:12*2b\`, NMEA 0183 version 4.11 section 7.
enum TagBlock {
  /// The parameter `s:`, who sends the sentence.
  @_lifetime(copy line)
  static func source(_ line: Span<UInt8>) -> Span<UInt8>? { parameter(UInt8(ascii: "s"), line) }

  /// The parameter `d:`, for whom it is.
  @_lifetime(copy line)
  static func destination(_ line: Span<UInt8>) -> Span<UInt8>? { parameter(UInt8(ascii: "d"), line) }

  @_lifetime(copy line)
  private static func parameter(_ code: UInt8, _ line: Span<UInt8>) -> Span<UInt8>? {
    guard line.byte(0) == 0x5c, let close = line.first(0x5c, from: 1) else { return nil }
    var start = 1
    while start < close {
      var end = start
      while end < close, line[end] != 0x2c, line[end] != 0x2a { end += 1 }
      if line[start] == code, line.byte(start + 1) == UInt8(ascii: ":"), end > start + 2 {
        return line.extracting((start + 2)..<end)
      }
      guard end < close, line[end] == 0x2c else { return nil }
      start = end + 1
    }
    return nil
  }
}

/// Where the fields of one sentence stand.
struct NMEASentence {
  let code: UInt64
  /// Index behind the first comma.
  private let fields: Int
  private let end: Int

  init(_ line: Span<UInt8>, from start: Int) {
    code = NMEA0183.code(line, from: start)
    end = line.first(0x2a, from: start) ?? line.count
    fields = Swift.min((line.first(0x2c, from: start) ?? end) + 1, end)
  }

  /// The last three letters of the address: the sentence formatter.
  private var formatter: UInt64 { code & 0xff_ffff }
  private var isProprietary: Bool {
    var first = code
    while first > 0xff { first >>= 8 }
    return first == UInt64(UInt8(ascii: "P"))
  }

  static func formatter(_ text: StaticString) -> UInt64 {
    text.withUTF8Buffer { bytes in
      var code: UInt64 = 0
      for index in bytes.indices { code = code << 8 | UInt64(unsafe bytes[index]) }
      return code
    }
  }

  private static let gga = formatter("GGA")
  private static let ver = formatter("VER")
  private static let spw = formatter("SPW")
  private static let vdm = formatter("VDM")
  private static let vdo = formatter("VDO")

  /// Formatters of position, satellites, time, heading, speed, depth, wind, steering and routes, targets and
  /// transponders, which instruments and simulators send most.
  private static let common: [UInt64] = [
    gga, vdm, vdo, formatter("RMC"), formatter("GLL"), formatter("GNS"), formatter("GSA"), formatter("GSV"),
    formatter("GST"), formatter("VTG"), formatter("ZDA"), formatter("DTM"), formatter("HDT"), formatter("HDG"),
    formatter("HDM"), formatter("THS"), formatter("ROT"), formatter("VHW"), formatter("VLW"), formatter("VBW"),
    formatter("DBT"), formatter("DPT"), formatter("MTW"), formatter("MWD"), formatter("MWV"), formatter("RSA"),
    formatter("RPM"), formatter("APB"), formatter("RMB"), formatter("XTE"), formatter("BWC"), formatter("WPL"),
    formatter("RTE"), formatter("TTM"), formatter("TLL"),
  ]

  static func isCommon(formatter: UInt64) -> Bool { common.contains(formatter) }

  /// The field of this number, from 0.
  @_lifetime(copy line)
  func field(_ number: Int, _ line: Span<UInt8>) -> Span<UInt8> {
    var start = fields
    for _ in 0..<number {
      guard start < end, let comma = line.first(0x2c, from: start), comma < end else {
        return line.extracting(0..<0)
      }
      start = comma + 1
    }
    let stop = Swift.min(line.first(0x2c, from: start) ?? end, end)
    return line.clamped(from: start, count: stop - start)
  }

  /// The quality indicator of a fix (section 8.3.36: 0 none, 1 GPS, 2 differential, 4 RTK, 6 dead reckoning) is the
  /// value of a GGA sentence: it falls when a position reference is lost or jammed.
  func operation(_ line: Span<UInt8>, layer: UInt8) -> Operation {
    var operation = Operation(code, .publish, layer: layer)
    if !isProprietary, formatter == Self.gga, let quality = field(5, line).decimal {
      operation.values = Operation.Values(Double(quality))
    }
    return operation
  }

  func readDetails(
    _ line: Span<UInt8>, _ told: inout RecentValues, _ ais: inout AISReader, aisLayer: UInt8,
    into out: inout ObservationBuffer
  ) throws(DecodeError) {
    guard !isProprietary else { return }
    switch formatter {
    case Self.vdm, Self.vdo:
      try ais.read(
        payload: field(4, line), parts: field(0, line).decimal ?? 1, part: field(1, line).decimal ?? 1,
        sequence: field(2, line).decimal ?? 0, isOwn: formatter == Self.vdo, layer: aisLayer, into: &out)
    case Self.ver:
      if told.isNew(line) { readVersion(line, into: &out) }
    case Self.spw:
      // Section 8.3.85: a password that opens the next sentence (a change of a transponder's static data).
      let account = field(0, line)
      let strength = CredentialExposure.Strength(account: account, password: field(3, line))
      out.record(
        .credential(CredentialExposure(.protocolPassword, account: out.text(account), strength: strength)))
    default: break
    }
  }

  /// Section 8.3.102: device type, vendor, unique identifier, serial number, model, software and hardware revision.
  private func readVersion(_ line: Span<UInt8>, into out: inout ObservationBuffer) {
    out.identity(.sender, .deviceType, out.text(field(2, line)))
    out.identity(.sender, .vendorID, out.text(field(3, line)))
    out.identity(.sender, .deviceID, out.text(field(4, line)))
    out.identity(.sender, .serialNumber, out.text(field(5, line)))
    out.identity(.sender, .productName, out.text(field(6, line)))
    out.identity(.sender, .softwareVersion, out.text(field(7, line)))
    out.identity(.sender, .hardwareVersion, out.text(field(8, line)))
  }

  // MARK: names

  static func meaning(_ address: String) -> (String, OperationKind) {
    if address.hasPrefix("P") { return ("proprietary sentence", .report) }
    // Section 7.3.4: `--xxQ` asks the equipment xx for a sentence.
    if address.utf8.count == 5, address.hasSuffix("Q") { return ("query", .read) }
    switch address.suffix(3) {
    case "GGA", "GLL", "GNS", "RMC": return ("position", .report)
    case "GSA", "GSV", "GRS", "GST", "GBS", "GFA": return ("satellites", .report)
    case "VTG", "VHW", "VLW", "VBW": return ("speed and distance", .report)
    case "HDT", "HDM", "HDG", "THS", "ROT": return ("heading", .report)
    case "DBT", "DPT", "DBS": return ("depth", .report)
    case "MWV", "MWD", "MTW", "MDA": return ("wind and water", .report)
    case "VDM": return ("radio message of another station", .report)
    case "VDO": return ("radio message of the own station", .report)
    case "ABM", "BBM", "AGB": return ("radio message to be sent", .write)
    case "AIR": return ("interrogation to be sent", .discover)
    case "SSD", "VSD": return ("static or voyage data of the own station", .configure)
    case "ACA", "ACS", "CBR", "DLM", "AGA", "ASN", "BCG", "FSR", "TRF": return ("transponder management", .configure)
    case "SPW": return ("password", .authenticate)
    case "EPV": return ("equipment property", .configure)
    case "ZDA", "ZDT": return ("time", .report)
    case "HTC", "ROR": return ("steering command", .control)
    case "RSA", "RPM", "APB", "RMB", "HTD", "ETL", "PRC", "TRC": return ("steering and engine", .report)
    case "TTM", "TLL", "TTD", "TLB", "RSD", "OSD": return ("radar", .report)
    case "ACN": return ("alert command", .control)
    case "ACK": return ("alarm acknowledgement", .control)
    case "ALR", "ALF", "ALC", "ARC", "ALA": return ("alert", .report)
    case "FIR": return ("fire detection", .report)
    case "DOR", "WAT", "HMR", "HSS": return ("doors, water and hull", .report)
    case "DSC", "DSE", "DSI", "DSR": return ("digital selective call", .report)
    case "NRX": return ("NAVTEX message", .report)
    case "NRM", "FSI", "SFI", "MSK", "LRI", "TUT": return ("receiver settings", .report)
    case "DTM": return ("datum", .report)
    case "VDR", "CUR": return ("current", .report)
    case "VPW", "VLB": return ("speed and distance", .report)
    case "RTE", "WPL", "WNC", "WCV", "BOD", "BWC", "BWR", "XTE", "XTR", "AAM", "ZTG", "ZFO":
      return ("route and waypoints", .report)
    case "ALM", "MLA": return ("satellites", .report)
    case "LRF", "LR1", "LR2", "LR3": return ("long-range identification", .report)
    case "NAK": return ("refusal", .report)
    case "EVE": return ("event", .report)
    case "VER": return ("equipment and its version", .report)
    case "HBT": return ("heartbeat", .report)
    case "TXT": return ("text", .report)
    default: return ("sentence", .report)
    }
  }
}
