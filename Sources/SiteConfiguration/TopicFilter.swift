import Diagnostics

/// MQTT topic filters and the topics that the program publishes to (MQTT 3.1.1 §4.7).
enum TopicFilter {
    /// mosquitto takes at most 200 slashes, and closes the connection on more.
    private static let levelsMax = 201

    /// A feed's filter. The daemon's own records under `$shouwang/` are never a feed. The broker's topics and shared
    /// subscriptions are none either, but cost that feed alone: older versions took them.
    static func check(_ text: String) throws(Fault) -> String {
        let levels = text.split(separator: "/", omittingEmptySubsequences: false)
        guard !text.isEmpty, text.utf8.count <= 65535 else { throw .badFilter(text, why: .length) }
        guard !text.utf8.contains(0) else { throw .badFilter(text, why: .nul) }
        guard levels.count <= levelsMax else { throw .badFilter(text, why: .levels) }
        if levels[0] == "$shouwang" { throw .reservedTopic }
        if levels[0] == "$share" || levels[0] == "$queue" { throw .sharedFeed(text) }
        if levels[0].hasPrefix("$") { throw .brokerFeed(text) }
        for (i, level) in levels.enumerated() {
            if level.contains("#"), level != "#" || i != levels.count - 1 { throw .badFilter(text, why: .hash) }
            if level.contains("+"), level != "+" { throw .badFilter(text, why: .plus) }
        }
        return text
    }

    /// A topic to publish to, with `{name}` where a value is put in.
    static func check(published text: String, names: [String]) throws(Fault) -> String {
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

    /// Whether some topic fits both filters. `a/#` also fits `a` (§4.7.1.2).
    static func overlap(_ a: String, _ b: String) -> Bool {
        let x = a.split(separator: "/", omittingEmptySubsequences: false)
        let y = b.split(separator: "/", omittingEmptySubsequences: false)
        // A wildcard in the first level does not reach topics that begin with $ (§4.7.2).
        if let p = x.first, let q = y.first, p != q, p.hasPrefix("$") || q.hasPrefix("$") { return false }
        var i = 0
        while true {
            let p = i < x.count ? x[i] : nil
            let q = i < y.count ? y[i] : nil
            if p == nil, q == nil { return true }
            if p == "#" || q == "#" { return true }
            guard let p, let q, p == q || p == "+" || q == "+" else { return false }
            i += 1
        }
    }

    enum Flaw {
        case length, nul, levels, hash, plus, broker, wildcard, braces

        var phrase: Phrase {
            switch self {
            case .length: Phrase(zh: "主题为空或过长", en: "it is empty or too long")
            case .hash: Phrase(zh: "# 只能独占最后一级", en: "# stands alone and last")
            case .plus: Phrase(zh: "+ 必须独占一级", en: "+ is a whole level")
            case .nul: Phrase(zh: "主题里不能有 NUL 字符", en: "a topic holds no NUL character")
            case .levels:
                Phrase(zh: "超过 200 个 /,代理服务器会断开", en: "it has more than 200 slashes, on which brokers hang up")
            case .broker: Phrase(zh: "$SYS 和 $share 属于代理服务器", en: "$SYS and $share belong to the broker")
            case .wildcard: Phrase(zh: "发布的主题不能有通配符", en: "a topic to publish to has no wildcard")
            case .braces: Phrase(zh: "花括号不成对", en: "its braces do not pair")
            }
        }
    }
}

extension Fault {
    fileprivate static func badFilter(_ text: String, why: TopicFilter.Flaw) -> Fault {
        Fault(
            code: "config.bad-topic",
            what: Phrase(
                zh: "主题“\(text.shown)”不可用:\(why.phrase.zh)",
                en: "the topic \"\(text.shown)\" cannot be used: \(why.phrase.en)"),
            remedy: Phrase(
                zh: "写成 community/+/+/+ 或 vendor/events/# 的样子", en: "write it as community/+/+/+ or vendor/events/#"))
    }

    fileprivate static func sharedFeed(_ text: String) -> Fault {
        Fault(
            code: "config.bad-topic",
            what: Phrase(
                zh: "“\(text.shown)”是共享订阅:消息会分给几个程序,守望会漏掉其中一部分,顺序也会乱",
                en: "\"\(text.shown)\" is a shared subscription: the broker deals its messages out among several "
                    + "programs, so the daemon would miss some, and the order is lost"),
            remedy: Phrase(
                zh: "请去掉 $share/组名/,直接写主题,如 community/+/+/+",
                en: "leave $share/GROUP/ out and write the topic itself, as community/+/+/+"),
            costsItself: true)
    }

    fileprivate static func brokerFeed(_ text: String) -> Fault {
        Fault(
            code: "feed.broker-topic",
            what: Phrase(
                zh: "“\(text.shown)”以 $ 开头:这是代理服务器自己的主题,守望不接收其中任何消息",
                en: "\"\(text.shown)\" begins with $: such topics are the broker's own, and the daemon takes nothing "
                    + "from them"),
            remedy: Phrase(
                zh: "请写设备发布的主题,如 community/+/+/+;代理服务器的状态请用监控工具看",
                en: "write the topics that devices publish to, as community/+/+/+; watch the broker itself with a "
                    + "monitor"),
            costsItself: true)
    }

    fileprivate static let reservedTopic = Fault(
        code: "feed.reserved-topic",
        what: Phrase(
            zh: "$shouwang/ 是守望自己的记录,不能订阅或发布",
            en: "$shouwang/ holds the daemon's own records and can be neither a feed nor published to"),
        remedy: Phrase(zh: "请用别的主题", en: "use another topic"))

    /// A name that is not among those known, with the nearest.
    static func unknownName(_ name: String, known: [String], code: String) -> Fault {
        let nearest = Nearest.name(to: name, among: known)
        let all = known.joined(separator: ", ")
        return Fault(
            code: code,
            what: Phrase(zh: "不认识“\(name.shown)”", en: "\"\(name.shown)\" is not known"),
            remedy: Phrase(
                zh: nearest.map { "是不是 \($0)?" } ?? "可用的有:\(all)",
                en: nearest.map { "did you mean \($0)?" } ?? "known are: \(all)"))
    }
}
