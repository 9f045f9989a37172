import Foundation
import RecordLog
import Timekeeping

/// What a run has shown: the journal, a replay of it, what the receiver took, and what the publisher knows, compared.
struct Verdict {
    private(set) var problems: [String] = []
    /// Acknowledged by the broker and not in the journal, by number.
    private(set) var missing: [Int] = []
    private(set) var records = 0
    private(set) var changes = 0
    private(set) var repeated = 0

    private struct Change: Decodable {
        var change: String
        var id: String
        var kind: String
        var key: String
        var started: String
    }

    let account: Publisher.Account
    private let site: Site

    /// - Parameter isStartCompared: false where the arrival may stand for a message's own time (a stepped clock).
    init(_ site: Site, isStartCompared: Bool = true) throws {
        self.site = site
        account = site.publisher.account
        try checkJournal()
        let replayed = try checkReplay()
        guard site.lagWorst <= Town.lagMax else {
            // A machine that stood still for so long: absences may rightly have been raised for everybody.
            print("the truth is not judged: the daemon was \(site.lagWorst) ms behind, \(Town.lagMax) are allowed")
            return
        }
        checkTruth(replayed, isStartCompared)
        checkLifts()
    }

    private func isAcknowledged(_ number: Int) -> Bool { account.acknowledged[number] > 0 }

    /// Numbers without a gap from segment to segment, and every message that the broker acknowledged.
    private mutating func checkJournal() throws {
        var present = [Bool](repeating: false, count: account.published.count)
        var next: Int64?
        for segment in try JournalFolder.segments(in: site.journal) {
            if let next, next != segment.first { problems.append("\(segment.name) should begin at \(next)") }
            let text = try Program.plainText(site.journal + "/" + segment.name, in: site.folder)
            JournalTail.numbers(in: text[...]) { number in
                guard number < present.count else { return }
                if present[number] { repeated += 1 }
                present[number] = true
            }
            let count = JournalTail.lines(in: text)
            records += Int(count)
            next = segment.first + count
        }
        missing = present.indices.filter { !present[$0] && isAcknowledged($0) }
    }

    /// The receiver's distinct changes are the replay's, to the byte, and in the same order for each alert.
    private mutating func checkReplay() throws -> [Change] {
        let (code, replayed) = try site.replay()
        if code != 0 { problems.append("replay exits \(code)") }
        var told: [String] = []
        var keyOf: [String: String] = [:]
        for delivery in site.receiver.taken where keyOf.updateValue(delivery.body, forKey: delivery.key) == nil {
            told.append(delivery.body)
        }
        changes = replayed.count
        let seen = site.receiver.seen
        for (name, count) in [("keys", Set(seen.map(\.key)).count), ("bodies", Set(seen.map(\.body)).count)]
        where count != seen.count {
            problems.append("\(seen.count) different deliveries have \(count) different \(name)")
        }
        for body in Set(replayed).subtracting(told) { problems.append("not told: \(body.prefix(300))") }
        for body in Set(told).subtracting(replayed) where !Verdict.isOfDelivery(body) {
            problems.append("told, and not in the replay: \(body.prefix(300))")
        }
        let decoder = JSONDecoder()
        func byAlert(_ lines: [String]) throws -> [String: [String]] {
            try Dictionary(grouping: lines) { try decoder.decode(Change.self, from: Data($0.utf8)).id }
        }
        let order = try byAlert(told)
        for (id, lines) in try byAlert(replayed) where order[id].map({ Set($0) == Set(lines) && $0 != lines }) == true {
            problems.append("alert \(id) was told in another order")
        }
        return try replayed.map { try decoder.decode(Change.self, from: Data($0.utf8)) }
    }

    /// Nothing is missing, nothing is too much, nothing is there twice.
    private mutating func checkTruth(_ replayed: [Change], _ isStartCompared: Bool) {
        var raised: [Expected: Int] = [:]
        for change in replayed where change.change == "raised" {
            guard case .instant(let microseconds)? = ISO8601.read(change.started) else {
                problems.append("\(change.started) is no time")
                continue
            }
            raised[Expected(kind: change.kind, key: change.key, started: microseconds / 1000), default: 0] += 1
        }
        for change in replayed where change.change == "resolved" { problems.append("resolved: \(change)") }
        for (alert, count) in raised where count > 1 { problems.append("\(count) times: \(alert)") }
        func plain(_ alert: Expected) -> String { isStartCompared ? "\(alert)" : "\(alert.kind) \(alert.key)" }
        func counted(_ alerts: some Sequence<Expected>) -> [String: Int] {
            alerts.reduce(into: [:]) { $0[plain($1), default: 0] += 1 }
        }
        let found = counted(raised.keys)
        let wanted = counted(account.expected)
        for (alert, count) in wanted.sorted(by: { $0.key < $1.key }) where found[alert, default: 0] < count {
            problems.append("missing: \(alert)")
        }
        for (alert, count) in found.sorted(by: { $0.key < $1.key }) where wanted[alert, default: 0] < count {
            problems.append("extra: \(alert)")
        }
    }

    /// No lift is held for an e-bike long gone, and none stays held.
    private mutating func checkLifts() {
        for lift in site.heldLifts { problems.append("held and never released: \(lift.topic), since \(lift.at)") }
        for lift in account.lifts where lift.isHold {
            let device = String(lift.topic.split(separator: "/")[1])
            if device == Town.staleLift {
                problems.append("held for an e-bike that was gone: \(lift)")
                continue
            }
            // Where the broker's backlog is not known for one, the lag counts as well.
            let oldest = lift.at - Town.fresh - Town.lagMax
            if account.frames[device]?.contains(where: { $0 >= oldest && $0 <= lift.at }) != true {
                problems.append("held for an e-bike that was gone: \(lift)")
            }
        }
    }
}

extension Verdict {
    /// What delivery makes by its own clock is in no journal: nobody's act, and no rule's.
    fileprivate static func isOfDelivery(_ body: String) -> Bool {
        !body.contains("\"act\":{")
            && ["dispatched", "escalated", "renotified"].contains { body.contains("\"change\":\"\($0)\"") }
    }
}
