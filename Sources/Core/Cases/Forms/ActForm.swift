package import Diagnostics
package import Timekeeping
package import Vocabulary

/// The fields of an act as somebody sent them, held against what the verb needs: the one check of the HTTP API, the
/// replies over MQTT and the commands. Whether the verb is legal in the alert's state is ``Case``'s matter.
///
/// Law: fields without a problem make an act that reads back as it was sent.
package struct ActForm: Equatable, Sendable {
    /// A field's value, whatever it came in.
    package enum Value: Equatable, Sendable {
        case text(String)
        case truth(Bool)
        case list([String])
        /// A number, an object, or a list of other things: of no field.
        case other
    }

    package var verb: Verb
    package var values: [String: Value]

    package init(_ verb: Verb, _ values: [String: Value]) {
        self.verb = verb
        self.values = values
    }

    /// What is wrong, each with the field's name in front; empty where nothing is.
    /// - Parameters:
    ///   - kind: the alert's; nil where it is not known: every word of `found` fits.
    ///   - now: what `until` is held against.
    package func problems(for kind: RuleKind?, at now: Instant, in zone: Zone) -> [UnplacedDiagnostic] {
        let own = ActField.own(of: verb)
        let known = own + ActField.common.filter { field in !own.contains { $0.name == field.name } }
        var problems: [UnplacedDiagnostic] = []
        for name in values.keys.sorted() where !known.contains(where: { $0.name == name }) {
            problems.append(.unknownField(name, known: known.map(\.name)).at(name))
        }
        for field in known {
            if let value = values[field.name] {
                if let problem = field.problem(with: value, for: kind, at: now, in: zone) {
                    problems.append(problem.at(field.name))
                }
            } else if field.isNeeded, field.name != "note" || values["text"] == nil {
                problems.append(UnplacedDiagnostic.missing(field).at(field.name))
            }
        }
        if verb == .close, values["found"] == nil, values["reason"] == nil {
            problems.append(UnplacedDiagnostic.neither.at("found"))
        }
        return problems
    }
}

extension ActField {
    /// Nil where the value is what it must be.
    fileprivate func problem(
        with value: ActForm.Value, for rule: RuleKind?, at now: Instant, in zone: Zone
    ) -> UnplacedDiagnostic? {
        switch (kind, value) {
        case (.truth, .truth): return nil
        case (.truth, _): return .notTruth
        case (.hashes(let most), .list(let hashes)):
            return hashes.count <= most && hashes.allSatisfy(ActField.isHash) ? nil : .notHashes(most)
        case (.hashes(let most), _): return .notHashes(most)
        case (_, .text(let text)):
            guard !text.isEmpty else { return .missing(self) }
            return problem(with: text, for: rule, at: now, in: zone)
        default: return .notText
        }
    }

    private func problem(
        with text: String, for rule: RuleKind?, at now: Instant, in zone: Zone
    ) -> UnplacedDiagnostic? {
        switch kind {
        case .truth, .hashes: return .notText
        case .text(let most): return text.count <= most ? nil : .tooLong(text.count, most: most)
        case .word(let words): return words.contains(text) ? nil : .unknownWord(text, known: words)
        case .found:
            let fitting = FoundWord.allCases.filter { word in rule.map { word.fits($0) } ?? true }.map(\.rawValue)
            return fitting.contains(text) ? nil : .unknownWord(text, known: fitting)
        case .instant(let days):
            guard let end = ActTime.end(of: text, at: now, in: zone) else { return .notTime(text) }
            return end > now && end <= now + .days(days) ? nil : .outOfRange(text, daysMost: days)
        case .length(let days):
            guard let length = Milliseconds(text: text) else { return .notLength(text) }
            return length > .zero && length <= .days(days) ? nil : .outOfRange(text, daysMost: days)
        case .addressee: return ActField.isAddressee(text) ? nil : .notAddressee(text)
        case .alert: return text.count == 16 && ActField.isHexadecimal(text) ? nil : .notAlert(text)
        }
    }

    private static func isHash(_ text: String) -> Bool { (16...64).contains(text.count) && isHexadecimal(text) }

    private static func isHexadecimal(_ text: String) -> Bool {
        text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// A role's own name is the registry's matter; what stands here is a word, and of the three forms with a colon
    /// something behind it.
    private static func isAddressee(_ text: String) -> Bool {
        guard text.count <= 100, !text.contains(where: { $0.isNewline }) else { return false }
        guard let colon = text.firstIndex(of: ":") else { return !text.contains { $0.isWhitespace } }
        return ["department", "partner", "worker"].contains(text[..<colon]) && text.index(after: colon) < text.endIndex
    }
}

extension UnplacedDiagnostic {
    private static func act(_ code: String, _ what: LocalizedText, _ remedy: LocalizedText) -> UnplacedDiagnostic {
        UnplacedDiagnostic(code: "act." + code, what: what, remedy: remedy)
    }

