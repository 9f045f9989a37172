// swift-tools-version: 6.2
// Shouwang: one Linux program for the gateway box of a residential community.
// The targets and the order in which they may import each other are told in docs/architecture.md.
import PackageDescription

/// One list for every target of ours, so that no target is held to less than another.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335: an existential is written as one.
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409: an import does not leak.
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444: a member needs its module's import.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461: async code stays where its caller is.
    .enableUpcomingFeature("InferIsolatedConformances"),  // SE-0470
    .strictMemorySafety(),  // SE-0458: each unsafe use is marked.
    .treatAllWarnings(as: .error),
]

func ours(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// What every record passes through is optimised in debug builds too: the tests replay half a million records.
func hot(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies,
        swiftSettings: settings + [.unsafeFlags(["-O"], .when(configuration: .debug))])
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: [], swiftSettings: settings)
}

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

func nio(_ module: String) -> Target.Dependency { .product(name: module, package: "swift-nio") }
let ssl: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")

let package = Package(
    name: "shouwang",
    // For the tests of faults alone, which preload it into a daemon.
    products: [.library(name: "FaultShim", type: .dynamic, targets: ["CFaultShim"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // System
        .systemLibrary(
            name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // Optimised in debug builds too: its templates are some fifty times slower without.
        .target(
            name: "CSIMDJSON", cxxSettings: [.define("NDEBUG"), .unsafeFlags(["-O2"])],
            linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "CChecksum", cSettings: [.unsafeFlags(["-O2"])]),
        .target(name: "CPrefetch"),
        // Foundation
        hot("Timekeeping"),
        ours("Diagnostics"),
        hot("StateCoding", ["Timekeeping"]),
        hot("TextForms"),
        hot("RecordLog", ["Timekeeping", "Diagnostics", "TextForms", "CSIMDJSON", "CZlib", "CChecksum"]),
        hot("Community", ["Timekeeping", "Diagnostics", "TextForms"]),
        hot("SiteConfiguration", ["Timekeeping", "Diagnostics", .product(name: "Yams", package: "Yams")]),
        // Core, pure
        hot("Feeds", ["Timekeeping", "TextForms", "RecordLog", "Community", "SiteConfiguration", "CSIMDJSON"]),
        hot("Windowing", ["Timekeeping", "StateCoding", "CPrefetch", heap]),
        hot(
            "Rules",
            [
                "Timekeeping", "StateCoding", "Diagnostics", "Community", "SiteConfiguration", "Feeds", "Windowing",
            ]),
        ours(
            "Alerts",
            ["Timekeeping", "Diagnostics", "RecordLog", "Community", "SiteConfiguration", "Feeds", "Rules", crypto]),
        hot(
            "Pipeline",
            [
                "Timekeeping", "StateCoding", "Diagnostics", "RecordLog", "Community", "SiteConfiguration", "Feeds",
                "Windowing", "Rules", "Alerts",
            ]),
        ours(
            "Scenarios",
            [
                "Timekeeping", "StateCoding", "Diagnostics", "RecordLog", "Community", "SiteConfiguration", "Feeds",
                "Rules", "Alerts", "Pipeline", "CSIMDJSON",
            ]),
        // Edge
        ours("MQTTIntake", ["CMosquitto", "Timekeeping", "Diagnostics"]),
        ours("Ledger", ["Timekeeping", "Diagnostics", .product(name: "GRDB", package: "GRDB.swift"), crypto]),
        ours(
            "Channels",
            [
                "Timekeeping", "Diagnostics", "Ledger", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"), ssl, crypto, log, deque,
            ]),
        ours(
            "Console",
            [
                .product(name: "Hummingbird", package: "hummingbird"), log, lifecycle,
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]),
        // Tool
        ours("Simulation", ["Timekeeping"]),
        // Top
        .executableTarget(
            name: "shouwang",
            dependencies: [
                "Timekeeping", "StateCoding", "Diagnostics", "RecordLog", "Community", "SiteConfiguration", "Feeds",
                "Rules", "Alerts", "Pipeline", "Scenarios", "MQTTIntake", "Ledger", "Channels", "Console",
                "Simulation", crypto, log, deque, lifecycle,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings),
        // Benchmarks: built with everything, so that they stay true; run by `make bench`.
        .target(name: "CMallocCount", path: "Benchmarks/CMallocCount"),
        .executableTarget(
            name: "BenchWindows", dependencies: ["CMallocCount", "Timekeeping", "Windowing"],
            path: "Benchmarks/Windows", swiftSettings: settings),
        .executableTarget(
            name: "BenchCatalogue",
            dependencies: [
                "Alerts",
                "CMallocCount", "Timekeeping", "Diagnostics", "RecordLog", "Community", "SiteConfiguration", "Feeds",
                "Pipeline",
            ], path: "Benchmarks/Catalogue", swiftSettings: settings),
        // Tests
        tests("SiteConfigurationTests", ["SiteConfiguration", "Timekeeping", "Diagnostics"]),
        tests(
            "BrokerTests",
            ["shouwang", "Alerts", "Console", "MQTTIntake", "RecordLog", "Simulation", "Timekeeping"]),
        tests(
            "DaemonTests",
            [
                "shouwang", "Alerts", "Channels", "Community", "Console", "Diagnostics", "Feeds", "Ledger", "Pipeline",
                "RecordLog", "Rules", "SiteConfiguration", "Timekeeping", log,
            ]),
        // Preloaded into the daemon by the tests of faults; nothing links it.
        .target(name: "CFaultShim", path: "Tests/CFaultShim"),
        tests(
            "FaultTests",
            ["shouwang", "CMosquitto", "MQTTIntake", "RecordLog", "Simulation", "TestSupport", "Timekeeping"]),
        tests("CommunityTests", ["Community", "Timekeeping", "Diagnostics"]),
        .target(name: "TestSupport", dependencies: ["Simulation"], path: "Tests/TestSupport", swiftSettings: settings),
        tests("TidyTests", []),
        tests("TimekeepingTests", ["TestSupport", "Timekeeping"]),
        tests("RecordLogTests", ["TestSupport", "RecordLog", "Timekeeping", "Diagnostics", "CSIMDJSON", "CZlib"]),
        tests("TextFormsTests", ["TestSupport", "TextForms"]),
        tests("StateCodingTests", ["TestSupport", "StateCoding", "Timekeeping"]),
        tests(
            "FeedsTests",
            [
                "TestSupport", "Simulation", "Feeds", "Timekeeping", "RecordLog", "Community", "SiteConfiguration",
                "Diagnostics", "CSIMDJSON",
            ]),
        tests(
            "PipelineTests",
            [
                "TestSupport", "Pipeline", "Alerts", "Feeds", "Rules", "Timekeeping", "RecordLog", "Community",
                "SiteConfiguration", "StateCoding", "Windowing", "Diagnostics", "Simulation",
            ]),
        tests(
            "RulesTests",
            [
                "TestSupport", "Rules", "Feeds", "Windowing", "Timekeeping", "RecordLog", "Community",
                "SiteConfiguration", "StateCoding", "Diagnostics", "Pipeline", "Alerts",
            ]),
        .testTarget(
            name: "ScenarioTests",
            dependencies: [
                "TestSupport", "Scenarios", "Pipeline", "SiteConfiguration", "Diagnostics", "Timekeeping",
            ],
            // Found by the tests themselves, by the folder that they stand in.
            exclude: ["catalogue"], swiftSettings: settings),
        tests("WindowingTests", ["TestSupport", "Windowing", "Timekeeping", "StateCoding"]),
        tests("MQTTIntakeTests", ["TestSupport", "MQTTIntake", "Simulation", "Timekeeping", "Diagnostics"]),
        tests(
            "LedgerTests",
            ["Ledger", "Simulation", "Timekeeping", "Diagnostics", .product(name: "GRDB", package: "GRDB.swift")]),
        tests(
            "ChannelsTests",
            [
                "TestSupport", "Channels", "Diagnostics", "Ledger", "Timekeeping", log, nio("NIOCore"),
                nio("NIOPosix"), nio("NIOHTTP1"), ssl,
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
    ],
    cxxLanguageStandard: .cxx17
)
