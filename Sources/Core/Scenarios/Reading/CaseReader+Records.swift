import Community
import Diagnostics
import Feeds
import JSONWriting
import RecordLog
import SiteConfiguration
import Timekeeping
import Vocabulary

extension CaseReader {
    static let families = DeviceFamily.allCases.map(\.rawValue)
    private static let marks = ["retained", "redelivered", "qos", "mid", "x", "unknown"]
    static let repeatsMax = 100_000

    /// What stands in square brackets behind a payload.
    private struct Marks {
        var isRetained = false
        var isRedelivered = false
        var isUnknown = false
        var qos: UInt8 = 1
        var mid: UInt16?
        var count = 1
        var every = Milliseconds.zero
    }

    /// `elder/pir-1 motion value=1 [retained]`, `frigate/events {…}`.
    mutating func readRecord(_ scanner: inout LineScanner, at: Instant, line: Int) throws(UnplacedDiagnostic) {
        let column = scanner.column
        let topic = scanner.word()
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let isStatus = levels.count == 3 && levels[2] == "status"
        let isNative = (levels.count == 2 || isStatus) && CaseReader.families.contains(levels[0])
        if levels.count == 2, !isNative, !hasFeed(topic),
            SpellingSuggestion.name(to: levels[0], among: CaseReader.families) != nil
        {
            throw .unknown(
                levels[0], .init(zh: "类别", en: "family"), known: CaseReader.families, code: "unknown-family",
                column: column)
        }
        let payload: Payload
        if isNative, !isStatus, let first = scanner.first, !"{['\"".contains(first), !scanner.isAtEnd {
            payload = try fields(&scanner, leading: "type", known: nil)
        } else {
            payload =
                scanner.isAtEnd || scanner.first == "[" && !isPayload(scanner)
                ? Payload() : try values.payload(&scanner)
        }
        let marks = try readMarks(&scanner)
        if isNative, !marks.isUnknown, !registry.devices.isEmpty, !isKnown(levels[1]) {
            throw .unknownDevice(levels[1], known: registry.devices.map(\.id), column: column)
        }
        var sent = ScenarioCase.Sent(
            topic: isNative ? NativeFormat.topic(site: settings.site.id, topic) : topic, isOwn: false, payload: payload,
            qos: marks.qos, isRetained: marks.isRetained)
        for index in 0..<marks.count {
            sent.mid = try mid(of: sent, marks.isRedelivered, marks.mid, column: column)
            add(.record(sent), at: at + Milliseconds(Int64(index) * marks.every.count), line: line)
        }
    }

    private func isKnown(_ device: String) -> Bool {
        registry.device(device) != nil || registry.deviceByIdentity(device) != nil
    }

    private func hasFeed(_ topic: String) -> Bool {
        let bytes = Array(topic.utf8)
        return settings.feeds.flatMap(FeedPlan.subscriptions(of:)).contains { text in
            // The configuration's check has refused what is no filter. The buffer lives as long as the closure.
            do throws(TopicFilter.Problem) {
                let filter = try TopicFilter(text)
                return unsafe bytes.withUnsafeBufferPointer { unsafe filter.matches($0) }
            } catch {
                return false
            }
        }
    }

    /// `[1,2]` is a payload, `[retained]` a mark.
    private func isPayload(_ scanner: LineScanner) -> Bool {
        var copy = scanner
        _ = copy.skip("[")
        let word = copy.take { $0.isLetter }
        return word.isEmpty || ["true", "false", "null"].contains(word)
    }

    /// A redelivered message has the id of the one it repeats, every other one an id of its own.
    private mutating func mid(
        of sent: ScenarioCase.Sent, _ isRedelivered: Bool, _ told: UInt16?, column: Int
    ) throws(UnplacedDiagnostic) -> UInt16 {
        if isRedelivered {
            for step in steps.reversed() {
                guard case .record(let earlier) = step.value.act, !earlier.isOwn, earlier.topic == sent.topic,
                    earlier.payload == sent.payload
                else { continue }
                return earlier.mid
            }
            throw UnplacedDiagnostic(
                "nothing-redelivered", column: column,
                what: LocalizedText(zh: "前面没有主题和内容都相同的消息", en: "no record above has this topic and payload"),
                remedy: LocalizedText(
                    zh: "请把那条消息原样重写一遍（包括 id 和 ts）", en: "repeat it exactly, its id and ts included"))
        }
        if let told { return told }
        mid = mid == UInt16.max ? 1 : mid + 1
        return mid
    }

