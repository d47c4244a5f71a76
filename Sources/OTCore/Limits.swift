/// Every bound the program puts on hostile input. A limit that bites is counted under its name and printed.
public struct Limits: Sendable, Equatable {
  /// Longest text kept from the wire, in bytes; the rest is cut and the text marked.
  public static let textBytes = 512
  /// Deepest nesting any dissector follows (BER, CIP routes, DNS pointers, multiple-service packets).
  public static let nesting = 16
  /// Most repeated items a dissector reads from one protocol data unit.
  public static let itemsPerPDU = 512
  /// Longest protocol data unit the engine waits for on a stream, in bytes.
  public static let pduBytes = 1 << 20

  public init() {}
}
