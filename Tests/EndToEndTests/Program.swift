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
  static let url: URL = {
    let beside = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent().appending(path: "otassess")
    return FileManager.default.isExecutableFile(atPath: beside.path)
      ? beside : NorthQuay.root.appending(path: ".build/debug/otassess")
  }()

  /// - Parameters:
  ///   - input: a file to be read as standard input.
  ///   - output: a file to be written as standard output, which is then not in the outcome.
  static func run(_ arguments: [String], input: String? = nil, output sinkPath: String? = nil) throws -> Outcome {
    let process = Process()
    process.executableURL = url
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
    if let sinkPath, !FileManager.default.fileExists(atPath: sinkPath) {
      try Data().write(to: URL(fileURLWithPath: sinkPath))
    }
    process.standardOutput = sinkPath.flatMap { FileHandle(forWritingAtPath: $0) } ?? outputHandle
    process.standardError = errorHandle
    try process.run()
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus, output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      error: String(decoding: try Data(contentsOf: error), as: UTF8.self))
  }
}
