import OTCore

/// Gives every unrecognised conversation the name of its shape, and describes the shapes.
enum UnknownShapes {
  /// - Parameters:
  ///   - sketches: one a conversation, in any order.
  ///   - facts: whose conversations are named, and which are given the shapes.
  static func describe(_ sketches: [UnknownSketch], in facts: inout Facts) {
    let sketches = sketches.sorted { $0.conversation < $1.conversation }
    var groups: [String: [UnknownSketch]] = [:]
    var known: [Home: [(marks: [UnknownSketch.Mark], name: String)]] = [:]
    var thin: [UnknownSketch] = []
    var comparable: Set<String> = []
    for sketch in sketches {
      guard sketch.isTelling else {
        thin.append(sketch)
        continue
      }
      let marks = sketch.marks
      let name = sketch.name(marks)
      let home = Home(sketch)
      if known[home]?.contains(where: { $0.name == name }) != true { known[home, default: []].append((marks, name)) }
      groups[name, default: []].append(sketch)
      // At ports that are handed out by the day any two protocols without a mark have one name.
      if !marks.isEmpty || sketch.fixedPlace != 0 { comparable.insert(name) }
    }
    // A conversation of few data units is told by those that said more on the same port, if it begins as they do.
    for sketch in thin {
      let fitting = (known[Home(sketch)] ?? []).filter { shape in
        shape.marks.contains { $0.fits(sketch.record.toServer) || $0.fits(sketch.record.toClient) }
      }.map(\.name).min()
      groups[fitting ?? sketch.name([]), default: []].append(sketch)
    }
    for (name, members) in groups.sorted(by: { $0.key < $1.key }) {
      for member in members { facts.conversations[member.conversation].unknownShape = name }
      facts.unknownShapes.append(UnknownShape(members, isComparable: comparable.contains(name)).fact(name, facts))
    }
  }

  /// Where a conversation of few data units looks for its like.
  private struct Home: Hashable {
    var transport: ConversationFact.Transport
    var place: UInt16
    init(_ sketch: UnknownSketch) {
      transport = sketch.transport
      place = sketch.place
    }
  }
}

/// The conversations of one shape, joined.
struct UnknownShape {
  let members: [UnknownSketch]
  let isComparable: Bool
  /// The one of which most was seen.
  let main: UnknownSketch
  let toServer: Side
  let toClient: Side

  /// One direction of all conversations.
  struct Side {
    var direction = UnknownShapeFact.Direction()
    var fields: UnknownFields?
    var content: UnknownContent?

    /// - Parameter main: of the conversation of which most was seen.
    init(_ sides: [(side: UnknownSide, traits: UnknownTraits)], main: (side: UnknownSide, traits: UnknownTraits)) {
      let spoken = sides.filter { $0.side.units > 0 }
      guard !spoken.isEmpty else { return }
      var sizes = InlineArray<17, UInt64>(repeating: 0)
      direction.shortest = .max
      for (side, _) in spoken {
        direction.units += side.units
        direction.bytes += side.bytes
        direction.shortest = Swift.min(direction.shortest, side.shortest)
        direction.longest = Swift.max(direction.longest, side.longest)
        for index in 0..<17 { sizes[index] += UInt64(side.sizes[index]) }
      }
      var common = 0
      for index in 1..<17 where sizes[index] > sizes[common] { common = index }
      direction.commonSize = sizes[common] * 2 > direction.units ? 1 << UInt32(common) : 0
      // What one data unit has in common with itself tells nothing, unless there is nothing else.
      let telling = spoken.filter { $0.side.units >= UnknownSketch.leastUnits }
      for (_, traits) in telling.isEmpty ? spoken : telling {
        if fields == nil { fields = traits.fields } else { fields?.intersect(traits.fields) }
      }
      // Bytes without order have no command.
      if (main.side.units > 0 ? main.traits : spoken[0].traits).content.kind == .random { fields?.command = nil }
      let content = main.side.units > 0 ? main.traits.content : spoken[0].traits.content
      self.content = content
      direction.begins = fields?.begins ?? ""
      direction.content = content.kind.name
      direction.entropy = content.entropy
    }
  }

