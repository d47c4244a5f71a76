/// Why a value could not be read from the wire: which field, where, and what was wrong.
///
/// Thrown by every read of ``ByteCursor``. It is data, not failure: the engine records it as an ``Anomaly`` with the
/// frame it was met in and keeps what was read before it.
public struct DecodeError: Error, Sendable {
  public enum Reason: UInt8, Sendable, CaseIterable {
    /// The field ends behind the bytes that were captured or announced.
    case truncated
    /// The field's value is outside what its specification permits.
    case invalid
    /// A length or count contradicts another one.
    case inconsistent
    /// Nesting or repetition beyond ``Limits``.
    case tooDeep
    /// A well-formed value that this dissector does not decode.
    case unsupported

    public var name: StaticString {
      switch self {
      case .truncated: "truncated"
      case .invalid: "invalid"
      case .inconsistent: "inconsistent"
      case .tooDeep: "too deep"
      case .unsupported: "unsupported"
      }
    }
  }

  /// The specification's name of the field.
  public let field: StaticString
  /// Bytes from the start of the protocol data unit.
  public let offset: Int
  public let reason: Reason

  @inlinable
  public init(_ field: StaticString, at offset: Int, _ reason: Reason) {
    self.field = field
    self.offset = offset
    self.reason = reason
  }

  /// Out of the way of the reads that succeed.
  @inline(never)
  public static func truncated(_ field: StaticString, _ offset: Int) -> DecodeError {
    DecodeError(field, at: offset, .truncated)
  }
}
