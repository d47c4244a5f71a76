import Glibc

/// libFuzzer's target. What it feeds is chosen by `OT_FUZZ_MODE`; `tools/fuzz.sh` runs all in turn.
enum Mode: String, CaseIterable {
  /// Bytes of a capture file: pcap, pcapng, gzip, zstd.
  case capture
  /// Frames and segments, through the whole pipeline to printed facts.
  case network
  /// Conversations, to whichever dissectors take them.
  case engine
  /// Conversations, to each dissector alone, and data units its own framing would have refused.
  case dissector
  /// Configurations of devices.
  case importer
  /// Rules.
  case yaml
  /// Site files.
  case site
  /// Descriptions of protocols, and conversations as they read them.
  case description

  static let chosen: Mode = {
    guard let name = unsafe getenv("OT_FUZZ_MODE") else { return .engine }
    let mode = unsafe Mode(rawValue: String(cString: name))
    return mode ?? .engine
  }()

  func run(_ input: Span<UInt8>) {
    switch self {
    case .capture: Captures.read(input)
    case .network: Captures.follow(input)
    case .engine: Conversations.meetAll(input)
    case .dissector: Conversations.meetOne(input)
    case .importer: Texts.importConfiguration(input)
    case .yaml: Texts.readRule(input)
    case .site: Texts.readSite(input)
    case .description: Texts.describe(input)
    }
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = unsafe UnsafeBufferPointer(start: start, count: count)
  unsafe Mode.chosen.run(input.span)
  return 0
}

/// Called once before the first input. With `OT_FUZZ_SEEDS` in the environment it writes seeds and ends the program.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
  guard let folder = unsafe getenv("OT_FUZZ_SEEDS") else { return 0 }
  var captures: [String] = []
  for index in 1..<Swift.max(1, Int(unsafe count.pointee)) {
    if let path = unsafe arguments.pointee[index] { unsafe captures.append(String(cString: path)) }
  }
  Seeds.write(captures, to: unsafe String(cString: folder))
  exit(0)
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ entry: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// The symbol SwiftPM links as `main`.
@_cdecl("otfuzz_main")
public func fuzzMain(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  var count = count
  var arguments = unsafe arguments
  return unsafe runDriver(&count, &arguments, fuzz)
}
