import Diagnostics

extension Fault {
    enum Shape {
        case scalar, list, map

        var phrase: Phrase {
            switch self {
            case .scalar: Phrase(zh: "单个值", en: "a single value")
            case .list: Phrase(zh: "列表", en: "a list")
            case .map: Phrase(zh: "键值表", en: "a map of keys")
            }
        }

        var example: String {
            switch self {
            case .scalar: "key: value"
            case .list: "[a, b]"
            case .map: "{key: value}"
            }
        }
    }

    static func shape(_ title: String, wanted: Shape, found: Phrase) -> Fault {
        let place = title.isEmpty ? Phrase(zh: "文件", en: "the file") : Phrase(zh: title, en: title)
        return Fault(
            code: "config.wrong-type",
            what: Phrase(
                zh: "\(place.zh):应为\(wanted.phrase.zh),这里是\(found.zh)",
                en: "\(place.en): this is \(found.en), where \(wanted.phrase.en) is needed"),
            remedy: Phrase(zh: "写成 \(wanted.example) 的样子", en: "write it as \(wanted.example)"))
    }

    static func unknownKey(_ key: String, in title: String, known: [SettingKey]) -> Fault {
        let names = known.map(\.name)
        let nearest = Nearest.name(to: key, among: names)
        let all = names.joined(separator: ", ")
        let place = title.isEmpty ? Phrase(zh: "最外层", en: "the top level") : Phrase(zh: title, en: title)
        return Fault(
            code: "config.unknown-key",
            what: Phrase(zh: "\(place.zh) 没有“\(key.shown)”这个键", en: "\(place.en) has no key \"\(key.shown)\""),
            remedy: Phrase(
                zh: nearest.map { "是不是 \($0)?" } ?? "可用的键:\(all)",
                en: nearest.map { "did you mean \($0)?" } ?? "its keys are: \(all)"))
    }

    static func noValue(_ title: String) -> Fault {
        Fault(
            code: "config.empty-value", what: Phrase(zh: "\(title) 没有值", en: "\(title) has no value"),
            remedy: Phrase(zh: "请填写,或删除这一行", en: "write one, or delete the line"))
    }

    static func missingKey(_ title: String, _ help: Phrase) -> Fault {
        Fault(
            code: "config.missing-key", what: Phrase(zh: "缺少 \(title)", en: "\(title) is missing"),
            remedy: Phrase(zh: "请补上(\(help.zh))", en: "add it (\(help.en))"))
    }

    static func unusedKey(_ key: String, kind: String, in path: String, title: String) -> Fault {
        let used = SettingsTable.keys(of: path).filter { $0.kinds?.contains(kind) ?? true }.map(\.name)
        let all = used.joined(separator: ", ")
        return Fault(
            code: path == "rules.*" ? "rule.unused-parameter" : "channel.unused-parameter",
            what: Phrase(zh: "\(title):\(kind) 不用“\(key)”", en: "\(title): \(kind) does not use \"\(key)\""),
            remedy: Phrase(zh: "请删除;它用的是:\(all)", en: "delete it; it uses: \(all)"))
    }

    static func notActedOn(_ title: String) -> Fault {
        Fault(
            code: "config.not-acted-on",
            what: Phrase(zh: "\(title) 已读取,但本版本尚不起作用", en: "\(title) is read, but this version does not act on it yet"),
            remedy: Phrase(zh: "可以保留,以后的版本会用", en: "it may stay; a later version will"))
    }
}
