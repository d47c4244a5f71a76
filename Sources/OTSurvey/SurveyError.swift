/// Why a command cannot do what it is asked; each says what to do.
public enum SurveyError: Error, Equatable, CustomStringConvertible {
  case caseAmongOthers(path: String)
  case noSuchFinding(id: String)
  case ambiguousFinding(beginning: String, count: Int)
  /// A finding that no frame shows.
  case nothingToCarve(id: String, lines: [String])
  case evidenceMissing(name: String, sha256: String, recorded: String)
  case noManifest(path: String, reason: String)
  case noSuchShape(name: String)
  /// A bare IP protocol, which a description cannot name.
  case noDraft(name: String)
  /// A folder without a case and without a manifest.
  case holdsNeither(path: String)
  case notThere(path: String)
  case notOurs(path: String)
  case notWritable(path: String)

  public var description: String {
    switch self {
    case .caseAmongOthers(let path): "\(path) is a case; give it alone, or captures only"
    case .noSuchFinding(let id): "no finding \(id) in this case; `otassess findings CASE` lists them"
    case .ambiguousFinding(let beginning, let count):
      "\(count) findings begin with \(beginning); give the whole id (`otassess findings CASE` lists them)"
    case .nothingToCarve(let id, let lines):
      lines.isEmpty
        ? "\(id) has no frame to carve"
        : "\(id) rests on lines of text and on no frame: \(lines.joined(separator: ", "))"
    case .evidenceMissing(let name, let sha256, let recorded):
      "\(name): not at \(recorded) with SHA-256 \(sha256.prefix(16))…; say where to look with --captures"
    case .noSuchShape(let name): "no traffic of shape \(name) here; `otassess conversations` lists the shapes"
    case .noDraft(let name):
      "\(name) has neither ports nor an EtherType, so that no description can say where it is met"
    case .noManifest(let path, let reason): "\(path): neither a case nor a manifest: \(reason)"
    case .holdsNeither(let path): "\(path) holds neither a case (\(CaseSource.fileName)) nor a manifest.json"
    case .notThere(let path): "\(path): no such file or folder"
    case .notWritable(let path): "\(path): the folder cannot be made; look at its owner and the space on the disk"
    case .notOurs(let path): "\(path) is there and is not a folder; name another one with --out"
    }
  }
}
