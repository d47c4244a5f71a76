import GRDB
import OTCase
import OTCore
import OTFacts

/// Operations come out of the case, or from the facts it was made of: the same rows in the same order.
extension TrafficTable {
  func sums(_ database: Database) throws -> OperationSums {
    var rows = try RowReader(
      """
      SELECT conversation_id, protocol, client_id, server_id, kind, is_published, requests, responses, failures,
        first_time, evidence_id, frame, last_time FROM operation ORDER BY id
      """, in: database)
    let kinds = Dictionary(OperationKind.allCases.map { ($0.name, $0) }) { first, _ in first }
    var sums = OperationSums(assets: assets.count)
    var (spoken, kind) = (RepeatedText(), RepeatedText())
    var number: Int?
    while try rows.next() {
      if spoken.changes(rows, 1) { number = protocolNumbers[spoken.text] }
      _ = kind.changes(rows, 4)
      guard let name = number else { continue }
      sums.add(
        OperationSums.Operation(
          protocol: name, isIndustrial: protocols[name].isIndustrial, isTelecontrol: protocols[name].isTelecontrol,
          client: hostNumbers[rows.integer(2)].flatMap { hosts[$0].asset },
          server: hostNumbers[rows.integer(3)].flatMap { hosts[$0].asset }, kind: kinds[kind.text] ?? .other,
          isPublished: rows.flag(5), requests: rows.integer(6), responses: rows.integer(7), failures: rows.integer(8),
          first: Place(time: rows.integer(9), file: rows.integer(10), frame: rows.integer(11)), last: rows.integer(12),
          isCyclic: cyclic.contains(rows.integer(0))))
    }
    return sums
  }

  func sums(of facts: [OperationFact]) -> OperationSums {
    // Read where they lie: a copy of a fact counts the references to all its texts.
    let operations = facts.span
    var sums = OperationSums(assets: assets.count)
    // Operations of one conversation follow each other: what it is between is looked up once.
    var conversation = -1
    var isCyclic = false
    var (client, server) = (-1, -1)
    var (asking, asked): (Int?, Int?)
    var spoken = ""
    var number: Int?
    for index in operations.indices {
      if operations[index].conversation != conversation {
        conversation = operations[index].conversation
        isCyclic = cyclic.contains(Int64(conversation + 1))
      }
      if operations[index].client != client || operations[index].server != server {
        (client, server) = (operations[index].client, operations[index].server)
        asking = hostNumbers[Int64(client + 1)].flatMap { hosts[$0].asset }
        asked = hostNumbers[Int64(server + 1)].flatMap { hosts[$0].asset }
      }
      if operations[index].protocol != spoken {
        spoken = operations[index].protocol
        number = protocolNumbers[spoken]
      }
      guard let name = number else { continue }
      let first = operations[index].first
      sums.add(
        OperationSums.Operation(
          protocol: name, isIndustrial: protocols[name].isIndustrial, isTelecontrol: protocols[name].isTelecontrol,
          client: asking, server: asked, kind: operations[index].kind,
          isPublished: operations[index].isPublished,
          requests: Int64(clamping: operations[index].requests),
          responses: Int64(clamping: operations[index].responses),
          failures: Int64(clamping: operations[index].failures),
          first: Place(
            time: first.time.nanoseconds, file: Int64(first.file) + 1, frame: Int64(clamping: first.frame)),
          last: operations[index].last.nanoseconds, isCyclic: isCyclic))
    }
    return sums
  }
}
