import BasicContainers
import OTCore
import OTProtocols

/// Joins the operations of all workers: most of what there is to join, and only their events wait for it.
struct OperationJoiner: Sendable {
  private let numbers: FactNumbers
  /// What codes are called, each asked of its dissector once; rows refer to them by number.
  private var words: [(protocol: String, code: OperationDescription)] = []
  private var wordNumbers: [CodeKey: Int] = [:]
  /// Operations of all workers, one worker's behind the other's.
  private var rows: [Row] = []
  /// Per worker the records that facts are made of at the end, in their order.
  private var records: [Records] = []

  /// The rows of one folder, which nothing changes any more.
  private final class Records: Sendable {
    let all: UniqueArray<OperationRecord>
    init(_ all: consuming UniqueArray<OperationRecord>) { self.all = all }
  }

  private struct CodeKey: Hashable {
    var layer: UInt8
    var code: UInt64
  }

  /// An operation before it stands in its place: the record it is made of, and what it is sorted by beside numbers.
  private struct Row {
    /// Worker and record of its folder.
    var worker: UInt32
    var record: UInt32
    /// Index into the result's conversations.
    var conversation: UInt32
    /// Index into ``words``.
    var word: UInt32
    var object: String
  }

  /// Takes the folders' operations.
  init(taking parts: [FolderPart], _ numbers: FactNumbers) {
    self.numbers = numbers
    rows.reserveCapacity(parts.reduce(0) { $0 + $1.folder.operations.count })
    for (worker, part) in parts.enumerated() { join(&part.folder, worker) }
  }

  private mutating func join(_ folder: inout FactFolder, _ worker: Int) {
    let objects = folder.objectTexts()
    let conversations = numbers.conversations[worker]
    for number in folder.operations.indices {
      let record = folder.operations[number]
      rows.append(
        Row(
          worker: UInt32(truncatingIfNeeded: worker), record: UInt32(truncatingIfNeeded: number),
          conversation: UInt32(truncatingIfNeeded: conversations[Int(record.conversation)]),
          word: UInt32(truncatingIfNeeded: word(record, folder.table)), object: objects[number]))
    }
    var operations = UniqueArray<OperationRecord>()
    swap(&operations, &folder.operations)
    records.append(Records(operations))
    folder.objects = []
  }

  /// Number of what a row's code is called. Workers have one table of protocols, so layers mean the same in all.
  private mutating func word(_ record: OperationRecord, _ table: ProtocolTable) -> Int {
    let key = CodeKey(layer: record.layer, code: record.code)
    if let known = wordNumbers[key] { return known }
    wordNumbers[key] = words.count
    words.append((table.name(ofLayer: record.layer), table.describe(code: record.code, layer: record.layer)))
    return words.count - 1
  }

  /// What operations are sorted by: numbers as far as they tell, and then the object's text.
  fileprivate struct Place {
    /// Conversation and client.
    var site: UInt64
    /// Rank of protocol and code among all that occur, and of these with the name.
    var code: UInt32
    var name: UInt32
    var row: UInt32
  }

  /// The order of conversation, client, protocol, code, object and first sighting.
  struct Order: Sendable {
    fileprivate var places: [Place] = []
    /// Places that become one fact: rows that read the same (objects and codes that only a dissector's numbers told apart).
    fileprivate var runs: [Range<UInt32>] = []
    /// Per row the index of its fact.
    fileprivate(set) var facts: [UInt32] = []

    /// Keeps what events need.
    mutating func forgetPlaces() { (places, runs) = ([], []) }
  }

  func order() -> Order {
    let places = places()
    var order = Order(places: places, runs: runs(of: places), facts: Array(repeating: 0, count: rows.count))
    for (number, run) in order.runs.enumerated() {
      for place in run { order.facts[Int(places[Int(place)].row)] = UInt32(truncatingIfNeeded: number) }
    }
    return order
  }

  /// Makes the facts of operations.
  func facts(_ order: Order) -> [OperationFact] {
    var facts: [OperationFact] = []
    facts.reserveCapacity(order.runs.count)
    for run in order.runs {
      facts.append(fact(rows[Int(order.places[Int(run.lowerBound)].row)]))
      for place in run.dropFirst() {
        Self.add(fact(rows[Int(order.places[Int(place)].row)]), to: &facts[facts.count - 1])
      }
    }
    return facts
  }

  /// Rows so that those which read the same follow each other, the one seen first before the others.
  private func places() -> [Place] {
    let (codes, names) = wordRanks()
    let rows = rows
    func precedes(_ left: Place, _ right: Place) -> Bool {
      if left.site != right.site { return left.site < right.site }
      if left.code != right.code { return left.code < right.code }
      let (a, b) = (Int(left.row), Int(right.row))
      if rows[a].object != rows[b].object { return rows[a].object < rows[b].object }
      return left.name != right.name ? left.name < right.name : first(left) < first(right)
    }
    // Conversation by conversation, which counting puts in order.
    var places: [Place] = []
    places.reserveCapacity(rows.count)
    let conversations = rowsByConversation()
    for row in conversations.rows {
      let client = numbers.host(record(rows[row]).client, of: Int(rows[row].worker))
      places.append(
        Place(
          site: UInt64(truncatingIfNeeded: rows[row].conversation) << 32 | UInt64(truncatingIfNeeded: client),
          code: codes[Int(rows[row].word)], name: names[Int(rows[row].word)], row: UInt32(truncatingIfNeeded: row)))
    }
    var start = 0
    for end in conversations.ends {
      if end - start > 1 { places[start..<end].sort(by: precedes) }
      start = end
    }
    return places
  }

