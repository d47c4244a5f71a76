/// Short names of evidence files.
enum EvidenceNames {
  /// For each path the fewest of its last components that no other path ends in: `quay.pcapng`, or
  /// `visit-1/quay.pcapng` beside `visit-2/quay.pcapng`.
  static func unique(_ paths: [String]) -> [String] {
    let components = paths.map { $0.split(separator: "/").filter { $0 != "." }.map(String.init) }
    return components.indices.map { index in
      let own = components[index]
      for count in 1...max(1, own.count) {
        let ending = own.suffix(count)
        let isUnique = components.indices.allSatisfy { $0 == index || components[$0].suffix(count) != ending }
        if isUnique, !ending.isEmpty { return ending.joined(separator: "/") }
      }
      return paths[index]
    }
  }
}
