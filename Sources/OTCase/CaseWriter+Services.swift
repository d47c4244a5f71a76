import GRDB
import OTCore
import OTFacts

extension CaseWriter {
  static func writeServiceUses(_ facts: Facts, in database: Database) throws {
    var row = try RowWriter("service_use", in: database)
    for use in ServiceSearch.uses(in: facts) {
      row.add(use.host + 1)
      row.add(use.peer.map { $0 + 1 })
      row.add(use.conversation.map { $0 + 1 })
      row.add(use.service)
      row.add(use.category)
      row.add(use.via.rawValue)
      row.add(use.value)
      row.add(use.count)
      row.add(use.first, last: use.last)
      try row.insert()
    }
  }
}
