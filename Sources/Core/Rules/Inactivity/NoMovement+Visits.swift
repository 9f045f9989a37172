package import Community
import SiteConfiguration
package import Timekeeping
import Vocabulary
import Windowing

extension NoMovement {
    /// Takes in what was found in a home. The open episode is over, without a finding: who found it closes the alert.
    /// Whoever is still watched there is counted for again from the visit; one who is away from the end of that.
    /// - Parameter resident: whom it is about; nil: all who are watched there. That one of several died must name them:
    ///   else all go on being watched.
    /// - Returns: whether an episode was open.
    @discardableResult
    package mutating func visited(
        home: Int, resident: ResidentID?, _ visit: Visit, timers: inout Timers
    ) -> Bool {
        guard absence.keys.indices.contains(home) else { return false }
        let all = registry.households[home].residents
        let about = resident.map { one in all.filter { $0 == one } } ?? all
        switch visit.found {
        case .seen:
            // Somebody away who is seen there is back.
            for resident in about { awayByVisit[resident.index] = nil }
            // That somebody died was told wrongly; of several nobody can say of whom.
            if about.count == 1 { for resident in about { deceased.remove(resident.index) } }
        case .away(let until):
            let today = zone.civil(visit.at).date.sinceEpoch
            let last = until?.sinceEpoch ?? today + NoMovement.awayDays - 1
            let end = zone.start(of: Day(sinceEpoch: last + 1))
            for resident in about where end > visit.at { awayByVisit[resident.index] = visit.at..<end }
        case .deceased:
            if about.count == 1 { for resident in about { deceased.insert(resident.index) } }
        case .other: break
        }
        return restart(home, at: visit.at, &timers)
    }

    /// The episode of a home, if one is open, ends without a finding, and the clock starts again.
    private mutating func restart(_ home: Int, at instant: Instant, _ timers: inout Timers) -> Bool {
        let wasOpen = isOpen(home)
        var key = absence.keys[home]
        key.reached = 0
        key.start = max(key.start, instant)
        absence.put(key, at: home)
        forgetTold(home)
        if wasOpen { rest(home, from: instant) }
        rearm(home, &timers)
        return wasOpen
    }

    /// Somebody closed an alert of this rule: its clock starts again at the closing. An episode that began since goes
    /// on.
    package mutating func close(key: String, started: Instant, at now: Instant, timers: inout Timers) {
        if key == name, list.started == started { list.started = nil }
        guard let home = home(ofKey: key), !isOpen(home) || absence.keys[home].started == started else { return }
        _ = restart(home, at: now, &timers)
    }

    /// An alert of this rule was found in order: an episode that goes on ends, and its clock starts again. Where
    /// somebody was meanwhile, or moved, the home is counted on from then: that a desk looks at a report is no sign of
    /// life.
    package mutating func settle(key: String, started: Instant, at now: Instant, timers: inout Timers) {
        if key == name, list.started == started { list.started = nil }
        guard let home = home(ofKey: key), isOpen(home), absence.keys[home].started == started else { return }
        _ = restart(home, at: now, &timers)
    }

    /// By the key of its alerts; nil for one that is not watched.
    package func home(ofKey key: String) -> Int? {
        let dwelling = registry.place(key).map { registry.household(inDwelling: $0) } ?? -1
        let home = dwelling >= 0 ? dwelling : registry.resident(key).map { registry.household(of: $0) } ?? -1
        return home >= 0 && registry.key(ofHousehold: home) == key ? Int(home) : nil
    }

    /// Whether nobody of a home is watched any more.
    func isLeft(_ home: Int) -> Bool {
        registry.households[home].residents.allSatisfy { deceased.contains($0.index) }
    }

    // MARK: Beyond the journal

    /// A home that somebody watches, and since when it is counted: from its last evidence, the last visit, or its
    /// beginning.
    package struct Counted: Sendable {
        /// The key of its alerts.
        package var home: String
        package var since: Instant
        /// It is counted from the first record of all: neither was anybody seen there, nor was it visited.
        package var isFromBeginning: Bool
    }