    /// `motion value=1`: an object with a first field that needs no name.
    /// - Parameter known: the names that may be used; nil: all.
    private func fields(
        _ scanner: inout LineScanner, leading: String?, known: [String]?
    ) throws(UnplacedDiagnostic) -> Payload {
        var payload = Payload()
        payload.append("{")
        var isFirst = true
        while !scanner.isAtEnd, scanner.first != "[" {
            let column = scanner.column
            let name = scanner.take { !$0.isWhitespace && $0 != "=" }
            if !isFirst { payload.append(",") }
            if scanner.skip("=") {
                if let known, !known.contains(name) {
                    throw .unknown(
                        name, .init(zh: "字段", en: "field"), known: known, code: "unknown-field", column: column)
                }
                payload.append(JSONString.quoted(name) + ":")
                payload.append(try values.value(&scanner))
            } else if isFirst, let leading {
                payload.append(JSONString.quoted(leading) + ":" + JSONString.quoted(name))
            } else {
                throw .missing(.init(zh: "值", en: "a value"), example: name + "=1", column: scanner.column)
            }
            isFirst = false
        }
        payload.append("}")
        return payload
    }

    /// `own session lost`, `own clock step from=@+1h to=@+3h`, `own act {…}`.
    /// - Returns: whether it sets the clock.
    mutating func readOwn(_ scanner: inout LineScanner, at: Instant, line: Int) throws(UnplacedDiagnostic) -> Bool {
        let column = scanner.column
        let name = scanner.word()
        guard let form = SystemTopic.forms.first(where: { $0.name == name }) else {
            throw .unknown(
                name, .init(zh: "系统记录", en: "record of the daemon's own"), known: SystemTopic.forms.map(\.name),
                code: "unknown-own", column: column)
        }
        let payload =
            scanner.first == "{"
            ? try values.payload(&scanner)
            : try fields(&scanner, leading: form.leading, known: form.fields.map(\.name))
        add(.record(.init(topic: name, isOwn: true, payload: payload)), at: at, line: line)
        return name == SystemTopic.clock
    }

    // MARK: Marks

    private func readMarks(_ scanner: inout LineScanner) throws(UnplacedDiagnostic) -> Marks {
        var marks = Marks()
        while scanner.first == "[" {
            let opening = scanner.column
            _ = scanner.skip("[")
            scanner.skipBlanks()
            let column = scanner.column
            let words = scanner.take { $0 != "]" }.split(separator: " ").map(String.init)
            guard scanner.skip("]") else { throw .unclosed("[", column: opening) }
            scanner.skipBlanks()
            try read(words, into: &marks, column: column)
        }
        return marks
    }

    private func read(_ words: [String], into marks: inout Marks, column: Int) throws(UnplacedDiagnostic) {
        switch (words.first ?? "", words.count) {
        case ("retained", 1): marks.isRetained = true
        case ("redelivered", 1): marks.isRedelivered = true
        case ("unknown", 1): marks.isUnknown = true
        case ("qos", 2):
            guard let qos = UInt8(words[1]), qos <= 1 else { throw .badMark(words, example: "[qos 0]", column: column) }
            marks.qos = qos
        case ("mid", 2):
            guard let mid = UInt16(words[1]), mid > 0 else { throw .badMark(words, example: "[mid 7]", column: column) }
            marks.mid = mid
        case (let first, 3) where first.hasPrefix("x") && words[1] == "every":
            guard let count = Int(first.dropFirst()), (1...CaseReader.repeatsMax).contains(count),
                let every = TimeText.offset("+" + words[2])
            else { throw .badMark(words, example: "[x3 every 5s]", column: column) }
            marks.count = count
            marks.every = every
        case (let first, _) where first.hasPrefix("x") || first == "qos" || first == "mid":
            throw .badMark(words, example: "[x3 every 5s], [qos 0], [mid 7]", column: column)
        case (let first, _):
            throw .unknown(
                first, .init(zh: "标记", en: "mark"), known: CaseReader.marks, code: "unknown-mark", column: column)
        }
    }
}

extension UnplacedDiagnostic {
    fileprivate static func badMark(_ words: [String], example: String, column: Int) -> UnplacedDiagnostic {
        let text = words.joined(separator: " ")
        return UnplacedDiagnostic(
            "bad-mark", column: column,
            what: LocalizedText(zh: "标记“\(text)”写法有误", en: "the mark \"\(text)\" is not understood"),
            remedy: LocalizedText(zh: "写成 \(example)", en: "write it as \(example)"))
    }
}
