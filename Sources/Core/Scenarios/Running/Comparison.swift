import Alerts
import Diagnostics
import Timekeeping
import Vocabulary

/// Expected and got, side by side.
struct Comparison {
    let start: Instant
    let zone: Zone
    let expected: [Expectation]
    let got: [Happening]

    /// What is told of a change that nobody expected.
    private static let fieldsShown = ["key", "severity", "started", "detected", "verdict"]

    /// The longest common part keeps its place; between, what is missing stands in front of what is too much, and each
    /// surplus line tells the fields that the missing line in its place asks for.
    func lines() -> [Outcome.Line] {
        let common = commonPairs()
        var result: [Outcome.Line] = []
        var left = 0
        var right = 0
        for (i, j) in common + [(expected.count, got.count)] {
            for index in left..<i { result.append(.missing(expected[index].text, line: expected[index].line)) }
            for index in right..<j {
                let twin = left + index - right
                result.append(.surplus(written(got[index], like: twin < i ? expected[twin] : nil)))
            }
            if i < expected.count { result.append(.same(expected[i].text)) }
            left = i + 1
            right = j + 1
        }
        return result
    }

    /// Longest common subsequence by the table of its lengths; a case has tens of changes.
    private func commonPairs() -> [(Int, Int)] {
        let rows = expected.count
        let columns = got.count
        let holds = expected.map { expectation in got.map { self.holds(expectation, for: $0) } }
        var length = [[Int]](repeating: [Int](repeating: 0, count: columns + 1), count: rows + 1)
        for i in stride(from: rows - 1, through: 0, by: -1) {
            for j in stride(from: columns - 1, through: 0, by: -1) {
                length[i][j] = holds[i][j] ? length[i + 1][j + 1] + 1 : max(length[i + 1][j], length[i][j + 1])
            }
        }
        var pairs: [(Int, Int)] = []
        var i = 0
        var j = 0
        while i < rows, j < columns {
            if holds[i][j] {
                pairs.append((i, j))
                i += 1
                j += 1
            } else if length[i + 1][j] >= length[i][j + 1] {
                i += 1
            } else {
                j += 1
            }
        }
        return pairs
    }

    private func holds(_ expectation: Expectation, for happening: Happening) -> Bool {
        guard expectation.at == happening.at else { return false }
        switch (expectation.what, happening.what) {
        case (.refused(let wanted), .refused(let code, _)): return wanted == nil || wanted == code
        case (.publish(let topic, let payload), .action(let gotTopic, let gotPayload)):
            return topic == gotTopic && payload == Array(gotPayload.utf8)
        case (.change(let change, let rule, let fields), .change(let got, let json)):
            guard change == got.change.rawValue, rule == got.rule else { return false }
            let values = json.values(at: fields.map(\.pointer))
            return zip(fields, values).allSatisfy { $0.wanted.holds(for: $1) }
        default: return false
        }
    }

    func written(_ happening: Happening, like expectation: Expectation?) -> String {
        let head = TimeText.write(happening.at, since: start) + " => "
        switch happening.what {
        case .refused(let code, let detail): return head + "refused \(code)    # \(detail)"
        case .action(let topic, let payload):
            let isPlain = payload.first.map { "{[\"".contains($0) } == true && PayloadReader.isJSON(payload)
            return head + "publish \(topic) " + (isPlain ? payload : "'\(payload)'")
        case .change(let change, let json):
            var fields: [Expectation.Field] = []
            if case .change(_, _, let wanted) = expectation?.what { fields = wanted }
            let isAsked = !fields.isEmpty
            if !isAsked { fields = Comparison.fieldsShown.map { .init(name: $0, wanted: .absent) } }
            let parts = zip(fields, json.values(at: fields.map(\.pointer))).compactMap { field, value -> String? in
                // What is left out of a change is told only to one who asked for it.
                if value == nil, !isAsked { return nil }
                if case .containing(let text) = field.wanted, field.wanted.holds(for: value) {
                    return "\(field.name)~\(Optional(ChangeJSON.Value.text(text)).written(since: start, zone: zone))"
                }
                return "\(field.name)=\(value.written(since: start, zone: zone))"
            }
            return head + ([change.change.rawValue, change.rule] + parts).joined(separator: " ")
        }
    }
}
