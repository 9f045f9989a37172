package import Alerts
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

    private let routing: Routing
    private let language: Language
    /// The channels that take JSON; the others take words.
    private let takesJSON: Set<String>

    /// - Parameter channels: the names of those that can be used; one without its secret is as good as none.
    package init(settings: Settings, registry: Registry, channels: [String]) {
        routing = Routing(settings: settings, registry: registry, channels: channels)
        language = settings.site.language
        takesJSON = Set(settings.channels.filter(\.kind.takesChanges).map(\.name))
    }

    /// The notifications of a batch. What one record made is told together to one recipient.
    ///
    /// - Parameter isOneTelling: all of it is told together, whatever records made it.
    package func decide(_ changes: [AlertChange], isOneTelling: Bool = false) -> Decision {
        var decision = Decision()
        var waiting: [Recipient: Waiting] = [:]
        var order: [Recipient] = []
        for change in changes {
            let resolution = routing.resolve(change)
            if resolution.isFault { decision.unrouted.append(change) }
            for destination in resolution.destinations {
                if takesJSON.contains(destination.way.channel) {
                    decision.notifications.append(Dispatcher.notification(destination, .json, [change]))
                } else if change.isTold {
                    let recipient = Recipient(record: isOneTelling ? 0 : change.record, way: destination.way)
                    if waiting[recipient] == nil { order.append(recipient) }
                    waiting[recipient, default: Waiting(destination: destination)].changes.append(change)
                }
            }
        }
        for recipient in order { decision.notifications += waiting[recipient].map(words) ?? [] }
        return decision
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
    }

    private struct Waiting {
        var destination: Routing.Destination
        var changes: [AlertChange] = []
    }

    /// Where one record raised many for the same person (what came due while the box was down), a few digests instead
    /// of a storm.
    private func words(_ waiting: Waiting) -> [AlertNotification] {
        let latest = Digest.last(of: waiting.changes)
        let joint = Digest.joint(latest)
        let isJoint = Set(joint.flatMap { $0.map(\.id) })
        let parts =
            latest.filter { !isJoint.contains($0.id) }.map { [$0] }
            + joint.flatMap { Digest.parts(of: $0, in: language) }
        return parts.map { Dispatcher.notification(waiting.destination, .words, $0) }
    }

    private static func notification(
        _ destination: Routing.Destination, _ body: AlertNotification.Body, _ changes: [AlertChange]
    ) -> AlertNotification {
        AlertNotification(
            route: destination.route, channel: destination.way.channel, recipient: destination.way.recipient,
            body: body, changes: changes)
    }
}
