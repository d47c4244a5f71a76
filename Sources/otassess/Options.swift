import ArgumentParser
import OTCase
import OTPipeline
import OTSurvey

/// How captures are read.
struct ReadingOptions: ParsableArguments {
  @Option(help: "Only packets that match this expression of libpcap's filter language, as 'tcp port 502'.")
  var filter: String?

  @Option(
    help: ArgumentHelp(
      "A folder of protocols you described; `otassess protocols check` checks them.", valueName: "folder"))
  var protocols: String?

  @Option(help: "Threads that decode; the result does not depend on it.")
  var workers: Int = 1

  func validate() throws {
    guard workers >= 1, workers <= 64 else { throw ValidationError("--workers is a number from 1 to 64.") }
  }

  /// Reads `paths`; says how far it is where somebody looks on.
  func analysis(_ paths: [String], hashes: Bool = true) throws -> (options: Analysis.Options, progress: Progress?) {
    // What may be wrong on the command line is found before hours of reading.
    let descriptions = try protocols.map { try ProtocolDescriptions(folder: $0) }
    let progress = Progress.forTerminal("reading")
    var options = Analysis.Options(
      paths: paths, filter: filter, workers: workers, hashes: hashes, progress: progress?.report)
    options.described = descriptions?.protocols ?? []
    options.descriptions = descriptions?.files ?? []
    return (options, progress)
  }
}

/// With what a case is judged.
struct JudgementOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("What the site says of itself; `otassess init` writes a template.", valueName: "site.yaml"))
  var site: String?

  @Option(help: ArgumentHelp("A folder of rules of your own, beside the program's.", valueName: "folder"))
  var rules: String?

  @Option(help: ArgumentHelp("A folder of knowledge to use instead of the program's.", valueName: "folder"))
  var knowledge: String?

  var judgement: Survey.Judgement {
    Survey.Judgement(siteFile: site, rulesFolder: rules, knowledgeFolder: knowledge)
  }

  /// Refuses options that could change nothing, since all that is asked about was read and judged before.
  func refuse(_ reading: ReadingOptions, for sources: [CaseSource]) throws {
    let areStored = sources.allSatisfy { if case .stored = $0 { true } else { false } }
    guard areStored, reading.filter != nil || reading.protocols != nil || judgement != Survey.Judgement() else {
      return
    }
    throw ValidationError(
      "a case was judged when it was made: --filter, --protocols, --site, --rules, --knowledge need captures.")
  }
}

/// What a command that prints facts or findings is asked about.
struct SourceOptions: ParsableArguments {
  @Argument(help: "A case (case.otcase, or the folder it lies in), or captures, configurations and folders of them.")
  var paths: [String]

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var judging: JudgementOptions

  /// Opens the case, or makes one for the moment.
  func open(_ body: (CaseStore) throws -> Void) async throws {
    let source = try CaseSource(paths)
    try judging.refuse(reading, for: [source])
    let (options, progress) = try reading.analysis(paths)
    defer { progress?.clear() }
    try await source.open(options, judging.judgement) { warnings in
      progress?.clear()
      Terminal.warn(warnings)
    } _: {
      try body($0)
    }
  }
}
