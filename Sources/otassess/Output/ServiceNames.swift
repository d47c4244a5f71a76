import OTCase

/// Services on the internet by who uses them, joined by commas, for a column beside what is printed anyway.
struct ServiceNames {
  private var byConversation: [Int: [String]] = [:]
  private var byAsset: [String: [String]] = [:]

  init(_ uses: [ServiceUseRow]) {
    for use in uses {
      if let id = use.conversationID { Self.add(use.serviceName, to: &byConversation[id, default: []]) }
      if let asset = use.asset { Self.add(use.serviceName, to: &byAsset[asset, default: []]) }
    }
  }

  private static func add(_ name: String, to names: inout [String]) {
    if !names.contains(name) { names.append(name) }
  }

  func names(conversation id: Int) -> String? { byConversation[id]?.sorted().joined(separator: ", ") }
  func names(asset id: String) -> String? { byAsset[id]?.sorted().joined(separator: ", ") }
}