    fileprivate static func unknownField(_ name: String, known: [String]) -> UnplacedDiagnostic {
        let nearest = SpellingSuggestion.name(to: name, among: known)
        let all = known.joined(separator: ", ")
        return act(
            "unknown-field", LocalizedText(zh: "没有这个字段", en: "there is no such field"),
            LocalizedText(
                zh: nearest.map { "是不是 \($0)？" } ?? "可用：\(all)",
                en: nearest.map { "did you mean \($0)?" } ?? "known: \(all)"))
    }

    fileprivate static func unknownWord(_ word: String, known: [String]) -> UnplacedDiagnostic {
        let all = known.joined(separator: ", ")
        return act(
            "unknown-word", LocalizedText(zh: "“\(word)”不可用", en: "\"\(word)\" is no word for it"),
            LocalizedText(zh: "请写其中之一：\(all)", en: "write one of: \(all)"))
    }

    fileprivate static func missing(_ field: ActField) -> UnplacedDiagnostic {
        act(
            "missing", LocalizedText(zh: "缺少内容", en: "there is nothing in it"),
            LocalizedText(zh: "请填写：\(field.meaning.zh)", en: "fill in: \(field.meaning.en)"))
    }

    fileprivate static let neither = act(
        "missing", LocalizedText(zh: "found 与 reason 都没有", en: "neither found nor reason is there"),
        LocalizedText(zh: "请写处置结果或结案原因", en: "write what was found, or why it is closed"))

    fileprivate static let notTruth = act(
        "not-truth", LocalizedText(zh: "应为是或否", en: "it must be yes or no"),
        LocalizedText(zh: "请写 true 或 false", en: "write true or false"))

    fileprivate static let notText = act(
        "not-text", LocalizedText(zh: "应为文字", en: "it must be a text"),
        LocalizedText(zh: "请写成带引号的文字", en: "write a text in quotes"))

    fileprivate static func tooLong(_ count: Int, most: Int) -> UnplacedDiagnostic {
        act(
            "too-long", LocalizedText(zh: "共 \(count) 个字，过长", en: "\(count) characters are too many"),
            LocalizedText(zh: "最多 \(most) 个字", en: "at most \(most)"))
    }

    fileprivate static func notTime(_ text: String) -> UnplacedDiagnostic {
        act(
            "not-time", LocalizedText(zh: "“\(text)”不是时间", en: "\"\(text)\" is no time"),
            LocalizedText(
                zh: "写成 2026-03-08、2026-03-08T18:00:00+08:00 或 3d",
                en: "write it as 2026-03-08, 2026-03-08T18:00:00+08:00 or 3d"))
    }

    fileprivate static func notLength(_ text: String) -> UnplacedDiagnostic {
        act(
            "not-length", LocalizedText(zh: "“\(text)”不是时长", en: "\"\(text)\" is no length of time"),
            LocalizedText(zh: "写成 30m、2h 或 3d", en: "write it as 30m, 2h or 3d"))
    }

    fileprivate static func outOfRange(_ text: String, daysMost: Int64) -> UnplacedDiagnostic {
        act(
            "out-of-range", LocalizedText(zh: "“\(text)”超出范围", en: "\"\(text)\" is out of range"),
            LocalizedText(zh: "须晚于现在，最长 \(daysMost) 天", en: "it must be ahead of now, by at most \(daysMost) days"))
    }

    fileprivate static func notAddressee(_ text: String) -> UnplacedDiagnostic {
        act(
            "not-addressee", LocalizedText(zh: "“\(text)”不是可派的对象", en: "\"\(text)\" is nobody to turn to"),
            LocalizedText(
                zh: "请写角色、department:名称、partner:名称或 worker:编号",
                en: "write a role, department:NAME, partner:NAME or worker:ID"))
    }

    fileprivate static func notAlert(_ text: String) -> UnplacedDiagnostic {
        act(
            "not-alert", LocalizedText(zh: "“\(text)”不是预警编号", en: "\"\(text)\" is no alert's id"),
            LocalizedText(zh: "请写 16 位小写十六进制编号", en: "write its 16 lowercase hex digits"))
    }

    fileprivate static func notHashes(_ most: Int) -> UnplacedDiagnostic {
        act(
            "not-hashes", LocalizedText(zh: "应为照片哈希的列表", en: "it must be a list of photographs' hashes"),
            LocalizedText(
                zh: "最多 \(most) 个，每个 16 至 64 位小写十六进制", en: "at most \(most), each of 16 to 64 lowercase hex digits"))
    }
}
