import Community
import ConfigReading
import Diagnostics
import SiteConfiguration
import Vocabulary

/// What a start of the daemon would miss: files of secrets and certificates, and sheets of the registry. Only `check`
/// looks: a replay reads no secret, and the daemon tells by itself what it misses.
enum StartCheck {
    static func problems(_ settings: Settings, _ source: SiteSource, _ registry: Registry) -> [Diagnostic] {
        secrets(settings) + sheets(settings, source, registry)
    }

    /// An error, since the daemon could not start or the channel not send; a warning where that cannot be told from
    /// here.
    private static func secrets(_ settings: Settings) -> [Diagnostic] {
        settings.needs.compactMap { needed in
            guard let error = needed.missing() else { return nil }
            var severity = Diagnostic.Severity.error
            if case .noCredentialsDirectory(_) = error { severity = .warning }
            let position = needed.position
            return Diagnostic(
                severity, code: "config.no-secret", file: position.file, line: position.line, column: position.column,
                what: LocalizedText(zh: "\(needed.key)：\(error.words.zh)", en: "\(needed.key): \(error.words.en)"),
                remedy: error.remedy)
        }
    }

    // MARK: Sheets

    private struct Sheet {
        var name: String
        var rows: Int
        /// Whether the configuration has a use for it.
        var isNeeded: Bool
        /// What it means that there is none.
        var meaning: LocalizedText
        var content: LocalizedText
    }

    private static func list(_ settings: Settings, _ registry: Registry) -> [Sheet] {
        let watching: Set<RuleKind> = [.noMovement, .notReturned, .unusualInactivity]
        let isPersonTold = settings.routes.contains { route in
            (route.to + route.escalate.flatMap(\.to)).contains { target in
                if case .channel = target { false } else { true }
            }
        }
        return [
            Sheet(
                name: "places.csv", rows: registry.places.count, isNeeded: true,
                meaning: LocalizedText(
                    zh: "没有楼栋、公共区域和网格，预警找不到网格员",
                    en: "no building, no public area and no grid is known, so alerts find no grid worker"),
                content: LocalizedText(zh: "每个楼栋和公共区域一行", en: "a row for each building and public area")),
            Sheet(
                name: "devices.csv", rows: registry.devices.count, isNeeded: true,
                meaning: LocalizedText(
                    zh: "所有消息都来自未登记的设备：不知道在哪里、是谁家，也没有人家被看到",
                    en:
                        "every message comes from an unknown device: nobody knows where it is or whose home, and no "
                        + "home is covered"),
                content: LocalizedText(zh: "每个设备一行", en: "a row for each device")),
            Sheet(
                name: "residents.csv", rows: registry.residents.count,
                isNeeded: settings.rules.contains { watching.contains($0.kind) },
                meaning: LocalizedText(
                    zh: "没有居民受到关注，居家无活动等规则永远不会触发", en: "nobody is watched, and rules such as no_movement can never fire"
                ),
                content: LocalizedText(
                    zh: "每位居民一行，需关注的填“关爱类别”", en: "a row for each resident, with `care` for who is watched")
            ),
            Sheet(
                name: "workers.csv", rows: registry.workers.count, isNeeded: isPersonTold,
                meaning: LocalizedText(
                    zh: "路由里的角色（网格员、保安、物业）没有人担任，没有人收到通知",
                    en: "nobody has the roles that routes name (grid-worker, guard, property): nobody is told"),
                content: LocalizedText(zh: "每位工作人员一行", en: "a row for each worker")),
        ]
    }

    /// Missing, empty, and without rows are three things: not there yet, lost on the way, not filled in.
    private static func sheets(_ settings: Settings, _ source: SiteSource, _ registry: Registry) -> [Diagnostic] {
        list(settings, registry).compactMap { sheet in
            let folder = settings.registry.hasSuffix("/") ? settings.registry : settings.registry + "/"
            let file = source.registry.files.first { $0.name == sheet.name }
            let path = file?.path ?? folder + sheet.name
            func told(_ severity: Diagnostic.Severity, _ code: String, _ what: LocalizedText, _ remedy: LocalizedText)
                -> Diagnostic
            {
                Diagnostic(
                    severity, code: "\(sheet.name.dropLast(4)).\(code)", file: path,
                    what: LocalizedText(zh: what.zh + ":" + sheet.meaning.zh, en: what.en + ": " + sheet.meaning.en),
                    remedy: remedy)
            }
            let severity = sheet.isNeeded ? Diagnostic.Severity.warning : .note
            guard let file else {
                return told(
                    severity, "missing", LocalizedText(zh: "没有这张表", en: "there is no such sheet"),
                    LocalizedText(
                        zh: "请建立这张表，\(sheet.content.zh)；shouwang init 可写出样表",
                        en: "make it, \(sheet.content.en); shouwang init writes a sample"))
            }
            if file.bytes.drop(while: { [0xEF, 0xBB, 0xBF].contains($0) }).allSatisfy({ $0 <= 0x20 }) {
                return told(
                    .error, "empty",
                    LocalizedText(zh: "这张表是空的，连表头也没有", en: "the sheet is empty, it has not even a header line"),
                    LocalizedText(
                        zh: "多半是断电或导出出错：请从备份恢复或重新导出；确实没有时只写一行表头",
                        en:
                            "it was probably lost in a power cut or by the export: take it from a backup or export it "
                            + "again; where there is nothing to register, write the header line alone"))
            }
            guard sheet.rows == 0 else { return nil }
            return told(
                severity, "no-rows", LocalizedText(zh: "这张表没有一行可用", en: "the sheet has no row that can be used"),
                LocalizedText(zh: "请填写：\(sheet.content.zh)", en: "fill it in: \(sheet.content.en)"))
        }
    }
}
