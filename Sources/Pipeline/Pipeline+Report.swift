import Alerts
import Rules
import SiteConfiguration
import Timekeeping
import Windowing

// From findings to changes: numbering, what people have taken, and how often an alert is told.

extension Pipeline {
    mutating func report(_ effects: inout Effects) {
        for finding in output.findings {
            if finding.countsOnly {
                let key = CountUpdates.Key(finding)
                guard let place = counting.take(finding, key, at: finding.at) else { continue }
                timers.others.arm(.init(owner: counting.owner, key: place), at: counting.next(of: place))
            } else if counting.count > 0 {
                // What is told now has the count.
                counting.forget(CountUpdates.Key(finding))
            }
            let change = reporter.change(of: finding, record: record, ordinal: ordinal, surroundings: surroundings)
            emit(change, rule: finding.rule, &effects)
        }
        for action in output.actions { effects.actions.append((record, action)) }
        output.removeAll()
    }

    /// A minute has passed since an alert's count was written last.
    mutating func tellCount(_ place: Int32, at deadline: Instant, _ effects: inout Effects) {
        guard let waiting = counting.expire(place, at: deadline) else { return }
        timers.others.arm(.init(owner: counting.owner, key: place), at: counting.next(of: place))
        var change = self.change(of: waiting.what, at: deadline)
        change.at = deadline
        change.record = record
        change.ordinal = ordinal
        emit(change, rule: waiting.rule, &effects)
        for action in output.actions { effects.actions.append((record, action)) }
        output.removeAll()
    }

    /// The change of what waited: the same whether it waited as a finding or in a snapshot.
    func change(of what: CountUpdates.What, at deadline: Instant) -> AlertChange {
        switch what {
        case .change(let change): return change
        case .finding(var finding):
            finding.at = deadline
            return reporter.change(of: finding, record: record, ordinal: ordinal, surroundings: surroundings)
        }
    }

    /// Keeps an alert as it was told last, and whether its building has an emergency.
    mutating func remember(_ change: AlertChange, rule: Int) {
        for building in book.take(change, rule: rule, surroundings.registry) {
            surroundings.emergencies[building] = book.emergency(at: building)
        }
        let building = AlertBook.emergencyAt(change, surroundings.registry)
        if building >= 0, change.state != .closed, change.state != .resolved {
            surroundings.emergencies[building] = max(surroundings.emergencies[building] ?? change.at, change.at)
        }
    }

    private mutating func emit(_ change: AlertChange, rule: Int, _ effects: inout Effects) {
        var change = change
        change.stamp = max(clock, surroundings.stamp)
        let known = book.state(of: change.id)
        // Made again, as from a retained copy: it is told already.
        if change.change == .raised, known != nil { return }
        ordinal += 1
        if let known, change.state == .resolved, known.isTaken {
            // It stays theirs, with the evidence shown.
            change.change = .updated
            change.state = known
        } else if let known, change.change == .updated {
            change.state = known
        }
        remember(change, rule: rule)
        if change.kind == .sos || change.kind == .smokeFire {
            engines.letGoForEmergency(at: clock, surroundings, timers: &timers, into: &output)
        }
        effects.changes.append(change)
    }
}
