package import ConfigReading
import Diagnostics
package import RecordLog
import Vocabulary

/// A vendor's format by declaration: a mapping file says what its messages mean, without code.
package struct MappingFormat: FeedFormat {
    package static let name = "mapping"
    package static let keys = [
        SettingKey(
            "feeds[].mapping", .path, zh: "映射文件（format: mapping 时必填）",
            en: "mapping file; needed with format: mapping")
    ]
    /// The keys of a mapping file; their paths begin with `mapping.`, the file itself does not.
    static let table = KeyTable(fileKeys)

    let plan: MappingPlan

    package var settings: MappingSettings { plan.settings }
    package static func == (a: MappingFormat, b: MappingFormat) -> Bool { a.settings == b.settings }

    package init?(_ feed: FeedSection) {
        let section = feed.section
        guard section.has("mapping") else {
            let title = section.title("mapping")
            section.findings.add(.error, .missingKey(title, MappingFormat.keys[0].help), at: section.position)
            return nil
        }
        guard let file = feed.file("mapping"),
            let settings = MappingSettings.parse(file.bytes, file: file.path, findings: section.findings)
        else { return nil }
        if let topic = feed.topic {
            let filter = settings.topic.map { level -> String in
                if case .literal(let text) = level { return text }
                return "+"
            }
            if !TopicFilter.overlap(filter.joined(separator: "/"), topic) {
                section.warning(.mappingNeverFits(topic), at: "mapping")
            }
        }
        plan = MappingPlan(settings)
    }

    package static func refuseKeys(in feed: FeedSection) {
        if feed.section.has("mapping") { feed.section.error(.mappingWithoutFormat, at: "mapping") }
    }

    package var source: String? { settings.file }
    package var callsInItsOwnWords: Bool { plan.isCalling }

    /// The kinds of its events, and of each the fields that it has a pointer for; nothing else of its messages is
    /// looked at.
    package func abilities(of topic: String, isOneWay: Bool) -> [FeedAbility] {
        settings.events.map { event in
            var fields: Set<FeedAbility.Field> = []
            func add(_ field: FeedAbility.Field, _ isTold: Bool) { if isTold { fields.insert(field) } }
            add(.battery, event.sides.battery != nil)
            add(.celsius, event.sides.celsius != nil)
            add(.count, event.sides.count != nil)
            add(.floor, event.sides.floor != nil)
            add(.plate, event.sides.plate != nil)
            add(.visit, event.sides.visit != nil)
            add(.confidence, event.confidence != nil)
            add(.value, event.value != nil)
            add(.person, settings.person != nil || event.credential != nil)
            add(.direction, event.dir != nil || isOneWay)
            add(.track, event.track != nil)
            add(.time, settings.time != nil)
            return FeedAbility(kinds: [event.kind], fields: fields)
        }
    }

    package func key(of field: FeedAbility.Field) -> String? {
        switch field {
        case .battery: "events[].battery"
        case .celsius: "events[].temp_c"
        case .count: "events[].count"
        case .confidence: "events[].confidence"
        case .floor: "events[].floor"
        case .value: "events[].value"
        case .person: "person, events[].credential"
        case .direction: "events[].dir"
        case .track: "events[].track"
        case .plate: "events[].plate"
        case .visit: "events[].visit"
        case .time: "time"
        case .word, .identity: nil
        }
    }

    /// Which device it is follows from the record.
    package func learn(
        _ topic: UnsafeBufferPointer<UInt8>, _ known: inout Decoder.Topic, _ detail: inout Decoder.TopicDetail,
        with decoder: inout Decoder
    ) throws(DecodeError) {}

    package func read(
        _ view: borrowing RecordView, of topic: Decoder.Topic, into record: inout DecodedRecord,
        with decoder: inout Decoder
    ) throws(DecodeError) {
        try decoder.readMapped(view, by: plan, feed: topic.feed, record: &record)
    }
}

extension MappingFormat {
    package static let file: FormatFile? = FormatFile(
        name: "mapping", title: LocalizedText(zh: "映射文件", en: "Mapping files"), keys: fileKeys)

