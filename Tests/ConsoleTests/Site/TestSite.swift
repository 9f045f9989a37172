import Alerts
import Community
import Diagnostics
import Feeds
import FileIO
import Foundation
import Ledger
import Pipeline
import RecordLog
import SiteConfiguration
import Timekeeping
import Vocabulary

/// An invented site: a real configuration, registry and pipeline.
enum TestSite {
    /// 2026-03-05T00:00:00+08:00, a Thursday.
    static let origin = Instant(milliseconds: 1_772_640_000_000)

    static let yaml = """
        site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai}
        mqtt: {broker: "mqtt://127.0.0.1"}
        registry: registry/
        feeds: [{topic: "community/+/+/+", format: native}]
        store: {path: state}
        rules:
          sos: {kind: sos}
          no-movement: {kind: no_movement, after: 24h}
          reports: {kind: report}
        channels: {board: {kind: mqtt}}
        routes: [{match: {kind: [sos]}, to: [board]}]

        """

    static let sheets = [
        (
            "places",
            """
            id,kind,parent,name,grid
            hgs,site,,红谷春天,
            b3,building,hgs,3栋,g3
            b5,building,hgs,5栋,g5
            gates,area,hgs,大门,

            """
        ),
        (
            "devices",
            """
            id,place,kind,name
            p1,3栋/2单元/502,pir,客厅红外
            p2,3栋/2单元/501,pir,
            p5,5栋/1单元/101,pir,
            p9,gates,pir,

            """
        ),
        (
            "residents",
            """
            id,dwelling,name,phone,care,family,key_holder
            e1,3栋/2单元/502,罗桂华,13800001111,独居,罗小梅:13900002222,13700003333
            e5,5栋/1单元/101,陈建国,13800005555,独居,,

            """
        ),
        (
            "workers",
            """
            id,name,role,phone,grid,channels,shift
            w1,周敏,grid-worker,13600001111,g3,board,Mon-Fri 08:00-18:00
            w3,吴勇,grid-worker,13600003333,g3,board,
            w5,郑洁,grid-worker,13600005555,g5,board,
            c1,孙丽,community,13600007777,,board,

            """
        ),
    ]

    static let settings: Settings = {
        let (settings, told) = Settings.parse(Array(yaml.utf8), file: "shouwang.yaml", baseDirectory: "/etc") {
            (_) throws(FileError) in throw FileError(reason: "none", isMissing: true)
        }
        let errors = told.filter { $0.severity == .error }.map { $0.rendered(in: .en) }
        guard let settings, errors.isEmpty else { preconditionFailure("the site's configuration: \(errors)") }
        return settings
    }()

    static let registry: Registry = {
        var files = RegistryFiles()
        for (name, text) in sheets {
            files.files.append((name: name + ".csv", path: name + ".csv", bytes: Array(text.utf8)))
        }
        let (registry, told) = Registry.load(files)
        let errors = told.filter { $0.severity == .error }.map { $0.rendered(in: .en) }
        guard errors.isEmpty else { preconditionFailure("the site's registry: \(errors)") }
        return registry
    }()

    static let plan = FeedPlan(
        settings: settings, registry: registry, zones: Pipeline.zones(of: settings))
}
