import Alerts
import AsyncHTTPClient
import Community
import ConfigReading
import Console
import Diagnostics
import FileIO
import Foundation
import Hummingbird
import Ledger
import Logging
import NIOCore
import NIOHTTP1
import Pipeline
import SiteConfiguration
import Synchronization
import Testing
import Timekeeping
import Vocabulary

/// A site with one watched home, its workers, a real ledger and pipeline, and the pages behind a real HTTP server.
final class PageBench: Sendable {
    /// 2026-12-01 09:00 in Shanghai, a Tuesday.
    static let nine = Instant(milliseconds: 1_796_086_800_000)

    static let workers = """
        id,name,role,phone,grid,channels
        wang,王大明,grid-worker,13800001234,g3,robot:wang
        li,李小红,community,13900005678,,robot:li|group
        zhao,赵六,community,13700004321,,group

        """
    static let residents = """
        id,dwelling,name,phone,care,family,key_holder
        e1,3栋/2单元/502,罗桂华,13611112222,独居,罗小军:13511113333,楼下张姨 13411114444

        """

    let folder: String
    let settings: Settings
    let registry: Registry
    let ledger: Ledger
    let desk: BenchDesk
    let key: LinkKey
    let pages: WorkerPages
    let clock = PageClock()
    private let lines = Mutex<[String]>([])

    init(
        residents: String = PageBench.residents, workers: String = PageBench.workers,
        places: String = "id,kind,parent,name,grid\nb3,building,,3栋,g3\n", publicURL: String? = nil,
        language: String = "zh-Hans", seed: UInt8 = 7,
        isClean: Bool = true
    ) throws {
        folder = NSTemporaryDirectory() + "/pages-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let yaml = """
            site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: \(language)}
            mqtt: {broker: "mqtt://127.0.0.1"}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state}
            rules:
              quiet: {kind: no_movement, after: 24h, evidence: {count: 1, within: 15m}}
              bike: {kind: ebike_in_building, confirm: {count: 1}}
            channels: {robot: {kind: wecom, key: {env: K}}, group: {kind: wecom, key: {env: K}}}
            routes: [{to: [grid-worker]}]

            """
        let (settings, told) = Settings.parse(Array(yaml.utf8), file: "shouwang.yaml", baseDirectory: "/etc") {
            (_) throws(FileError) in throw FileError(reason: "none", isMissing: true)
        }
        let devices = "id,place,family,kind\np1,3栋/2单元/502,elder,pir\nlift3,b3,camera,lift\n"
        var files = RegistryFiles()
        for (name, text) in [
            ("places", places), ("devices", devices), ("residents", residents), ("workers", workers),
        ] {
            files.files.append((name: name + ".csv", path: name + ".csv", bytes: Array(text.utf8)))
        }
        let (registry, wrong) = Registry.load(files)
        let errors = (told + wrong).filter { $0.severity == .error }.map { $0.rendered(in: .en) }
        try #require(errors.isEmpty || !isClean, "\(errors)")
        self.settings = try #require(settings)
        self.registry = registry
        ledger = try Ledger(path: folder + "/shouwang.sqlite")
        key = try #require(LinkKey(Array(repeating: seed, count: LinkKey.size)))
        let clock = clock
        desk = BenchDesk(self.settings, registry, ledger, now: { clock.now })
        let parts = WorkerPageParts(
            site: self.settings.site, registry: registry, ledger: ledger, key: key, desk: desk, publicURL: publicURL,
            now: { clock.now }, steady: { clock.steady },
            random: { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } })
        pages = WorkerPages(parts)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    // MARK: What happens

    /// Somebody moved 25 hours ago and not since: the alert's id.
    func raise() throws -> String {
        let end = clock.now
        clock.set(end - .hours(25))
        desk.record("community/hgs/elder/p1", "{\"type\":\"motion\",\"id\":\"\(desk.lines.count)\"}")
        clock.set(end)
        let effects = desk.record("community/hgs/elder/none", "{\"type\":\"heartbeat\"}")
        return try #require(effects.changes.first { $0.change == .raised }).id
    }

    /// An e-bike in the lift: the alert's id.
    func raiseThing() throws -> String {
        let effects = desk.record(
            "community/hgs/camera/lift3", "{\"type\":\"ebike\",\"confidence\":0.9,\"zone\":\"lift\"}")
        return try #require(effects.changes.first { $0.change == .raised }).id
    }

    /// A link for a worker, or for a group.
    func link(_ alert: String, to name: String, isGroup: Bool = false, salt: UInt8 = 1) throws -> (Link, token: String)
    {
        let role = registry.worker(name).map { registry.workers[Int($0.index)].role } ?? ""
        let recipient = Link.Recipient(name: name, isGroup: isGroup, role: role)
        let (link, token) = key.mint(
            alert: alert, recipient: recipient, salt: Array(repeating: salt, count: 16), at: clock.now)
        var changes = LinkChanges()
        changes.made = [link]
        try ledger.commit(changes: [], notifications: [], applied: 0, links: changes)
        return (link, token.text)
    }

    // MARK: Asking

    /// Runs the server on a free port while `body` asks.
    func serve(_ body: (Browser) async throws -> Void) async throws {
        let router = Router()
        pages.add(to: router) { request, _ in request.headers[.userAgent] ?? "" }
        let (ports, tell) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let log = Logger(label: "pages") { [self] _ in
            LineLog(take: { [self] line in lines.withLock { $0.append(line) } })
        }
        let server = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { tell.yield($0.localAddress?.port ?? 0) }, logger: log)
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var found = ports.makeAsyncIterator()
            let port = try #require(await found.next())
            try await body(Browser(client: client, base: "http://127.0.0.1:\(port)"))
            group.cancelAll()
            do { while try await group.next() != nil {} } catch is CancellationError {}
        }
        try await client.shutdown()
    }

    /// What the server logged.
    var logged: [String] { lines.withLock { $0 } }
}
