/// How often something was asked: a request and its answer are one operation, also where they stand in two rows because
/// the answer does not say again what it is about.
struct OperationCount {
  private var requests: Int64 = 0
  private var responses: Int64 = 0

  mutating func add(requests: Int64, responses: Int64) {
    self.requests &+= requests
    self.responses &+= responses
  }

  /// Requests, or responses where more of them were seen; begins anew.
  mutating func take() -> Int64 {
    defer { self = OperationCount() }
    return max(requests, responses)
  }
}
