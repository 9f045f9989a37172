import Testing

/// SwiftPM stops neither the import of an external module that a target never declared nor, without a special flag,
/// that of a sibling. So what Package.swift declares is held here: nothing else is imported, and nothing is declared
/// that no file imports.
@Suite struct ImportTests {
    /// What the toolchain brings, and which target of Sources may use of it. Tests and benchmarks may use all of it.
    static let system: [String: Set<String>] = [
        // Zone reads tzdata through Foundation.
        "Timekeeping": ["Foundation"],
        "TextForms": ["Glibc"],
        "FileIO": ["Foundation", "Glibc"],
        "Terminal": ["Glibc", "Synchronization"],
        "MQTTIntake": ["Dispatch", "Foundation", "Glibc", "Synchronization"],
        "RecordLog": ["Dispatch", "Glibc", "Synchronization"],
        "Feeds": ["Glibc"],
        "Community": ["Foundation", "Glibc"],
        "ConfigReading": ["Foundation"],
        "SiteConfiguration": ["Foundation"],
        "Ledger": ["Dispatch", "Foundation"],
        "Channels": ["Foundation"],
        "Delivery": ["Foundation", "Glibc", "Synchronization"],
        "ConsoleClient": ["Foundation", "Glibc"],
        "Console": ["Dispatch", "Foundation", "Synchronization"],
        "Daemon": ["CDispatch", "Dispatch", "Foundation", "Glibc", "Synchronization"],
        "Simulation": ["Foundation", "Glibc", "Synchronization"],
        "Demo": ["Dispatch", "Foundation", "Synchronization"],
        "shouwang": ["CDispatch", "Dispatch", "Foundation", "Glibc"],
    ]
    private static let known: Set<String> = system.values.reduce(into: ["Testing"]) { $0.formUnion($1) }

    private struct Import {
        var path: String
        var line: Int
        var module: String
    }

