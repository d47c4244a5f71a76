import ArgumentParser
import OTCase
import OTCore

struct OperationsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operations",
    abstract: "Print what is done: reads, writes, control, program and firmware transfers, by object.",
    discussion: "Example: otassess operations case.otcase --kind write --kind program")

  @OptionGroup var source: SourceOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "Only this kind: read, write, control, program, firmware, configure… May be repeated.")
  var kind: [String] = []

  func validate() throws {
    let names = OperationKind.allCases.map(\.name)
    guard let stranger = kind.first(where: { !names.contains($0) }) else { return }
    throw ValidationError("--kind \(stranger): no such kind; there are \(names.joined(separator: ", ")).")
  }

  func run() async throws {
    try await source.open { store in
      let operations = try store.all(OperationRow.self).filter { kind.isEmpty || kind.contains($0.kind) }
      output.print(Self.table(operations, ServiceNames(try store.all(ServiceUseRow.self))))
    }
  }

  static func table(_ operations: [OperationRow], _ services: ServiceNames = ServiceNames([])) -> OutputTable {
    OutputTable(
      of: operations,
      [
        .init("client") { $0.clientAddress }, .init("client_name") { $0.clientName },
        .init("server") { $0.serverAddress }, .init("server_name") { $0.serverName },
        .init("service") { $0.service }, .init("protocol") { $0.protocol }, .init("kind") { $0.kind },
        .init("code") { $0.code }, .init("name") { $0.name }, .init("object") { $0.object },
        .init("count") { $0.count }, .init("requests") { $0.requests }, .init("responses") { $0.responses },
        .init("failures") { $0.failures }, .init("outcome") { $0.outcome },
        .init("service_name") { services.names(conversation: $0.conversationID) }, .init("value_low") { $0.valueLow },
        .init("value_high") { $0.valueHigh }, .init("first_seen") { $0.firstSeen },
        .init("last_seen") { $0.lastSeen }, .init("evidence") { $0.evidence },
      ])
  }
}
