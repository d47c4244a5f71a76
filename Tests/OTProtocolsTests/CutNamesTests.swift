import OTCore
import Testing

@testable import OTProtocols

/// What the snap length left of a data unit: half a name is another name, and is not told.
struct CutNamesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var id: String
    /// A request before it.
    var before = ""
    var bytes: String
    var missing: Int
    /// Names of the identity claims.
    var told: [String]
  }

  static let cases = [
    // IEC 61850-8-1 annex A: 80 control block, 81 time allowed to live, 82 data set of 12 characters, of which 6 are there.
    Case(
      testDescription: "GOOSE: a data set", id: "goose",
      bytes: "0001 0030 00000000 | 61 26 80 03 'GCB' 81 01 0a 82 0c 'OG_TRA'", missing: 26, told: ["GCB"]),
    // ISO 9506-2 section 10.5.2: a request for domains, and two of them, of the second one three of seven characters.
    Case(
      testDescription: "MMS: a list of domains", id: "mms",
      before: "01000100 61 19 3017 020103 a012 a010 020102 a10b a003 800109 a104 8002 'xx'",
      bytes: "01000100 61 27 3025 020103 a020 a11e 020102 a119 a017 1a05 'IEDCT' 1a07 'IED'", missing: 11,
      told: ["IEDCT"]),
    // Omron W342 section 5-3-17: 20 characters.
    Case(
      testDescription: "FINS: a model", id: "fins",
      bytes: "c00002 000200 000100 05 0501 0000 'CP1L-EL20DR-'", missing: 80, told: []),
    // EPSG DS 301 section 7.3.3.2: an answer to the identification with vendor 0x1234 ends within the host name.
    Case(
      testDescription: "POWERLINK: a host name", id: "epl",
      bytes: """
        06 ff 11 01 \(String(repeating: "00", count: 26)) 34120000 \(String(repeating: "00", count: 48)) 'pump'
        """, missing: 28, told: ["17", "0x00001234"]),
  ]

  @Test(arguments: cases)
  func isNotTold(_ item: Case) throws {
    let dissector = try #require(ProtocolRegistry.dissectors.first { $0.protocols.contains { $0.id == item.id } })
    #expect(names(dissector, bytes(item.before), bytes(item.bytes), item.missing) == item.told)
  }

  private func names<D: Dissector>(
    _ type: D.Type, _ before: [UInt8], _ cut: [UInt8], _ missing: Int, senderIsClient: Bool = false
  ) -> [String] {
    var dissector = D()
    var out = ObservationBuffer()
    var context = PDUContext(sender: .ipv4(1), receiver: .ipv4(2), directionIsCertain: true)
    var first = ByteCursor(before.span)
    if !before.isEmpty { try? dissector.dissect(&first, context, into: &out) }
    (context.senderIsClient, context.missingBytes) = (senderIsClient, missing)
    var cursor = ByteCursor(cut.span)
    try? dissector.dissect(&cursor, context, into: &out)
    return out.observations.compactMap {
      if case .identity(let claim) = $0 { out.string(claim.value) } else { nil }
    }
  }

  /// A password of which two characters are left is neither well known nor anything else; one that ends is judged.
  @Test(arguments: [("'mo'", 14, "unknown"), ("'moxa' 00", 11, "well-known default"), ("", 16, nil)])
  func halfASecretIsNotJudged(_ left: String, _ missing: Int, _ strength: String?) {
    var dissector = MoxaConfiguration()
    var out = ObservationBuffer()
    var context = PDUContext(sender: .ipv4(1), receiver: .ipv4(2), missingBytes: missing)
    context.senderIsClient = false
    let zeros = String(repeating: "00", count: 176)
    let answer = bytes("a9 00 00d8 00000000 | 1051 0080 1051 0090e8000001 c0a87ffe | \(zeros) \(left)")
    var cursor = ByteCursor(answer.span)
    try? dissector.dissect(&cursor, context, into: &out)
    let judged = out.observations.compactMap { if case .credential(let told) = $0 { told.strength.name } else { nil } }
    #expect(judged.first == strength)
    #expect(judged.count == (strength == nil ? 0 : 1))
  }

  /// A login of MELSOFT with a name of four characters, of which two are left.
  @Test func halfAUserIsNotTold() {
    let login = bytes(
      """
      57 01 0100 00 111107 0000 ffff030000fe030000 2600 1c0a1614 0000000000000000 0000000000000000 00000000
      0131 0a00 0800 6700 7200 7500 6e00
      """)
    #expect(names(MELSOFTDissector.self, [], login, 0, senderIsClient: true) == ["grun"])
    #expect(names(MELSOFTDissector.self, [], login.dropLast(4), 4, senderIsClient: true) == [])
  }

  /// The trailer of a data unit of S7comm-plus may be among what was cut off: the next one is no continuation.
  @Test func aTrailerThatWasCutOffIsOne() {
    var dissector = S7CommPlusDissector()
    var out = ObservationBuffer()
    let request = bytes("72 02 0016 | 31 0000 054c 0000 0002 00000384 34 00000000 0102 0304 | 72 02 0000")
    for _ in 0..<2 {
      let context = PDUContext(
        sender: .ipv4(1), receiver: .ipv4(2), directionIsCertain: true, missingBytes: 8)
      var cursor = ByteCursor(request.span.extracting(0..<(request.count - 8)))
      try? dissector.dissect(&cursor, context, into: &out)
    }
    let codes = out.observations.compactMap {
      if case .operation(let operation) = $0 {
        S7CommPlusDissector.describe(operation: operation.code, layer: 0).code
      } else {
        nil
      }
    }
    #expect(codes == ["v2.0x054c", "v2.0x054c"])
  }
}