    private static let fileKeys: [SettingKey] = [
        SettingKey(
            "mapping.topic", .text, zh: "主题各级的名称：vendor/{home}/+", en: "names the topic's levels: vendor/{home}/+"
        ).needed,
        SettingKey("mapping.device", .template, zh: "设备：{级名} 或 {/指针}", en: "the device: {level} or {/pointer}").needed,
        SettingKey("mapping.person", .template, zh: "人", en: "the person"),
        SettingKey("mapping.id", .template, zh: "消息编号，去重用", en: "the message's id, against redelivery"),
        SettingKey("mapping.time", .section, zh: "时间，默认到达时间", en: "the payload's time; default: the arrival's"),
        SettingKey("mapping.time.at", .pointer, zh: "JSON 指针", en: "JSON pointer").needed,
        SettingKey(
            "mapping.time.form", .choice(MappingSettings.TimeForm.allCases.map(\.rawValue)), zh: "iso、epoch 或 local",
            en: "iso; epoch (seconds or milliseconds); local (yyyy-MM-dd HH:mm:ss in the site's zone)"
        ).needed,
        SettingKey("mapping.events", .sections, zh: "事件，第一个符合的算数", en: "the first that fits is taken").needed,
        SettingKey(
            "mapping.events[].when", .any, zh: "条件：指针或 {级名} 等于某值或某几个值之一",
            en: "pointer or {level}: a value, or a list of which one must be there; all must hold"),
        SettingKey(
            "mapping.events[].kind", .choice(ObservationKind.allCases.map(\.name)), zh: "观测类型", en: "the observation"
        ).needed,
        SettingKey(
            "mapping.events[].as", .choice(Decoder.Manner.allCases.map(\.rawValue)), zh: "detection 每次算，state 变化才算",
            en: "detection counts each time, state when it changes; default by kind"),
        SettingKey("mapping.events[].value", .any, zh: "数值：指针，或 {at, table}", en: "pointer, or {at, table}"),
        SettingKey("mapping.events[].value.at", .text, zh: "指针或 {级名}", en: "pointer or {level}").needed,
        SettingKey("mapping.events[].value.table", .any, zh: "对照表", en: "the payload's words to on, off or a number"),
        SettingKey("mapping.events[].confidence", .pointer, zh: "置信度", en: "confidence"),
        SettingKey("mapping.events[].zone", .pointer, zh: "区域", en: "zone"),
        SettingKey("mapping.events[].dir", .pointer, zh: "方向", en: "direction: in or out"),
        SettingKey("mapping.events[].credential", .pointer, zh: "凭证", en: "credential"),
        SettingKey("mapping.events[].track", .pointer, zh: "跟踪号", en: "track"),
        SettingKey("mapping.events[].battery", .pointer, zh: "设备电量，0–100(%)", en: "the device's battery, 0–100 (%)"),
        SettingKey("mapping.events[].temp_c", .pointer, zh: "体温（℃）", en: "a person's temperature (°C)"),
        SettingKey("mapping.events[].count", .pointer, zh: "人数", en: "how many people"),
        SettingKey("mapping.events[].floor", .pointer, zh: "楼层", en: "floor"),
        SettingKey("mapping.events[].plate", .pointer, zh: "车牌", en: "number plate"),
        SettingKey("mapping.events[].visit", .pointer, zh: "访客码", en: "a visitor's code"),
    ]
}

extension UnplacedDiagnostic {
    fileprivate static let mappingWithoutFormat = UnplacedDiagnostic(
        code: "feed.mapping-unused",
        what: LocalizedText(zh: "有映射文件，但格式不是 mapping", en: "there is a mapping file, but the format is another"),
        remedy: LocalizedText(zh: "请写 format: mapping，或删除它", en: "write format: mapping, or delete it"))

    fileprivate static func mappingNeverFits(_ topic: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "mapping.never-fits",
            what: LocalizedText(
                zh: "映射文件的主题与“\(topic.shown)”没有交集",
                en: "the mapping's topic can never fit \"\(topic.shown)\""),
            remedy: LocalizedText(zh: "请核对两处的主题", en: "compare the two topics"))
    }
}
