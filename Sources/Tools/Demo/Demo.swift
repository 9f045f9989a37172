import Alerts
import Console
import Daemon
import FileIO
import Feeds
import Foundation
import Ledger
import MQTTIntake
import Pipeline
import RecordLog
import Simulation
import SiteConfiguration
import SiteLoading
import Terminal
import Timekeeping

/// The demo: real broker, real daemon in a process of its own, and a simulated community that shares one clock with it.
///
/// Course: files and broker → receiver → daemon → the script's messages, each when the clock shows its time; at hour 40
/// the daemon is killed, somebody visits a home, and it is started again; at the end it is stopped, and its journal
/// replayed against its ledger.
package struct Demo {
    private static let factor: Int64 = 3600
    private let seconds: Int
    private let folder: String
    private let broker: PrivateBroker
    private let clock: DemoClock
    private let narrator: Narrator
    private let phone: Phone

    package init(seconds: Int) throws {
        self.seconds = seconds
        folder = FileManager.default.temporaryDirectory.path + "/shouwang-demo-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder + "/registry", withIntermediateDirectories: true)
        var settings = PrivateBroker.Settings()
        settings.persistence = true
        broker = try PrivateBroker(settings)
        // Monday, 06:00 in Shanghai: 2026-03-01T22:00:00Z.
        clock = DemoClock(start: Instant(milliseconds: 1_772_402_400_000), factor: Demo.factor)
        narrator = Narrator(clock: clock)
        phone = Phone(narrator)
    }

    package func run() async throws {
        defer { removeFolder() }
        let interrupt = InterruptWatch()
        narrator.say("守望演示：一秒是一小时，共 \(seconds) 秒。Shouwang demo: a second is an hour, \(seconds) of them.")
        let receiver = AlertReceiver(took: { [phone] in phone.took($0) })
        let (ports, portKnown) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await receiver.run { portKnown.yield($0) } }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { throw Exit.inputOutput }
            try writeFiles(receiver: port)
            try await play(interrupt)
            group.cancelAll()
        }
    }

    // MARK: Files

    private func writeFiles(receiver: Int) throws {
        let community = DemoCommunity()
        let files = [
            ("shouwang.yaml", community.configuration(broker: broker.port, receiver: receiver)),
            ("registry/places.csv", community.places), ("registry/devices.csv", community.devices),
            ("registry/residents.csv", community.residents), ("registry/workers.csv", community.workers),
        ]
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name)) }
    }

    private func removeFolder() {
        do { try FileManager.default.removeItem(atPath: folder) } catch {
            StandardError.print("\(folder) is left behind: \(error.localizedDescription)")
        }
    }

    // MARK: The course of things

    private func startDaemon() throws -> ChildProcess {
        let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return try ChildProcess(
            path, ["run", "--config", folder + "/shouwang.yaml", "--log", "notice", "--demo-clock", clock.text],
            output: folder + "/daemon.log")
    }

    private func play(_ interrupt: InterruptWatch) async throws {
        narrator.say(
            "社区：2 栋楼，24 路摄像头，4 个门，40 位独居老人。Two buildings, 24 cameras, four gates, forty elders who live alone.")
        var daemon = try startDaemon()
        let out = PublishSession(
            PublishSession.Options(
                broker: BrokerOptions(host: "127.0.0.1", port: broker.port), clientID: "demo-community",
                statusTopic: "demo/status"))
        let publisher = out.start(random: SystemRandomNumberGenerator())
        let lift = LiftWatch(port: broker.port, narrator: narrator)
        defer {
            lift.stop()
            out.stop()
            publisher.join()
        }
        guard await waitUntilReady(daemon, out) else {
            StandardError.print(String(decoding: FileReading.all(folder + "/daemon.log") ?? [], as: UTF8.self))
            throw Exit.unavailable
        }
        let script = DemoScript(start: clock.start, hours: Double(seconds), seed: 7)
        var hasKilled = false
        var number = 0
        for message in script.messages {
            guard await sleep(until: message.at, interrupt) else { break }
            if !hasKilled, message.at >= clock.start + .hours(Int64(DemoScript.killAt)) {
                hasKilled = true
                narrator.say("守望进程被强行杀死（kill -9），随即重启 · the daemon is killed with -9, and started again")
                daemon.end(SIGKILL)
                try visitNextDoor()
                daemon = try startDaemon()
            }
            if let said = message.said { narrator.say(said) }
            number += 1
            let body = "{\"ts\":\(message.at.milliseconds),\"id\":\"d\(number)\",\(message.body)}"
            _ = out.post(topic: message.topic, payload: Array(body.utf8), qos: .atLeastOnce, retain: false)
        }
        _ = await sleep(until: clock.start + .hours(Int64(seconds)), interrupt)
        await drained(out, number)
        let code = daemon.end(SIGTERM)
        narrator.say("守望进程收到 SIGTERM,退出码 \(code) · the daemon was told to stop, exit code \(code)")
        try compare()
    }

    /// What a worker found stands in the journal as a record; here it comes there while the daemon is dead, and closes
    /// the alert when it is back.
    private func visitNextDoor() throws {
        let home = DemoCommunity.home(DemoCommunity.nextDoor)
        guard let alert = phone.alert(of: home) else { return }
        narrator.say(
            "网格员周敏到 \(home) 上门：人平安，给传感器换了电池 · the grid worker visits: she is well, the battery is changed")
        let journal = try JournalWriter(folder: folder + "/state/journal", segmentSize: .max)
        try journal.prepare(at: clock.now)
        journal.append(.act(Act(alert: alert, verb: "close", actor: "w1", found: "well")), at: clock.now)
        try journal.write()
        try journal.sync()
    }

    /// Sleeps until the shared clock shows a time; false where the user broke off.
    private func sleep(until instant: Instant, _ interrupt: InterruptWatch) async -> Bool {
        while true {
            if interrupt.isInterrupted { return false }
            let left = (instant - clock.now).count / Demo.factor
            if left <= 0 { return true }
            do { try await Task.sleep(for: .milliseconds(min(left, 100))) } catch { return false }
        }
    }

    /// The daemon has subscribed when it publishes its probe; before, the community keeps still.
    private func waitUntilReady(_ daemon: ChildProcess, _ out: PublishSession) async -> Bool {
        for _ in 0..<200 {
            if out.isConnected, broker.log.contains("shouwang-demo-out") { return true }
            if !daemon.isRunning { return false }
            do { try await Task.sleep(for: .milliseconds(50)) } catch { return false }
        }
        return false
    }

    private func drained(_ out: PublishSession, _ count: Int) async {
        for _ in 0..<100 where out.counters.acknowledged + out.counters.refused < count {
            do { try await Task.sleep(for: .milliseconds(20)) } catch { return }
        }
        // What the broker has, the daemon has a moment later.
        do { try await Task.sleep(for: .milliseconds(500)) } catch { return }
    }

    // MARK: The proof

    /// Replays the journal and holds what it gives against what the daemon told, byte by byte.
    private func compare() throws {
        let site = try SiteFiles.require(config: folder + "/shouwang.yaml")
        let ledger = try Ledger(path: folder + "/state/shouwang.sqlite")
        var told: [[UInt8]] = []
        for alert in try ledger.alerts() { told += try ledger.events(alert: alert.id).map(\.json) }
        try ledger.close()
        var replayed: [[UInt8]] = []
        var replay = Replay(settings: site.settings, registry: site.registry, options: Replay.Options())
        let summary = replay.run(
            logs: [try LogArgument(path: folder + "/state/journal")],
            give: { replayed.append($0.json(zone: site.settings.site.zone)) }, progress: { _, _ in })
        let same = Set(told).intersection(replayed).count
        let all = max(told.count, replayed.count)
        narrator.say(
            "原始流水 \(summary.counters.records) 条；回放与实时一致：\(same)/\(all) · journal replayed: \(same) of \(all) "
                + "changes the same"
        )
        if same != all { throw Exit.differs }
    }
}
