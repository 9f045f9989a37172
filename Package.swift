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

/// A target of ours. Its group is the folder of `Sources/` that it stands in: the groups follow the data's way.
/// - Parameter target: its name, where that is not its folder's.
func ours(_ path: String, named target: String? = nil, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: target ?? name(path), dependencies: dependencies, path: "Sources/" + path, swiftSettings: settings)
}

/// What every record passes through is optimised in debug builds too: the tests replay half a million records.
func hot(_ path: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name(path), dependencies: dependencies, path: "Sources/" + path,
        swiftSettings: settings + [.unsafeFlags(["-O"], .when(configuration: .debug))])
}

/// The last part of a path.
func name(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }

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
            name: "CMosquitto", path: "Sources/System/CMosquitto", pkgConfig: "libmosquitto",
            providers: [.apt(["libmosquitto-dev"])]),
        .systemLibrary(
            name: "CZlib", path: "Sources/System/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // Optimised in debug builds too: its templates are some fifty times slower without.
        .target(
            name: "CSIMDJSON", path: "Sources/System/CSIMDJSON",
            cxxSettings: [.define("NDEBUG"), .unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "CChecksum", path: "Sources/System/CChecksum", cSettings: [.unsafeFlags(["-O2"])]),
        .target(name: "CPrefetch", path: "Sources/System/CPrefetch"),
        // Base
        hot("Base/Vocabulary"),
        hot("Base/Timekeeping"),
        ours("Base/Diagnostics"),
        hot("Base/StateCoding", ["Timekeeping"]),
        hot("Base/TextForms"),
        hot("Base/FileIO"),
        hot("Base/JSONWriting", ["Vocabulary"]),
        ours("Base/Terminal", ["FileIO", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
        // Ingest
        ours("Ingest/MQTTIntake", ["FileIO", "Vocabulary", "CMosquitto", "Timekeeping", "Diagnostics"]),
        hot(
            "Ingest/RecordLog",
            [
                "FileIO", "JSONWriting", "Vocabulary", "Timekeeping", "Diagnostics", "TextForms", "CSIMDJSON", "CZlib",
                "CChecksum",
            ]),
        hot(
            "Ingest/Feeds",
            [
                "CSIMDJSON", "Vocabulary", "Timekeeping", "Diagnostics", "TextForms", "FileIO", "JSONWriting",
                "RecordLog", "Community", "ConfigReading",
            ]),
        // Site
        hot("Site/Community", ["Timekeeping", "Diagnostics", "TextForms"]),
        hot(
            "Site/ConfigReading",
            ["Vocabulary", "Timekeeping", "Diagnostics", "FileIO", .product(name: "Yams", package: "Yams")]),
        hot(
            "Site/SiteConfiguration",
            [
                "Vocabulary", "Timekeeping", "Diagnostics", "FileIO", "ConfigReading", "Cases", "Channels", "Community",
                "Feeds",
            ]),
        ours(
            "Site/SiteLoading",
            [
                "Vocabulary", "Timekeeping", "Diagnostics", "Terminal", "Community", "ConfigReading",
                "SiteConfiguration", "Feeds", "Rules", "Channels", "Delivery", crypto,
            ]),
        // Core: pure
        hot("Core/Cases", ["Vocabulary", "Timekeeping", "Diagnostics", "JSONWriting"]),
        hot("Core/Windowing", ["Timekeeping", "StateCoding", "CPrefetch", heap]),
        hot(
            "Core/Rules",
            [
                "Vocabulary", "Timekeeping", "StateCoding", "Diagnostics", "Community", "SiteConfiguration", "Feeds",
                "Windowing",
            ]),
        ours(
            "Core/Alerts",
            [
                "CSIMDJSON", "JSONWriting", "Vocabulary", "Timekeeping", "StateCoding", "Diagnostics", "RecordLog",
                "Community", "SiteConfiguration", "Feeds", "Rules", "Cases", crypto,
            ]),
        // `Dispatch` is the name of libdispatch's module.
        ours(
            "Core/Dispatch", named: "AlertDispatch",
            [
                "Vocabulary", "Timekeeping", "StateCoding", "Diagnostics", "Community", "Channels", "SiteConfiguration",
                "Feeds", "Alerts", heap,
            ]),
        hot(
            "Core/Pipeline",
            [
                "Vocabulary", "Timekeeping", "StateCoding", "Diagnostics", "RecordLog", "Community",
                "SiteConfiguration", "Feeds", "Windowing", "Rules", "Alerts", "Cases",
            ]),
        ours(
            "Core/Scenarios",
            [
                "CSIMDJSON", "Vocabulary", "Timekeeping", "Diagnostics", "StateCoding", "FileIO", "JSONWriting",
                "RecordLog", "Feeds", "Community", "SiteConfiguration", "Rules", "Alerts", "Cases", "Pipeline",
            ]),
        // Deliver
        ours(
            "Deliver/Ledger",
            [
                "FileIO", "Vocabulary", "Timekeeping", "Diagnostics", .product(name: "GRDB", package: "GRDB.swift"),
                crypto,
            ]),
        // Pure, and below the configuration: the settings table has its keys.
        ours(
            "Deliver/Channels",
            ["Vocabulary", "Timekeeping", "Diagnostics", "JSONWriting", "ConfigReading", crypto]),
        ours(
            "Deliver/Delivery",
            [
                "Vocabulary", "Timekeeping", "Diagnostics", "ConfigReading", "Ledger", "Channels",
                .product(name: "AsyncHTTPClient", package: "async-http-client"), nio("NIOCore"), nio("NIOPosix"),
                nio("NIOHTTP1"), ssl, log, deque,
            ]),
        // Operate
        ours(
            "Operate/Console",
            [
                "Vocabulary", "Timekeeping", "FileIO", "Diagnostics", "JSONWriting", "Community", "SiteConfiguration",
                "Channels", "Feeds", "Alerts", "Cases", "Ledger", deque, log, lifecycle, nio("NIOCore"), ssl, crypto,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]),
        ours(
            "Operate/ConsoleClient",
            [
                "Vocabulary", "Diagnostics", "JSONWriting", "SiteConfiguration",
                .product(name: "AsyncHTTPClient", package: "async-http-client"), nio("NIOCore"), nio("NIOPosix"),
                nio("NIOHTTP1"), ssl,
            ]),
        ours(
            "Operate/Daemon",
            [
                "Vocabulary", "Timekeeping", "Diagnostics", "StateCoding", "FileIO", "Terminal", "MQTTIntake",
                "RecordLog", "Feeds", "Community", "ConfigReading", "SiteConfiguration", "SiteLoading", "Rules",
                "Alerts", "AlertDispatch", "Cases", "JSONWriting", "Pipeline", "Ledger", "Channels", "Delivery",
                "Console",
                crypto, .product(name: "ArgumentParser", package: "swift-argument-parser"), log, deque, lifecycle,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        // Tools
        ours("Tools/Simulation", ["Timekeeping"]),
        ours(
            "Tools/Demo",
            [
                "Timekeeping", "FileIO", "Terminal", "MQTTIntake", "RecordLog", "Feeds", "SiteConfiguration",
                "SiteLoading", "Alerts", "Pipeline", "Ledger", "Console", "Daemon", "Simulation",
            ]),
        .executableTarget(
            name: "shouwang",
            dependencies: [
                "Vocabulary", "Timekeeping", "Diagnostics", "FileIO", "JSONWriting", "Terminal",
                "RecordLog",
                "Community", "ConfigReading", "SiteConfiguration", "SiteLoading", "Feeds", "Rules", "Alerts",
                "Pipeline", "Scenarios", "MQTTIntake", "Cases", "Ledger", "ConsoleClient", "Daemon", "Simulation",
                "Demo", log,
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
                "Vocabulary", "FileIO", "Alerts", "CMallocCount", "Timekeeping", "Diagnostics", "RecordLog",
                "Community", "SiteConfiguration", "Feeds", "ConfigReading",
                "Pipeline",
            ], path: "Benchmarks/Catalogue", swiftSettings: settings),
        // Tests
        tests(
            "SiteConfigurationTests",
            [
                "FileIO", "Vocabulary", "ConfigReading", "Cases", "Channels", "SiteConfiguration", "Timekeeping",
                "Diagnostics", "Feeds",
            ]),
        tests(
            "BrokerTests",
            [
                // The executable is started, not imported.
                "shouwang", "Vocabulary", "Alerts", "Console", "MQTTIntake", "RecordLog", "Simulation", "Timekeeping",
            ]),
        tests(
            "DaemonTests",
            [
                "Vocabulary", "Timekeeping", "Diagnostics", "FileIO", "MQTTIntake", "RecordLog", "Feeds", "Community",
                "ConfigReading", "SiteConfiguration", "SiteLoading", "Rules", "Alerts", "AlertDispatch", "Cases",
                "Pipeline", "Ledger", "Channels", "Delivery", "Console", "Daemon", "shouwang", "TestSupport", log,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]),
        tests(
            "WorkerPageTests",
            [
                "Vocabulary", "Timekeeping", "Diagnostics", "FileIO", "RecordLog", "Feeds", "Community",
                "ConfigReading", "SiteConfiguration", "Alerts", "Cases", "Pipeline", "Ledger", "Console", log,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"), nio("NIOCore"), nio("NIOHTTP1"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        // Preloaded into the daemon by the tests of faults; nothing links it.
        .target(name: "CFaultShim", path: "Tests/CFaultShim"),
        tests(
            "FaultTests",
            ["shouwang", "CMosquitto", "MQTTIntake", "RecordLog", "Simulation", "TestSupport", "Timekeeping"]),
        tests("CommunityTests", ["Community", "Timekeeping", "Diagnostics"]),
        .target(name: "TestSupport", dependencies: ["Simulation"], path: "Tests/TestSupport", swiftSettings: settings),
        tests("TidyTests", []),
        tests("FileIOTests", ["FileIO"]),
        tests("JSONWritingTests", ["JSONWriting"]),
        tests("VocabularyTests", ["TestSupport", "Vocabulary"]),
        tests("TimekeepingTests", ["TestSupport", "Timekeeping"]),
        tests(
            "RecordLogTests",
            ["TestSupport", "RecordLog", "Timekeeping", "Diagnostics", "CSIMDJSON", "CZlib"]),
        tests("TextFormsTests", ["TestSupport", "TextForms"]),
        tests("StateCodingTests", ["TestSupport", "StateCoding", "Timekeeping"]),
        tests(
            "FeedsTests",
            [
                "Vocabulary", "Timekeeping", "Diagnostics", "FileIO", "RecordLog", "Feeds", "Community",
                "ConfigReading", "SiteConfiguration", "Simulation", "TestSupport",
            ]),
        tests(
            "ConsoleClientTests",
            [
                "Vocabulary", "Diagnostics", "JSONWriting", "ConsoleClient",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"), log, nio("NIOCore"),
            ]),
        tests(
            "CasesTests", ["TestSupport", "JSONWriting", "Vocabulary", "Timekeeping", "Diagnostics", "Cases"]),
        tests(
            "AlertDispatchTests",
            [
                "TestSupport", "FileIO", "Vocabulary", "Timekeeping", "Diagnostics", "Community", "ConfigReading",
                "SiteConfiguration", "Feeds", "Alerts", "AlertDispatch",
            ]),
        tests(
            "PipelineTests",
            [
                "Vocabulary", "Timekeeping", "Diagnostics", "StateCoding", "FileIO", "RecordLog", "Feeds", "Community",
                "ConfigReading", "SiteConfiguration", "Rules", "Alerts", "Cases", "Pipeline", "Simulation",
                "TestSupport",
            ]),
        tests(
            "RulesTests",
            [
                "TestSupport", "Vocabulary", "Rules", "Feeds", "Windowing", "Timekeeping", "RecordLog", "Community",
                "SiteConfiguration", "StateCoding", "Diagnostics",
            ]),
        .testTarget(
            name: "ScenarioTests",
            dependencies: [
                "Timekeeping", "Diagnostics", "FileIO", "ConfigReading", "SiteConfiguration", "Scenarios",
                "TestSupport",
            ],
            // Found by the tests themselves, by the folder that they stand in.
            exclude: ["catalogue"], swiftSettings: settings),
        tests(
            "ConsoleTests",
            [
                // The executable is started, not imported.
                "shouwang", "TestSupport", "Vocabulary", "Timekeeping", "FileIO", "Diagnostics", "JSONWriting",
                "RecordLog",
                "Feeds", "Community", "SiteConfiguration", "Alerts", "Cases", "Pipeline", "Ledger", "Console", "Daemon",
                log,
                nio("NIOCore"), nio("NIOHTTP1"), ssl,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ]),
        tests("WindowingTests", ["TestSupport", "Windowing", "Timekeeping", "StateCoding"]),
        tests("MQTTIntakeTests", ["TestSupport", "MQTTIntake", "Simulation", "Timekeeping", "Diagnostics"]),
        tests(
            "LedgerTests",
            [
                "Vocabulary", "Ledger", "Simulation", "Timekeeping", "Diagnostics",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        tests(
            "ChannelsTests",
            [
                "FileIO", "TestSupport", "Vocabulary", "ConfigReading", "Channels", "SiteConfiguration", "Delivery",
                "Diagnostics", "Ledger", "Timekeeping", log,
                nio("NIOCore"),
                nio("NIOPosix"), nio("NIOHTTP1"), ssl,
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
    ],
    cxxLanguageStandard: .cxx17
)
