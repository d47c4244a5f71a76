import OTAssess
import OTCase
import OTCore
import OTFacts
import Testing

@testable import OTReport

@Suite struct ReportTests {
  static func text(_ files: [ReportFiles.File], _ name: String) -> String {
    String(decoding: files.first { $0.name == name }?.bytes ?? [], as: UTF8.self)
  }

  @Test func aReportTellsWhatIsThereAndWhatCouldNotBeSeen() throws {
    try SampleCase.withCase { store in
      let page = MarkdownRenderer.render(try Report.document(for: store)).replacing("\\", with: "")
      for words in [
        "OT security assessment: Test quay", "crane.pcapng", "partly read", "damaged at byte 6990",  // evidence
        "20 at 1 of 1 interface", "3 of 100 (3 %)", "not port 22", "crane.pcapng: block length",  // losses
        "1 of 4 (25 %)", "0x8892: 39 packets", "objects of a conversation: 1", "1 of 10 (10 %)",  // not decoded
        "could not be assessed", "TEU not handled", "What to do first",
        "Z-STS-01 (Crane 1)", "6ES7 315-2EH14-0AB0", "V3.2.6: 10.1.1.10; V3.2.7: 10.1.2.10",  // assets
        "Within 20 % of it", "93.184.216.34", "Commands",  // who talks
        "first one observed", "request download (S7comm)", "Z-ECS",  // controllers
        "otassess carve OT-", "ip.addr == 10.1.10.20 && ip.addr == 10.1.1.10 && tcp.port == 102 && s7comm",
        "T0843 Program Download", "The MITRE Corporation", "What is not known", "frobnicate", "sw.cfg:5",
        "otassess verify case.otcase", String(repeating: "ab", count: 32),
      ] { #expect(page.contains(words), "\(words)") }
      // What could not be seen comes first.
      let order = Report.sections.compactMap { page.range(of: "</a>\($0.title)")?.lowerBound }
      #expect(order.count == Report.sections.count && order == order.sorted())
    }
  }

  /// What stands in the chapters agrees: bands of findings with those that are not rated, one with its word.
  @Test func countsAddUpAndAgreeWithTheirNouns() throws {
    for contents in [SampleCase.crane, CaseContents(program: "0.0-test")] {
      try SampleCase.withCase(contents) { store in
        let reading = try CaseReading(store)
        let page = MarkdownRenderer.render(try Report.document(for: store)).replacing("\\", with: "")
        #expect(!page.contains(/\b1 (devices|files|findings|frames|packets|captures|bytes)\b/), "\(page)")
        #expect(!page.contains("1 were ") && !page.contains("(s)") && !page.contains(" 0 other files"))
        guard !reading.findings.isEmpty else { return }
        let counts = try #require(page.firstMatch(of: /by the upper bound of their risk: ([^.]*)\./)).1
        let sum = counts.split { !$0.isNumber }.compactMap { Int($0) }.reduce(0, +)
        #expect(sum == reading.findings.count, "\(counts)")
      }
    }
  }

  /// An answer does not say again what it is about, and stands in a row of its own: it is no second command.
  @Test func aCommandAndItsAnswerAreOne() throws {
    var contents = SampleCase.crane
    let stop = try #require(contents.facts.operations.firstIndex { $0.name == "plc stop" })
    contents.facts.operations[stop].object = "P_PROGRAM"
    contents.facts.operations[stop].responses = 0
    var answer = contents.facts.operations[stop]
    (answer.object, answer.requests, answer.responses) = ("", 0, 2)
    contents.facts.operations.insert(answer, at: stop + 1)
    for index in contents.facts.events.indices where contents.facts.events[index].operation > stop {
      contents.facts.events[index].operation += 1
    }
    try SampleCase.withCase(contents) { store in
      let page = MarkdownRenderer.render(try Report.document(for: store)).replacing("\\", with: "")
      // Commands and objects; control, program and the panel's write in the table of protocols.
      #expect(page.contains("| **Z-ECS** | control | S7comm | 2 | 1 |"), "\(page)")
      #expect(page.contains(/\*\*S7comm\*\* \| 2 \| 2 \| \*\*2\*\* \| \*\*2\*\* \| \*\*2\*\* \|/), "\(page)")
    }
  }

  @Test func whatWasFilteredOrRecordedTwiceIsNoLimit() throws {
    var contents = SampleCase.crane
    contents.facts.limits += [
      CountFact(kind: "filter", detail: "frames that the capture filter left out", count: 7),
      CountFact(kind: "duplicate", detail: "frames in more than one file, counted once", count: 9),
    ]
    try SampleCase.withCase(contents) { store in
      let page = MarkdownRenderer.render(try Report.document(for: store))
      #expect(page.contains("| Filter of this assessment | 7 frames that the capture filter left out |"))
      #expect(page.contains("| Recorded or handed over twice | 9 frames in more than one file, counted once |"))
      #expect(!page.contains("Limit reached: filter") && !page.contains("Limit reached: duplicate"))
    }
  }

  @Test func nothingIsEverCalledSecureOrPassed() throws {
    for contents in [SampleCase.crane, CaseContents()] {
      for site in [SampleCase.site, nil] {
        try SampleCase.withCase(contents, site: site) { store in
          let page = HTMLRenderer.render(try Report.document(for: store))
          let words = page.lowercased().split { !$0.isLetter }
          for word in ["secure", "passed", "compliant", "safe"] { #expect(!words.contains(Substring(word)), "\(word)") }
        }
      }
    }
  }

  @Test func anEmptyCaseSaysThatNothingWasObservedOrAssessed() throws {
    try SampleCase.withCase(CaseContents(program: "0.0-test"), site: nil) { store in
      let page = MarkdownRenderer.render(try Report.document(for: store))
      for words in [
        "No evidence is recorded", "not assessed", "No device was observed", "No conversation was observed",
        "Not assessed: no rule was asked", "Risk was not assessed", "What is permitted was not assessed",
      ] { #expect(page.contains(words), "\(words)") }
    }
  }

  @Test(arguments: RendererTests.hostile)
  func whateverACaseHoldsTheReportOnlyQuotesIt(_ text: String) throws {
    try SampleCase.withCase(inject: text) { store in
      let files = try ReportFiles.files(for: store)
      let page = Self.text(files, "report.html")
      expectHarmless(page)
      for name in ["findings.json", "manifest.json"] {
        #expect(!Self.text(files, name).unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0 == "<" })
      }
      for line in Self.text(files, "assets.csv").split(separator: "\r\n") {
        #expect(!"=+-@".contains(line.first ?? " "))
      }
    }
  }

  @Test func theSameCaseGivesTheSameBytesWithoutPathOrClock() throws {
    let first = try SampleCase.withCase { try ReportFiles.files(for: $0) }
    let second = try SampleCase.withCase { try ReportFiles.files(for: $0) }
    #expect(first == second)
    #expect(first.map(\.name) == ["report.html", "report.md", "findings.json", "assets.csv", "manifest.json"])
    for file in first {
      let text = String(decoding: file.bytes, as: UTF8.self)
      #expect(!text.contains("/secret/place"))
      #expect(!text.contains("://"))
    }
    #expect(Self.text(first, "manifest.json").contains("\"dropped\": 20"))
    #expect(Self.text(first, "findings.json").contains("\"schema\": \"otassess.findings/1\""))
  }

  @Test func everyLinkOfTheReportLeadsSomewhere() throws {
    try SampleCase.withCase { store in
      let page = HTMLRenderer.render(try Report.document(for: store))
      let targets = page.matches(of: /id="([^"]*)"/).map { String($0.1) }
      #expect(Set(targets).count == targets.count, "an id stands twice")
      for link in page.matches(of: /href="#([^"]*)"/) { #expect(targets.contains(String(link.1)), "\(link.1)") }
    }
  }

  @Test func aFindingIdThatAShellWouldReadGivesNoCommand() {
    #expect(Commands.carve("OT-PROG-001-0123456789abcdef") != nil)
    for id in ["a; rm -rf /", "$(x)", "-x", "", "a b", "a\nb", "`x`"] { #expect(Commands.carve(id) == nil) }
  }

  @Test(arguments: ["x"] + RendererTests.hostile) func twoVisitsAreComparedInTheSameBlocks(_ text: String) {
    var diff = CaseDiff()
    diff.assets = [CaseDiff.Entry(.new, text, text, evidence: text)]
    diff.findings = [CaseDiff.Entry(.notObservedAgain, text, text)]
    diff.stillOpen = 3
    let document = DiffReport.document(for: diff, before: text, after: text)
    expectHarmless(HTMLRenderer.render(document))
    let page = MarkdownRenderer.render(document)
    #expect(page.contains("1 not observed again") && page.contains("1 new") && page.contains("no change observed"))
  }
}
