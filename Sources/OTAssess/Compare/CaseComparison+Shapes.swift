/// Traffic nobody recognised, by its shape: a new one is a protocol that was not there before.
extension CaseComparison {
  func unknownShapes() -> [CaseDiff.Entry] {
    let before = Set(old.shapes.map(\.name))
    let after = Set(new.shapes.map(\.name))
    // Of few messages nobody can tell whether they are the same.
    let added = new.shapes.filter { $0.isComparable && !before.contains($0.name) }.map { shape in
      CaseDiff.Entry(.new, shape.name, detail(shape, shape.servers), evidence: shape.evidence)
    }
    let heard = heardAgain
    let missing = old.shapes.filter { $0.isComparable && !after.contains($0.name) }.map { shape in
      let servers = shape.servers.map(current)
      let verdict: CaseDiff.Verdict = servers.contains { heard.contains($0) } ? .gone : .notObserved
      return CaseDiff.Entry(verdict, shape.name, detail(shape, servers), evidence: shape.evidence)
    }
    return Self.sorted(added + missing)
  }

  private func detail(_ shape: Visit.Shape, _ servers: [String]) -> String {
    let named = servers.prefix(4).map(name).joined(separator: ", ")
    let more = servers.count > 4 ? " and \(servers.count - 4) more" : ""
    let place = shape.ports.isEmpty ? "" : " on \(shape.transport) \(shape.ports.replacing(",", with: ", "))"
    return "\(shape.looksLike)\(place)" + (servers.isEmpty ? "" : ", to \(named)\(more)")
  }
}
