/// Does `count` things, at most `workers` of them at a time, and gives their results in order, whoever was done first.
///
/// - Parameter context: made once for each worker, such as a connection of its own.
public func inParallel<Context: Sendable, Result: Sendable>(
  _ count: Int, workers: Int, with context: () throws -> Context,
  _ body: @escaping @Sendable (Int, Context) throws -> Result
) async throws -> [Result] {
  var results: [Result] = []
  try await inParallel(count, workers: workers, with: context, body) { results.append($0) }
  return results
}

/// The same, each result handed over as soon as those before it were, while the rest is still being done.
public func inParallel<Context: Sendable, Result: Sendable>(
  _ count: Int, workers: Int, with context: () throws -> Context,
  _ body: @escaping @Sendable (Int, Context) throws -> Result, inOrder take: (Result) throws -> Void
) async throws {
  var waiting: [Result?] = Array(repeating: nil, count: count)
  var taken = 0
  try await withThrowingTaskGroup(of: (Int, Context, Result).self) { group in
    var next = 0
    func start(_ context: Context) {
      let number = next
      group.addTask { (number, context, try body(number, context)) }
      next += 1
    }
    for _ in 0..<min(max(1, workers), count) { start(try context()) }
    while let (number, context, result) = try await group.next() {
      waiting[number] = result
      if next < count { start(context) }
      while taken < count, let result = waiting[taken].take() {
        try take(result)
        taken += 1
      }
    }
  }
}
