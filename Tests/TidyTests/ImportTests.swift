import Testing

/// SwiftPM stops neither the import of an external module that a target never declared nor, without a special flag,
/// that of a sibling. So the module table of docs/architecture.md is held here.
@Suite struct ImportTests {
    /// Targets of ours, from the bottom to the top, and what each may import.
    static let allowed: [String: Set<String>] = [
        "CMosquitto": [], "CSIMDJSON": [], "CZlib": [], "CChecksum": [], "CPrefetch": [],
        // Zone reads tzdata through Foundation.
        "Timekeeping": ["Foundation"],
        "Diagnostics": [],
        "StateCoding": ["Timekeeping"],
        "TextForms": ["Glibc"],
        "RecordLog": [
            "CChecksum", "CSIMDJSON", "CZlib", "Diagnostics", "Dispatch", "Glibc", "Synchronization", "TextForms",
            "Timekeeping",
        ],
        "Community": ["Diagnostics", "Foundation", "Glibc", "TextForms", "Timekeeping"],
        "SiteConfiguration": ["Diagnostics", "Foundation", "Timekeeping", "Yams"],
        "Feeds": [
            "CSIMDJSON", "Community", "Diagnostics", "Glibc", "RecordLog", "SiteConfiguration", "TextForms",
            "Timekeeping",
        ],
        "Windowing": ["CPrefetch", "HeapModule", "StateCoding", "Timekeeping"],
        "Rules": ["Community", "Diagnostics", "Feeds", "SiteConfiguration", "StateCoding", "Timekeeping", "Windowing"],
        "Alerts": [
            "Community", "Crypto", "Diagnostics", "Feeds", "RecordLog", "Rules", "SiteConfiguration", "Timekeeping",
        ],
        "Pipeline": [
            "Alerts", "Community", "Diagnostics", "Feeds", "RecordLog", "Rules", "SiteConfiguration", "StateCoding",
            "Timekeeping", "Windowing",
        ],
        "Scenarios": [
            "Alerts", "CSIMDJSON", "Community", "Diagnostics", "Feeds", "Pipeline", "RecordLog", "Rules",
            "SiteConfiguration", "StateCoding", "Timekeeping",
        ],
        "MQTTIntake": [
            "CMosquitto", "Diagnostics", "Dispatch", "Foundation", "Glibc", "RecordLog", "Synchronization",
            "Timekeeping",
        ],
        "Ledger": ["Crypto", "Diagnostics", "Dispatch", "Foundation", "GRDB", "Timekeeping"],
        "Channels": [
            "AsyncHTTPClient", "Crypto", "DequeModule", "Diagnostics", "Foundation", "Glibc", "Ledger", "Logging",
            "NIOCore",
            "NIOHTTP1", "NIOPosix", "NIOSSL", "Synchronization", "Timekeeping",
        ],
        "Console": [
            "Diagnostics", "Foundation", "HTTPTypes", "Hummingbird", "Ledger", "Logging", "NIOCore", "ServiceLifecycle",
            "Timekeeping",
        ],
        "Simulation": ["Diagnostics", "Foundation", "Glibc", "RecordLog", "Synchronization", "Timekeeping"],
    ]

    /// The one place that knows all others.
    static let top = "shouwang"
    static let core = ["Feeds", "Windowing", "Rules", "Alerts", "Pipeline"]

    @Test func `a target imports only what stands below it`() {
        var violations: [Violation] = []
        let pattern =
            #/
            ^\s*(?:@\w+(?:\([^)]*\))?\s+)*
            (?:(?:package|public|internal|private|fileprivate)\s+)?
            import\s+(?:(?:struct|class|enum|protocol|func|typealias|var|let)\s+)?(\w+)
            /#
        for file in Repository.shared.swift(under: "Sources/") {
            let target = String(file.path.split(separator: "/")[1])
            guard target != ImportTests.top else { continue }
            for (index, line) in file.code.enumerated() {
                guard let module = line.firstMatch(of: pattern)?.1 else { continue }
                if ImportTests.allowed[target]?.contains(String(module)) != true {
                    violations.append(
                        Violation(path: file.path, line: index + 1, what: "\(target) may not import \(module)"))
                }
            }
        }
        #expect(violations.isEmpty, "\(violations.report)")
    }

    @Test func `every target stands in the table`() {
        let targets = Set(Repository.shared.files(under: "Sources/", "").map { String($0.split(separator: "/")[1]) })
        let unknown = targets.subtracting(ImportTests.allowed.keys).subtracting([ImportTests.top]).sorted()
        #expect(unknown.isEmpty, "Sources: not in the table of imports: \(unknown)")
    }

    /// Held by the table above as well; said here so that a generous table is noticed.
    @Test func `the core knows no network, no log, no threads and no database`() {
        let outside: Set<String> = ["Dispatch", "Logging", "GRDB", "AsyncHTTPClient", "Hummingbird", "Synchronization"]
        for target in ImportTests.core {
            let imports = ImportTests.allowed[target, default: []]
            let wrong = imports.filter { outside.contains($0) || $0.hasPrefix("NIO") }.sorted()
            #expect(wrong.isEmpty, "\(target) is pure; the table lets it import \(wrong)")
        }
    }

    @Test func `no file outside the program imports the program`() {
        let files = Repository.shared.swift(under: "Sources/").filter { !$0.path.hasPrefix("Sources/shouwang/") }
        let violations = files.flatMap { file in
            file.matches(#/\bimport\s+shouwang\b/#).map {
                Violation(path: file.path, line: $0.line, what: "imports the program")
            }
        }
        #expect(violations.isEmpty, "\(violations.report)")
    }
}
