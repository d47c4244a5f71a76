/// What speaks for a role, and how loudly.
struct RoleVote: Sendable {
  var role: AssetRole
  /// 0...1; what the site says weighs 1 and ends the count.
  var weight: Double
  /// Protocol or pass the vote comes from.
  var source: String
  var reason: String
  /// Evidence file and frame of the first observation.
  var evidence: (file: Int64, frame: Int64)?
}

/// The votes of every asset. The role with the greatest sum wins; equal sums go to the role that stands first in
/// ``AssetRole``, so that the result does not depend on the order of votes.
struct RoleVotes {
  private(set) var votes: [String: [RoleVote]] = [:]

  mutating func add(
    _ asset: String?, _ role: AssetRole, _ weight: Double, _ source: String, _ reason: String,
    evidence: (file: Int64, frame: Int64)? = nil
  ) {
    guard let asset else { return }
    votes[asset, default: []].append(
      RoleVote(role: role, weight: weight, source: source, reason: reason, evidence: evidence))
  }

  /// Least sum of weights that makes a role; below it the role stays unknown.
  static let threshold = 0.3

  /// The role of an asset with the reason of its strongest vote, or nil where too little speaks for any.
  func winner(of asset: String) -> (role: AssetRole, reason: String)? {
    guard let votes = votes[asset] else { return nil }
    if let stated = votes.first(where: { $0.weight >= 1 }) { return (stated.role, stated.reason) }
    var best: (role: AssetRole, sum: Double)?
    for role in AssetRole.allCases {
      let sum = votes.reduce(0) { $1.role == role ? $0 + $1.weight : $0 }
      if sum >= Self.threshold, sum > best?.sum ?? 0 { best = (role, sum) }
    }
    guard let best else { return nil }
    let strongest = votes.filter { $0.role == best.role }.sorted { ($1.weight, $0.reason) < ($0.weight, $1.reason) }
    return (best.role, strongest.prefix(3).map(\.reason).joined(separator: "; "))
  }
}
