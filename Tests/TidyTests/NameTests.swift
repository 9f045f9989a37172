import Testing

/// A word has one meaning, and it is the field's.
@Suite struct NameTests {
    /// Files with types of another name than theirs, and how many. The list may only shrink: whoever gives one of the
    /// types its own file lowers the number here.
    static let others: [String: Int] = [
        "Sources/Ingest/MQTTIntake/Connection/Backoff.swift": 1,
        "Sources/Ingest/RecordLog/Reading/LogMerge.swift": 1,
        "Sources/Ingest/RecordLog/Stamps/LeapFilter.swift": 1,
        "Sources/Ingest/RecordLog/Stamps/StampSpread.swift": 1,
        "Sources/Site/Community/Loading/RegistryLoader+Residents.swift": 2,
        "Sources/Site/ConfigReading/Values/ScalarReading+Topics.swift": 1,
        "Sources/Site/SiteConfiguration/Settings/DeliverySettings.swift": 4,
        "Sources/shouwang/Commands/Running/RunCommand.swift": 1,
    ]

    @Test func `a type stands in a file of its own name`() {
        let pattern =
            #/
            ^(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:package|public|internal)\s+)?(?:(?:final|indirect)\s+)*
            (?:struct|class|enum|actor|protocol|typealias)\s+(\w+)
            /#
        var found: [String: [Violation]] = [:]
        for file in Repository.shared.swift(under: "Sources/") {
            let name = (file.path.split(separator: "/").last ?? "").prefix { $0 != "+" && $0 != "." }
            for (index, line) in file.code.enumerated() {
                guard let type = line.firstMatch(of: pattern)?.1, type != name else { continue }
                let told = Violation(path: file.path, line: index + 1, what: "\(type) wants a file of its own name")
                found[file.path, default: []].append(told)
            }
        }
        let total = NameTests.others.values.reduce(0, +)
        print("types in a file of another name: \(found.values.map(\.count).reduce(0, +)), allowed: \(total)")
        for path in Set(found.keys).union(NameTests.others.keys).sorted() {
            let count = found[path]?.count ?? 0
            let allowed = NameTests.others[path] ?? 0
            #expect(count <= allowed, "\(found[path, default: []].report)")
            #expect(count >= allowed, "\(path) has \(count) such types: lower its number in the list")
        }
    }

    /// Names that were used here alone, and the field's. docs/architecture.md, "Names that were changed", tells the
    /// same to people. Left out is a word that has a second, good meaning: a hub's `Pulse`, the `Ending` of a dwell,
    /// a `ring` of the last ids.
    static let old: [(old: String, new: String)] = [
        ("Bell", "WakeSignal"), ("Desk", "DeliveryQueue"), ("clerks", "workers"),
        ("hire", "startWorkers"), ("bury", "giveUp"), ("Watch", "SiteRun"),
        ("Talk", "StandardError"), ("condemn", "markDamaged"), ("ownRecord", "systemRecord"),
        ("OwnRecord", "SystemRecord"), ("Surroundings", "RuleContext"), ("surroundings", "context"),
        ("Settling", "BacklogPeriod"), ("Redelivery", "Deduplicator"), ("Reporter", "AlertBuilder"),
        ("Wording", "AlertText"), ("AlertBook", "OpenAlerts"), ("Phrase", "LocalizedText"),
        ("Nearest", "SpellingSuggestion"), ("Following", "SequenceRule"), ("Lasting", "DurationRule"),
        ("Counting", "CountRule"), ("Excess", "TailgatingRule"), ("Incident", "IncidentRule"),
        ("Succession", "SequenceWindow"), ("Distinct", "DistinctCount"), ("Wheel", "TimerWheel"),
        ("MemberInflater", "GzipMemberReader"), ("SumLine", "BlockChecksum"), ("QuickForm", "FastRecordPath"),
        ("Outlook", "RuleStatus"), ("linkRose", "didConnect"), ("farewell", "closeGracefully"),
        ("Refused", "DecodeError"), ("Setback", "TransientFailure"), ("SeenNotes", "LastSeenBackup"),
        ("Releases", "PendingReleases"),
    ]

    /// The one section of docs that may name them.
    static let section = "Names that were changed"

    @Test func `an old name does not come back`() {
        let names = Dictionary(uniqueKeysWithValues: NameTests.old.map { ($0.old, $0.new) })
        var found: [Violation] = []
        func look(_ words: [Substring], _ path: String, _ index: Int) {
            for word in words {
                guard let new = names[String(word)] else { continue }
                found.append(Violation(path: path, line: index + 1, what: "`\(word)` is called `\(new)` now"))
            }
        }
        for file in Repository.shared.swift(under: "Sources/") {
            for (index, line) in file.code.enumerated() { look(NameTests.words(line), file.path, index) }
            for (index, line) in file.comments.enumerated() where line.contains("`") {
                look(NameTests.spans(line), file.path, index)
            }
        }
        for path in Repository.shared.files(under: "", ".md") where !path.hasPrefix("Tests/") {
            var section = ""
            let lines = Repository.shared.text(path)?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
            for (index, line) in lines.enumerated() {
                if line.hasPrefix("#") { section = line.drop { $0 == "#" || $0 == " " }.description }
                if section != NameTests.section { look(NameTests.spans(String(line)), path, index) }
            }
        }
        #expect(found.isEmpty, "\(found.report)")
    }

    @Test func `the table of names that were changed says what the test holds`() {
        let text = Repository.shared.text("docs/architecture.md") ?? ""
        let missing = NameTests.old.filter { !text.contains("`\($0.old)`") || !text.contains("`\($0.new)`") }
        #expect(missing.isEmpty, "docs/architecture.md, \"Names that were changed\", lacks \(missing.map(\.old))")
    }

    private static func words(_ line: String) -> [Substring] {
        line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
    }

    /// What stands between single or double backticks, where it is one word or a path of words.
    private static func spans(_ line: String) -> [Substring] {
        line.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
            .flatMap { part in part.element.contains(" ") ? [] : words(String(part.element)) }
    }
}
