import Foundation
import Glibc
import MQTTIntake
import Simulation
import Synchronization

/// All parts of a run with faults: a real broker, the real daemon in a process of its own, a receiver, a publisher, a
/// store. Used by one thread, which may block.
final class Site {
    struct Options {
        var town = Town()
        var seed: UInt64
        /// The store's folder; nil: beside the configuration.
        var store: String?
        /// `NAME=value` for the daemon's environment.
        var environment: [String] = []
    }

    struct Timeout: Error, CustomStringConvertible {
        var what: String
        var log: String
        var description: String { "waited in vain for: \(what)\n\(log)" }
    }

    let options: Options
    let folder: String
    let store: String
    let broker: PrivateBroker
    let receiver: HookReceiver
    let publisher: Publisher
    let consolePort = PrivateBroker.freePort()
    var tail: JournalTail
    private(set) var daemon: ChildProcess?
    private(set) var starts = 0
    /// The worst lag seen, ms.
    private(set) var lagWorst: Int64 = 0

    init(_ options: Options) throws {
        self.options = options
        folder = FileManager.default.temporaryDirectory.path + "/shouwang-fault-\(UUID().uuidString)"
        store = options.store ?? folder + "/store"
        var settings = PrivateBroker.Settings()
        settings.persistence = true
        // The lines of the issue: what a broker that is killed may lose is a second, and its clock's.
        settings.extraLines = ["autosave_interval 1"]
        broker = try PrivateBroker(settings)
        receiver = try HookReceiver(port: PrivateBroker.freePort(), seed: options.seed ^ 1)
        publisher = Publisher(port: broker.port, elders: options.town.elders, seed: options.seed ^ 2)
        tail = JournalTail(folder: store + "/journal")
        try options.town.write(
            into: folder, store: store,
            ports: Town.Ports(broker: broker.port, receiver: receiver.port, console: consolePort))
        receiver.start()
    }

    /// Ends everything and takes the folder away.
    func close() {
        daemon?.end(SIGKILL)
        receiver.stop()
        do { try broker.start() } catch { print("the broker did not come back: \(error)") }
        publisher.stop()
        tail.close()
        do { try FileManager.default.removeItem(atPath: folder) } catch { print("left behind: \(folder)") }
    }

    /// Where something is wrong, the run's files are kept for whoever looks for the cause.
    func keep(_ problems: [String]) -> String {
        guard !problems.isEmpty, ProcessInfo.processInfo.environment["SHOUWANG_KEEP"] != nil else { return "" }
        let kept = folder + "-kept"
        do { try FileManager.default.copyItem(atPath: folder, toPath: kept) } catch { return "\(error)" }
        return "kept: \(kept)"
    }

    var config: String { folder + "/shouwang.yaml" }
    var journal: String { store + "/journal" }
    var log: String { (try? String(contentsOfFile: folder + "/daemon.log", encoding: .utf8)) ?? "" }

    // MARK: The daemon

    /// The executable that was built with the tests, or what `SHOUWANG_PROGRAM` names.
    static let program: String = {
        if let given = ProcessInfo.processInfo.environment["SHOUWANG_PROGRAM"] { return given }
        return beside("shouwang") ?? "/nonexistent/shouwang"
    }()

