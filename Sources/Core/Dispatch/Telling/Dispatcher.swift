package import Alerts
import Channels
package import Community
import Diagnostics
package import SiteConfiguration
package import Timekeeping
import Vocabulary

/// Who is told of what: changes come in, notifications go out.
///
/// A value that knows no ledger, no thread and no clock: whose shift it is goes by each change's own stamp. Programs
/// get each change in order; people get what is told of them alone, of each alert its last state, and in a few digests
/// what one moment raised together.
///
/// Law: the same changes give the same notifications; nobody gets a change twice over one channel; while a channel is
/// configured no change is told to nobody. Cost: O(changes × routes × workers).
package struct Dispatcher: Sendable {
    /// What is to be told of some changes.
    package struct Decision: Equatable, Sendable {
        package var notifications: [AlertNotification] = []
        /// The changes that no route brings to anybody: told to every channel, and a fault of the configuration.
        package var unrouted: [AlertChange] = []

        /// Nobody is told of anything.
        package init() {}
    }

    /// What happened longer ago than this is history: nobody is told when the ledger is filled again.
    package static let historyAfter = Milliseconds.hours(1)

    let routing: Routing
    private let language: Language
    /// The channels that take JSON; the others take words.
    private let takesJSON: Set<String>

    /// - Parameter channels: the names of those that can be used; one without its secret is as good as none.
    package init(settings: Settings, registry: Registry, channels: [String]) {
        routing = Routing(settings: settings, registry: registry, channels: channels)
        language = settings.site.language
        takesJSON = Set(settings.channels.filter(\.takesChanges).map(\.name))
    }

    /// The notifications of a batch. What one record made is told together to one recipient.
    ///
    /// - Parameter isOneTelling: all of it is told together, whatever records made it.
    package func decide(_ changes: [AlertChange], isOneTelling: Bool = false) -> Decision {
        var decision = Decision()
        var tellings: [Telling] = []
        for change in changes {
            let resolution = routing.resolve(change)
            if resolution.isFault { decision.unrouted.append(change) }
            tellings += resolution.destinations.filter { change.isTold || isProgram($0) }
                .map { Telling(change: change, destination: $0) }
        }
        decision.notifications = notifications(tellings, isOneTelling: isOneTelling)
        return decision
    }

    func isProgram(_ destination: Routing.Destination) -> Bool { takesJSON.contains(destination.way.channel) }

    /// Programs get each change; of what one record made, or all of one telling, people get a message or a few.
    func notifications(_ tellings: [Telling], isOneTelling: Bool) -> [AlertNotification] {
        var notifications: [AlertNotification] = []
        var waiting: [Recipient: Waiting] = [:]
        var order: [Recipient] = []
        for telling in tellings {
            if isProgram(telling.destination) {
                notifications.append(Dispatcher.notification(telling.destination, .json, [telling.change]))
            } else {
                let recipient = Recipient(
                    record: isOneTelling ? 0 : telling.change.stampedRecord(telling.purpose),
                    way: telling.destination.way, purpose: telling.purpose)
                if waiting[recipient] == nil { order.append(recipient) }
                waiting[recipient, default: Waiting(destination: telling.destination)].changes.append(telling.change)
            }
        }
        for recipient in order { notifications += waiting[recipient].map { words($0, recipient.purpose) } ?? [] }
        return notifications
    }

    /// What is told of a history that people have not been told of, as where a ledger is filled again: the changes of
    /// the last hour, and of what is still open the last one, whether it was told before or not. O(changes).
    package static func untold(of history: [AlertChange], at now: Instant) -> [AlertChange] {
        var last: [String: Int] = [:]
        for (index, change) in history.enumerated() { last[change.id] = index }
        return history.enumerated().compactMap { index, change -> AlertChange? in
            let isLastOfOpen = change.state == .open && last[change.id] == index
            guard now - change.stamp < historyAfter || isLastOfOpen else { return nil }
            var change = change
            // A silent last change, as a second camera's, must still tell that the alert is open.
            if isLastOfOpen { change.isTold = true }
            return change
        }
    }

    private struct Recipient: Hashable {
        /// What other records made is told apart; 0: nothing is.
        var record: Int64
        var way: Routing.Way
        var purpose: Purpose
    }

    private struct Waiting {
        var destination: Routing.Destination
        var changes: [AlertChange] = []
    }

    /// Where one record raised many for the same person (what came due while the box was down), a few digests instead
    /// of a storm.
    private func words(_ waiting: Waiting, _ purpose: Purpose) -> [AlertNotification] {
        let latest = Digest.last(of: waiting.changes)
        let joint = Digest.joint(latest, for: purpose)
        let isJoint = Set(joint.flatMap { $0.map(\.id) })
        let parts =
            latest.filter { !isJoint.contains($0.id) }.map { [$0] }
            + joint.flatMap { Digest.parts(of: $0, for: purpose, in: language) }
        return parts.map { Dispatcher.notification(waiting.destination, .words, $0, purpose) }
    }

    private static func notification(
        _ destination: Routing.Destination, _ body: AlertNotification.Body, _ changes: [AlertChange],
        _ purpose: Purpose = .alert
    ) -> AlertNotification {
        AlertNotification(
            route: destination.route, channel: destination.way.channel, recipient: destination.way.recipient,
            body: body, purpose: purpose, worker: destination.worker, role: destination.role, changes: changes)
    }
}

extension AlertChange {
    /// What is asked of somebody by the clock is told together, whatever records the alerts are of.
    fileprivate func stampedRecord(_ purpose: Purpose) -> Int64 { purpose == .alert ? record : 0 }
}
