import Testing

@testable import OTAssess

@Suite struct RiskModelTests {
  /// The printed matrix, likelihood 1...5 down, consequence 1...5 across (HANDBOOK §5).
  static let matrix = ["LLLLL", "LLMMM", "LMMHH", "LMHHC", "LMHCC"]

  @Test func theMatrixIsThePrintedOne() {
    for (row, bands) in Self.matrix.enumerated() {
      for (column, letter) in bands.enumerated() {
        let band = RiskModel.band(likelihood: row + 1, consequence: column + 1)
        #expect(band.name.first?.uppercased() == String(letter), "L\(row + 1) C\(column + 1) is \(band)")
      }
    }
  }

  @Test(arguments: [(0, 1), (1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (6, 4), (7, 5), (8, 5)])
  func pointsMakeLikelihood(points: Int, likelihood: Int) {
    #expect(RiskModel.likelihood(points: points) == likelihood)
  }

  @Test func whatIsUnknownIsARange() {
    #expect(RiskModel.likelihood([]) == 1...5)
    let known: [RiskModel.Point] = [
      .init(.exposure, 3...3, "internet"), .init(.weakness, 2...2, "clear text"), .init(.threat, 2...2, "seen"),
    ]
    #expect(RiskModel.likelihood(known) == 4...5, "controls unknown: 5 to 7 points")
    #expect(RiskModel.likelihood(known + [.init(.controls, 0...0, "none")]) == 5...5)
    #expect(RiskModel.consequence(nil) == 1...5)
    #expect(RiskModel.band(likelihood: 4...5, consequence: 1...5) == .low ... .critical)
  }

  @Test func throughputLossIsATripleAndUnknownWithoutMoves() throws {
    var unit = SiteFile.Unit(id: "STS01", kind: .quayCrane, zone: nil, movesPerHour: 28, manualFallback: 0)
    let loss = try #require(ThroughputLoss(units: [unit], factor: 1.65, scenario: .controller))
    #expect(abs(loss.low - 369.6) < 0.01 && abs(loss.likely - 739.2) < 0.01 && abs(loss.high - 1108.8) < 0.01)
    var gate = unit
    gate.kind = .gate
    gate.movesPerHour = 20
    #expect(ThroughputLoss(units: [unit, gate], factor: 1.65, scenario: .controller) == loss, "no box counts twice")
    unit.manualFallback = nil
    #expect(ThroughputLoss(units: [unit], factor: 1.65, scenario: .controller)?.low == 0)
    unit.movesPerHour = nil
    #expect(ThroughputLoss(units: [unit], factor: 1.65, scenario: .controller) == nil)
  }
}