    /// A file in the folder of the test bundle, or above it.
    static func beside(_ name: String) -> String? {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0])
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appendingPathComponent(name).path
            var isDirectory: ObjCBool = false
            // Sound: the call writes one flag.
            let exists = unsafe FileManager.default.fileExists(atPath: candidate, isDirectory: &isDirectory)
            if exists, !isDirectory.boolValue { return candidate }
        }
        return nil
    }

    func startDaemon() throws {
        let command = [Site.program, "run", "--config", config, "--log", "info"]
        let log = folder + "/daemon.log"
        // env becomes the daemon: the process id is the daemon's.
        daemon =
            options.environment.isEmpty
            ? try ChildProcess(command[0], Array(command.dropFirst()), output: log)
            : try ChildProcess("/usr/bin/env", options.environment + command, output: log)
        starts += 1
    }

    /// - Returns: the exit code, or 128 + the signal.
    @discardableResult
    func endDaemon(_ signal: Int32) -> Int32 {
        defer { daemon = nil }
        return daemon?.end(signal) ?? -1
    }

    func signalDaemon(_ signal: Int32) { daemon?.signal(signal) }

    /// The daemon's `/readyz`: whether it says it is ready, and what it says.
    func readiness() -> (isReady: Bool, text: String)? {
        HTTPText.get("/readyz", port: consolePort).map { ($0.status == 200, $0.body) }
    }

    /// Lets go of the journal's files; what is in it is read again.
    func releaseTail() {
        tail.close()
        tail = JournalTail(folder: journal)
    }

    // MARK: Waiting

    var lag: Int64 {
        tail.poll()
        let lag = publisher.lag(behind: tail.last)
        lagWorst = max(lagWorst, lag)
        return lag
    }

    /// Polls until something holds; a daemon that has ended by itself is told at once.
    /// - Parameter ifEnded: a daemon that has ended is no reason to stop.
    func wait(_ what: String, seconds: Int = 120, ifEnded: Bool = false, until holds: () -> Bool) throws {
        let end = SystemClock.boot + Int64(seconds) * 1000
        while !holds() {
            if !ifEnded, let daemon, !daemon.isRunning {
                throw Timeout(what: what + ": the daemon ended", log: String(log.suffix(3000)))
            }
            guard SystemClock.boot < end else { throw Timeout(what: what, log: String(log.suffix(3000))) }
            _ = lag
            usleep(20_000)
        }
    }

    /// Starts everything; returns when the daemon's session stands and the broker has it on disk.
    func open() throws {
        try startDaemon()
        try wait("the first session") { log.contains("settled") }
        publisher.start()
        try wait("the publisher") { publisher.isConnected }
        if let broker = broker.processID { kill(broker, SIGUSR1) }
        try wait("the broker's store") { FileManager.default.fileExists(atPath: self.broker.folder + "/mosquitto.db") }
    }

    /// Waits until everything that happened is told, ends the publisher, and then the daemon in good order. What is not
    /// told in long is left to the verdict, which says what it is.
    func finish() throws {
        receiver.setMoody(false)
        try wait("an alert of each kind") { Set(publisher.expected.map(\.kind)).count == 3 }
        publisher.hold(true)
        if daemon?.isRunning != true { try startDaemon() }
        try wait("the last scene") { publisher.isQuiet }
        settle("the scenes in the journal") { lag == 0 }
        // The last silence must last; deliveries of a daemon that was killed are leased for half a minute more.
        let wanted = publisher.expected.count
        settle("\(wanted) alerts at the receiver") {
            Set(receiver.taken.filter { $0.body.contains("\"change\":\"raised\"") }.map(\.key)).count >= wanted
        }
        let changes = Set(try replay().lines)
        settle("\(changes.count) changes at the receiver") { changes.isSubset(of: receiver.taken.map(\.body)) }
        settle("the lifts' release", seconds: 20) { heldLifts.isEmpty }
        publisher.stop()
        let last = publisher.publishedCount - 1
        settle("the journal") { lag == 0 && tail.last >= last }
        let code = endDaemon(SIGTERM)
        guard code == 0 else { throw Timeout(what: "exit 0, got \(code)", log: String(log.suffix(3000))) }
    }

    private func settle(_ what: String, seconds: Int = 100, until holds: () -> Bool) {
        do { try wait(what, seconds: seconds, until: holds) } catch { print("waited in vain for: \(what)") }
    }

    /// What `replay` says of the journal as it stands.
    func replay() throws -> (code: Int32, lines: [String]) {
        let output = folder + "/replayed.jsonl"
        let code = try Program.run(
            Site.program, ["replay", journal, "--config", config, "--alerts", output], talk: folder + "/replay.log")
        return (code, Program.text(output).split(separator: "\n").map(String.init))
    }

    /// Topics on which a hold was heard and nothing since.
    var heldLifts: [Publisher.Lift] {
        var open: [String: Publisher.Lift] = [:]
        for lift in publisher.lifts { open[lift.topic] = lift.isHold ? lift : nil }
        return Array(open.values)
    }
}
