import Alerts
import Community
import ConfigReading
import Diagnostics
import FileIO
import SiteConfiguration
import Timekeeping
import Vocabulary

@testable import AlertDispatch

/// An invented site, its workers and its routes.
struct Town {
    /// A Wednesday, 2026-09-23 10:00 in Shanghai.
    static let noon = Instant(milliseconds: 1_790_128_800_000)

    static let places = """
        id,kind,parent,name,grid
        hgs,site,,红谷春天,
        b1,building,hgs,1栋,g1
        b3,building,hgs,3栋,g3
        b3-502,dwelling,b3,502,
        gates,area,hgs,大门,

        """
    static let workers = """
        id,name,role,phone,grid,channels,shift
        day,王,grid-worker,,g3,robot:day|board,Mon-Sun 07:00-19:00
        night,李,grid-worker,,g3,robot:night,Mon-Sun 19:00-07:00
        other,赵,grid-worker,,g1,robot:other,
        gate,钱,guard,,,robot:gate,

        """

    let settings: Settings
    let registry: Registry

    /// - Parameters:
    ///   - routes: as in the configuration, in flow form.
    ///   - workers: the sheet; `shifts` and `residents` too.
    ///   - top: a further line of the configuration.
    init(
        _ routes: String, workers: String = Town.workers, shifts: String = "", residents: String = "", top: String = ""
    ) {
        let yaml = """
            site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: en}
            mqtt: {broker: "mqtt://127.0.0.1"}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state}
            rules: {}
            channels: {robot: {kind: wecom, key: {env: K}}, board: {kind: mqtt}, desk: {kind: wecom, key: {env: K}}}
            routes: [\(routes)]
            \(top)

            """
        let (settings, told) = Settings.parse(Array(yaml.utf8), file: "shouwang.yaml", baseDirectory: "/etc") {
            (_) throws(FileError) in throw FileError(reason: "none", isMissing: true)
        }
        var files = RegistryFiles()
        for (name, text) in [
            ("places", Town.places), ("workers", workers), ("shifts", shifts), ("residents", residents),
        ] where !text.isEmpty {
            files.files.append((name: name + ".csv", path: name + ".csv", bytes: Array(text.utf8)))
        }
        let (registry, wrong) = Registry.load(files)
        let errors = (told + wrong).filter { $0.severity == .error }.map { $0.rendered(in: .en) }
        guard let settings, errors.isEmpty else { preconditionFailure("the town's files: \(errors)") }
        self.settings = settings
        self.registry = registry
    }

    /// - Parameter channels: those that can be used.
    func dispatcher(_ channels: [String] = ["robot", "board", "desk"]) -> Dispatcher {
        Dispatcher(settings: settings, registry: registry, channels: channels)
    }

    /// Who is told of a change, as `channel:recipient`.
    func told(_ change: AlertChange, over channels: [String] = ["robot", "board", "desk"]) -> [String] {
        dispatcher(channels).decide([change]).notifications.map { "\($0.channel):\($0.recipient)" }
    }

    static func change(
        _ id: Int, _ kind: RuleKind = .noMovement, _ severity: Severity = .medium, record: Int64 = 7,
        place: String? = "b3-502", grid: String? = "g3", at: Instant = Town.noon, text: String = "x"
    ) -> AlertChange {
        AlertChange(
            record: record, ordinal: Int32(id), change: .raised, at: at, id: "\(id)", rule: "quiet", kind: kind,
            severity: severity, site: "hgs", place: place, grid: grid, key: "k\(id)", started: at, detected: at,
            state: .open, detail: "{}", evidence: [], message: LocalizedText(zh: "\(text)\(id)", en: "\(text)\(id)"),
            isTold: true)
    }
}
