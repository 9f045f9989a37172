import ConfigReading
import Diagnostics
import Feeds
import Timekeeping
import Vocabulary

extension SettingsReader {
    func feeds(_ root: Section) -> [FeedSettings] {
        let sections = root.sections("feeds") ?? []
        if sections.isEmpty, case .list(let nodes)? = root.node("feeds")?.content, nodes.isEmpty {
            root.error(.noFeeds, at: "feeds")
        }
        var feeds: [FeedSettings] = []
        // Names that people gave come first: a name made for another feed gives way to them.
        var taken = Set(
            sections.compactMap { section -> String? in
                guard case .scalar(let text)? = section.node("name")?.content else { return nil }
                return text
            })
        var given: Set<String> = []
        var seen: [(topic: String, line: Int)] = []
        for section in sections {
            let name = section.name("name")
            if let name, !given.insert(name).inserted { section.error(.duplicateFeed(name), at: "name") }
            let topic = section.value("topic") { (text) throws(UnplacedDiagnostic) in try ScalarReading.feedFilter(text)
            }
            if let topic {
                overlap(section, topic, seen)
                seen.append((topic, section.place("topic").line))
            }
            let format = section.choice("format", code: "feed.unknown-format")
            if let format, !FeedFormats.isBuilt(format) { section.error(.feedNotBuilt(format), at: "format") }
            let says = format.flatMap { FeedFormats.read($0, FeedSection(section, topic: topic, readFile: readFile)) }
            let place = section.text("place")
            guard let topic, let format, let says else { continue }
            let made = name ?? FeedSettings.name(for: format, taken: taken)
            taken.insert(made)
            feeds.append(
                FeedSettings(
                    name: made, topic: topic, format: says, place: place, position: section.position))
        }
        return feeds
    }

    private func overlap(_ section: Section, _ topic: String, _ seen: [(topic: String, line: Int)]) {
        if let same = seen.first(where: { $0.topic == topic }) {
            section.error(.duplicateTopic(topic, line: same.line), at: "topic")
        } else if let other = seen.first(where: { TopicFilter.overlap($0.topic, topic) }) {
            section.warning(.overlappingTopic(topic, other.topic), at: "topic")
        }
    }
}

extension FeedSettings {
    fileprivate static func name(for format: String, taken: Set<String>) -> String {
        var name = format
        var number = 2
        while taken.contains(name) {
            name = "\(format)-\(number)"
            number += 1
        }
        return name
    }
}

extension UnplacedDiagnostic {
    fileprivate static let noFeeds = UnplacedDiagnostic(
        code: "feed.none", what: LocalizedText(zh: "没有任何数据源", en: "there is no feed"),
        remedy: LocalizedText(
            zh: "至少写一个，如 [{topic: \"community/+/+/+\", format: native}]",
            en: "write at least one, as [{topic: \"community/+/+/+\", format: native}]"))

    fileprivate static func duplicateFeed(_ name: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "feed.duplicate-name",
            what: LocalizedText(zh: "数据源“\(name.shown)”重名", en: "two feeds are named \"\(name.shown)\""),
            remedy: LocalizedText(zh: "请改名", en: "rename one"))
    }

    fileprivate static func duplicateTopic(_ topic: String, line: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "feed.duplicate-topic",
            what: LocalizedText(
                zh: "主题“\(topic.shown)”与第 \(line) 行的数据源相同", en: "the topic \"\(topic.shown)\" is that of line \(line)"),
            remedy: LocalizedText(zh: "请删除一个", en: "delete one of them"))
    }

    fileprivate static func overlappingTopic(_ topic: String, _ other: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "feed.overlap",
            what: LocalizedText(
                zh: "“\(topic.shown)”与“\(other.shown)”会收到同一消息",
                en: "\"\(topic.shown)\" and \"\(other.shown)\" share messages"),
            remedy: LocalizedText(
                zh: "请把其中一个写窄，使每条消息只属于一个数据源",
                en: "make one narrower, so that each message has one feed"))
    }

    fileprivate static func feedNotBuilt(_ format: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "feed.not-built",
            what: LocalizedText(
                zh: "本版本还不能读 \(format) 格式，以后的版本会有",
                en: "this version does not read \(format) yet; a later one will"),
            remedy: LocalizedText(
                zh: "可先用 format: mapping 写一个映射文件，参见 config/feeds/",
                en: "use format: mapping with a mapping file until then, see config/feeds/"))
    }
}
