import OTCore

/// I&M0, with which PROFINET devices and SIMATIC modules tell what they are: vendor, order number, serial number, hardware
/// and firmware version. IEC 61158-6-10 section 5.2.2; Profibus International, Identification and Maintenance Functions
/// 1.2, section 3.3.
enum IdentificationRecord {
  /// Contents of the block, behind its version.
  static let byteCount = 54
  /// Bytes up to the firmware version; what follows counts changes and names profiles.
  private static let toldByteCount = 44

  /// Type, length and version 1.0 of the block.
  static func begins(_ bytes: Span<UInt8>, at index: Int) -> Bool {
    bytes.be32(index) == 0x0020_0038 && bytes.be16(index + 4) == 0x0100
  }

  /// - Parameter block: the contents, behind the version.
  static func tell(_ block: Span<UInt8>, _ subject: Subject, into out: inout ObservationBuffer) {
    guard block.count >= toldByteCount else { return }
    out.identity(subject, .vendorID, out.text(prefixedHex: block.extracting(0..<2)))
    out.identity(subject, .orderNumber, out.text(block.extracting(2..<22).trimmed()))
    out.identity(subject, .serialNumber, out.text(block.extracting(22..<38).trimmed()))
    if let hardware = block.be16(38), hardware != 0 {
      out.identity(subject, .hardwareVersion, out.text(UInt64(hardware)))
    }
    let prefix = out.text(block.extracting(40..<41))
    let numbers = out.text(joined: UInt64(block[41]), UInt64(block[42]), UInt64(block[43]))
    out.identity(subject, .firmwareVersion, prefix.isEmpty ? numbers : prefix.through(numbers))
  }
}
