import OTCase

/// A description to start from, as the case holds it for each shape of unrecognised traffic.
public enum DescriptionDraft {
  public static func text(of shape: String, in store: CaseStore) throws -> String {
    guard let row = try store.rows(UnknownShapeRow.self, where: "name", is: shape).first else {
      throw SurveyError.noSuchShape(name: shape)
    }
    guard !row.draft.isEmpty else { throw SurveyError.noDraft(name: shape) }
    return row.draft
  }
}
