import OTAssess
import OTCase
import OTPipeline

/// Two visits compared, each a case or what a case is made of.
public enum Comparison {
  public static func diff(
    _ before: String, _ after: String, _ options: Analysis.Options, _ judgement: Survey.Judgement,
    warn: ([String]) -> Void
  ) async throws -> CaseDiff {
    let old = try await CaseSource([before]).open(options, judgement, warn: warn) { try $0.read(Visit.init) }
    let new = try await CaseSource([after]).open(options, judgement, warn: warn) { try $0.read(Visit.init) }
    return CaseComparison(before: old, after: new).diff()
  }
}
