import Diagnostics
import Timekeeping

extension SettingsTable {
    /// The keys of a mapping file; their paths begin with `mapping.`, the file itself does not.
    static let mapping: [SettingKey] = [
        SettingKey(
            "mapping.topic", .text, zh: "主题各级的名称:vendor/{home}/+", en: "names the topic's levels: vendor/{home}/+"
        ).needed,
        SettingKey("mapping.device", .template, zh: "设备:{级名} 或 {/指针}", en: "the device: {level} or {/pointer}").needed,
        SettingKey("mapping.person", .template, zh: "人", en: "the person"),
        SettingKey("mapping.id", .template, zh: "消息编号,去重用", en: "the message's id, against redelivery"),
        SettingKey("mapping.time", .section, zh: "时间,默认到达时间", en: "the payload's time; default: the arrival's"),
        SettingKey("mapping.time.at", .pointer, zh: "JSON 指针", en: "JSON pointer").needed,
        SettingKey(
            "mapping.time.form", .choice(names(TimeForm.self)), zh: "iso、epoch 或 local",
            en: "iso; epoch (seconds or milliseconds); local (yyyy-MM-dd HH:mm:ss in the site's zone)"
        ).needed,
        SettingKey("mapping.events", .sections, zh: "事件,第一个符合的算数", en: "the first that fits is taken").needed,
        SettingKey(
            "mapping.events[].when", .any, zh: "条件:指针或 {级名} 等于某值或某几个值之一",
            en: "pointer or {level}: a value, or a list of which one must be there; all must hold"),
        SettingKey("mapping.events[].kind", .choice(observations), zh: "观测类型", en: "the observation").needed,
        SettingKey(
            "mapping.events[].as", .choice(names(MappedEvent.Manner.self)), zh: "detection 每次算,state 变化才算",
            en: "detection counts each time, state when it changes; default by kind"),
        SettingKey("mapping.events[].value", .any, zh: "数值:指针,或 {at, table}", en: "pointer, or {at, table}"),
        SettingKey("mapping.events[].value.at", .text, zh: "指针或 {级名}", en: "pointer or {level}").needed,
        SettingKey("mapping.events[].value.table", .any, zh: "对照表", en: "the payload's words to on, off or a number"),
        SettingKey("mapping.events[].confidence", .pointer, zh: "置信度", en: "confidence"),
        SettingKey("mapping.events[].zone", .pointer, zh: "区域", en: "zone"),
        SettingKey("mapping.events[].dir", .pointer, zh: "方向", en: "direction: in or out"),
        SettingKey("mapping.events[].credential", .pointer, zh: "凭证", en: "credential"),
        SettingKey("mapping.events[].track", .pointer, zh: "跟踪号", en: "track"),
        SettingKey("mapping.events[].battery", .pointer, zh: "设备电量,0–100(%)", en: "the device's battery, 0–100 (%)"),
        SettingKey("mapping.events[].temp_c", .pointer, zh: "体温(℃)", en: "a person's temperature (°C)"),
        SettingKey("mapping.events[].count", .pointer, zh: "人数", en: "how many people"),
        SettingKey("mapping.events[].floor", .pointer, zh: "楼层", en: "floor"),
        SettingKey("mapping.events[].plate", .pointer, zh: "车牌", en: "number plate"),
        SettingKey("mapping.events[].visit", .pointer, zh: "访客码", en: "a visitor's code"),
    ]
}