    /// All imports, by target.
    private static let imports: [String: [Import]] = {
        let pattern =
            #/
            ^\s*(?:@\w+(?:\([^)]*\))?\s+)*
            (?:(?:package|public|internal|private|fileprivate)\s+)?
            import\s+(?:(?:struct|class|enum|protocol|func|typealias|var|let)\s+)?(\w+)
            /#
        var found: [String: [Import]] = [:]
        for file in Repository.shared.swift(under: "") {
            guard let target = Manifest.shared.target(of: file.path) else { continue }
            for (index, line) in file.code.enumerated() {
                guard let module = line.firstMatch(of: pattern)?.1 else { continue }
                found[target.name, default: []].append(
                    Import(path: file.path, line: index + 1, module: String(module)))
            }
        }
        return found
    }()

    @Test func `a target imports only what Package.swift lets it`() {
        var violations: [Violation] = []
        for target in Manifest.shared.targets {
            let isOurs = target.folder.hasPrefix("Sources/")
            let system = isOurs ? ImportTests.system[target.name, default: []] : ImportTests.known
            for one in ImportTests.imports[target.name, default: []] where !target.dependencies.contains(one.module) {
                guard !system.contains(one.module) else { continue }
                violations.append(
                    Violation(path: one.path, line: one.line, what: "\(target.name) does not declare \(one.module)"))
            }
        }
        #expect(violations.isEmpty, "\(violations.report)")
    }

    @Test func `what a target declares is imported`() {
        var violations: [String] = []
        for target in Manifest.shared.targets {
            let used = Set(ImportTests.imports[target.name, default: []].map(\.module))
            let unused = target.dependencies.subtracting(used).filter { module in
                // Tests that start the program have it built so.
                !(target.isTest && module == ImportTests.top)
            }
            violations += unused.sorted().map { "\(target.name) declares \($0), which no file imports" }
            let system = ImportTests.system[target.name, default: []].subtracting(used).sorted()
            violations += system.map { "\(target.name): the table of ImportTests has \($0), which no file imports" }
        }
        #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
    }

    /// The one place that knows all others.
    static let top = "shouwang"

    @Test func `every Swift file belongs to a target`() {
        let files = ["Sources/", "Tests/", "Benchmarks/"].flatMap { Repository.shared.files(under: $0, ".swift") }
        let lost = files.filter { Manifest.shared.target(of: $0) == nil }
        #expect(lost.isEmpty && !files.isEmpty, "Package.swift has no target for \(lost)")
    }

    @Test func `a target stands in a group, and a group is a folder that the text names`() {
        let groups = ["System", "Base", "Ingest", "Site", "Core", "Deliver", "Operate", "Tools"]
        let folders = Set(Repository.shared.files(under: "Sources/", "").map { $0.split(separator: "/")[1] })
        #expect(folders.subtracting([Substring(ImportTests.top)]).sorted() == groups.map { $0[...] }.sorted())
        for target in Manifest.shared.targets where target.folder.hasPrefix("Sources/") {
            let parts = target.folder.split(separator: "/")
            let isPlaced =
                parts.count == 3 && (parts[2] == target.name || target.isNamed) || target.name == ImportTests.top
            #expect(isPlaced, "\(target.name) stands at \(target.folder), not at Sources/<Group>/\(target.name)/")
        }
    }

    @Test func `the table of modules names each target, and no other`() {
        let page = Repository.shared.text("docs/architecture.md") ?? ""
        let section = page.split(separator: "\n").drop { $0 != "## Modules" }.dropFirst()
        let rows = section.prefix { !$0.hasPrefix("#") }.filter { $0.hasPrefix("| ") }
        let told = rows.flatMap { row in
            row.split(separator: "|").dropFirst().first.map { $0.matches(of: #/`(\w+)`/#).map { String($0.1) } } ?? []
        }
        let targets = Manifest.shared.targets.filter { $0.folder.hasPrefix("Sources/") }.map(\.name)
        let lacking = Set(targets).subtracting(told).sorted()
        let tooMany = Set(told).subtracting(targets).sorted()
        #expect(lacking.isEmpty, "docs/architecture.md, \"Modules\", lacks \(lacking)")
        #expect(tooMany.isEmpty, "docs/architecture.md, \"Modules\", has \(tooMany), which Package.swift has not")
    }

    /// Held by the manifest as well; said here so that a generous manifest is noticed.
    @Test func `the core knows no network, no log, no threads and no database`() {
        let outside: Set<String> = ["Dispatch", "Logging", "GRDB", "AsyncHTTPClient", "Hummingbird", "Synchronization"]
        #expect(Manifest.shared.core.count >= 5)
        for target in Manifest.shared.core {
            let allowed = target.dependencies.union(ImportTests.system[target.name, default: []])
            let wrong = allowed.filter { outside.contains($0) || $0.hasPrefix("NIO") }.sorted()
            #expect(wrong.isEmpty, "\(target.name) is pure; it may not depend on \(wrong)")
        }
    }

    @Test func `no file outside the program imports the program`() {
        let violations = ImportTests.imports.filter { $0.key != ImportTests.top && !$0.key.hasSuffix("Tests") }
            .flatMap { $0.value.filter { $0.module == ImportTests.top } }
            .map { Violation(path: $0.path, line: $0.line, what: "imports the program") }
        #expect(violations.isEmpty, "\(violations.report)")
    }

    @Test func `the reader of the manifest knows each form in which it names a target`() {
        let manifest = Manifest(
            """
            let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
            let package = Package(
                targets: [
                    // ours("Base/Not")
                    hot("Base/First"),
                    ours("Core/Second", ["First", log, nio("NIOCore"), .product(name: "Yams", package: "Yams")]),
                    .systemLibrary(name: "CThird", path: "Sources/System/CThird", providers: [.apt(["x"])]),
                    .executableTarget(name: "top", dependencies: ["Second"], swiftSettings: settings),
                    tests("SecondTests", ["Second"]),
                ]
            )
            """)
        let told = manifest.targets.map { "\($0.name) \($0.folder) \($0.dependencies.sorted().joined(separator: ","))" }
        #expect(
            told == [
                "First Sources/Base/First/ ", "Second Sources/Core/Second/ First,Logging,NIOCore,Yams",
                "CThird Sources/System/CThird/ ", "top Sources/top/ Second", "SecondTests Tests/SecondTests/ Second",
            ])
    }
}
