import Community
import Ledger

/// Whom a notification reaches, as far as a link is concerned: one worker, or a group of which anybody may open it.
///
/// An address that one worker alone has is that worker; a worker's id is that worker; a channel without an address, or
/// an address that several have, is read by a group. Cost: O(workers).
struct LinkRecipients: Sendable {
    let registry: Registry

    /// - Parameter address: the notification's recipient.
    func recipient(channel: String, address: String) -> Link.Recipient {
        if let worker = registry.worker(address) { return personal(registry.workers[Int(worker.index)]) }
        let readers = registry.workers.filter { worker in
            worker.channels.contains { $0.channel == channel && ($0.address ?? "") == address }
        }
        if readers.count == 1, !address.isEmpty { return personal(readers[0]) }
        let roles = Set(readers.map(\.role))
        return Link.Recipient(name: channel, isGroup: true, role: roles.count == 1 ? roles.first ?? "" : "")
    }

    private func personal(_ worker: Worker) -> Link.Recipient {
        Link.Recipient(name: worker.id, isGroup: false, role: worker.role)
    }
}
