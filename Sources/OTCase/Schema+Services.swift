import OTKnowledge

extension Schema {
  /// Services on the internet that hosts use.
  static let serviceTables: [Table] = [
    Table(
      "service_use",
      "Remote access, tunnels, clouds and other services on the internet, by name, as `Services.yaml` lists them.",
      [
        .integer("host_id", "Host that uses it.").to("host.id"),
        .integer("peer_id", "The other side; for a name asked for, the name server. NULL: not known.").optional
          .to("host.id"),
        .integer("conversation_id", "Conversation that tells it; NULL: a user agent, told of a host.").optional
          .to("conversation.id"),
        .text("service_name", "The service."),
        .text("category", "What it is for.", ServiceCatalogue.Category.allCases.map(\.rawValue)),
        .text("via", "What told it.", ServiceUse.Via.allCases.map(\.rawValue)),
        .text("value", "The name, certificate, user agent or protocol that told it first."),
        .integer("count", "How often it was told.", unit: "times"),
      ] + .sightings, indices: [["host_id"], ["conversation_id"]])
  ]
}
