import Foundation
import Testing

/// The built program, run as a user runs it.
enum Program {
  struct Outcome {
    var code: Int32
    var output: String
    var error: String
  }

  /// Beside the test bundle.
  private static let url = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "otassess")

  /// - Parameter input: a file to be read as standard input.
  static func run(_ arguments: [String], input: String? = nil) throws -> Outcome {
    let process = Process()
    process.executableURL =
      FileManager.default.isExecutableFile(atPath: url.path)
      ? url : NorthQuay.root.appending(path: ".build/debug/otassess")
    process.arguments = arguments
    process.currentDirectoryURL = NorthQuay.root
    process.standardInput = input.flatMap { FileHandle(forReadingAtPath: $0) } ?? FileHandle.nullDevice
    // Files, not pipes: a pipe that nobody empties stops its writer.
    let folder = FileManager.default.temporaryDirectory.appending(path: "otassess-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func sink(_ name: String) throws -> (URL, FileHandle) {
      let file = folder.appending(path: name)
      try Data().write(to: file)
      return (file, try FileHandle(forWritingTo: file))
    }
    let (output, outputHandle) = try sink("output")
    let (error, errorHandle) = try sink("error")
    process.standardOutput = outputHandle
    process.standardError = errorHandle
    try process.run()
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus, output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      error: String(decoding: try Data(contentsOf: error), as: UTF8.self))
  }
}
