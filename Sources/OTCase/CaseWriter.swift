import Foundation
import GRDB
import OTCore
import OTFacts

/// What a case is made of.
public struct CaseContents: Sendable {
  public var facts: Facts
  /// The manifest; `Sighting.file` and `DeviceFact.file` are positions in it.
  public var evidence: [EvidenceFile]
  /// Every protocol the program knows, seen or not.
  public var protocols: [ProtocolFact]
  /// Devices read from configuration files.
  public var devices: [DeviceFact]
  /// Version of the program, for `meta`.
  public var program: String
  public init(
    facts: Facts = Facts(), evidence: [EvidenceFile] = [], protocols: [ProtocolFact] = [], devices: [DeviceFact] = [],
    program: String = ""
  ) {
    self.facts = facts
    self.evidence = evidence
    self.protocols = protocols
    self.devices = devices
    self.program = program
  }
}

/// Writes facts as rows of a new case; the same facts give the same bytes.
public enum CaseWriter {
  /// Makes the case at `path`. It appears there whole or not at all.
  public static func write(_ contents: CaseContents, to path: String, replacing: Bool = false) throws {
    let files = FileManager.default
    guard replacing || !files.fileExists(atPath: path) else { throw CaseError.exists(path: path) }
    let partial = path + ".partial"
    do {
      try begin(contents, at: partial).finish()
    } catch {
      try? files.removeItem(atPath: partial)
      throw error
    }
    if files.fileExists(atPath: path) { try files.removeItem(atPath: path) }
    try files.moveItem(atPath: partial, toPath: path)
  }

  /// Makes the case in a file of its own, to be judged, finished, and only then given its name: until then a power cut
  /// may leave anything there. What was there is replaced.
  public static func begin(_ contents: CaseContents, at path: String) throws -> CaseDraft {
    let queue = try queue(at: path)
    let order = try FactOrder(contents)
    let roots = try writeShortTables(contents, order, to: queue)
    // Nobody asks the case until its long tables stand in it.
    try LongTable.write(longTables(of: order.facts), roots, to: path)
    return try draft(queue, at: path, order.facts)
  }

  /// The same by `workers` at a time: what SQLite writes beside the long tables.
  public static func begin(_ contents: CaseContents, at path: String, workers: Int) async throws -> CaseDraft {
    guard workers > 1 else { return try begin(contents, at: path) }
    let queue = try queue(at: path)
    let order = try FactOrder(contents)
    try await LongTable.write(longTables(of: order.facts), to: path, workers: workers) {
      try writeShortTables(contents, order, to: queue)
    }
    return try draft(queue, at: path, order.facts)
  }

  private static func draft(_ queue: DatabaseQueue, at path: String, _ facts: Facts) throws -> CaseDraft {
    try queue.inDatabase(CaseStore.map)
    return CaseDraft(CaseStore(queue, at: path), facts)
  }

  private static func queue(at path: String) throws -> DatabaseQueue {
    CaseStore.settle
    let files = FileManager.default
    if files.fileExists(atPath: path) { try files.removeItem(atPath: path) }
    return try DatabaseQueue(path: path, configuration: building)
  }

  /// Writes the short tables and gives the pages that all trees begin at.
  private static func writeShortTables(
    _ contents: CaseContents, _ order: FactOrder, to queue: DatabaseQueue
  ) throws -> [String: Int] {
    try queue.writeWithoutTransaction { database in
      try writeShortTables(contents, order, in: database)
      return try LongTable.roots(database)
    }
  }

  /// All tables, indices and views, and the rows of the tables that have few, inserted by SQLite.
  private static func writeShortTables(_ contents: CaseContents, _ order: FactOrder, in database: Database) throws {
    let assets = AssetResolver.resolve(order.facts, devices: order.devices)
    try database.execute(
      sql: """
        PRAGMA page_size = \(PageFile.pageSize); PRAGMA auto_vacuum = NONE;
        PRAGMA application_id = \(CaseStore.applicationID); PRAGMA user_version = \(Schema.version)
        """)
    try database.inTransaction {
      for statement in Schema.tableStatements { try database.execute(sql: statement) }
      try writeMeta(contents, order.facts, in: database)
      try writeEvidence(order.evidence, in: database)
      try writeHosts(order.facts, assets, in: database)
      try writeTraffic(order.facts, in: database)
      try writeServiceUses(order.facts, in: database)
      try writeAssets(assets, in: database)
      try writeDevices(order.devices, assets, in: database)
      for statement in Schema.indexStatements + Schema.viewStatements { try database.execute(sql: statement) }
      return .commit
    }
  }

