// swift-tools-version: 6.2
import PackageDescription

/// The way of the data, read from top to bottom: a target may only use what stands above it.
/// `docs/adr/0002-targets.md` says where this differs from the first design and why.

let fuzzing = Context.environment["OT_FUZZ"] != nil
let staticExecutable = Context.environment["OT_STATIC"] != nil

let strict: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
  ] + (fuzzing ? [.unsafeFlags(["-O", "-sanitize-coverage=edge,inline-8bit-counters,pc-table"])] : [])

func library(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let grdb: [Target.Dependency] = [
  .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
]
/// Arrays that nobody else can have, and that need not be asked whether somebody has: `UniqueArray`.
let containers: Target.Dependency = .product(name: "BasicContainers", package: "swift-collections")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
  name: "otassess",
  products: [.executable(name: "otassess", targets: ["otassess"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // System libraries, each imported by one target.
    .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "CKnowledge", exclude: ["packs"]),
    // Instructions that Swift has no word for.
    .target(name: "CHints"),
    // What SQLite is told before it is used.
    .target(name: "CSQLiteSettings", linkerSettings: [.linkedLibrary("sqlite3")]),

    // Read and decode.
    library("OTCore", ["CHints"]),
    library("OTCapture", ["OTCore", "CPcap", "CZlib", "CZstd", "COpenSSL"] + (staticExecutable ? ["CPcapStub"] : [])),
    library("OTNetwork", ["OTCore"]),
    library("OTProtocols", ["OTCore", containers]),

    // Record. Importers give facts as they are; captures are folded into them.
    library("OTFacts", ["OTCore", "OTProtocols", containers]),
    library("OTImport", ["OTCore", "OTFacts"]),
    library("OTKnowledge", ["OTCore", "CKnowledge", yams], exclude: ["Rules", "Inputs.yaml", "Services.yaml"]),
    library("OTCase", ["OTFacts", "OTKnowledge", "CSQLiteSettings"] + grdb),

    // Judge and tell.
    library("OTAssess", ["OTFacts", "OTCase", "OTKnowledge"] + grdb),
    library("OTReport", ["OTCase", "OTAssess"]),

    // The whole run.
    library("OTPipeline", ["OTCapture", "OTNetwork", "OTProtocols", "OTImport", "OTFacts", containers]),
    library(
      "OTSurvey",
      [
        "OTPipeline", "OTCapture", "OTNetwork", "OTProtocols", "OTImport", "OTCase", "OTKnowledge", "OTAssess",
        "OTReport",
      ]),
    .executableTarget(
      name: "otassess",
      dependencies: [
        "OTSurvey", "OTPipeline", "OTImport", "OTKnowledge", "OTCase", "OTAssess", "OTReport", "OTCore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict,
      linkerSettings: staticExecutable ? [.unsafeFlags(["-static-executable"])] : []),

    // What `make bench` measures: the stages of a run on one thread.
    .executableTarget(
      name: "otbench", dependencies: ["OTPipeline", "OTSurvey", "OTCase", "OTReport", "OTCore"], swiftSettings: strict),

    tests("OTCoreTests", ["OTCore"]),
    tests("OTCaptureTests", ["OTCapture", "CPcap"]),
    tests("OTNetworkTests", ["OTNetwork"]),
    tests("OTProtocolsTests", ["OTProtocols"]),
    tests("OTImportTests", ["OTImport"]),
    tests("OTFactsTests", ["OTFacts"]),
    tests("OTCaseTests", ["OTCase", "OTFacts", "OTProtocols"] + grdb),
    tests("OTKnowledgeTests", ["OTKnowledge"]),
    tests("OTAssessTests", ["OTAssess"] + grdb),
    tests("OTReportTests", ["OTReport"]),
    tests("OTPipelineTests", ["OTPipeline"]),
    tests(
      "EndToEndTests",
      ["otassess", "OTSurvey", "OTPipeline", "OTProtocols", "OTFacts", "OTCase", "OTKnowledge", "OTAssess", "OTReport"]),
  ] + (fuzzing ? [fuzzer] : []) + (staticExecutable ? [.target(name: "CPcapStub")] : []))

/// libFuzzer on everything that reads what strangers wrote: `make fuzz`.
var fuzzer: Target {
  .executableTarget(
    name: "otfuzz",
    dependencies: [
      "OTCapture", "OTNetwork", "OTProtocols", "OTImport", "OTKnowledge", "OTFacts", "OTPipeline", "OTAssess",
      "OTSurvey",
    ],
    swiftSettings: strict + [.unsafeFlags(["-parse-as-library", "-sanitize=fuzzer,address"])],
    linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address"])])
}
