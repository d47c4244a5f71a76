import ArgumentParser
import OTCase

struct ConversationsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conversations",
    abstract: "Print who talks to whom, with which protocol, how much and in which rhythm.",
    discussion: "Example: otassess conversations quay.pcapng --filter 'net 10.20.3.0/24'")

  @OptionGroup var source: SourceOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await source.open { store in
      output.print(Self.table(try store.all(ConversationRow.self), ServiceNames(try store.all(ServiceUseRow.self))))
    }
  }

  static func table(_ conversations: [ConversationRow], _ services: ServiceNames = ServiceNames([])) -> OutputTable {
    OutputTable(
      of: conversations,
      [
        .init("client") { $0.clientAddress }, .init("client_name") { $0.clientName },
        .init("server") { $0.serverAddress }, .init("server_name") { $0.serverName },
        .init("service") { $0.service }, .init("protocol") { $0.protocol },
        .init("unknown_shape") { $0.unknownShape },
        .init("service_name") { services.names(conversation: $0.id) },
        .init("packets_to_server") { $0.packetsToServer }, .init("bytes_to_server") { $0.bytesToServer },
        .init("packets_to_client") { $0.packetsToClient }, .init("bytes_to_client") { $0.bytesToClient },
        .init("connections") { $0.connections }, .init("handshakes") { $0.handshakes },
        .init("resets") { $0.resets }, .init("gap_bytes") { $0.gapBytes }, .init("is_cyclic") { $0.isCyclic },
        .init("interval_median") { $0.intervalMedian }, .init("client_evidence") { $0.clientEvidence },
        .init("first_seen") { $0.firstSeen }, .init("last_seen") { $0.lastSeen }, .init("evidence") { $0.evidence },
      ])
  }
}
