import OTCore

/// A row of `v_conversation`.
public struct ConversationRow: CaseRow {
  public static let source = "SELECT * FROM v_conversation"
  public static let order = "id"
  public var id: Int
  public var transport, `protocol`, service, clientEvidence: String
  public var isIndustrial, isCyclic, isAnswered: Bool
  public var clientAddress, clientScope, serverAddress, serverScope: String
  public var clientAsset, clientName, clientRole, clientZone: String?
  public var serverAsset, serverName, serverRole, serverZone: String?
  public var clientLevel, serverLevel: Double?
  public var serverPort: Int?
  public var packetsToServer, bytesToServer, packetsToClient, bytesToClient: Int64
  public var connections, handshakes, resets, refused, retransmissions, gapBytes, intervals: Int64
  /// Seconds.
  public var intervalMean, intervalMedian, regularity: Double
  public var unknownShape, evidence: String?
  public var firstSeen, lastSeen: String
}

/// A row of `unknown_shape`.
public struct UnknownShapeRow: CaseRow {
  public static let source = """
    SELECT u.*, v.name || ':' || u.frame AS evidence FROM unknown_shape u LEFT JOIN evidence v ON v.id = u.evidence_id
    """
  public static let order = "bytes_to_server + bytes_to_client DESC, name"
  public var name, transport, ports, looksLike, pattern, fields, draft: String
  public var beginsToServer, beginsToClient, sizesToServer, sizesToClient: String
  public var networkProtocol, conversations, clients, servers: Int
  public var unitsToServer, bytesToServer, unitsToClient, bytesToClient: Int64
  /// Bits a byte.
  public var entropyToServer, entropyToClient: Double?
  /// Seconds.
  public var period: Double?
  public var isComparable: Bool
  public var evidence: String?
}

/// A row of `v_operation`.
public struct OperationRow: CaseRow {
  public static let source = "SELECT * FROM v_operation"
  public static let order = "id"
  public var id, conversationID: Int
  public var kind, `protocol`, code, name, object, outcome, service: String
  public var isPublished: Bool
  public var requests, responses, failures, count: Int64
  public var failureCode: Int64?
  public var valueLow, valueHigh: Double?
  public var clientAddress, serverAddress: String
  public var clientAsset, clientName, serverAsset, serverName, evidence: String?
  public var firstSeen, lastSeen: String
}

/// A row of `v_event`.
public struct EventRow: CaseRow {
  public static let source = "SELECT * FROM v_event"
  public static let order = "id"
  public var id, operationID: Int
  public var kind, `protocol`, code, name, object, role, outcome, service, time: String
  public var statusCode: Int64?
  public var valueLow, valueHigh: Double?
  public var clientAddress, serverAddress: String
  public var clientAsset, clientName, serverAsset, serverName, evidence: String?
}

/// A row of `v_property`.
public struct PropertyRow: CaseRow {
  public static let source = "SELECT * FROM v_property"
  public static let order = "conversation_id, side, protocol, attribute, value"
  public var conversationID: Int
  public var `protocol`, attribute, value, side, service, clientAddress, serverAddress: String
  public var clientAsset, serverAsset, evidence: String?
  public var count: Int64
  public var firstSeen, lastSeen: String
}

/// A row of `v_credential`.
public struct CredentialRow: CaseRow {
  public static let source = "SELECT * FROM v_credential"
  public static let order = "conversation_id, protocol, scheme, account, strength"
  public var conversationID: Int
  public var `protocol`, scheme, account, strength, service, clientAddress, serverAddress: String
  public var accepted: Bool?
  public var clientAsset, serverAsset, evidence: String?
  public var count: Int64
  public var firstSeen, lastSeen: String
}

/// A row of `v_service_use`.
public struct ServiceUseRow: CaseRow {
  public static let source = "SELECT * FROM v_service_use"
  public static let order = "address, service_name, via, conversation_id"
  public var serviceName, category, via, value, address: String
  public var asset, name, zone, peerAddress, evidence: String?
  public var isOT: Bool?
  public var conversationID: Int?
  public var count: Int64
  public var firstSeen, lastSeen: String
}