  /// Numbers of the rows by conversation, those of one as they came, and where each conversation ends.
  private func rowsByConversation() -> (rows: [Int], ends: [Int]) {
    var ends = Array(repeating: 0, count: (rows.lazy.map { Int($0.conversation) }.max() ?? -1) + 1)
    for row in rows { ends[Int(row.conversation)] += 1 }
    var before = 0
    for conversation in ends.indices {
      before += ends[conversation]
      ends[conversation] = before - ends[conversation]
    }
    var ordered = Array(repeating: 0, count: rows.count)
    for row in rows.indices {
      let conversation = Int(rows[row].conversation)
      ordered[ends[conversation]] = row
      ends[conversation] += 1
    }
    return (ordered, ends)
  }

  /// Places that read the same, as ranges; of those that differ in their name only, what was seen first comes first.
  private func runs(of places: [Place]) -> [Range<UInt32>] {
    var runs: [Range<UInt32>] = []
    runs.reserveCapacity(places.count)
    // The first run of this code and object.
    var firstRun = 0
    func sortNames() {
      guard runs.count - firstRun > 1 else { return }
      runs[firstRun...].sort { first(places[Int($0.lowerBound)]) < first(places[Int($1.lowerBound)]) }
    }
    for index in places.indices {
      let place = UInt32(truncatingIfNeeded: index)
      let isSameObject =
        index > 0 && places[index].site == places[index - 1].site && places[index].code == places[index - 1].code
        && object(places[index]) == object(places[index - 1])
      if isSameObject, places[index].name == places[index - 1].name {
        runs[runs.count - 1] = runs[runs.count - 1].lowerBound..<(place + 1)
        continue
      }
      if !isSameObject {
        sortNames()
        firstRun = runs.count
      }
      runs.append(place..<(place + 1))
    }
    sortNames()
    return runs
  }

  private func object(_ place: Place) -> String { rows[Int(place.row)].object }
  private func first(_ place: Place) -> Sighting { record(rows[Int(place.row)]).first }
  private func record(_ row: Row) -> OperationRecord { records[Int(row.worker)].all[Int(row.record)] }

  /// Per word the rank of its protocol and code, and of these with its name; words that read the same have one.
  private func wordRanks() -> (codes: [UInt32], names: [UInt32]) {
    func code(_ number: Int) -> (String, String) { (words[number].protocol, words[number].code.code) }
    func name(_ number: Int) -> (String, String, String) {
      (words[number].protocol, words[number].code.code, words[number].code.name)
    }
    var codes = Array(repeating: UInt32(0), count: words.count)
    var names = codes
    var (lastCode, lastName): (UInt32, UInt32) = (0, 0)
    var previous: Int?
    for number in words.indices.sorted(by: { name($0) < name($1) }) {
      if let previous {
        if code(previous) != code(number) { lastCode += 1 }
        if name(previous) != name(number) { lastName += 1 }
      }
      codes[number] = lastCode
      names[number] = lastName
      previous = number
    }
    return (codes, names)
  }

  private func fact(_ row: Row) -> OperationFact {
    let record = record(row)
    let word = words[Int(row.word)]
    return OperationFact(
      conversation: Int(row.conversation), protocol: word.protocol,
      client: numbers.host(record.client, of: Int(row.worker)),
      server: numbers.host(record.server, of: Int(row.worker)), code: word.code.code, name: word.code.name,
      kind: word.code.kind, object: row.object, isPublished: record.isPublished, requests: record.requests,
      responses: record.responses,
      failures: record.failures, failureCode: record.failureCode, values: record.values, first: record.first,
      last: record.last)
  }

  private static func add(_ row: OperationFact, to sum: inout OperationFact) {
    sum.requests += row.requests
    sum.responses += row.responses
    sum.failures += row.failures
    sum.failureCode = sum.failureCode ?? row.failureCode
    sum.first = Swift.min(sum.first, row.first)
    sum.last = Swift.max(sum.last, row.last)
    if let values = row.values {
      let known = sum.values ?? values
      sum.values = Operation.Values(low: Swift.min(known.low, values.low), high: Swift.max(known.high, values.high))
    }
  }
}

extension FactFolder {
  /// Makes the texts of the operations' objects, which takes a fourth of what joining takes: here each worker does it for
  /// its own.
  public mutating func describeObjects() { objects = objectTexts() }

  /// Per operation the text of its object.
  func objectTexts() -> [String] {
    guard objects.count != operations.count else { return objects }
    // Machines of one kind are asked the same, each in a conversation of its own.
    var known: [Described: String] = [:]
    return operations.indices.map { number in
      let record = operations[number]
      guard record.object.tag != .none else { return "" }
      let described = Described(record)
      if let text = known[described] { return text }
      let text = objectText(record)
      known[described] = text
      return text
    }
  }

  private func objectText(_ record: OperationRecord) -> String {
    guard record.object.tag == .numbers else { return texts.string(record.object.a) }
    let object = record.object
    return table.describe(object: object.a, object.b, object.c, object.d, code: record.code, layer: record.layer) ?? ""
  }

  /// What the text of an object depends on.
  private struct Described: Hashable {
    private let object: ObjectKey
    private let code: UInt64
    private let layer: UInt8

    init(_ record: OperationRecord) {
      object = record.object
      // A text is itself, whatever was done with it.
      let isText = object.tag == .text
      code = isText ? 0 : record.code
      layer = isText ? 0 : record.layer
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(mix(mix(object.high, object.low), code ^ UInt64(layer) << 56 ^ UInt64(object.tag.rawValue) << 48))
    }
  }
}
