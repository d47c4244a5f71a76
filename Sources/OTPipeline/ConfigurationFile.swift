import Foundation
import OTCapture
import OTCore
import OTFacts
import OTImport

/// A text file handed over beside the captures that an importer read: the configuration of a device.
public struct ConfigurationFile: Sendable {
  public var path: String
  /// Bytes on the disk.
  public var size: UInt64
  public var sha256: SHA256Digest
  public var importer: ImporterInfo
  /// Lines read, and lines beyond ``ConfigurationText/mostLines``.
  public var lines: Int
  public var linesLeftOut: Int
  /// What the file says; its `file` is the position in the list of configurations.
  public var device: DeviceFact

  /// Largest file an importer is offered. Running configurations of chassis switches stay below 2 MiB.
  public static let mostBytes: UInt64 = 32 << 20

  /// Offers every file that is no capture to the importers: in the order of their contents, equal ones once.
  static func read(among strangers: [CaptureError]) -> (read: [ConfigurationFile], refused: [Refusal]) {
    var files: [ConfigurationFile] = []
    var refused: [Refusal] = []
    for stranger in strangers.sorted(by: { $0.path < $1.path }) {
      switch stranger.kind == .foreign ? offer(stranger.path) : .failure(stranger.message) {
      case .success(let file): files.append(file)
      case .failure(let reason): refused.append(Refusal(path: stranger.path, reason: reason))
      }
    }
    files.sort { ($0.sha256, $0.path) < ($1.sha256, $1.path) }
    var distinct: [ConfigurationFile] = []
    for var file in files where file.sha256 != distinct.last?.sha256 {
      file.device.file = UInt32(truncatingIfNeeded: distinct.count)
      distinct.append(file)
    }
    return (distinct, refused)
  }

  private enum Offer {
    case success(ConfigurationFile)
    case failure(String)
  }

  private static func offer(_ path: String) -> Offer {
    let neither = "is neither a capture nor a configuration of a known kind"
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let size = (attributes?[.size] as? NSNumber)?.uint64Value ?? 0
    guard size <= mostBytes else { return .failure("\(neither) (text is read up to \(mostBytes >> 20) MiB)") }
    guard let data = FileManager.default.contents(atPath: path), let digest = try? EvidenceHasher.hash(path: path)
    else { return .failure("cannot be read") }
    guard let text = ConfigurationText([UInt8](data)), let importer = ImporterRegistry.importer(for: text) else {
      return .failure(neither)
    }
    return .success(
      ConfigurationFile(
        path: path, size: UInt64(data.count), sha256: digest, importer: importer.info, lines: text.lines.count,
        linesLeftOut: text.linesLeftOut, device: importer.read(text, file: 0)))
  }
}

/// A file that was handed over and that nothing here reads.
public struct Refusal: Sendable, Equatable, CustomStringConvertible {
  public var path: String
  /// What is wrong, in words that follow the path.
  public var reason: String
  public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}
