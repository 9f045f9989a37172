import Testing

/// Words that are not written here, and where they are all the same.
@Suite struct WordTests {
    /// The places that promise `Sendable` by themselves; each says in its comment why that is sound.
    static let uncheckedSendable: Set<String> = ["Sources/Ingest/MQTTIntake/Client/ClientPointer.swift"]

    private func find(_ pattern: some RegexComponent, in folders: [String], why: String, except: Set<String> = [])
        -> [Violation]
    {
        folders.flatMap { Repository.shared.swift(under: $0) }.filter { !except.contains($0.path) }.flatMap { file in
            file.matches(pattern).map { Violation(path: file.path, line: $0.line, what: "`\($0.found)`: \(why)") }
        }
    }

    private var core: [String] { Manifest.shared.core.map(\.folder) }

    @Test func `an error is handled where it comes up`() {
        let found = find(
            #/\btry[?!]/#, in: ["Sources/"], why: "an error is told or turned into a value, never dropped")
        #expect(found.isEmpty, "\(found.report)")
    }

    @Test func `no catch is empty`() {
        let found = find(#/\bcatch\s*\{\s*\}/#, in: ["Sources/"], why: "what is caught is told or counted")
        #expect(found.isEmpty, "\(found.report)")
    }

    @Test func `no cast is forced`() {
        let found = find(#/\bas!/#, in: ["Sources/"], why: "a closed set of types is an enum")
        #expect(found.isEmpty, "\(found.report)")
    }

    @Test func `the compiler checks what threads share`() {
        let found =
            find(
                #/@unchecked\s+Sendable/#, in: ["Sources/"], why: "use Mutex or Atomic",
                except: WordTests.uncheckedSendable)
            + find(#/nonisolated\(unsafe\)/#, in: ["Sources/"], why: "use Mutex or Atomic")
        #expect(found.isEmpty, "\(found.report)")
    }

    /// What composes the daemon, and the two programs that start one.
    static let composition = ["Sources/Operate/Daemon/", "Sources/Tools/Demo/", "Sources/shouwang/"]

    @Test func `tasks are structured outside of the daemon's composition`() {
        let files = Repository.shared.swift(under: "Sources/").filter { file in
            !WordTests.composition.contains { file.path.hasPrefix($0) }
        }
        let found = files.flatMap { file in
            file.matches(#/\bTask(?:\.detached)?(?:\([^)]*\))?\s*\{/#).map {
                Violation(path: file.path, line: $0.line, what: "`\($0.found)`: nobody waits for it")
            }
        }
        #expect(found.isEmpty, "\(found.report)")
    }

    @Test func `the core neither waits nor asks for time or randomness`() {
        let waiting = find(#/\b(?:async|await|Task)\b/#, in: core, why: "the core is synchronous")
        let time = find(
            #/\bDate\(\)|\b[A-Z]\w*\.now\b|(?:^|[^\w.)\]])\.now\b|\b(?:time|gettimeofday|clock_gettime)\(/#, in: core,
            why: "time comes with the records")
        let randomness = folderFiles(core).flatMap { file in
            file.matches(
                #/\.random\([^)]*\)|\.shuffled\(\)|\.randomElement\(\)|\bUUID\(\)|SystemRandomNumberGenerator/#
            )
            .filter { !$0.found.contains("using:") }
            .map { Violation(path: file.path, line: $0.line, what: "`\($0.found)`: a generator is passed in") }
        }
        let found = waiting + time + randomness
        #expect(found.isEmpty, "\(found.report)")
    }

    private func folderFiles(_ folders: [String]) -> [SwiftText] {
        folders.flatMap { Repository.shared.swift(under: $0) }
    }

    @Test func `nothing is left for later without saying so`() {
        // Written in two parts, so that this line is not one of them.
        let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
        var found: [Violation] = []
        for folder in ["Sources/", "Tests/", "tools/", "config/", "systemd/"] {
            for path in Repository.shared.files(under: folder, "") {
                guard let text = Repository.shared.text(path) else { continue }
                for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                    for word in words where line.split(whereSeparator: { !$0.isLetter }).contains(Substring(word)) {
                        found.append(Violation(path: path, line: index + 1, what: "\(word): do it, or leave it out"))
                    }
                }
            }
        }
        #expect(found.isEmpty, "\(found.report)")
    }

    @Test func `a file is named by what it holds`() {
        let vague = ["Utils", "Util", "Helpers", "Helper", "Manager", "Common", "Base", "Impl", "Misc"]
        let files =
            Repository.shared.files(under: "Sources/", ".swift") + Repository.shared.files(under: "Tests/", ".swift")
        let found = files.filter { path in
            let name = path.split(separator: "/").last?.dropLast(".swift".count) ?? ""
            return vague.contains { name.hasSuffix($0) || name.hasPrefix($0 + "+") }
        }.map { Violation(path: $0, line: 1, what: "the name says nothing") }
        #expect(found.isEmpty, "\(found.report)")
    }
}