  /// The tables that grow with the traffic, the longest first.
  private static func longTables(of facts: Facts) -> [LongTable] {
    [
      LongTable("event") { try writeEvents(facts, &$0) },
      LongTable("operation") { try writeOperations(facts, &$0) },
      LongTable("property") { try writeProperties(facts, &$0) },
      LongTable("identity") { try writeIdentities(facts, &$0) },
      LongTable("conversation") { try writeConversations(facts, &$0) },
    ]
  }

  /// Kibibytes kept of the case while it is made: indices and rules come back to rows that were just written, all over
  /// the file. Reading the packets needed more, and has let go of it.
  private static let cache = 65_536

  /// Puts the digests of evidence files in place of others as long.
  public static func replaceDigests(_ digests: [(name: String, sha256: String)], in database: Database) throws {
    var row = try RowWriter(
      "UPDATE evidence SET sha256 = ? WHERE name = ?", parameters: 2, of: "evidence", in: database)
    for digest in digests {
      row.add(digest.sha256)
      row.add(digest.name)
      try row.insert()
    }
  }

  /// A file that is thrown away when it is not finished needs no journal on disk.
  private static var building: Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    configuration.prepareDatabase { database in
      CaseStore.prepareForUse(database)
      try database.execute(
        sql: """
          PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;
          PRAGMA cache_size = -\(cache)
          """)
    }
    return configuration
  }

  private static func writeMeta(_ contents: CaseContents, _ facts: Facts, in database: Database) throws {
    var values = [
      ("bytes", String(facts.bytes)), ("packets", String(facts.packets)), ("program_version", contents.program),
      ("schema_version", String(Schema.version)),
    ]
    if let time = facts.firstTime { values.append(("first_time", String(time.nanoseconds))) }
    if let time = facts.lastTime { values.append(("last_time", String(time.nanoseconds))) }
    var row = try RowWriter("meta", in: database)
    for (key, value) in values.sorted(by: { $0.0 < $1.0 }) {
      row.add(key)
      row.add(value)
      try row.insert()
    }
    var known = try RowWriter("protocol", in: database)
    for info in contents.protocols.sorted(by: { $0.id.precedes($1.id) }) {
      known.add(info.id)
      known.add(info.name)
      known.add(info.specification)
      known.add(info.isIndustrial)
      known.add(info.readsIdentity)
      known.add(info.readsOperations)
      known.add(info.displayFilter)
      try known.insert()
    }
  }

  private static func writeEvidence(_ evidence: [EvidenceFile], in database: Database) throws {
    var row = try RowWriter("evidence", in: database)
    for (index, file) in evidence.enumerated() {
      row.add(index + 1)
      row.add(file.kind.rawValue)
      row.add(file.name)
      row.add(file.path)
      row.add(file.sha256)
      row.add(file.size)
      row.add(file.format)
      row.add(file.compression)
      switch file.status {
      case .read:
        row.add("read")
        row.addNull()
      case .partlyRead(let reason):
        row.add("partly read")
        row.add(reason)
      case .notRead(let reason):
        row.add("not read")
        row.add(reason)
      }
      row.add(file.frames)
      row.add(file.cutFrames)
      row.add(file.outOfOrder)
      row.add(file.firstTime)
      row.add(file.lastTime)
      try row.insert()
    }
    try writeInterfaces(evidence, in: database)
    var damage = try RowWriter("evidence_damage", in: database)
    var comment = try RowWriter("evidence_comment", in: database)
    for (index, file) in evidence.enumerated() {
      for item in file.damages {
        damage.add(index + 1)
        damage.add(item.offset)
        damage.add(item.frame)
        damage.add(item.reason)
        try damage.insert()
      }
      for item in file.comments {
        comment.add(index + 1)
        comment.add(item.frame)
        comment.add(item.text)
        try comment.insert()
      }
    }
  }

  private static func writeInterfaces(_ evidence: [EvidenceFile], in database: Database) throws {
    var row = try RowWriter("evidence_interface", in: database)
    for (index, file) in evidence.enumerated() {
      // Numbered anew: each section of a pcapng counts from 0 again.
      for (number, interface) in file.interfaces.enumerated() {
        row.add(index + 1)
        row.add(number)
        row.add(interface.name)
        row.add(interface.description)
        row.add(interface.filter)
        row.add(Int(interface.linkType))
        row.add(Int(interface.snapLength))
        row.add(interface.received)
        row.add(interface.dropped)
        try row.insert()
      }
    }
  }
}
