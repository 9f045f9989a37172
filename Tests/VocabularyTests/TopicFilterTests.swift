import TestSupport
import Testing

@testable import Vocabulary
import Vocabulary

@Suite struct TopicFilterTests {
    @Test(arguments: [
        ("a/b", "a/b", true), ("a/b", "a/c", false), ("a/b", "a/b/c", false), ("a/b", "a", false),
        ("a/+", "a/b", true), ("a/+", "a/", true), ("a/+", "a", false), ("a/+", "a/b/c", false),
        ("+/+", "/finance", true), ("/+", "/finance", true), ("+", "/finance", false), ("+", "finance", true),
        ("a/#", "a", true), ("a/#", "a/b/c", true), ("a/#", "ab", false), ("#", "a/b", true), ("#", "/", true),
        ("a/+/#", "a/b", true), ("a/+/#", "a", false), ("a/b/#", "a/bc", false), ("a//b", "a//b", true),
        ("#", "$SYS/x", false), ("+/x", "$SYS/x", false), ("$SYS/#", "$SYS/x", true), ("a/+", "a/$b", true),
        ("社区/+/门", "社区/三栋/门", true), ("+", "", false), ("#", "", false),
    ])
    func `a topic is matched as the standard says`(filter: String, topic: String, matches: Bool) throws {
        #expect(try TopicFilter(filter).matches(topic) == matches)
    }

    @Test func `a text that is no filter is refused with its place`() {
        let cases: [(String, TopicFilter.Problem)] = [
            ("", .empty), ("a/b+", .wildcardInsideLevel(position: 3)), ("a+/b", .wildcardInsideLevel(position: 1)),
            ("a/#/b", .hashNotLast(position: 2)), ("a#", .wildcardInsideLevel(position: 1)),
            ("##", .wildcardInsideLevel(position: 0)),
            ("a\0b", .nul(position: 1)), ("$share/g/a", .sharedSubscription),
            (String(repeating: "/", count: 201), .tooManyLevels(slashes: 201)),
            (String(repeating: "x", count: 65_536), .tooLong(count: 65_536)),
        ]
        for (text, problem) in cases {
            #expect(throws: problem) { try TopicFilter(text) }
        }
    }

    @Test func `the largest filters are taken`() throws {
        #expect(try TopicFilter(String(repeating: "/", count: 200)).matches(String(repeating: "/", count: 200)))
        #expect(try TopicFilter(String(repeating: "x", count: 65_535)).text.utf8.count == 65_535)
    }

    @Test func `matching agrees with a naive model`() throws {
        var random = SeededRandom(for: "TopicFilterTests")
        var matched = 0
        for _ in 0..<20_000 {
            let filterLevels = levels(["a", "b", "", "+", "#", "$x", "ab"], using: &random)
            let topicLevels = levels(["a", "b", "", "$x", "ab"], using: &random)
            let filter = filterLevels.joined(separator: "/")
            let topic = topicLevels.joined(separator: "/")
            guard !filter.isEmpty, !filterLevels.dropLast().contains("#") else { continue }
            let expected = !topic.isEmpty && naive(filterLevels[...], topicLevels[...], isFirst: true)
            matched += expected ? 1 : 0
            #expect(try TopicFilter(filter).matches(topic) == expected, "\(filter) over \(topic), seed \(random.seed)")
        }
        #expect(matched > 500)
    }

    private func levels(_ words: [String], using random: inout SeededRandom) -> [String] {
        (0..<Int.random(in: 1...4, using: &random)).map { _ in words[Int.random(in: 0..<words.count, using: &random)] }
    }

    /// The standard's words, level by level, on arrays of strings.
    private func naive(_ filter: ArraySlice<String>, _ topic: ArraySlice<String>, isFirst: Bool) -> Bool {
        guard let level = filter.first else { return topic.isEmpty }
        if isFirst, topic.first?.hasPrefix("$") == true, level == "+" || level == "#" { return false }
        if level == "#" { return true }
        guard let name = topic.first else { return false }
        return (level == "+" || level == name) && naive(filter.dropFirst(), topic.dropFirst(), isFirst: false)
    }
}
