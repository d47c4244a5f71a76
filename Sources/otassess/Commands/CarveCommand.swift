import ArgumentParser
import Foundation
import OTCase
import OTSurvey

struct CarveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "carve",
    abstract: "Cut the packets behind a finding out of the evidence into a capture of their own.",
    discussion: """
      The evidence is checked against its SHA-256 first. Where it was moved, --captures says where to look; it is \
      found by its digest, whatever its name.

      Example: otassess carve OT-PROG-001-5f0e77a1 out/case.otcase --out download.pcap
      """)

  @Argument(help: "The finding's id, or a beginning that no other has.")
  var finding: String

  @Argument(help: "The case (case.otcase, or the folder it lies in).")
  var `case`: String

  @Option(parsing: .upToNextOption, help: "Files and folders to look in for evidence that was moved.")
  var captures: [String] = []

  @Option(
    help: "The capture to write: pcap, or pcapng where the frames are of several link types; - is standard output.")
  var out: String

  func validate() throws {
    guard FileManager.default.fileExists(atPath: finding) else { return }
    throw ValidationError(
      "\(finding) is a file: the finding comes first, as in otassess carve ID \(finding) --out \(out)")
  }

  func run() throws {
    let store = try CaseSource.openStored(`case`)
    let result = try FindingCarver.carve(finding, from: store, places: captures, to: out)
    let frames = result.frames == 1 ? "1 frame" : "\(result.frames) frames"
    let said = "\(out): \(frames) of \(result.finding.id), \(TerminalText.escaped(result.finding.title))\n"
    // Where the packets go to standard output, nothing else does.
    if out == "-" { Terminal.note(said) } else { Terminal.write(said) }
    if !result.lines.isEmpty {
      Terminal.complain("not packets, so not in it: \(result.lines.joined(separator: ", "))")
    }
    if !result.missing.isEmpty {
      Terminal.complain("not in the evidence: \(result.missing.joined(separator: ", "))")
    }
  }
}