  init(_ members: [UnknownSketch], isComparable: Bool) {
    self.members = members
    self.isComparable = isComparable
    var main = members[0]
    for member in members where member.record.units > main.record.units { main = member }
    self.main = main
    toServer = Side(
      members.map { ($0.record.toServer, $0.toServer) }, main: (main.record.toServer, main.toServer))
    toClient = Side(
      members.map { ($0.record.toClient, $0.toClient) }, main: (main.record.toClient, main.toClient))
  }

  var hasPorts: Bool { main.transport == .tcp || main.transport == .udp }
  var ports: [UInt16] { hasPorts ? Set(members.map(\.place)).sorted() : [] }

  func fact(_ name: String, _ facts: Facts) -> UnknownShapeFact {
    let talks = members.map { facts.conversations[$0.conversation] }
    let timing = facts.conversations[main.conversation].timing
    let first = talks.map(\.first).min() ?? Sighting(time: Timestamp(nanoseconds: 0), file: 0, frame: 0)
    var fields: [String] = []
    for (word, side) in [("to the server", toServer), ("to the client", toClient)] {
      if let text = side.fields?.words, !text.isEmpty { fields.append("\(word): \(text)") }
    }
    return UnknownShapeFact(
      name: name, transport: main.transport, networkProtocol: hasPorts ? 0 : main.place, ports: ports,
      conversations: members.count, clients: Set(talks.map(\.client)).count, servers: Set(talks.map(\.server)).count,
      toServer: toServer.direction, toClient: toClient.direction, looksLike: looksLike, pattern: pattern,
      fields: fields.joined(separator: "; "), period: timing.isCyclic ? timing.median : nil,
      isComparable: isComparable, draft: draft(name), first: first)
  }

  // MARK: words

  private var looksLike: String {
    guard let port = ports.first, ports.count == 1,
      let usual = UnknownHints.name(port: port, isStream: main.transport == .tcp)
    else { return content }
    return "\(content); \(usual) is usual on this port"
  }

  private var content: String {
    if main.transport == .other, let name = UnknownHints.name(ipProtocol: main.place) { return name }
    if main.transport == .ethernet, let name = UnknownHints.name(etherType: main.place) { return name }
    // The direction that says more is asked first.
    let sides = toServer.direction.bytes >= toClient.direction.bytes ? [toServer, toClient] : [toClient, toServer]
    for side in sides {
      guard let fields = side.fields, let kind = side.content?.kind else { continue }
      if main.transport == .tcp, UnknownHints.isTLS(fields) { return "TLS, its beginning not recorded" }
      if main.transport == .udp, UnknownHints.isRTP(fields) { return "RTP, audio or video (RFC 3550)" }
      if let name = UnknownHints.beginning(fields, kind) { return name }
    }
    let kinds = sides.compactMap { $0.direction.units > 0 ? $0.content?.kind : nil }
    guard let most = kinds.max(), let least = kinds.min() else { return "no payload" }
    if most == .text { return "lines of text" }
    if most == .random { return least == .random ? most.name : "\(most.name) one way" }
    if sides.allSatisfy({ $0.direction.longest <= 1 }) { return "single bytes" }
    return sides.contains { $0.fields?.length != nil } ? "binary messages with a length field" : "binary messages"
  }

  private var pattern: String {
    let (asked, answered) = (toServer.direction.units, toClient.direction.units)
    if answered == 0 { return asked == 1 ? "one message, to the server" : "one way, to the server" }
    if asked == 0 { return answered == 1 ? "one message, to the client" : "one way, to the client" }
    let turns = members.reduce(UInt64(0)) { $0 + UInt64($1.record.turns) }
    let isTurnwise = turns * 10 >= (asked + answered - UInt64(members.count)) * 8
    let begun = members.count { $0.record.clientBegan } * 2 >= members.count ? "client" : "server"
    return "\(isTurnwise ? "question and answer" : "both ways, not by turns"), the \(begun) speaks first"
  }
}