    /// All homes that are counted; before the first record from the distant future on. O(homes).
    package func counted(_ context: RuleContext) -> [Counted] {
        registry.households.indices.filter { !isLeft($0) }.map { home in
            let since = home < absence.keys.count ? absence.keys[home].start : .distantFuture
            return Counted(
                home: registry.key(ofHousehold: Int32(home)), since: since,
                isFromBeginning: isFromBeginning(home, context))
        }
    }

    private func isFromBeginning(_ home: Int, _ context: RuleContext) -> Bool {
        guard home < absence.keys.count else { return true }
        let key = absence.keys[home]
        return key.evidence == .distantPast && key.start == context.coverage.began && key.reached == 0
    }

    /// Takes over since when a home was counted before the journal was lost. Only where it is counted from the first
    /// record of all, and only an earlier time: what the journal has, a visit too, is surer.
    /// - Returns: whether it is counted from then.
    package mutating func resume(
        _ home: Int, since: Instant, _ context: RuleContext, timers: inout Timers
    ) -> Bool {
        var key = absence.keys[home]
        guard isFromBeginning(home, context), since < key.start else { return false }
        key.start = since
        absence.put(key, at: home)
        rearm(home, &timers)
        return true
    }

    // MARK: Homes that nobody can be seen in

    /// The daily list of homes that nothing covers: one alert, whose key is the rule's name, told again each day.
    struct BareList: Equatable, Sendable {
        static let every = Milliseconds.hours(24)
        /// After so long without any record it is told once more, and then no more until one comes.
        static let quiet = Milliseconds.days(7)

        /// The distant future while it waits for a record.
        var next = Instant.distantPast
        /// While it waits for a record: when it was told last, whose hour it keeps.
        var hour: Instant?
        /// When it was raised; nil where it is not.
        var started: Instant?
        /// The rule's name then, where it was another.
        var formerName: String?
    }

    package var isAsleep: Bool { list.next == .distantFuture }

    /// A record has come: the list goes on at its hour.
    package mutating func wake(at now: Instant, timers: inout Timers) {
        guard isAsleep, let hour = list.hour else { return }
        let days = (now - hour).count / BareList.every.count
        list.next = hour + Milliseconds((max(0, days) + 1) * BareList.every.count)
        list.hour = nil
        rearmList(&timers)
    }

    mutating func tellBareHomes(
        deadline: Instant, now: Instant, _ context: RuleContext, _ output: inout RuleOutput
    ) {
        let last = max(context.lastRecord, context.coverage.began)
        let isQuiet = deadline - last >= BareList.quiet
        list.next = isQuiet ? .distantFuture : deadline + BareList.every
        list.hour = isQuiet ? deadline : nil
        let homes = isBare.indices.filter { isUncovered($0) && !isLeft($0) }.map { Int32($0) }
        let change: Finding.Change = homes.isEmpty ? .resolved : list.started == nil ? .raised : .updated
        guard change != .resolved || list.started != nil else { return }
        let started = list.started ?? deadline
        var told = Finding(
            rule: rule, change: change, severity: .low, key: name, started: started, detected: started, at: now,
            place: nil, residents: [], device: -1, lastEvidence: nil, evidence: [],
            detail: .uncovered(homes: homes), verdict: .uncovered, raisedBy: list.formerName)
        // Days that passed while nobody could tell are written down, and told once.
        told.isTold = max(now, context.stamp) - deadline < BareList.every
        output.findings.append(told)
        list.started = change == .resolved ? nil : started
        if change == .resolved { list.formerName = nil }
    }

    func rearmList(_ timers: inout Timers) {
        guard list.next > .distantPast, list.next < .distantFuture else { return }
        timers.absences.arm(.init(owner: owner, key: Int32(registry.households.count)), at: list.next)
    }
}
