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
        var change =
            switch waiting.what {
            case .finding(var finding): change(of: &finding, at: deadline)
            case .change(let change): change
            }
        change.at = deadline
        change.record = record
        change.ordinal = ordinal
        emit(change, rule: waiting.rule, &effects)
        for action in output.actions { effects.actions.append((record, action)) }
        output.removeAll()
    }

    /// The change of a finding that waited: the same whether it waited as a finding or in a snapshot.
    func change(of finding: inout Finding, at deadline: Instant) -> AlertChange {
        finding.at = deadline
        return reporter.change(of: finding, record: record, ordinal: ordinal, surroundings: surroundings)
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
        // Made again, as from a retained copy: it is told already.
        if change.change == .raised, book.contains(change.id) { return }
        ordinal += 1
        if change.state == .resolved, let state = book.state(of: change.id), state.isTaken {
            // It stays theirs, with the evidence shown.
            change.change = .updated
            change.state = state
        } else if change.change == .updated, let state = book.state(of: change.id) {
            change.state = state
        }
        remember(change, rule: rule)
        if change.kind == .sos || change.kind == .smokeFire {
            engines.letGoForEmergency(at: clock, surroundings, timers: &timers, into: &output)
        }
        effects.changes.append(change)
    }
}
