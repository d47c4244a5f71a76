import GRDB
import OTCore
import OTFacts

extension CaseWriter {
  static func writeTraffic(_ facts: Facts, in database: Database) throws {
    var recognised = try RowWriter("conversation_protocol", in: database)
    for (index, conversation) in facts.conversations.enumerated() {
      for (position, name) in conversation.protocols.enumerated() {
        recognised.add(index + 1)
        recognised.add(position + 1)
        recognised.add(name)
        try recognised.insert()
      }
    }
    try writeUnknownShapes(facts, in: database)
    try writeSessions(facts, in: database)
    try writeCounts(facts.undecoded, to: "undecoded", in: database)
    try writeCounts(facts.limits, to: "limit_reached", in: database)
  }

  static func writeConversations(_ facts: Facts, _ row: inout PageRows) throws {
    for (index, conversation) in facts.conversations.enumerated() {
      row.add(index + 1)
      row.add(conversation.transport.name)
      row.add(conversation.client + 1)
      row.add(conversation.server + 1)
      row.add(conversation.serverPort.map(Int.init))
      row.add(Int(conversation.networkProtocol))
      row.add(conversation.protocols.first ?? "")
      row.add(conversation.clientEvidence.name)
      row.add(conversation.first, last: conversation.last)
      row.add(conversation.packetsToServer)
      row.add(conversation.bytesToServer)
      row.add(conversation.packetsToClient)
      row.add(conversation.bytesToClient)
      row.add(conversation.connections)
      row.add(conversation.handshakes)
      row.add(conversation.resets)
      row.add(conversation.refused)
      row.add(conversation.retransmissions)
      row.add(conversation.gapBytes)
      row.add(conversation.timing)
      row.add(conversation.unknownShape)
      try row.insert()
    }
  }

  private static func writeUnknownShapes(_ facts: Facts, in database: Database) throws {
    var row = try RowWriter("unknown_shape", in: database)
    for shape in facts.unknownShapes.sorted(by: { $0.name < $1.name }) {
      row.add(shape.name)
      row.add(shape.transport.name)
      row.add(Int(shape.networkProtocol))
      row.add(shape.ports.map(String.init).joined(separator: ","))
      row.add(shape.conversations)
      row.add(shape.clients)
      row.add(shape.servers)
      for direction in [shape.toServer, shape.toClient] {
        row.add(direction.units)
        row.add(direction.bytes)
      }
      row.add(shape.looksLike)
      row.add(shape.pattern)
      row.add(shape.toServer.begins)
      row.add(shape.toClient.begins)
      row.add(shape.toServer.sizes)
      row.add(shape.toClient.sizes)
      row.add(shape.fields)
      row.add(shape.toServer.entropy)
      row.add(shape.toClient.entropy)
      row.add(shape.period)
      row.add(shape.isComparable)
      row.add(shape.draft)
      row.add(shape.first)
      try row.insert()
    }
  }

  static func writeOperations(_ facts: Facts, _ row: inout PageRows) throws {
    // Read where they lie: a copy of a fact counts the references to all its texts.
    let operations = facts.operations.span
    for index in operations.indices {
      row.add(index + 1)
      row.add(operations[index].conversation + 1)
      row.add(operations[index].protocol)
      row.add(operations[index].client + 1)
      row.add(operations[index].server + 1)
      row.add(operations[index].code)
      row.add(operations[index].name)
      row.add(operations[index].kind.name)
      row.add(operations[index].object)
      row.add(operations[index].isPublished)
      row.add(operations[index].requests)
      row.add(operations[index].responses)
      row.add(operations[index].failures)
      row.add(operations[index].failureCode.map(Int.init))
      row.add(operations[index].values)
      row.add(operations[index].first, last: operations[index].last)
      try row.insert()
    }
  }

  static func writeEvents(_ facts: Facts, _ row: inout PageRows) throws {
    for (index, event) in facts.events.enumerated() {
      row.add(index + 1)
      row.add(event.operation + 1)
      row.add(event.sighting)
      row.add(event.role.name)
      switch event.outcome {
      case .none:
        row.add("none")
        row.addNull()
      case .success:
        row.add("success")
        row.addNull()
      case .failure(let code):
        row.add("failure")
        row.add(Int(code))
      }
      row.add(event.values)
      try row.insert()
    }
  }

  static func writeProperties(_ facts: Facts, _ row: inout PageRows) throws {
    for property in facts.properties {
      row.add(property.conversation + 1)
      row.add(property.host + 1)
      row.add(property.protocol)
      row.add(property.attribute.name)
      row.add(property.value)
      row.add(property.count)
      row.add(property.first, last: property.last)
      try row.insert()
    }
  }

  private static func writeSessions(_ facts: Facts, in database: Database) throws {
    var row = try RowWriter("credential", in: database)
    for credential in facts.credentials {
      row.add(credential.conversation + 1)
      row.add(credential.client + 1)
      row.add(credential.server + 1)
      row.add(credential.protocol)
      row.add(credential.scheme.name)
      row.add(credential.account)
      row.add(credential.strength.name)
      row.add(credential.accepted)
      row.add(credential.count)
      row.add(credential.first, last: credential.last)
      try row.insert()
    }
    row = try RowWriter("file", in: database)
    for file in facts.files {
      row.add(file.conversation + 1)
      row.add(file.protocol)
      row.add(file.name)
      row.add(file.direction.name)
      row.add(file.size)
      row.add(file.count)
      row.add(file.first)
      try row.insert()
    }
    row = try RowWriter("anomaly", in: database)
    for anomaly in facts.anomalies {
      row.add(anomaly.conversation + 1)
      row.add(anomaly.protocol)
      row.add(anomaly.field)
      row.add("\(anomaly.reason.name)")
      row.add(anomaly.count)
      row.add(anomaly.first)
      try row.insert()
    }
  }

  private static func writeCounts(_ counts: [CountFact], to table: String, in database: Database) throws {
    var row = try RowWriter(table, in: database)
    for count in counts {
      row.add(count.kind)
      row.add(count.detail)
      row.add(count.count)
      try row.insert()
    }
  }
}

extension RowSink {
  mutating func add(_ timing: TimingFact) {
    add(timing.intervals)
    add(timing.mean)
    add(timing.standardDeviation)
    add(timing.shortest)
    add(timing.longest)
    add(timing.median)
    add(timing.regularity)
    add(timing.isCyclic)
  }
  mutating func add(_ values: Operation.Values?) {
    add(values?.low)
    add(values?.high)
  }
}

extension Operation.Role {
  var name: String {
    switch self {
    case .request: "request"
    case .response: "response"
    case .publish: "publish"
    }
  }
}
