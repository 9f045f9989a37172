import Glibc
import MQTTIntake
import Simulation
import TestSupport

/// Kills, stops and restarts at seeded moments while the publisher goes on. A moment is a number of records, or, within
/// a start, a number of milliseconds: what falls into it is random, and the seed repeats the plan.
struct FaultRun {
    struct Plan {
        /// How often the daemon is killed with SIGKILL.
        var kills: Int
        var brokerKills = 0
        /// Records published between two faults, on average.
        var recordsPerKill = 1000
    }

    struct Figures: Sendable, CustomStringConvertible {
        var kills = 0
        /// Of ``kills``: within half a second of a start.
        var earlyKills = 0
        /// When a broker was killed, wall ms.
        var brokerKilledAt: [Int64] = []
        var stops = 0
        var terminations = 0

        var description: String {
            "\(kills) kills of the daemon (\(earlyKills) within its start), \(brokerKilledAt.count) of the broker, "
                + "\(stops) stops, \(terminations) ends"
        }
    }

    private enum Fault { case kill, earlyKill, broker, both, stop, terminate }

    /// Behind by more than this the daemon is left alone until it has caught up: there is no truth beyond
    /// ``Town/lagMax``.
    private static let lagAllowed: Int64 = 4000

    private let site: Site
    private let plan: Plan
    private var random: SeededRandom
    private var figures = Figures()

    static func run(_ site: Site, _ plan: Plan, _ random: SeededRandom) throws -> Figures {
        var run = FaultRun(site, plan, random: random)
        try run.run()
        return run.figures
    }

    private init(_ site: Site, _ plan: Plan, random: SeededRandom) {
        self.site = site
        self.plan = plan
        self.random = random
    }

    private mutating func run() throws {
        try site.open()
        site.receiver.setMoody(true)
        try missStaleBike()
        for fault in faults() {
            try prepare()
            switch fault {
            case .kill, .earlyKill:
                try awaitMoment(isEarly: fault == .earlyKill)
                site.endDaemon(SIGKILL)
                figures.kills += 1
                if fault == .earlyKill { figures.earlyKills += 1 }
            case .broker, .both: try killBroker(withDaemon: fault == .both)
            case .stop:
                site.signalDaemon(SIGSTOP)
                pause(1000...3000)
                site.signalDaemon(SIGCONT)
                figures.stops += 1
            case .terminate:
                try awaitMoment(isEarly: false)
                let code = site.endDaemon(SIGTERM)
                guard code == 0 else {
                    throw Site.Timeout(what: "exit 0, got \(code)", log: String(site.log.suffix(3000)))
                }
                figures.terminations += 1
            }
        }
    }

    /// The plan's faults in a seeded order: of the daemon's kills a third within a start, and among them, now and then,
    /// a stop or an orderly end.
    private mutating func faults() -> [Fault] {
        var faults: [Fault] = (0..<plan.kills).map { $0 % 3 == 1 ? .earlyKill : .kill }
        faults += (0..<plan.kills / 20).flatMap { _ in [.stop, .terminate] }
        faults += (0..<plan.brokerKills).map { $0 % 3 == 2 ? .both : .broker }
        faults.shuffle(using: &random)
        return faults
    }

    /// The daemon runs, and is not so far behind that one more fault would make the truth uncertain.
    private mutating func prepare() throws {
        if site.daemon?.isRunning != true {
            pause(0...(random.chance(50) ? 1000 : 50))
            try site.startDaemon()
        }
        if site.lag > FaultRun.lagAllowed { try site.wait("the daemon to catch up") { site.lag < 500 } }
    }

    private mutating func awaitMoment(isEarly: Bool) throws {
        let count = random.int(plan.recordsPerKill / 4...plan.recordsPerKill * 7 / 4)
        if isEarly {
            site.publisher.allow(count)
            return pause(50...500)
        }
        let wanted = site.tail.last + count
        site.publisher.allow(count)
        try site.wait("\(count) records") { site.tail.last >= wanted || site.lag == 0 && isAllOut(wanted) }
        pause(0...50)
    }

    private func isAllOut(_ wanted: Int) -> Bool { site.publisher.publishedCount >= wanted && site.lag == 0 }

    /// Kills the broker while traffic goes on, at a moment when no alert hangs on what it may lose; starts it again.
    private mutating func killBroker(withDaemon: Bool) throws {
        site.publisher.hold(true)
        try site.wait("a moment without a scene") { site.publisher.isQuiet }
        try site.wait("the scenes in the journal") { site.lag == 0 && site.tail.last >= 0 }
        site.publisher.allow(plan.recordsPerKill)
        pause(5...300)
        if withDaemon {
            site.endDaemon(SIGKILL)
            figures.kills += 1
        }
        figures.brokerKilledAt.append(SystemClock.wall)
        site.broker.kill()
        pause(0...500)
        try site.broker.start()
        try site.wait("the publisher's connection") { site.publisher.isConnected }
        site.publisher.hold(false)
    }

    /// The one long absence: an e-bike comes and goes while nobody looks. The alert is told, the lift is not held.
    private mutating func missStaleBike() throws {
        site.endDaemon(SIGTERM)
        site.publisher.publishStaleBike()
        usleep(UInt32(Town.fresh + 1500) * 1000)
        try site.startDaemon()
        try site.wait("the e-bike") { site.lag == 0 }
    }

    private mutating func pause(_ milliseconds: ClosedRange<Int>) { usleep(UInt32(random.int(milliseconds)) * 1000) }
}
