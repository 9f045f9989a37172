package import Diagnostics
import Vocabulary

/// MQTT topic filters and the topics that the program publishes to (MQTT 3.1.1 §4.7).
extension ScalarReading {
    /// A feed's filter. System records under `$shouwang/` are never a feed. The broker's topics and shared
    /// subscriptions are none either, but cost that feed alone: older versions took them.
    package static func feedFilter(_ text: String) throws(UnplacedDiagnostic) -> String {
        let first = text.prefix { $0 != "/" }
        if first == "$shouwang" { throw .reservedTopic }
        if first == "$share" || first == "$queue" { throw .sharedFeed(text) }
        if first.hasPrefix("$") { throw .brokerFeed(text) }
        do throws(TopicFilter.Problem) {
            return try TopicFilter(text).text
        } catch {
            throw .badFilter(text, why: TopicFlaw(error, of: text))
        }
    }

    /// What may stand in braces in a topic that the program publishes to.
    package static let topicNames = ["site", "id", "rule", "kind", "severity", "key", "device", "place"]

    /// A topic to publish to, with `{name}` where a value is put in.
    package static func publishedTopic(_ text: String, names: [String]) throws(UnplacedDiagnostic) -> String {
        guard !text.isEmpty, text.utf8.count <= 65535 else { throw .badFilter(text, why: .length) }
        guard !text.utf8.contains(0) else { throw .badFilter(text, why: .nul) }
        if text == "$shouwang" || text.hasPrefix("$shouwang/") { throw .reservedTopic }
        if text.hasPrefix("$SYS") || text.hasPrefix("$share/") { throw .badFilter(text, why: .broker) }
        guard !text.contains("#"), !text.contains("+") else { throw .badFilter(text, why: .wildcard) }
        var rest = text[...]
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            let after = rest.index(after: brace)
            guard rest[brace] == "{", let close = rest[after...].firstIndex(of: "}") else {
                throw .badFilter(text, why: .braces)
            }
            let name = String(rest[after..<close])
            guard names.contains(name) else { throw .unknownName(name, known: names, code: "config.bad-topic") }
            rest = rest[rest.index(after: close)...]
        }
        return text
    }
}

/// What is wrong with a topic, for people.
enum TopicFlaw {
    case length, nul, levels, hash, plus, broker, wildcard, braces

    init(_ problem: TopicFilter.Problem, of text: String) {
        self =
            switch problem {
            case .empty, .tooLong: .length
            case .nul: .nul
            case .wildcardInsideLevel(let position):
                text.utf8.dropFirst(position).first == UInt8(ascii: "#") ? .hash : .plus
            case .hashNotLast: .hash
            case .tooManyLevels: .levels
            case .sharedSubscription: .broker
            }
    }

    var phrase: LocalizedText {
        switch self {
        case .length: LocalizedText(zh: "主题为空或过长", en: "it is empty or too long")
        case .hash: LocalizedText(zh: "# 只能独占最后一级", en: "# stands alone and last")
        case .plus: LocalizedText(zh: "+ 必须独占一级", en: "+ is a whole level")
        case .nul: LocalizedText(zh: "主题里不能有 NUL 字符", en: "a topic holds no NUL character")
        case .levels:
            LocalizedText(zh: "超过 200 个 /，代理服务器会断开", en: "it has more than 200 slashes, on which brokers hang up")
        case .broker: LocalizedText(zh: "$SYS 和 $share 属于代理服务器", en: "$SYS and $share belong to the broker")
        case .wildcard: LocalizedText(zh: "发布的主题不能有通配符", en: "a topic to publish to has no wildcard")
        case .braces: LocalizedText(zh: "花括号不成对", en: "its braces do not pair")
        }
    }
}

extension UnplacedDiagnostic {
    fileprivate static func badFilter(_ text: String, why: TopicFlaw) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.bad-topic",
            what: LocalizedText(
                zh: "主题“\(text.shown)”不可用：\(why.phrase.zh)",
                en: "the topic \"\(text.shown)\" cannot be used: \(why.phrase.en)"),
            remedy: LocalizedText(
                zh: "写成 community/+/+/+ 或 vendor/events/# 的样子", en: "write it as community/+/+/+ or vendor/events/#"))
    }

    fileprivate static func sharedFeed(_ text: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.bad-topic",
            what: LocalizedText(
                zh: "“\(text.shown)”是共享订阅：消息会分给几个程序，守望会漏掉其中一部分，顺序也会乱",
                en: "\"\(text.shown)\" is a shared subscription: the broker deals its messages out among several "
                    + "programs, so the daemon would miss some, and the order is lost"),
            remedy: LocalizedText(
                zh: "请去掉 $share/组名/，直接写主题，如 community/+/+/+",
                en: "leave $share/GROUP/ out and write the topic itself, as community/+/+/+"),
            costsItself: true)
    }

    fileprivate static func brokerFeed(_ text: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "feed.broker-topic",
            what: LocalizedText(
                zh: "“\(text.shown)”以 $ 开头：这是代理服务器自己的主题，守望不接收其中任何消息",
                en: "\"\(text.shown)\" begins with $: such topics are the broker's own, and the daemon takes nothing "
                    + "from them"),
            remedy: LocalizedText(
                zh: "请写设备发布的主题，如 community/+/+/+；代理服务器的状态请用监控工具看",
                en: "write the topics that devices publish to, as community/+/+/+; watch the broker itself with a "
                    + "monitor"),
            costsItself: true)
    }

    fileprivate static let reservedTopic = UnplacedDiagnostic(
        code: "feed.reserved-topic",
        what: LocalizedText(
            zh: "$shouwang/ 是守望自己的记录，不能订阅或发布",
            en: "$shouwang/ holds the daemon's own records and can be neither a feed nor published to"),
        remedy: LocalizedText(zh: "请用别的主题", en: "use another topic"))

    /// A name that is not among those known, with the nearest.
    package static func unknownName(_ name: String, known: [String], code: String) -> UnplacedDiagnostic {
        let nearest = SpellingSuggestion.name(to: name, among: known)
        let all = known.joined(separator: ", ")
        return UnplacedDiagnostic(
            code: code,
            what: LocalizedText(zh: "不认识“\(name.shown)”", en: "\"\(name.shown)\" is not known"),
            remedy: LocalizedText(
                zh: nearest.map { "是不是 \($0)？" } ?? "可用的有：\(all)",
                en: nearest.map { "did you mean \($0)?" } ?? "known are: \(all)"))
    }
}
