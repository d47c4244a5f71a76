import GRDB
import OTCore

/// A typed row of a table or view; what it is read from stands beside its fields.
///
/// Decoding throws where a file is not what its header says.
public protocol CaseRow: Decodable, Sendable {
  /// SELECT without an order.
  static var source: String { get }
  /// Columns of the ORDER BY, so that the same case is told in the same words.
  static var order: String { get }
}

/// Swift's names of the columns of the schema, made once: a row asks for each of its columns.
let knownFieldNames: [String: String] = {
  let columns = Schema.tables.flatMap { $0.columns.map(\.name) } + Schema.views.flatMap { $0.columns.map(\.name) }
  return Dictionary(columns.map { ($0, fieldName($0)) }, uniquingKeysWith: { first, _ in first })
}()

/// Swift's name of a column: `zone_id` is `zoneID`, `is_ot` is `isOT`.
func fieldName(_ column: String) -> String {
  let parts = column.split(separator: "_")
  return parts.enumerated().reduce(into: "") { name, part in
    let word = String(part.element)
    if part.offset == 0 {
      name += word
    } else if ["id", "ot", "sl", "ns"].contains(word) {
      name += word.uppercased()
    } else {
      name += word.prefix(1).uppercased() + word.dropFirst()
    }
  }
}

extension Timestamp: Decodable, DatabaseValueConvertible {
  public init(from decoder: any Decoder) throws {
    self.init(nanoseconds: try decoder.singleValueContainer().decode(Int64.self))
  }
  public var databaseValue: DatabaseValue { nanoseconds.databaseValue }
  public static func fromDatabaseValue(_ value: DatabaseValue) -> Timestamp? {
    Int64.fromDatabaseValue(value).map { Timestamp(nanoseconds: $0) }
  }
}

// MARK: evidence

public struct EvidenceRow: CaseRow {
  public static let source = "SELECT * FROM evidence"
  public static let order = "id"
  public var id: Int
  public var kind, name, path, sha256, format, compression, status: String
  public var statusReason: String?
  /// Bytes.
  public var size: Int64
  public var frames, cutFrames, outOfOrder: Int64
  public var firstTime, lastTime: Timestamp?
}

public struct EvidenceInterfaceRow: CaseRow {
  public static let source = "SELECT * FROM evidence_interface"
  public static let order = "evidence_id, number"
  public var evidenceID, number, linkType, snapLength: Int
  public var name, description, filter: String?
  /// Packets.
  public var received, dropped: Int64?
}

public struct EvidenceDamageRow: CaseRow {
  public static let source = "SELECT * FROM evidence_damage"
  public static let order = "evidence_id, offset"
  public var evidenceID: Int
  public var offset: Int64
  public var frame: Int64?
  public var reason: String
}

public struct EvidenceCommentRow: CaseRow {
  public static let source = "SELECT * FROM evidence_comment"
  public static let order = "evidence_id, frame, text"
  public var evidenceID: Int
  public var frame: Int64?
  public var text: String
}

/// A row of `undecoded`.
public struct UndecodedRow: CaseRow {
  public static let source = "SELECT * FROM undecoded"
  public static let order = "kind, count DESC, detail"
  public var kind, detail: String
  public var count: Int64
}

/// A row of `limit_reached`.
public struct LimitRow: CaseRow {
  public static let source = "SELECT * FROM limit_reached"
  public static let order = "kind, detail"
  public var kind, detail: String
  public var count: Int64
}

public struct AnomalyRow: CaseRow {
  public static let source = """
    SELECT n.*, h1.address AS client_address, h2.address AS server_address, v.name || ':' || n.frame AS evidence
    FROM anomaly n JOIN conversation c ON c.id = n.conversation_id JOIN host h1 ON h1.id = c.client_id
    JOIN host h2 ON h2.id = c.server_id LEFT JOIN evidence v ON v.id = n.evidence_id
    """
  public static let order = "conversation_id, protocol, field, reason"
  public var conversationID: Int
  public var `protocol`, field, reason, clientAddress, serverAddress: String
  public var count: Int64
  public var evidence: String?
}

public struct ProtocolRow: CaseRow {
  public static let source = """
    SELECT p.*, (SELECT count(DISTINCT q.conversation_id) FROM conversation_protocol q WHERE q.protocol = p.id)
      AS conversations FROM protocol p
    """
  public static let order = "id"
  public var id, name, specification, displayFilter: String
  public var isIndustrial, readsIdentity, readsOperations: Bool
  /// How many conversations of the case speak it.
  public var conversations: Int
}
