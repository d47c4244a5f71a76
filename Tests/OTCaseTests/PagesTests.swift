import Foundation
import GRDB
import OTCore
import Testing

@testable import OTCase

/// Pages this program writes are read by SQLite, which is asked whether they are whole.
@Suite struct PagesTests {
  /// Makes a table with an index, has `fill` write their trees, and asks SQLite.
  private func database(
    _ columns: String, index: String, fill: (inout TreePages, inout TreePages, inout PageRun) throws -> Void,
    check: (Database) throws -> Void
  ) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "pages-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let queue = try DatabaseQueue(path: path)
    let roots = try queue.write { database -> [String: Int] in
      try database.execute(sql: "CREATE TABLE t (\(columns)) STRICT; CREATE INDEX i ON t(\(index))")
      return try Row.fetchAll(database, sql: "SELECT name, rootpage FROM sqlite_schema").reduce(into: [:]) {
        $0[$1[0]] = $1[1]
      }
    }
    var (table, index, run) = (TreePages(.table, root: "t"), TreePages(.index, root: "i"), PageRun())
    try fill(&table, &index, &run)
    table.finish(in: &run)
    index.finish(in: &run)
    var file = try PageFile(appendingTo: path, roots: roots)
    try file.append(run)
    try file.close()
    // The same connection: it must notice that the file was changed.
    try queue.write { database in
      #expect(try String.fetchAll(database, sql: "PRAGMA integrity_check") == ["ok"])
      try check(database)
    }
  }

  private static let numbers: [Int64] = [
    0, 1, -1, 2, 127, 128, -128, -129, 32_767, 32_768, -32_768, -32_769, 8_388_607, 8_388_608, -8_388_608, -8_388_609,
    2_147_483_647, 2_147_483_648, -2_147_483_648, -2_147_483_649, 140_737_488_355_327, 140_737_488_355_328,
    -140_737_488_355_328, -140_737_488_355_329, .max, .min,
  ]

  @Test func everyNumberIsReadBack() throws {
    let sorted = Self.numbers.indices.sorted { Self.numbers[$0] < Self.numbers[$1] }
    try database("id INTEGER PRIMARY KEY, n INTEGER, r REAL", index: "n") { table, index, run in
      for (row, number) in Self.numbers.enumerated() {
        var record = RecordBytes()
        record.addNull()
        record.add(number)
        if row % 2 == 0 { record.add(Double(number) / 3) } else { record.addNull() }
        table.add(record, row: Int64(row + 1), to: &run)
      }
      for row in sorted {
        var record = RecordBytes()
        record.add(Self.numbers[row])
        record.add(Int64(row + 1))
        index.add(record, to: &run)
      }
    } check: { database in
      let rows = try Row.fetchAll(database, sql: "SELECT id, n, r FROM t ORDER BY id")
      #expect(rows.map { $0[0] as Int } == Array(1...Self.numbers.count))
      #expect(rows.map { $0[1] as Int64 } == Self.numbers)
      #expect(
        rows.map { $0[2] as Double? }
          == Self.numbers.enumerated().map { $0.offset % 2 == 0 ? Double($0.element) / 3 : nil })
      #expect(try Int64.fetchAll(database, sql: "SELECT n FROM t INDEXED BY i ORDER BY n") == Self.numbers.sorted())
    }
  }

  /// 4,061 bytes of a record stand on a table's page and 1,002 on an index's; what is longer spills over.
  @Test func longTextsSpillOver() throws {
    let sizes = [0, 1, 900, 996, 997, 998, 1_000, 4_050, 4_054, 4_055, 4_056, 4_060, 8_000, 8_150, 100_000]
    let texts: [String] = sizes.enumerated().map { place, size in
      String(UnicodeScalar(UInt8(97 + place))) + String(repeating: "x", count: size)
    }
    try database("text TEXT", index: "text") { table, index, run in
      for (row, text) in texts.enumerated() {
        var record = RecordBytes()
        record.add(text: text.utf8Span.span)
        table.add(record, row: Int64(row + 1), to: &run)
        record.add(Int64(row + 1))
        index.add(record, to: &run)
      }
    } check: { database in
      let rows = try String.fetchAll(database, sql: "SELECT text FROM t ORDER BY rowid")
      #expect(rows == texts)
      let found = try String.fetchAll(database, sql: "SELECT text FROM t INDEXED BY i WHERE text > 'b' ORDER BY text")
      #expect(found == Array(texts.dropFirst()))
    }
  }

  @Test(arguments: [0, 1, 2, 400, 5_000, 120_000]) func treesOfAnyHeightAreWhole(count: Int) throws {
    try database("id INTEGER PRIMARY KEY, n INTEGER, text TEXT", index: "n") { table, index, run in
      for row in 0..<count {
        var record = RecordBytes()
        record.addNull()
        record.add(Int64(row / 3))
        record.add(text: "row \(row)".utf8Span.span)
        table.add(record, row: Int64(row + 1), to: &run)
        record.removeAll()
        record.add(Int64(row / 3))
        record.add(Int64(row + 1))
        index.add(record, to: &run)
      }
    } check: { database in
      #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM t") == count)
      if count > 2 {
        #expect(try Int.fetchAll(database, sql: "SELECT id FROM t WHERE n = 0") == [1, 2, 3])
        #expect(
          try String.fetchOne(database, sql: "SELECT text FROM t WHERE id = ?", arguments: [count])
            == "row \(count - 1)")
      }
      // It is a database like any other: rows go in and out.
      try database.execute(sql: "INSERT INTO t (n, text) VALUES (-1, 'new'); DELETE FROM t WHERE n = 0")
      #expect(try String.fetchAll(database, sql: "PRAGMA integrity_check") == ["ok"])
    }
  }

  /// Fills tables of a case as ``LongTable`` does, and asks SQLite.
  private func caseFile(filling tables: [LongTable], check: (Database) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "pages-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let queue = try DatabaseQueue(path: path)
    let roots = try queue.write { database in
      try Schema.create(in: database)
      return try LongTable.roots(database)
    }
    try LongTable.write(tables, roots, to: path)
    try queue.write { database in
      #expect(try String.fetchAll(database, sql: "PRAGMA integrity_check") == ["ok"])
      try check(database)
    }
  }

  /// Events of one operation that do not stand in the order of time: the index has them in the order of all its columns.
  @Test(arguments: [3, 5_000]) func anIndexOfSeveralColumnsIsInTheOrderOfAll(count: Int) throws {
    let roles = ["request", "response", "publish"]
    let times = (0..<count).map { $0 * 7_919 % 101 }
    let events = LongTable("event") { row in
      for (number, time) in times.enumerated() {
        row.add(number + 1)
        row.add(number % 2 + 1)
        row.add(time)
        row.add(1)
        row.add(number % 3)
        row.add(roles[number % 3])
        row.add("none")
        for _ in 0..<3 { row.addNull() }
        try row.insert()
      }
    }
    try caseFile(filling: [events]) { database in
      let index = Schema.table("event").map { $0.indexName($0.indices[0]) } ?? ""
      let found = try Int.fetchAll(database, sql: "SELECT time FROM event INDEXED BY \(index) WHERE operation_id = 1")
      #expect(found == stride(from: 0, to: count, by: 2).map { times[$0] }.sorted())
      #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM event WHERE role = 'publish'") == count / 3)
    }
  }

  /// Rows kept by their key stand in the tree itself, long ones spill over.
  @Test(arguments: [0, 1, 60_000]) func tablesWithAKeyAreWhole(count: Int) throws {
    @Sendable func note(_ number: Int) -> String {
      String(repeating: "x", count: number % 500 == 7 ? 5_000 : number % 5)
    }
    let evidence = LongTable("finding_evidence") { row in
      for number in 0..<count {
        row.add("OT-\(1_000_000 + number / 50)")
        row.add(number % 50 + 1)
        row.add(1)
        row.add(number)
        row.addNull()
        row.add(note(number))
        try row.insert()
      }
    }
    try caseFile(filling: [evidence]) { database in
      #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM finding_evidence") == count)
      if count > 1 {
        let found = try Row.fetchOne(
          database, sql: "SELECT frame, note FROM finding_evidence WHERE finding_id = 'OT-1000010' AND position = 8")
        #expect(found?[0] == 507 && found?[1] == note(507))
        try database.execute(sql: "DELETE FROM finding_evidence WHERE position > 25")
        #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM finding_evidence") == count / 2)
        #expect(try String.fetchAll(database, sql: "PRAGMA integrity_check") == ["ok"])
      }
    }
  }

  /// Tables one behind the other: what pages of the second refer to (children, the rest of long rows, and that of the rows
  /// that part two pages) is moved by as many as the first has. By several workers the file is the same, byte for byte.
  @Test(arguments: [1, 3]) func tablesMadeBesideEachOtherStandBehindEachOther(workers: Int) async throws {
    let rows = 9_000
    let points = LongTable("risk_point") { row in
      for number in 0..<rows {
        row.add("OT-\(1_000_000 + number / 3)")
        row.add(number % 3 + 1)
        row.add("likelihood")
        row.add(number)
        row.add(number + 1)
        row.add(String(repeating: "y", count: number % 97 == 0 ? 3_000 : 20))
        row.add("")
        try row.insert()
      }
    }
    let evidence = LongTable("finding_evidence") { row in
      for number in 0..<rows {
        row.add("OT-\(1_000_000 + number)")
        row.add(1)
        row.add(1)
        row.add(number)
        row.addNull()
        row.add(String(repeating: "x", count: number % 50 < 3 ? 9_000 : 0))
        try row.insert()
      }
    }
    let folder = FileManager.default.temporaryDirectory
    let paths = ["one", "other"].map { folder.appending(path: "pages-\(UUID().uuidString)-\($0)").path }
    defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
    for (number, path) in paths.enumerated() {
      let queue = try DatabaseQueue(path: path)
      try await queue.write { try Schema.create(in: $0) }
      let roots = try await queue.read(LongTable.roots)
      try queue.close()
      if number == 0 {
        try LongTable.write([points, evidence], roots, to: path)
      } else {
        try await LongTable.write([points, evidence], to: path, workers: workers) { roots }
      }
    }
    #expect(FileManager.default.contentsEqual(atPath: paths[0], andPath: paths[1]))
    try await DatabaseQueue(path: paths[1]).read { database in
      #expect(try String.fetchAll(database, sql: "PRAGMA integrity_check") == ["ok"])
      let found = try Row.fetchOne(
        database,
        sql: """
          SELECT (SELECT sum(points_low) FROM risk_point), (SELECT sum(length(reason)) FROM risk_point),
            (SELECT sum(frame) FROM finding_evidence), (SELECT sum(length(note)) FROM finding_evidence)
          """)
      let reasons = (0..<rows).reduce(0) { $0 + ($1 % 97 == 0 ? 3_000 : 20) }
      let expected = [rows * (rows - 1) / 2, reasons, rows * (rows - 1) / 2, rows / 50 * 3 * 9_000]
      #expect((0..<4).map { found?[$0] } == expected)
    }
  }

  /// No page of ours stands where locks lie, at 1 GiB (the file is a hole up to there).
  @Test func thePageOfLocksIsLeftOut() throws {
    #expect((1...3).map { PageFile.number(of: $0, behind: PageFile.lockPage - 3) } == [262_143, 262_144, 262_146])
    #expect(PageFile.number(of: 1, behind: PageFile.lockPage) == PageFile.lockPage + 1)
    let path = FileManager.default.temporaryDirectory.appending(path: "pages-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: "CREATE TABLE t (n INTEGER) STRICT") }
    try queue.close()
    let handle = try #require(FileHandle(forUpdatingAtPath: path))
    try handle.truncate(atOffset: UInt64((PageFile.lockPage - 3) * PageFile.pageSize))
    var run = PageRun()
    for byte in UInt8(1)...4 {
      var bytes = Array(repeating: byte, count: PageFile.pageSize)
      // The first page refers to the fourth.
      if byte == 1 { bytes.replaceSubrange(8..<12, with: [0, 0, 0, 4]) }
      _ = run.append(PageRun.Page(bytes: bytes, links: byte == 1 ? [8] : []))
    }
    var file = try PageFile(appendingTo: path, roots: [:])
    try file.append(run)
    try file.close()
    try handle.seek(toOffset: UInt64((PageFile.lockPage - 3) * PageFile.pageSize))
    let written = [UInt8](try #require(try handle.readToEnd()))
    #expect(written.count == 5 * PageFile.pageSize)
    #expect(stride(from: 0, to: written.count, by: PageFile.pageSize).map { written[$0] } == [1, 2, 0, 3, 4])
    #expect(Array(written[8..<12]) == [0, 4, 0, 3])
  }

  @Test func tablesThatCannotBeWrittenSoAreRefused() throws {
    // One of these has a key and an index beside it, the other an index on what may be NULL.
    for name in ["conversation_protocol", "device"] {
      #expect(throws: CaseError.self) { try caseFile(filling: [LongTable(name) { _ in }]) { _ in } }
    }
    let short = LongTable("finding_evidence") { row in
      row.add("OT-1")
      try row.insert()
    }
    #expect(throws: CaseError.self) { try caseFile(filling: [short]) { _ in } }
  }

  @Test func aVarintTakesUpToNineBytes() {
    let values: [(UInt64, [UInt8])] = [
      (0, [0]), (0x7f, [0x7f]), (0x80, [0x81, 0]), (0x3fff, [0xff, 0x7f]), (0x4000, [0x81, 0x80, 0]),
      (1 << 56 - 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
      (1 << 56, [0x80, 0xc0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0]), (.max, Array(repeating: 0xff, count: 9)),
    ]
    for (value, bytes) in values {
      var room = ByteRoom()
      room.add(varint: value)
      #expect(Array(copying: room.span) == bytes && ByteRoom.size(varint: value) == bytes.count)
    }
  }
}
